import { describe, expect, it } from 'vitest';
import type { SpentDelete } from '../../src/model.ts';
import { decideChanges } from '../../src/plan/decide-changes.ts';
import {
  AT_MS,
  ago,
  approval,
  approve,
  blocking,
  decide,
  desiredOf,
  guardOf,
  HOUR_MS,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  OWNER,
  observationOf,
  onlyChange,
  owed,
  person,
  planOf,
  settle,
  verdicts,
  type World,
  wants,
} from './support.ts';

const DAY_MS = 24 * HOUR_MS;

/** An account of `size` principals, two of them admins, of whom policy forgets `deletes` members. */
function shrinking(size: number, deletes: number): World {
  const world = inPeace({ ada: 'admin', bob: 'admin' });
  for (let index = 0; index < size - 2; index += 1) settle(world, `m${String(index).padStart(2, '0')}`, 'member');
  for (let index = 0; index < deletes; index += 1) world.wants.delete(`m${String(index).padStart(2, '0')}`);
  return world;
}

/** The same account with `count` strangers in it. */
function withStrangers(world: World, count: number): World {
  for (let index = 0; index < count; index += 1) world.live.set(`x${index}`, live(`x${index}`, 'member'));
  return world;
}

function spent(count: number, msAgo: number, more: Partial<SpentDelete> = {}): SpentDelete[] {
  return Array.from({ length: count }, (_, index) => ({
    at: ago(msAgo),
    principal: mail(`gone${index}`),
    budget: 'policy',
    approvals: [],
    ...more,
  }));
}

