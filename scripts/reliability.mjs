// Writes docs/reliability.md: every promise in plain words, the tests that hold it, the sabotage that was tried, and the figures of the last
// full run. `npm run reliability -- --full` makes that run first (soak, mutation testing, sabotage); `--check` only says whether the page
// is what it would be.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '30000' },
  },
});
const PAGE = 'docs/reliability.md';
const MUTATED = ['guards', 'diff', 'plan', 'ledger', 'encoder', 'http', 'loader'];
const FIGURES = {
  soak: 'test/reliability/soak.json',
  sabotage: 'test/reliability/sabotage.json',
  mutation: 'test/reliability/mutation.json',
};

if (values.full) {
  runOrEnd(['soak', '--', '--seeds', values.seeds, '--workers', '1', '--out', FIGURES.soak]);
  runOrEnd(['mutation', '--', ...MUTATED, '--out', FIGURES.mutation]);
  runOrEnd(['sabotage', '--', '--out', FIGURES.sabotage]);
}
const page = render(await read('test/reliability/promises.json'), await figures());
if (!values.check) await writeFile(PAGE, page);
else if ((await readFile(PAGE, 'utf8')) !== page) {
  console.error(`${PAGE} is not what its sources say: run \`npm run reliability\``);
  process.exitCode = 1;
}

function runOrEnd(args) {
  const { status } = spawnSync('npm', ['run', '--silent', ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

async function read(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function figures() {
  return Object.fromEntries(await Promise.all(Object.entries(FIGURES).map(async ([name, file]) => [name, await read(file)])));
}

function render(promises, { soak, sabotage, mutation }) {
  return `# What rollcall promises, and how that is held

This page is written by \`npm run reliability\` from \`test/reliability/\`; nobody edits it. \`npm run reliability -- --full\` makes the runs
behind its figures again. Sources: the promises are those of the design; vendors' facts stand in the code beside what relies on them.

## The promises

${promises.map(renderPromise).join('\n\n')}

## Sabotage

Each line was broken on purpose, in a copy of the repository, and its test failed (\`npm run sabotage\`; before that the same test passes).

| Promise | Broken | Into | Noticed by |
|---|---|---|---|
${promises.flatMap((promise) => sabotageRows(promise, sabotage)).join('\n')}

## The simulation

A seed is one world: one or two accounts of a vendor with three to nine people, commits to policies, one day of them or up to eight, people who
change things in the portal (also while a run is at it), accept invitations or leave them, and rollcall run by hand, by plan and by night,
sometimes twice at once, on a ledger in a file or on a branch. Every request may be answered wrongly, late or not at all; a run may die or be
interrupted at any request and any operation on the disk, most often where something is changed, and of what was not synced some, all or nothing
survives. Then the faults stop, and within three rounds of an apply and a drift run everything is as policy says. The checker sits at the vendor
and knows nothing of rollcall's code.

\`npm run soak -- --seeds ${soak.seeds} --workers ${soak.workers}\` lived through ${number(soak.seeds)} worlds; in ${number(soak.failed)} of them a promise was broken.

| | |
|---|---|
| runs of rollcall | ${number(soak.runs)} |
| requests to vendors | ${number(soak.requests)} |
| of those that could be struck, struck by a fault | ${(soak.faultShare * 100).toFixed(1)} % |
| requests that change something | ${number(soak.writes)} |
| of those struck by a fault | ${number(soak.struckWrites)} |
| runs that died | ${number(soak.deaths)} |
| of those at a request that changes something | ${number(soak.deathsAtWrites)} |
| steps (requests, disk operations, pushes) | ${number(soak.steps)} |
| worlds a second with ${soak.workers === 1 ? 'one worker' : `${soak.workers} workers`} | ${number(soak.seedsASecond)} |
| worlds a second of processor time, compiling and collecting included | ${number(soak.seedsASecondOfProcessors)} |

A seed that fails prints the command that replays it and is kept in \`test/simulation/regressions.txt\`, which every run of the tests lives through.

## Mutation testing

\`npm run mutation\` changes the code that guards, compares, plans, records, encodes, asks and loads, one operator at a time, and counts the
changes that a test notices. No change of the guards may go unnoticed.

| Part | Changes | Noticed | Score |
|---|---:|---:|---:|
${mutation.map(({ group, mutants, detected, score }) => `| ${group} | ${number(mutants)} | ${number(detected)} | ${score.toFixed(1)} % |`).join('\n')}
`;
}

function renderPromise({ id, words, proofs }) {
  const held = proofs.map(
    ({ test, name, cases }) => `  - \`${test}\`${name === undefined ? '' : `: ${name}`}${cases === undefined ? '' : ` (${cases})`}`,
  );
  // A test that several lines were broken for is named once, with what it counts.
  const shown = held.filter(
    (line, at) => !held.some((other, where) => where !== at && (other.startsWith(`${line} (`) || (other === line && where < at))),
  );
  return `- **${id}** ${words}\n${shown.join('\n')}`;
}

function sabotageRows({ id, proofs }, results) {
  return proofs
    .filter(({ sabotage }) => sabotage !== undefined)
    .map(({ test, sabotage: { file, find, replace } }) => {
      const caught = results.some((one) => one.promise === id && one.test === test && one.file === file && one.find === find && one.caught);
      return `| ${id} | \`${file}\`: ${code(find)} | ${code(replace)} | ${caught ? `\`${test}\`` : 'not tried yet'} |`;
    });
}

function code(text) {
  const plain = text.trim().replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
  return plain === '' ? '(nothing)' : `\`\` ${plain} \`\``;
}

function number(value) {
  return value.toLocaleString('en');
}
