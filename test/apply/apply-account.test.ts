import { describe, expect, test } from 'vitest';
import type { TelnyxFault } from '../../src/emulator/parse-telnyx-fault.ts';
import { invite, lower, openApplyWorld as open, outcomesOf, raise, removal, writesOf } from '../support/ledger-apply.ts';
import { decisionOf, patchOf, personOf } from '../support/ledger-world.ts';
import { manyUsers, uuidOf } from '../support/provider-world.ts';

describe('making what was decided', () => {
  test('is done one after another, in the order given, each told before it is sent and after it is known', async () => {
    const world = await open();
    const applied = await world.apply([lower, removal, raise, invite]);
    expect(outcomesOf(applied)).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect(applied.stopped).toBeNull();
    expect(writesOf(world)).toEqual(['PATCH', 'DELETE', 'PATCH', 'POST']);
    expect(world.sentences).toEqual([
      'intent after 0 writes',
      'outcome applied after 1 writes',
      'intent after 1 writes',
      'outcome applied after 2 writes',
      'intent after 2 writes',
      'outcome applied after 3 writes',
      'intent after 3 writes',
      'outcome applied after 4 writes',
    ]);
    expect(world.vendor.highWater().writes).toBe(1);
    expect(world.vendor.state().users.map((user) => user.role)).toEqual(['member', 'admin', 'member']);
  });

  test('where an append is dear, the intents of a batch are durable in one append before its first request', async () => {
    const world = await open();
    await world.apply([lower, removal, raise], { intentsPerAppend: 2 });
    expect(world.sentences.slice(0, 4)).toEqual([
      'intent after 0 writes',
      'intent after 0 writes',
      'outcome applied after 1 writes',
      'outcome applied after 2 writes',
    ]);
  });

  test('remembers what is true now: access, name by policy and the status that was read back', async () => {
    const world = await open();
    await world.apply([removal, raise, decisionOf(invite, { policyName: 'Name by policy' })]);
    expect(Object.fromEntries(world.history().lastApplied)).toEqual({
      [removal.principal]: null,
      [raise.principal]: { roles: ['admin'], groups: [], name: 'Person 2', status: 'active' },
      [invite.principal]: { roles: ['member'], groups: [], name: 'Name by policy', status: 'invited' },
    });
  });

  test('sends nothing for what waits, what a person does, what is withheld and what is left', async () => {
    const world = await open();
    const decisions = (['wait', 'hand', 'withhold', 'leave'] as const).map((verdict) => decisionOf(invite, { verdict }));
    expect(outcomesOf(await world.apply(decisions))).toEqual(['deferred', 'manual', 'withheld']);
    expect(world.story()).toEqual(['invite deferred', 'invite manual']);
    expect(world.sent).toEqual([]);
  });

  test('changes a name without touching the role', async () => {
    const world = await open();
    expect(outcomesOf(await world.apply([patchOf(personOf(2), { name: 'New Name' })]))).toEqual(['applied']);
    expect(world.vendor.requests.find((request) => request.mutating)?.body).toBe('{"name":"New Name"}');
  });
});

