import { beforeAll, describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/apply/ledger-records.ts';
import { openLedger } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { explain } from '../../src/commands/explain.ts';
import type { LivePrincipal, Observation } from '../../src/model.ts';
import { digestOfObservations } from '../../src/provider/check-observation.ts';
import { digestOfPrincipals } from '../../src/provider/read-complete.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { openPolicyWorld } from './open-policy-world.ts';

const NOW = '2026-11-23T09:00:00.000Z';
const ACCOUNT = `AC${'a'.repeat(32)}`;
const SUBACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const DERIVED = `twilio-main-${SUBACCOUNT.toLowerCase()}`;

const grant = (account: string, what: string) => `  - { account: ${account}, ${what}, reason: Needs it for work (OPS-1) }\n`;
const POLICIES = {
  'accounts/telnyx-production.yaml': 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
  'accounts/telnyx-support.yaml': 'provider: telnyx\napi: organizations\nowner: root@acme.example\nprivileged_groups: [Administrators]\n',
  'accounts/twilio-legacy.yaml': `provider: twilio\napi: console\nowner: root@acme.example\nscope: AC${'c'.repeat(32)}\n`,
  'accounts/twilio-main.yaml': `provider: twilio\napi: organization\nowner: root@acme.example\norganization: OR${'b'.repeat(32)}\nscope: ${ACCOUNT}\nsubaccounts: all\n`,
  'people/all.yaml':
    '- email: ada@acme.example\n  name: Ada Lovelace\n- email: eve@acme.example\n  name: Eve\n- email: root@acme.example\n  name: Root\n',
  'teams/voice.yaml': `members:\n  - { email: ada@acme.example, until: 2027-01-31 }\ngrants:\n${[
    grant('telnyx-production', 'role: member'),
    grant('telnyx-support', 'group: Administrators'),
    grant('telnyx-support', 'group: Billing'),
    grant('twilio-legacy', 'role: support'),
    grant('twilio-main', 'role: developer'),
  ].join('')}`,
};

function observed(
  account: string,
  provider: 'telnyx' | 'twilio',
  api: Observation['api'],
  principals: LivePrincipal[],
  more: Partial<Observation> = {},
) {
  return {
    account,
    provider,
    api,
    at: NOW,
    principals,
    requests: 1,
    digest: digestOfPrincipals(principals),
    source: 'live',
    ...more,
  } as const;
}

function ada(roles: string[], groups: string[] = [], more: Partial<LivePrincipal> = {}): LivePrincipal {
  return { principal: 'ada@acme.example', principal_id: 'id-ada', status: 'active', name: '', roles, groups, since: null, ...more };
}

const OBSERVATIONS: Observation[] = [
  observed('telnyx-production', 'telnyx', 'sub-users', [ada(['member'])]),
  observed('telnyx-support', 'telnyx', 'organizations', [
    ada(['member'], ['Billing'], { remarks: ['never signed in', 'bypasses single sign-on'] }),
  ]),
  observed('twilio-legacy', 'twilio', 'console', [ada(['support'], [], { status: 'invited' })], {
    source: 'roster',
    scope: `AC${'c'.repeat(32)}`,
  }),
  observed('twilio-main', 'twilio', 'organization', [ada(['developer'])], {
    scope: ACCOUNT,
    subaccounts: [{ sid: SUBACCOUNT, name: 'IVR' }],
    reach: [{ principal: 'ada@acme.example', role: 'Organization Admin', through: 'the whole organization' }],
  }),
  observed(DERIVED, 'twilio', 'organization', [], { scope: SUBACCOUNT }),
];

describe('explain, over accounts of both vendors', () => {
  const world = openPolicyWorld(POLICIES, NOW);

  beforeAll(async () => {
    const file = { format_version: '1.0', observations: OBSERVATIONS, digest: digestOfObservations(OBSERVATIONS) };
    world.files.set('live.json', JSON.stringify(file));
    const keys = [{ sid: `SK${'d'.repeat(32)}`, name: 'CI deploy', created: '2026-03-01T10:00:00.000Z' }];
    const since = '2026-11-20T14:02:00.000Z';
    const entries: LedgerEntry[] = [
      {
        kind: 'state',
        account: 'telnyx-production',
        principals: { 'ada@acme.example': { roles: ['member'], groups: [], name: 'Ada', status: 'active' } },
      },
      { kind: 'offboarding', account: DERIVED, principals: { 'eve@acme.example': { since, keys } } },
      { kind: 'offboarding', account: 'telnyx-production', principals: { 'eve@acme.example': { since, keys: null } } },
    ];
    const storage = openMemoryStorage();
    const ledger = await openLedger('ledger', storage, createJumpingClock());
    await ledger.append(entries);
    await ledger.close();
    world.ledger = (await storage.read()).text;
  });

  const explained = async (email: string, format: 'text' | 'json' = 'text', observation: string | null = 'live.json') => {
    expect(await explain(world.run({ format }), { email, role: null, observation })).toBe(0);
    return world.out();
  };

  test('shows one person in one table, by policy, last applied and live', async () => {
    const [, table = ''] = (await explained('ada@acme.example')).split('\n\n');
    expect(table.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['account', 'vendor api', 'by policy', 'last applied', 'live', 'since', 'until', 'state'],
      ['telnyx-production', 'telnyx sub-users', 'member', 'member', 'member', '2026-11-22', '2027-01-31'],
      ['telnyx-support', 'telnyx organizations', 'member + Administrators + Billing', 'not recorded', 'member + Billing', '2027-01-31'],
      ['twilio-legacy', 'twilio console', 'support', 'not recorded', 'support (invited)', '2027-01-31', 'pending'],
      ['twilio-main', 'twilio organization', 'developer', 'not recorded', 'developer', '2027-01-31'],
      ['twilio-main, AC0123…cdef', 'twilio organization', 'developer', 'not recorded', 'absent', '2027-01-31'],
    ]);
  });

  test('says below it where each grant stands, what the access comes to and what else the vendor shows', async () => {
    const text = (await explained('ada@acme.example')).replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      '· group Administrators through team voice, until 2027-01-31: Needs it for work (OPS-1) policies/teams/voice.yaml:5',
    );
    expect(text).toContain('Live: never signed in Live: bypasses single sign-on');
    expect(text).toContain('reaches in: Organization Admin, held for the whole organization');
    expect(text).toContain(`access does not cascade to subaccounts: what developer gives here does not reach IVR (${SUBACCOUNT})`);
  });

  test('needs no read: it says then that live was not read', async () => {
    const text = await explained('ada@acme.example', 'text', null);
    expect(text).toContain('not read');
    expect(text).toContain('Note: live was not read: give --observation FILE to see it');
  });

  test('says of somebody who left that their offboarding is incomplete, in each account, with the keys that are known', async () => {
    const text = await explained('eve@acme.example');
    expect(text.match(/offboarding incomplete$/gm)).toHaveLength(2);
    expect(text).toContain('the API keys were not read; look through those older than 2026-11-20 that eve@acme.example could read');
    expect(text).toContain(`    SK${'d'.repeat(32)} (CI deploy, 2026-03-01)`);
    expect(text).toContain(`twilio-main, subaccount ${SUBACCOUNT}\n`);
  });

  test('gives all of it as a document', async () => {
    const { accounts } = JSON.parse(await explained('ada@acme.example', 'json'));
    expect(accounts.map((one: { account: string; api: string; state: string[] }) => [one.account, one.api, one.state])).toEqual([
      ['telnyx-production', 'sub-users', []],
      ['telnyx-support', 'organizations', []],
      ['twilio-legacy', 'console', ['pending']],
      ['twilio-main', 'organization', []],
      [DERIVED, 'organization', []],
    ]);
    expect(accounts[1].live).toEqual({
      status: 'active',
      roles: ['member'],
      groups: ['Billing'],
      at: NOW,
      remarks: ['never signed in', 'bypasses single sign-on'],
    });
    expect(accounts[3].reach).toEqual([{ role: 'Organization Admin', through: 'the whole organization' }]);
    const [left] = JSON.parse(await explained('eve@acme.example', 'json')).accounts;
    expect(left).toMatchObject({ state: ['offboarding incomplete'], offboarding: { since: '2026-11-20T14:02:00.000Z', keys: null } });
  });

  test('says who is in a group and who holds a role in a subaccount', async () => {
    const who = async (account: string, role: string) => {
      expect(await explain(world.run({ account: [account] }), { email: null, role, observation: null })).toBe(0);
      return world.out();
    };
    expect(await who('telnyx-support', 'Billing')).toContain('Billing in telnyx-support: 1 person\n\n  ada@acme.example');
    expect(await who(DERIVED, 'developer')).toContain(`developer in twilio-main, subaccount ${SUBACCOUNT}: 1 person`);
    await expect(who('telnyx-support', 'Boss')).rejects.toThrow(
      'this account has no such role. Known: member, owner, Administrators, Billing.',
    );
  });
});
