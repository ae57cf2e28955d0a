import { beforeAll, describe, expect, test } from 'vitest';
import { type LedgerEntry, outcomeEntry } from '../../src/apply/ledger-records.ts';
import { openLedger } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { explain } from '../../src/commands/explain.ts';
import type { Change } from '../../src/model.ts';
import { digestOfObservations } from '../../src/provider/check-observation.ts';
import { digestOfPrincipals } from '../../src/provider/read-complete.ts';
import { access, change } from '../report/build-plan.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { openPolicyWorld, type PolicyWorld } from './open-policy-world.ts';

const NOW = '2026-11-23T09:00:00.000Z';
const ACCOUNT = 'telnyx-production';
const TELNYX = 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n';
const PEOPLE = ['ada', 'bob', 'eve'].map((one) => `- email: ${one}@acme.example\n  name: ${one}\n`).join('');

/** A team of Ada's alone, with one grant. */
const team = (what: string) =>
  `members:\n  - ada@acme.example\ngrants:\n  - { account: ${ACCOUNT}, ${what}, reason: Needs it for work (OPS-1) }\n`;

function openWorld(teams: Readonly<Record<string, string>>, accounts: Readonly<Record<string, string>> = {}): PolicyWorld {
  const files = Object.entries(teams).map(([name, text]) => [`teams/${name}.yaml`, text]);
  return openPolicyWorld(
    { [`accounts/${ACCOUNT}.yaml`]: TELNYX, ...accounts, 'people/all.yaml': PEOPLE, ...Object.fromEntries(files) },
    NOW,
  );
}

async function explained(world: PolicyWorld, email = 'ada@acme.example', observation: string | null = null): Promise<string> {
  expect(await explain(world.run(), { email, role: null, observation })).toBe(0);
  return world.out().replaceAll(/\s+/g, ' ');
}

async function ledgerOf(...entries: readonly LedgerEntry[]): Promise<string> {
  const storage = openMemoryStorage();
  const ledger = await openLedger('ledger', storage, createJumpingClock());
  await ledger.append(entries);
  await ledger.close();
  return (await storage.read()).text;
}

describe('two grants that overlap', () => {
  const hint = (text: string) => /Grants overlap \(([^)]*)\): (deleting [^.]*)\./.exec(text)?.slice(1) ?? null;

  test('are the same: deleting any one of them changes nothing', async () => {
    const text = await explained(openWorld({ a: team('role: member'), b: team('role: member') }));
    expect(hint(text)).toEqual(['policies/teams/a.yaml:4, policies/teams/b.yaml:4', 'deleting any one of these changes nothing']);
  });

  test('end on different days: only the one that ends first adds nothing', async () => {
    const text = await explained(openWorld({ a: team('role: member, until: 2026-12-31'), b: team('role: member, until: 2027-06-30') }));
    expect(hint(text)).toEqual(['policies/teams/a.yaml:4', 'deleting that one changes nothing']);
  });

  test('are of different strength: the weaker one adds nothing as long as the stronger lasts', async () => {
    expect(hint(await explained(openWorld({ a: team('role: admin'), b: team('role: member, until: 2027-06-30') })))).toEqual([
      'policies/teams/b.yaml:4',
      'deleting that one changes nothing',
    ]);
  });

  test('and the weaker one lasts longer: then it still matters, and nothing is said', async () => {
    expect(hint(await explained(openWorld({ a: team('role: admin, until: 2026-12-31'), b: team('role: member') })))).toBeNull();
  });

  test('and one of them has ended: then the other counts alone', async () => {
    expect(hint(await explained(openWorld({ a: team('role: member, until: 2026-11-22'), b: team('role: member') })))).toBeNull();
  });
});

describe('what is owed', () => {
  const raise: Change = change({
    account: ACCOUNT,
    action: 'patch',
    principal: 'ada@acme.example',
    before: access('member'),
    after: access('admin'),
  });
  const approval = (by: string): LedgerEntry => ({ kind: 'approval', account: ACCOUNT, by, changes: [raise] });
  const taken: LedgerEntry = {
    kind: 'taken',
    account: ACCOUNT,
    pull: 12,
    evidence: `sha256:${'1'.repeat(64)}`,
    head: 'f'.repeat(40),
    digest: null,
    by: ['grace'],
  };
  const deferred = outcomeEntry(raise, 'deferred', 'the vendor asked to wait', { not_before: '2026-11-23T10:00:00.000Z' });

  test('says since when, by which pull request, who approved it, why it waits and until when', async () => {
    const world = openWorld({ a: team('role: admin') });
    world.ledger = await ledgerOf(approval('pull 12'), taken, deferred);
    expect(await explained(world)).toContain(
      'Owed: patch ada@acme.example: member → admin, since 2026-11-22 09:00 UTC by pull request 12, approved by grace, from 2026-11-23 10:00 UTC on: the vendor asked to wait',
    );
  });

  test('says which file or flag approved it where there was no pull request', async () => {
    const world = openWorld({ a: team('role: admin') });
    world.ledger = await ledgerOf(approval('plan'));
    expect(await explained(world)).toContain('since 2026-11-22 09:00 UTC by a reviewed plan file');
    world.ledger = await ledgerOf(approval('yes'));
    expect(await explained(world)).toContain('since 2026-11-22 09:00 UTC approved with --yes');
  });

  test('names nobody by what was written into the ledger without making it visible', async () => {
    const world = openWorld({ a: team('role: admin') });
    world.ledger = await ledgerOf(approval('pull 12'), { ...taken, by: ['x\u001b[2J'] }, deferred);
    expect(await explained(world)).toContain('approved by x\\u{1b}\\u{5b}2J');
  });
});

