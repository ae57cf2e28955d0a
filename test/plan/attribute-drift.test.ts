import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { TelnyxSwitches } from '../../src/emulator/telnyx-switches.ts';
import type { Change, Observation } from '../../src/model.ts';
import { attributeDrift, type OwnWrite } from '../../src/plan/attribute-drift.ts';
import type { AccountEvent } from '../../src/watch.ts';
import { openProviderWorld, uuidOf } from '../support/provider-world.ts';
import { groups, OF_GROUPS } from './other-providers.ts';
import { ago, changeFor, held, inPeace, live, mail, OWNER, observationOf, place, planOf, type World, wants } from './support.ts';

const MINUTE_MS = 60_000;

/** Bob was raised, Carol lowered, Dan is gone, Mallory is a stranger; Ada, and nothing about her, is as policy wants it. */
function overnight(): World {
  const world = inPeace({ ada: 'admin', bob: 'member', carol: 'admin', dan: 'member' });
  world.live.set('bob', live('bob', 'admin'));
  world.live.set('carol', live('carol', 'member'));
  world.live.set('mallory', live('mallory', 'member'));
  world.live.delete('dan');
  return world;
}

type Fields = Partial<Omit<AccountEvent, 'fields'>> & { readonly changes?: readonly (readonly [string, string | null, string | null])[] };

/** Ada raises Bob ten minutes ago, but for what is given. */
function event({ changes = [['role', 'member', 'admin']], ...more }: Fields = {}): AccountEvent {
  const fields = changes.map(([field, from, to]) => ({ field, from, to }));
  return {
    id: 'e',
    at: ago(10 * MINUTE_MS),
    actorId: 'id-ada',
    actor: null,
    actorKind: 'member',
    targetId: 'id-bob',
    what: 'update',
    ...more,
    fields,
  };
}

interface Told {
  readonly owner?: string | null;
  readonly world?: World;
  readonly ours?: readonly OwnWrite[];
  readonly observation?: Observation;
}

/** Who is likely to have made the difference in this person's access, and when. */
function likely(
  name: string,
  events: readonly AccountEvent[],
  { world = overnight(), ours = [], observation, owner = null }: Told = {},
): string {
  const plan = planOf(world, 'drift');
  const found = attributeDrift(plan.changes, observation ?? observationOf(world), { kind: 'events', events }, ours, owner);
  const one = found.get(changeFor(plan, name).id);
  return one === undefined ? 'nobody' : `${one.actor} at ${one.at.slice(11, 16)}`;
}

