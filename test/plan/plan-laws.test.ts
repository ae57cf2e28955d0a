import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/model.ts';
import {
  afterMaking,
  decide,
  held,
  holding,
  inPeace,
  live,
  mail,
  OWNER,
  observationOf,
  owed,
  person,
  planOf,
  type Role,
  type World,
  wants,
} from './support.ts';

const role = fc.constantFrom<Role>('member', 'admin');
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });

/** One principal, as account, policy and ledger may have them. */
const somebody = fc.record({
  live: maybe(
    fc.record({
      role: fc.constantFrom('member', 'admin', 'owner', 'auditor', null),
      status: fc.constantFrom('active' as const, 'active' as const, 'invited' as const, 'suspended' as const, 'unknown' as const),
      name: fc.constantFrom('One', 'Other'),
    }),
  ),
  grant: maybe(role),
  ended: maybe(role),
  name: fc.constantFrom('One', 'Other'),
  last: fc.constantFrom<'missing' | 'deleted' | Role>('missing', 'deleted', 'member', 'admin'),
  lastStatus: fc.constantFrom('active' as const, 'invited' as const),
  atBaseline: maybe(fc.constantFrom('member', 'admin', 'auditor')),
  named: fc.boolean(),
  replaces: maybe(fc.integer({ min: 0, max: 11 })),
});

const settings = fc.record({
  unmanaged: fc.constantFrom('report' as const, 'delete' as const),
  names: fc.constantFrom('invite' as const, 'enforce' as const),
  gained: fc.constantFrom('revert' as const, 'report' as const),
  lost: fc.constantFrom('revert' as const, 'report' as const),
  recorded: fc.boolean(),
  hasBaseline: fc.boolean(),
});

type Somebody = typeof somebody extends fc.Arbitrary<infer T> ? T : never;

const accounts: fc.Arbitrary<World> = fc
  .tuple(fc.array(somebody, { maxLength: 12 }), settings)
  .map(([people, { unmanaged, names, gained, lost, recorded, hasBaseline }]) => {
    const world = inPeace({});
    world.policy = { unmanaged, names, drift: { gained, lost }, invites: { perHour: 1000, open: 1000 } };
    world.ledger = { recorded };
    if (!hasBaseline || !recorded) world.baseline = null;
    // An address has one successor at most.
    const replaced = new Set<number>();
    for (const [index, one] of people.entries()) {
      const replaces = one.replaces === null || one.replaces === index || replaced.has(one.replaces) ? null : one.replaces;
      if (replaces !== null) replaced.add(replaces);
      addLive(world, `p${index}`, one);
      addPolicy(world, `p${index}`, one, replaces === null ? [] : [mail(`p${replaces}`)]);
      if (recorded) addPast(world, `p${index}`, one);
    }
    return world;
  });

function addLive(world: World, name: string, one: Somebody): void {
  if (one.live !== null) world.live.set(name, live(name, one.live.role, { status: one.live.status, name: one.live.name }));
}

function addPolicy(world: World, name: string, one: Somebody, previously: readonly string[]): void {
  const ended = one.ended === null ? {} : { ended: one.ended };
  if (one.grant !== null || one.ended !== null) world.wants.set(name, wants(name, one.grant, { name: one.name, previously, ...ended }));
  else if (one.named) world.people.set(name, person(name));
}

function addPast(world: World, name: string, one: Somebody): void {
  if (one.last === 'deleted') world.remembered.set(name, null);
  else if (one.last !== 'missing') world.remembered.set(name, held(name, one.last, { status: one.lastStatus }));
  if (one.atBaseline !== null) world.baseline?.set(name, holding(one.atBaseline));
}

const isWaiting = (change: Change) => change.tags.includes('waits_for_replacement') || change.tags.includes('question_to_owner');