describe('what cannot be known', () => {
  const two = { 'accounts/telnyx-support.yaml': TELNYX };
  const both = `members:\n  - ada@acme.example\ngrants:\n${[ACCOUNT, 'telnyx-support']
    .map((account) => `  - { account: ${account}, role: member, reason: Needs it for work (OPS-1) }\n`)
    .join('')}`;

  test('is said once at the end, and not with every account', async () => {
    const text = await explained(openWorld({ a: both }, two));
    expect(text.match(/Note: /g)).toHaveLength(2);
    expect(text).toMatch(
      /Note: there is no ledger here, and policies is in no git repository; since when .* cannot be known here Note: live was not read: give --observation FILE to see it $/,
    );
  });

  test('is said of the one account in which nothing was applied, where something was in others', async () => {
    const world = openWorld({ a: both }, two);
    world.ledger = await ledgerOf({
      kind: 'state',
      account: ACCOUNT,
      principals: { 'ada@acme.example': { roles: ['member'], groups: [], name: 'ada', status: 'active' } },
    });
    const text = await explained(world);
    expect(text.match(/nothing was applied here yet/g)).toHaveLength(1);
    expect(text).toContain(
      'telnyx-support · member through team a: Needs it for work (OPS-1) policies/teams/a.yaml:5 Note: nothing was applied here yet, so what was last true is not known Note: live was not read',
    );
  });
});

describe('who can', () => {
  const SUPPORT = 'telnyx-support';
  const world = openWorld(
    {
      bosses: `members:\n  - ada@acme.example\ngrants:\n  - { account: ${SUPPORT}, group: Administrators, reason: Runs it (OPS-1) }\n`,
      money: `members:\n  - { email: bob@acme.example, until: 2027-01-31 }\ngrants:\n  - { account: ${SUPPORT}, group: Billing, reason: Pays (OPS-2) }\n`,
    },
    {
      [`accounts/${SUPPORT}.yaml`]: 'provider: telnyx\napi: organizations\nowner: root@acme.example\nprivileged_groups: [Administrators]\n',
    },
  );
  const who = async (role: string, observation: string | null = null) => {
    expect(await explain(world.run({ account: [SUPPORT] }), { email: null, role, observation })).toBe(0);
    return world.out().replaceAll(/\s+/g, ' ');
  };

  beforeAll(async () => {
    world.ledger = await ledgerOf({
      kind: 'state',
      account: SUPPORT,
      principals: { 'bob@acme.example': { roles: ['member'], groups: ['Billing'], name: 'bob', status: 'active' } },
    });
    const row = (principal: string, groups: string[]) => ({
      principal: `${principal}@acme.example`,
      principal_id: `id-${principal}`,
      status: 'active' as const,
      name: '',
      roles: ['member'],
      groups,
      since: null,
    });
    const principals = [row('bob', []), row('eve', ['Billing'])];
    const observation = {
      account: SUPPORT,
      provider: 'telnyx' as const,
      api: 'organizations' as const,
      at: NOW,
      principals,
      requests: 1,
      digest: digestOfPrincipals(principals),
      source: 'live' as const,
      reach: [{ principal: 'eve@acme.example', role: 'Boss', through: 'the whole organization' }],
    };
    const digest = digestOfObservations([observation]);
    world.files.set('live.json', JSON.stringify({ format_version: '1.0', observations: [observation], digest }));
  });

  test('names who is in a group with since when and until when, and who may give it to themselves', async () => {
    const text = await who('Billing');
    expect(text).toContain(
      'Billing in telnyx-support: 1 person bob@acme.example (bob) Since 2026-11-22 09:00 UTC at the latest: rollcall found it there. · group Billing through team money, until 2027-01-31: Pays (OPS-2)',
    );
    expect(text).toContain(
      'Note: whoever is in Administrators may give themselves this: 1 person, `rollcall explain --account telnyx-support --role Administrators`',
    );
  });

  test('goes by the ledger where the account was not read: who was deleted since the baseline is not there any more', async () => {
    const before = world.ledger;
    const held = { roles: ['member'], groups: ['Billing'] };
    world.ledger = await ledgerOf(
      { kind: 'baseline', account: SUPPORT, principals: { 'eve@acme.example': held, 'trent@acme.example': held } },
      { kind: 'state', account: SUPPORT, principals: { 'eve@acme.example': null } },
    );
    const text = await who('Billing');
    world.ledger = before;
    expect(text).toContain('Without a grant: 1 person trent@acme.example Since');
  });

  test('says who lacks it in the account, who has it without a grant, and who reaches in from elsewhere', async () => {
    const text = await who('Billing', 'live.json');
    expect(text).toContain('rollcall found it there. Live: member · group Billing');
    expect(text).toContain('Without a grant: 1 person eve@acme.example');
    expect(text).toContain('Reaching in from elsewhere eve@acme.example Boss, held for the whole organization; it works here');
  });
});
