import { describe, expect, it } from 'vitest';
import type { Change, OpenIntent, Plan } from '../../src/model.ts';
import { OF_GROUPS, OF_SETS, roles } from './other-providers.ts';
import { AT, ago, HOUR_MS, held, inPeace, live, mail, onlyChange, owed, person, planOf, say, type World, wants } from './support.ts';

/** Gus in an account in which roles add up: `support+developer` as it was last true, as it is, and as policy has it; `-` is nothing. */
function gus(lastTrue: string, isNow: string, byPolicy: string, ended = byPolicy): World {
  const world: World = { ...inPeace({}), capabilities: OF_SETS };
  world.remembered.set('gus', { ...roles(lastTrue), name: 'gus', status: 'active' });
  world.live.set('gus', live('gus', null, roles(isNow)));
  if (ended === '-') world.people.set('gus', person('gus'));
  else world.wants.set('gus', wants('gus', null, { holding: roles(byPolicy), holdingWithoutEnds: roles(ended) }));
  return world;
}

const cutOff = (...held: string[]) => ({ halfway: new Map([[mail('gus'), held.map(roles)]]) });

const parked = { parked: new Map([[mail('gus'), { failures: 1, until: ago(-6 * HOUR_MS), message: 'refused' }]]) };

function owes(change: Change, outcome: 'failed' | null): Pick<World['ledger'], 'owed'> {
  return { owed: new Map([[mail('gus'), { ...owed(change), outcome }]]) };
}

function intent(change: Change, principal: string): OpenIntent {
  const facts = { budget: null, approvals: [], reverts: null, policyName: null };
  return { change: { ...change, principal: mail(principal) }, at: AT, undecided: false, foreign: false, facts };
}

const only = (world: World, mode: Plan['mode'] = 'change') => say(onlyChange(planOf(world, mode)));
const changesIn = (world: World) => planOf(world).changes.map(say);

describe('access that somebody gave beside a change that failed', () => {
  it('is taken back as theirs, and what was agreed to is kept', () => {
    const world = gus('support', 'developer+support', '-');
    const wanted = onlyChange(planOf(gus('support', 'support', '-')));
    world.ledger = { ...owes(wanted, 'failed'), ...parked };
    expect(only(world)).toBe('patch gus developer+support→support drift raised');
    expect(onlyChange(planOf(world)).tags).toContain('drift_gained');
  });

  it('goes with the owed change where that takes it anyway', () => {
    const world = gus('developer+support', 'billing_manager+developer', 'developer+support');
    world.ledger = { ...owes(onlyChange(planOf(world)), 'failed'), ...parked };
    expect(only(world)).toBe('patch gus billing_manager+developer→developer+support git role_differs');
  });
});

