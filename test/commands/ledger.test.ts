import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/apply/ledger-records.ts';
import { openLedger } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { ledgerShow } from '../../src/commands/ledger.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { openCommandWorld } from './keygen-world.ts';

/** What `ledger show` prints of one entry, in a line. */
async function shown(entry: LedgerEntry): Promise<string> {
  const world = openCommandWorld();
  const storage = openMemoryStorage();
  const ledger = await openLedger('ledger', storage, createJumpingClock());
  await ledger.append([entry]);
  await ledger.close();
  world.files.set('.rollcall/ledger.jsonl', (await storage.read()).text);
  await ledgerShow(world.run());
  return world.out().replaceAll(/\s+/g, ' ');
}

describe('a pull request that rollcall proposed itself', () => {
  const proposed = { kind: 'proposed', branch: 'rollcall/renew-voice-2026-12-01', commit: '1f'.repeat(20) } as const;
  const what = `pull request from rollcall/renew-voice-2026-12-01 at ${'1f'.repeat(20)} proposed`;

  test('is shown with who asked for it, whom it is about, and that none of them may be the one to approve it', async () => {
    expect(await shown({ ...proposed, logins: ['ada'], principals: ['grace@acme.example', 'trent@acme.example'] })).toContain(
      `${what}, asked for by ada; about grace@acme.example, trent@acme.example; none of them may be the one to approve it`,
    );
  });

  test('is shown without who asked where nobody did', async () => {
    expect(await shown({ ...proposed, logins: [], principals: ['grace@acme.example'] })).toContain(
      `${what}; about grace@acme.example; none of them may be the one to approve it`,
    );
  });

  test('names five of many people and counts the others', async () => {
    const principals = Array.from({ length: 5000 }, (_, at) => `p${at}@acme.example`);
    expect(await shown({ ...proposed, logins: [], principals })).toContain(
      'p3@acme.example, p4@acme.example, and 4,995 more; none of them',
    );
  });

  test('has its names made visible', async () => {
    const text = await shown({ ...proposed, branch: 'rollcall/a\u202eb', logins: ['::error'], principals: ['x\u001b[2J@acme.example'] });
    expect(text).toContain('rollcall/a\\u{202e}b');
    expect(text).toContain('\\u{3a}\\u{3a}error');
    expect(text).toContain('x\\u{1b}\\u{5b}2J@acme.example');
  });
});
