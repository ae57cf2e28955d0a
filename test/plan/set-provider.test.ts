import { describe, expect, it } from 'vitest';
import type { Grant, Holding, LivePrincipal, Observation } from '../../src/model.ts';
import { findEndedOwed } from '../../src/plan/find-ended-owed.ts';
import { findBaseline, findSettled } from '../../src/plan/find-settled.ts';
import { gains } from '../../src/plan/privilege.ts';
import { groups, OF_GROUPS, OF_SETS, roles } from './other-providers.ts';
import {
  ACCOUNT,
  AT,
  approve,
  blocking,
  changeFor,
  decide,
  desiredOf,
  guardOf,
  held,
  historyOf,
  inPeace,
  live,
  mail,
  observationOf,
  onlyChange,
  owed,
  place,
  planOf,
  say,
  verdicts,
  type World,
  wants,
} from './support.ts';

/** Live, policy and ledger agree for everybody. */
function peaceOf(people: Readonly<Record<string, Holding>>, capabilities = OF_SETS): World {
  const world = inPeace({});
  world.capabilities = capabilities;
  for (const [name, holding] of Object.entries(people)) {
    world.live.set(name, live(name, null, holding));
    world.wants.set(name, wants(name, null, { holding, holdingWithoutEnds: holding }));
    world.remembered.set(name, held(name, 'member', holding));
  }
  return world;
}

function want(world: World, name: string, holding: Holding, withoutEnds = holding): void {
  world.wants.set(name, wants(name, null, { holding, holdingWithoutEnds: withoutEnds }));
}

function without(name: string): LivePrincipal {
  return live(name, null, { status: 'inactive', roles: [] });
}

describe('roles that add up', () => {
  it.each([
    ['support', 'support+developer', true],
    ['support+developer', 'support', false],
    ['developer', 'billing_manager', true],
    ['administrator', 'developer+billing_manager', false],
    ['administrator', 'Studio Viewer', false],
    ['developer+billing_manager+support', 'administrator', true],
    ['developer', 'developer+Studio Viewer', true],
    ['administrator', 'owner', true],
    ['owner', 'administrator', false],
    ['-', 'support', true],
  ])('from %s to %s gives more: %s', (before, after, more) => {
    expect(gains(roles(before), roles(after), OF_SETS)).toBe(more);
  });

  it('from administrator to developer is a lowering by policy, and from developer to billing manager takes and gives', () => {
    const world = peaceOf({ ada: roles('administrator'), bob: roles('developer'), root: roles('owner') });
    want(world, 'ada', roles('developer'));
    want(world, 'bob', roles('billing_manager'));
    const plan = planOf(world);
    expect(plan.changes.map(say)).toEqual([
      'patch ada administrator→developer git role_differs',
      'patch bob developer→billing_manager git role_differs',
    ]);
    expect(decide(world, 'all').decisions.map((one) => one.takesAway)).toEqual([true, true]);
    expect(changeFor(plan, 'ada')).toMatchObject({ risk: 'medium', tags: ['privilege_lost'] });
  });

  it('somebody who was given one more in the console gained access', () => {
    const world = peaceOf({ ada: roles('developer') });
    world.live.set('ada', live('ada', null, roles('developer+billing_manager')));
    expect(onlyChange(planOf(world))).toMatchObject({ reason_code: 'raised', tags: ['drift_gained'], risk: 'high' });
  });

  it('one role may end while the others stay, also when another had ended before', () => {
    const world = peaceOf({ ada: roles('developer+support') });
    want(world, 'ada', roles('support'), roles('developer+support+billing_manager'));
    expect(say(onlyChange(planOf(world)))).toBe('patch ada developer+support→support end grant_ended');
  });

  it('an end in a pull request is one as well where another role had ended before', () => {
    const world = peaceOf({ ada: roles('developer+support') });
    const base = peaceOf({});
    want(world, 'ada', roles('support'), roles('developer+support+billing_manager'));
    want(base, 'ada', roles('support'), roles('developer+support+billing_manager'));
    world.base = base;
    expect(say(onlyChange(planOf(world)))).toBe('patch ada developer+support→support end grant_ended');
  });

  it('each step stands at the grant of the role that comes, or else of the one that goes, of several the one that lasts longest', () => {
    const grant = (role: string, line: number, until: string | null = null): Grant => {
      const at = { ...place(), line };
      return { account: ACCOUNT, team: 'voice', role, group: null, reason: 'x', until, source: at };
    };
    const grants = [
      grant('support', 1),
      grant('developer', 2, '2027-01-31'),
      grant('developer', 3),
      grant('billing_manager', 4, '2026-11-01'),
    ];
    const lineOf = (now: string): number | undefined => {
      const world = peaceOf({ ada: roles(now) });
      const holding = roles('developer+support');
      world.wants.set('ada', wants('ada', null, { holding, holdingWithoutEnds: roles('billing_manager+developer+support'), grants }));
      return onlyChange(planOf(world)).source?.line;
    };
    expect(lineOf('support')).toBe(3);
    expect(lineOf('developer')).toBe(1);
    expect(lineOf('billing_manager+developer+support')).toBe(4);
    expect(lineOf('administrator+developer+support')).toBe(place().line);
  });

  it('a role that nobody grants makes it no end', () => {
    const world = peaceOf({ ada: roles('developer+support') });
    want(world, 'ada', roles('-'), roles('developer'));
    expect(onlyChange(planOf(world))).toMatchObject({ origin: 'git' });
  });

  it('an invitation makes somebody active at once where there is none to accept', () => {
    const world = peaceOf({});
    want(world, 'ada', roles('developer'));
    expect(onlyChange(planOf(world)).after).toMatchObject({ status: 'active', name: 'ada' });
  });
});