describe('max_deletes', () => {
  it('lets through up to the limit and blocks one more, in accounts of 1 to 60 principals', () => {
    const wrong: string[] = [];
    for (let size = 6; size <= 60; size += 1) {
      for (const maxDeletes of [0, 1, 3]) {
        for (const deletes of [maxDeletes - 1, maxDeletes, maxDeletes + 1].filter((count) => count >= 0)) {
          const world = shrinking(size, deletes);
          world.policy = { guards: { maxDeletes, maxDeletesPercent: 100, minAdmins: 1, neverDelete: [] } };
          const blocks = blocking(planOf(world).guards).includes('max_deletes (policy)');
          if (blocks !== deletes > maxDeletes) wrong.push(`${deletes} of ${size}, at most ${maxDeletes}: ${blocks}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('counts deletes and lowered admins, and neither raises, renames nor invitations', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin', dan: 'member', eve: 'member' });
    world.wants.set('ada', wants('ada', 'member'));
    world.wants.delete('dan');
    world.wants.set('eve', wants('eve', 'admin', { name: 'Eve' }));
    world.wants.set('fay', wants('fay', 'member'));
    expect(guardOf(planOf(world).guards, 'max_deletes', 'policy')).toMatchObject({ actual: 2, limit: 3, verdict: 'pass' });
  });

  it.each([
    ['a moment short of 24 hours ago', DAY_MS - 1, 'block'],
    ['exactly 24 hours ago', DAY_MS, 'pass'],
  ])('counts what was deleted %s as %s', (_when, msAgo, verdict) => {
    const world = shrinking(10, 1);
    world.ledger = { spentDeletes: spent(3, msAgo) };
    expect(guardOf(planOf(world).guards, 'max_deletes', 'policy').verdict).toBe(verdict);
  });

  it('does not block a plan that deletes nobody, however much was deleted today', () => {
    const world = shrinking(10, 0);
    world.ledger = { spentDeletes: spent(9, HOUR_MS) };
    expect(blocking(planOf(world).guards)).toEqual([]);
  });

  it('does not count a delete that waits for its replacement', () => {
    const world = shrinking(10, 0);
    world.policy = { guards: { maxDeletes: 0, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [] } };
    world.wants.delete('m00');
    world.wants.set('new', wants('new', 'member', { previously: [mail('m00')] }));
    expect(blocking(planOf(world).guards)).toEqual([]);
  });
});

describe('max_deletes_percent', () => {
  it('counts above 30 principals only, rounded down, in accounts of 1 to 60 principals', () => {
    const wrong: string[] = [];
    for (let size = 6; size <= 60; size += 1) {
      const limit = Math.floor(size / 10);
      for (const deletes of [limit - 1, limit, limit + 1, limit + 2].filter((count) => count >= 0 && count <= size - 2)) {
        const world = shrinking(size, deletes);
        world.policy = { guards: { maxDeletes: 100, maxDeletesPercent: 10, minAdmins: 1, neverDelete: [] } };
        const guard = guardOf(planOf(world).guards, 'max_deletes_percent', 'policy');
        if (guard.limit !== (size > 30 ? limit : null)) wrong.push(`${size}: limit ${guard.limit}`);
        if ((guard.verdict === 'block') !== (size > 30 && deletes > limit)) wrong.push(`${deletes} of ${size}: ${guard.verdict}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('holds beside the plain limit: the lower of the two blocks', () => {
    expect(blocking(planOf(shrinking(31, 3)).guards)).toEqual([]);
    expect(blocking(planOf(shrinking(31, 4)).guards)).toEqual(['max_deletes (policy)', 'max_deletes_percent (policy)']);
    expect(blocking(planOf(shrinking(60, 4)).guards)).toEqual(['max_deletes (policy)']);
  });
});

describe('an approval of many deletes', () => {
  const blocked = (world: World) => blocking(planOf(world).guards).includes('max_deletes (policy)');

  it('lifts the limit up to its number and not beyond', () => {
    for (const [allowed, blocks] of [
      [5, true],
      [6, false],
      [7, false],
    ] as const) {
      expect(blocked({ ...shrinking(20, 6), approvals: [approval('programme', allowed)] })).toBe(blocks);
    }
  });

  it.each([
    ['yesterday', '2026-11-21', true],
    ['today', '2026-11-22', false],
    ['in 7 days', '2026-11-29', false],
    ['in 8 days, which is too far ahead to count', '2026-11-30', true],
  ])('that expires %s', (_when, expires, blocks) => {
    expect(blocked({ ...shrinking(20, 6), approvals: [approval('programme', 6, expires)] })).toBe(blocks);
  });

  it('is spent by name: deletes made under another approval leave it whole', () => {
    const world = { ...shrinking(20, 6), approvals: [approval('programme', 6)] };
    world.ledger = { spentDeletes: spent(1, 2 * DAY_MS, { approvals: ['other'] }) };
    expect(blocked(world)).toBe(false);
    world.ledger = { spentDeletes: spent(1, 2 * DAY_MS, { approvals: ['programme'] }) };
    expect(blocked(world)).toBe(true);
  });

  it('adds up with another, and each delete spends one of one of them, the one that expires first', () => {
    const world = { ...shrinking(20, 6), approvals: [approval('late', 4, '2026-11-28'), approval('early', 2, '2026-11-23')] };
    expect(blocked(world)).toBe(false);
    expect(decide(world, 'all').decisions.map((one) => one.approvals)).toEqual([
      ['early'],
      ['early'],
      ['late'],
      ['late'],
      ['late'],
      ['late'],
    ]);
  });

  it('lets a run that was cut off in the middle finish the rest', () => {
    const world = { ...shrinking(20, 6), approvals: [approval('late', 3, '2026-11-28'), approval('early', 3, '2026-11-23')] };
    const { decisions } = decide(world, 'all');
    const done = decisions.slice(0, 4);
    for (const { change } of done) {
      world.live.delete(change.principal.split('@')[0] ?? '');
      world.remembered.set(change.principal.split('@')[0] ?? '', null);
    }
    world.ledger = {
      spentDeletes: done.map(({ change, approvals }) => ({ at: ago(0), principal: change.principal, budget: 'policy', approvals })),
    };
    expect(blocked(world)).toBe(false);
    expect(blocking(decide(world, 'all').guards)).toEqual([]);
  });

  it('lifts the strangers budget too, as the guard tells people, and is spent there only where it is needed', () => {
    const intruders = (count: number): World => ({ ...withStrangers(shrinking(20, 0), count), approvals: [approval('intrusion', 4)] });
    const spends = (world: World) => decide(world, [], 'drift').decisions.map((one) => one.approvals.length);
    expect(blocking(planOf(intruders(5), 'drift').guards)).toEqual(['max_deletes (strangers)']);
    expect(blocking(planOf(intruders(4), 'drift').guards)).toEqual([]);
    expect(spends(intruders(4))).toEqual([1, 1, 1, 1]);
    expect(spends(intruders(3))).toEqual([0, 0, 0]);
  });

  it('is not spent twice where ends and strangers need it together', () => {
    const world = { ...withStrangers(shrinking(20, 0), 4), approvals: [approval('programme', 7)] };
    for (const name of ['m00', 'm01', 'm02', 'm03']) world.wants.set(name, wants(name, null, { ended: 'member' }));
    expect(blocking(planOf(world, 'drift').guards)).toEqual(['max_deletes (strangers)']);
    world.approvals = [approval('programme', 8)];
    expect(blocking(planOf(world, 'drift').guards)).toEqual([]);
  });

  it('lifts no other guard', () => {
    const admins = { ...inPeace({ ada: 'admin', bob: 'admin' }), approvals: [approval('programme', 99)] };
    admins.wants.set('ada', wants('ada', 'member'));
    admins.wants.set('bob', wants('bob', 'member'));
    expect(blocking(planOf(admins).guards)).toEqual(['min_admins']);
  });
});

describe('a delete whose fate is not known', () => {
  /** Three deletes, of which two were tried and may or may not have happened; a read still shows both people. */
  function undecided(world: World, mode: 'change' | 'drift'): World {
    const { changes } = planOf(world, mode);
    const facts = { budget: null, approvals: [], reverts: null, policyName: null };
    const openIntents = changes.slice(0, 2).map((change) => ({ change, at: ago(HOUR_MS), undecided: true, foreign: false, facts }));
    const budget = mode === 'drift' ? 'strangers' : 'policy';
    const spentDeletes = openIntents.map(
      ({ change }) => ({ at: ago(HOUR_MS), principal: change.principal, budget, approvals: ['programme'] }) as const,
    );
    world.ledger = { openIntents, spentDeletes };
    return world;
  }

  it('is counted once when it is tried again', () => {
    expect(guardOf(planOf(undecided(shrinking(20, 3), 'change')).guards, 'max_deletes', 'policy')).toMatchObject({
      actual: 3,
      verdict: 'pass',
    });
    const strangers = undecided(withStrangers(shrinking(20, 0), 3), 'drift');
    expect(guardOf(planOf(strangers, 'drift').guards, 'max_deletes', 'strangers')).toMatchObject({ actual: 3, verdict: 'pass' });
  });

  it('spends an approval once when it is tried again', () => {
    const world = undecided({ ...shrinking(20, 6), approvals: [approval('programme', 6)] }, 'change');
    expect(blocking(planOf(world).guards)).toEqual([]);
  });

  it('is counted still once it is no longer planned', () => {
    const world = undecided(shrinking(20, 3), 'change');
    world.live.delete('m00');
    world.remembered.set('m00', null);
    expect(guardOf(planOf(world).guards, 'max_deletes', 'policy').actual).toBe(3);
  });
});

describe('the strangers budget', () => {
  it('is apart from that of policy, both ways', () => {
    const world = withStrangers(shrinking(20, 0), 3);
    world.ledger = { spentDeletes: spent(3, HOUR_MS) };
    expect(blocking(planOf(world, 'drift').guards)).toEqual([]);
    const other = shrinking(20, 3);
    other.ledger = { spentDeletes: spent(3, HOUR_MS, { budget: 'strangers' }) };
    expect(blocking(planOf(other).guards)).toEqual([]);
  });

  it('has the same size, counts raised admins too, and blocks one more', () => {
    const world = withStrangers(shrinking(20, 0), 2);
    world.live.set('m00', live('m00', 'admin'));
    expect(blocking(planOf(world, 'drift').guards)).toEqual([]);
    world.live.set('m01', live('m01', 'admin'));
    expect(blocking(planOf(world, 'drift').guards)).toEqual(['max_deletes (strangers)']);
  });
});

describe('min_admins', () => {
  const team = () => inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin', dan: 'member' });

  it('counts the owner, and blocks lowering below the minimum', () => {
    const world = team();
    world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 3, neverDelete: [] } };
    world.wants.set('ada', wants('ada', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ verdict: 'pass', actual: 3, limit: 3 });
    world.wants.set('bob', wants('bob', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ verdict: 'block', actual: 2 });
  });

  it('does not block an account that is below the minimum already and does not sink', () => {
    const world = inPeace({ ada: 'admin', dan: 'member' });
    world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 5, neverDelete: [] } };
    world.wants.delete('dan');
    expect(guardOf(planOf(world).guards, 'min_admins').verdict).toBe('pass');
  });

  it('blocks lowering every admin but the owner, even where others are raised in the same plan', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member', eve: 'member' });
    for (const name of ['ada', 'bob']) world.wants.set(name, wants(name, 'member'));
    for (const name of ['cleo', 'dan', 'eve']) world.wants.set(name, wants(name, 'admin'));
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ verdict: 'block', actual: 4 });
  });

  it('does not take an invited admin for one', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.live.set('bob', live('bob', 'admin', { status: 'invited' }));
    world.wants.set('ada', wants('ada', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins').verdict).toBe('block');
  });

  it('does not take an admin whom nobody may touch for one', () => {
    const world = team();
    world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 3, neverDelete: [] } };
    world.wants.set('ada', wants('ada', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ verdict: 'pass', actual: 3 });
    world.live.set('bob', live('bob', 'admin', { note: 'two logins have this address' }));
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ verdict: 'block', actual: 2 });
  });

  it('does not take a suspended admin for one', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.live.set('bob', live('bob', 'admin', { status: 'suspended' }));
    world.wants.set('ada', wants('ada', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins').verdict).toBe('block');
  });

  it('does not take an admin by drift for one, whether this run takes them back or leaves them to drift', () => {
    const world = inPeace({ ada: 'admin', dan: 'member' });
    world.live.set('mallory', live('mallory', 'admin'));
    world.wants.set('ada', wants('ada', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins')).toMatchObject({ verdict: 'block', actual: 1 });
    expect(blocking(decide(world, 'all').guards)).toEqual(['min_admins']);
  });

  it('does not take the owner that the vendor names, and policy does not, for another admin', () => {
    const world = inPeace({ ada: 'admin', dan: 'member' });
    world.live.set('oscar', live('oscar', 'owner'));
    world.wants.set('ada', wants('ada', 'member'));
    expect(guardOf(planOf(world).guards, 'min_admins').verdict).toBe('block');
  });

  it('does not take taking back a gained admin for losing one', () => {
    const world = inPeace({ ada: 'admin', dan: 'member' });
    world.live.set('mallory', live('mallory', 'admin'));
    world.live.set('dan', live('dan', 'admin'));
    expect(blocking(planOf(world, 'drift').guards)).toEqual([]);
  });
});

describe('never_delete and the owner', () => {
  it('blocks a delete and a lowering of the protected, and lets a raise through', () => {
    const protect = (name: string): World => {
      const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin', dan: 'member' });
      world.policy = { guards: { maxDeletes: 9, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [mail(name)] } };
      return world;
    };
    const deleted = protect('dan');
    deleted.wants.delete('dan');
    expect(blocking(planOf(deleted).guards)).toEqual(['never_delete']);
    const lowered = protect('ada');
    lowered.wants.set('ada', wants('ada', 'member'));
    expect(blocking(planOf(lowered).guards)).toEqual(['never_delete']);
    const raised = protect('dan');
    raised.wants.set('dan', wants('dan', 'admin'));
    expect(blocking(planOf(raised).guards)).toEqual([]);
  });

  it('never plans anything that takes from the owner, as whatever the vendor lists them', () => {
    for (const role of ['owner', 'admin', 'member', 'auditor']) {
      const world = inPeace({ ada: 'admin', bob: 'admin' });
      world.live.set('root', live('root', role));
      const plan = planOf(world);
      expect(plan.changes.filter((change) => change.principal === OWNER && change.reason_code !== 'owner_transfer')).toEqual([]);
      expect(blocking(plan.guards)).toEqual([]);
    }
  });
});

/** Nothing was ever recorded of the account. */
function unwatch(world: World): void {
  world.baseline = null;
  world.ledger = { ...world.ledger, recorded: false };
}

describe('empty_desired', () => {
  it('blocks wherever policy takes everybody out and somebody is live, even with nothing to change', () => {
    const world = inPeace({});
    world.live.set('gus', live('gus', 'member'));
    world.baseline?.set('gus', holding('member'));
    world.remembered.set('dan', null);
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(blocking(plan.guards)).toEqual(['empty_desired']);
    expect(plan.verdict).toBe('blocked');
    expect(plan.accounts[0]?.notes).toEqual([]);
  });

  it.each(['before its baseline', 'at its baseline'] as const)(
    'lets an account be that policy never gave anybody anything in, %s, and says how its people get into the policies',
    (when) => {
      const world = inPeace({});
      for (const name of ['gus', 'hal']) {
        world.live.set(name, live(name, 'member'));
        if (when === 'at its baseline') world.baseline?.set(name, holding('member'));
      }
      if (when === 'before its baseline') unwatch(world);
      const plan = planOf(world);
      expect(blocking(plan.guards)).toEqual([]);
      expect(plan.verdict).toBe('empty');
      expect(plan.accounts[0]?.notes).toEqual([
        'No policy gives anybody access here yet. The 2 people who are there are left alone; `rollcall import` writes who is there into the policies.',
      ]);
    },
  );

  it('blocks there all the same where somebody would lose access: unmanaged people are to go, or policy names whom it gives nothing', () => {
    const unmanaged = inPeace({});
    unwatch(unmanaged);
    unmanaged.policy = { unmanaged: 'delete' };
    unmanaged.live.set('gus', live('gus', 'member'));
    const named = inPeace({});
    unwatch(named);
    named.live.set('gus', live('gus', 'member'));
    named.people.set('gus', person('gus'));
    for (const world of [unmanaged, named]) {
      const plan = planOf(world);
      expect(plan.changes.map(({ action }) => action)).toEqual(['delete']);
      expect(blocking(plan.guards)).toContain('empty_desired');
      expect(guardOf(plan.guards, 'empty_desired')?.message).toContain(
        'import them (`rollcall import`), grant at least one of them access',
      );
    }
  });

  it('takes back no stranger where policy never gave anybody anything: whoever came since may be about to be imported', () => {
    const world = inPeace({});
    world.live.set('gus', live('gus', 'member'));
    const plan = planOf(world, 'drift');
    expect(plan.changes.map(({ reason_code }) => reason_code)).toEqual(['stranger']);
    expect(blocking(plan.guards)).toEqual(['empty_desired']);
  });

  it('does not mind an account that is empty but for its owner', () => {
    const world = inPeace({});
    world.live.set('root', live('root', 'owner'));
    expect(blocking(planOf(world).guards)).toEqual([]);
  });

  it('blocks when every grant has ended', () => {
    const world = inPeace({ dan: 'member' });
    world.wants.set('dan', wants('dan', null, { ended: 'member' }));
    expect(blocking(planOf(world).guards)).toContain('empty_desired');
  });
});

describe('rollback', () => {
  it.each([
    [false, 'block'],
    [true, 'pass'],
    [null, 'pass'],
  ])('with a commit that descends from the last applied one: %s → %s', (descends, verdict) => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.ancestry = { head: 'a'.repeat(40), lastApplied: 'b'.repeat(40), descends };
    expect(guardOf(planOf(world).guards, 'rollback').verdict).toBe(verdict);
  });
});

