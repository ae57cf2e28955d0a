import { describe, expect, test } from 'vitest';
import { createHistoryFold, foldHistory } from '../../src/apply/fold-history.ts';
import type { LedgerEntry, LedgerRecord } from '../../src/apply/ledger-records.ts';
import type { AccountHistory, Change } from '../../src/model.ts';
import { deleteOf, inviteOf, NO_FACTS, outcomeOf, patchOf, personOf } from '../support/ledger-world.ts';
import { ACCOUNT, HOUR_MS, START_MS } from '../support/provider-world.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const at = (hours: number) => new Date(START_MS + hours * HOUR_MS).toISOString();
const ada = personOf(1);
const grace = personOf(2);
const invite = inviteOf('new@acme.example');
const raise = patchOf(grace, { role: 'admin' });
const removal = deleteOf(ada);
const held = { roles: ['member'], groups: [], name: 'New Person', status: 'active' as const };

/** One record an hour. */
function records(entries: readonly LedgerEntry[]): LedgerRecord[] {
  return entries.map((entry, index) => ({ ...entry, v: 1, seq: index + 1, at: at(index), prev: DIGEST, hash: DIGEST }));
}

function fold(...entries: LedgerEntry[]): AccountHistory {
  const history = foldHistory(records(entries)).accounts.get(ACCOUNT);
  if (history === undefined) throw new Error('nothing is known of the account');
  return history;
}

const approval = (...changes: Change[]): LedgerEntry => ({ kind: 'approval', account: ACCOUNT, by: 'plan', changes });
const intent = (change: Change, facts = NO_FACTS): LedgerEntry => ({ kind: 'intent', account: ACCOUNT, change, facts });
const observation = (principals: number, suspect: boolean, digest = DIGEST): LedgerEntry => ({
  kind: 'observation',
  account: ACCOUNT,
  digest,
  principals,
  suspect,
});
const state = (status: 'active' | 'invited' | null): LedgerEntry => ({
  kind: 'state',
  account: ACCOUNT,
  principals: { 'new@acme.example': status === null ? null : { ...held, status } },
});

