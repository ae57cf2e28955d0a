import { describe, expect, it } from 'vitest';
import { approvalsInForce, checkGuards, countNotImported, deleteBudget } from '../../src/plan/check-guards.ts';
import { OF_GROUPS } from './other-providers.ts';
import {
  AT,
  AT_MS,
  ago,
  approval,
  blocking,
  changeFor,
  decide,
  desiredOf,
  guardOf,
  HOUR_MS,
  historyOf,
  inPeace,
  live,
  mail,
  observationOf,
  person,
  planOf,
  settle,
  type World,
  wants,
} from './support.ts';

/** An account with two admins and ten members, of whom policy forgets some. */
function forgetting(count: number): World {
  const world = inPeace({ ada: 'admin', bob: 'admin' });
  for (let index = 0; index < 10; index += 1) settle(world, `m${index}`, 'member');
  for (let index = 0; index < count; index += 1) world.wants.delete(`m${index}`);
  return world;
}

const messageOf = (world: World, mode: 'change' | 'drift' = 'change') =>
  guardOf(planOf(world, mode).guards, 'max_deletes', mode === 'change' ? 'policy' : 'strangers').message;

describe('what spends a delete', () => {
  const regroup = (before: string[], after: string[]) => {
    const raised = { ...inPeace({ dan: 'member' }), wants: new Map([['dan', wants('dan', 'admin')]]) };
    const access = { status: 'active', name: 'dan', roles: [] } as const;
    const sides = { before: { ...access, groups: before }, after: { ...access, groups: after } };
    return { ...changeFor(planOf(raised), 'dan'), tags: [], ...sides };
  };
  it.each([
    ['the last group of two', ['billing', 'voice'], [], 'policy'],
    ['one group of two', ['billing', 'voice'], ['voice'], null],
    ['no group of somebody who has none', [], [], null],
    ['no group but gives one', [], ['voice'], null],
  ] as const)('taking %s', (_what, before, after, budget) => {
    expect(deleteBudget(regroup([...before], [...after]), OF_GROUPS)).toBe(budget);
  });

  it('an invitation with groups, which takes nothing from anybody', () => {
    expect(deleteBudget({ ...regroup([], ['voice']), action: 'invite', before: null }, OF_GROUPS)).toBeNull();
  });
});

describe('approvals in force', () => {
  it('come by the day they expire, then by name', () => {
    const files = [approval('b', 1, '2026-11-25'), approval('z', 1, '2026-11-24'), approval('a', 1, '2026-11-25')];
    expect(approvalsInForce(files, [], AT_MS).map((one) => one.approval.name)).toEqual(['z', 'a', 'b']);
  });

  it('never have less than nothing left', () => {
    const spent = ['x', 'y'].map((name) => ({ at: ago(HOUR_MS), principal: mail(name), budget: 'policy', approvals: ['one'] }) as const);
    expect(approvalsInForce([approval('one', 1)], spent, AT_MS).map((one) => one.left)).toEqual([0]);
  });

  it('count to the last of their seven days, at any hour', () => {
    const files = [approval('far', 1, '2026-11-29'), approval('today', 1, '2026-11-22')];
    for (const at of ['2026-11-22T00:00:00.000Z', '2026-11-22T23:59:59.999Z'])
      expect(approvalsInForce(files, [], Date.parse(at)).map((one) => one.approval.name)).toEqual(['today', 'far']);
  });
});

