import { describe, expect, test } from 'vitest';
import { FAULT_KINDS, type Fault, type FaultAim } from '../../src/emulator/parse-fault.ts';
import type { Api, ApiKey, Capabilities, LastGood, LivePrincipal, Provider, Reading, WriteResult } from '../../src/model.ts';

type Aim = NonNullable<FaultAim['match']>;

/** What a provider's tests hand to the contract: a world with so many people, and ways to act in it. */
export interface ContractWorld {
  readonly provider: Provider;
  /** What is really there, as the model says it, sorted by address. */
  truth(): readonly LivePrincipal[];
  /** Every request so far but those for a token, those that change something, and whatever reached the vendor. */
  requests(): number;
  arrived(): number;
  writes(): number;
  nowMs(): number;
  advance(ms: number): void;
  /** Somebody gives the principal with this id more access, around rollcall: the ids of who did it and to whom, as the vendor's log has them. */
  raise(principalId: string): { readonly actorId: string; readonly targetId: string };
  /** Every secret there is, and which requests it goes out with; null for one that only the vendor's answers carry in clear. */
  readonly secrets: readonly { readonly text: string; readonly sentTo: Aim | null }[];
  /** The API keys of the account; not asked for where the vendor lists none. */
  keys?(): readonly ApiKey[];
}

/** Somebody whom rollcall shows and leaves alone, and how the reading tells. */
export interface Oddity {
  readonly name: string;
  open(): ContractWorld;
  /** Part of what is read of that one. */
  readonly shown: object;
}

/** An answer of the vendor to a write that asks for something else than trying again. */
export interface Answered {
  readonly name: string;
  open(): ContractWorld;
  write(world: ContractWorld): Promise<WriteResult>;
  readonly kind: WriteResult['kind'];
  /** How many changing requests were sent. */
  readonly writes: number;
  /** The vendor's code or words, as a person will read them. */
  readonly says: RegExp;
}

export interface ContractSubject {
  readonly name: string;
  readonly capabilities: Capabilities;
  open(people: number, faults?: readonly Fault[]): ContractWorld;
  /** Sizes around the vendor's page, and one of several pages. */
  readonly sizes: readonly number[];
  readonly large: number;
  readonly requestsOf: (people: number) => number;
  /** The requests that a read is made of, and how a fault finds each; none where people are not read from an API. */
  readonly reads: Readonly<Record<string, Aim>>;
  /** The requests that change something, and how a fault finds each. */
  readonly writes: readonly Aim[];
  /**
   * Lies of one request that no reader can tell from the truth. `fewer`: people are missing, which is noticed when half of them are. `unclear`:
   * nobody is missing, and whoever is not as in truth is shown as somebody to be left alone.
   */
  readonly undetectable: (kind: Fault['kind'], read: string) => 'fewer' | 'unclear' | null;
  /** Requests for the vendor's log; null where the provider has none. */
  readonly log: Aim | null;
  /** The requests whose refusal means that the credential is good for nothing, and whether the log is asked with the same one. */
  readonly credential: { readonly asked: Aim; readonly opensLog: boolean } | null;
  /** Error bodies in each of the vendor's styles, and how people read them. */
  readonly errors: readonly { readonly name: string; readonly body: unknown; readonly says: string }[];
  readonly oddities: readonly Oddity[];
  readonly answered: readonly Answered[];
  /** The account behind a credential that is for another one or for another API, and what the read says of it. */
  readonly otherAccounts: readonly { readonly name: string; open(): ContractWorld; readonly says: RegExp; readonly otherApi: Api | null }[];
  /** The requests for keys, and an account without a credential for them; null where the vendor lists none. */
  readonly keys: { readonly asked: Aim; withoutCredential(): ContractWorld } | null;
  /** What the vendor's log calls a gain of access; null where it tells no fields. */
  readonly raised: object | null;
}

const EVENTS_LAST_MS = 10_000;
const RUN_LASTS_MS = 600_000;
const NEWCOMER = 'new@acme.example';

