// Whole commands, timed from outside, beside two references in the same run: `node -e 0`, and a bare loop that fetches the same
// pages and does nothing with them. Read the ratios: a shared machine's seconds drift, and every round runs all of them in turn.
//
//   npm run bench                        all sizes, 5 rounds
//   npm run bench -- --rounds 9 --people 10000
//   npm run bench -- --people 10000 --yaml       the same with names that only the yaml package reads
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    people: { type: 'string' },
    latency: { type: 'string', default: '20' },
    yaml: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(values.rounds);
const LATENCY_MS = Number(values.latency);
const CLI = path.resolve('dist/rollcall.cjs');
const PER_FILE = 2_000;
/** Written by the child at its end: what the operating system counted for it. By --require, since --import would change how Node loads. */
const USAGE = `const { writeSync } = require('node:fs');
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMiB: maxRSS / 1024 }));
});
`;

const worlds =
  values.people === undefined
    ? [
        { people: 100, accounts: 1 },
        { people: 1_000, accounts: 1 },
        { people: 10_000, accounts: 1 },
        { people: 50_000, accounts: 1 },
        { people: 10_000, accounts: 100 },
      ]
    : [{ people: Number(values.people), accounts: 1 }];

const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-bench-'));
const usage = path.join(folder, 'usage.cjs');
await writeFile(usage, USAGE);
try {
  console.log(`node ${process.version}, ${ROUNDS} rounds, ${LATENCY_MS} ms latency a request; medians, ratios taken round by round\n`);
  await benchStart();
  for (const world of worlds) await benchPlan(world);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function benchStart() {
  const rows = await rounds({
    'node -e 0': () => run(['-e', '0']),
    '--version': () => run([CLI, '--version']),
    '--help': () => run([CLI, '--help']),
    'validate (the example policies)': () => run([CLI, 'validate', '--policies', path.resolve('policies'), '--quiet']),
  });
  print('start', rows, 'node -e 0');
}

async function benchPlan({ people, accounts }) {
  const place = path.join(folder, `${people}-${accounts}`);
  const { env, seed } = await writeWorld(place, people, accounts);
  const emulator = await startEmulator(seed);
  const options = { cwd: place, env: { ...process.env, ...env, ROLLCALL_TELNYX_ORIGIN: emulator.origin } };
  const plan = [CLI, 'plan', '--quiet', '--format', 'json'];
  const loop = ['--input-type=module', '-e', bareLoop(emulator.origin, env)];
  try {
    const { stdout } = await run(plan, options);
    const document = JSON.parse(stdout);
    const requests = document.accounts.reduce((sum, account) => sum + account.observation.requests, 0);
    const rows = await rounds({
      'node -e 0': () => run(['-e', '0']),
      'bare loop over the same pages': () => run(loop, options),
      plan: () => run(plan, options),
      validate: () => run([CLI, 'validate', '--quiet', '--format', 'json'], options),
    });
    print(
      `plan: ${people.toLocaleString('en')} people in ${accounts} account${accounts === 1 ? '' : 's'}`,
      rows,
      'bare loop over the same pages',
    );
    const pages = Math.ceil(
      document.accounts.reduce((sum, account) => sum + Math.max(1, Math.ceil(account.observation.principals / 250)), 0),
    );
    console.log(`  requests ${requests}, pages ${pages}, changes ${document.changes.length}, verdict ${document.verdict}\n`);
  } finally {
    emulator.stop();
  }
}

/** Every contender once a round, in turn, so that a slow moment of the machine meets them all. */
async function rounds(contenders) {
  const rows = new Map(Object.keys(contenders).map((name) => [name, []]));
  for (const contender of Object.values(contenders)) await contender();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) rows.get(name).push(await contender());
  }
  return rows;
}