describe('who raised, lowered, invited or deleted somebody', () => {
  test.each([
    ['bob', 'a raised role', event()],
    ['carol', 'a lowered role', event({ targetId: 'id-carol', changes: [['role', 'admin', 'member']] })],
    [
      'mallory',
      'a stranger',
      event({
        targetId: 'id-mallory',
        what: 'create',
        changes: [
          ['email', null, mail('mallory')],
          ['role', null, 'member'],
        ],
      }),
    ],
    [
      'dan',
      'somebody who is gone',
      event({
        targetId: 'id-dan',
        what: 'delete',
        changes: [
          ['email', mail('dan'), null],
          ['role', 'member', null],
        ],
      }),
    ],
  ])('%s: %s is likely the doing of the one whom the log names', (name, _what, told) => {
    expect(likely(name, [told])).toBe('ada@acme.example at 08:50');
  });

  test.each(['bob', 'carol', 'mallory'])('an event about %s that tells no details counts', (name) => {
    expect(likely(name, [event({ targetId: `id-${name}`, changes: [] })])).toBe('ada@acme.example at 08:50');
  });

  test('of several events that explain it, the newest counts, in whatever order they come', () => {
    const older = event({ actorId: 'id-carol', at: ago(30 * MINUTE_MS) });
    expect(likely('bob', [event(), older])).toBe('ada@acme.example at 08:50');
    expect(likely('bob', [older, event()])).toBe('ada@acme.example at 08:50');
  });

  test('of two at the same instant, the one that the log tells last counts', () => {
    expect(likely('bob', [event({ actorId: 'id-carol' }), event()])).toBe('ada@acme.example at 08:50');
  });

  test('letter case tells no two ids and no two addresses apart', () => {
    const older = event({ targetId: 'ID-Bob', actorId: 'id-carol', at: ago(30 * MINUTE_MS) });
    expect(likely('bob', [older, event({ targetId: 'ID-Bob', actorId: 'ID-ADA' })])).toBe('ada@acme.example at 08:50');
    expect(likely('dan', [event({ targetId: 'x', changes: [['email', 'Dan@Acme.example', null]] })])).toBe('ada@acme.example at 08:50');
  });

  test('a field may be nested and in the plural', () => {
    expect(likely('bob', [event({ changes: [['sub_user.Roles', 'member', 'admin']] })])).toBe('ada@acme.example at 08:50');
  });

  test('a group is the doing of whoever put somebody in, or took them out of it', () => {
    const world = inPeace({ ada: 'admin' });
    world.capabilities = OF_GROUPS;
    for (const [name, now] of [
      ['bob', 'billing+support'],
      ['carol', 'support'],
    ] as const) {
      const holding = name === 'bob' ? groups('support') : groups('billing+support');
      world.wants.set(name, wants(name, null, { holding, holdingWithoutEnds: holding }));
      world.remembered.set(name, held(name, 'member', holding));
      world.live.set(name, live(name, null, groups(now)));
    }
    const into = (group: string) => event({ changes: [['groups', null, group]] });
    const outOf = (group: string) => event({ targetId: 'id-carol', changes: [['groups', group, null]] });
    expect(likely('bob', [into('billing')], { world })).toBe('ada@acme.example at 08:50');
    expect(likely('bob', [into('owners')], { world })).toBe('nobody');
    expect(likely('carol', [outOf('billing')], { world })).toBe('ada@acme.example at 08:50');
    expect(likely('carol', [outOf('support')], { world })).toBe('nobody');
    expect(likely('carol', [outOf('owners')], { world })).toBe('nobody');
  });

  test('of an event without details its name tells whether it can be the one', () => {
    const named = (targetId: string, what: string) => event({ targetId, what, changes: [] });
    expect(likely('mallory', [named('id-mallory', 'user.created')])).toBe('ada@acme.example at 08:50');
    expect(likely('mallory', [named('id-mallory', 'user.deleted')])).toBe('nobody');
    expect(likely('bob', [named('id-bob', 'user.updated')])).toBe('ada@acme.example at 08:50');
    const before = { ...observationOf(inPeace({ ada: 'admin', dan: 'member' })) };
    expect(likely('dan', [named('id-dan', 'user.deleted')], { observation: before })).toBe('ada@acme.example at 08:50');
    expect(likely('dan', [named('id-dan', 'user-invitation.created')], { observation: before })).toBe('nobody');
  });

  test('a name is the doing of whoever gave it, where names are enforced', () => {
    const world = inPeace({ ada: 'admin', bob: 'member' });
    world.policy = { names: 'enforce' };
    world.live.set('bob', live('bob', 'member', { name: 'Bobby' }));
    expect(likely('bob', [event({ changes: [['name', 'bob', 'Bobby']] })], { world })).toBe('ada@acme.example at 08:50');
    expect(likely('bob', [event({ changes: [['role', 'admin', 'member']] })], { world })).toBe('nobody');
  });

  test('a group is the doing of whoever added it', () => {
    const world = inPeace({ ada: 'admin', bob: 'member' });
    const groups = ['billing'];
    world.live.set('bob', live('bob', 'member', { groups }));
    expect(likely('bob', [event({ changes: [['groups', null, 'billing']] })], { world })).toBe('ada@acme.example at 08:50');
    expect(likely('bob', [event({ changes: [['groups', null, 'voice']] })], { world })).toBe('nobody');
  });

  test('a group that was taken away is the doing of whoever left none', () => {
    const world = inPeace({ ada: 'admin', bob: 'member' });
    const both = { roles: ['member'], groups: ['billing'] };
    world.wants.set('bob', wants('bob', 'member', { holding: both, holdingWithoutEnds: both }));
    world.remembered.set('bob', held('bob', 'member', both));
    expect(likely('bob', [event({ changes: [['group', 'billing', null]] })], { world })).toBe('ada@acme.example at 08:50');
    expect(likely('bob', [event({ changes: [['group', null, null]] })], { world })).toBe('nobody');
  });

  test("whoever changed a person's address made the old one go and the new one come", () => {
    const moved = event({ targetId: 'id-mallory', changes: [['email', mail('dan'), mail('mallory')]] });
    expect([likely('dan', [moved]), likely('mallory', [moved])]).toEqual(['ada@acme.example at 08:50', 'ada@acme.example at 08:50']);
  });
});

