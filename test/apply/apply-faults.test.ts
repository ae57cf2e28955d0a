import { describe, expect, test } from 'vitest';
import type { TelnyxFault } from '../../src/emulator/parse-telnyx-fault.ts';
import { invite, lower, methodOf, openApplyWorld as open, outcomesOf, raise, removal, writesOf } from '../support/ledger-apply.ts';
import { settleByReading } from '../support/ledger-world.ts';
import { ACCOUNT, KEY } from '../support/provider-world.ts';

describe('whatever a request meets, its outcome is honest and it is not repeated', () => {
  const faults: readonly [string, TelnyxFault, boolean][] = [
    ...([500, 502, 503, 504, 408] as const).flatMap((status): [string, TelnyxFault, boolean][] => [
      [`status ${status} before it was done`, { kind: 'status', status, when: 'before' }, false],
      [`status ${status} after it was done`, { kind: 'status', status, when: 'after' }, true],
    ]),
    ['silence before it was done', { kind: 'timeout', when: 'before' }, false],
    ['silence after it was done', { kind: 'timeout', when: 'after' }, true],
    ['a web page before it was done', { kind: 'html', when: 'before' }, false],
    ['a web page after it was done', { kind: 'html', when: 'after' }, true],
    ['a reset before it was done', { kind: 'reset_before' }, false],
    ['a reset after it was done', { kind: 'reset_after' }, true],
    ['a cut body', { kind: 'cut_body' }, true],
    ['half of a JSON', { kind: 'bad_json' }, true],
    ['another shape', { kind: 'wrong_shape' }, true],
    ['an oversized body', { kind: 'oversized' }, true],
    ['a dripping body', { kind: 'drip', ms: 10_000 }, true],
    ['a good answer without anything done', { kind: 'not_applied' }, false],
    ['a redirect', { kind: 'redirect' }, false],
  ];
  const cases = faults.flatMap(([name, fault, done]) => [invite, raise, lower, removal].map((change) => ({ name, fault, done, change })));

  test.each(cases)('$name, of a $change.action of $change.principal', async ({ fault, done, change }) => {
    const world = await open({ faults: [{ ...fault, match: { method: methodOf[change.action] } }] });
    const [outcome] = outcomesOf(await world.apply([change]));
    expect(writesOf(world)).toEqual([methodOf[change.action]]);
    // The read decides: where it shows the change it is applied, where it does not, nobody claims to know.
    if (outcome === 'applied') expect(done || world.vendor.requests.some((request) => request.applied)).toBe(true);
    else expect(outcome).toBe('undecided');
    if (change.action !== 'invite')
      expect(outcome).toBe(world.vendor.requests.some((request) => request.applied) ? 'applied' : 'undecided');
    world.clock.advance(1);
    await settleByReading(world.reopen(), world.ledger);
    const really = world.vendor.requests.some((request) => request.applied);
    expect(world.history().lastApplied.has(change.principal)).toBe(really);
    expect(writesOf(world)).toHaveLength(1);
  });

  test('a refused connection is no outcome of the vendor: failed, not counted, not parked', async () => {
    const world = await open({ faults: [{ kind: 'refused', times: 'always' }] });
    expect(outcomesOf(await world.apply([invite]))).toEqual(['failed']);
    expect(world.history()).toMatchObject({ invitePosts: [], parked: new Map(), spentDeletes: [] });
  });

  test('a vendor whose reads lag behind its writes a moment is given that moment', async () => {
    const world = await open({ switches: { read_lag_ms: 3_000 } });
    expect(outcomesOf(await world.apply([raise, removal, invite]))).toEqual(['applied', 'applied', 'applied']);
    expect(writesOf(world)).toHaveLength(3);
  });

  test('a vendor whose reads lag longer leaves it undecided, and the next read decides', async () => {
    const world = await open({ switches: { read_lag_ms: 60_000 } });
    expect(outcomesOf(await world.apply([raise]))).toEqual(['undecided']);
    world.clock.advance(60_000);
    expect((await settleByReading(world.reopen(), world.ledger)).results).toMatchObject([{ outcome: 'applied' }]);
  });

  test('a vendor that says yes and ignores the role is found out', async () => {
    const world = await open({ switches: { patch_role: 'ignored' } });
    expect(outcomesOf(await world.apply([raise]))).toEqual(['undecided']);
    expect(world.history().openIntents).toMatchObject([{ undecided: true }]);
  });
});

test('the key stands in no line of the ledger and in no result, whatever the vendor echoes', async () => {
  const bytes = Buffer.from(KEY, 'utf8');
  const forms = [
    KEY,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    encodeURIComponent(KEY),
    JSON.stringify(KEY).slice(1, -1),
    bytes.toString('hex'),
  ];
  for (const form of forms) {
    for (const status of [401, 409, 422, 429, 500]) {
      const body = { errors: [{ code: form, title: form, detail: `Bearer ${form}` }] };
      const world = await open({ faults: [{ kind: 'status', status, body, headers: { 'retry-after': '7200' }, times: 'always' }] });
      const applied = await world.apply([raise, removal, invite]);
      const everything = `${JSON.stringify(applied)}${await world.text()}`;
      for (const known of forms) expect(everything).not.toContain(known);
    }
  }
  expect(ACCOUNT).not.toBe(KEY);
});
