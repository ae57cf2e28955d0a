// Breaks each promise on purpose, one line at a time, in a copy of the repository, and sees whether its test notices. Ends with 1 when
// one does not. `npm run sabotage -- --only P4` tries one promise; `--out FILE` keeps what came of it beside what came of the others, and
// `--untried` tries what that file does not know to be noticed.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, out: { type: 'string' }, untried: { type: 'boolean', default: false } },
});
const LEFT_OUT = new Set(['node_modules', '.git', '.stryker-tmp', '.rollcall']);

const promises = JSON.parse(await readFile('test/reliability/promises.json', 'utf8'));
const chosen = promises.flatMap((promise) => promise.proofs.map((proof) => ({ ...proof, promise: promise.id })));
const known = chosen.filter(({ sabotage }) => sabotage !== undefined);
const earlier = await readEarlier();
const tried = known.filter(
  (proof) => (values.only?.includes(proof.promise) ?? true) && !(values.untried && earlier.get(keyOf(proof))?.caught === true),
);
if (tried.length === 0) throw new Error('there is no such sabotage to try');

const copy = await mkdtemp(path.join(tmpdir(), 'rollcall-sabotage-'));
const results = [];
/** Tests that were seen to pass first: one that fails anyway notices nothing. */
const wellBefore = new Set();
try {
  for (const part of await readdir('.')) if (!LEFT_OUT.has(part)) await cp(part, path.join(copy, part), { recursive: true });
  await symlink(path.resolve('node_modules'), path.join(copy, 'node_modules'));
  for (const proof of tried) {
    const result = await attempt(proof);
    results.push(result);
    earlier.set(keyOf(proof), result);
    if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(inOrder(), null, 2)}\n`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
const missed = results.filter(({ caught }) => !caught);
console.log(`${results.length - missed.length} of ${results.length} sabotages were noticed`);
if (missed.length > 0) process.exitCode = 1;

/** What the file of results says of sabotages that are still to be tried as they were. */
async function readEarlier() {
  const text = values.out === undefined ? '[]' : await readFile(values.out, 'utf8').catch(() => '[]');
  return new Map(JSON.parse(text).map((one) => [keyOf({ ...one, sabotage: one }), one]));
}

function inOrder() {
  return known.map((proof) => earlier.get(keyOf(proof))).filter((one) => one !== undefined);
}

function keyOf({ promise, test, name, sabotage: { file, find, replace } }) {
  return JSON.stringify([promise, test, name, file, find, replace]);
}

async function attempt({ promise, test, name, sabotage: { file, find, replace } }) {
  const key = `${test} ${name}`;
  if (!wellBefore.has(key) && (await runTest(test, name)) !== 0) {
    console.log(`FAILS    ${promise.padEnd(4)} ${test} without any sabotage, so that it can notice none`);
    return { promise, test, name, file, find, replace, caught: false };
  }
  wellBefore.add(key);
  const place = path.join(copy, file);
  const text = await readFile(place, 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${promise}: ${file} has the line to break ${parts.length - 1} times: ${find}`);
  await writeFile(place, parts.join(replace));
  const code = await runTest(test, name);
  await writeFile(place, text);
  const caught = code === 1;
  console.log(`${caught ? 'noticed' : 'MISSED '}  ${promise.padEnd(4)} ${file}: ${find.trim()} → ${replace.trim()}`);
  return { promise, test, name, file, find, replace, caught };
}

function runTest(test, name) {
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs');
  const only = name === undefined ? [] : ['-t', name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', '--bail=1', '--reporter=dot', test, ...only], { cwd: copy, stdio: 'ignore' });
    child.on('close', (status) => resolve(status ?? 2));
  });
}
