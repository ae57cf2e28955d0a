import { describe, expect, test } from 'vitest';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { resolveIntents } from '../../src/apply/resolve-intents.ts';
import type { Change } from '../../src/model.ts';
import {
  applyChanges,
  decisionOf,
  deleteOf,
  inviteOf,
  liveOf,
  NO_FACTS,
  observationOf,
  openMemoryLedger,
  outcomeOf,
  patchOf,
  personOf,
  settleByReading,
  watchStorage,
} from '../support/ledger-world.ts';
import { ACCOUNT, createJumpingClock, openProviderWorld, START_MS, uuidOf } from '../support/provider-world.ts';

const CHANGES: Record<string, Change> = {
  invitation: inviteOf('new@acme.example'),
  raise: patchOf(personOf(2), { role: 'admin' }),
  lowering: patchOf(personOf(1), { role: 'member' }),
  renaming: patchOf(personOf(2), { name: 'New Name' }),
  delete: deleteOf(personOf(3)),
};
const KILLS = ['after the intent', 'after the request', 'before the outcome was written'] as const;

/** A run that makes one change and is killed: what it has not written by then is never written. */
async function killedRun(change: Change, when: (typeof KILLS)[number]) {
  class Killed extends Error {}
  const storage = openMemoryStorage();
  const world = openProviderWorld({
    wrap: (http) => ({
      ...http,
      send: async (request) => {
        if (when === 'after the intent' && request.method !== 'GET') throw new Killed();
        const reply = await http.send(request);
        if (when === 'after the request' && request.method !== 'GET') throw new Killed();
        return reply;
      },
    }),
  });
  const watched = watchStorage(storage, (lines) => {
    if (when === 'before the outcome was written' && lines.includes('"kind":"outcome"')) throw new Killed();
  });
  const { ledger } = await openMemoryLedger(world.clock, watched);
  const run = applyChanges([change], { provider: world.provider, ledger, clock: world.clock });
  // A ledger that cannot be written ends the account with what was done said; any other end of the process is just an end.
  if (when === 'before the outcome was written') expect(await run).toMatchObject({ stopped: { cause: 'ledger' } });
  else await expect(run).rejects.toThrow(Killed);
  await storage.release();
  world.clock.advance(1_000);
  const next = openProviderWorld({ clock: world.clock });
  const writes = () => world.vendor.requests.filter((request) => request.mutating).length;
  const provider = { ...next.provider, reader: world.reopen().reader };
  return { world, provider, writes, memory: await openMemoryLedger(world.clock, storage) };
}

describe('a run that was killed', () => {
  const cases = Object.keys(CHANGES).flatMap((name) => KILLS.map((when) => ({ name, when })));
  test.each(cases)('$when of a $name: the next run reads what became of it and sends nothing', async ({ name, when }) => {
    const change = CHANGES[name] ?? inviteOf('none@acme.example');
    const { memory, provider, writes } = await killedRun(change, when);
    expect(memory.history().openIntents).toMatchObject([{ change, undecided: false }]);
    const before = writes();
    expect(before).toBe(when === 'after the intent' ? 0 : 1);
    const { results } = await settleByReading(provider, memory.ledger);
    expect(results).toMatchObject([{ change, outcome: when === 'after the intent' ? 'undecided' : 'applied' }]);
    expect(writes()).toBe(before);
    const history = memory.history();
    expect(history.openIntents).toHaveLength(when === 'after the intent' ? 1 : 0);
    expect(history.lastApplied.has(change.principal)).toBe(when !== 'after the intent');
    expect(history.unsettled.has(change.principal)).toBe(when === 'after the intent' && change.action === 'invite');
    expect(history.invitePosts).toHaveLength(change.action === 'invite' ? 1 : 0);
    // Another read that shows the same is no news.
    expect((await settleByReading(provider, memory.ledger)).results).toEqual([]);
    expect(history.invitePosts).toEqual(memory.history().invitePosts);
  });
});

