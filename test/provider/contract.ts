import { describe, expect, test } from 'vitest';
import type { LastGood, LivePrincipal, Provider, Reading } from '../../src/model.ts';

/** What a provider's tests hand to the contract: a world with so many people, and ways to disturb it. */
export interface ContractWorld {
  readonly provider: Provider;
  /** What is really there, as the model says it, sorted by address. */
  truth(): readonly LivePrincipal[];
  /** Every request so far, and those that change something. */
  requests(): number;
  writes(): number;
  nowMs(): number;
  advance(ms: number): void;
  /** Somebody makes the principal with this id an admin, around rollcall; the id of who did it. */
  raise(principalId: string): string;
}

export interface ContractSubject {
  readonly name: string;
  /** A world of `people`, in which the given disturbance strikes. */
  open(people: number, disturbance?: string): ContractWorld;
  /** Sizes around the vendor's page. */
  readonly sizes: readonly number[];
  readonly pagesOf: (people: number) => number;
  /** Disturbances of one read, by name: each strikes one request or all of them. */
  readonly disturbances: readonly string[];
  /** Disturbances that no reader can tell from the truth, unless it knows how many there were before. */
  readonly undetectable: ReadonlySet<string>;
  /** A disturbance that refuses the key from the nth request on. */
  readonly keyRefusedFrom: (nth: number) => string;
  /** A disturbance that answers every write with "too many" and no end. */
  readonly alwaysLimited: string;
  /** Disturbances of one write, by name. */
  readonly writeDisturbances: readonly string[];
  /** Disturbances of every request for the vendor's log, by name. */
  readonly eventDisturbances: readonly string[];
}

const LARGE = 501;
const EVENTS_LAST_MS = 10_000;

/** What every provider keeps, whatever its vendor. */
export function describeProviderContract(subject: ContractSubject): void {
  describe(`${subject.name} keeps the contract of every provider`, () => {
    describeReading(subject);
    describeWriting(subject);
    describeEvents(subject);
  });
}

