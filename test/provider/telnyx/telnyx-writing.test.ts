import { describe, expect, test } from 'vitest';
import { HOUR_MS, openProviderWorld, uuidOf } from '../../support/provider-world.ts';

const ROLE = { roles: ['member'], groups: [] };

describe('writing', () => {
  test.each(['', '..', '../../v2/api_keys/1', `${uuidOf(1)}/..`, `${uuidOf(1)}?x`, 'US0123'])(
    'the id %s never becomes a path',
    async (id) => {
      const world = openProviderWorld();
      await expect(world.provider.writer.delete(id)).rejects.toThrow('not a UUID');
      await expect(world.provider.writer.patch(id, { name: 'X' })).rejects.toThrow('not a UUID');
      await expect(world.provider.reader.readOne(id)).rejects.toThrow('not a UUID');
      expect(world.sent).toEqual([]);
    },
  );

  test('a change carries the fields that change and no others', async () => {
    const world = openProviderWorld();
    await world.provider.writer.patch(uuidOf(1), { roles: ['member'] });
    await world.provider.writer.patch(uuidOf(2), { name: 'Other' });
    await world.provider.writer.patch(uuidOf(3), { name: 'Both', roles: ['admin'] });
    expect(world.sent.map((request) => request.body)).toEqual(['{"role":"member"}', '{"name":"Other"}', '{"name":"Both","role":"admin"}']);
  });

  test('deleting somebody who is gone already is what was wanted', async () => {
    const world = openProviderWorld();
    expect(await world.provider.writer.delete(uuidOf(77))).toMatchObject({ kind: 'accepted' });
    expect(await world.provider.reader.readOne(uuidOf(77))).toEqual({ kind: 'absent' });
  });

  test('the three refusals of an invitation are told apart', async () => {
    const world = openProviderWorld({ elsewhere: ['own@acme.example'], switches: { open: 1 } });
    const invite = (address: string) => world.provider.writer.invite(address, 'Somebody', ROLE);
    expect((await invite('person-00001@acme.example')).kind).toBe('duplicate');
    expect((await invite('own@acme.example')).kind).toBe('address_taken');
    expect((await invite('one@acme.example')).kind).toBe('accepted');
    expect((await invite('two@acme.example')).kind).toBe('limited');
  });

  test.each([422, 429] as const)('the hourly limit, answered as %i, is a limit and no fault of the person', async (limit_status) => {
    const world = openProviderWorld({ switches: { per_hour: 1, limit_status } });
    await world.provider.writer.invite('one@acme.example', 'One', ROLE);
    const result = await world.provider.writer.invite('two@acme.example', 'Two', ROLE);
    expect(result.kind).toBe(limit_status === 422 ? 'limited' : 'postponed');
    if (result.kind === 'postponed') expect(result.notBefore).toBe(new Date(world.clock.now() + HOUR_MS).toISOString());
    expect(world.vendor.requests.filter((request) => request.method === 'POST')).toHaveLength(2);
  });

  test('a conflict (409) is a duplicate that a read has to explain', async () => {
    const world = openProviderWorld({ faults: [{ kind: 'status', status: 409, match: { method: 'POST' } }] });
    expect((await world.provider.writer.invite('new@acme.example', 'New', ROLE)).kind).toBe('duplicate');
  });

  test('a refused connection is tried three times, since nothing was sent', async () => {
    for (const [times, kind] of [
      [2, 'accepted'],
      ['always', 'unsent'],
    ] as const) {
      const world = openProviderWorld({ faults: [{ kind: 'refused', match: { method: 'POST' }, times }] });
      expect((await world.provider.writer.invite('new@acme.example', 'New', ROLE)).kind).toBe(kind);
      expect(world.sent).toHaveLength(3);
      expect(world.vendor.requests.filter((request) => request.applied)).toHaveLength(times === 2 ? 1 : 0);
    }
  });

  test('a change or delete that was rate limited is sent again when the wait is over', async () => {
    for (const method of ['PATCH', 'DELETE'] as const) {
      const world = openProviderWorld({
        faults: [{ kind: 'status', status: 429, match: { method }, headers: { 'retry-after': '30' }, times: 2 }],
      });
      const { writer } = world.provider;
      const result = await (method === 'PATCH' ? writer.patch(uuidOf(1), { roles: ['member'] }) : writer.delete(uuidOf(1)));
      expect(result.kind).toBe('accepted');
      expect(world.clock.sleeps).toEqual([30_000, 30_000]);
    }
  });

  test('an invitation without a role is a mistake of ours and never sent', async () => {
    const world = openProviderWorld();
    await expect(world.provider.writer.invite('new@acme.example', 'New', { roles: [], groups: [] })).rejects.toThrow('without a role');
    expect(world.sent).toEqual([]);
  });
});
