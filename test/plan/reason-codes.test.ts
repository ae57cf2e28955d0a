import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  AT,
  ago,
  changeFor,
  decide,
  HOUR_MS,
  held,
  holding,
  inPeace,
  live,
  mail,
  OWNER,
  onlyChange,
  owed,
  person,
  place,
  planOf,
  say,
  settle,
  verdicts,
  wants,
} from './support.ts';

const DAY_MS = 24 * HOUR_MS;
const team = () => inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });

describe('what policy changed', () => {
  it('has nothing to do in an account that is as policy says', () => {
    const plan = planOf(team());
    expect(plan.changes).toEqual([]);
    expect(plan.verdict).toBe('empty');
  });

  it('invites whom policy newly grants something', () => {
    const world = team();
    world.wants.set('dan', wants('dan', 'member'));
    const change = onlyChange(planOf(world));
    expect(say(change)).toBe('invite dan nobody→member git granted');
    expect(change).toMatchObject({ principal_id: null, before: null, after: { status: 'invited' }, risk: 'medium', reversible: true });
    expect(change.source).toEqual(place());
  });

  it('raises whom policy makes admin, as a high risk', () => {
    const world = team();
    world.wants.set('cleo', wants('cleo', 'admin'));
    const change = onlyChange(planOf(world));
    expect(say(change)).toBe('patch cleo member→admin git role_differs');
    expect(change).toMatchObject({ risk: 'high', tags: ['privilege_gained'] });
  });

  it('deletes whom policy forgot', () => {
    const world = team();
    world.wants.delete('cleo');
    const change = onlyChange(planOf(world));
    expect(say(change)).toBe('delete cleo member→nobody git not_in_policy');
    expect(change).toMatchObject({ risk: 'high', tags: ['irreversible'], reversible: false, steps: [] });
  });

  it('says which keys may stay behind when an admin goes or is lowered', () => {
    const deleted = team();
    deleted.wants.delete('ada');
    const lowered = team();
    lowered.wants.set('ada', wants('ada', 'member'));
    for (const world of [deleted, lowered]) {
      expect(onlyChange(planOf(world)).steps).toEqual(world.capabilities.manualSteps.keysLeftBehind(mail('ada')));
    }
  });

  it('deletes a person whom people/ names without a grant here, and needs an approval for it', () => {
    const world = team();
    world.wants.delete('cleo');
    world.people.set('cleo', person('cleo'));
    expect(say(onlyChange(planOf(world)))).toBe('delete cleo member→nobody git no_grant');
    expect(verdicts(decide(world, []).decisions)).toEqual({ cleo: 'withhold' });
  });

  it('takes a named person without a grant who was there at the baseline for a delete by policy, not for a stranger', () => {
    const world = team();
    world.live.set('gus', live('gus', 'member'));
    world.baseline?.set('gus', holding('member'));
    world.people.set('gus', person('gus'));
    expect(say(onlyChange(planOf(world)))).toBe('delete gus member→nobody git no_grant');
  });

  it('cannot tell who made a difference in an account where nothing was ever applied', () => {
    const world = team();
    world.ledger = { recorded: false };
    world.remembered.clear();
    world.baseline = null;
    world.wants.set('cleo', wants('cleo', 'admin'));
    expect(say(onlyChange(planOf(world)))).toBe('patch cleo member→admin unrecorded role_differs');
  });
});

describe('ends', () => {
  it('deletes whose only grant has ended, without another approval', () => {
    const world = team();
    world.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
    expect(say(onlyChange(planOf(world)))).toBe('delete cleo member→nobody end grant_ended');
    expect(verdicts(decide(world, []).decisions)).toEqual({ cleo: 'make' });
  });

  it('leaves what another grant still gives: an ended admin grant over a member grant lowers', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.wants.set('cleo', wants('cleo', 'member', { ended: 'admin' }));
    expect(say(onlyChange(planOf(world)))).toBe('patch cleo admin→member end grant_ended');
  });

  it('does nothing when the ended grant gave no more than another', () => {
    const world = team();
    world.wants.set('ada', wants('ada', 'admin', { ended: 'member' }));
    expect(planOf(world).changes).toEqual([]);
  });

  it('takes an end that passed on the base too for an end, as long as the access is still there', () => {
    const world = team();
    world.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
    world.base = team();
    world.base.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
    expect(say(onlyChange(planOf(world)))).toBe('delete cleo member→nobody end grant_ended');
  });
});