/** Answers that no reader can tell from the truth, and that change nobody's access: tested where they are read. */
const LOOKS_TRUE: ReadonlySet<string> = new Set(['unknown_role', 'unknown_status', 'status', 'delay']);
const STATUSES = [204, 206, 301, 400, 404, 408, 409, 422, 429, 500, 502, 503, 504];
/** A write whose answer tells nothing. */
const LOST_WRITES: readonly Fault[] = [
  ...(['before', 'after'] as const).flatMap((when): Fault[] => [
    ...[500, 502, 503, 504, 408].map((status): Fault => ({ kind: 'status', status, when })),
    { kind: 'html', when },
    { kind: 'timeout', when },
  ]),
  ...(['reset_before', 'reset_after', 'cut_body', 'bad_json', 'wrong_shape', 'not_applied', 'redirect', 'drip', 'oversized'] as const).map(
    (kind): Fault => ({ kind }),
  ),
];
const LOST_LOGS: readonly Fault[] = [
  ...[204, 301, 400, 401, 403, 404, 408, 422, 429, 500, 503].map((status): Fault => ({ kind: 'status', status })),
  ...(['refused', 'reset_before', 'timeout', 'html', 'redirect', 'drip', 'oversized', 'cut_body', 'bad_json', 'wrong_shape'] as const).map(
    (kind): Fault => ({ kind }),
  ),
];

/** Section 3 of the contract: what each API can do. `manual` is done by a person and proved by a read. */
const DECLARED: Readonly<Record<string, object>> = {
  'telnyx sub-users': { invite: 'api', patch: 'api', delete: 'api', invitations: true, groups: false, keysListed: false, requests: 'one' },
  'telnyx organizations': { invite: 'manual', patch: 'manual', delete: 'api', invitations: false, groups: true, keysListed: false },
  'twilio organization': {
    invite: 'api',
    patch: 'api',
    delete: 'api',
    invitations: false,
    groups: false,
    keysListed: true,
    requests: 'parts',
  },
  'twilio console': { invite: 'manual', patch: 'manual', delete: 'manual', invitations: true, groups: false, keysListed: true },
};

/** What every provider keeps, whatever its vendor. The sections are those of the contract. */
export function describeProviderContract(subject: ContractSubject): void {
  describe(`${subject.name} keeps the contract of every provider`, () => {
    describe('3: accounts and credentials', () => describeCredentials(subject));
    describe('6: reading', () => {
      describeReading(subject);
      if (Object.keys(subject.reads).length > 0) describeDisturbedReading(subject);
      describeKeys(subject);
    });
    describe('7: applying', () => {
      describeManual(subject);
      if (subject.capabilities.delete === 'api') describeDelete(subject);
      if (subject.capabilities.patch === 'api') {
        if (subject.capabilities.requests === 'one') describeWholeChanges(subject);
        else describeParts(subject);
      }
      describeAnswers(subject);
    });
    describe('9: who did it', () => describeLog(subject));
  });
}

// ------------------------------------------------------------------------------------------ 3: accounts and credentials