describe('the numbers of the strangers budget', () => {
  it('add those of the day to those that are planned', () => {
    const world = forgetting(0);
    for (const name of ['x', 'y']) world.live.set(name, live(name, 'member'));
    const spentDeletes = ['v', 'w'].map(
      (name) => ({ at: ago(HOUR_MS), principal: mail(name), budget: 'strangers', approvals: [] }) as const,
    );
    world.ledger = { spentDeletes };
    expect(guardOf(planOf(world, 'drift').guards, 'max_deletes', 'strangers')).toMatchObject({ actual: 4, verdict: 'block' });
  });

  it('stop nothing where no stranger is planned, whatever else is', () => {
    const world = forgetting(0);
    world.wants.set('m0', wants('m0', null, { ended: 'member' }));
    const spent = (name: string) => ({ at: ago(HOUR_MS), principal: mail(name), budget: 'strangers', approvals: [] }) as const;
    world.ledger = { spentDeletes: ['t', 'u', 'v', 'w'].map(spent) };
    const plan = planOf(world, 'drift');
    expect(plan.changes.map(({ reason_code }) => reason_code)).toEqual(['grant_ended']);
    expect(blocking(plan.guards)).toEqual([]);
  });

  it('count somebody who comes back again and again once', () => {
    const world = forgetting(0);
    world.live.set('x', live('x', 'member'));
    const again = { at: ago(HOUR_MS), principal: mail('x'), budget: 'strangers', approvals: [] } as const;
    const other = { ...again, principal: mail('y') };
    world.ledger = { spentDeletes: [again, again, again, other, other] };
    expect(guardOf(planOf(world, 'drift').guards, 'max_deletes', 'strangers')).toMatchObject({ actual: 2, verdict: 'pass' });
  });
});

describe('a delete that was cut off', () => {
  const spentOf = (name: string) => ({ at: ago(HOUR_MS), principal: mail(name), budget: 'policy', approvals: [] }) as const;

  it('is counted once when it goes on, and deletes of others are counted beside it', () => {
    const world = forgetting(2);
    world.ledger = { halfway: new Map([[mail('m0'), []]]), spentDeletes: [spentOf('m0'), spentOf('m1')] };
    expect(guardOf(planOf(world).guards, 'max_deletes', 'policy').actual).toBe(3);
  });

  it('says nothing of the same person as deleted before, where nothing was cut off', () => {
    const world = forgetting(1);
    world.ledger = { spentDeletes: [spentOf('m0')] };
    expect(guardOf(planOf(world).guards, 'max_deletes', 'policy').actual).toBe(2);
  });

  it('is not mistaken for another change of the same person whose fate is not known', () => {
    const world = forgetting(1);
    const change = { ...changeFor(planOf(world), 'm0'), id: 'sha256:other' };
    const facts = { budget: null, approvals: [], reverts: null, policyName: null };
    world.ledger = {
      openIntents: [{ change, at: ago(HOUR_MS), undecided: true, foreign: false, facts }],
      spentDeletes: [spentOf('m0')],
    };
    expect(guardOf(planOf(world).guards, 'max_deletes', 'policy').actual).toBe(2);
  });
});

describe('what max_deletes says', () => {
  const spentDeletes = [1, 2].map(
    (index) => ({ at: ago(HOUR_MS), principal: mail(`gone${index}`), budget: 'policy', approvals: [] }) as const,
  );
  const LIMIT = 'the limit is 3 in 24 hours';
  const OVER = 'If this is meant, add policies/approvals/NAME.yaml with account, deletes, reason and expires, and have security approve it';

  it('when nothing is planned, with and without deletes made today', () => {
    const world = forgetting(0);
    expect(messageOf(world)).toBe(`no more deletes and lowered admins; ${LIMIT}`);
    world.ledger = { spentDeletes };
    expect(messageOf(world)).toBe(`no more deletes and lowered admins (2 made in the last 24 hours); ${LIMIT}`);
  });

  it('when the limit holds, with and without deletes made today', () => {
    const world = forgetting(1);
    expect(messageOf(world)).toBe(`1 deletes and lowered admins; ${LIMIT}`);
    world.ledger = { spentDeletes };
    expect(messageOf(world)).toBe(`3 deletes and lowered admins (2 of them made in the last 24 hours); ${LIMIT}`);
  });

  it('when it is too many, without an approval, with one that is too small, and with one that covers it', () => {
    const world = forgetting(4);
    expect(messageOf(world)).toBe(`4 deletes and lowered admins; ${LIMIT}. ${OVER}; or spread it over days`);
    world.approvals = [approval('programme', 3)];
    expect(messageOf(world)).toBe(`4 deletes and lowered admins; ${LIMIT}. ${OVER} (the one in force has 3 left); or spread it over days`);
    world.approvals = [approval('programme', 5)];
    expect(messageOf(world)).toBe(`4 deletes and lowered admins; ${LIMIT}; covered by an approval with 5 left`);
  });

  it('of people who came by drift', () => {
    const world = forgetting(0);
    world.live.set('x', live('x', 'member'));
    expect(messageOf(world, 'drift')).toBe(`1 taken back from strangers, stray invitations and raised admins; ${LIMIT}`);
  });

  it('of a percentage', () => {
    const world = forgetting(0);
    for (let index = 10; index < 31; index += 1) settle(world, `m${index}`, 'member');
    expect(guardOf(planOf(world).guards, 'max_deletes_percent', 'policy').message).toBe(
      'no more deletes and lowered admins; the limit is 10 % of 33, which is 3, in 24 hours',
    );
  });
});

