import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdingsAlong, isEmpty, sameHolding } from '../../src/holding.ts';
import type { Access, Change, Holding } from '../../src/model.ts';
import { listParts } from '../../src/plan/list-parts.ts';
import { makeChange } from '../../src/plan/make-change.ts';
import { gains } from '../../src/plan/privilege.ts';
import { OF_GROUPS, OF_SETS } from './other-providers.ts';
import { ACCOUNT, afterMaking, decide, held, inPeace, live, mail, owed, place, planOf, type World, wants } from './support.ts';

const WORDS = ['Studio Viewer', 'billing_manager', 'developer', 'support'];
/** As a live list may have them, which policy never wants: an administrator beside other roles. */
const sets: fc.Arbitrary<Holding> = fc
  .tuple(fc.subarray(WORDS), fc.boolean())
  .map(([some, isAdmin]) => ({ roles: [...some, ...(isAdmin ? ['administrator'] : [])].toSorted(), groups: [] }));
const wanted: fc.Arbitrary<Holding> = sets.map(({ roles, groups }) => ({
  roles: roles.includes('administrator') ? ['administrator'] : roles,
  groups,
}));
const somebody = fc.record({
  live: fc.option(fc.record({ holding: sets, status: fc.constantFrom('active' as const, 'inactive' as const) }), { nil: null }),
  wanted,
  ended: wanted,
  last: fc.option(wanted, { nil: null }),
});

function changeFrom(before: (Holding & { status: Access['status'] }) | null, after: Holding): Change {
  const access = (held: Holding, status: Access['status']): Access => ({ ...held, status, name: 'ada' });
  return makeChange(
    {
      account: ACCOUNT,
      action: before === null ? 'invite' : isEmpty(after) ? 'delete' : 'patch',
      principal: mail('ada'),
      principal_id: before === null ? null : 'id-ada',
      before: before === null ? null : access(before, before.status),
      after: isEmpty(after) ? null : access(after, 'active'),
      executor: 'api',
      origin: 'git',
      reason_code: 'role_differs',
      source: place(),
    },
    OF_SETS,
  );
}

/** Every change that is one: something becomes something else. */
const changes = fc
  .tuple(fc.option(sets, { nil: null }), fc.constantFrom('active' as const, 'inactive' as const), wanted)
  .filter(([before, , after]) => !(before === null && isEmpty(after)) && !(before !== null && sameHolding(before, after)))
  .map(([before, status, after]) => changeFrom(before === null ? null : { ...before, status }, after));

const held0 = ({ before }: Change): Holding => before ?? { roles: [], groups: [] };
const isAdmin = ({ roles }: Holding) => roles.includes('administrator');
const union = (a: Holding, b: Holding): Holding => ({ roles: [...new Set([...a.roles, ...b.roles])].toSorted(), groups: [] });

