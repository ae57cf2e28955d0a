import { describe, expect, it } from 'vitest';
import type { Change, DesiredPrincipal, Grant, LivePrincipal, OpenIntent } from '../../src/model.ts';
import { type Row, type Settled, settleAccount } from '../../src/plan/settle-account.ts';
import { groups, OF_GROUPS, OF_SETS, roles } from './other-providers.ts';
import {
  ACCOUNT,
  AT,
  changeFor,
  desiredOf,
  held,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  observationOf,
  owed,
  person,
  place,
  planOf,
  stateOf,
  type World,
  wants,
} from './support.ts';

function settled(world: World, formerly: World | null = null): Settled {
  return settleAccount({
    desired: desiredOf(world),
    people: stateOf(world).people,
    base: world.base === null ? null : desiredOf(world.base),
    formerly: formerly === null ? null : desiredOf(formerly),
    history: historyOf(world),
    observation: observationOf(world),
    capabilities: world.capabilities,
  });
}

function rowOf(name: string, world: World, formerly: World | null = null): Row {
  const found = settled(world, formerly).rows.find(({ principal }) => principal === mail(name));
  if (found === undefined) throw new Error(`no row for ${name}`);
  return found;
}

function notes(world: World): Record<string, string> {
  return Object.fromEntries(settled(world).leftAlone.map(({ principal, note }) => [principal.split('@')[0], note]));
}

function intent(change: Change): OpenIntent {
  return {
    change,
    at: AT,
    undecided: false,
    foreign: false,
    facts: { budget: null, approvals: [], reverts: null, policyName: null },
  };
}

const FORMER = place('policies/teams/former.yaml');

describe('the declared owner', () => {
  it('who has the role of the owner is nobody to say anything about', () => {
    const world = inPeace({ ada: 'admin' });
    world.live.set('root', live('root', 'owner'));
    expect(settled(world)).toMatchObject({ leftAlone: [], ownerAsUser: null });
    expect(planOf(world).changes).toEqual([]);
  });

  it('who is listed as an ordinary user is to become the owner', () => {
    const world = inPeace({ ada: 'admin' });
    world.live.set('root', live('root', 'admin'));
    expect(settled(world).ownerAsUser?.principal).toBe(mail('root'));
  });

  it('who is suspended is left alone like anybody', () => {
    const world = inPeace({ ada: 'admin' });
    world.live.set('root', live('root', 'admin', { status: 'suspended' }));
    expect(notes(world)).toEqual({ root: 'suspended: counts as no access, never re-enabled by rollcall' });
    expect(settled(world).ownerAsUser).toBeNull();
    expect(planOf(world).changes).toEqual([]);
  });

  it('whom the vendor takes somebody else for is named beside that one', () => {
    const world = inPeace({ ada: 'admin' });
    world.live.set('ada', live('ada', 'owner'));
    expect(notes(world)).toEqual({
      ada: "the vendor names this person as the account's owner, policy names root@acme.example",
    });
  });
});

describe('who is shown and left alone', () => {
  const sets = (capabilities = OF_SETS): World => ({ ...inPeace({}), capabilities });

  it.each<[string, Partial<LivePrincipal>, string]>([
    ['a status nobody knows', { status: 'unknown' }, 'a status or an address this version does not understand; policy wants member'],
    ['somebody blocked', { status: 'blocked' }, 'blocked: counts as no access, never re-enabled by rollcall; policy wants member'],
    ['a role nobody knows', { roles: ['auditor'] }, 'a role this version does not know; policy wants member'],
    ['no role at all', { roles: [] }, 'a role this version does not know; policy wants member'],
    ['what the vendor notes', { note: 'an identity of the organization' }, 'an identity of the organization; policy wants member'],
  ])('%s', (_, more, note) => {
    const world = inPeace({ ada: 'member' });
    world.live.set('ada', live('ada', 'member', more));
    expect(notes(world)).toEqual({ ada: note });
  });

  it('where one request makes a change, nobody is left without a role by one of ours', () => {
    const world = inPeace({ ada: 'member', bob: 'admin' });
    world.wants.set('ada', wants('ada', 'admin'));
    world.ledger = { owed: new Map([[mail('ada'), owed(changeFor(planOf(world), 'ada'))]]) };
    world.live.set('ada', live('ada', null));
    expect(notes(world)).toEqual({ ada: 'a role this version does not know; policy wants admin' });
  });

  it('where roles are written one by one, a change of ours may have left somebody without any', () => {
    const world = sets();
    world.wants.set('ada', wants('ada', null, { holding: roles('support'), holdingWithoutEnds: roles('support') }));
    world.live.set('ada', live('ada', null));
    world.live.set('bob', live('bob', 'support'));
    world.live.set('cleo', live('cleo', null));
    const change = { ...changeFor(planOf({ ...world, baseline: new Map() }), 'bob'), principal: mail('ada') };
    const ways: World['ledger'][] = [
      { openIntents: [intent(change)] },
      { owed: new Map([[mail('ada'), owed(change)]]) },
      { halfway: new Map([[mail('ada'), [roles('-')]]]) },
    ];
    for (const ledger of ways) expect(notes({ ...world, ledger })).toEqual({ cleo: 'a role this version does not know' });
    expect(Object.keys(notes(world))).toEqual(['ada', 'cleo']);
  });

  it('a product role is known by the live list, and taken at its word where nobody read that', () => {
    const world = sets();
    world.live.set('ada', live('ada', 'Flex Supervisor'));
    expect(notes(world)).toEqual({});
    expect(notes({ ...world, observed: { productRoles: ['Flex Supervisor'] } })).toEqual({});
    expect(notes({ ...world, observed: { productRoles: ['Flex Agent'] } })).toEqual({ ada: 'a role this version does not know' });
    expect(notes({ ...world, capabilities: { ...OF_SETS, productRoles: false } })).toEqual({ ada: 'a role this version does not know' });
  });
});