describe('min_admins in words and numbers', () => {
  const team = () => inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin', dan: 'member' });

  it('says how many there are and will be, and names the changes that lower one', () => {
    const world = team();
    world.wants.set('ada', wants('ada', 'member'));
    const plan = planOf(world);
    expect(guardOf(plan.guards, 'min_admins')).toMatchObject({
      message: '4 active admins with the owner, 3 after; at least 2',
      changes: plan.changes.map(({ id }) => id),
    });
  });

  it('says that nothing lifts it', () => {
    const world = team();
    world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 4, neverDelete: [] } };
    world.wants.set('ada', wants('ada', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins').message).toBe(
      '4 active admins with the owner, 3 after; at least 4. Nothing lifts this: make somebody else admin first',
    );
    for (const name of ['bob', 'cleo']) world.wants.set(name, wants(name, 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins').message).toBe(
      'every admin but the owner would be lowered or deleted (4 active admins with the owner, 1 after; at least 4). Nothing lifts this: make somebody else admin first, and lower the last one after that was applied',
    );
  });

  it('counts somebody whom rollcall raises, and neither one who is only invited nor one whom a person is to raise', () => {
    const world = inPeace({ ada: 'admin', dan: 'member' });
    world.wants.set('dan', wants('dan', 'admin'));
    expect(guardOf(planOf(world).guards, 'min_admins').actual).toBe(3);
    world.live.set('dan', live('dan', 'member', { status: 'invited' }));
    expect(guardOf(planOf(world).guards, 'min_admins').actual).toBe(2);
    world.live.set('dan', live('dan', 'member'));
    world.capabilities = { ...world.capabilities, patch: 'manual' };
    expect(guardOf(planOf(world).guards, 'min_admins').actual).toBe(2);
    world.wants.set('eve', wants('eve', 'admin'));
    expect(guardOf(planOf(world).guards, 'min_admins').actual).toBe(2);
  });

  it('does not count the end of an invited admin as losing one', () => {
    const world = team();
    world.live.set('cleo', live('cleo', 'admin', { status: 'invited' }));
    world.wants.delete('cleo');
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ actual: 3, changes: [], verdict: 'pass' });
  });

  it('counts the declared owner once, also where the vendor lists them as an ordinary admin', () => {
    const world = team();
    world.live.set('root', live('root', 'admin'));
    expect(guardOf(planOf(world).guards, 'min_admins').actual).toBe(4);
  });

  it('does not block an account without admins that lowers none', () => {
    const world = inPeace({ dan: 'member', eve: 'member' });
    world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 1, neverDelete: [] } };
    world.wants.delete('dan');
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ verdict: 'pass', actual: 1 });
  });
});

describe('the protected', () => {
  it('are named when they would lose access, with the way out', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', dan: 'member', eve: 'member', fay: 'member' });
    world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [mail('dan'), mail('eve')] } };
    expect(guardOf(planOf(world).guards, 'never_delete')).toMatchObject({ message: '2 protected, none touched', actual: 0 });
    for (const name of ['dan', 'eve', 'fay']) world.wants.delete(name);
    const plan = planOf(world);
    const ids = ['dan', 'eve'].map((name) => changeFor(plan, name).id);
    const guard = guardOf(plan.guards, 'never_delete');
    expect(guard).toMatchObject({ verdict: 'block', limit: 0, actual: 2 });
    expect([...guard.changes].sort()).toEqual(ids.sort());
    expect(guard.message).toBe(
      `${mail('dan')}, ${mail('eve')} would lose access. Take them out of guards.never_delete of telnyx-production in an earlier pull request`,
    );
  });

  it('owner is told that nothing lifts it, where a change would take from them all the same', () => {
    const world = forgetting(1);
    const change = { ...changeFor(planOf(world), 'm0'), principal: mail('root') };
    const guards = checkGuards({
      desired: desiredOf(world),
      observation: observationOf(world),
      history: historyOf(world),
      capabilities: world.capabilities,
      fresh: [change],
      changes: [change],
      ancestry: world.ancestry,
      atMs: Date.parse(AT),
    });
    expect(guardOf(guards, 'owner')).toMatchObject({
      verdict: 'block',
      changes: [change.id],
      message: `${mail('root')} would lose access. Nothing lifts this`,
    });
    expect(guardOf(guards, 'never_delete')).toMatchObject({ verdict: 'pass', message: '0 protected, none touched' });
  });
});

