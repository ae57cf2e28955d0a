import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { TextSink } from '../src/ports.ts';
import { createRealWorld } from '../src/real-world.ts';
import { runCli } from '../src/run-cli.ts';

/** The demo in this process, on the example policies of this repository. */
async function tell(...argv: string[]): Promise<Told> {
  return tellOn(100, ...argv);
}

interface Told {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function tellOn(columns: number, ...argv: string[]): Promise<Told> {
  const never = new AbortController().signal;
  const out = { stdout: '', stderr: '' };
  const collect = (stream: keyof typeof out): TextSink => ({
    write: (text) => {
      out[stream] += text;
    },
    isTerminal: false,
    columns,
  });
  const exit = await runCli(['demo', ...argv], {
    ...createRealWorld(process, never, never),
    env: {},
    stdout: collect('stdout'),
    stderr: collect('stderr'),
  });
  return { exit, ...out };
}

const POLICIES = path.resolve(import.meta.dirname, '../policies');

let told: Told;
beforeAll(async () => {
  told = await tell('--policies', POLICIES);
});

/** Every part stands in the story, one after the other. */
function expectInOrder(story: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = story.indexOf(part, from);
    expect(at, `the story has no "${part.trim()}" where it belongs`).toBeGreaterThanOrEqual(from);
    from = at + part.length;
  }
}

test('the demo tells the whole story on few pages and ends with 0', () => {
  const { exit, stdout, stderr } = told;
  expect(stderr).toBe('');
  expect(exit).toBe(0);
  expectInOrder(stdout, [
    'ACT ONE',
    '$ rollcall ci apply',
    'Observed, signed and kept on rollcall-state',
    '$ rollcall ci plan',
    'mina.park@acme.example becomes admin in telnyx-production',
    'One of @acme/security has to approve',
    '$ rollcall ci apply',
    'Approved by grace; admin in telnyx-production by grace.',
    'ACT TWO',
    'ACT THREE',
    '$ rollcall validate',
    '$ rollcall plan\n',
    'blocked',
    'exit 5',
    'deletes:',
    '$ rollcall plan --out plan.json',
    'covered by an',
    '$ rollcall apply --plan plan.json',
    'exit 10',
    '$ rollcall apply --plan plan.json',
    'applied    delete grace.murray@acme.example',
    'No changes.',
    '$ rollcall ledger verify',
    'Verified.',
  ]);
  expect(stdout.split('\n').length).toBeLessThan(275);
});

test('at night the demo takes back what somebody gained, leaves the leaver out, and says who did it in an issue', () => {
  const { stdout } = told;
  const night = stdout.split('ACT TWO')[1]?.split('Monday')[0] ?? '';
  expectInOrder(night, [
    '$ rollcall ci drift',
    'applied    delete mallory@elsewhere.example (invited admin)',
    'applied    patch dmitri.volkov@acme.example: admin → member',
    'Applied 2,',
    'exit 2: changes present\n',
    '"rollcall: telnyx-production", is open:',
    '3 differences nobody approved',
    '🔴 dmitri.volkov@acme.example · raised (drift)',
    'By whom: likely jonas.weber@acme.example, 2026-11-27 22:50 UTC',
    'What was done: reverted',
    '🔴 mallory@elsewhere.example · stray invitation (drift)',
    'By whom: likely jonas.weber@acme.example, 2026-11-27 22:50 UTC',
    'What was done: reverted',
    '🟡 bo.nilsson@acme.example · vanished (drift)',
    'By whom: likely ines.okafor@acme.example, 2026-11-27 22:40 UTC',
    'What was done: nothing was done · lost, only reported',
  ]);
  expect(night).not.toContain('<!--');
});

test('in the morning the demo takes the leaver out of the policies, writes nothing to the account, and closes the issue', () => {
  const { stdout } = told;
  const morning = stdout.split('Monday')[1]?.split('ACT THREE')[0] ?? '';
  expectInOrder(morning, [
    '$ rollcall ci drift',
    'Applied 0,',
    'exit 2',
    '$ rollcall ci plan',
    'Access plan: no changes',
    '$ rollcall ci apply',
    'Applied 0,',
    'exit 0',
    '$ rollcall ci drift',
    'Applied 0,',
    'exit 0',
    '"rollcall: telnyx-production", which is closed:',
    'Everything is as the policies say.',
    'Settled',
    'bo.nilsson@acme.example, vanished (drift)',
  ]);
});

test('the demo has no colour where no terminal is, no trace of a key, and nobody but invented people', () => {
  const { stdout } = told;
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('KEY-DEMO');
  const addresses = stdout.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
  expect(addresses.length).toBeGreaterThan(10);
  for (const address of addresses) expect(address).toMatch(/\.example$|^support@telnyx\.com$/);
});

test('two tellings of the demo are the same but for ports and commits, which hold a key of their own', async () => {
  const plain = (text: string) =>
    text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT').replace(/(?<=(?:head|base|Applied) )[0-9a-f]{12}\b/g, 'COMMIT');
  const again = await tell('--policies', POLICIES);
  expect(plain(again.stdout)).toBe(plain(told.stdout));
});

test('the demo without its policies says where it can be run', async () => {
  const { exit, stderr } = await tell('--policies', '/nowhere');
  expect(exit).not.toBe(0);
  expect(stderr).toContain('the demo needs the example policies');
});

test('the plan in the README is the demo’s own, but for the rows that are cut', async () => {
  const { stdout } = await tellOn(120, '--policies', 'policies');
  const told = new Set(stdout.split('\n'));
  const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8');
  const shown = readme.split('$ rollcall plan\n')[1]?.split('```')[0]?.split('\n') ?? [];
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter((line) => line !== '' && !told.has(line))).toEqual([]);
});
