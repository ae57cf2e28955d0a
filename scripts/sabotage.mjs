// Breaks each promise on purpose, one line at a time, in a copy of the repository, and sees whether its test notices. Ends with 1 when
// one does not. `npm run sabotage -- --only P4` tries one; `--out FILE` keeps what came of it.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { only: { type: 'string' }, out: { type: 'string' } } });
const LEFT_OUT = new Set(['node_modules', '.git', '.stryker-tmp', '.rollcall']);

const promises = JSON.parse(await readFile('test/reliability/promises.json', 'utf8'));
const chosen = promises.flatMap((promise) => promise.proofs.map((proof) => ({ ...proof, promise: promise.id })));
const tried = chosen.filter(({ sabotage, promise }) => sabotage !== undefined && (values.only === undefined || promise === values.only));
if (tried.length === 0) throw new Error(`there is no sabotage of ${values.only}`);

const copy = await mkdtemp(path.join(tmpdir(), 'rollcall-sabotage-'));
const results = [];
/** Tests that were seen to pass first: one that fails anyway notices nothing. */
const wellBefore = new Set();
try {
  for (const part of await readdir('.')) if (!LEFT_OUT.has(part)) await cp(part, path.join(copy, part), { recursive: true });
  await symlink(path.resolve('node_modules'), path.join(copy, 'node_modules'));
  for (const proof of tried) {
    results.push(await attempt(proof));
    if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(results, null, 2)}\n`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
const missed = results.filter(({ caught }) => !caught);
console.log(`${results.length - missed.length} of ${results.length} sabotages were noticed`);
if (missed.length > 0) process.exitCode = 1;

async function attempt({ promise, test, name, sabotage: { file, find, replace } }) {
  const key = `${test} ${name}`;
  if (!wellBefore.has(key) && (await runTest(test, name)) !== 0) {
    console.log(`FAILS    ${promise.padEnd(4)} ${test} without any sabotage, so that it can notice none`);
    return { promise, test, name, file, find, caught: false };
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
  return { promise, test, name, file, find, caught };
}

function runTest(test, name) {
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs');
  const only = name === undefined ? [] : ['-t', name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', '--bail=1', '--reporter=dot', test, ...only], { cwd: copy, stdio: 'ignore' });
    child.on('close', (status) => resolve(status ?? 2));
  });
}