describe('somebody who is gone and whose address the event does not tell', () => {
  const silent = event({ targetId: 'id-dan', what: 'delete', changes: [] });

  test('is known by the id that an earlier observation has', () => {
    const observation = observationOf(inPeace({ ada: 'admin', dan: 'member' }));
    expect(likely('dan', [silent], { observation })).toBe('ada@acme.example at 08:50');
    expect(likely('dan', [event({ targetId: 'id-dan' })], { observation })).toBe('nobody');
  });

  test("is nobody's doing where no list has the id", () => {
    expect(likely('dan', [silent])).toBe('nobody');
  });

  test('the newer of two events counts, one by the id and one by the address', () => {
    const observation = observationOf(inPeace({ ada: 'admin', bob: 'member', dan: 'member' }));
    const byAddress = event({ targetId: 'x', actorId: 'id-bob', at: ago(5 * MINUTE_MS), changes: [['email', mail('dan'), null]] });
    expect(likely('dan', [silent, byAddress], { observation })).toBe('bob@acme.example at 08:55');
    expect(likely('dan', [{ ...silent, at: ago(MINUTE_MS) }, byAddress], { observation })).toBe('ada@acme.example at 08:59');
  });
});

describe('where both sides changed, what the account is like now', () => {
  const FORMER = inPeace({ ada: 'admin', bob: 'member', carol: 'admin' });
  const named = (name: string) => ({ principal: mail(name), name, previously: [], github: null, source: place() });

  /** Bob was raised and Carol lowered in the account; policy gives neither of them anything any more. */
  function leavers(): World {
    const world = inPeace({ ada: 'admin', bob: 'member', carol: 'admin' });
    world.live.set('bob', live('bob', 'admin'));
    world.live.set('carol', live('carol', 'member'));
    for (const name of ['bob', 'carol']) {
      world.wants.delete(name);
      world.people.set(name, named(name));
    }
    return world;
  }

  test('is explained by whoever raised or lowered somebody whom policy deletes', () => {
    const world = leavers();
    expect(changeFor(planOf(world, 'drift'), 'bob')).toMatchObject({ action: 'delete', origin: 'both' });
    expect(likely('bob', [event()], { world, observation: observationOf(FORMER) })).toBe('ada@acme.example at 08:50');
    const lowered = event({ targetId: 'id-carol', changes: [['role', 'admin', 'member']] });
    expect(likely('carol', [lowered], { world })).toBe('ada@acme.example at 08:50');
  });

  test.each([
    ['led to another role', event({ changes: [['role', 'admin', 'member']] })],
    ['left the role as it was', event({ changes: [['role', 'admin', 'admin']] })],
    ['changed the name', event({ changes: [['name', 'Bobby', 'bob']] })],
    ['is about somebody else', event({ targetId: 'id-carol' })],
  ])('is not explained by an event that %s', (_what, told) => {
    expect(likely('bob', [told], { world: leavers() })).toBe('nobody');
  });

  test('is explained by whoever let in a person whom policy newly wants with another role', () => {
    const world = inPeace({ ada: 'admin' });
    world.live.set('mallory', live('mallory', 'member'));
    world.wants.set('mallory', wants('mallory', 'admin'));
    const came = [
      ['email', null, mail('mallory')],
      ['role', null, 'member'],
    ] as const;
    expect(changeFor(planOf(world, 'drift'), 'mallory').origin).toBe('both');
    expect(likely('mallory', [event({ targetId: 'id-mallory', what: 'create', changes: came })], { world })).toBe(
      'ada@acme.example at 08:50',
    );
  });

  test('is explained by whoever deleted a person whom policy gives another role', () => {
    const world = inPeace({ ada: 'admin', bob: 'member' });
    world.live.delete('bob');
    world.wants.set('bob', wants('bob', 'admin'));
    const gone = [
      ['email', mail('bob'), null],
      ['role', 'member', null],
    ] as const;
    expect(changeFor(planOf(world, 'drift'), 'bob')).toMatchObject({ action: 'invite', origin: 'both' });
    expect(likely('bob', [event({ what: 'delete', changes: gone })], { world })).toBe('ada@acme.example at 08:50');
  });
});