describe('a change of several requests that was cut off', () => {
  it('is policy’s where it has taken something, and drift’s where somebody else has', () => {
    const world = gus('billing_manager+support', 'support', 'billing_manager+support');
    expect(only(world)).toBe('patch gus support→billing_manager+support drift lowered');
    expect(only({ ...world, ledger: cutOff('-') })).toBe('patch gus support→billing_manager+support drift lowered');
    expect(only({ ...world, ledger: cutOff('-', 'support') })).toBe('patch gus support→billing_manager+support git role_differs');
  });

  it('is policy’s whatever else of drift is being taken back, from others or with other changes', () => {
    const world = gus('billing_manager+support', 'support', 'billing_manager+support');
    const drift = onlyChange(planOf(world));
    const openIntents = [intent(drift, 'ada'), intent({ ...drift, origin: 'git', tags: [] }, 'gus')];
    expect(only({ ...world, ledger: { ...cutOff('support'), openIntents } })).toBe(
      'patch gus support→billing_manager+support git role_differs',
    );
  });

  it('is drift’s to the end where it takes drift back, and answered as what somebody gained', () => {
    const swapped = gus('support', 'administrator', 'support');
    const begun = onlyChange(planOf(swapped, 'drift'));
    expect(begun.tags).toEqual(['privilege_lost', 'drift_gained']);
    const lost = onlyChange(planOf(gus('billing_manager+support', 'support', 'billing_manager+support')));
    expect(lost.tags).toEqual(['drift_lost']);
    const openIntents = [intent(lost, 'ada'), intent({ ...lost, origin: 'git' }, 'gus'), intent(begun, 'gus')];
    const rest = onlyChange(planOf({ ...gus('support', '-', 'support'), ledger: { ...cutOff('-'), openIntents } }, 'drift'));
    expect(say(rest)).toBe('patch gus nothing→support drift lowered');
    expect(rest.tags).toEqual(['drift_gained']);
  });

  it('is answered as what somebody lost where nothing but others’ access was gained', () => {
    const lost = onlyChange(planOf(gus('billing_manager+support', 'support', 'billing_manager+support')));
    const gained = onlyChange(planOf(gus('support', 'administrator', 'support'), 'drift'));
    const world = gus('billing_manager+support', 'support', 'billing_manager+support');
    const openIntents = [intent(gained, 'ada'), intent(lost, 'gus')];
    const rest = onlyChange(planOf({ ...world, ledger: { ...cutOff('support'), openIntents } }, 'drift'));
    expect([say(rest), ...rest.tags]).toEqual(['patch gus support→billing_manager+support drift lowered', 'drift_lost']);
  });

  it('keeps what else it says of the rest it has to do', () => {
    const gained = onlyChange(planOf(gus('administrator', 'billing_manager', 'administrator')));
    const openIntents = [intent({ ...gained, tags: ['drift_gained'] }, 'gus')];
    const world = gus('administrator', '-', 'administrator');
    const rest = onlyChange(planOf({ ...world, ledger: { ...cutOff('-'), openIntents } }, 'drift'));
    expect(rest.tags).toEqual(['privilege_gained', 'drift_gained']);
  });

  it('explains nothing that is not what it left: a loss beside it is somebody’s', () => {
    const swapped = onlyChange(planOf(gus('billing_manager+support', 'administrator', 'billing_manager+support'), 'drift'));
    const world = gus('billing_manager+support', 'billing_manager', 'billing_manager+support');
    const rest = onlyChange(planOf({ ...world, ledger: { ...cutOff('-'), openIntents: [intent(swapped, 'gus')] } }, 'drift'));
    expect(rest.tags).toEqual(['drift_lost']);
  });

  it('invites anew whom somebody has deleted meanwhile', () => {
    const world = gus('-', '-', 'support');
    world.live.delete('gus');
    world.ledger = cutOff('-', 'support');
    expect(only(world)).toBe('invite gus nobody→support git granted');
  });

  it('stays both sides’ where nobody owes it, and an end’s where an end began it', () => {
    const both = gus('developer', 'support', 'billing_manager+support');
    expect(only({ ...both, ledger: cutOff('support') })).toBe('patch gus support→billing_manager+support both role_differs');
    const ended = gus('developer+support', 'developer+support', 'support', 'developer+support');
    const end = onlyChange(planOf(ended));
    const ledger = { ...cutOff('developer+support'), ...owes(end, null) };
    expect(only({ ...ended, ledger })).toBe('patch gus developer+support→support end grant_ended');
  });

  it('is policy’s where it is owed and both sides have changed, and both sides’ where it never began', () => {
    const both = gus('developer', 'support', 'billing_manager+support');
    const owing = owes(onlyChange(planOf(both)), null);
    expect(only({ ...both, ledger: owing })).toBe('patch gus support→billing_manager+support both role_differs');
    expect(only({ ...both, ledger: { ...owing, ...cutOff('support') } })).toBe(
      'patch gus support→billing_manager+support git role_differs',
    );
  });
});