describe('somebody inactive', () => {
  it('is let in again by no approval from when they were active', () => {
    const world = peaceOf({ ada: roles('developer') });
    want(world, 'ada', roles('developer+support'));
    const approved = planOf(world).changes;
    world.ledger = { owed: new Map(approved.map((change) => [change.principal, owed(change)])) };
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    const change = onlyChange(planOf(world));
    expect(change.id).not.toBe(approved[0]?.id);
    expect(change).toMatchObject({ origin: 'both', reason_code: 'reactivated', tags: [] });
    expect(verdicts(decide(world, approved).decisions)).toEqual({ ada: 'withhold' });
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ ada: 'make' });
  });

  it('counts as no access and is left alone where policy does not want them', () => {
    const world = peaceOf({ bob: roles('developer') });
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    const plan = planOf(world);
    expect(plan.verdict).toBe('empty');
    expect(plan.accounts[0]?.left_alone).toMatchObject([
      { principal: mail('ada'), status: 'inactive', note: 'inactive: counts as no access, activated again where policy wants it' },
    ]);
  });

  it('is activated again where policy wants them now, and loses the roles that are too many', () => {
    const world = peaceOf({});
    world.live.set('ada', live('ada', null, { ...roles('administrator'), status: 'inactive' }));
    want(world, 'ada', roles('developer'));
    const change = onlyChange(planOf(world));
    expect(say(change)).toBe('patch ada administrator→developer git reactivated');
    expect(change).toMatchObject({ after: { status: 'active' }, tags: [], risk: 'medium' });
    expect(decide(world, 'all').decisions[0]?.parts).toEqual([
      { do: 'unassign', role: 'administrator' },
      { do: 'patch', fields: { active: true } },
      { do: 'assign', role: 'developer' },
    ]);
  });

  it('with the very roles that policy gives is activated and nothing else', () => {
    const world = peaceOf({});
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    want(world, 'ada', roles('developer'));
    expect(onlyChange(planOf(world))).toMatchObject({
      reason_code: 'reactivated',
      patch: [{ op: 'replace', path: '/status', value: 'active' }],
    });
  });

  it('was lost when somebody did it in the console, so nobody gives it back unseen', () => {
    const world = peaceOf({ ada: roles('developer') });
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    const change = onlyChange(planOf(world));
    expect(change).toMatchObject({ origin: 'drift', reason_code: 'reactivated', tags: ['drift_lost'] });
    expect(decide(world, 'all').decisions[0]?.verdict).toBe('leave');
  });

  it('without any role here is found by id, so that nobody is made twice', () => {
    const world = peaceOf({});
    want(world, 'ada', roles('developer'));
    world.observed = { without: [without('ada'), without('bob')] };
    const plan = planOf(world);
    expect(say(onlyChange(plan))).toBe('patch ada nothing→developer git reactivated');
    expect(onlyChange(plan)).toMatchObject({ principal_id: 'id-ada', before: { status: 'inactive' }, after: { status: 'active' } });
    expect(plan.accounts[0]?.left_alone).toEqual([]);
  });
});