describe('what explains nothing', () => {
  test.each([
    ['bob', 'about somebody else', event({ targetId: 'id-carol' })],
    ['bob', 'about nothing in particular', event({ targetId: null })],
    ['bob', 'that led to another role', event({ changes: [['role', 'admin', 'member']] })],
    ['bob', 'that left the role as it was', event({ changes: [['role', 'admin', 'admin']] })],
    ['bob', 'that left no role', event({ changes: [['role', 'member', null]] })],
    ['bob', 'that changed the name', event({ changes: [['name', 'bob', 'Bobby']] })],
    ['bob', 'that names nobody who did it', event({ actorId: null, actorKind: '' })],
    ['mallory', 'by which the stranger accepted', event({ targetId: 'id-mallory', changes: [['status', 'invited', 'active']] })],
    ['mallory', 'by which the stranger was raised later', event({ targetId: 'id-mallory', changes: [['role', 'auditor', 'member']] })],
    ['dan', 'by which he came', event({ targetId: 'id-dan', changes: [['email', null, mail('dan')]] })],
    ['dan', 'that left his address as it was', event({ targetId: 'id-dan', changes: [['email', mail('dan'), 'DAN@acme.example']] })],
  ])('%s: an event %s', (name, _what, told) => {
    expect(likely(name, [told])).toBe('nobody');
  });

  test("a change that policy makes is nobody's doing in the account", () => {
    const world = inPeace({ ada: 'admin', bob: 'member' });
    world.wants.set('bob', wants('bob', 'admin'));
    const plan = planOf(world);
    const told = { kind: 'events', events: [event({ changes: [] })] } as const;
    expect(changeFor(plan, 'bob').origin).toBe('git');
    expect(attributeDrift(plan.changes, observationOf(world), told, [])).toEqual(new Map());
  });

  test("where both sides changed, the account's side is still somebody's doing", () => {
    const world = inPeace({ ada: 'admin', bob: 'member' });
    world.live.set('bob', live('bob', 'member', { groups: ['billing'] }));
    world.wants.set('bob', wants('bob', 'admin'));
    const plan = planOf(world);
    const told = { kind: 'events', events: [event({ changes: [['groups', null, 'billing']] })] } as const;
    expect(changeFor(plan, 'bob').origin).toBe('both');
    expect([...attributeDrift(plan.changes, observationOf(world), told, []).values()]).toEqual([
      { actor: mail('ada'), at: ago(10 * MINUTE_MS) },
    ]);
  });

  test('a log that could not be read', () => {
    const world = overnight();
    const { changes } = planOf(world, 'drift');
    expect(attributeDrift(changes, observationOf(world), { kind: 'unavailable', why: 'it is not there (404)' }, [])).toEqual(new Map());
  });
});