describe('what the ledger comes to', () => {
  test('nothing, of nothing; and notes tell nothing of any account', () => {
    expect(foldHistory([])).toEqual({ accounts: new Map(), commit: null, proposals: new Map() });
    expect(foldHistory(records([{ kind: 'note', text: 'x' }])).accounts.size).toBe(0);
  });

  test('the newest applied commit', () => {
    expect(
      foldHistory(
        records([
          { kind: 'commit', commit: 'a' },
          { kind: 'commit', commit: 'b' },
        ]),
      ).commit,
    ).toBe('b');
  });

  test('which pull requests have been taken in, each in its account, until nobody watches there any more', () => {
    const taken = (pull: number): LedgerEntry => ({
      kind: 'taken',
      account: ACCOUNT,
      pull,
      evidence: `sha256:${String(pull).repeat(64)}`,
      head: 'a'.repeat(40),
      digest: null,
      by: ['ada'],
    });
    const history = fold(taken(1), taken(2), taken(1));
    expect([...history.taken]).toEqual([`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`]);
    expect(history).toMatchObject({ recorded: false, owed: new Map() });
    expect(fold(taken(1), { kind: 'released', account: ACCOUNT }).taken.size).toBe(0);
    const elsewhere: LedgerEntry = { kind: 'released', account: 'another' };
    expect(fold(taken(1), elsewhere).taken.size).toBe(1);
  });

  test('the last good count is that of the newest complete read; a suspect one is remembered until a good one comes', () => {
    const suspected = fold(observation(20, false), observation(5, true));
    expect(suspected.lastGood).toEqual({ principals: 20, at: at(0) });
    expect(suspected.suspect).toEqual({ digest: DIGEST, at: at(1) });
    expect(suspected.recorded).toBe(false);
    const lifted = fold(observation(20, false), observation(5, true), observation(5, false));
    expect(lifted).toMatchObject({ lastGood: { principals: 5, at: at(2) }, suspect: null });
  });

  test('the last good count goes down with whom we deleted, once: a read that came after does not count them any more', () => {
    const gone = outcomeOf(removal, 'applied');
    expect(fold(observation(10, false), intent(removal), gone).lastGood?.principals).toBe(9);
    expect(fold(observation(10, false), intent(removal), observation(9, false), gone).lastGood?.principals).toBe(9);
    const undecided = outcomeOf(removal, 'undecided');
    expect(fold(observation(10, false), intent(removal), undecided, observation(9, false), gone).lastGood?.principals).toBe(9);
  });

  test('the baseline is who was there, without being granted anything', () => {
    const history = fold({ kind: 'baseline', account: ACCOUNT, principals: { 'ada@acme.example': { roles: ['admin'], groups: [] } } });
    expect(history).toMatchObject({ recorded: true, lastApplied: new Map() });
    expect(history.baseline).toEqual(new Map([['ada@acme.example', { roles: ['admin'], groups: [] }]]));
  });

  test('accounts know nothing of each other', () => {
    const other = { ...approval(invite), account: 'telnyx-support' } as LedgerEntry;
    const { accounts } = foldHistory(records([approval(removal), other]));
    expect([...(accounts.get(ACCOUNT)?.owed.keys() ?? [])]).toEqual([removal.principal]);
    expect([...(accounts.get('telnyx-support')?.owed.keys() ?? [])]).toEqual([invite.principal]);
  });

  test('record by record or all at once, it comes to the same', () => {
    const all = records([
      approval(invite, removal),
      intent(invite),
      outcomeOf(invite, 'undecided'),
      state('active'),
      observation(3, false),
    ]);
    const bit = createHistoryFold();
    for (const record of all) {
      bit.add([record]);
      bit.history();
    }
    expect(bit.history()).toEqual(foldHistory(all));
  });
});

describe('what is owed', () => {
  test.each(['deferred', 'manual', 'failed', 'undecided', 'withheld'])(
    'stays owed through the outcome %s, which it remembers',
    (outcome) => {
      const history = fold(approval(invite), intent(invite), outcomeOf(invite, outcome, { message: 'why', not_before: at(9) }));
      expect(history.owed.get(invite.principal)).toMatchObject({ change: invite, since: at(0), outcome, message: 'why', notBefore: at(9) });
    },
  );

  test.each(['applied', 'already'])('ends with the outcome %s, and with it whatever stood in its way', (outcome) => {
    const parked = { failures: 2, until: at(30) };
    const history = fold(
      approval(invite),
      intent(invite),
      outcomeOf(invite, 'undecided', { parked, address_taken: true }),
      outcomeOf(invite, outcome, { held }),
    );
    expect(history.owed.size + history.unsettled.size + history.parked.size + history.addressTaken.size + history.openIntents.length).toBe(
      0,
    );
    expect(history.lastApplied.get(invite.principal)).toEqual(held);
    expect(history.recorded).toBe(true);
  });

  test('ends when policy no longer wants it', () => {
    const ended: LedgerEntry = { kind: 'superseded', account: ACCOUNT, principal: invite.principal, change: invite.id };
    const history = fold(approval(invite), intent(invite), outcomeOf(invite, 'undecided'), ended);
    expect([history.owed.size, history.openIntents.length]).toEqual([0, 0]);
  });

  test('is what was approved last for a person', () => {
    const other = inviteOf(invite.principal, 'admin');
    expect(fold(approval(invite), approval(other)).owed.get(invite.principal)?.change).toBe(other);
  });
});