describe('who was known and is granted nothing', () => {
  /** Dan holds something, and nothing in policy speaks of him. */
  const unnamed = (): World => {
    const world = inPeace({ ada: 'admin' });
    world.live.set('dan', live('dan', 'member'));
    return world;
  };

  it('is forgotten where policy or the ledger gave it, a stranger since the baseline, and unmanaged before it', () => {
    const byBase = { ...unnamed(), base: inPeace({ ada: 'admin', dan: 'member' }) };
    const byLedger = unnamed();
    byLedger.remembered.set('dan', held('dan', 'member'));
    const before = unnamed();
    before.baseline?.set('dan', holding('member'));
    expect([byBase, byLedger, unnamed(), { ...unnamed(), baseline: null }].map((world) => rowOf('dan', world).kind)).toEqual([
      'forgotten',
      'forgotten',
      'stranger',
      'kept',
    ]);
    expect(settled(before).unmanaged).toEqual([{ principal: mail('dan'), status: 'active', ...holding('member'), note: '' }]);
  });

  it('is a stranger who comes back after a delete, though they were there at the baseline', () => {
    const world = unnamed();
    world.baseline?.set('dan', holding('member'));
    world.remembered.set('dan', null);
    expect(rowOf('dan', world)).toMatchObject({ kind: 'stranger', source: null });
    expect(settled(world).unmanaged).toEqual([]);
  });

  it('is shown where the grant last stood: in the base, or else in what the pull request takes out', () => {
    const former = inPeace({ ada: 'admin' });
    former.wants.set('dan', wants('dan', 'member', { source: FORMER }));
    expect(rowOf('dan', { ...unnamed(), base: former }).source).toEqual(FORMER);
    expect(rowOf('dan', unnamed(), former).source).toEqual(FORMER);
    expect(rowOf('dan', { ...unnamed(), base: inPeace({ ada: 'admin' }) }, former).source).toBeNull();
    expect(rowOf('dan', unnamed(), inPeace({ ada: 'admin' })).source).toBeNull();
  });

  it('is shown among the people who is named there, unless a pull request takes out a grant', () => {
    const former = inPeace({ ada: 'admin' });
    former.wants.set('dan', wants('dan', 'member', { source: FORMER }));
    const world = unnamed();
    world.people.set('dan', person('dan'));
    const named = person('dan').source;
    expect(rowOf('dan', world)).toMatchObject({ kind: 'named', source: named });
    expect(rowOf('dan', world, former).source).toEqual(FORMER);
    expect(rowOf('dan', world, inPeace({ ada: 'admin' })).source).toEqual(named);
  });
});

describe('what was last true of somebody', () => {
  const unknown = { name: null, status: null };
  const peace = (): World => inPeace({ ada: 'admin' });

  it('is what the base says, with the status that the ledger saw', () => {
    const base = inPeace({ ada: 'member' });
    expect(rowOf('ada', { ...peace(), base }).lastApplied).toStrictEqual({ ...holding('member'), name: 'ada', status: 'active' });
    const unseen = { ...peace(), base };
    unseen.remembered.clear();
    expect(rowOf('ada', unseen).lastApplied).toStrictEqual({ ...holding('member'), name: 'ada', status: null });
  });

  it('is what the ledger says of whom the base does not know', () => {
    const world = { ...peace(), base: inPeace({}) };
    expect(rowOf('ada', world).lastApplied).toStrictEqual(held('ada', 'admin'));
  });

  it('is not known before anything was applied, unless there is a base', () => {
    const world: World = { ...peace(), ledger: { recorded: false, lastApplied: new Map(), baseline: null } };
    expect(rowOf('ada', world).lastApplied).toBeNull();
    expect(rowOf('ada', { ...world, base: peace() }).lastApplied).toStrictEqual({ ...held('ada', 'admin'), status: null });
    expect(rowOf('ada', { ...world, base: inPeace({}) }).lastApplied).toMatchObject({ ...holding('admin'), ...unknown });
  });

  it('is nothing of whom we deleted, and of whom came since the baseline', () => {
    const world = peace();
    world.remembered.set('ada', null);
    world.wants.set('bob', wants('bob', 'member'));
    expect(rowOf('ada', world).lastApplied).toStrictEqual({ ...holding(null), ...unknown });
    expect(rowOf('bob', world).lastApplied).toStrictEqual({ ...holding(null), ...unknown });
  });

  it('is what was held at the baseline, whatever is held now', () => {
    const world = peace();
    world.remembered.clear();
    world.baseline?.set('ada', holding('member'));
    expect(rowOf('ada', world).lastApplied).toStrictEqual({ ...holding('member'), ...unknown });
  });

  it('is access whose end has passed in the base, as long as it is still there', () => {
    const base = inPeace({});
    base.wants.set('ada', wants('ada', null, { ended: 'admin' }));
    const world = { ...peace(), base };
    expect(rowOf('ada', world).lastApplied).toMatchObject(holding('admin'));
    world.live.set('ada', live('ada', 'admin', { status: 'inactive' }));
    expect(rowOf('ada', world).lastApplied).toMatchObject(holding(null));
    world.live.delete('ada');
    expect(rowOf('ada', world).lastApplied).toMatchObject(holding(null));
  });
});