describe('the parts of a change', () => {
  it('lead from before to after, one role at a time', () => {
    fc.assert(
      fc.property(changes, (change) => {
        const along = holdingsAlong(change, listParts(change, OF_SETS));
        expect(along[0]).toEqual({ roles: held0(change).roles, groups: [] });
        expect(along.at(-1)).toEqual({ roles: change.after?.roles ?? [], groups: [] });
        for (const [at, one] of along.slice(1).entries()) {
          const before = along[at]?.roles ?? [];
          const moved = [...one.roles.filter((role) => !before.includes(role)), ...before.filter((role) => !one.roles.includes(role))];
          expect(moved.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('never pass through more access than before and after have together', () => {
    fc.assert(
      fc.property(changes, (change) => {
        const both = union(held0(change), change.after ?? { roles: [], groups: [] });
        for (const one of holdingsAlong(change, listParts(change, OF_SETS))) expect(gains(both, one, OF_SETS)).toBe(false);
      }),
    );
  });

  it('of a lowering never pass through more access than before', () => {
    fc.assert(
      fc.property(changes, (change) => {
        const before = held0(change);
        if (gains(before, change.after ?? { roles: [], groups: [] }, OF_SETS)) return;
        for (const one of holdingsAlong(change, listParts(change, OF_SETS))) expect(gains(before, one, OF_SETS)).toBe(false);
      }),
    );
  });

  it('never leave a privileged person who stays privileged without privilege, nor anybody who stays without a role', () => {
    const privileged = { ...OF_SETS, privilegedRoles: ['administrator', 'Studio Viewer'] };
    const has = ({ roles }: Holding) => roles.some((role) => privileged.privilegedRoles.includes(role));
    fc.assert(
      fc.property(changes, (change) => {
        if (change.before?.status !== 'active' || change.after === null || !has(change.before) || !has(change.after)) return;
        expect(holdingsAlong(change, listParts(change, privileged)).filter((one) => !has(one))).toEqual([]);
      }),
    );
  });

  it('give nothing to an inactive person before all that is too much is gone', () => {
    fc.assert(
      fc.property(changes, (change) => {
        if (change.before?.status !== 'inactive' || change.after === null) return;
        const parts = listParts(change, OF_SETS);
        const activated = parts.findIndex((part) => part.do === 'patch' && part.fields.active === true);
        expect(activated).toBeGreaterThan(-1);
        const along = holdingsAlong(change, parts);
        const surplus = along.slice(activated + 1).filter((one) => one.roles.some((role) => change.after?.roles.includes(role) === false));
        expect(surplus).toEqual([]);
        expect(parts.slice(0, activated).filter((part) => part.do === 'assign')).toEqual([]);
      }),
    );
  });

  it('of an administrator who becomes something else take before they give', () => {
    fc.assert(
      fc.property(changes, (change) => {
        if (change.after === null || !isAdmin(held0(change)) || isAdmin(change.after)) return;
        const gives = listParts(change, OF_SETS).map((part) => part.do);
        expect(gives.lastIndexOf('unassign')).toBeLessThan(Math.max(gives.indexOf('assign'), gives.length));
        if (gives.includes('assign')) expect(gives.lastIndexOf('unassign')).toBeLessThan(gives.indexOf('assign'));
      }),
    );
  });
});

function worldOf(people: readonly (typeof somebody extends fc.Arbitrary<infer T> ? T : never)[]): World {
  const world = inPeace({});
  world.capabilities = OF_SETS;
  world.observed = { productRoles: ['Studio Viewer'] };
  for (const [index, one] of people.entries()) {
    const name = `p${index}`;
    if (one.live !== null && !isEmpty(one.live.holding)) {
      world.live.set(name, live(name, null, { ...one.live.holding, status: one.live.status }));
    }
    const whole = union(one.wanted, one.ended);
    const holdingWithoutEnds = isAdmin(whole) ? { roles: ['administrator'], groups: [] } : whole;
    if (!isEmpty(whole)) world.wants.set(name, wants(name, null, { holding: one.wanted, holdingWithoutEnds }));
    if (one.last !== null) world.remembered.set(name, isEmpty(one.last) ? null : held(name, 'member', one.last));
  }
  return world;
}

describe('an account whose roles add up', () => {
  it('has nothing left to plan once everything was made, and somebody inactive whom nobody wants stays as they are', () => {
    fc.assert(
      fc.property(fc.array(somebody, { maxLength: 8 }), (people) => {
        const world = worldOf(people);
        const next = afterMaking(world, planOf(world).changes);
        expect(planOf(next).changes).toEqual([]);
        const idle = (one: World) => [...one.live.values()].filter(({ status }) => status === 'inactive');
        expect(idle(next).map(({ principal }) => principal)).toEqual(planOf(next).accounts[0]?.left_alone.map((one) => one.principal));
      }),
    );
  });

  it('comes to the same by the same approval wherever a change was cut off', () => {
    fc.assert(
      fc.property(fc.array(somebody, { minLength: 1, maxLength: 3 }), (people) => {
        const world = worldOf(people);
        const { changes: approved } = planOf(world);
        for (const change of approved) {
          for (const cut of cutOff(world, change)) {
            const rest = planOf(cut).changes.filter(({ principal }) => principal === change.principal);
            expect(rest.map(({ after }) => after?.roles ?? [])).toEqual([change.after?.roles ?? []]);
            const { decisions } = decide(cut, approved);
            const own = decisions.filter((one) => one.change.principal === change.principal);
            if (change.origin !== 'drift') expect(own.map(({ verdict }) => verdict)).toEqual(['make']);
          }
        }
      }),
    );
  });
});

/** The account as each part but the last leaves it, with the ledger of a run that was killed then. */
function cutOff(world: World, change: Change): World[] {
  const name = change.principal.split('@')[0] ?? '';
  const parts = listParts(change, OF_SETS);
  const along = holdingsAlong(change, parts);
  const activated = parts.findIndex((part) => part.do === 'patch' && part.fields.active === true);
  return along.slice(1, -1).flatMap((holding, index) => {
    const status = change.before?.status === 'inactive' && index < activated ? 'inactive' : 'active';
    const there = live(name, null, { ...holding, status });
    const cut: World = { ...world, live: new Map(world.live).set(name, there) };
    if (isEmpty(holding) && status === 'inactive') {
      cut.live.delete(name);
      cut.observed = { ...world.observed, without: [there] };
    }
    const guards = { maxDeletes: 100, maxDeletesPercent: 100, minAdmins: 0, neverDelete: [] };
    const due = change.origin === 'drift' ? [] : [[change.principal, owed(change)] as const];
    return [{ ...cut, policy: { guards }, ledger: { halfway: new Map([[change.principal, along]]), owed: new Map(due) } }];
  });
}

describe('an account of groups', () => {
  it('has nothing left to plan once people did what the steps say', () => {
    const groups = fc.subarray(['billing', 'owners', 'platform']).map((some): Holding => ({ roles: ['member'], groups: some }));
    const maybe = fc.option(groups, { nil: null });
    fc.assert(
      fc.property(fc.array(fc.record({ live: maybe, wanted: maybe }), { maxLength: 6 }), (people) => {
        const world = inPeace({});
        world.capabilities = OF_GROUPS;
        for (const [index, one] of people.entries()) {
          if (one.live !== null) world.live.set(`p${index}`, live(`p${index}`, null, one.live));
          if (one.wanted !== null) {
            world.wants.set(`p${index}`, wants(`p${index}`, null, { holding: one.wanted, holdingWithoutEnds: one.wanted }));
          }
        }
        const { changes } = planOf(world);
        for (const change of changes) expect(change.executor === 'manual').toBe(change.action !== 'delete');
        expect(planOf(afterMaking(world, changes)).changes).toEqual([]);
      }),
    );
  });
});