describe('requests that may have been sent', () => {
  test('an intent is open until its outcome is known, and an undecided one stays open', () => {
    expect(fold(intent(raise)).openIntents).toEqual([{ change: raise, at: at(0), undecided: false, foreign: false, facts: NO_FACTS }]);
    expect(fold(intent(raise), outcomeOf(raise, 'undecided')).openIntents).toMatchObject([{ undecided: true }]);
    for (const outcome of ['applied', 'already', 'failed', 'deferred', 'withheld']) {
      expect(fold(intent(raise), outcomeOf(raise, outcome)).openIntents).toEqual([]);
    }
  });

  test('what was undecided is history once another request for the same person is begun, or the person is settled', () => {
    const other = patchOf({ ...grace, name: 'Somebody' }, { role: 'admin' });
    expect(fold(intent(raise), outcomeOf(raise, 'undecided'), intent(other)).openIntents).toMatchObject([{ change: other }]);
    expect(fold(intent(raise), outcomeOf(raise, 'undecided'), intent(other), outcomeOf(other, 'applied', { held })).openIntents).toEqual(
      [],
    );
  });

  test('the same request begun again is open as a new one', () => {
    expect(fold(intent(raise), outcomeOf(raise, 'undecided'), intent(raise)).openIntents).toEqual([
      { change: raise, at: at(2), undecided: false, foreign: false, facts: NO_FACTS },
    ]);
  });

  test('an undecided invitation has to settle; a change or delete has not', () => {
    expect(fold(intent(invite), outcomeOf(invite, 'undecided')).unsettled).toEqual(new Map([[invite.principal, at(1)]]));
    expect(fold(intent(raise), outcomeOf(raise, 'undecided'), outcomeOf(removal, 'undecided')).unsettled.size).toBe(0);
  });
});

describe('invitations', () => {
  test('every POST counts towards the hour: accepted, refused, limited and undecided ones', () => {
    const outcomes = ['applied', 'failed', 'deferred', 'undecided', 'manual'].map((outcome) => outcomeOf(invite, outcome));
    expect(fold(...outcomes).invitePosts).toEqual([at(0), at(1), at(2), at(3), at(4)]);
  });

  test('what never left does not count, nor does a change or a delete', () => {
    expect(
      fold(outcomeOf(invite, 'failed', { posted: false }), outcomeOf(raise, 'applied', { held }), outcomeOf(removal, 'applied'))
        .invitePosts,
    ).toEqual([]);
  });

  test('one that may be under way takes its place until its fate is known, and then takes it once', () => {
    const later = new Date(START_MS + 20_000).toISOString();
    expect(fold(intent(invite)).invitePosts).toEqual([later]);
    expect(fold(intent(invite), outcomeOf(invite, 'undecided')).invitePosts).toEqual([at(1)]);
    expect(fold(intent(invite), outcomeOf(invite, 'undecided'), outcomeOf(invite, 'applied', { held, posted: false })).invitePosts).toEqual(
      [at(1)],
    );
  });

  test('an invitation sent again to somebody who never accepted the last one is a lapse, until the person is active or gone', () => {
    const sent = outcomeOf(invite, 'applied', { held: { ...held, status: 'invited' } });
    expect(fold(sent).lapses.size).toBe(0);
    expect(fold(sent, sent).lapses.get(invite.principal)).toBe(1);
    expect(fold(sent, sent, sent, sent).lapses.get(invite.principal)).toBe(3);
    expect(fold(sent, sent, state('invited')).lapses.get(invite.principal)).toBe(1);
    expect(fold(sent, sent, state('active')).lapses.size).toBe(0);
    expect(fold(sent, sent, state(null)).lapses.size).toBe(0);
  });

  test('an address that is taken stays so until the invitation is done', () => {
    const taken = outcomeOf(invite, 'manual', { address_taken: true });
    expect(fold(taken).addressTaken).toEqual(new Set([invite.principal]));
    expect(fold(taken, outcomeOf(invite, 'applied', { held })).addressTaken.size).toBe(0);
  });
});