describe('an address that another one takes the place of', () => {
  const renamed = (role: 'member' | null): World => {
    const world = inPeace({ ada: 'admin', grace: 'member' });
    world.live.set('gmurray', live('gmurray', 'member'));
    world.wants.set('grace', wants('grace', role, { ended: 'member', previously: [mail('gmurray')], source: FORMER }));
    return world;
  };

  it('goes once the new one is active, and is shown where the person is named', () => {
    const source = person('grace').source;
    expect(rowOf('gmurray', renamed('member'))).toMatchObject({ kind: 'previous', waitsFor: null, source });
    const waiting = renamed('member');
    waiting.live.set('grace', live('grace', 'member', { status: 'invited' }));
    expect(rowOf('gmurray', waiting)).toMatchObject({ kind: 'previous', waitsFor: mail('grace'), source });
  });

  it('is shown where the grant stands if no file names the person', () => {
    const world = renamed('member');
    const input = {
      desired: desiredOf(world),
      people: new Map(),
      base: null,
      history: historyOf(world),
      observation: observationOf(world),
      capabilities: world.capabilities,
    };
    expect(settleAccount(input).rows.find(({ kind }) => kind === 'previous')?.source).toEqual(FORMER);
  });

  it('is nobody’s replacement once every grant has ended', () => {
    expect(rowOf('gmurray', renamed(null)).kind).toBe('stranger');
  });
});

describe('where the grant stands that explains a change', () => {
  const grantOf = (what: Partial<Grant>, line: number): Grant => ({
    account: ACCOUNT,
    team: 'voice',
    role: null,
    group: null,
    reason: 'x',
    until: null,
    source: { ...place(), line },
    ...what,
  });

  /** The line that ada's row names, who is to hold these and holds those. */
  function lineOf(capabilities: World['capabilities'], wanted: DesiredPrincipal, has: LivePrincipal | null) {
    const world: World = { ...inPeace({}), capabilities };
    world.wants.set('ada', wanted);
    if (has !== null) world.live.set('ada', has);
    return rowOf('ada', world).source?.line;
  }

  it('of roles of which the strongest counts it is the one that policy names, whatever else is granted', () => {
    const grants = [grantOf({ role: 'admin' }, 20), grantOf({ role: 'member' }, 30)];
    const { capabilities } = inPeace({});
    expect(lineOf(capabilities, wants('ada', 'admin', { grants }), null)).toBe(6);
    expect(lineOf(capabilities, wants('ada', 'admin', { grants }), live('ada', 'member'))).toBe(6);
  });

  it('of roles that add up it is the first that is to come, or else the first that is to go', () => {
    const grants = [grantOf({ role: 'developer' }, 20), grantOf({ role: 'support' }, 30), grantOf({ role: 'billing_manager' }, 40)];
    const both = roles('developer+support');
    const wanted = wants('ada', null, { holding: both, holdingWithoutEnds: both, grants });
    expect(lineOf(OF_SETS, wanted, null)).toBe(20);
    expect(lineOf(OF_SETS, wanted, live('ada', null, roles('developer')))).toBe(30);
    expect(lineOf(OF_SETS, wanted, live('ada', null, roles('developer+support+billing_manager')))).toBe(40);
    expect(lineOf(OF_SETS, wanted, live('ada', null, both))).toBe(6);
  });

  it('of several grants of one role it is the one that lasts longest', () => {
    const grants = [
      grantOf({ role: 'support', until: '2026-12-31' }, 20),
      grantOf({ role: 'support' }, 30),
      grantOf({ role: 'developer' }, 40),
    ];
    const one = roles('support');
    expect(lineOf(OF_SETS, wants('ada', null, { holding: one, holdingWithoutEnds: one, grants }), null)).toBe(30);
  });

  it('of groups it is the first that is to come, though one role is all there is', () => {
    const grants = [grantOf({ group: 'billing' }, 20), grantOf({ group: 'owners' }, 30)];
    const all = groups('billing+owners');
    const wanted = wants('ada', null, { holding: all, holdingWithoutEnds: all, grants });
    expect(lineOf(OF_GROUPS, wanted, live('ada', null, groups('billing')))).toBe(30);
  });
});