describe('how whoever did it is named', () => {
  test.each([
    ['by the address that the account lists', {}, 'ada@acme.example'],
    ['by the address that the vendor gives', { actor: 'grace@acme.example' }, 'grace@acme.example'],
    ['by id, where the account lists nobody with it', { actorId: 'id-owner' }, 'id-owner'],
    ['by what they are, where there is not even an id', { actorId: null, actorKind: 'telnyx' }, 'telnyx'],
    ['as the owner, whom the list may not have', { actorId: 'id-owner', actorKind: 'account_owner' }, 'the account owner'],
    ['as the owner, where there is not even an id', { actorId: null, actorKind: 'account_owner' }, 'the account owner'],
    ['by the address that the account lists, also as the owner', { actorKind: 'account_owner' }, 'ada@acme.example'],
  ])('%s', (_how, fields, name) => {
    expect(likely('bob', [event(fields)])).toBe(`${name} at 08:50`);
  });

  test('the owner is named by the address that policy declares', () => {
    const told = event({ actorId: 'id-owner', actorKind: 'account_owner' });
    expect(likely('bob', [told], { owner: OWNER })).toBe('root@acme.example at 08:50');
  });

  test('the owner is not named by that address where the account lists it as somebody else', () => {
    const told = event({ actorId: 'id-owner', actorKind: 'account_owner' });
    expect(likely('bob', [told], { owner: mail('ada') })).toBe('the account owner at 08:50');
  });

  test('nobody but the owner is named by the address that policy declares as the owner', () => {
    expect(likely('bob', [event({ actorId: 'id-owner' })], { owner: OWNER })).toBe('id-owner at 08:50');
  });
});

describe('what rollcall did itself', () => {
  const write = (minutes: number, principalId = 'id-bob'): OwnWrite => ({ principalId, at: ago(minutes * MINUTE_MS) });

  test.each([8, 9, 10, 11, 12])('an event ten minutes ago is ours when we wrote %i minutes ago', (minutes) => {
    expect(likely('bob', [event()], { ours: [write(minutes)] })).toBe('nobody');
  });

  test.each([7, 13])('an event ten minutes ago is not ours when we wrote %i minutes ago', (minutes) => {
    expect(likely('bob', [event()], { ours: [write(minutes)] })).toBe('ada@acme.example at 08:50');
  });

  test('a write to somebody else hides nothing; one to the same person hides only what is near it', () => {
    expect(likely('bob', [event()], { ours: [write(10, 'id-carol')] })).toBe('ada@acme.example at 08:50');
    const later = event({ actorId: 'id-carol', at: ago(5 * MINUTE_MS) });
    expect(likely('bob', [event(), later], { ours: [write(5, 'ID-BOB')] })).toBe('ada@acme.example at 08:50');
  });
});

describe('a night in an emulated Telnyx', () => {
  const PEOPLE = { ada: 'admin', bob: 'member', carol: 'admin', dan: 'member' } as const;

  /** Ada raises Bob and deletes Dan, the owner invites Mallory; an hour later, whom each is put down to. */
  async function night(switches: Partial<TelnyxSwitches>): Promise<Record<string, string>> {
    const users = Object.entries(PEOPLE).map(([name, role], index) => ({ id: uuidOf(index + 1), email: mail(name), name, role }));
    const { vendor, provider, clock } = openProviderWorld({ users, switches });
    const evening = new Date(clock.now() - 1).toISOString();
    vendor.portal().setRole(mail('bob'), 'admin', mail('ada'));
    vendor.portal().deleteByPortal(mail('dan'), mail('ada'));
    vendor.portal().inviteByPortal(mail('mallory'), 'member', 'Mallory');
    clock.advance(60 * MINUTE_MS);
    const reading = await provider.reader.read(null, null);
    if (reading.kind === 'incomplete') throw new Error(reading.message);
    const world = inPeace(PEOPLE);
    world.live.clear();
    for (const one of reading.observation.principals) world.live.set(one.principal.split('@')[0] ?? '', one);
    const { changes } = planOf(world, 'drift');
    const found = attributeDrift(changes, reading.observation, await provider.reader.events(evening), [], OWNER);
    return Object.fromEntries(changes.map((change) => [change.principal.split('@')[0], found.get(change.id)?.actor ?? 'nobody']));
  }

  test.each([
    ['kept', { audit_log: 'kept' }, { bob: 'ada@acme.example', dan: 'ada@acme.example', mallory: 'root@acme.example' }],
    ['empty', { audit_log: 'empty' }, { bob: 'nobody', dan: 'nobody', mallory: 'nobody' }],
    ['switched off', { audit_log: 'off' }, { bob: 'nobody', dan: 'nobody', mallory: 'nobody' }],
    ['two hours late', { audit_lag_ms: 120 * MINUTE_MS }, { bob: 'nobody', dan: 'nobody', mallory: 'nobody' }],
    ['lying', { audit_log: 'lying' }, { bob: 'carol@acme.example', dan: 'bob@acme.example', mallory: 'ada@acme.example' }],
  ] as const)('with an audit log that is %s', async (_what, switches, told) => {
    expect(await night(switches)).toEqual(told);
  });
});

