import { describe, expect, test } from 'vitest';
import { foldHistory } from '../../src/apply/fold-history.ts';
import type { LedgerEntry, PartEntry } from '../../src/apply/ledger-records.ts';
import type { AccountHistory, Change, IntentFacts, LastApplied } from '../../src/model.ts';
import { deleteOf, inviteOf, NO_FACTS, outcomeOf, patchOf, personOf } from '../support/ledger-world.ts';
import { ACCOUNT, HOUR_MS, START_MS, uuidOf } from '../support/provider-world.ts';

const DIGEST = `sha256:${'1'.repeat(64)}` as const;
const at = (hours: number) => new Date(START_MS + hours * HOUR_MS).toISOString();
const [ada, grace] = [personOf(1), personOf(2)];
const invite = inviteOf('new@acme.example');
const raise = patchOf(grace, { role: 'admin' });
const lower = patchOf(ada, { role: 'member' });
const removal = deleteOf(ada);
const held: LastApplied = { roles: ['member'], groups: [], name: 'New Person', status: 'active' };
const invited: LastApplied = { ...held, status: 'invited' };

/** One record an hour; null is an hour in which nothing was written. */
function fold(...entries: (LedgerEntry | null)[]): AccountHistory {
  const dated = entries.flatMap((entry, index) => (entry === null ? [] : [{ ...entry, at: at(index) }]));
  const history = foldHistory(dated).accounts.get(ACCOUNT);
  if (history === undefined) throw new Error('nothing is known of the account');
  return history;
}

const hours = (count: number): null[] => Array(count).fill(null);
const approval = (...changes: Change[]): LedgerEntry => ({ kind: 'approval', account: ACCOUNT, by: 'plan', changes });
const intent = (change: Change, facts: IntentFacts = NO_FACTS): LedgerEntry => ({ kind: 'intent', account: ACCOUNT, change, facts });
const seen = (principals: number, more: Readonly<Record<string, unknown>> = {}): LedgerEntry => {
  return { kind: 'observation', account: ACCOUNT, digest: DIGEST, principals, suspect: false, ...more };
};
const baseline = (...principals: string[]): LedgerEntry => {
  return { kind: 'baseline', account: ACCOUNT, principals: Object.fromEntries(principals.map((one) => [one, held])) };
};
const state = (principal: string, one: LastApplied | null, more: Readonly<Record<string, unknown>> = {}): LedgerEntry => {
  return { kind: 'state', account: ACCOUNT, principals: { [principal]: one }, ...more };
};
const superseded = (change: Change, more: { readonly unmade?: true } = {}): LedgerEntry => {
  return { kind: 'superseded', account: ACCOUNT, principal: change.principal, change: change.id, ...more };
};
const released: LedgerEntry = { kind: 'released', account: ACCOUNT };
const part = (change: Change, more: Partial<PartEntry> = {}): PartEntry => {
  const common = { kind: 'part', account: ACCOUNT, principal: change.principal, change: change.id, message: '' } as const;
  return { ...common, part: { do: 'unassign', role: 'admin' }, done: 'accepted', ...more };
};
/** An intent of two requests. */
const inParts = (change: Change): LedgerEntry => {
  const parts = [
    { do: 'unassign', role: 'admin' },
    { do: 'assign', role: 'member' },
  ] as const;
  return { kind: 'intent', account: ACCOUNT, change, facts: NO_FACTS, parts };
};

describe('an account is supervised', () => {
  test.each<[string, LedgerEntry]>([
    ['a baseline', baseline()],
    ['an approval', approval()],
    ['a state', state(ada.email, held)],
    ['a change that was made', outcomeOf(raise, 'applied', { held })],
  ])('from %s on, until it is released', (_what, entry) => {
    expect(fold(entry).recorded).toBe(true);
    expect(fold(entry, released).recorded).toBe(false);
  });

  test('not by what was only seen or tried', () => {
    expect(fold(seen(3), intent(raise), outcomeOf(raise, 'failed')).recorded).toBe(false);
  });

  test('and what was true of it says nothing once it was released', () => {
    const commit: LedgerEntry = { kind: 'accepted', account: ACCOUNT, commit: 'a' };
    const before = [baseline(ada.email), seen(9, { scope: 'AC1', invited: [invite.principal] }), state(grace.email, held), commit];
    expect(fold(...before, approval(lower))).toMatchObject({ scope: 'AC1', accepted: { commit: 'a', settings: 'a' } });
    const after = fold(...before, approval(lower), released);
    expect(after).toMatchObject({ scope: null, baseline: null, accepted: null, lastGood: { principals: 9 } });
    expect([after.lastApplied.size, after.owed.size, after.seenInvited.size]).toEqual([0, 0, 0]);
  });
});

