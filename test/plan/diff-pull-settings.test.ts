import { describe, expect, it } from 'vitest';
import type { AccountPolicy, Approval, DesiredPrincipal, DesiredState, Roster, RosterRow } from '../../src/model.ts';
import { diffSettings, isRosterSetting } from '../../src/plan/diff-settings.ts';
import { ACCOUNT, approval, inPeace, mail, place, stateOf, wants } from './support.ts';

interface Side {
  readonly policy?: Partial<AccountPolicy>;
  readonly approvals?: readonly Approval[];
  readonly roster?: Roster | null;
  readonly wants?: Readonly<Record<string, DesiredPrincipal>>;
}

/** The state whose one account says this; null where there is no such account. */
function sideOf(side: Side | null): DesiredState {
  const world = inPeace({ ada: 'admin' });
  world.policy = side?.policy ?? {};
  for (const [name, one] of Object.entries(side?.wants ?? {})) world.wants.set(name, one);
  const state = stateOf(world);
  const account = state.accounts.get(ACCOUNT);
  if (side === null || account === undefined) return { ...state, accounts: new Map() };
  const { approvals = [], roster = null } = side;
  return { ...state, accounts: new Map([[ACCOUNT, { ...account, approvals, roster }]]) };
}

function changes(before: Side | null, head: Side | null, tip: Side | null = before) {
  return diffSettings({ mergeBase: sideOf(before), head: sideOf(head), baseTip: sideOf(tip) });
}

/** `guards.max_deletes: 3 → 30 loosens`. */
function said(before: Side | null, head: Side | null, tip: Side | null = before): string[] {
  return changes(before, head, tip).map(
    (one) => `${one.setting}: ${one.before ?? 'none'} → ${one.after ?? 'none'}${one.loosens ? ' loosens' : ''}`,
  );
}

function attests(rows: readonly RosterRow[] | null, day = '2026-11-20'): Side {
  const source = place(`policies/rosters/${ACCOUNT}.yaml`);
  return {
    roster: { account: ACCOUNT, attestedBy: mail('ada'), attestedOn: day, rows, rotated: new Map(), reviewed: new Map(), source },
  };
}

function row(name: string, role = 'member'): RosterRow {
  return { principal: mail(name), roles: [role], status: 'active', source: place() };
}

describe('an account whose file says something else', () => {
  const [OR, OTHER] = [`OR${'0'.repeat(32)}`, `OR${'1'.repeat(32)}`];

  it.each<[string, Partial<AccountPolicy>, Partial<AccountPolicy>, readonly string[]]>([
    ['is of another vendor', {}, { provider: 'twilio', api: 'organization' }, ['provider: telnyx sub-users → twilio organization loosens']],
    ['comes to an organization', {}, { organization: OR }, [`organization: none → ${OR} loosens`]],
    ['moves to another organization', { organization: OR }, { organization: OTHER }, [`organization: ${OR} → ${OTHER} loosens`]],
    [
      'protects nobody from a delete any more',
      { guards: { maxDeletes: 3, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [mail('ada')] } },
      {},
      ['guards.never_delete: ada@acme.example → nobody loosens'],
    ],
    [
      'no longer counts one of two groups as privileged',
      { privilegedGroups: ['owners', 'platform'] },
      { privilegedGroups: ['platform'] },
      ['privileged_groups: owners, platform → platform loosens'],
    ],
    [
      'counts one group more as privileged',
      { privilegedGroups: ['platform'] },
      { privilegedGroups: ['platform', 'owners'] },
      ['privileged_groups: platform → owners, platform'],
    ],
    [
      'no longer counts one of two roles as privileged',
      { privilegedRoles: ['admin', 'member'] },
      { privilegedRoles: ['admin'] },
      ['privileged_roles: admin, member → admin loosens'],
    ],
    ['lists the same groups in another order', { privilegedGroups: ['a', 'b'] }, { privilegedGroups: ['b', 'a'] }, []],
  ])('%s', (_, before, after, expected) => {
    expect(said({ policy: before }, { policy: after })).toEqual(expected);
  });

  it('says whether that loosens with yes or no, also where it never does', () => {
    expect(changes({}, { policy: { names: 'enforce' } })).toEqual([
      {
        account: ACCOUNT,
        setting: 'names',
        before: 'invite',
        after: 'enforce',
        loosens: false,
        source: place(`policies/accounts/${ACCOUNT}.yaml`),
      },
    ]);
    expect(changes({}, { policy: { owner: mail('ada') } }).map(({ loosens }) => loosens)).toEqual([true]);
  });
});