describe('an account of which policy names nobody', () => {
  const facts = (world: World) => ({ desired: desiredOf(world), observation: observationOf(world), history: historyOf(world) });

  it('is not one to import where nobody is live but the owner and the inactive', () => {
    const world = inPeace({});
    expect(countNotImported(facts(world))).toBeNull();
    world.live.set('root', live('root', 'admin'));
    world.live.set('ivy', live('ivy', 'member', { status: 'inactive' }));
    expect(countNotImported(facts(world))).toBeNull();
    world.live.set('gus', live('gus', 'member'));
    expect(countNotImported(facts(world))).toBe(1);
    world.wants.set('gus', wants('gus', 'member'));
    expect(countNotImported(facts(world))).toBeNull();
  });

  it('blocks every change it plans, and says how many are live', () => {
    const world = inPeace({ dan: 'member', eve: 'member' });
    world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 1, neverDelete: [] } };
    for (const name of ['dan', 'eve']) world.wants.delete(name);
    const plan = planOf(world);
    expect(guardOf(plan.guards, 'empty_desired')).toMatchObject({
      verdict: 'block',
      actual: 0,
      changes: plan.changes.map(({ id }) => id),
      message:
        'no policy gives anybody access here, and 2 principals are live. That is never taken for "delete everybody": grant at least one of them access, or delete the account file to end supervision',
    });
  });

  it('lets strangers be who are left to drift, and blocks what waits for an approval', () => {
    const world = inPeace({});
    world.live.set('gus', live('gus', 'member'));
    expect(blocking(planOf(world).guards)).toEqual([]);
    world.people.set('gus', person('gus'));
    world.remembered.clear();
    world.baseline = null;
    world.ledger = { recorded: false };
    expect(blocking(decide(world, []).guards)).toEqual(['empty_desired']);
  });

  it('is told apart from one that policy names somebody in', () => {
    const guard = guardOf(planOf(forgetting(1)).guards, 'empty_desired');
    expect(guard).toMatchObject({ verdict: 'pass', actual: 11, changes: [], message: 'policy names 11, live are 12' });
  });
});

describe('what rollback says', () => {
  const at = (head: string | null, lastApplied: string | null, descends: boolean | null) => {
    const world = forgetting(1);
    world.ancestry = { head, lastApplied, descends };
    const plan = planOf(world);
    return { guard: guardOf(plan.guards, 'rollback'), ids: plan.changes.map(({ id }) => id), blocked: blocking(plan.guards) };
  };
  const [HEAD, LAST] = ['0123456789abcdef'.padEnd(40, '0'), 'fedcba9876543210'.padEnd(40, '0')];

  it('of a commit that follows', () => {
    const { guard } = at(HEAD, LAST, true);
    expect(guard).toMatchObject({ changes: [], message: '0123456789ab follows the last applied fedcba987654' });
  });

  it('of one that does not: every change is blocked', () => {
    const { guard, ids, blocked } = at(HEAD, LAST, false);
    expect(blocked).toEqual(['rollback']);
    expect(guard).toMatchObject({
      changes: ids,
      message:
        '0123456789ab does not follow the last applied commit fedcba987654, so this would undo what was applied since. Check out a commit that contains it',
    });
  });

  it('of a head that is not known', () => {
    expect(at(null, LAST, false).guard.message).toContain('none does not follow the last applied commit fedcba987654');
  });

  it('of no commit at all', () => {
    expect(at(null, null, null).guard).toMatchObject({ changes: [], message: 'no commit to compare with' });
  });
});