describe('product roles', () => {
  const withRoles: Partial<Observation> = { productRoles: ['Studio Viewer', 'Studio Admin', 'Insights Viewer'] };

  it('are known when the live list has them', () => {
    const world = peaceOf({ ada: roles('developer+Studio Viewer') });
    world.observed = withRoles;
    expect(planOf(world)).toMatchObject({ verdict: 'empty', accounts: [{ left_alone: [] }] });
  });

  it('that the live list does not have leave their holder alone', () => {
    const world = peaceOf({ ada: roles('developer+Studio Boss') });
    world.observed = withRoles;
    expect(planOf(world).accounts[0]?.left_alone).toMatchObject([{ principal: mail('ada') }]);
  });

  it('that policy wants and nobody has heard of are a step for a person, with what there is', () => {
    const world = peaceOf({ ada: roles('developer') });
    world.observed = withRoles;
    want(world, 'ada', roles('developer+Studio Veiwer'));
    const change = onlyChange(planOf(world));
    expect(change.executor).toBe('manual');
    expect(change.steps).toEqual([
      'The account has no role named Studio Veiwer, so nobody can be given it. There are Studio Viewer, Studio Admin. Correct the grant in policy, or have the role made; the next read sees it.',
    ]);
  });
});

describe('groups', () => {
  it('are changed by hand, with the steps', () => {
    const world = peaceOf({ ada: groups('billing') }, OF_GROUPS);
    want(world, 'ada', groups('billing+owners'));
    want(world, 'bob', groups('billing'));
    const plan = planOf(world);
    expect(changeFor(plan, 'ada')).toMatchObject({
      executor: 'manual',
      risk: 'high',
      tags: ['privilege_gained'],
      steps: [`Change the groups of ${mail('ada')}.`],
    });
    expect(changeFor(plan, 'bob')).toMatchObject({
      executor: 'manual',
      after: { status: 'active', name: '', roles: ['member'], groups: ['billing'] },
      steps: [`Invite ${mail('bob')}.`],
    });
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ ada: 'hand', bob: 'hand' });
  });

  it('that make somebody privileged are guarded like a role', () => {
    const world = peaceOf({ ada: groups('owners'), bob: groups('billing') }, OF_GROUPS);
    want(world, 'ada', groups('billing'));
    const { guards, summary } = planOf(world);
    expect(blocking(guards)).toEqual(['min_admins']);
    expect(guardOf(guards, 'max_deletes', 'policy').actual).toBe(1);
    expect(summary.privileged_before).toBe(2);
  });

  it('that a person is to take away are guarded when they are handed over, too', () => {
    const world = peaceOf({ ada: groups('owners'), bob: groups('billing') }, OF_GROUPS);
    want(world, 'ada', groups('billing'));
    expect(blocking(decide(world, 'all').guards)).toEqual(['min_admins']);
  });

  it('of which another is as privileged change nothing that matters, and the plan says so', () => {
    const world = peaceOf({ ada: groups('owners+platform'), bob: groups('owners') }, OF_GROUPS);
    want(world, 'ada', groups('platform'));
    const plan = planOf(world);
    expect(onlyChange(plan).tags).toEqual([]);
    expect(plan.accounts[0]?.notes).toEqual([
      `${mail('ada')} loses owners and stays as privileged as before: of several groups the most permissive counts, and platform is kept.`,
    ]);
  });

  it('names that nobody can set are no change', () => {
    const world = peaceOf({ ada: groups('billing') }, OF_GROUPS);
    world.policy = { names: 'enforce' };
    world.live.set('ada', live('ada', null, { ...groups('billing'), name: '' }));
    expect(planOf(world).verdict).toBe('empty');
  });

  it('who is still there after the vendor deleted them is deleted by hand from then on', () => {
    const world = peaceOf({ ada: groups('billing'), bob: groups('owners') }, OF_GROUPS);
    world.wants.delete('ada');
    const approved = planOf(world).changes;
    expect(approved).toMatchObject([{ executor: 'api', steps: [] }]);
    world.ledger = { stillThere: new Set(approved.map((change) => change.principal_id ?? '')) };
    const change = onlyChange(planOf(world));
    expect(change).toMatchObject({ executor: 'manual', steps: [`Ask support to block ${mail('ada')}.`] });
    expect(verdicts(decide(world, approved).decisions)).toEqual({ ada: 'hand' });
  });
});

