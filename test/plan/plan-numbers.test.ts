import { describe, expect, it } from 'vitest';
import type { Change, Reading } from '../../src/model.ts';
import { EMPTY_HISTORY, makePlan, newestOf, planDigest, worst } from '../../src/plan/make-plan.ts';
import { orderChanges } from '../../src/plan/order-changes.ts';
import { gains, heldIn, isPrivileged, readsKeys, takesAway } from '../../src/plan/privilege.ts';
import { OF_GROUPS } from './other-providers.ts';
import {
  ACCOUNT,
  AT,
  changeFor,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  observationOf,
  owed,
  planOf,
  stateOf,
  type World,
  wants,
} from './support.ts';

/** One of everything that a summary counts. */
function busy(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member', eve: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  world.wants.delete('dan');
  world.wants.set('fay', wants('fay', 'member'));
  world.live.set('gus', live('gus', 'member'));
  world.baseline?.set('gus', holding('member'));
  world.live.set('mallory', live('mallory', 'member'));
  return world;
}

const unread: Reading = {
  kind: 'incomplete',
  account: ACCOUNT,
  at: '2026-11-22T10:00:00.000Z',
  requests: 4,
  message: 'the list was cut',
  cause: 'unreadable',
  suspect: null,
};

describe('the summary of a plan', () => {
  it('counts what is done by its kind, drift and unmanaged people apart', () => {
    expect(planOf(busy()).summary).toEqual({
      invite: 1,
      patch: 1,
      delete: 1,
      manual: 0,
      deferred: 0,
      owed: 0,
      unmanaged: 1,
      drift: 1,
      privileged_before: 3,
      privileged_after: 4,
    });
  });

  it('counts drift as what is done where drift is taken back, and nothing that policy newly wants', () => {
    expect(planOf(busy(), 'drift').summary).toMatchObject({ invite: 0, patch: 0, delete: 1, drift: 1, privileged_after: 3 });
  });

  it('counts what a person is to do apart from what is done', () => {
    const world = busy();
    world.capabilities = { ...world.capabilities, invite: 'manual', patch: 'manual', delete: 'manual' };
    expect(planOf(world).summary).toMatchObject({ invite: 0, patch: 0, delete: 0, manual: 3, privileged_before: 3, privileged_after: 3 });
  });

  it('counts what waits, for its replacement or for an open invitation', () => {
    const replaced = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    replaced.wants.delete('cleo');
    replaced.wants.set('clea', wants('clea', 'member', { previously: [mail('cleo')] }));
    expect(planOf(replaced).summary).toMatchObject({ invite: 1, delete: 1, deferred: 1 });
    const full = busy();
    full.policy = { invites: { perHour: 10, open: 1 } };
    full.live.set('eve', live('eve', 'member', { status: 'invited' }));
    expect(planOf(full).summary).toMatchObject({ invite: 1, deferred: 1 });
  });

  it('counts admins: the owner once, nobody who is only invited, and those whom the plan lowers', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.live.set('root', live('root', 'owner'));
    world.live.set('cleo', live('cleo', 'admin', { status: 'invited' }));
    world.wants.delete('cleo');
    world.wants.set('bob', wants('bob', 'member'));
    expect(planOf(world).summary).toMatchObject({ privileged_before: 3, privileged_after: 2 });
  });

  it('counts what is owed', () => {
    const world = busy();
    const change = changeFor(planOf(world), 'fay');
    world.ledger = { owed: new Map([[change.principal, owed(change)]]) };
    expect(planOf(world).summary).toMatchObject({ owed: 1, invite: 1 });
  });
});

