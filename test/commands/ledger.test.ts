import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/apply/ledger-records.ts';
import { openLedger } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { ledgerShow } from '../../src/commands/ledger.ts';
import { digestOf } from '../../src/text/digest.ts';
import { access, change } from '../report/build-plan.ts';
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

describe('a change of several requests', () => {
  const part = { kind: 'part', account: 'twilio-main', principal: 'grace@acme.example', change: digestOf('change') } as const;

  test('is shown with its requests in their order', async () => {
    const before = access('administrator');
    const lowered = change({
      account: 'twilio-main',
      action: 'patch',
      principal: 'grace@acme.example',
      before,
      after: access('developer'),
    });
    const facts = { budget: null, approvals: [], reverts: null, policyName: null };
    const parts = [
      { do: 'unassign', role: 'administrator' },
      { do: 'assign', role: 'developer' },
    ] as const;
    const intent = { kind: 'intent', account: 'twilio-main', change: lowered, facts } as const;
    expect(await shown({ ...intent, parts })).toContain(
      'patch grace@acme.example: administrator → developer, in 2 requests: take administrator, then give developer',
    );
    expect(await shown({ ...intent, parts: parts.slice(0, 1) })).not.toContain('request');
  });

  test('is shown with what the vendor said to each of them, and what was given back', async () => {
    expect(await shown({ ...part, part: { do: 'unassign', role: 'administrator' }, done: 'accepted', message: '' })).toContain(
      'accepted: take administrator for grace@acme.example',
    );
    expect(await shown({ ...part, part: { do: 'assign', role: 'developer' }, done: 'refused', message: '400 25202' })).toContain(
      'refused: give developer for grace@acme.example (400 25202)',
    );
    const back = { ...part, part: { do: 'assign', role: 'administrator' }, done: 'unknown', message: '', compensates: true } as const;
    expect(await shown(back)).toContain('may have happened: give administrator for grace@acme.example, to give back what was taken');
  });
});

describe('somebody whose keys are left behind', () => {
  const since = '2026-11-20T14:02:00.000Z';
  const keys = [{ sid: `SK${'a'.repeat(32)}`, name: 'CI deploy', created: '2026-03-01T10:00:00.000Z' }];
  const left = (principals: Extract<LedgerEntry, { readonly kind: 'offboarding' }>['principals']) =>
    shown({ kind: 'offboarding', account: 'twilio-main', principals });

  test('is shown as not wholly gone, with each key by its SID, name and day', async () => {
    const text = await left({ 'eve@acme.example': { since, keys } });
    expect(text).toContain('eve@acme.example leaves behind: 1 key');
    expect(text).toContain(
      `Not wholly gone: 1 person eve@acme.example in twilio-main offboarding incomplete: 1 API key older than 2026-11-20 is still there; revoke them, or rotate them and attest it in policies/rosters/twilio-main.yaml (rotated:) SK${'a'.repeat(32)} (CI deploy, 2026-03-01)`,
    );
  });

  test('is shown as wholly gone once nothing is left', async () => {
    const text = await left({ 'eve@acme.example': null });
    expect(text).toContain('eve@acme.example is wholly gone');
    expect(text).not.toContain('Not wholly gone');
  });
});
