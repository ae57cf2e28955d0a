import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
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

test('the demo tells the whole story and ends with 0', async () => {
  const { exit, stdout, stderr } = await tell('--policies', POLICIES);
  expect(stderr).toBe('');
  expect(exit).toBe(0);
  const parts = [
    '$ rollcall ci apply',
    'Observed, signed and kept on rollcall-state',
    '$ rollcall ci plan',
    'mina.park@acme.example becomes admin in telnyx-production',
    'One of @acme/security has to approve',
    '$ rollcall ci apply',
    'Approved by grace; admin in telnyx-production by grace.',
    '$ rollcall validate',
    '$ rollcall plan\n',
    'blocked',
    'exit 5',
    'deletes:',
    '$ rollcall plan --out plan.json',
    '$ rollcall apply --plan plan.json',
    'Applied',
    'exit 10',
    'No changes.',
    '$ rollcall drift\n',
    'mallory@elsewhere.example',
    'exit 2',
    '$ rollcall drift --revert',
    '$ rollcall ledger verify',
    'Verified.',
  ];
  let from = 0;
  for (const part of parts) {
    const at = stdout.indexOf(part, from);
    expect(at, `the story has no "${part.trim()}" where it belongs`).toBeGreaterThanOrEqual(from);
    from = at;
  }
});

test('the demo has no colour where no terminal is, no trace of a key, and nobody but invented people', async () => {
  const { stdout } = await tell('--policies', POLICIES);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('KEY-DEMO');
  const addresses = stdout.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
  expect(addresses.length).toBeGreaterThan(10);
  for (const address of addresses) expect(address).toMatch(/\.example$|^support@telnyx\.com$/);
});

test('two tellings of the demo are the same but for ports and commits, which hold a key of their own', async () => {
  const plain = (text: string) =>
    text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT').replace(/(?<=(?:head|base|Applied) )[0-9a-f]{12}\b/g, 'COMMIT');
  const [one, other] = [await tell('--policies', POLICIES), await tell('--policies', POLICIES)];
  expect(plain(other.stdout)).toBe(plain(one.stdout));
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