function describeCredentials(subject: ContractSubject): void {
  const { capabilities, large } = subject;

  test('it declares what its API can do as the contract has it, and steps for what a person does', () => {
    expect(capabilities).toMatchObject(DECLARED[`${capabilities.provider} ${capabilities.api}`] ?? { api: 'in the contract' });
    const { manualSteps, invite, patch, delete: deletes } = capabilities;
    const nothing = { roles: [], groups: [] };
    const member = { roles: capabilities.roles.slice(0, 1), groups: [] };
    const steps = [
      ...(invite === 'manual' ? [manualSteps.invite(NEWCOMER, member)] : []),
      ...(patch === 'manual' ? [manualSteps.patch(NEWCOMER, nothing, member)] : []),
      ...(deletes === 'manual' ? [manualSteps.delete(NEWCOMER, member)] : []),
    ];
    for (const some of steps) expect(some.join('\n')).toContain(NEWCOMER);
  });

  test('a probe tells whether the credential works, in words, and changes nothing', async () => {
    const world = subject.open(3);
    const probe = await world.provider.reader.probe();
    expect(probe).toMatchObject({ credential: 'works', otherApi: null, words: expect.stringMatching(/./) });
    for (const { what, words } of probe.abilities) expect([what, words]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    expect(probe.abilities.map(({ what }) => what)).toContain('list people');
    expect(world.writes()).toBe(0);
  });

  test('a probe with a refused credential says so, with what the vendor says, and changes nothing', async () => {
    const world = subject.open(3, [{ kind: 'status', status: 401, times: 'always' }]);
    const probe = await world.provider.reader.probe();
    expect(probe).toMatchObject({ credential: 'refused', words: expect.stringContaining('401') });
    expect(probe.abilities.filter(({ answer }) => answer === 'yes')).toEqual([]);
    expect(world.writes()).toBe(0);
  });

  test('no secret is in anything that it tells, whatever happens', async () => {
    for (const faults of [[], ...echoes(subject)]) {
      const world = subject.open(3, faults);
      const { reader, writer } = world.provider;
      const [, second] = world.truth();
      const id = second?.principal_id ?? '';
      const told = [
        await reader.read(null, null),
        await reader.readOne(id),
        await reader.events(instantOf(world)),
        await reader.probe(),
        ...(capabilities.delete === 'api' ? [await writer.delete(id)] : []),
      ];
      for (const { text } of world.secrets) expect(JSON.stringify(told)).not.toContain(text);
      expect(world.secrets.length).toBeGreaterThan(0);
    }
  });

  test.each(subject.otherAccounts.map((one) => [one.name, one] as const))(
    '%s: nobody is read, the reason is told, and nothing is changed',
    async (_, { open, says, otherApi }) => {
      const world = open();
      expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', message: expect.stringMatching(says) });
      expect(await world.provider.reader.probe()).toMatchObject({ otherApi });
      expect(world.writes()).toBe(0);
    },
  );

  if (subject.credential === null) return;
  const { asked, opensLog } = subject.credential;
  const times = [1, 2, 3].filter((nth) => nth <= (asked.path === undefined ? subject.requestsOf(large) : 1));
  test.each(times)('a credential that is refused at request %i is not used for any request begun after it', async (nth) => {
    const world = subject.open(large, [{ kind: 'status', status: 401, match: { ...asked, nth }, times: 'always' }]);
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'credentials' });
    const before = world.arrived();
    const id = world.truth()[0]?.principal_id ?? '';
    await world.provider.reader.read(null, null);
    await world.provider.reader.readOne(id);
    if (opensLog) await world.provider.reader.events(instantOf(world));
    await world.provider.writer.delete(id);
    expect(world.arrived()).toBe(before);
    expect(world.writes()).toBe(0);
  });

  test.each(Object.entries(subject.reads).flatMap(([read, match]) => [401, 403].map((status) => [status, read, match] as const)))(
    '%i for %s: nobody is read by halves, and nothing is written',
    async (status, _, match) => {
      const world = subject.open(3, [{ kind: 'status', status, match, times: 'always' }]);
      const reading = await world.provider.reader.read(null, null);
      if (reading.kind === 'complete') expectTrue(reading.observation.principals, world.truth(), null);
      else expect(reading).toMatchObject({ cause: 'credentials', message: expect.stringContaining(String(status)) });
      expect(world.writes()).toBe(0);
    },
  );
}

/** Every request answered with an error that repeats the secret it came with, in each of the vendors' styles. */
function echoes(subject: ContractSubject): Fault[][] {
  const bodiesOf = (words: string) => [
    { errors: [{ code: '10015', title: words, detail: words }] },
    { code: 20_001, message: words, status: 400 },
    { detail: words, status: '400', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] },
    { error: words, error_description: words },
    { [words]: words },
    words,
  ];
  return subject.open(1).secrets.flatMap(({ text, sentTo: match }): Fault[][] => {
    if (match === null) return [];
    const statuses = [400, 401, 429, 500];
    return bodiesOf(text).flatMap((body) => statuses.map((status): Fault[] => [{ kind: 'status', status, body, match, times: 'always' }]));
  });
}

// --------------------------------------------------------------------------------------------------------- 6: reading