test('the newest commit is that of the last commit record, whatever pull requests were opened meanwhile', () => {
  const proposed = { kind: 'proposed', branch: 'rollcall/drift', commit: 'b', logins: ['ada'], principals: [ada.email] } as const;
  const history = foldHistory([
    { kind: 'commit', commit: 'a', at: at(0) },
    { ...proposed, at: at(1) },
    { ...proposed, commit: 'c', logins: ['grace'], at: at(2) },
  ]);
  expect(history.commit).toBe('a');
  expect(history.accounts.size).toBe(0);
  expect(history.proposals).toEqual(
    new Map([['rollcall/drift', { commits: ['b', 'c'], logins: ['ada', 'grace'], principals: [ada.email] }]]),
  );
});

test('a difference that somebody made was seen first when it was first seen, and is forgotten when it is gone', () => {
  const drift = (...ids: string[]): LedgerEntry => ({ kind: 'drift', account: ACCOUNT, seen: ids as (typeof DIGEST)[] });
  expect(fold(drift('a'), drift('a', 'b')).driftSeen).toEqual(new Map(Object.entries({ a: at(0), b: at(1) })));
  expect(fold(drift('a'), drift('a', 'b'), drift('b')).driftSeen).toEqual(new Map([['b', at(1)]]));
  expect(fold(drift('a'), drift(), drift('a')).driftSeen).toEqual(new Map([['a', at(2)]]));
});

describe('a complete read', () => {
  test('tells whose invitation is open and nothing of others', () => {
    expect(fold(seen(3)).seenInvited).toEqual(new Map());
    expect(fold(seen(3), seen(3, { invited: [invite.principal] })).seenInvited).toEqual(new Map([[invite.principal, at(1)]]));
  });

  test('names the vendor’s account that was read, as the newest one has it', () => {
    expect(fold(seen(3, { scope: 'AC1' })).scope).toBe('AC1');
    expect(fold(seen(3, { scope: 'AC1' }), seen(3)).scope).toBeNull();
  });

  const taken = outcomeOf(invite, 'manual', { address_taken: true });
  test.each([
    ['a day later, where accounts have scopes', 24, { scope: 'AC1' }, 0],
    ['an hour before that', 23, { scope: 'AC1' }, 1],
    ['in the next hour', 1, { scope: 'AC1' }, 1],
    ['ever, where only a person can free an address', 240, {}, 1],
  ])('the vendor’s word that an address is taken is asked for anew %s', (_when, later, more, left) => {
    expect(fold(taken, ...hours(later - 1), seen(3, more)).addressTaken.size).toBe(left);
  });

  test('shows that who was still there after their delete is gone', () => {
    const left = [intent(removal), outcomeOf(removal, 'failed', { still_there: true })];
    expect(fold(seen(3)).stillThere).toEqual(new Set());
    expect(fold(...left).stillThere).toEqual(new Set([uuidOf(1)]));
    expect(fold(...left, seen(3)).stillThere.size).toBe(1);
    expect(fold(...left, seen(3, { gone: [uuidOf(1)] })).stillThere.size).toBe(0);
  });
});

describe('who is still there after their delete', () => {
  test('is known by the vendor’s id, only where the outcome says so, and until the delete is made or given up', () => {
    const left = [approval(removal), intent(removal), outcomeOf(removal, 'failed', { still_there: true })];
    expect(fold(intent(removal), outcomeOf(removal, 'failed')).stillThere.size).toBe(0);
    expect(fold(intent(invite), outcomeOf(invite, 'failed', { still_there: true })).stillThere.size).toBe(0);
    expect(fold(intent(invite), outcomeOf(invite, 'applied', { held })).stillThere.size).toBe(0);
    expect(fold(...left, intent(removal), outcomeOf(removal, 'applied')).stillThere.size).toBe(0);
    expect(fold(...left, superseded(removal)).stillThere.size).toBe(0);
  });
});