describe('an account that goes', () => {
  it('says how many hold something there, and not how many once did', () => {
    const ended = wants('eve', null, { ended: 'member' });
    expect(said({ wants: { bob: wants('bob', 'member'), eve: ended } }, null)).toEqual([
      'account: telnyx sub-users, 2 with grants → none loosens',
    ]);
  });
});

describe('an approval file', () => {
  it('is said where it stands, and nowhere once it is gone', () => {
    const allows = { approvals: [approval('leavers', 12)] };
    expect(changes({}, allows)).toEqual([
      {
        account: ACCOUNT,
        setting: 'approvals/leavers',
        before: null,
        after: '12 deletes until 2026-11-25',
        loosens: true,
        source: place('policies/approvals/leavers.yaml'),
      },
    ]);
    expect(changes(allows, {}).map(({ source }) => source)).toEqual([null]);
  });

  it('loosens nothing when it allows as many for fewer days', () => {
    expect(said({ approvals: [approval('leavers', 12)] }, { approvals: [approval('leavers', 12, '2026-11-24')] })).toEqual([
      'approvals/leavers: 12 deletes until 2026-11-25 → 12 deletes until 2026-11-24',
    ]);
  });

  it('that others have changed meanwhile, or brought, is none of this pull request', () => {
    const then = { approvals: [approval('leavers', 12)] };
    expect(said(then, then, { approvals: [approval('leavers', 5)] })).toEqual([]);
    expect(said(then, then, {})).toEqual([]);
  });

  it('that both sides changed is said from what the base branch has', () => {
    const [then, here, there] = [12, 20, 30].map((deletes) => ({ approvals: [approval('leavers', deletes)] }));
    expect(said(then ?? {}, here ?? {}, there ?? {})).toEqual([
      'approvals/leavers: 30 deletes until 2026-11-25 → 20 deletes until 2026-11-25',
    ]);
  });

  it('comes with its account, and each of several is said by name', () => {
    const both = { approvals: [approval('wave-two', 2), approval('leavers', 12)] };
    expect(said(null, both)).toEqual([
      'account: none → telnyx sub-users',
      'approvals/leavers: none → 12 deletes until 2026-11-25 loosens',
      'approvals/wave-two: none → 2 deletes until 2026-11-25 loosens',
    ]);
  });
});

describe('an attested roster', () => {
  const attested = (side: Side) => said({}, side)[0]?.replace(/\(\w{16}\)/, '(…)');

  it('says how many people are on it', () => {
    expect(attested(attests([row('ada')]))).toBe('roster: none → ada@acme.example on 2026-11-20, 1 person (…)');
    expect(attested(attests([row('ada'), row('bob')]))).toBe('roster: none → ada@acme.example on 2026-11-20, 2 people (…)');
    expect(attested(attests([]))).toBe('roster: none → ada@acme.example on 2026-11-20, 0 people (…)');
    expect(attested(attests(null))).toBe('roster: none → ada@acme.example on 2026-11-20');
  });

  it('is the same roster in any order of its rows, and another one with other people or roles', () => {
    const rosters = attests([row('ada'), row('bob')]);
    expect(said(rosters, attests([row('bob'), row('ada')]))).toEqual([]);
    expect(said(rosters, attests([row('ada'), row('cleo')]))).toHaveLength(1);
    expect(said(rosters, attests([row('ada'), row('bob', 'admin')]))).toHaveLength(1);
  });

  it('is said where it stands, and nowhere once it is gone', () => {
    const one = attests(null);
    expect(changes({}, one).map(({ source }) => source)).toEqual([place(`policies/rosters/${ACCOUNT}.yaml`)]);
    expect(changes(one, {}).map(({ source }) => source)).toEqual([null]);
  });

  it('that others have renewed meanwhile is none of this pull request', () => {
    expect(said(attests(null), attests(null), attests(null, '2026-11-21'))).toEqual([]);
    expect(said(attests(null), attests(null), {})).toEqual([]);
  });

  it('comes with its account', () => {
    expect(said(null, attests(null))).toEqual(['account: none → telnyx sub-users', 'roster: none → ada@acme.example on 2026-11-20']);
  });

  it('is told from the settings of an account by its name', () => {
    const names = [
      'roster',
      'roster.rotated.SK1',
      'roster.reviewed.ada@acme.example',
      'names',
      'rosters',
      'approvals/roster.',
      'a.roster.',
    ];
    expect(names.filter((setting) => isRosterSetting({ setting }))).toEqual([
      'roster',
      'roster.rotated.SK1',
      'roster.reviewed.ada@acme.example',
    ]);
  });
});