function describeReading(subject: ContractSubject): void {
  test.each(subject.sizes)(
    '%i people are read whole, in as few requests as there are pages, in the order of their addresses',
    async (people) => {
      const world = subject.open(people);
      const reading = await world.provider.reader.read(null, null);
      expect(observed(reading)).toEqual(world.truth());
      expect(requestsOf(reading)).toBe(subject.requestsOf(people));
      expect(world.requests()).toBe(subject.requestsOf(people));
      expect(world.writes()).toBe(0);
    },
  );

  test('two reads of a quiet account agree to the last character', async () => {
    const world = subject.open(subject.large);
    const [one, two] = [await world.provider.reader.read(null, null), await world.provider.reader.read(null, null)];
    expect(digestOf(one)).toBe(digestOf(two));
    expect(observed(two)).toEqual(world.truth());
  });

  test('one person read alone is as the whole read has them, and nobody else', async () => {
    const world = subject.open(3);
    for (const live of world.truth()) {
      expect(await world.provider.reader.readOne(live.principal_id)).toMatchObject({
        kind: 'present',
        live: { principal: live.principal },
      });
    }
  });

  test('fewer than half of the last known people is not believed, and exactly half is', async () => {
    const world = subject.open(10);
    const people = world.truth().length;
    expect(await world.provider.reader.read(lastGoodOf(people * 2 + 1, world), null)).toMatchObject({
      kind: 'incomplete',
      cause: 'shrunk',
    });
    expect(await world.provider.reader.read(lastGoodOf(people * 2, world), null)).toMatchObject({ kind: 'complete' });
  });

  test('a short read is believed when one an hour earlier agrees, and not a moment before', async () => {
    const world = subject.open(10);
    const first = await world.provider.reader.read(lastGoodOf(100, world), null);
    if (first.kind !== 'incomplete' || first.suspect === null) throw new Error('the short read was believed at once');
    const suspect = { digest: first.suspect.digest, at: first.at };
    world.advance(3_599_999);
    expect(await world.provider.reader.read(lastGoodOf(100, world), suspect)).toMatchObject({ cause: 'shrunk' });
    world.advance(1);
    const other = { ...suspect, digest: `sha256:${'0'.repeat(64)}` };
    expect(await world.provider.reader.read(lastGoodOf(100, world), other)).toMatchObject({ cause: 'shrunk' });
    expect(await world.provider.reader.read(lastGoodOf(100, world), suspect)).toMatchObject({ kind: 'complete' });
  });

  for (const oddity of subject.oddities) {
    test(`${oddity.name}: shown, with everybody else as ever`, async () => {
      const world = oddity.open();
      const people = observed(await world.provider.reader.read(null, null));
      expect(people).toContainEqual(expect.objectContaining(oddity.shown));
      expect(people).toEqual(expect.arrayContaining(world.truth().map((one) => expect.objectContaining({ principal: one.principal }))));
      expect(world.writes()).toBe(0);
    });
  }
}

