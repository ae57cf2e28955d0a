import { describe, expect, it } from 'vitest';
import type { Api, DesiredAccount, DesiredState, Reading } from '../../src/model.ts';
import { EMPTY_HISTORY, makePlan, newestOf, type PlanInput, planDigest } from '../../src/plan/make-plan.ts';
import { takesAway } from '../../src/plan/privilege.ts';
import type { Conflict } from '../../src/pull.ts';
import { OF_SETS, roles } from './other-providers.ts';
import {
  ACCOUNT,
  AT,
  ago,
  changeFor,
  desiredOf,
  guardOf,
  HOUR_MS,
  held,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  observationOf,
  place,
  planOf,
  stateOf,
  type World,
  wants,
} from './support.ts';

const SUPPORT = 'telnyx-support';

function inputFor(world: World, more: Partial<PlanInput> = {}): PlanInput {
  return {
    mode: 'change',
    version: '0.1.0',
    desired: stateOf(world),
    base: null,
    readings: new Map([[world.account, readingOf(world)]]),
    history: { accounts: new Map([[world.account, historyOf(world)]]), commit: null, proposals: new Map() },
    capabilitiesOf: () => world.capabilities,
    ancestry: world.ancestry,
    whole: true,
    ...more,
  };
}

function readingOf(world: World): Reading {
  return { kind: 'complete', observation: observationOf(world) };
}

function unread(account: string): Reading {
  return { kind: 'incomplete', account, at: AT, requests: 1, message: 'the list was cut', cause: 'unreadable', suspect: null };
}

/** Dan goes. */
function leaving(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', dan: 'member' });
  world.wants.delete('dan');
  return world;
}

describe('a plan says', () => {
  it('what made it, and of which policies', () => {
    const world = leaving();
    const desired: DesiredState = { ...stateOf(world), digest: 'sha256:policies', commit: 'c0ffee' };
    const plan = makePlan(inputFor(world, { desired, version: '1.2.3', base: { ...desired, commit: 'ba5e' } }));
    expect(plan).toMatchObject({
      format_version: '1.0',
      tool: { name: 'rollcall', version: '1.2.3' },
      policy: { digest: 'sha256:policies', commit: 'c0ffee', base_commit: 'ba5e' },
    });
    expect(makePlan(inputFor(world, { desired })).policy.base_commit).toBeNull();
  });

  it('which accounts left policy, and only where every account of policy is planned', () => {
    const world = leaving();
    const history = { accounts: new Map([[SUPPORT, historyOf(world)]]), commit: null, proposals: new Map() };
    expect(makePlan(inputFor(world, { history })).unsupervised).toEqual([{ account: SUPPORT, principals: 3 }]);
    expect(makePlan(inputFor(world, { history, whole: false })).unsupervised).toEqual([]);
  });

  it('its accounts by name, in whatever order they were read, and none that policy does not have', () => {
    const world = leaving();
    const other = { ...leaving(), account: SUPPORT };
    const desired = { ...stateOf(world), accounts: new Map([...stateOf(world).accounts, ...stateOf(other).accounts]) };
    const readings = new Map([other, world].map((one) => [one.account, readingOf(one)]));
    const accounts = new Map([other, world].map((one) => [one.account, historyOf(one)]));
    const history = { accounts, commit: null, proposals: new Map() };
    const plan = makePlan(inputFor(world, { desired, history, readings: new Map([...readings, ['telnyx-gone', unread('telnyx-gone')]]) }));
    expect(plan.accounts.map(({ account }) => account)).toEqual([ACCOUNT, SUPPORT]);
    expect(plan.changes.map(({ account }) => account)).toEqual([ACCOUNT, SUPPORT]);
  });

  it('for which instant it holds: the latest of all its readings', () => {
    const at = (ms: number): Reading => ({ ...unread(ACCOUNT), at: ago(ms) }) as Reading;
    const latest = (...readings: readonly Reading[]) => newestOf(new Map(readings.map((one, index) => [`a${index}`, one])));
    expect(latest(at(HOUR_MS), at(0), at(2 * HOUR_MS))).toBe(AT);
    expect(latest(at(0), at(0))).toBe(AT);
  });

  it('who is unmanaged, left alone or invited by address, in whatever order they are listed', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    for (const name of ['zed', 'yves', 'xena']) {
      world.live.set(`u-${name}`, live(`u-${name}`, 'member'));
      world.live.set(`l-${name}`, live(`l-${name}`, 'member', { status: 'suspended' }));
      world.live.set(`p-${name}`, live(`p-${name}`, 'member', { status: 'invited' }));
      world.baseline?.set(`u-${name}`, holding('member'));
      world.wants.set(`p-${name}`, wants(`p-${name}`, 'member'));
      world.remembered.set(`p-${name}`, held(`p-${name}`, 'member', { status: 'invited' }));
    }
    const observation = observationOf(world);
    const backwards: Reading = { kind: 'complete', observation: { ...observation, principals: observation.principals.toReversed() } };
    const [account] = makePlan(inputFor(world, { readings: new Map([[ACCOUNT, backwards]]) })).accounts;
    const names = (list: readonly { readonly principal: string }[] = []) => list.map(({ principal }) => principal.split('@')[0]);
    expect(names(account?.unmanaged)).toEqual(['u-xena', 'u-yves', 'u-zed']);
    expect(names(account?.left_alone)).toEqual(['l-xena', 'l-yves', 'l-zed']);
    expect(names(account?.pending)).toEqual(['p-xena', 'p-yves', 'p-zed']);
  });

  it('that what was put off is deferred', () => {
    const world = leaving();
    expect(planOf(world).summary).toMatchObject({ delete: 1, deferred: 0 });
    world.ledger = { parked: new Map([[mail('dan'), { failures: 1, until: ago(-HOUR_MS), message: 'refused' }]]) };
    expect(planOf(world).summary).toMatchObject({ delete: 1, deferred: 1 });
  });
});