describe('whom the provider has a word about', () => {
  it('is left alone with that word, and with what policy wants', () => {
    const world = peaceOf({ ada: roles('developer') });
    world.live.set('ada', live('ada', null, { ...roles('developer'), note: 'a role that the live list has no more' }));
    want(world, 'ada', roles('support'));
    const plan = planOf(world);
    expect(plan.changes).toEqual([]);
    expect(plan.accounts[0]?.left_alone[0]?.note).toBe('a role that the live list has no more; policy wants support');
  });
});

describe('keys left behind', () => {
  it('are spoken of when an administrator or a developer goes, and never of a billing manager or an invitation', () => {
    const world = peaceOf({
      ada: roles('developer'),
      bob: roles('billing_manager'),
      cleo: roles('administrator'),
      dan: roles('developer'),
    });
    world.live.set('dan', live('dan', null, { ...roles('developer'), status: 'invited' }));
    world.remembered.set('dan', held('dan', 'member', { ...roles('developer'), status: 'invited' }));
    for (const name of ['ada', 'bob', 'dan']) world.wants.delete(name);
    want(world, 'cleo', roles('support'));
    const plan = planOf(world);
    expect(Object.fromEntries(plan.changes.map(({ principal, steps }) => [principal.split('@')[0], steps]))).toEqual({
      ada: [`Revoke the keys of ${mail('ada')}.`],
      bob: [],
      cleo: [`Revoke the keys of ${mail('cleo')}.`],
      dan: [],
    });
  });
});