describe('what somebody did in the account', () => {
  it('takes back a raise', () => {
    const world = team();
    world.live.set('cleo', live('cleo', 'admin'));
    const plan = planOf(world, 'drift');
    expect(say(onlyChange(plan))).toBe('patch cleo admin→member drift raised');
    expect(onlyChange(plan)).toMatchObject({ risk: 'high', tags: ['privilege_lost', 'drift_gained'] });
  });

  it('reports a lowering', () => {
    const world = team();
    world.live.set('ada', live('ada', 'member'));
    expect(say(onlyChange(planOf(world, 'drift')))).toBe('patch ada member→admin drift lowered');
    expect(verdicts(decide(world, [], 'drift').decisions)).toEqual({ ada: 'leave' });
  });

  it('takes out a stranger, a stray invitation, and somebody who came back after a delete', () => {
    const world = team();
    world.live.set('mallory', live('mallory', 'admin'));
    world.live.set('nina', live('nina', 'member', { status: 'invited' }));
    world.live.set('otto', live('otto', 'member'));
    world.remembered.set('otto', null);
    expect(planOf(world, 'drift').changes.map(say)).toEqual([
      'delete mallory admin→nobody drift stranger',
      'delete nina member→nobody drift stray_invitation',
      'delete otto member→nobody drift stranger',
    ]);
  });

  it('does not silently bring back whom somebody deleted in the console', () => {
    const world = team();
    world.live.delete('cleo');
    expect(say(onlyChange(planOf(world, 'drift')))).toBe('invite cleo nobody→member drift vanished');
    expect(verdicts(decide(world, [], 'drift').decisions)).toEqual({ cleo: 'leave' });
  });

  it('needs an approval where policy and somebody changed the same person differently', () => {
    const world = team();
    world.live.set('cleo', live('cleo', 'admin'));
    world.wants.delete('cleo');
    expect(say(onlyChange(planOf(world)))).toBe('delete cleo admin→nobody both not_in_policy');
    expect(verdicts(decide(world, []).decisions)).toEqual({ cleo: 'withhold' });
  });

  it('shows drift in a change plan, counts it in the summary alone, and leaves it to drift', () => {
    const world = team();
    world.live.set('mallory', live('mallory', 'member'));
    const plan = planOf(world);
    expect(plan.summary).toMatchObject({ invite: 0, patch: 0, delete: 0, drift: 1 });
    expect(plan.guards.filter((guard) => guard.guard === 'max_deletes').map((guard) => guard.actual)).toEqual([0, 0]);
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ mallory: 'leave' });
  });

  it('notes what both sides came to by ways of their own, and does nothing', () => {
    const world = team();
    world.remembered.set('cleo', held('cleo', 'admin'));
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.converged).toEqual([mail('cleo')]);
  });

  it('notes the leaver who was deleted in the console on Friday and in policy on Monday', () => {
    const world = team();
    world.live.delete('cleo');
    world.wants.delete('cleo');
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.converged).toEqual([mail('cleo')]);
  });
});