describe('an invitation', () => {
  /** Ada was invited, and seen so this long ago; she is not listed any more. */
  const gone = (seen: string | null): World => {
    const world = inPeace({ ada: 'member' });
    world.live.delete('ada');
    world.remembered.set('ada', held('ada', 'member', { status: 'invited' }));
    world.ledger = { seenInvited: new Map(seen === null ? [] : [[mail('ada'), seen]]) };
    return world;
  };
  const UNSEEN =
    'The invitation was last seen open more than a day ago: it may have lapsed, or it was accepted and the person deleted since. Inviting again needs an approval.';

  it('that lapsed is sent again by its approval, and a person is asked where nobody looked for a day', () => {
    expect(onlyChange(planOf(gone(ago(25 * HOUR_MS))))).toMatchObject({ origin: 'git', reason_code: 'invitation_lapsed', steps: [] });
    for (const seen of [null, ago(25 * HOUR_MS + 1)])
      expect(onlyChange(planOf(gone(seen)))).toMatchObject({
        origin: 'unrecorded',
        reason_code: 'invitation_lapsed',
        steps: [UNSEEN],
      });
  });

  it('before anything was recorded says nothing of one that lapsed', () => {
    const world = inPeace({});
    world.wants.set('ada', wants('ada', 'member'));
    world.ledger = { recorded: false };
    expect(onlyChange(planOf(world))).toMatchObject({ origin: 'unrecorded', reason_code: 'granted', steps: [], tags: [] });
  });

  it('that lapsed again and again becomes a question to the owner', () => {
    const world = gone(ago(HOUR_MS));
    world.ledger = { ...world.ledger, lapses: new Map([[mail('ada'), 3]]) };
    const change = onlyChange(planOf(world));
    expect(change).toMatchObject({ executor: 'manual', tags: ['question_to_owner', 'owed'] });
    expect(change.steps).toEqual([
      'An invitation to ada@acme.example and 3 more lapsed one after another: ask them, and the owner (root@acme.example), whether they are to have access.',
      'If not, take the grant out of policy. If so, invite them once by hand in the portal while they are there to accept.',
    ]);
  });

  it('of somebody whose grant has ended with it is nothing to send again', () => {
    const world = gone(ago(HOUR_MS));
    world.wants.set('ada', wants('ada', null, { ended: 'member' }));
    world.base = { ...world };
    expect(changesIn(world)).toEqual([]);
  });

  it('that somebody raised in the portal is drift, though it is still open', () => {
    const world = inPeace({ ada: 'member' });
    world.remembered.set('ada', held('ada', 'member', { status: 'invited' }));
    world.live.set('ada', live('ada', 'admin', { status: 'invited' }));
    const change = onlyChange(planOf(world));
    expect([say(change), ...change.tags]).toEqual(['patch ada admin→member drift raised', 'privilege_lost', 'drift_gained']);
  });

  it('of somebody who vanished is what somebody lost, and of somebody new is nobody’s', () => {
    const world = inPeace({ ada: 'member' });
    world.live.delete('ada');
    expect(onlyChange(planOf(world))).toMatchObject({ origin: 'drift', reason_code: 'vanished', tags: ['drift_lost'] });
    world.remembered.delete('ada');
    expect(onlyChange(planOf(world))).toMatchObject({ origin: 'git', reason_code: 'granted', tags: [] });
  });

  it('that nobody can date is to be resent by hand where a person reads them, and left alone where the API would tell', () => {
    const world = inPeace({ ada: 'member' });
    const stepsOf = (since: string | null, invite: 'api' | 'manual') => {
      world.capabilities = { ...world.capabilities, invite };
      world.live.set('ada', live('ada', 'member', { status: 'invited', since }));
      return planOf(world).accounts[0]?.pending.map(({ steps }) => steps.length);
    };
    expect(stepsOf(null, 'manual')).toEqual([3]);
    expect(stepsOf(null, 'api')).toEqual([0]);
    expect([stepsOf(ago(72 * HOUR_MS), 'api'), stepsOf(ago(72 * HOUR_MS - 1), 'manual')]).toEqual([[3], [0]]);
  });
});

