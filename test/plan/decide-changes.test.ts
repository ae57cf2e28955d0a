import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/model.ts';
import { decideChanges } from '../../src/plan/decide-changes.ts';
import { matchApproved } from '../../src/plan/match-approved.ts';
import {
  ACCOUNT,
  AT_MS,
  ago,
  approve,
  changeFor,
  decide,
  desiredOf,
  HOUR_MS,
  held,
  historyOf,
  inPeace,
  live,
  mail,
  observationOf,
  onlyChange,
  owed,
  planOf,
  verdicts,
  type World,
  wants,
} from './support.ts';

/** Cleo becomes admin and Dan goes. */
function twoChanges(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  world.wants.delete('dan');
  return world;
}

describe('approval', () => {
  it('makes everything when exactly this plan was approved', () => {
    expect(verdicts(decide(twoChanges(), 'all').decisions)).toEqual({ cleo: 'make', dan: 'make' });
  });

  it('makes the approved part and withholds the rest, when the plan has grown since', () => {
    const world = twoChanges();
    const approved = planOf(world).changes;
    world.wants.set('eve', wants('eve', 'member'));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ cleo: 'make', dan: 'make', eve: 'withhold' });
  });

  it('withholds a change that is another by now', () => {
    const world = twoChanges();
    const approved = planOf(world).changes;
    world.wants.set('dan', wants('dan', 'admin'));
    world.wants.set('cleo', wants('cleo', 'member'));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ dan: 'withhold' });
  });

  it('does not count for the same change in another account', () => {
    const world = twoChanges();
    const elsewhere = planOf({ ...world, account: 'telnyx-support' }).changes;
    expect(verdicts(decide(world, elsewhere).decisions)).toEqual({ cleo: 'withhold', dan: 'withhold' });
  });

  it('does not count for the same address with another id and another before', () => {
    const world = twoChanges();
    const approved = planOf(world).changes;
    world.live.set('dan', live('dan', 'admin', { principal_id: 'id-other' }));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ cleo: 'make', dan: 'withhold' });
  });

  it('still counts when the invitation was accepted meanwhile', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    world.live.set('cleo', live('cleo', 'member', { status: 'invited' }));
    world.wants.set('cleo', wants('cleo', 'admin'));
    const approved = planOf(world).changes;
    world.live.set('cleo', live('cleo', 'member'));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ cleo: 'make' });
  });

  it('is not needed for ends, lapsed invitations and what is owed', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member', eve: 'member' });
    world.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
    world.live.delete('dan');
    world.remembered.set('dan', held('dan', 'member', { status: 'invited' }));
    world.wants.delete('eve');
    const debt = changeFor(planOf(world), 'eve');
    world.ledger = { owed: new Map([[debt.principal, owed(debt)]]) };
    expect(verdicts(decide(world, []).decisions)).toEqual({ cleo: 'make', dan: 'make', eve: 'make' });
  });

  it('withholds everything of a principal of whom one change has none', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
    world.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
    const ended = onlyChange(planOf(world));
    const unapproved: Change = { ...ended, id: `sha256:${'0'.repeat(64)}`, origin: 'git', reason_code: 'not_in_policy' };
    const { decisions } = decideChanges({
      mode: 'change',
      changes: [ended, unapproved],
      approved: approve([]),
      desired: desiredOf(world),
      history: historyOf(world),
      observation: observationOf(world),
      capabilities: world.capabilities,
      ancestry: world.ancestry,
      nowMs: AT_MS,
    });
    expect(decisions.map((one) => one.verdict)).toEqual(['withhold', 'withhold']);
  });
});

describe('stacked changes for one person', () => {
  /** Cleo was made admin first, by an approved change; another one, approved before that, deletes her. */
  function stacked(): { approved: Change[]; world: World } {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    world.wants.delete('cleo');
    const approved = [...planOf(world).changes];
    world.live.set('cleo', live('cleo', 'admin'));
    return { approved, world };
  }

  it('are approved when what lies between is what our own ledger wrote', () => {
    const { approved, world } = stacked();
    world.remembered.set('cleo', held('cleo', 'admin'));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ cleo: 'make' });
  });

  it('are withheld when somebody else wrote it', () => {
    const { approved, world } = stacked();
    expect(verdicts(decide(world, approved).decisions)).toEqual({ cleo: 'withhold' });
  });

  it('need the same after', () => {
    const { approved, world } = stacked();
    world.remembered.set('cleo', held('cleo', 'admin'));
    world.wants.set('cleo', wants('cleo', 'member'));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ cleo: 'withhold' });
  });

  it('need the same name where the name is what changes', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    const history = historyOf(world);
    world.wants.set('cleo', wants('cleo', 'member', { name: 'Cleo A' }));
    const approved = onlyChange(planOf(world));
    world.wants.set('cleo', wants('cleo', 'member', { name: 'Cleo B' }));
    expect(matchApproved(onlyChange(planOf(world)), approved, history)).toBeNull();
  });

  it('match when only the executor is another: what the API cannot do is done by hand', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.wants.set('dan', wants('dan', 'member'));
    const approved = planOf(world).changes;
    world.ledger = { addressTaken: new Set([mail('dan')]) };
    expect(verdicts(decide(world, approved).decisions)).toEqual({ dan: 'hand' });
  });
});

describe('what is not made at once', () => {
  it('waits while it is parked', () => {
    const world = twoChanges();
    world.ledger = { parked: new Map([[mail('dan'), { failures: 1, until: ago(-HOUR_MS), message: 'refused' }]]) };
    expect(changeFor(planOf(world), 'dan')).toMatchObject({ not_before: ago(-HOUR_MS), tags: ['irreversible', 'parked'] });
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ cleo: 'make', dan: 'wait' });
    world.ledger = { parked: new Map([[mail('dan'), { failures: 1, until: ago(0), message: 'refused' }]]) };
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ cleo: 'make', dan: 'make' });
  });

  it('is given to a person where the API cannot', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.live.set('root', live('root', 'member'));
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ root: 'hand' });
    expect(verdicts(decide(world, []).decisions)).toEqual({ root: 'withhold' });
  });

  it('is left where the account only reports', () => {
    const world = twoChanges();
    world.policy = { drift: { gained: 'report', lost: 'report' } };
    world.live.set('mallory', live('mallory', 'admin'));
    expect(verdicts(decide(world, [], 'drift').decisions)).toEqual({ mallory: 'leave' });
  });
});

describe('what a decision tells the applier', () => {
  it('says whether it takes away, which budget it spends, and which field it takes back', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin', dan: 'member' });
    world.live.set('dan', live('dan', 'admin'));
    world.live.set('mallory', live('mallory', 'member'));
    const facts = decide(world, [], 'drift').decisions.map(({ change, takesAway, budget, reverts, approved, policyName }) => [
      change.principal,
      takesAway,
      budget,
      reverts,
      approved,
      policyName,
    ]);
    expect(facts).toEqual([
      [mail('mallory'), true, 'strangers', 'presence', false, null],
      [mail('dan'), true, 'strangers', 'roles', false, 'dan'],
    ]);
  });

  it('spends nothing of a delete budget for a raise or an invitation', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    world.wants.set('cleo', wants('cleo', 'admin'));
    world.wants.set('dan', wants('dan', 'member'));
    expect(decide(world, 'all').decisions.map(({ budget, takesAway }) => [budget, takesAway])).toEqual([
      [null, false],
      [null, false],
    ]);
  });
});

it('speaks of one account only', () => {
  expect(new Set(planOf(twoChanges()).changes.map((change) => change.account))).toEqual(new Set([ACCOUNT]));
});