describe('the digest of a plan', () => {
  const changes = (...ids: readonly string[]) => ids.map((id) => ({ id: `sha256:${id}` }));

  it('is another one for other changes, however many they are', () => {
    expect(planDigest(changes('a'), [])).not.toBe(planDigest(changes('b'), []));
    expect(planDigest(changes('a', 'b'), [])).toBe(planDigest(changes('b', 'a'), []));
  });

  it('is the same for the same accounts in any order', () => {
    const verdict = 'empty' as const;
    const [a, b, c] = ['a', 'b', 'c'].map((account) => ({ account, verdict }));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three accounts are three');
    expect(planDigest([], [c, a, b])).toBe(planDigest([], [a, b, c]));
  });
});

describe('the plan of a pull request', () => {
  const conflict: Conflict = {
    account: ACCOUNT,
    principal: mail('dan'),
    before: holding('member'),
    head: holding(null),
    baseTip: holding('admin'),
    source: null,
  };

  it('blocks where both sides changed the same access, and only there', () => {
    const world = leaving();
    const inPull = (conflicts: readonly Conflict[]) =>
      makePlan(inputFor(world, { pull: { conflicts, formerly: { ...stateOf(world), accounts: new Map() } } }));
    expect(guardOf(inPull([conflict]).guards, 'needs_rebase')).toMatchObject({ verdict: 'block', actual: 1 });
    expect(inPull([conflict]).verdict).toBe('blocked');
    expect(guardOf(inPull([]).guards, 'needs_rebase')).toMatchObject({ verdict: 'pass', actual: 0 });
    expect(makePlan(inputFor(world)).guards.map(({ guard }) => guard)).not.toContain('needs_rebase');
  });

  it('leads to the line where access last stood that it takes away', () => {
    const world = leaving();
    const then = inPeace({ ada: 'admin', bob: 'admin' });
    then.wants.set('dan', wants('dan', 'member', { source: place('policies/teams/gone.yaml') }));
    const sourceOf = (formerly: DesiredState) => changeFor(makePlan(inputFor(world, { pull: { conflicts: [], formerly } })), 'dan').source;
    expect(sourceOf(stateOf(then))?.file).toBe('policies/teams/gone.yaml');
    expect(sourceOf({ ...stateOf(then), accounts: new Map() })).toBeNull();
  });
});

describe('an account', () => {
  it('that was not read is one whose roster was not, where only people have access to it', () => {
    const world = leaving();
    const sourceIn = (api: Api) => {
      world.policy = { api };
      return makePlan(inputFor(world, { readings: new Map([[ACCOUNT, unread(ACCOUNT)]]) })).accounts[0]?.observation.source;
    };
    expect([sourceIn('console'), sourceIn('organization')]).toEqual(['roster', 'live']);
  });

  it('of a kind that nobody knows is never planned', () => {
    const message = 'an account of unknown kind reached the planner: telnyx sub-users';
    expect(() => makePlan(inputFor(leaving(), { capabilitiesOf: () => null }))).toThrow(message);
  });

  it('says why its keys were not read also while those of somebody who went are still to be replaced', () => {
    const world = inPeace({});
    world.capabilities = OF_SETS;
    const admin = roles('administrator');
    world.live.set('ada', live('ada', null, admin));
    world.remembered.set('ada', held('ada', 'member', admin));
    world.wants.set('ada', wants('ada', null, { holding: admin, holdingWithoutEnds: admin }));
    world.observed = { keys: { kind: 'not_read', why: 'no token is set' } };
    const notes = () => planOf(world).accounts[0]?.notes;
    expect(notes()).toEqual([]);
    world.ledger = { offboarding: new Map([[mail('dan'), { principal: mail('dan'), since: ago(HOUR_MS), keys: null }]]) };
    expect(notes()).toEqual(['The API keys were not read: no token is set.']);
  });

  it('names the subaccounts that no account file names', () => {
    const [named, unnamed] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.observed = { subaccounts: [named, unnamed].map((sid) => ({ sid, name: 'Voice' })) };
    const other: DesiredAccount = { ...desiredOf(world), policy: { ...desiredOf(world).policy, name: SUPPORT, scope: named } };
    const desired = { ...stateOf(world), accounts: new Map([...stateOf(world).accounts, [SUPPORT, other]]) };
    const notes = makePlan(inputFor(world, { desired })).accounts[0]?.notes.join(' ') ?? '';
    expect([notes.includes(named), notes.includes(unnamed)]).toEqual([false, true]);
  });

  it('of which the ledger has never heard has nothing behind it', () => {
    const lists = ['openIntents', 'invitePosts', 'spentDeletes', 'reverts'] as const;
    expect(lists.map((list) => EMPTY_HISTORY[list])).toEqual([[], [], [], []]);
    expect(EMPTY_HISTORY.recorded).toBe(false);
    expect(
      makePlan(inputFor(leaving(), { history: { accounts: new Map(), commit: null, proposals: new Map() } })).accounts[0],
    ).toMatchObject({ recorded: false });
  });
});

describe('a delete takes something away', () => {
  it('also from somebody who holds nothing any more and has a login left', () => {
    const made = changeFor(planOf(leaving()), 'dan');
    const { capabilities } = leaving();
    expect(takesAway(made, capabilities)).toBe(true);
    expect(takesAway({ ...made, before: { ...holding(null), status: 'active', name: 'dan' } }, capabilities)).toBe(true);
    expect(takesAway({ ...made, before: { ...holding('member'), status: 'inactive', name: 'dan' } }, capabilities)).toBe(true);
  });
});