describe('debts', () => {
  it('takes an owed invitation for owed, and not for drift, in a plan against a base that has the merged grant', () => {
    const before = team();
    before.wants.set('dan', wants('dan', 'member'));
    const debt = onlyChange(planOf(before));
    const world = team();
    world.wants.set('dan', wants('dan', 'member'));
    world.base = team();
    world.base.wants.set('dan', wants('dan', 'member'));
    world.ledger = { owed: new Map([[mail('dan'), owed(debt)]]) };
    const plan = planOf(world);
    expect(say(onlyChange(plan))).toBe('invite dan nobody→member git granted');
    expect(onlyChange(plan).tags).toEqual(['owed']);
    expect(plan.summary).toMatchObject({ invite: 1, owed: 1, drift: 0 });
  });

  it('sends an invitation that lapsed again without a new approval, three times, and then asks', () => {
    const world = team();
    world.live.delete('cleo');
    world.remembered.set('cleo', held('cleo', 'member', { status: 'invited' }));
    for (const lapses of [0, 1, 2]) {
      world.ledger = { lapses: new Map([[mail('cleo'), lapses]]) };
      const change = onlyChange(planOf(world));
      expect(say(change)).toBe('invite cleo nobody→member git invitation_lapsed');
      expect(change).toMatchObject({ executor: 'api', tags: ['owed'] });
      expect(verdicts(decide(world, []).decisions)).toEqual({ cleo: 'make' });
    }
    world.ledger = { lapses: new Map([[mail('cleo'), 3]]) };
    const question = onlyChange(planOf(world));
    expect(question).toMatchObject({ executor: 'manual', tags: ['question_to_owner', 'owed'] });
    expect(question.steps.join(' ')).toContain(OWNER);
    expect(verdicts(decide(world, []).decisions)).toEqual({ cleo: 'hand' });
  });

  it('takes a lapsed invitation for lapsed in a plan against a base too', () => {
    const world = team();
    world.live.delete('cleo');
    world.remembered.set('cleo', held('cleo', 'member', { status: 'invited' }));
    world.base = team();
    expect(say(onlyChange(planOf(world)))).toBe('invite cleo nobody→member git invitation_lapsed');
  });

  it('leaves an invitation that nobody looked after for a day to a new approval: it may have been accepted and taken back since', () => {
    const world = team();
    world.live.delete('cleo');
    world.remembered.set('cleo', held('cleo', 'member', { status: 'invited' }));
    for (const [seen, origin] of [
      [25 * 3_600_000, 'git'],
      [25 * 3_600_000 + 1, 'unrecorded'],
    ] as const) {
      world.ledger = { seenInvited: new Map([[mail('cleo'), ago(seen)]]) };
      expect(say(onlyChange(planOf(world)))).toBe(`invite cleo nobody→member ${origin} invitation_lapsed`);
      expect(verdicts(decide(world, []).decisions)).toEqual({ cleo: origin === 'git' ? 'make' : 'withhold' });
    }
  });

  it('takes somebody who was seen active and is gone for drift, not for a lapsed invitation', () => {
    const world = team();
    world.live.delete('cleo');
    expect(onlyChange(planOf(world)).reason_code).toBe('vanished');
  });

  it('has a person free an address that belongs to a Telnyx account of its own', () => {
    const world = team();
    world.wants.set('dan', wants('dan', 'member'));
    world.ledger = { addressTaken: new Set([mail('dan')]) };
    const change = onlyChange(planOf(world));
    expect(change.executor).toBe('manual');
    expect(change.steps).toEqual(world.capabilities.manualSteps.addressTaken(mail('dan')));
  });
});