describe('a plan of several accounts', () => {
  it('is as bad as the worst of them', () => {
    expect(worst([])).toBe('empty');
    expect(worst(['empty', 'applicable'])).toBe('applicable');
    expect(worst(['blocked', 'applicable'])).toBe('blocked');
    expect(worst(['blocked', 'incomplete', 'empty'])).toBe('incomplete');
  });

  it('holds for the instant of its newest reading, also one that failed', () => {
    const reading: Reading = { kind: 'complete', observation: observationOf(busy()) };
    expect(newestOf(new Map())).toBe('');
    expect(newestOf(new Map([['a', reading]]))).toBe(AT);
    for (const order of [
      [reading, unread],
      [unread, reading],
    ])
      expect(newestOf(new Map(order.map((one, index) => [`a${index}`, one])))).toBe(unread.at);
  });

  it('has one digest in any order of its accounts and changes, and another one for another verdict', () => {
    const accounts = [
      { account: 'a', verdict: 'empty' },
      { account: 'b', verdict: 'applicable' },
    ] as const;
    const changes = [{ id: 'sha256:1' }, { id: 'sha256:2' }];
    expect(planDigest(changes.toReversed(), accounts.toReversed())).toBe(planDigest(changes, accounts));
    expect(planDigest(changes, [accounts[0], { ...accounts[1], verdict: 'blocked' }])).not.toBe(planDigest(changes, accounts));
    expect(planDigest(changes.slice(1), accounts)).not.toBe(planDigest(changes, accounts));
  });
});

describe('an account that could not be read', () => {
  it('is planned as incomplete: nothing is done there, and why is said', () => {
    const world = busy();
    const plan = makePlan({
      mode: 'change',
      version: '0.1.0',
      desired: stateOf(world),
      base: null,
      readings: new Map([[ACCOUNT, unread]]),
      history: { accounts: new Map([[ACCOUNT, historyOf(world)]]), commit: null, proposals: new Map() },
      capabilitiesOf: () => world.capabilities,
      ancestry: world.ancestry,
      whole: true,
    });
    expect(plan).toMatchObject({ at: unread.at, verdict: 'incomplete', changes: [], guards: [], unsupervised: [] });
    expect(plan.accounts).toEqual([
      {
        account: ACCOUNT,
        provider: 'telnyx',
        api: 'sub-users',
        owner: mail('root'),
        recorded: true,
        verdict: 'incomplete',
        observation: {
          at: unread.at,
          complete: false,
          principals: 0,
          requests: 4,
          digest: null,
          source: 'live',
          reason: 'the list was cut',
          cause: 'unreadable',
        },
        unmanaged: [],
        left_alone: [],
        pending: [],
        converged: [],
        residual_keys: [],
        notes: [],
      },
    ]);
    expect(plan.summary).toMatchObject({ privileged_before: 0, privileged_after: 0, unmanaged: 0 });
  });

  it('says nothing of an account that policy does not have', () => {
    const world = busy();
    const plan = makePlan({
      mode: 'change',
      version: '0.1.0',
      desired: stateOf(world),
      base: null,
      readings: new Map([['elsewhere', unread]]),
      history: { accounts: new Map(), commit: null, proposals: new Map() },
      capabilitiesOf: () => world.capabilities,
      ancestry: world.ancestry,
      whole: false,
    });
    expect(plan.accounts).toEqual([]);
  });

  it('remembers nothing before anything was recorded', () => {
    expect(EMPTY_HISTORY).toMatchObject({
      recorded: false,
      baseline: null,
      openIntents: [],
      invitePosts: [],
      spentDeletes: [],
      reverts: [],
    });
  });
});