describe('a change that was cut off in the middle', () => {
  it('is the approved one all the same, from what it left', () => {
    const world = peaceOf({ ada: roles('administrator'), bob: roles('administrator') });
    want(world, 'ada', roles('developer+support'));
    const approved = planOf(world).changes;
    const halfway = [roles('administrator'), roles('-'), roles('developer'), roles('developer+support')];
    world.live.set('ada', live('ada', null, roles('developer')));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ ada: 'withhold' });
    world.ledger = { halfway: new Map([[mail('ada'), halfway]]) };
    expect(verdicts(decide(world, approved).decisions)).toEqual({ ada: 'make' });
    world.ledger = { ...world.ledger, owed: new Map(approved.map((change) => [change.principal, owed(change)])) };
    expect(onlyChange(planOf(world))).toMatchObject({ origin: 'git', tags: ['owed'] });
    expect(verdicts(decide(world, []).decisions)).toEqual({ ada: 'make' });
  });

  it('with another end than was approved is withheld', () => {
    const world = peaceOf({ ada: roles('administrator'), bob: roles('administrator') });
    want(world, 'ada', roles('developer'));
    const approved = planOf(world).changes;
    world.ledger = { halfway: new Map([[mail('ada'), [roles('administrator'), roles('-'), roles('developer')]]]) };
    world.live.set('ada', live('ada', null, roles('-')));
    want(world, 'ada', roles('developer+support'));
    expect(verdicts(decide(world, approved).decisions)).toEqual({ ada: 'withhold' });
  });

  it('goes on to delete the login that it left without a role', () => {
    const world = peaceOf({ ada: roles('developer'), bob: roles('administrator') });
    world.wants.delete('ada');
    const approved = planOf(world).changes;
    world.live.set('ada', live('ada', null, roles('-')));
    world.ledger = {
      halfway: new Map([[mail('ada'), [roles('developer'), roles('-')]]]),
      owed: new Map(approved.map((change) => [change.principal, owed(change)])),
      spentDeletes: [{ at: AT, principal: mail('ada'), budget: 'policy', approvals: [] }],
    };
    const plan = planOf(world);
    expect(say(onlyChange(plan))).toBe('delete ada nothing→nobody git not_in_policy');
    expect(guardOf(plan.guards, 'max_deletes', 'policy').actual).toBe(1);
    expect(decide(world, []).decisions).toMatchObject([{ verdict: 'make', parts: [{ do: 'delete' }] }]);
  });

  it('and that policy takes back meanwhile is made good by policy, and is nobody’s drift', () => {
    const world = peaceOf({ ada: roles('developer'), bob: roles('administrator') });
    world.live.set('ada', live('ada', null, roles('-')));
    world.ledger = { halfway: new Map([[mail('ada'), [roles('developer'), roles('-')]]]) };
    expect(say(onlyChange(planOf(world)))).toBe('patch ada nothing→developer git role_differs');
    expect(verdicts(decide(world, []).decisions)).toEqual({ ada: 'withhold' });
    expect(verdicts(decide(world, 'all').decisions)).toEqual({ ada: 'make' });
  });

  it('goes on to give roles to the login that an invitation made', () => {
    const world = peaceOf({ bob: roles('administrator') });
    want(world, 'ada', roles('developer+support'));
    const approved = planOf(world).changes;
    world.live.set('ada', live('ada', null, roles('-')));
    world.ledger = { halfway: new Map([[mail('ada'), [roles('-'), roles('developer'), roles('developer+support')]]]) };
    expect(decide(world, approved).decisions).toMatchObject([
      {
        verdict: 'make',
        parts: [
          { do: 'assign', role: 'developer' },
          { do: 'assign', role: 'support' },
        ],
      },
    ]);
    expect(approve(approved).changes.size).toBe(1);
  });

  it('a stranger whose delete was cut off is still drift to be taken back', () => {
    const world = peaceOf({ bob: roles('administrator') });
    world.live.set('eve', live('eve', null, roles('-')));
    world.ledger = { halfway: new Map([[mail('eve'), [roles('developer'), roles('-')]]]) };
    expect(onlyChange(planOf(world, 'drift'))).toMatchObject({ action: 'delete', origin: 'drift', tags: ['irreversible', 'drift_gained'] });
    expect(verdicts(decide(world, [], 'drift').decisions)).toEqual({ eve: 'make' });
  });

  it('an unmanaged person whom policy would delete no more keeps the login that is left', () => {
    const world = peaceOf({ bob: roles('administrator') });
    world.baseline = new Map([['eve', roles('developer')]]);
    world.live.set('eve', live('eve', null, roles('developer')));
    world.policy = { unmanaged: 'delete' };
    const approved = planOf(world).changes;
    world.live.set('eve', live('eve', null, roles('-')));
    world.ledger = {
      halfway: new Map([[mail('eve'), [roles('developer'), roles('-')]]]),
      owed: new Map(approved.map((change) => [change.principal, owed(change)])),
    };
    expect(say(onlyChange(planOf(world)))).toBe('delete eve nothing→nobody git unmanaged');
    world.policy = { unmanaged: 'report' };
    expect(planOf(world)).toMatchObject({ changes: [], accounts: [{ unmanaged: [{ principal: mail('eve') }] }] });
  });

  it('an empty login that nobody of ours has left is left alone', () => {
    const world = peaceOf({ bob: roles('administrator') });
    world.live.set('eve', live('eve', null, roles('-')));
    expect(planOf(world)).toMatchObject({ changes: [], accounts: [{ left_alone: [{ principal: mail('eve') }] }] });
  });
});

