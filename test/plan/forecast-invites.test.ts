import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/model.ts';
import { AT_MS, ago, changeFor, decide, HOUR_MS, inPeace, live, mail, owed, planOf, verdicts, type World, wants } from './support.ts';

/** `count` people whom policy newly grants something: p00, p01, … */
function newcomers(count: number): World {
  const world = inPeace({ ada: 'admin', bob: 'admin' });
  for (let index = 0; index < count; index += 1) world.wants.set(nth(index), wants(nth(index), 'member'));
  return world;
}

const nth = (index: number) => `p${String(index).padStart(2, '0')}`;
const invites = (changes: readonly Change[]) => changes.filter((change) => change.action === 'invite');
const minutes = (change: Change) => (change.not_before === null ? 0 : (Date.parse(change.not_before) - AT_MS) / 60_000);

/** When a run that makes all of these at their time would send them, with what was sent before. */
function posts(world: World, changes: readonly Change[]): number[] {
  const planned = invites(changes).map((change) => (change.not_before === null ? AT_MS : Date.parse(change.not_before)));
  return [...(world.ledger.invitePosts ?? []).map((at) => Date.parse(at)), ...planned].toSorted((a, b) => a - b);
}

describe('the hourly limit of invitations', () => {
  it('sends ten at once and says when the others go', () => {
    const plan = planOf(newcomers(22));
    expect(invites(plan.changes).map(minutes)).toEqual([...Array(10).fill(0), ...Array(10).fill(60), 120, 120]);
    expect(plan.summary).toMatchObject({ invite: 22, deferred: 12 });
  });

  it('counts what was sent in the hour before, and frees each place an hour after it was taken', () => {
    const world = newcomers(3);
    world.policy = { invites: { perHour: 3, open: 10 } };
    world.ledger = { invitePosts: [ago(HOUR_MS), ago(40 * 60_000), ago(10 * 60_000)] };
    expect(invites(planOf(world).changes).map(minutes)).toEqual([0, 20, 50]);
  });

  it('is never passed in any 3,600 seconds, whatever was sent before, is parked or has to settle', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: -30, max: 7200 }), { maxLength: 12 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 1, max: 9 * 3600 })), { maxLength: 12 }),
        (count, perHour, sentSecondsAgo, parked) => {
          const world = newcomers(count);
          world.policy = { invites: { perHour, open: 1000 } };
          // What was sent kept the limit too; a request under way may be dated a few seconds ahead.
          const kept: number[] = [];
          for (const seconds of sentSecondsAgo.toSorted((a, b) => a - b)) {
            const limiting = kept.at(-perHour);
            if (limiting === undefined || seconds - limiting >= 3600) kept.push(seconds);
          }
          world.ledger = {
            invitePosts: kept.map((seconds) => ago(seconds * 1000)),
            parked: new Map(parked.map(([who, seconds]) => [mail(nth(who)), { failures: 1, until: ago(-seconds * 1000), message: '' }])),
          };
          const sent = posts(world, planOf(world).changes);
          return sent.every((at, index) => index < perHour || at - (sent[index - perHour] ?? 0) >= HOUR_MS);
        },
      ),
    );
  });

  it('gives the same order in every run', () => {
    const times = (world: World) => invites(planOf(world).changes).map((change) => [change.principal, change.not_before]);
    const shuffled = newcomers(15);
    const names = [...shuffled.wants].toReversed();
    shuffled.wants.clear();
    for (const [name, one] of names) shuffled.wants.set(name, one);
    expect(times(shuffled)).toEqual(times(newcomers(15)));
  });

  it('keeps a place for nobody who is parked', () => {
    const world = newcomers(12);
    const until = ago(-6 * HOUR_MS);
    world.ledger = { parked: new Map(Array.from({ length: 10 }, (_, index) => [mail(nth(index)), { failures: 1, until, message: '' }])) };
    const plan = planOf(world);
    expect([nth(10), nth(11)].map((name) => changeFor(plan, name).not_before)).toEqual([null, null]);
    expect(changeFor(plan, nth(0)).not_before).toBe(until);
    expect(verdicts(decide(world, 'all').decisions)).toMatchObject({ [nth(0)]: 'wait', [nth(10)]: 'make', [nth(11)]: 'make' });
  });

  it('keeps a place for nobody whom no approval covers', () => {
    const world = newcomers(14);
    const { changes } = planOf(world);
    const approved = changes.filter((change) => change.principal >= mail(nth(10)));
    expect(verdicts(decide(world, approved).decisions)).toMatchObject({ [nth(0)]: 'withhold', [nth(10)]: 'make', [nth(13)]: 'make' });
  });

  it('keeps a place in a drift run for nobody whom policy newly wants', () => {
    const world = newcomers(14);
    const debt = changeFor(planOf(world), nth(13));
    world.ledger = { owed: new Map([[debt.principal, owed(debt)]]) };
    expect(verdicts(decide(world, [], 'drift').decisions)).toEqual({ [nth(13)]: 'make' });
  });

  it('holds for invitations that take back a loss too', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.policy = { drift: { gained: 'revert', lost: 'revert' } };
    for (let index = 0; index < 12; index += 1) {
      world.wants.set(nth(index), wants(nth(index), 'member'));
      world.remembered.set(nth(index), { roles: ['member'], groups: [], name: nth(index), status: 'active' });
    }
    expect(invites(planOf(world, 'drift').changes).map(minutes)).toEqual([...Array(10).fill(0), 60, 60]);
    const decided = Object.values(verdicts(decide(world, [], 'drift').decisions));
    expect(decided.filter((verdict) => verdict === 'make')).toHaveLength(10);
    expect(decided.filter((verdict) => verdict === 'wait')).toHaveLength(2);
  });

  it('lets none through where it is nought', () => {
    const world = newcomers(2);
    world.policy = { invites: { perHour: 0, open: 10 } };
    expect(invites(planOf(world).changes).map(minutes)).toEqual([60, 60]);
  });
});

describe('the limit of open invitations', () => {
  it('has those wait that would be one too many, by clock or not', () => {
    const world = newcomers(3);
    world.policy = { invites: { perHour: 10, open: 4 } };
    for (const name of ['x', 'y']) {
      world.live.set(name, live(name, 'member', { status: 'invited' }));
      world.wants.set(name, wants(name, 'member'));
    }
    const plan = planOf(world);
    expect(invites(plan.changes).map((change) => change.tags.includes('waits_for_open_slot'))).toEqual([false, false, true]);
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ p00: 'make', p01: 'make', p02: 'wait' });
  });
});

describe('an invitation without an answer', () => {
  it('is left ten minutes to settle before it may be tried again', () => {
    const world = newcomers(1);
    world.ledger = { unsettled: new Map([[mail('p00'), ago(9 * 60_000)]]) };
    expect(minutes(changeFor(planOf(world), 'p00'))).toBe(1);
    world.ledger = { unsettled: new Map([[mail('p00'), ago(10 * 60_000)]]) };
    expect(minutes(changeFor(planOf(world), 'p00'))).toBe(0);
  });
});
