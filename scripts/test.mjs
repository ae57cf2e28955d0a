// Runs every test and ends with one line that a person and a machine can read: "N passed, N failed".
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-test-'));
const report = path.join(folder, 'report.json');
const vitest = path.resolve('node_modules/vitest/vitest.mjs');
const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)];
const code = await new Promise((resolve) => {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  child.on('close', (status) => resolve(status ?? 1));
});
const counts = await readFile(report, 'utf8').then(JSON.parse, () => null);
await rm(folder, { recursive: true, force: true });
if (counts === null) console.log('0 passed, 1 failed');
else {
  // A file that does not load has no tests to count, and is a failure.
  const broken = counts.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${counts.numPassedTests} passed, ${counts.numFailedTests + broken} failed`);
}
process.exitCode = counts === null ? 1 : code;