function describeReading(subject: ContractSubject): void {
  test.each(subject.sizes)('%i people are read whole, one request a page, in the order of their addresses', async (people) => {
    const world = subject.open(people);
    const reading = await world.provider.reader.read(null, null);
    expect(observed(reading)).toEqual(world.truth());
    expect(requestsOf(reading)).toBe(subject.pagesOf(people));
    expect(world.requests()).toBe(subject.pagesOf(people));
    expect(world.writes()).toBe(0);
  });

  test('two reads of a quiet account agree to the last character', async () => {
    const world = subject.open(LARGE);
    const [one, two] = [await world.provider.reader.read(null, null), await world.provider.reader.read(null, null)];
    expect(digestOf(one)).toBe(digestOf(two));
    expect(requestsOf(two)).toBe(subject.pagesOf(LARGE));
  });

  test.each(subject.disturbances)('%s: the read is either whole and right, or said to be incomplete', async (disturbance) => {
    for (const people of [1, 3, LARGE]) {
      const world = subject.open(people, disturbance);
      const lastGood = subject.undetectable.has(disturbance) ? lastGoodOf(people * 4, world) : null;
      const reading = await world.provider.reader.read(lastGood, null);
      if (reading.kind === 'complete') expect(reading.observation.principals).toEqual(world.truth());
      else expect(reading.message).not.toBe('');
      expect(requestsOf(reading)).toBe(world.requests());
      expect(world.writes()).toBe(0);
    }
  });

  test.each([1, 2, 3])('a key that is refused at request %i is not used for any request begun after it', async (nth) => {
    const world = subject.open(LARGE, subject.keyRefusedFrom(nth));
    const reading = await world.provider.reader.read(null, null);
    expect(reading).toMatchObject({ kind: 'incomplete', cause: 'credentials' });
    const before = world.requests();
    await world.provider.reader.read(null, null);
    await world.provider.reader.readOne(world.truth()[0]?.principal_id ?? '');
    await world.provider.reader.events(instantOf(world));
    await world.provider.writer.delete(world.truth()[0]?.principal_id ?? '');
    expect(world.requests()).toBe(before);
    expect(world.writes()).toBe(0);
  });

  test('fewer than half of the last known people is not believed, and exactly half is', async () => {
    const world = subject.open(10);
    expect(await world.provider.reader.read(lastGoodOf(21, world), null)).toMatchObject({ kind: 'incomplete', cause: 'shrunk' });
    expect(await world.provider.reader.read(lastGoodOf(20, world), null)).toMatchObject({ kind: 'complete' });
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
}

function describeWriting(subject: ContractSubject): void {
  test('an invitation, a change and a delete are each one request, and each can be read back', async () => {
    const world = subject.open(3);
    const { reader, writer } = world.provider;
    const invited = await writer.invite('new@acme.example', 'New Person', { roles: ['member'], groups: [] });
    expect(invited.kind).toBe('accepted');
    const id = invited.kind === 'accepted' ? (invited.principalId ?? '') : '';
    expect(await reader.readOne(id)).toMatchObject({ kind: 'present', live: { principal: 'new@acme.example', roles: ['member'] } });
    expect(await writer.patch(id, { roles: ['admin'] })).toMatchObject({ kind: 'accepted' });
    expect(await reader.readOne(id)).toMatchObject({ kind: 'present', live: { roles: ['admin'], name: 'New Person' } });
    expect(await writer.delete(id)).toMatchObject({ kind: 'accepted' });
    expect(await reader.readOne(id)).toEqual({ kind: 'absent' });
    expect(world.writes()).toBe(3);
  });

  test.each(subject.writeDisturbances)('%s: no write is sent twice, and nothing claims to be done', async (disturbance) => {
    const writes = [
      (provider: Provider) => provider.writer.invite('new@acme.example', 'New Person', { roles: ['member'], groups: [] }),
      (provider: Provider, id: string) => provider.writer.patch(id, { roles: ['admin'] }),
      (provider: Provider, id: string) => provider.writer.delete(id),
    ];
    for (const write of writes) {
      const world = subject.open(3, disturbance);
      const result = await write(world.provider, world.truth()[1]?.principal_id ?? '');
      expect(world.writes()).toBe(1);
      expect(['undecided', 'accepted', 'credentials', 'refused']).toContain(result.kind);
    }
  });

  test('a vendor that answers "too many" for ever is given up at the deadline, with an instant to try again', async () => {
    const world = subject.open(3, subject.alwaysLimited);
    const startMs = world.nowMs();
    const result = await world.provider.writer.patch(world.truth()[0]?.principal_id ?? '', { name: 'Other' });
    if (result.kind !== 'postponed') throw new Error(`it came to ${result.kind}`);
    expect(Date.parse(result.notBefore ?? '')).toBeGreaterThanOrEqual(world.nowMs());
    expect(world.nowMs() - startMs).toBeLessThanOrEqual(600_000);
  });

  test('an invitation that is answered "too many" is not sent again in this run', async () => {
    const world = subject.open(3, subject.alwaysLimited);
    const result = await world.provider.writer.invite('new@acme.example', 'New', { roles: ['member'], groups: [] });
    expect(result.kind).toBe('postponed');
    expect(world.writes()).toBe(1);
  });
}

function describeEvents(subject: ContractSubject): void {
  test("the vendor's log tells who did what to whom and when, oldest first", async () => {
    const world = subject.open(11);
    const [, second, third] = world.truth();
    const since = instantOf(world);
    const deeds = [second, third].map((principal) => {
      world.advance(60_000);
      const targetId = principal?.principal_id ?? '';
      return { actorId: world.raise(targetId), targetId, at: instantOf(world) };
    });
    const reading = await world.provider.reader.events(since);
    expect(reading).toMatchObject({ kind: 'events', events: deeds });
    expect(reading.kind === 'events' && reading.events[0]?.fields).toContainEqual({ field: 'role', from: 'member', to: 'admin' });
    expect(world.writes()).toBe(0);
  });

  test('what happened before the instant asked for is not told', async () => {
    const world = subject.open(3);
    world.raise(world.truth()[1]?.principal_id ?? '');
    world.advance(60_000);
    expect(await world.provider.reader.events(instantOf(world))).toEqual({ kind: 'events', events: [] });
  });

  test.each(subject.eventDisturbances)(
    '%s of the log: its reason is told within ten seconds, and the account is read and written as ever',
    async (disturbance) => {
      const world = subject.open(3, disturbance);
      const startMs = world.nowMs();
      world.raise(world.truth()[1]?.principal_id ?? '');
      const reading = await world.provider.reader.events(new Date(startMs - 1).toISOString());
      expect(reading).toEqual({ kind: 'unavailable', why: expect.stringMatching(/./) });
      expect(world.nowMs() - startMs).toBeLessThanOrEqual(EVENTS_LAST_MS);
      expect(observed(await world.provider.reader.read(null, null))).toEqual(world.truth());
      expect(await world.provider.writer.delete(world.truth()[1]?.principal_id ?? '')).toMatchObject({ kind: 'accepted' });
    },
  );
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