describe('budgets and counts', () => {
  const spent = { budget: 'policy', approvals: ['2026-11-contractors'] };

  test('each delete that was or may have been made is spent once', () => {
    const history = fold(outcomeOf(removal, 'undecided', { spent }), outcomeOf(removal, 'applied', { spent: null }));
    expect(history.spentDeletes).toEqual([{ at: at(0), principal: removal.principal, ...spent }]);
  });

  test('what may have been spent is given back when a read shows that nothing was made, and spent anew when it is made after all', () => {
    const mayBe = outcomeOf(removal, 'undecided', { spent });
    expect(fold(mayBe, outcomeOf(removal, 'undecided')).spentDeletes).toEqual([]);
    expect(fold(mayBe, outcomeOf(removal, 'undecided'), outcomeOf(removal, 'applied', { spent })).spentDeletes).toMatchObject([
      { at: at(2) },
    ]);
    expect(fold(mayBe, mayBe).spentDeletes).toMatchObject([{ at: at(1) }]);
    expect(fold(mayBe, outcomeOf(deleteOf(grace), 'applied', { spent })).spentDeletes).toHaveLength(2);
  });

  test('a revert counts when it was made, a war prolongs it and calm ends it for that field alone', () => {
    const field = { account: ACCOUNT, principal: grace.email };
    const reverted = outcomeOf(raise, 'applied', { held, reverted: 'roles' });
    expect(fold(reverted).reverts).toEqual([{ at: at(0), principal: grace.email, field: 'roles' }]);
    expect(fold(outcomeOf(raise, 'undecided', { reverted: 'roles' })).reverts).toEqual([]);
    expect(fold(reverted, { kind: 'war', ...field, field: 'roles' }).reverts.map((one) => one.at)).toEqual([at(0), at(1)]);
    expect(fold(reverted, { kind: 'calm', ...field, field: 'name' }).reverts).toHaveLength(1);
    expect(fold(reverted, { kind: 'calm', ...field, field: 'roles' }).reverts).toEqual([]);
  });

  test('who fails for good is parked until the instant the run named', () => {
    const parked = { failures: 2, until: at(12) };
    expect(fold(outcomeOf(raise, 'failed', { parked, message: 'no' })).parked).toEqual(
      new Map([[grace.email, { ...parked, message: 'no' }]]),
    );
  });

  test('what failed for good parks nothing else: neither what is approved instead nor what comes when it is no longer wanted', () => {
    const owe = (change: Change): LedgerEntry => ({ kind: 'approval', account: ACCOUNT, by: 'plan', changes: [change] });
    const failed = [owe(raise), outcomeOf(raise, 'failed', { parked: { failures: 1, until: at(12) } })];
    expect(fold(...failed, owe({ ...raise, id: 'from another role' })).parked.size).toBe(1);
    expect(fold(...failed, owe({ ...raise, id: 'to nothing', action: 'delete', after: null })).parked.size).toBe(0);
    const superseded = { kind: 'superseded', account: ACCOUNT, principal: raise.principal, change: raise.id } as const;
    expect(fold(...failed, superseded).parked.size).toBe(0);
  });

  test('what was gained beside an owed change and is taken back leaves the rest owed', () => {
    const owe: LedgerEntry = { kind: 'approval', account: ACCOUNT, by: 'plan', changes: [raise] };
    const back = { ...raise, id: 'taken back' };
    const lesser = { roles: ['member'], groups: [], name: grace.name, status: 'active' } as const;
    expect(fold(owe, outcomeOf(back, 'applied', { held: lesser })).owed.has(grace.email)).toBe(true);
    expect(fold(owe, outcomeOf(back, 'applied', { held: { ...lesser, roles: ['admin'] } })).owed.has(grace.email)).toBe(false);
  });

  test('last applied is null for somebody deleted by approval, and unknown for somebody never touched', () => {
    const history = fold(outcomeOf(removal, 'applied'));
    expect(history.lastApplied.get(ada.email)).toBeNull();
    expect(history.lastApplied.has(grace.email)).toBe(false);
  });
});