describe('why somebody is deleted', () => {
  it('because the grant ended, because policy grants nothing, or because nobody names them any more', () => {
    const world = inPeace({ ada: 'admin', bob: 'member', cleo: 'member', dan: 'member' });
    world.wants.set('bob', wants('bob', null, { ended: 'member' }));
    world.wants.delete('cleo');
    world.people.set('cleo', person('cleo'));
    world.wants.delete('dan');
    expect(changesIn(world).toSorted()).toEqual([
      'delete bob member→nobody end grant_ended',
      'delete cleo member→nobody git no_grant',
      'delete dan member→nobody git not_in_policy',
    ]);
  });

  it('because the grant ended, also where somebody else changed it since', () => {
    const world = inPeace({ bob: 'member' });
    world.live.set('bob', live('bob', 'admin'));
    world.wants.set('bob', wants('bob', null, { ended: 'member' }));
    expect(only(world)).toBe('delete bob admin→nobody both grant_ended');
  });
});

describe('a name', () => {
  const called = (name: string, isCalled: string, names: 'invite' | 'enforce'): World => {
    const world = inPeace({ ada: 'member' });
    world.policy = { names };
    world.remembered.set('ada', held('ada', 'member', { name }));
    world.live.set('ada', live('ada', 'member', { name: isCalled }));
    return world;
  };

  it('goes out once policy has changed it, whatever the person calls themselves', () => {
    expect(only(called('lovelace', 'lovelace', 'invite'))).toBe('patch ada member→member git name_differs');
    expect(only(called('lovelace', 'augusta', 'invite'))).toBe('patch ada member→member git name_differs');
  });

  it('that somebody changed is theirs, and drift only where names are enforced', () => {
    expect(changesIn(called('ada', 'augusta', 'invite'))).toEqual([]);
    const change = onlyChange(planOf(called('ada', 'augusta', 'enforce')));
    expect([say(change), change.after?.name, ...change.tags]).toEqual(['patch ada member→member drift name_differs', 'ada', 'drift_lost']);
  });

  it('that nobody has recorded is no change, unless names are enforced', () => {
    const unrecorded = (names: 'invite' | 'enforce') => ({
      ...called('ada', 'augusta', names),
      ledger: { recorded: false, lastApplied: new Map() },
    });
    expect(changesIn(unrecorded('invite'))).toEqual([]);
    expect(changesIn(unrecorded('enforce'))).toEqual(['patch ada member→member unrecorded name_differs']);
  });

  it('of somebody unmanaged is theirs, also where names are enforced', () => {
    const world = inPeace({ ada: 'member' });
    world.policy = { names: 'enforce' };
    world.live.set('gus', live('gus', 'member', { name: 'Augustus' }));
    world.baseline?.set('gus', roles('member'));
    expect(changesIn(world)).toEqual([]);
  });

  it('goes along with a change of role by the same side, and stays as it is with one by another', () => {
    const lowered = called('lovelace', 'lovelace', 'invite');
    lowered.wants.set('ada', wants('ada', 'admin'));
    expect(onlyChange(planOf(lowered)).after?.name).toBe('ada');
    const drifted = called('lovelace', 'lovelace', 'invite');
    drifted.live.set('ada', live('ada', 'admin', { name: 'lovelace' }));
    expect(onlyChange(planOf(drifted))).toMatchObject({ origin: 'drift', after: { name: 'lovelace' } });
    const same = called('ada', 'ada', 'invite');
    same.wants.set('ada', wants('ada', 'admin'));
    expect(onlyChange(planOf(same)).after?.name).toBe('ada');
  });

  it('is never sent where the API shows none', () => {
    const world = called('lovelace', 'augusta', 'enforce');
    expect(changesIn({ ...world, capabilities: { ...OF_GROUPS, groups: false } })).toEqual([]);
    const invited = inPeace({});
    invited.wants.set('ada', wants('ada', 'member'));
    expect(onlyChange(planOf(invited)).after).toMatchObject({ name: 'ada', status: 'invited' });
    expect(onlyChange(planOf({ ...invited, capabilities: OF_GROUPS })).after).toMatchObject({ name: '', status: 'active' });
  });
});

it('both sides coming to the same is noted and changes nothing', () => {
  const world = gus('developer', 'support', 'support');
  const plan = planOf(world);
  expect([plan.changes, plan.accounts[0]?.converged]).toEqual([[], [mail('gus')]]);
});