function describeDisturbedReading(subject: ContractSubject): void {
  const kinds = FAULT_KINDS.filter((kind) => !LOOKS_TRUE.has(kind)).map((kind) => ({ kind }) as Fault);
  const statuses = STATUSES.map((status): Fault => ({ kind: 'status', status }));
  const cases = Object.entries(subject.reads).flatMap(([read, match]) =>
    [...kinds, ...statuses].flatMap((fault) =>
      (['once', 'always'] as const).map((often) => ({
        title: `${nameOf(fault)} of ${read} ${often}`,
        lie: subject.undetectable(fault.kind, read),
        fault: { ...fault, match, ...(often === 'always' ? { times: often } : {}) } as Fault,
      })),
    ),
  );

  test.each(cases.map((one) => [one.title, one] as const))(
    '%s: the read is either whole and right, or said to be incomplete',
    async (_, { fault, lie }) => {
      for (const people of [1, 3, subject.large]) {
        const world = subject.open(people, [fault]);
        const truth = world.truth();
        const reading = await world.provider.reader.read(lie === 'fewer' ? lastGoodOf(truth.length, world) : null, null);
        if (reading.kind === 'incomplete') expect(reading.message).not.toBe('');
        else expectTrue(reading.observation.principals, truth, lie);
        expect(requestsOf(reading)).toBe(world.requests());
        expect(world.writes()).toBe(0);
      }
    },
  );

  test.each(subject.errors)("$name: the vendor's code and sentence reach people, and can do nothing there", async ({ body, says }) => {
    const [match] = Object.values(subject.reads);
    const world = subject.open(3, [{ kind: 'status', status: 400, body, ...(match === undefined ? {} : { match }), times: 'always' }]);
    const reading = await world.provider.reader.read(null, null);
    if (reading.kind === 'complete') throw new Error('an error was read as people');
    expect(reading.message).toContain(says);
    expect(reading.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  });

  test('a vendor that answers "too many" for ever is given up at the deadline', async () => {
    const world = subject.open(3, [{ kind: 'status', status: 429, times: 'always' }]);
    const startMs = world.nowMs();
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
    expect(world.nowMs() - startMs).toBeLessThanOrEqual(RUN_LASTS_MS);
  });
}

/** Keys outlive the people who could read them. No change rests on them, so a read stands without. */
function describeKeys({ keys, open, capabilities }: ContractSubject): void {
  test('keys are listed where the vendor lists them, and only there', () => {
    expect(capabilities.keysListed).toBe(keys !== null);
  });

  if (keys === null) return;
  test('the keys of the account are read with their names and when they were made, and without a secret', async () => {
    const world = open(3);
    const reading = await world.provider.reader.read(null, null);
    expect(reading).toMatchObject({ kind: 'complete', observation: { keys: { kind: 'keys', keys: world.keys?.() } } });
    expect(world.keys?.()).not.toEqual([]);
  });

  test('without a credential for them they are not read, and the reason is told', async () => {
    const world = keys.withoutCredential();
    const reading = await world.provider.reader.read(null, null);
    expect(observed(reading)).toEqual(world.truth());
    expect(reading).toMatchObject({ observation: { keys: { kind: 'not_read', why: expect.stringContaining('AUTH_TOKEN') } } });
  });

  test.each([401, 403, 404, 429, 500].map((status) => [status] as const))(
    'keys that are answered with %i for ever are not read, and the people are read as ever',
    async (status) => {
      const world = open(3, [{ kind: 'status', status, match: keys.asked, times: 'always' }]);
      const reading = await world.provider.reader.read(null, null);
      expect(observed(reading)).toEqual(world.truth());
      expect(reading).toMatchObject({ observation: { keys: { kind: 'not_read', why: expect.stringContaining(String(status)) } } });
    },
  );
}

// -------------------------------------------------------------------------------------------------------- 7: applying

/** What each half of the writer is for; `assign` and `unassign` are parts of a change. */
function describeManual(subject: ContractSubject): void {
  const { invite, patch, delete: deletes, requests, roles } = subject.capabilities;
  const role = roles[0] ?? '';
  const writes: Readonly<
    Record<string, { readonly isManual: boolean; readonly write: (provider: Provider, id: string) => Promise<unknown> }>
  > = {
    'an invitation': {
      isManual: invite === 'manual',
      write: ({ writer }) => writer.invite(NEWCOMER, 'New Person', { roles: [role], groups: [] }),
    },
    'a change of roles': { isManual: patch === 'manual', write: ({ writer }, id) => writer.patch(id, { roles: [role] }) },
    'a delete': { isManual: deletes === 'manual', write: ({ writer }, id) => writer.delete(id) },
    'one role more': { isManual: requests !== 'parts', write: ({ writer }, id) => writer.assign(id, role) },
    'one role less': { isManual: requests !== 'parts', write: ({ writer }, id) => writer.unassign(id, role) },
  };
  const byHand = Object.entries(writes).filter(([, { isManual }]) => isManual);

  test.each(byHand)('%s is not for this API: asked for all the same, it throws and sends nothing', async (_, { write }) => {
    const world = subject.open(3);
    const before = world.requests();
    await expect((async () => write(world.provider, world.truth()[1]?.principal_id ?? ''))()).rejects.toThrow(/./);
    expect(world.requests()).toBe(before);
  });
}

function describeDelete(subject: ContractSubject): void {
  const isWhole = subject.capabilities.requests === 'one';

  if (isWhole) {
    test('a delete is one request, and a read of that one person proves it', async () => {
      const world = subject.open(4);
      const leaver = world.truth()[2];
      const id = leaver?.principal_id ?? '';
      expect(await world.provider.writer.delete(id)).toMatchObject({ kind: 'accepted' });
      expect(await world.provider.reader.readOne(id)).toEqual({ kind: 'absent' });
      expect(world.writes()).toBe(1);
      expect(world.truth().filter((one) => one.status === 'active')).not.toContainEqual(leaver);
    });

    test('who is already gone is no error', async () => {
      const world = subject.open(4);
      const id = world.truth()[2]?.principal_id ?? '';
      await world.provider.writer.delete(id);
      expect(await world.provider.writer.delete(id)).toMatchObject({ kind: 'accepted' });
    });
  }

  test.each(LOST_WRITES.map((fault) => [nameOf(fault), fault] as const))(
    '%s of a delete: it is sent once, and nothing claims that it is done',
    async (_, fault) => {
      const world = subject.open(3, struckWrites(subject, fault));
      const leaver = world.truth()[1]?.principal_id ?? '';
      const [role = ''] = world.truth()[1]?.roles ?? [];
      const { writer } = world.provider;
      if (!isWhole) await world.provider.reader.read(null, null);
      const result = isWhole ? await writer.delete(leaver) : await writer.unassign(leaver, role);
      expect(world.writes()).toBe(1);
      expect(['undecided', 'accepted', 'credentials', 'refused']).toContain(result.kind);
    },
  );
}

/** One request makes a change. */
function describeWholeChanges(subject: ContractSubject): void {
  const [weakest = '', stronger = ''] = subject.capabilities.roles;
  const newcomer = { roles: [weakest], groups: [] };

  test('an invitation, a change and a delete are each one request, and each can be read back', async () => {
    const world = subject.open(3);
    const { reader, writer } = world.provider;
    const id = idOf(await writer.invite(NEWCOMER, 'New Person', newcomer));
    expect(await reader.readOne(id)).toMatchObject({ kind: 'present', live: { principal: NEWCOMER, roles: [weakest] } });
    expect(await writer.patch(id, { roles: [stronger] })).toMatchObject({ kind: 'accepted' });
    expect(await reader.readOne(id)).toMatchObject({ kind: 'present', live: { roles: [stronger], name: 'New Person' } });
    expect(await writer.delete(id)).toMatchObject({ kind: 'accepted' });
    expect(await reader.readOne(id)).toEqual({ kind: 'absent' });
    expect(world.writes()).toBe(3);
  });

  const writes = {
    'an invitation': (provider: Provider) => provider.writer.invite(NEWCOMER, 'New Person', newcomer),
    'a change of roles': (provider: Provider, id: string) => provider.writer.patch(id, { roles: [stronger] }),
  };
  describeLost(subject, writes, async () => {});
  describeLimited(subject, writes, async () => {});
}

/** People and their roles are written apart: a change is several requests, each of them one call. */
function describeParts(subject: ContractSubject): void {
  const [strongest = '', second = '', third = ''] = subject.capabilities.roles.toReversed();
  const nothing = { roles: [], groups: [] };
  const prepare = async ({ provider }: ContractWorld): Promise<void> => {
    await provider.reader.read(null, null);
  };

  test('a person is made, given roles, renamed, taken them away and ended, each by one request that can be read back', async () => {
    const world = subject.open(3);
    await prepare(world);
    const { reader, writer } = world.provider;
    const id = idOf(await writer.invite(NEWCOMER, 'New Person', { roles: [second, third], groups: [] }));
    expect(await reader.readOne(id)).toMatchObject({ kind: 'present', live: { principal: NEWCOMER, ...nothing, status: 'active' } });
    const steps: readonly [() => Promise<WriteResult>, object][] = [
      [() => writer.assign(id, second), { roles: [second] }],
      [() => writer.assign(id, third), { roles: [second, third].toSorted() }],
      [() => writer.unassign(id, second), { roles: [third] }],
      [() => writer.patch(id, { name: 'Other Person' }), { roles: [third], name: 'Other Person' }],
      [() => writer.unassign(id, third), { ...nothing }],
    ];
    for (const [write, live] of steps) {
      const before = world.writes();
      expect(await write()).toMatchObject({ kind: 'accepted' });
      expect(world.writes()).toBe(before + 1);
      expect(await reader.readOne(id)).toMatchObject({ kind: 'present', live });
    }
    expect(await writer.delete(id)).toMatchObject({ kind: 'accepted' });
    expect(await reader.readOne(id)).toEqual({ kind: 'absent' });
    expect(world.writes()).toBe(steps.length + 2);
  });

  test('who was ended and is wanted again is the same person, and no second one', async () => {
    const world = subject.open(3);
    await prepare(world);
    const { reader, writer } = world.provider;
    const id = idOf(await writer.invite(NEWCOMER, 'New Person', nothing));
    await writer.delete(id);
    expect(observed(await reader.read(null, null)).map((one) => one.principal)).not.toContain(NEWCOMER);
    expect(await writer.patch(id, { active: true })).toMatchObject({ kind: 'accepted' });
    expect(await writer.assign(id, strongest)).toMatchObject({ kind: 'accepted' });
    const people = observed(await reader.read(null, null)).filter((one) => one.principal === NEWCOMER);
    expect(people).toEqual([expect.objectContaining({ principal_id: id, status: 'active', roles: [strongest] })]);
  });

  test('who has a login and no role is nobody here, unless their delete was begun: then they are shown with empty hands', async () => {
    const world = subject.open(3);
    await prepare(world);
    const id = idOf(await world.provider.writer.invite(NEWCOMER, 'New Person', nothing));
    expect(observed(await world.provider.reader.read(null, null))).toEqual(world.truth());
    const begun = observed(await world.provider.reader.read(null, null, [{ principalId: id, isDelete: true }]));
    expect(begun).toContainEqual(expect.objectContaining({ principal: NEWCOMER, principal_id: id, status: 'active', ...nothing }));
    expect(begun).toHaveLength(world.truth().length + 1);
    await world.provider.writer.delete(id);
    const ended = await world.provider.reader.read(null, null, [{ principalId: id, isDelete: true }]);
    expect(observed(ended)).toEqual(world.truth());
    expect(ended).toMatchObject({ observation: { without: [{ principal: NEWCOMER, principal_id: id, status: 'inactive', ...nothing }] } });
  });

  test('a login is not ended while any role is left', async () => {
    const world = subject.open(3);
    await prepare(world);
    const holder = world.truth()[1];
    const result = await world.provider.writer.delete(holder?.principal_id ?? '');
    expect(['accepted', 'undecided', 'refused']).toContain(result.kind);
    expect(world.writes()).toBe(0);
    expect(observed(await world.provider.reader.read(null, null))).toContainEqual(
      expect.objectContaining({ principal: holder?.principal, status: 'active' }),
    );
  });

  const writes = {
    'an invitation': ({ writer }: Provider) => writer.invite(NEWCOMER, 'New Person', nothing),
    'one role more': ({ writer }: Provider, id: string) => writer.assign(id, second),
    'a change of the name': ({ writer }: Provider, id: string) => writer.patch(id, { name: 'Other Person' }),
  };
  describeLost(subject, writes, prepare);
  describeLimited(subject, writes, prepare);
}

type Writes = Readonly<Record<string, (provider: Provider, id: string) => Promise<WriteResult>>>;

function describeLost(subject: ContractSubject, writes: Writes, prepare: (world: ContractWorld) => Promise<void>): void {
  test.each(LOST_WRITES.map((fault) => [nameOf(fault), fault] as const))(
    '%s of a write: it is sent once, and nothing claims that it is done',
    async (_, fault) => {
      for (const write of Object.values(writes)) {
        const world = subject.open(3, struckWrites(subject, fault));
        await prepare(world);
        const result = await write(world.provider, world.truth()[1]?.principal_id ?? '');
        expect(world.writes()).toBe(1);
        expect(['undecided', 'accepted', 'credentials', 'refused']).toContain(result.kind);
      }
    },
  );
}

function describeLimited(subject: ContractSubject, writes: Writes, prepare: (world: ContractWorld) => Promise<void>): void {
  test.each(Object.entries(writes))(
    '%s that is answered "too many" for ever is given up at the deadline, with an instant to try again',
    async (_, write) => {
      const world = subject.open(3, struckWrites(subject, { kind: 'status', status: 429 }));
      await prepare(world);
      const startMs = world.nowMs();
      const result = await write(world.provider, world.truth()[1]?.principal_id ?? '');
      if (result.kind !== 'postponed') throw new Error(`it came to ${result.kind}`);
      expect(Date.parse(result.notBefore ?? '')).toBeGreaterThanOrEqual(world.nowMs());
      expect(world.nowMs() - startMs).toBeLessThanOrEqual(RUN_LASTS_MS);
    },
  );

  test('an invitation that is answered "too many" is not sent again in this run', async () => {
    const world = subject.open(3, struckWrites(subject, { kind: 'status', status: 429 }));
    await prepare(world);
    const result = await world.provider.writer.invite(NEWCOMER, 'New', { roles: [...subject.capabilities.roles.slice(0, 1)], groups: [] });
    expect(result.kind).toBe('postponed');
    expect(world.writes()).toBe(1);
  });
}

function describeAnswers(subject: ContractSubject): void {
  for (const answered of subject.answered) {
    test(`${answered.name}: ${answered.kind}, in the vendor's words, and not tried again`, async () => {
      const world = answered.open();
      const result = await answered.write(world);
      expect(result.kind).toBe(answered.kind);
      expect('message' in result ? result.message : '').toMatch(answered.says);
      expect(world.writes()).toBe(answered.writes);
    });
  }
}

function struckWrites(subject: ContractSubject, fault: Fault): Fault[] {
  return subject.writes.map((match): Fault => ({ ...fault, match, times: 'always' }) as Fault);
}

// ------------------------------------------------------------------------------------------------------ 9: who did it

function describeLog(subject: ContractSubject): void {
  const { log } = subject;
  if (log === null) {
    test('there is no log to ask, and the reason is told', async () => {
      const world = subject.open(3);
      expect(await world.provider.reader.events(instantOf(world))).toEqual({ kind: 'unavailable', why: expect.stringMatching(/./) });
    });
    return;
  }

  test("the vendor's log tells who did what to whom and when, oldest first", async () => {
    const world = subject.open(11);
    const [, second, third] = world.truth();
    const since = instantOf(world);
    const deeds = [second, third].map((principal) => {
      world.advance(60_000);
      return { ...world.raise(principal?.principal_id ?? ''), at: instantOf(world) };
    });
    const reading = await world.provider.reader.events(since);
    expect(reading).toMatchObject({ kind: 'events', events: deeds });
    if (subject.raised !== null) expect(reading.kind === 'events' && reading.events[0]?.fields).toContainEqual(subject.raised);
    expect(world.writes()).toBe(0);
  });

  test('what happened before the instant asked for is not told', async () => {
    const world = subject.open(3);
    world.raise(world.truth()[1]?.principal_id ?? '');
    world.advance(60_000);
    expect(await world.provider.reader.events(instantOf(world))).toEqual({ kind: 'events', events: [] });
  });

  test.each(LOST_LOGS.map((fault) => [nameOf(fault), fault] as const))(
    '%s of the log: its reason is told within ten seconds, and the account is read as ever',
    async (_, fault) => {
      const world = subject.open(3, [{ ...fault, match: log, times: 'always' } as Fault]);
      const startMs = world.nowMs();
      world.raise(world.truth()[1]?.principal_id ?? '');
      const reading = await world.provider.reader.events(new Date(startMs - 1).toISOString());
      expect(reading).toEqual({ kind: 'unavailable', why: expect.stringMatching(/./) });
      expect(world.nowMs() - startMs).toBeLessThanOrEqual(EVENTS_LAST_MS);
      expect(observed(await world.provider.reader.read(null, null))).toEqual(world.truth());
    },
  );
}

// ------------------------------------------------------------------------------------------------------------- words

function expectTrue(people: readonly LivePrincipal[], truth: readonly LivePrincipal[], lie: 'fewer' | 'unclear' | null): void {
  if (lie === null) expect(people).toEqual(truth);
  if (lie === 'fewer') {
    expect(truth).toEqual(expect.arrayContaining([...people]));
    expect(people.length * 2).toBeGreaterThanOrEqual(truth.length);
  }
  if (lie === 'unclear') {
    const touchable = people.filter((one) => one.note === undefined && one.status !== 'unknown');
    expect(truth).toEqual(expect.arrayContaining(touchable));
    expect(people.map((one) => one.principal_id).toSorted()).toEqual(truth.map((one) => one.principal_id).toSorted());
  }
}

function nameOf(fault: Fault): string {
  const what = fault.kind === 'status' ? `status ${fault.status}` : fault.kind.replaceAll('_', ' ');
  return 'when' in fault ? `${what} ${fault.when}` : what;
}

function idOf(result: WriteResult): string {
  if (result.kind !== 'accepted' || result.principalId === null) throw new Error(`the invitation came to ${result.kind}`);
  return result.principalId;
}

function instantOf(world: ContractWorld): string {
  return new Date(world.nowMs()).toISOString();
}

function lastGoodOf(principals: number, world: ContractWorld): LastGood {
  return { principals, at: instantOf(world) };
}

function observed(reading: Reading): readonly LivePrincipal[] {
  if (reading.kind === 'incomplete') throw new Error(reading.message);
  return reading.observation.principals;
}

function digestOf(reading: Reading): string {
  return reading.kind === 'complete' ? reading.observation.digest : 'incomplete';
}

function requestsOf(reading: Reading): number {
  return reading.kind === 'complete' ? reading.observation.requests : reading.requests;
}