describe('keys that are left behind', () => {
  const open = { principal: ada.email, since: at(0), keys: null };

  test('are looked for from the moment the access went, be it by a change or as it was found', () => {
    expect(fold(outcomeOf(removal, 'applied', { keys_left: true })).offboarding).toEqual(new Map([[ada.email, open]]));
    expect(fold(state(ada.email, null, { keys_left: [ada.email] })).offboarding).toEqual(new Map([[ada.email, open]]));
  });

  test('are nobody’s where nothing says so', () => {
    expect(fold(outcomeOf(removal, 'applied'), state(ada.email, null)).offboarding.size).toBe(0);
  });

  test('are as the newest record has them, until every one is gone', () => {
    const keysOf = (left: { since: string; keys: null } | null): LedgerEntry => {
      return { kind: 'offboarding', account: ACCOUNT, principals: { [ada.email]: left } };
    };
    const gone = outcomeOf(removal, 'applied', { keys_left: true });
    expect(fold(gone, keysOf({ since: at(7), keys: null })).offboarding.get(ada.email)).toEqual({ ...open, since: at(7) });
    expect(fold(gone, keysOf(null)).offboarding.size).toBe(0);
  });
});

describe('what an outcome says of the change that is owed', () => {
  test('another kind of change to the same person says nothing of it', () => {
    const other = { ...deleteOf(grace), id: 'another' };
    const owed = fold(approval(raise), outcomeOf(other, 'failed', { message: 'no' })).owed.get(grace.email);
    expect(owed).toMatchObject({ outcome: null, message: '' });
  });

  test.each([
    ['was sent and is put off', { posted: true, not_before: at(9) }, 'deferred', at(9)],
    ['is put off without having been sent', { posted: false, not_before: at(9) }, 'deferred', null],
    ['failed', { posted: true, not_before: at(9) }, 'failed', null],
  ])('one that %s is postponed by the vendor or not', (_what, more, outcome, until) => {
    const history = fold(approval(invite), outcomeOf(invite, outcome, more));
    expect(history.owed.get(invite.principal)).toMatchObject({ outcome, notBefore: at(9), postponedUntil: until });
  });

  test('what the vendor has put off once stays so while this run puts it off itself', () => {
    const byVendor = outcomeOf(invite, 'deferred', { posted: true, not_before: at(9) });
    const byUs = outcomeOf(invite, 'deferred', { posted: false, not_before: at(3) });
    expect(fold(approval(invite), byVendor, byUs).owed.get(invite.principal)).toMatchObject({ notBefore: at(3), postponedUntil: at(9) });
  });

  test('it has come true also where the vendor shows something else beside it', () => {
    const other = { roles: ['admin'], groups: ['finance'], name: 'Somebody', status: 'active' } as const;
    expect(fold(approval(raise), outcomeOf(raise, 'applied', { held: other })).owed.size).toBe(0);
  });

  test('a wish of another kind that comes to the same is another wish', () => {
    const failed = [approval(raise), outcomeOf(raise, 'failed', { parked: { failures: 1, until: at(12) } })];
    expect(fold(...failed, approval({ ...raise, id: 'again' })).parked.size).toBe(1);
    expect(fold(...failed, approval({ ...raise, id: 'anew', action: 'invite' })).parked.size).toBe(0);
  });
});

describe('what an outcome does not say', () => {
  test('counts for nothing: no revert, no parking, no taken address, no settling', () => {
    for (const outcome of ['failed', 'deferred', 'manual', 'withheld']) {
      const history = fold(intent(invite), outcomeOf(invite, outcome));
      expect([history.reverts, history.parked.size, history.addressTaken.size, history.unsettled.size]).toEqual([[], 0, 0, 0]);
    }
    expect(fold(outcomeOf(raise, 'applied', { held })).reverts).toEqual([]);
  });

  test('calm on a field of one person leaves that of another at war', () => {
    const war = (principal: string): LedgerEntry => ({ kind: 'war', account: ACCOUNT, principal, field: 'roles' });
    const calm: LedgerEntry = { kind: 'calm', account: ACCOUNT, principal: ada.email, field: 'roles' };
    expect(fold(war(ada.email), war(grace.email), calm).reverts).toEqual([{ at: at(1), principal: grace.email, field: 'roles' }]);
  });
});