describe('the laws of attribution', () => {
  const PEOPLE = ['ada', 'bob', 'carol', 'dan', 'mallory'];
  const word = fc.constantFrom(null, 'member', 'admin', ...PEOPLE.map(mail));
  const someEvent = fc
    .record({
      minutes: fc.integer({ min: 0, max: 90 }),
      actor: fc.constantFrom(null, ...PEOPLE, 'owner'),
      target: fc.constantFrom(null, ...PEOPLE),
      changes: fc.array(fc.tuple(fc.constantFrom('role', 'email', 'status', 'name'), word, word), { maxLength: 3 }),
    })
    .map(({ minutes, actor, target, changes }) =>
      event({ at: ago(minutes * MINUTE_MS), actorId: actor && `id-${actor}`, targetId: target && `id-${target}`, changes }),
    );
  const log = fc.uniqueArray(someEvent, { selector: (one) => one.at, maxLength: 30 });
  const ownWrites = fc.array(
    fc.record({
      principalId: fc.constantFrom(...PEOPLE).map((name) => `id-${name}`),
      at: fc.integer({ min: 0, max: 90 }).map((minutes) => ago(minutes * MINUTE_MS)),
    }),
    { maxLength: 5 },
  );
  const world = overnight();
  let changes: readonly Change[] = [];
  beforeEach(() => {
    changes = planOf(world, 'drift').changes;
  });
  const attribute = (events: readonly AccountEvent[], ours: readonly OwnWrite[] = []) =>
    attributeDrift(changes, observationOf(world), { kind: 'events', events }, ours);
  const names = (change: Change, told: AccountEvent) =>
    told.targetId === change.principal_id || told.fields.some((one) => one.field === 'email' && one.from === change.principal);

  test('without an event nothing is attributed, to anybody', () => {
    fc.assert(fc.property(ownWrites, (ours) => void expect(attribute([], ours)).toEqual(new Map())));
  });

  test('no difference is attributed to an event about somebody else', () => {
    fc.assert(
      fc.property(log, (events) => {
        for (const [id, { at }] of attribute(events)) {
          const change = changes.find((one) => one.id === id);
          const told = events.find((one) => one.at === at);
          expect(change !== undefined && told !== undefined && names(change, told)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('no difference is attributed to an event within two minutes of our own write to the same person', () => {
    fc.assert(
      fc.property(log, ownWrites, (events, ours) => {
        const chosen = [...attribute(events, ours).values()].map(({ at }) => events.find((one) => one.at === at));
        const near = chosen.filter((told) =>
          ours.some((own) => own.principalId === told?.targetId && Math.abs(Date.parse(own.at) - Date.parse(told.at)) <= 2 * MINUTE_MS),
        );
        expect(near).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('the order in which a log tells its events changes nothing', () => {
    fc.assert(fc.property(log, (events) => void expect(attribute(events.toReversed())).toEqual(attribute(events))));
  });

  test('an event more never takes an attribution away', () => {
    fc.assert(
      fc.property(log, (events) => {
        expect([...attribute(events).keys()]).toEqual(expect.arrayContaining([...attribute(events.slice(1)).keys()]));
      }),
    );
  });
});
