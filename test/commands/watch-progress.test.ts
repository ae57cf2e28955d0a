import { expect, test } from 'vitest';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { createTelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import { runCli } from '../../src/run-cli.ts';
import { createRandom } from '../../src/text/create-random.ts';
import { company, PRODUCTION } from '../scenarios/support/company.ts';
import { keyOf, ORIGIN } from '../scenarios/support/create-scenario.ts';
import { openPolicyWorld } from './open-policy-world.ts';

const NOW = '2026-11-23T09:00:00.000Z';
/** Four pages. */
const PEOPLE = 1_000;
const SUPPORT = 'telnyx-support';

/** A run at a terminal, where every answer of the vendor takes so long; what stood on the line, one after another. */
async function watch(argv: readonly string[], accounts: readonly string[], answerMs: number, env: Record<string, string> = {}) {
  let nowMs = Date.parse(NOW);
  const clock = { now: () => nowMs, sleep: () => new Promise<void>(() => undefined) };
  const users = Array.from({ length: PEOPLE }, (_, at) => ({ email: `p${at}@acme.example`, name: `P ${at}`, role: 'member' as const }));
  const seed = { accounts: accounts.map((name) => ({ name, key: keyOf(name), owner: 'root@acme.example', users })) };
  const vendor = createTelnyxWorld({ clock: { ...clock, advance: () => undefined }, random: createRandom(1), seed });
  let last: Promise<unknown> = Promise.resolve();
  const inner = vendor.http({ origin: ORIGIN });
  const policies = company(Object.fromEntries(accounts.map((name) => [name, { admin: ['ada'], member: ['bob', 'cleo'] }])));
  const { world } = openPolicyWorld(policies, NOW, {
    // One answer after another, each heard before the next one comes.
    send: (request) => {
      const reply = last.then(() => {
        nowMs += answerMs;
        return inner.send(request);
      });
      last = reply.then(() => new Promise((heard) => void setImmediate(heard)));
      return reply;
    },
    close: () => inner.close(),
  }).run();
  const storage = openMemoryStorage();
  let written = '';
  let out = '';
  await runCli(argv, {
    ...world,
    clock,
    openStorage: () => storage,
    env: {
      ROLLCALL_TELNYX_ORIGIN: ORIGIN,
      ...Object.fromEntries(accounts.map((name) => [`${name.toUpperCase().replace('-', '_')}_API_KEY`, keyOf(name)])),
      ...env,
    },
    stdout: {
      isTerminal: true,
      columns: 100,
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      isTerminal: true,
      columns: 100,
      write: (text) => {
        written += text;
      },
    },
  });
  return { out, lines: written.split('\r\u001b[K').filter((line) => line !== ''), written };
}

test('pages are counted while an account is read, and the line is gone before the plan is printed', async () => {
  const { lines, written, out } = await watch(['plan'], [PRODUCTION], 700);
  expect(lines[0]).toBe('Reading telnyx-production: page 2 of 4, 1 page/s, 2 s left');
  expect(lines.at(-1)).toBe('Reading telnyx-production: page 4 of 4, 1 page/s');
  expect(written.endsWith('\r\u001b[K')).toBe(true);
  expect(out).toContain('telnyx-production');
});

test('accounts that are read side by side share the line', async () => {
  const { lines } = await watch(['plan'], [PRODUCTION, SUPPORT], 600);
  expect(lines.at(-1)).toMatch(/^Reading 2 accounts \([12] done\): page 8 of 8, 2 pages\/s$/);
});

test('changes are counted while they are made', async () => {
  const { lines } = await watch(['apply', '--yes'], [PRODUCTION], 700);
  const made = lines.filter((line) => line.startsWith('Applying in telnyx-production: change '));
  expect(made.some((line) => line.startsWith('Applying in telnyx-production: change 1 of 3, '))).toBe(true);
  expect(made.at(-1)).toMatch(/^Applying in telnyx-production: change 3 of 3, \d+ changes\/min$/);
});

test.each([
  ['what takes less than a second', 100, {}, ['plan']],
  ['a run with --quiet', 700, {}, ['plan', '--quiet']],
  ['a job of a CI system', 700, { CI: 'true' }, ['plan']],
  ['a terminal that obeys no codes', 700, { TERM: 'dumb' }, ['plan']],
] as const)('%s shows no progress', async (_, answerMs, env, argv) => {
  expect((await watch(argv, [PRODUCTION], answerMs, env)).written).toBe('');
});