describe('an undecided request that the vendor has had already', () => {
  test('is foreign where it is parked, and ours where it is not', () => {
    const parked = { failures: 1, until: at(9) };
    expect(fold(intent(raise), outcomeOf(raise, 'undecided', { parked })).openIntents).toMatchObject([{ undecided: true, foreign: true }]);
    expect(fold(intent(raise), outcomeOf(raise, 'undecided')).openIntents).toMatchObject([{ undecided: true, foreign: false }]);
  });
});

describe('a change that is true', () => {
  test('of a drift that was taken back leaves who was there before as unmanaged as they were', () => {
    const back: Change = { ...lower, origin: 'drift' };
    const made = [intent(back), outcomeOf(back, 'applied', { held })];
    expect(fold(baseline(ada.email), ...made).lastApplied.has(ada.email)).toBe(false);
    expect(fold(baseline(grace.email), ...made).lastApplied.get(ada.email)).toEqual(held);
    expect(fold(...made).lastApplied.get(ada.email)).toEqual(held);
    expect(fold(baseline(ada.email), state(ada.email, invited), ...made).lastApplied.get(ada.email)).toEqual(held);
    const byGit = [intent(lower), outcomeOf(lower, 'applied', { held })];
    expect(fold(baseline(ada.email), ...byGit).lastApplied.get(ada.email)).toEqual(held);
  });

  test('and was the end of somebody is remembered as that, also of the unmanaged', () => {
    const gone: Change = { ...removal, origin: 'drift' };
    expect(fold(baseline(ada.email), intent(gone), outcomeOf(gone, 'applied')).lastApplied.get(ada.email)).toBeNull();
  });

  test('is a lapse only where an invitation went out to somebody who was invited', () => {
    const again = outcomeOf(invite, 'applied', { held: invited });
    expect(fold(state(invite.principal, invited), again).lapses.get(invite.principal)).toBe(1);
    expect(fold(state(invite.principal, invited), outcomeOf(invite, 'already', { held: invited })).lapses.size).toBe(0);
    const renamed = { ...patchOf(grace, { name: 'N' }), principal: invite.principal };
    expect(fold(state(invite.principal, invited), outcomeOf(renamed, 'applied', { held: invited })).lapses.size).toBe(0);
    expect(fold(state(invite.principal, held), again).lapses.size).toBe(0);
  });

  test('shows an open invitation where that is what is held', () => {
    expect(fold(outcomeOf(invite, 'applied', { held: invited })).seenInvited).toEqual(new Map([[invite.principal, at(0)]]));
    expect(fold(outcomeOf(invite, 'applied', { held })).seenInvited.size).toBe(0);
    expect(fold(outcomeOf(removal, 'applied')).seenInvited.size).toBe(0);
  });

  test('whom we deleted ourselves is no sign of a read that came short', () => {
    const count = (...outcomes: LedgerEntry[]) => fold(seen(2), ...outcomes).lastGood?.principals;
    const deleted = outcomeOf(removal, 'applied');
    expect([count(deleted), count(deleted, deleted), count(deleted, deleted, deleted)]).toEqual([1, 0, 0]);
    expect(count(outcomeOf(removal, 'already'), outcomeOf(removal, 'failed'), outcomeOf(raise, 'applied', { held }))).toBe(2);
    expect(fold(deleted).lastGood).toBeNull();
  });

  test('beside what is owed closes what was undecided of the person, and what was half made', () => {
    const back = { ...raise, id: 'taken back' };
    const undecided = [approval(raise), inParts(raise), outcomeOf(raise, 'undecided')];
    expect(fold(...undecided)).toMatchObject({ openIntents: [{ undecided: true }], halfway: new Map([[grace.email, expect.anything()]]) });
    const history = fold(...undecided, outcomeOf(back, 'applied', { held }));
    expect([history.openIntents.length, history.halfway.size, history.owed.size]).toEqual([0, 0, 1]);
  });
});