describe('an e-mail change', () => {
  const renamed = () => {
    const world = team();
    world.wants.delete('cleo');
    world.wants.set('cleo.new', wants('cleo.new', 'member', { previously: [mail('cleo')] }));
    return world;
  };

  it('invites the new address and keeps the old one until the new one is active', () => {
    const world = renamed();
    const plan = planOf(world);
    expect(plan.changes.map(say)).toEqual(['invite cleo.new nobody→member git granted', 'delete cleo member→nobody git email_changed']);
    expect(changeFor(plan, 'cleo').tags).toEqual(['irreversible', 'waits_for_replacement']);
    expect(changeFor(plan, 'cleo').steps[0]).toContain(mail('cleo.new'));
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ 'cleo.new': 'make', cleo: 'wait' });
  });

  it('still waits while the invitation is open', () => {
    const world = renamed();
    world.live.set('cleo.new', live('cleo.new', 'member', { status: 'invited' }));
    const plan = planOf(world);
    expect(onlyChange(plan).tags).toContain('waits_for_replacement');
    expect(plan.accounts[0]?.pending.map((one) => one.principal)).toEqual([mail('cleo.new')]);
  });

  it('deletes the old address once the new one is active', () => {
    const world = renamed();
    world.live.set('cleo.new', live('cleo.new', 'member'));
    world.remembered.set('cleo.new', held('cleo.new', 'member'));
    const change = onlyChange(planOf(world));
    expect(say(change)).toBe('delete cleo member→nobody git email_changed');
    expect(change.tags).toEqual(['irreversible']);
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ cleo: 'make' });
  });
});

describe('the owner', () => {
  it('asks support for a transfer when the declared owner is an ordinary user', () => {
    const world = team();
    world.live.set('root', live('root', 'admin'));
    const change = onlyChange(planOf(world));
    expect(say(change)).toBe('patch root admin→owner unrecorded owner_transfer');
    expect(change).toMatchObject({ executor: 'manual', risk: 'high' });
    expect(change.steps).toEqual(world.capabilities.manualSteps.ownerTransfer(ACCOUNT, OWNER));
  });

  it('leaves the declared owner alone, and shows another owner without touching them', () => {
    const world = team();
    world.live.set('root', live('root', 'owner'));
    expect(planOf(world).changes).toEqual([]);
    world.live.set('ada', live('ada', 'owner'));
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.left_alone[0]?.note).toContain(OWNER);
  });
});

describe('names', () => {
  it('leaves a person who edits their own name alone', () => {
    const world = team();
    world.live.set('cleo', live('cleo', 'member', { name: 'Cleo the Great' }));
    expect(planOf(world).changes).toEqual([]);
  });

  it('sends a name that policy changed', () => {
    const world = team();
    world.wants.set('cleo', wants('cleo', 'member', { name: 'Cleo Miller' }));
    const change = onlyChange(planOf(world));
    expect(say(change)).toBe('patch cleo member→member git name_differs');
    expect(change.patch).toEqual([{ op: 'replace', path: '/name', value: 'Cleo Miller' }]);
    expect(change.risk).toBe('low');
  });

  it('puts an edited name back where names are enforced', () => {
    const world = team();
    world.policy = { names: 'enforce' };
    world.live.set('cleo', live('cleo', 'member', { name: 'Cleo the Great' }));
    expect(say(onlyChange(planOf(world, 'drift')))).toBe('patch cleo member→member drift name_differs');
  });

  it('sends a new role and a new name of the same person as one change', () => {
    const world = team();
    world.wants.set('cleo', wants('cleo', 'admin', { name: 'Cleo Miller' }));
    expect(
      onlyChange(planOf(world))
        .patch.map((one) => one.path)
        .toSorted(),
    ).toEqual(['/name', '/roles']);
  });
});