function settledOf(world: World) {
  const { changes } = planOf(world);
  const input = { desired: desiredOf(world), observation: observationOf(world), history: historyOf(world), changes };
  return findSettled({ ...input, capabilities: OF_SETS, isAgreed: () => true });
}

describe('who was active once', () => {
  it('is remembered so, whatever is said of an invitation later; who was invited is remembered as active once they came', () => {
    const world = peaceOf({ ada: roles('developer'), bob: roles('administrator') });
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'invited' }));
    expect(settledOf(world)).toEqual(new Map());
    world.remembered.set('bob', held('bob', 'member', { ...roles('administrator'), status: 'invited' }));
    expect(settledOf(world)).toMatchObject(new Map([[mail('bob'), expect.objectContaining({ status: 'active' })]]));
  });
});

describe('what is true of somebody inactive', () => {
  it('a delete that was approved is done by it, and nobody remembers access', () => {
    const world = peaceOf({ ada: roles('developer'), bob: roles('administrator') });
    world.wants.delete('ada');
    const { changes } = planOf(world);
    world.ledger = { owed: new Map(changes.map((change) => [change.principal, owed(change)])) };
    world.live.set('ada', live('ada', null, { ...roles('support'), status: 'inactive' }));
    const plan = planOf(world);
    const input = { account: plan.accounts[0]?.account ?? '', fresh: plan.changes, approved: approve([]), history: historyOf(world) };
    const shown = { left_alone: plan.accounts[0]?.left_alone ?? [], unmanaged: [] };
    const ended = findEndedOwed({
      ...input,
      shown,
      observation: observationOf(world),
      desired: desiredOf(world),
      isAgreed: () => true,
    });
    expect(ended).toEqual({ already: changes, superseded: [], untouched: [] });
    expect(settledOf(world)).toEqual(new Map([[mail('ada'), null]]));
  });

  it('a baseline does not have them, so that whoever activates them has given access', () => {
    const world = peaceOf({ bob: roles('administrator') });
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    expect(findBaseline(desiredOf(world), observationOf(world))).toEqual(new Map());
    world.live.set('ada', live('ada', null, roles('developer')));
    expect(onlyChange(planOf(world, 'drift'))).toMatchObject({ reason_code: 'stranger', tags: ['irreversible', 'drift_gained'] });
  });

  it('an account in which nobody else is left is empty, and no reason to stop', () => {
    const world = peaceOf({});
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    expect(planOf(world).verdict).toBe('empty');
  });

  it('three times activated and deactivated again is a war over whether they are there', () => {
    const world = peaceOf({ ada: roles('developer') });
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    world.ledger = { reverts: [1, 2, 3].map(() => ({ at: AT, principal: mail('ada'), field: 'presence' })) };
    expect(onlyChange(planOf(world, 'drift')).tags).toEqual(['drift_lost', 'war']);
  });

  it('a grant that came back later is new, and no loss that somebody made', () => {
    const world = peaceOf({ bob: roles('administrator') });
    world.remembered.set('ada', null);
    world.live.set('ada', live('ada', null, { ...roles('developer'), status: 'inactive' }));
    want(world, 'ada', roles('developer'));
    expect(onlyChange(planOf(world))).toMatchObject({ origin: 'git', reason_code: 'reactivated' });
  });
});
