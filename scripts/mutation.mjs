import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Stryker } from '@stryker-mutator/core';

/** Below this score a group fails. */
const LEAST_PERCENT = 90;
/** What decides whether anybody loses access: here not one mutant may survive. */
const NO_SURVIVOR = 'src/plan/check-guards.ts';

const plan = (...names) => names.map((name) => `src/plan/${name}.ts`);
const apply = (...names) => names.map((name) => `src/apply/${name}.ts`);
const GROUPS = {
  guards: { mutate: [NO_SURVIVOR], tests: ['test/plan'] },
  diff: { mutate: plan('diff-account', 'diff-settings', 'settle-account'), tests: ['test/plan'] },
  plan: {
    mutate: plan(
      'make-plan',
      'decide-changes',
      'decide-accounts',
      'order-changes',
      'match-approved',
      'make-change',
      'classify-origin',
      'privilege',
    ),
    tests: ['test/plan'],
  },
  ledger: {
    mutate: apply('chain-record', 'open-ledger', 'write-ledger', 'fold-history', 'resolve-intents', 'open-file-storage', 'take-lock'),
    tests: ['test/apply', 'test/ledger'],
  },
  encoder: { mutate: ['src/text/encode.ts', 'src/text/encode-sentence.ts'], tests: ['test/text', 'test/encoder', 'test/report'] },
  http: {
    mutate: ['http-client', 'vendor-client', 'credential', 'retry-delay', 'read-complete', 'check-observation'].map(
      (name) => `src/provider/${name}.ts`,
    ),
    tests: ['test/provider'],
  },
  loader: {
    mutate: ['load-policies', 'read-yaml', 'read-plain-yaml', 'decode-text', 'check-shape'].map((name) => `src/policy/${name}.ts`),
    tests: ['test/policy'],
  },
};
/** Sweeps and stories that would take minutes for every mutant; those that ask the product while tests are still being collected. */
const LEFT_OUT = [
  /^test\/plan\/cross-product/,
  /^test\/plan\/time-zones/,
  /^test\/plan\/merge-/,
  /^test\/apply\/killed-between-parts/,
  /^test\/apply\/parts-in-bad-weather/,
  /^test\/ledger\//,
  /^test\/encoder\/(every-sink|generated)/,
  /^test\/report\/(?!hostile|small-parts)/,
  /^test\/policy\/(?!loader-|load-policies|account-kinds|rosters)/,
];

const root = fileURLToPath(new URL('..', import.meta.url));
/** What earlier runs found, which is kept in Git: only mutants and tests that changed since are tried again. */
const packedFile = (name) => `test/mutation/${name}.json.gz`;
const WORK = '.stryker-tmp';
const reportFile = (name) => `${WORK}/${name}.json`;

function testsIn(folders) {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.some((pattern) => pattern.test(file)))
    .sort();
}

function optionsFor(name, { mutate, tests }, isFull) {
  return {
    mutate,
    testRunner: 'in-process',
    plugins: ['./scripts/mutation/run-in-process.mjs'],
    // Not Stryker's own list: with that one, what runs while modules are loaded would be mutated too late.
    rollcall: { testFiles: testsIn(tests), testTimeoutMs: 30_000 },
    warnings: { unknownOptions: false },
    coverageAnalysis: 'perTest',
    // Wording is held by golden tests and by the reports' own suites, and a mutated key or kind no longer passes the compiler.
    mutator: { excludedMutations: ['StringLiteral'] },
    disableTypeChecks: false,
    incremental: true,
    incrementalFile: reportFile(name),
    force: isFull,
    ignorePatterns: ['dist', 'docs', 'policies', '.rollcall', 'coverage', 'reports', '.github', WORK],
    tempDirName: `${WORK}/sandbox`,
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
    concurrency: 1,
    timeoutMS: 10_000,
    timeoutFactor: 3,
    maxTestRunnerReuse: 400,
    logLevel: 'warn',
  };
}

/** Mutants of what runs while modules load are not tried again when only tests were added, so what survived of them is forgotten. */
function unpack(name) {
  if (!existsSync(packedFile(name))) return;
  const report = JSON.parse(gunzipSync(readFileSync(packedFile(name))).toString('utf8'));
  for (const file of Object.values(report.files)) file.mutants = file.mutants.filter((one) => !(one.static && one.status === 'Survived'));
  writeFileSync(reportFile(name), JSON.stringify(report));
}

/** Whom a found mutant was covered by decides nothing later, and is most of a report. */
function pack(name) {
  const report = JSON.parse(readFileSync(reportFile(name), 'utf8'));
  for (const { mutants } of Object.values(report.files)) {
    for (const mutant of mutants) {
      delete mutant.statusReason;
      if (mutant.status === 'Killed') delete mutant.coveredBy;
    }
  }
  writeFileSync(packedFile(name), gzipSync(JSON.stringify(report), { level: 9 }));
}

function survivorsOf(name) {
  const { files } = JSON.parse(readFileSync(reportFile(name), 'utf8'));
  return Object.entries(files).map(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    const left = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
    const found = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout');
    const said = left.map(({ location: { start, end }, mutatorName, replacement, status }) => {
      const text =
        start.line === end.line
          ? lines[start.line - 1].slice(start.column - 1, end.column - 1)
          : lines[start.line - 1].slice(start.column - 1);
      return `${file}:${start.line}:${start.column} ${status} ${mutatorName}: ${text} → ${replacement.replaceAll('\n', ' ')}`;
    });
    return { file, found: found.length, left: left.length, said };
  });
}

const percent = (found, left) => (found + left === 0 ? 100 : (100 * found) / (found + left));

const { values: flags, positionals: chosen } = parseArgs({
  options: { full: { type: 'boolean', default: false }, survivors: { type: 'boolean', default: false }, out: { type: 'string' } },
  allowPositionals: true,
});
for (const name of chosen) if (GROUPS[name] === undefined) throw new Error(`no group ${name}; there are ${Object.keys(GROUPS).join(', ')}`);
process.chdir(root);
for (const folder of ['test/mutation', WORK]) mkdirSync(folder, { recursive: true });
const failures = [];
const figures = [];
for (const [name, group] of Object.entries(GROUPS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  unpack(name);
  await new Stryker(optionsFor(name, group, flags.full)).runMutationTest();
  pack(name);
  const files = survivorsOf(name);
  for (const { file, found, left, said } of files) {
    console.log(
      `${percent(found, left).toFixed(1).padStart(6)} %  ${String(found).padStart(4)} found ${String(left).padStart(4)} left  ${file}`,
    );
    if (flags.survivors) for (const line of said) console.log(`    ${line}`);
    if (file === NO_SURVIVOR && left > 0) failures.push(`${left} mutants survive in ${file}, where none may`);
  }
  const score = percent(
    files.reduce((sum, one) => sum + one.found, 0),
    files.reduce((sum, one) => sum + one.left, 0),
  );
  console.log(`${score.toFixed(1).padStart(6)} %  ${name}`);
  const found = files.reduce((sum, one) => sum + one.found, 0);
  figures.push({ group: name, mutants: found + files.reduce((sum, one) => sum + one.left, 0), detected: found, score });
  if (score < LEAST_PERCENT) failures.push(`${name} finds ${score.toFixed(1)} % of its mutants, fewer than ${LEAST_PERCENT} %`);
}
rmSync(WORK, { recursive: true, force: true });
if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(figures, null, 2)}\n`);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