describe('war', () => {
  const fought = (field: 'roles' | 'presence', times: number, principal: string, msAgo = HOUR_MS) => ({
    reverts: Array.from({ length: times }, () => ({ at: ago(msAgo), principal: mail(principal), field })),
  });

  it.each([
    [2, 'make'],
    [3, 'leave'],
    [4, 'leave'],
  ])('after %i reverts of a lowered role in 24 hours the field is: %s', (times, verdict) => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.policy = { drift: { gained: 'revert', lost: 'revert' } };
    world.live.set('ada', live('ada', 'member'));
    world.ledger = fought('roles', times, 'ada');
    expect(verdicts(decide(world, [], 'drift').decisions)).toEqual({ ada: verdict });
    expect(guardOf(planOf(world, 'drift').guards, 'war').verdict).toBe(verdict === 'leave' ? 'leave' : 'pass');
  });

  it('still takes back gained privilege, and tells people', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    world.live.set('cleo', live('cleo', 'admin'));
    world.ledger = fought('roles', 3, 'cleo');
    expect(verdicts(decide(world, [], 'drift').decisions)).toEqual({ cleo: 'make' });
    expect(onlyChange(planOf(world, 'drift')).tags).toContain('war');
    expect(guardOf(planOf(world, 'drift').guards, 'war')).toMatchObject({ verdict: 'leave', actual: 1 });
  });

  it.each([
    ['another field', fought('presence', 3, 'ada')],
    ['another person', fought('roles', 3, 'bob')],
    ['24 hours ago', fought('roles', 3, 'ada', DAY_MS)],
  ])('is not over what was reverted as %s', (_what, ledger) => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.policy = { drift: { gained: 'revert', lost: 'revert' } };
    world.live.set('ada', live('ada', 'member'));
    world.ledger = ledger;
    expect(guardOf(planOf(world, 'drift').guards, 'war').verdict).toBe('pass');
  });

  it('is never over a change by policy', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.wants.set('ada', wants('ada', 'member'));
    world.ledger = fought('roles', 5, 'ada');
    expect(guardOf(planOf(world).guards, 'war').verdict).toBe('pass');
  });
});