describe('a change that was begun and failed', () => {
  test('stays open where it is a delete, so that the login that is left is looked for', () => {
    const openOf = (change: Change, ...more: LedgerEntry[]) =>
      fold(inParts(change), ...more, outcomeOf(change, 'failed')).openIntents.length;
    expect(openOf(removal, part(removal))).toBe(1);
    expect(openOf(removal)).toBe(0);
    expect(openOf(lower, part(lower))).toBe(0);
    expect(fold(inParts(removal), part(removal), outcomeOf(removal, 'applied')).openIntents).toEqual([]);
  });

  test('is half made no more once a read shows that none of it is, or all of it', () => {
    const begun = [approval(lower), inParts(lower), part(lower)];
    expect(fold(...begun, outcomeOf(lower, 'failed')).halfway.size).toBe(1);
    expect(fold(...begun, superseded(lower)).halfway.size).toBe(1);
    expect(fold(...begun, superseded(lower, { unmade: true })).halfway.size).toBe(0);
    expect(fold(...begun, state(ada.email, held)).halfway.size).toBe(0);
    expect(fold(approval(lower), inParts(lower), outcomeOf(lower, 'undecided')).halfway.size).toBe(1);
    expect(fold(approval(lower), inParts(lower), outcomeOf(lower, 'failed')).halfway.size).toBe(0);
  });
});

describe('a login that an invitation has made and that nobody wants', () => {
  const made = part(invite, { part: { do: 'assign', role: 'member' }, principal_id: 'US1' });

  test('is looked for by its id', () => {
    const history = fold(approval(invite), inParts(invite), made, superseded(invite));
    expect(history.openIntents).toMatchObject([
      { at: at(3), undecided: true, foreign: true, change: { action: 'delete', principal_id: 'US1', after: null, before: { roles: [] } } },
    ]);
    expect(history.owed.size).toBe(0);
  });

  test('is none where no part made one, or nothing was owed', () => {
    const unnamed = part(invite, { part: { do: 'assign', role: 'member' } });
    expect(fold(approval(invite), inParts(invite), unnamed, superseded(invite)).openIntents).toEqual([]);
    expect(fold(inParts(invite), made, superseded(invite)).openIntents).toEqual([]);
    expect(fold(approval(invite), inParts(invite), made, part(invite), superseded(invite)).openIntents).toHaveLength(1);
  });

  test('is stranded once', () => {
    const again = [approval(invite), superseded(invite)];
    expect(fold(approval(invite), inParts(invite), made, superseded(invite), outcomeOf(invite, 'already'), ...again).openIntents).toEqual(
      [],
    );
  });
});

describe('what deletes have spent', () => {
  const spent = { budget: 'policy', approvals: [] };
  const times = (...entries: LedgerEntry[]) => fold(...entries).spentDeletes.map((one) => `${one.principal} ${one.at.slice(11, 16)}`);
  const other = deleteOf(grace);

  test('the last word on one takes back what it spent undecided, and nothing of another', () => {
    const both = [outcomeOf(other, 'undecided', { spent }), outcomeOf(removal, 'undecided', { spent })];
    expect(times(...both)).toEqual([`${grace.email} 09:00`, `${ada.email} 10:00`]);
    expect(times(...both, outcomeOf(removal, 'undecided'))).toEqual([`${grace.email} 09:00`]);
    expect(times(...both, outcomeOf(removal, 'applied', { spent }))).toEqual([`${grace.email} 09:00`, `${ada.email} 11:00`]);
    expect(times(...both, outcomeOf(removal, 'failed'))).toEqual([`${grace.email} 09:00`, `${ada.email} 10:00`]);
  });

  test('a person who is deleted twice is spent twice', () => {
    const made = outcomeOf(removal, 'applied', { spent });
    expect(times(made, made)).toEqual([`${ada.email} 09:00`, `${ada.email} 10:00`]);
  });
});
