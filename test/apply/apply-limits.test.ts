import { describe, expect, test } from 'vitest';
import { invite, openApplyWorld as open, outcomesOf, raise, removal, writesOf } from '../support/ledger-apply.ts';
import { decisionOf, inviteOf } from '../support/ledger-world.ts';
import { HOUR_MS, uuidOf } from '../support/provider-world.ts';

describe('refusals of one person', () => {
  test('are parked for 6, 12, 24 and then always 24 hours, and do not stop the others', async () => {
    const world = await open({ faults: [{ kind: 'status', status: 422, match: { method: 'PATCH', path: uuidOf(2) }, times: 'always' }] });
    for (const hours of [6, 12, 24, 24, 24]) {
      const before = world.clock.now();
      const applied = await world.apply([raise, inviteOf(`after-${before}@acme.example`)]);
      expect(outcomesOf(applied)).toEqual(['failed', 'applied']);
      expect(world.history().parked.get(raise.principal)?.until).toBe(new Date(before + hours * HOUR_MS).toISOString());
      expect(applied.results[0]?.not_before).toBe(new Date(before + hours * HOUR_MS).toISOString());
      world.clock.advance(24 * HOUR_MS);
    }
  });

  test('an address with a Telnyx account of its own is one manual step and not a retry', async () => {
    const world = await open({ elsewhere: [invite.principal] });
    expect(outcomesOf(await world.apply([invite]))).toEqual(['manual']);
    expect(world.history().addressTaken).toEqual(new Set([invite.principal]));
  });

  test('a duplicate that no read shows is undecided, and asked for more and more seldom', async () => {
    const world = await open({ switches: { invited_are_listed: false } });
    world.vendor.portal().inviteByPortal(invite.principal, 'member', 'New Person');
    for (const hours of [6, 12, 24]) {
      const before = world.clock.now();
      expect(outcomesOf(await world.apply([invite]))).toEqual(['undecided']);
      expect(world.history().parked.get(invite.principal)?.until).toBe(new Date(before + hours * HOUR_MS).toISOString());
    }
  });

  test('a delete that was refused or put off has not been made, so it spends nothing of the budget', async () => {
    for (const status of [422, 429]) {
      const headers = { 'retry-after': '7200' };
      const world = await open({ faults: [{ kind: 'status', status, headers, match: { method: 'DELETE' } }] });
      expect(outcomesOf(await world.apply([removal]))).toEqual([status === 422 ? 'failed' : 'deferred']);
      expect(world.history().spentDeletes).toEqual([]);
    }
  });

  test('a delete that was made, or may have been, spends one of the budget', async () => {
    for (const fault of [{ kind: 'delay', ms: 0 }, { kind: 'not_applied' }] as const) {
      const world = await open({ faults: [{ ...fault, match: { method: 'DELETE' } }] });
      await world.apply([decisionOf(removal, { approvals: ['one'] })]);
      expect(world.history().spentDeletes).toMatchObject([{ principal: removal.principal, budget: 'policy', approvals: ['one'] }]);
    }
  });
});

describe('limits', () => {
  test.each([
    ['of the hour, as 422', { per_hour: 1, limit_status: 422 }],
    ['of the hour, as 429', { per_hour: 1, limit_status: 429 }],
    ['of open invitations', { open: 1, limit_status: 422 }],
  ] as const)(
    'once the vendor names its limit %s, no more invitations are sent in this run, and the rest goes on',
    async (_what, switches) => {
      const world = await open({ switches });
      const invites = [1, 2, 3, 4, 5].map((number) => inviteOf(`new-${number}@acme.example`));
      expect(outcomesOf(await world.apply([...invites, raise]))).toEqual(['applied', ...Array(4).fill('deferred'), 'applied']);
      expect(writesOf(world)).toEqual(['POST', 'POST', 'PATCH']);
      expect(world.history().invitePosts).toHaveLength(2);
    },
  );

  test('a rate limit beyond the run ends its writes, and what is left knows its time', async () => {
    const world = await open({ faults: [{ kind: 'status', status: 429, headers: { 'retry-after': '7200' }, match: { method: 'PATCH' } }] });
    const applied = await world.apply([raise, removal, invite]);
    const time = new Date(world.clock.now() + 7_200_000).toISOString();
    expect(applied.results.map((result) => [result.outcome, result.not_before])).toEqual(Array(3).fill(['deferred', time]));
    expect(writesOf(world)).toEqual(['PATCH']);
  });
});