describe('people whom no policy names', () => {
  const unmanaged = () => {
    const world = team();
    world.live.set('gus', live('gus', 'member'));
    world.baseline?.set('gus', holding('member'));
    return world;
  };

  it('are reported when they were there at the baseline', () => {
    const plan = planOf(unmanaged());
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.unmanaged).toEqual([{ principal: mail('gus'), status: 'active', roles: ['member'], groups: [], note: '' }]);
    expect(plan.summary.unmanaged).toBe(1);
  });

  it('are deleted by approval where the account says so', () => {
    const world = unmanaged();
    world.policy = { unmanaged: 'delete' };
    expect(say(onlyChange(planOf(world)))).toBe('delete gus member→nobody git unmanaged');
    expect(verdicts(decide(world, []).decisions)).toEqual({ gus: 'withhold' });
  });

  it('keep what they held at the baseline: a raise is taken back, a lowering is theirs', () => {
    const world = unmanaged();
    world.live.set('gus', live('gus', 'admin'));
    expect(say(onlyChange(planOf(world, 'drift')))).toBe('patch gus admin→member drift raised');
    world.baseline?.set('gus', holding('admin'));
    world.live.set('gus', live('gus', 'member'));
    expect(planOf(world, 'drift').changes).toEqual([]);
  });

  it('are never given a role that this version does not know, whatever they held at the baseline', () => {
    const world = unmanaged();
    world.baseline?.set('gus', holding('auditor'));
    const plan = planOf(world, 'drift');
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.unmanaged[0]?.note).toContain('auditor');
  });

  it('all count as there at the baseline until there is one', () => {
    const world = unmanaged();
    world.baseline = null;
    expect(planOf(world).accounts[0]?.unmanaged).toHaveLength(1);
    expect(planOf(world, 'drift').changes).toEqual([]);
  });

  it('are not pending by their open invitation, which no policy asked for', () => {
    const world = unmanaged();
    world.live.set('gus', live('gus', 'member', { status: 'invited' }));
    const account = planOf(world).accounts[0];
    expect(account?.unmanaged).toHaveLength(1);
    expect(account?.pending).toEqual([]);
  });
});

describe('people nobody may touch', () => {
  it.each(['suspended', 'disabled', 'blocked', 'unknown'] as const)('are shown and left alone when %s, wanted or not', (status) => {
    const world = team();
    world.live.set('cleo', live('cleo', 'member', { status }));
    world.live.set('mallory', live('mallory', 'admin', { status }));
    world.wants.set('cleo', wants('cleo', 'admin'));
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.left_alone.map((one) => one.principal)).toEqual([mail('cleo'), mail('mallory')]);
    expect(plan.accounts[0]?.left_alone[0]?.note).toContain('policy wants admin');
  });

  it('are shown and left alone with a role this version does not know, or with none', () => {
    const world = team();
    world.live.set('cleo', live('cleo', 'auditor'));
    world.live.set('ada', live('ada', null));
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.left_alone).toHaveLength(2);
  });

  it('are shown and left alone when the vendor lists one address twice, since no change could tell which it means', () => {
    const world = team();
    world.live.set('cleo-again', live('cleo', 'admin', { principal_id: 'id-other' }));
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.left_alone.map((one) => [one.principal, one.roles, one.note.includes('twice')])).toEqual([
      [mail('cleo'), ['member'], true],
      [mail('cleo'), ['admin'], true],
    ]);
  });
});

describe('open invitations', () => {
  it.each([
    ['just under three days', 3 * DAY_MS - 1, 0],
    ['three days', 3 * DAY_MS, 3],
  ])('of %s have the steps for a resend once they are old', (_age, ms, steps) => {
    const world = team();
    world.live.set('cleo', live('cleo', 'member', { status: 'invited', since: ago(ms) }));
    const pending = planOf(world).accounts[0]?.pending[0];
    expect(pending).toMatchObject({ principal: mail('cleo'), roles: ['member'], since: ago(ms) });
    expect(pending?.steps).toHaveLength(steps);
  });
});

describe('an account that left policy', () => {
  it('is no longer watched, empties nothing, and says how many people that is', () => {
    const base = team();
    const world = { ...team(), account: 'telnyx-support', base };
    settle(base, 'dan', 'member');
    const plan = planOf(world);
    expect(plan.unsupervised).toEqual([{ account: ACCOUNT, principals: 4 }]);
    expect(plan.changes).toEqual([]);
  });

  it('does not count people whose grants have ended', () => {
    const base = team();
    base.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
    expect(planOf({ ...team(), account: 'telnyx-support', base }).unsupervised).toEqual([{ account: ACCOUNT, principals: 2 }]);
  });
});

it('holds for the instant of the observation', () => {
  expect(planOf(team()).at).toBe(AT);
});
