import fc from 'fast-check';
import jsonpatch from 'fast-json-patch';
import { describe, expect, it, vi } from 'vitest';
import type { Access, Change } from '../../src/model.ts';
import { changeId, makeChange } from '../../src/plan/make-change.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import {
  ACCOUNT,
  changeFor,
  decide,
  held,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  NO_COMMIT,
  observationOf,
  person,
  place,
  planOf,
  settle,
  stateOf,
  type World,
  wants,
} from './support.ts';

/** One of everything. */
function busy(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member', eve: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  world.wants.delete('dan');
  world.wants.set('eve', wants('eve', null, { ended: 'member' }));
  world.wants.set('fay', wants('fay', 'member'));
  world.live.set('mallory', live('mallory', 'admin'));
  return world;
}

function reversed<K, V>(map: Map<K, V>): void {
  const entries = [...map].toReversed();
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

const idsOf = (changes: readonly Change[]) => changes.map((change) => change.id);

describe('ids and digest stay the same', () => {
  it('in whatever order pages, files and the ledger came in', () => {
    const world = busy();
    for (const map of [world.live, world.wants, world.remembered]) reversed<string, unknown>(map);
    const plan = planOf(world);
    expect(plan.digest).toBe(planOf(busy()).digest);
    expect(idsOf(plan.changes)).toEqual(idsOf(planOf(busy()).changes));
  });

  it('in whatever order the account reports its rows', () => {
    const world = busy();
    const observation = { ...observationOf(world), principals: observationOf(world).principals.toReversed() };
    const plan = makePlan({
      mode: 'change',
      version: '0.1.0',
      desired: stateOf(world),
      base: null,
      readings: new Map([[ACCOUNT, { kind: 'complete', observation }]]),
      history: { accounts: new Map([[ACCOUNT, historyOf(world)]]), commit: null, proposals: new Map() },
      capabilitiesOf: () => world.capabilities,
      ancestry: NO_COMMIT,
      whole: true,
    });
    expect(idsOf(plan.changes)).toEqual(idsOf(planOf(busy()).changes));
    expect(plan.digest).toBe(planOf(busy()).digest);
  });

  it('in whatever order the keys of a change stand', () => {
    for (const change of planOf(busy()).changes) {
      const turned = JSON.parse(JSON.stringify(change), (_key, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).toReversed())
          : value,
      ) as Change;
      expect(changeId(turned)).toBe(change.id);
    }
  });

  it('when a grant moved to another file or line', () => {
    const world = busy();
    world.wants.set('cleo', wants('cleo', 'admin', { source: { ...place('policies/teams/zebra.yaml'), line: 99 } }));
    expect(planOf(world).digest).toBe(planOf(busy()).digest);
  });

  it('when policy says who somebody is on GitHub', () => {
    const world = busy();
    for (const name of world.wants.keys()) world.people.set(name, { ...person(name), github: `${name}_acme` });
    const [plan, before] = [planOf(world), planOf(busy())];
    expect(stateOf(world).people.get(mail('cleo'))?.github).toBe('cleo_acme');
    expect(plan.digest).toBe(before.digest);
    expect(plan.changes).toEqual(before.changes);
  });

  it('when an invitation was accepted meanwhile, or the person renamed themselves', () => {
    const world = busy();
    world.live.set('cleo', live('cleo', 'member', { status: 'invited', name: 'C.' }));
    expect(planOf(world).digest).toBe(planOf(busy()).digest);
  });

  it('in another version of the tool, and at another hour', () => {
    expect(planOf(busy(), 'change', '9.9.9').digest).toBe(planOf(busy()).digest);
    expect(planOf({ ...busy(), at: '2026-11-22T21:00:00.000Z' }).digest).toBe(planOf(busy()).digest);
  });

  it('in every locale, since none is ever asked', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    for (const name of ['izzy', 'z', 'a_b', 'a-b', 'a.b', 'a+b', 'i', 'isa']) world.wants.set(name, wants(name, 'member'));
    const asked = [
      vi.spyOn(String.prototype, 'localeCompare'),
      vi.spyOn(String.prototype, 'toLocaleLowerCase'),
      vi.spyOn(Intl, 'Collator'),
      vi.spyOn(Intl, 'DateTimeFormat'),
    ];
    expect(planOf(world).changes.map((change) => change.principal)).toEqual(
      ['a+b', 'a-b', 'a.b', 'a_b', 'i', 'isa', 'izzy', 'z'].map(mail),
    );
    for (const one of asked) expect(one).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('an id is another', () => {
  const change = (): Change => changeFor(planOf(busy()), 'cleo');
  const with_ = (more: Partial<Change>): string => changeId({ ...change(), ...more });
  const side = (more: Partial<Access>): Access => ({ status: 'active', name: 'cleo', ...holding('member'), ...more });

  it.each<[string, Partial<Change>]>([
    ['for another account', { account: 'telnyx-support' }],
    ['for another principal', { principal: mail('dan') }],
    ['for another principal id', { principal_id: 'id-other' }],
    ['for another executor', { executor: 'manual' }],
    ['for another action', { action: 'delete' }],
    ['for another before', { before: side({ roles: ['owner'] }) }],
    ['for another after', { after: side({ roles: ['owner'] }) }],
    ['for other groups', { after: side({ roles: ['admin'], groups: ['billing'] }) }],
    ['when a new name is part of it', { after: side({ roles: ['admin'], name: 'Cleo M' }) }],
  ])('%s', (_what, more) => {
    expect(with_(more)).not.toBe(change().id);
  });

  it.each<[string, Partial<Change>]>([
    ['for another status', { before: side({ status: 'invited' }) }],
    ['for another name on both sides', { before: side({ name: 'X' }), after: side({ name: 'X', roles: ['admin'] }) }],
    ['for another origin, reason or tag', { origin: 'unrecorded', reason_code: 'granted', tags: ['owed'] }],
  ])('but not %s', (_what, more) => {
    expect(with_(more)).toBe(change().id);
  });
});

describe('a digest is another', () => {
  it('for another set of changes, and for another verdict of an account', () => {
    const fewer = busy();
    fewer.live.delete('mallory');
    expect(planOf(fewer).digest).not.toBe(planOf(busy()).digest);
    const blocked = busy();
    blocked.policy = { guards: { maxDeletes: 0, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [] } };
    expect(planOf(blocked).verdict).toBe('blocked');
    expect(planOf(blocked).digest).not.toBe(planOf(busy()).digest);
  });
});

describe('the patch of a change', () => {
  const access = fc.record<Access>({
    status: fc.constantFrom('active', 'invited'),
    name: fc.string({ unit: 'grapheme' }),
    roles: fc.subarray(['admin', 'member', 'a/b', 'c~d']),
    groups: fc.subarray(['billing', 'voice', '__proto__']),
  });
  const sides = fc.oneof(
    fc.tuple(access, access, fc.constant('patch' as const)),
    fc.tuple(fc.constant(null), access, fc.constant('invite' as const)),
    fc.tuple(access, fc.constant(null), fc.constant('delete' as const)),
  );

  it('makes its after out of its before, by RFC 6902', () => {
    fc.assert(
      fc.property(sides, ([before, after, action]) => {
        const { patch } = makeChange(
          {
            account: ACCOUNT,
            action,
            principal: mail('cleo'),
            principal_id: null,
            before,
            after,
            executor: 'api',
            origin: 'git',
            reason_code: 'granted',
            source: null,
          },
          TELNYX_SUB_USERS,
        );
        const operations = structuredClone(patch) as Parameters<typeof jsonpatch.applyPatch>[1];
        expect(jsonpatch.applyPatch<unknown>(structuredClone(before), [...operations], true).newDocument).toEqual(after);
      }),
    );
  });
});

describe('order', () => {
  const role = fc.constantFrom<'none' | 'member' | 'admin'>('none', 'member', 'admin');

  it('gives nothing to anybody in an account before everything is taken that does not wait for a replacement', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(role, role), { minLength: 1, maxLength: 30 }),
        fc.constantFrom<'api' | 'manual'>('api', 'manual'),
        fc.constantFrom<'api' | 'manual'>('api', 'manual'),
        (people, deletes, invites) => {
          const world = inPeace({ ada: 'admin', bob: 'admin', old: 'member' });
          // A console without an API: people delete or invite by hand.
          world.capabilities = { ...world.capabilities, delete: deletes, invite: invites };
          world.wants.delete('old');
          world.wants.set('new', wants('new', 'member', { previously: [mail('old')] }));
          people.forEach(([there, wanted], index) => {
            const name = `p${index}`;
            if (there !== 'none') {
              settle(world, name, there);
              world.wants.delete(name);
            }
            if (wanted !== 'none') world.wants.set(name, wants(name, wanted));
          });
          const { changes } = planOf(world);
          const level = (access: Change['before']) => (access === null ? 0 : access.roles.includes('admin') ? 2 : 1);
          const gives = changes.map((change) => level(change.after) > level(change.before));
          const takes = changes.map(
            (change) => level(change.after) < level(change.before) && !change.tags.includes('waits_for_replacement'),
          );
          const firstGift = gives.indexOf(true);
          expect(firstGift === -1 || !takes.slice(firstGift).includes(true)).toBe(true);
          const waiting = changes.findIndex((change) => change.principal === mail('old'));
          const replacement = changes.findIndex((change) => change.principal === mail('new'));
          expect(invites === 'manual' || replacement < waiting).toBe(true);
        },
      ),
    );
  });

  it('is that in which a run decides', () => {
    expect(decide(busy(), 'all').decisions.map((one) => one.change.id)).toEqual(idsOf(planOf(busy()).changes));
  });

  it('is deletes, lowerings, raises and invitations, then what waits, by address among equals', () => {
    const world = busy();
    settle(world, 'gil', 'admin');
    world.wants.set('gil', wants('gil', 'member'));
    settle(world, 'hal', 'member');
    world.wants.delete('hal');
    world.wants.set('ida', wants('ida', 'member', { previously: [mail('hal')] }));
    world.remembered.set('mallory', held('mallory', 'member'));
    expect(planOf(world).changes.map((change) => `${change.action} ${change.principal.split('@')[0]}`)).toEqual([
      'delete dan',
      'delete eve',
      'delete mallory',
      'patch gil',
      'patch cleo',
      'invite fay',
      'invite ida',
      'delete hal',
    ]);
  });
});