function print(title, rows, reference) {
  console.log(title);
  const base = rows.get(reference);
  const width = Math.max(...[...rows.keys()].map((name) => name.length));
  for (const [name, runs] of rows) {
    const ratio = median(runs.map((one, round) => one.wallMs / base[round].wallMs));
    const cells = [
      `${median(runs.map((one) => one.wallMs))
        .toFixed(0)
        .padStart(6)} ms`,
      `${median(runs.map((one) => one.cpuMs))
        .toFixed(0)
        .padStart(6)} ms cpu`,
      `${median(runs.map((one) => one.peakMiB))
        .toFixed(0)
        .padStart(4)} MiB`,
      `${ratio.toFixed(2).padStart(6)} x ${reference}`,
    ];
    console.log(`  ${name.padEnd(width)}  ${cells.join('  ')}`);
  }
  console.log(reference === 'node -e 0' ? '' : `  (lowest plan / lowest loop: ${(least(rows.get('plan')) / least(base)).toFixed(2)})`);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function least(runs) {
  return Math.min(...runs.map((one) => one.wallMs));
}

function run(args, options = {}) {
  return new Promise((resolve, reject) => {
    const began = process.hrtime.bigint();
    const child = spawn(process.execPath, ['--require', usage, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const chunks = [[], [], []];
    for (const fd of [1, 2, 3]) child.stdio[fd].on('data', (chunk) => chunks[fd - 1].push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const wallMs = Number(process.hrtime.bigint() - began) / 1e6;
      const [stdout, stderr, used] = chunks.map((list) => Buffer.concat(list).toString());
      if (code !== 0) return reject(new Error(`${args.slice(0, 3).join(' ')} ended with ${code}: ${stderr.slice(0, 500)}`));
      resolve({ wallMs, stdout, ...JSON.parse(used) });
    });
  });
}

/** One in a hundred is missing live, one has another role, one is there that no policy names. */
async function writeWorld(place, people, accounts) {
  const names = Array.from({ length: accounts }, (_, index) => `bench-${String(index).padStart(3, '0')}`);
  const perAccount = people / accounts;
  const live = new Map(names.map((name) => [name, []]));
  const mails = Array.from({ length: people }, (_, index) => `user${String(index).padStart(5, '0')}@acme.example`);
  for (const kind of ['accounts', 'people', 'teams']) await mkdir(path.join(place, 'policies', kind), { recursive: true });
  const write = (file, text) => writeFile(path.join(place, 'policies', file), text);
  for (const name of names) await write(`accounts/${name}.yaml`, 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n');
  for (let start = 0, file = 0; start < people; start += PER_FILE, file += 1) {
    const rows = mails.slice(start, start + PER_FILE).map((mail, index) => `- email: ${mail}\n  name: ${nameOf(start + index)}\n`);
    await write(`people/p${file}.yaml`, rows.join(''));
  }
  names.forEach((name, index) => {
    const mine = mails.slice(index * perAccount, (index + 1) * perAccount);
    mine.forEach((mail, at) => {
      if (at % 100 !== 0) live.get(name).push({ email: mail, name: mail.slice(0, 9), role: 'member' });
      if (at % 100 === 2) live.get(name).push({ email: `extra.${mail}`, name: 'Extra', role: 'member' });
    });
  });
  for (const [index, name] of names.entries()) {
    const mine = mails.slice(index * perAccount, (index + 1) * perAccount);
    for (let start = 0, file = 0; start < mine.length; start += PER_FILE, file += 1) {
      const members = mine.slice(start, start + PER_FILE).map((mail) => `  - ${mail}\n`);
      await write(
        `teams/${name}-${file}.yaml`,
        `members:\n${members.join('')}grants:\n  - { account: ${name}, role: member, reason: Works here }\n`,
      );
    }
  }
  for (const [index, name] of names.entries()) {
    const admins = mails.slice(index * perAccount, (index + 1) * perAccount).filter((_, at) => at % 100 === 1);
    const members = admins.map((mail) => `  - ${mail}\n`);
    await write(
      `teams/${name}-admins.yaml`,
      `members:\n${members.join('')}grants:\n  - { account: ${name}, role: admin, reason: Runs it, until: 2099-12-31 }\n`,
    );
  }
  const seed = path.join(place, 'seed.json');
  const document = { accounts: names.map((name) => ({ name, key: `KEY-${name}`, owner: 'root@acme.example', users: live.get(name) })) };
  await writeFile(seed, JSON.stringify(document));
  const env = Object.fromEntries(names.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_API_KEY`, `KEY-${name}`]));
  return { env, seed };
}

/** With --yaml, a quoted name with an escape: nothing for our own reader, so that the yaml package reads every file of people. */
function nameOf(number) {
  return values.yaml ? `"User\\x20${number}"` : `User ${number}`;
}

async function startEmulator(seed) {
  const child = spawn(process.execPath, [CLI, 'emulate', 'telnyx', '--seed', seed, '--latency', String(LATENCY_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = /ROLLCALL_TELNYX_ORIGIN=(\S+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.on('close', () => reject(new Error('the emulator ended')));
  });
  return { origin, stop: () => child.kill('SIGTERM') };
}

/** What nothing can be faster than: the same pages over the same number of sockets, thrown away. */
function bareLoop(origin, env) {
  return `
import http from 'node:http';
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
const get = (key, page) => new Promise((resolve, reject) => {
  http.get('${origin}/v2/sub_users?page%5Bnumber%5D=' + page + '&page%5Bsize%5D=250', { agent, headers: { authorization: 'Bearer ' + key } }, (reply) => {
    const chunks = [];
    reply.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
  }).on('error', reject);
});
await Promise.all(${JSON.stringify(Object.values(env))}.map(async (key) => {
  const first = JSON.parse(await get(key, 1));
  const pages = Math.ceil(first.meta.total_results / 250);
  await Promise.all(Array.from({ length: Math.max(0, pages - 1) }, (_, index) => get(key, index + 2)));
}));
agent.destroy();
`;
}