describe('for every account', () => {
  it('a plan of equal states is empty', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), role, { maxKeys: 12 }), (roles) => {
        for (const mode of ['change', 'drift'] as const)
          expect(planOf(inPeace(roles), mode)).toMatchObject({ changes: [], verdict: 'empty' });
      }),
    );
  });

  it('making what the API can make leaves nothing for the API but what waits for a person', () => {
    fc.assert(
      fc.property(accounts, (world) => {
        const made = planOf(world).changes.filter((change) => change.executor === 'api' && !isWaiting(change));
        // An invitation is accepted, so what waits for it is due in the second round and nothing is in the third.
        const accepted = (next: World): World => {
          for (const [name, one] of next.live) if (one.status === 'invited') next.live.set(name, { ...one, status: 'active' });
          return next;
        };
        const second = accepted(afterMaking(world, made));
        const left = planOf(second).changes.filter((change) => change.executor === 'api');
        expect(left.filter((change) => change.action !== 'delete' && change.reason_code !== 'name_differs')).toEqual([]);
        const third = afterMaking(
          second,
          left.filter((change) => !isWaiting(change)),
        );
        expect(planOf(third).changes.filter((change) => change.executor === 'api' && !isWaiting(change))).toEqual([]);
      }),
    );
  });

  it('nothing is made that is neither approved, owed, ended nor lapsed', () => {
    fc.assert(
      fc.property(
        accounts,
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        fc.integer({ min: 0, max: 11 }),
        (world, picks, debt) => {
          const { changes } = planOf(world);
          const approved = changes.filter((_, index) => picks[index] === true);
          const due = changes.filter((change) => change.origin !== 'drift')[debt];
          if (due !== undefined) world.ledger = { ...world.ledger, owed: new Map([[due.principal, owed(due)]]) };
          const allowed = new Set([...approved, ...(due === undefined ? [] : [due])].map((change) => change.id));
          for (const { change, verdict } of decide(world, approved).decisions) {
            if (change.origin === 'drift') expect(verdict).toBe('leave');
            if (verdict !== 'make' && verdict !== 'hand') continue;
            expect(allowed.has(change.id) || change.origin === 'end' || change.reason_code === 'invitation_lapsed').toBe(true);
          }
        },
      ),
    );
  });

  it('a drift run makes nothing but drift by the rules of the account, ends, debts and lapsed invitations', () => {
    fc.assert(
      fc.property(accounts, (world) => {
        const rules = world.policy.drift;
        for (const { change, verdict } of decide(world, [], 'drift').decisions) {
          if (verdict !== 'make') continue;
          if (change.origin === 'drift') expect(rules?.[change.tags.includes('drift_gained') ? 'gained' : 'lost']).toBe('revert');
          else expect(change.origin === 'end' || change.tags.includes('owed')).toBe(true);
        }
      }),
    );
  });

  it('nobody has two changes, the owner loses nothing, and whoever is left alone has none', () => {
    fc.assert(
      fc.property(accounts, fc.boolean(), (world, ownerListed) => {
        if (ownerListed) world.live.set('root', live('root', 'admin'));
        const plan = planOf(world);
        const principals = plan.changes.map((change) => change.principal);
        expect(new Set(principals).size).toBe(principals.length);
        expect(plan.changes.filter((change) => change.principal === OWNER && change.reason_code !== 'owner_transfer')).toEqual([]);
        const alone = new Set(plan.accounts[0]?.left_alone.map((one) => one.principal));
        expect(principals.filter((principal) => alone.has(principal))).toEqual([]);
      }),
    );
  });

  it('nobody is given a role, or a place in the account, that neither policy nor what was last true gives them', () => {
    fc.assert(
      fc.property(accounts, (world) => {
        for (const change of planOf(world).changes) {
          const name = change.principal.split('@')[0] ?? '';
          const given = change.after?.roles ?? [];
          const source = [world.wants.get(name)?.holding, world.baseline?.get(name)].filter((one) => one !== undefined);
          expect(given.length === 0 || source.some((one) => one.roles.join() === given.join())).toBe(true);
          expect(given.every((one) => world.capabilities.roles.includes(one))).toBe(true);
        }
      }),
    );
  });

  it('the summary counts every change once, and drift apart', () => {
    fc.assert(
      fc.property(accounts, fc.constantFrom('change' as const, 'drift' as const), (world, mode) => {
        const { summary, changes } = planOf(world, mode);
        const counted = summary.invite + summary.patch + summary.delete + summary.manual;
        expect(counted + (mode === 'change' ? summary.drift : 0)).toBe(changes.length);
      }),
    );
  });

  it('every guard speaks of changes that the plan has', () => {
    fc.assert(
      fc.property(accounts, (world) => {
        const plan = planOf(world);
        const ids = new Set(plan.changes.map((change) => change.id));
        expect(plan.guards.flatMap((guard) => guard.changes).filter((id) => !ids.has(id))).toEqual([]);
        expect(observationOf(world).principals).toHaveLength(world.live.size);
      }),
    );
  });
});