describe('the order of changes', () => {
  it('takes away before it gives, waits for replacements after that, and leaves to the last what a person is to add', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
    world.wants.set('bob', wants('bob', 'member'));
    world.wants.set('cleo', wants('cleo', 'admin'));
    world.wants.delete('dan');
    const base = changeFor(planOf(world), 'cleo');
    const as = (principal: string, more: Partial<Change>): Change => ({ ...base, id: `sha256:${principal}`, principal, ...more });
    const given = [
      as('z-adds', { executor: 'manual' }),
      as('y-waits', { action: 'delete', after: null, tags: ['waits_for_replacement'] }),
      as('x-raise', {}),
      as('w-lower', { before: base.after, after: base.before }),
      as('v-delete', { action: 'delete', after: null }),
      as('u-delete-by-hand', { action: 'delete', after: null, executor: 'manual' }),
    ];
    const order = orderChanges(given, world.capabilities).map(({ principal }) => principal);
    expect(order).toEqual(['u-delete-by-hand', 'v-delete', 'w-lower', 'x-raise', 'y-waits', 'z-adds']);
    expect(orderChanges(given.toReversed(), world.capabilities).map(({ principal }) => principal)).toEqual(order);
  });

  it('goes by address, then by what is done, then by id', () => {
    const world = inPeace({ ada: 'admin', cleo: 'member' });
    world.wants.set('cleo', wants('cleo', 'admin'));
    const base = changeFor(planOf(world), 'cleo');
    const ids = (changes: readonly Change[]) => orderChanges(changes, world.capabilities).map(({ id }) => id);
    const sorted = [
      { ...base, id: '1', principal: 'a', action: 'patch' as const },
      { ...base, id: '0', principal: 'b', action: 'invite' as const },
      { ...base, id: '2', principal: 'b', action: 'patch' as const },
      { ...base, id: '3', principal: 'b', action: 'patch' as const },
    ];
    expect(ids(sorted)).toEqual(['1', '0', '2', '3']);
    expect(ids(sorted.toReversed())).toEqual(['1', '0', '2', '3']);
  });
});

describe('privilege', () => {
  const { capabilities } = inPeace({});
  const groups = (...names: string[]) => ({ roles: [], groups: names });

  it('is what admins, the owner and members of privileged groups have', () => {
    expect(['admin', 'member', 'owner', null].map((role) => isPrivileged(holding(role), capabilities))).toEqual([true, false, true, false]);
    const grouped = { ...OF_GROUPS, privilegedGroups: ['security'] };
    expect([groups('security', 'voice'), groups('voice'), groups()].map((one) => isPrivileged(one, grouped))).toEqual([true, false, false]);
  });

  it('is gained by a stronger role or one more group, and never by less', () => {
    expect(gains(holding('member'), holding('admin'), capabilities)).toBe(true);
    expect(gains(holding('admin'), holding('member'), capabilities)).toBe(false);
    expect(gains(holding('admin'), holding('owner'), capabilities)).toBe(true);
    expect(gains(holding(null), holding('member'), capabilities)).toBe(true);
    expect(gains(groups('a', 'b'), groups('a'), OF_GROUPS)).toBe(false);
    expect(gains(groups('a'), groups('b'), OF_GROUPS)).toBe(true);
  });

  it('is not held by whoever is inactive or not there', () => {
    const access = { status: 'active', name: 'ada', ...holding('admin') } as const;
    expect(heldIn(access).roles).toEqual(['admin']);
    expect(heldIn({ ...access, status: 'inactive' }).roles).toEqual([]);
    expect(heldIn(null).roles).toEqual([]);
  });

  it('is taken away by a delete and by a lowering, and by no raise nor by handing the account over', () => {
    const world = inPeace({ ada: 'admin', cleo: 'member' });
    world.wants.set('ada', wants('ada', 'member'));
    world.wants.set('cleo', wants('cleo', 'admin'));
    const plan = planOf(world);
    const [lowered, raised] = [changeFor(plan, 'ada'), changeFor(plan, 'cleo')];
    expect([lowered, raised].map((change) => takesAway(change, capabilities))).toEqual([true, false]);
    expect(takesAway({ ...raised, action: 'delete', after: null }, capabilities)).toBe(true);
    expect(takesAway({ ...lowered, reason_code: 'owner_transfer' }, capabilities)).toBe(false);
  });

  it('to read keys is held by role, by group, or as the owner', () => {
    const reads = { ...capabilities, keyRoles: ['admin'], keyGroups: ['keys'] };
    expect(
      [holding('admin'), holding('member'), holding('owner'), groups('keys'), groups('voice')].map((one) => readsKeys(one, reads)),
    ).toEqual([true, false, true, true, false]);
  });
});