describe('a look just before anybody who is there is changed', () => {
  test('who is gone by one answer is neither deleted nor lowered nor called deleted: the read of the whole afterwards decides', async () => {
    const world = await open();
    world.vendor.portal().deleteByPortal(removal.principal);
    world.vendor.portal().deleteByPortal(lower.principal);
    expect(outcomesOf(await world.apply([lower, removal]))).toEqual(['withheld', 'withheld']);
    expect(writesOf(world)).toEqual([]);
    expect(world.history().spentDeletes).toEqual([]);
  });

  test('who has changed since the read keeps what they have, until people have seen the change', async () => {
    const world = await open();
    world.vendor.portal().setRole(removal.principal, 'admin');
    world.vendor.portal().suspend(lower.principal);
    expect(outcomesOf(await world.apply([lower, removal]))).toEqual(['withheld', 'withheld']);
    expect(writesOf(world)).toEqual([]);
    expect(world.history().openIntents).toEqual([]);
  });

  test('who has changed since the read is not raised either, and who is gone is given no name', async () => {
    const world = await open();
    world.vendor.portal().suspend(raise.principal);
    world.vendor.portal().deleteByPortal(removal.principal);
    expect(outcomesOf(await world.apply([raise, patchOf(personOf(3), { name: 'New Name' })]))).toEqual(['withheld', 'withheld']);
    expect(writesOf(world)).toEqual([]);
  });

  test('who cannot be read keeps what they have for this run', async () => {
    const world = await open({ faults: [{ kind: 'reset_before', match: { method: 'GET' }, times: 'always' }] });
    expect(outcomesOf(await world.apply([removal]))).toEqual(['deferred']);
    expect(writesOf(world)).toEqual([]);
  });

  test('an answer about somebody else takes nothing from anybody', async () => {
    const world = await open({
      wrap: (http) => ({ ...http, send: (request) => http.send({ ...request, url: request.url.replace(uuidOf(3), uuidOf(2)) }) }),
    });
    expect(outcomesOf(await world.apply([removal]))).toEqual(['deferred']);
    expect(writesOf(world)).toEqual([]);
  });
});

describe('stopping', () => {
  test('a key that is refused stops the account at once: nothing more is sent, the rest is owed', async () => {
    const world = await open({ faults: [{ kind: 'status', status: 403, match: { method: 'PATCH' }, times: 'always' }] });
    const applied = await world.apply([raise, removal, invite]);
    expect(outcomesOf(applied)).toEqual(['deferred', 'deferred', 'deferred']);
    expect(applied.stopped?.cause).toBe('credentials');
    expect(writesOf(world)).toHaveLength(1);
    expect(world.history().openIntents).toEqual([]);
  });

  test('a key that is refused while reading back leaves that change undecided and sends nothing more', async () => {
    const world = await open({ faults: [{ kind: 'status', status: 401, match: { method: 'GET', nth: 2 } }] });
    const applied = await world.apply([raise, invite]);
    expect(outcomesOf(applied)).toEqual(['undecided', 'deferred']);
    expect(world.sent).toHaveLength(3);
  });

  test('three failures stop the account only where they are more than two fifths of what was tried', async () => {
    const failing = (count: number): TelnyxFault => ({ kind: 'status', status: 422, match: { method: 'PATCH' }, times: count });
    const raises = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => patchOf(personOf(from + index, 'member'), { role: 'admin' }));
    const users = manyUsers(30).map((user) => ({ ...user, role: 'member' }));
    const early = await open({ users, faults: [failing(9)] });
    const stopped = await early.apply(raises(1, 10));
    expect(stopped.stopped?.cause).toBe('failing');
    expect(writesOf(early)).toHaveLength(3);
    expect(outcomesOf(stopped)).toEqual(['failed', 'failed', 'failed', ...Array(6).fill('deferred')]);
    const late = await open({ users, faults: [{ ...failing(3), match: { method: 'PATCH', nth: 6 } }] });
    expect((await late.apply(raises(1, 10))).stopped).toBeNull();
  });

  test('an interruption before the first change begins nothing, and everything is owed', async () => {
    const interruption = new AbortController();
    interruption.abort();
    const world = await open();
    const applied = await world.apply([raise, invite], { interrupted: interruption.signal });
    expect(outcomesOf(applied)).toEqual(['deferred', 'deferred']);
    expect(applied.stopped?.cause).toBe('interrupted');
    expect(world.sent).toEqual([]);
    expect(world.story()).toEqual(['patch deferred', 'invite deferred']);
  });

  test.each([1, 5])(
    'an interruption during a change lets it finish and begins no other (%i intents an append)',
    async (intentsPerAppend) => {
      const interruption = new AbortController();
      const world = await open({ interrupted: interruption.signal });
      const applied = await world.apply([raise, invite, removal], {
        interrupted: interruption.signal,
        intentsPerAppend,
        onResult: () => interruption.abort(),
      });
      expect(outcomesOf(applied)).toEqual(['applied', 'deferred', 'deferred']);
      expect(writesOf(world)).toEqual(['PATCH']);
      expect(world.history().openIntents).toEqual([]);
    },
  );
});
