// Lives through as many simulated worlds as asked, on every core, and ends with 1 when a promise was broken in one of them.
//
//   npm run soak -- --seeds 100000              worlds 1 to 100,000
//   npm run soak -- --seeds 5000 --from 900000  5,000 others
//   npm run soak -- --seed 18163                one world, step by step
//   npm run soak -- --laws                      every law of the tests, with cases that nobody has tried
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    out: { type: 'string' },
    laws: { type: 'boolean', default: false },
  },
});
const REGRESSIONS = 'test/simulation/regressions.txt';
const WIDTH = 30;

if (values.laws) process.exitCode = await tryLaws(randomInt(2 ** 31));
else {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-soak-'));
  try {
    if (values.seed === undefined) await soak(folder, number('seeds'), number('from'), number('workers'));
    else await replay(folder, number('seed'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function number(name) {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} needs a whole number from 1 up`);
  return value;
}

/** Without a test runner in between, which would cost more than the worlds themselves. */
async function bundle(folder, entry) {
  const outfile = path.join(folder, `${entry}.cjs`);
  await build({
    entryPoints: [`test/simulation/${entry}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  });
  return outfile;
}

async function soak(folder, seeds, from, workers) {
  const file = await bundle(folder, 'soak-worker');
  const began = process.hrtime.bigint();
  const sum = {};
  const failed = [];
  let done = 0;
  const elapsed = () => Number(process.hrtime.bigint() - began) / 1e9;
  const show = () => {
    if (process.stderr.isTTY) process.stderr.write(`\r${bar(done, seeds, elapsed(), failed.length)}\u001b[K`);
  };
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: workers }, (_, at) =>
      runWorker(file, { from: from + at, step: workers, end: from + seeds }, (told) => {
        done += told.done;
        for (const [name, count] of Object.entries(told.counts ?? {})) sum[name] = (sum[name] ?? 0) + count;
        if (told.failed !== null) {
          failed.push(told.failed);
          if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
          sayFailed(told.failed);
        }
        show();
      }),
    ),
  );
  if (process.stderr.isTTY) process.stderr.write('\n');
  const seconds = elapsed();
  // What the processors did, so that a busy machine says the same as an idle one.
  const { user, system } = process.cpuUsage(cpu);
  const figures = {
    seeds: done,
    workers,
    from,
    failed: failed.length,
    ...sum,
    faultShare: Number((sum.faults / sum.exposed).toFixed(3)),
    seconds: Number(seconds.toFixed(1)),
    seedsASecond: Math.round(done / seconds),
    seedsASecondOfProcessors: Math.round(done / ((user + system) / 1e6)),
  };
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(22)} ${value.toLocaleString('en')}`);
  if (values.out !== undefined) {
    await mkdir(path.dirname(path.resolve(values.out)), { recursive: true });
    await writeFile(values.out, `${JSON.stringify(figures, null, 2)}\n`);
  }
  await keep(failed);
  console.log(
    failed.length === 0 ? `every promise held in ${done.toLocaleString('en')} worlds` : `a promise was broken in ${failed.length}`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

function runWorker(file, workerData, hear) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 384 } });
    worker.on('message', hear);
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}

function bar(done, of, seconds, failed) {
  const filled = Math.round((done / of) * WIDTH);
  const rate = done / Math.max(seconds, 0.001);
  const left = rate === 0 ? '' : `, ${Math.ceil((of - done) / rate)} s left`;
  const bad = failed === 0 ? '' : `, ${failed} failed`;
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done.toLocaleString('en')} of ${of.toLocaleString('en')}, ${rate.toFixed(0)} seeds/s${left}${bad}`;
}

function sayFailed({ seed, violations }) {
  console.log(`seed ${seed}: ${violations[0]}`);
  console.log(`  replay it: npm run soak -- --seed ${seed}`);
}

/** A seed that ever failed is tried by every later run of the tests. */
async function keep(failed) {
  const known = await readFile(REGRESSIONS, 'utf8').catch(() => '');
  const fresh = failed.filter(({ seed }) => !new RegExp(`^${seed}\\b`, 'm').test(known));
  if (fresh.length === 0) return;
  await appendFile(REGRESSIONS, fresh.map(({ seed, violations }) => `${seed} ${violations[0]}\n`).join(''));
  console.log(`added to ${REGRESSIONS}`);
}

async function replay(folder, seed) {
  const { simulate } = createRequire(import.meta.url)(await bundle(folder, 'simulate'));
  const first = await simulate(seed);
  const second = await simulate(seed);
  console.log(first.trace.join('\n'));
  console.log(`trace ${first.traceHash()}`);
  if (second.traceHash() !== first.traceHash()) {
    console.log(`and ${second.traceHash()} the second time: something is not decided by the seed`);
    process.exitCode = 1;
  }
  for (const violation of first.violations) console.log(`broken: ${violation}`);
  if (first.violations.length > 0) process.exitCode = 1;
  else console.log('every promise held');
}

async function tryLaws(seed) {
  console.log(`ROLLCALL_SEED=${seed}`);
  const vitest = path.resolve('node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', '--reporter=dot', '-t', ''], {
      stdio: 'inherit',
      env: { ...process.env, ROLLCALL_SEED: String(seed) },
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