describe('what a read says of an open intent', () => {
  async function opened(change: Change, more: Parameters<typeof decisionOf>[1] = {}) {
    const clock = createJumpingClock();
    const memory = await openMemoryLedger(clock);
    const { budget, approvals, reverts, policyName } = decisionOf(change, more);
    const facts = { ...NO_FACTS, budget, approvals, reverts, policyName };
    await memory.ledger.append([{ kind: 'intent', account: ACCOUNT, change, facts }]);
    return memory;
  }
  const later = new Date(START_MS + 1_000).toISOString();
  const [ada, grace] = [personOf(1), personOf(2)];

  test('a read that is older by a clock put back shows nothing, and the invitation settles before it is tried again', async () => {
    const invite = inviteOf('new@acme.example');
    const { ledger, history } = await opened(invite);
    const early = observationOf(new Date(START_MS - 3_600_000).toISOString(), []);
    const { entries, results } = resolveIntents(early, history());
    expect(results).toMatchObject([{ outcome: 'undecided' }]);
    await ledger.append(entries);
    expect(history().unsettled.has(invite.principal)).toBe(true);
  });

  test('a new name that is not there is not applied because the role is right', async () => {
    const { history } = await opened(patchOf(grace, { name: 'New Name' }));
    expect(resolveIntents(observationOf(later, [liveOf(grace)]), history()).results).toMatchObject([{ outcome: 'undecided' }]);
    const renamed = liveOf({ ...grace, name: 'New Name' });
    expect(resolveIntents(observationOf(later, [renamed]), history()).results).toMatchObject([{ outcome: 'applied' }]);
  });

  test('a delete is of one id: somebody new at the same address does not undo it', async () => {
    const { history } = await opened(deleteOf(ada));
    expect(resolveIntents(observationOf(later, [liveOf(ada)]), history()).results).toMatchObject([{ outcome: 'undecided' }]);
    const again = { ...liveOf(ada), principal_id: uuidOf(99) };
    const { entries } = resolveIntents(observationOf(later, [again]), history());
    expect(entries).toMatchObject([{ outcome: 'applied', held: null, spent: { budget: 'policy' } }]);
  });

  test('what was undecided already is counted and spent once', async () => {
    const { ledger, history } = await opened(deleteOf(ada));
    for (const live of [[liveOf(ada)], []]) {
      const { entries } = resolveIntents(observationOf(later, live), history());
      expect(entries).toHaveLength(1);
      await ledger.append(entries);
    }
    expect(history().spentDeletes).toHaveLength(1);
    expect(history().openIntents).toEqual([]);
    expect(history().lastApplied.get(ada.email)).toBeNull();
  });

  test('a delete that a read shows not to have been made is no longer counted against the budget', async () => {
    const removal = deleteOf(ada);
    const { ledger, history } = await opened(removal);
    await ledger.append([outcomeOf(removal, 'undecided', { spent: { budget: 'policy', approvals: [] } })]);
    expect(history().spentDeletes).toHaveLength(1);
    await ledger.append(resolveIntents(observationOf(later, [liveOf(ada)]), history()).entries);
    expect(history().spentDeletes).toEqual([]);
    expect(history().openIntents).toHaveLength(1);
    expect(resolveIntents(observationOf(later, [liveOf(ada)]), history()).entries).toEqual([]);
    await ledger.append(resolveIntents(observationOf(later, []), history()).entries);
    expect(history().spentDeletes).toHaveLength(1);
  });

  test('a revert counts when the read shows it, with the name that policy has', async () => {
    const lowering = patchOf(ada, { role: 'member' });
    const { history } = await opened(lowering, { reverts: 'roles', policyName: 'Name by policy' });
    const { entries } = resolveIntents(observationOf(later, [liveOf({ ...ada, role: 'member' })]), history());
    expect(entries).toMatchObject([{ outcome: 'applied', reverted: 'roles', held: { name: 'Name by policy', roles: ['member'] } }]);
  });

  test('a lowering that is half made keeps what it spent, and another read of the half is no news', async () => {
    const lowering = patchOf(ada, { role: 'member' });
    const parts = [
      { do: 'unassign', role: 'admin' },
      { do: 'assign', role: 'member' },
    ] as const;
    const { ledger, history } = await openMemoryLedger(createJumpingClock());
    const facts = { ...NO_FACTS, budget: 'policy' as const };
    await ledger.append([{ kind: 'intent', account: ACCOUNT, change: lowering, facts, parts }]);
    const half = observationOf(later, [{ ...liveOf(ada), roles: [] }]);
    const { entries } = resolveIntents(half, history());
    expect(entries).toMatchObject([{ outcome: 'undecided', spent: { budget: 'policy' } }]);
    await ledger.append(entries);
    expect(resolveIntents(half, history()).entries).toEqual([]);
    expect(resolveIntents(observationOf(later, [liveOf(ada)]), history()).entries).toMatchObject([{ outcome: 'undecided', spent: null }]);
  });

  test('somebody inactive with the right roles has not been activated', async () => {
    const change = patchOf(grace, { role: 'admin' });
    const before = { roles: ['member'], groups: [], name: grace.name, status: 'inactive' as const };
    const { history } = await opened({ ...change, before });
    const live = liveOf({ ...grace, role: 'admin' });
    expect(resolveIntents(observationOf(later, [{ ...live, status: 'inactive' }]), history()).results).toMatchObject([
      { outcome: 'undecided' },
    ]);
    expect(resolveIntents(observationOf(later, [live]), history()).results).toMatchObject([{ outcome: 'applied' }]);
  });

  test('somebody who holds nothing and has their login left is not deleted', async () => {
    const { history } = await opened(deleteOf(ada));
    expect(resolveIntents(observationOf(later, [{ ...liveOf(ada), roles: [] }]), history()).results).toMatchObject([
      { outcome: 'undecided' },
    ]);
  });

  test('some of the roles of an invitation are not the invitation', async () => {
    const invite = inviteOf('new@acme.example');
    const both = { ...invite, after: { roles: ['developer', 'support'], groups: [], name: 'New Person', status: 'active' as const } };
    const { history } = await opened(both);
    const live = { ...liveOf(ada), principal: invite.principal };
    const readsAs = (...roles: string[]) => resolveIntents(observationOf(later, [{ ...live, roles }]), history()).results[0]?.outcome;
    expect([readsAs(), readsAs('developer'), readsAs('developer', 'support')]).toEqual(['undecided', 'undecided', 'applied']);
  });
});