describe('guards of a run', () => {
  it('count what would really be made: what no approval covers, and what waits, is not among it', () => {
    const world = shrinking(20, 6);
    const { changes } = planOf(world);
    expect(blocking(decide(world, changes.slice(0, 3)).guards)).toEqual([]);
    expect(blocking(decide(world, changes.slice(0, 4)).guards)).toEqual(['max_deletes (policy)']);
  });

  it('count deletes that are owed from an earlier run like new ones', () => {
    const world = shrinking(20, 4);
    const debts = planOf(world).changes.map((change): [string, ReturnType<typeof owed>] => [change.principal, owed(change)]);
    world.ledger = { owed: new Map(debts) };
    expect(blocking(decide(world, []).guards)).toEqual(['max_deletes (policy)']);
  });

  it('are judged at the instant of the run, not of the plan', () => {
    const world = shrinking(10, 3);
    world.ledger = { spentDeletes: spent(1, DAY_MS - 1) };
    const { changes } = planOf(world);
    const common = { desired: desiredOf(world), history: historyOf(world), observation: observationOf(world) };
    const at = (nowMs: number) =>
      decideChanges({
        ...common,
        mode: 'change',
        changes,
        approved: approve(changes),
        capabilities: world.capabilities,
        ancestry: world.ancestry,
        nowMs,
      }).guards;
    expect(blocking(at(AT_MS))).toEqual(['max_deletes (policy)']);
    expect(blocking(at(AT_MS + 1))).toEqual([]);
  });
});

it('shows every guard with its numbers also when it passes', () => {
  const plan = planOf(inPeace({ ada: 'admin', bob: 'admin', dan: 'member' }));
  expect(
    plan.guards.map((guard) => `${guard.guard}${guard.budget === null ? '' : ` ${guard.budget}`}: ${guard.verdict}, ${guard.message}`),
  ).toEqual([
    'max_deletes policy: pass, no more deletes and lowered admins; the limit is 3 in 24 hours',
    'max_deletes_percent policy: pass, no more deletes and lowered admins; the limit is no percentage up to 30 principals',
    'max_deletes strangers: pass, no more taken back from strangers, stray invitations and raised admins; the limit is 3 in 24 hours',
    'max_deletes_percent strangers: pass, no more taken back from strangers, stray invitations and raised admins; the limit is no percentage up to 30 principals',
    'min_admins: pass, 3 active admins with the owner, 3 after; at least 2',
    'never_delete: pass, 0 protected, none touched',
    'owner: pass, 1 protected, none touched',
    'empty_desired: pass, policy names 3, live are 3',
    'rollback: pass, no commit to compare with',
    'war: pass, nothing is being fought over',
  ]);
});
