import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHistoryFold, foldHistory } from '../../src/apply/fold-history.ts';
import { type LedgerEntry, type LedgerRecord, outcomeEntry } from '../../src/apply/ledger-records.ts';
import type { AccountHistory, Change, LastApplied } from '../../src/model.ts';
import { deleteOf, inviteOf, patchOf, personOf } from '../support/ledger-world.ts';
import { ACCOUNT, HOUR_MS, START_MS } from '../support/provider-world.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const at = (hours: number) => new Date(START_MS + hours * HOUR_MS).toISOString();
const grace = personOf(2);
const NEW = 'new@acme.example';
const invite = inviteOf(NEW);
const raise = patchOf(grace, { role: 'admin' });
const member: LastApplied = { roles: ['member'], groups: [], name: 'Grace', status: 'active' };
const admin: LastApplied = { ...member, roles: ['admin'] };

/** One record an hour. */
function records(entries: readonly LedgerEntry[]): LedgerRecord[] {
  return entries.map((entry, index) => ({ ...entry, v: 1, seq: index + 1, at: at(index), prev: DIGEST, hash: DIGEST }));
}

function fold(...entries: LedgerEntry[]): AccountHistory {
  const history = foldHistory(records(entries)).accounts.get(ACCOUNT);
  if (history === undefined) throw new Error('nothing is known of the account');
  return history;
}

const approval = (by: string, ...changes: Change[]): LedgerEntry => ({ kind: 'approval', account: ACCOUNT, by, changes });
const taken = (pull: number, ...by: string[]): LedgerEntry => ({
  kind: 'taken',
  account: ACCOUNT,
  pull,
  by,
  evidence: DIGEST,
  head: 'f'.repeat(40),
  digest: null,
});
const applied = (change: Change, held: LastApplied | null, more: Parameters<typeof outcomeEntry>[3] = {}): LedgerEntry =>
  outcomeEntry(change, 'applied', '', { held, ...more });
const already = (change: Change, held: LastApplied | null): LedgerEntry => outcomeEntry(change, 'already', '', { held });
const state = (principal: string, held: LastApplied | null): LedgerEntry => ({
  kind: 'state',
  account: ACCOUNT,
  principals: { [principal]: held },
});
const baseline = (principal: string): LedgerEntry => ({
  kind: 'baseline',
  account: ACCOUNT,
  principals: { [principal]: { roles: ['member'], groups: [] } },
});
const released: LedgerEntry = { kind: 'released', account: ACCOUNT };

const APPROVED_BY_12 = { by: 'pull 12', pull: 12, approvedBy: ['grace'] };
const BY_NOBODY = { by: null, pull: null, approvedBy: null };

describe('since when somebody holds what they hold', () => {
  test('is when rollcall made it, by the pull request and those who approved it', () => {
    const history = fold(approval('pull 12', invite), taken(12, 'grace'), applied(invite, { ...member, status: 'invited' }));
    expect(history.provenance.get(NEW)).toEqual({ since: at(2), how: 'applied', ...APPROVED_BY_12 });
    expect(history.backing.size).toBe(0);
  });

  test('knows the approvers also where their record comes after the outcome', () => {
    const history = fold(approval('pull 12', raise), already(raise, admin), taken(12, 'grace'));
    expect(history.provenance.get(grace.email)).toEqual({ since: at(1), how: 'already', ...APPROVED_BY_12 });
  });

  test('is of the plan file or the flag where no pull request stands behind it', () => {
    expect(fold(approval('plan', raise), applied(raise, admin)).provenance.get(grace.email)).toEqual({
      since: at(1),
      how: 'applied',
      ...BY_NOBODY,
      by: 'plan',
    });
  });

  test('is when it was found: at the baseline, or when policy first said so', () => {
    const found = { since: at(0), how: 'found', ...BY_NOBODY };
    expect(fold(baseline(grace.email)).provenance.get(grace.email)).toEqual(found);
    expect(fold(baseline(grace.email), state(grace.email, member)).provenance.get(grace.email)).toEqual(found);
    expect(fold(baseline(grace.email), state(grace.email, admin)).provenance.get(grace.email)).toEqual({ ...found, since: at(1) });
    expect(fold(state(grace.email, member)).provenance.get(grace.email)).toEqual(found);
  });

  test('starts anew where somebody changed it in the account and policy followed', () => {
    const history = fold(approval('pull 12', raise), taken(12, 'grace'), applied(raise, admin), state(grace.email, member));
    expect(history.provenance.get(grace.email)).toEqual({ since: at(3), how: 'followed', ...BY_NOBODY });
  });

  test('stays what it was when only the name or the status changes, and when drift is taken back', () => {
    const before = [approval('pull 12', raise), taken(12, 'grace'), applied(raise, admin)];
    const since = { since: at(2), how: 'applied', ...APPROVED_BY_12 };
    const rename = patchOf({ ...grace, role: 'admin' }, { name: 'Rear Admiral' });
    for (const later of [
      [state(grace.email, { ...admin, status: 'invited' })],
      [approval('pull 13', rename), applied(rename, { ...admin, name: 'Rear Admiral' })],
      [applied(raise, admin, { reverted: 'roles' })],
    ]) {
      expect(fold(...before, ...later).provenance.get(grace.email)).toEqual(since);
    }
  });

  test('starts anew for whoever was away and is invited again', () => {
    const again = fold(
      approval('yes', invite),
      applied(invite, member),
      approval('pull 12', invite),
      taken(12, 'grace'),
      applied(invite, member),
    );
    expect(again.provenance.get(NEW)).toEqual({ since: at(4), how: 'applied', ...APPROVED_BY_12 });
  });

  test('of somebody who is gone is when and by whose approval they were deleted', () => {
    const gone = deleteOf(grace);
    const history = fold(state(grace.email, member), approval('pull 12', gone), taken(12, 'grace'), applied(gone, null));
    expect(history.lastApplied.get(grace.email)).toBeNull();
    expect(history.provenance.get(grace.email)).toEqual({ since: at(3), how: 'applied', ...APPROVED_BY_12 });
  });

  test('of a grant that ended is its end date, of what was taken back the rules of the account', () => {
    const ended: Change = { ...deleteOf(grace), origin: 'end' };
    expect(fold(approval('none', ended), applied(ended, null)).provenance.get(grace.email)).toMatchObject({ by: 'end', pull: null });
    const stranger = deleteOf(personOf(9));
    const history = fold(applied(stranger, null, { reverted: 'presence' }));
    expect(history.provenance.get(stranger.principal)).toMatchObject({ by: 'drift', pull: null });
  });

  test('is the same pull request where a person did by hand what was owed', () => {
    const history = fold(
      state(grace.email, member),
      approval('pull 12', raise),
      taken(12, 'grace'),
      state(grace.email, admin),
      already(raise, admin),
    );
    expect(history.provenance.get(grace.email)).toEqual({ since: at(3), how: 'already', ...APPROVED_BY_12 });
  });

  test('is forgotten when nobody watches the account any more', () => {
    const history = fold(approval('pull 12', raise), released, taken(12, 'grace'));
    expect([history.provenance.size, history.backing.size]).toEqual([0, 0]);
  });
});

describe('who stands behind what is owed', () => {
  test('is the newest approval, until it is true or policy says otherwise', () => {
    const pending = fold(approval('plan', raise), approval('pull 12', raise), taken(12, 'grace'));
    expect(pending.backing.get(grace.email)).toMatchObject(APPROVED_BY_12);
    const over: LedgerEntry = { kind: 'superseded', account: ACCOUNT, principal: grace.email, change: raise.id };
    expect(fold(approval('pull 12', raise), over).backing.size).toBe(0);
  });

  test('is still the pull request when a night watch goes on with the same wish from another before', () => {
    const rebased: Change = { ...raise, id: `sha256:${'2'.repeat(64)}` };
    const history = fold(approval('pull 12', raise), taken(12, 'grace'), approval('none', rebased), applied(rebased, admin));
    expect(history.provenance.get(grace.email)).toEqual({ since: at(3), how: 'applied', ...APPROVED_BY_12 });
  });

  test('is not named for what was taken back beside what is owed', () => {
    const history = fold(
      state(grace.email, member),
      approval('pull 12', raise),
      applied(patchOf(grace, { role: 'billing' }), member, { reverted: 'roles' }),
    );
    expect(history.provenance.get(grace.email)).toMatchObject({ since: at(0), how: 'found' });
    expect(history.backing.get(grace.email)).toMatchObject({ pull: 12 });
  });
});

test('provenance never depends on how records were batched, nor on who looked in between; and what was handed out stays as it was', () => {
  const people = [grace, personOf(3)];
  const entries = fc.oneof(
    fc.constantFrom<LedgerEntry>(released, taken(12, 'grace'), taken(12, 'hedy'), taken(13, 'ada')),
    fc.constantFrom(...people).chain((person) => {
      const [up, gone] = [patchOf(person, { role: 'admin' }), deleteOf(person)];
      return fc.constantFrom<LedgerEntry>(
        baseline(person.email),
        state(person.email, member),
        state(person.email, null),
        ...['pull 12', 'pull 13', 'none', 'plan'].flatMap((by) => [approval(by, up), approval(by, gone)]),
        applied(up, admin),
        already(up, admin),
        applied(gone, null),
        { kind: 'superseded', account: ACCOUNT, principal: person.email, change: up.id },
      );
    }),
  );
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 25 }), fc.array(fc.nat(25), { maxLength: 6 }), (all, cuts) => {
      const whole = foldHistory(records(all));
      const growing = createHistoryFold();
      const seen: [AccountHistory, string][] = [];
      let from = 0;
      for (const to of [...cuts.toSorted((a, b) => a - b), all.length]) {
        growing.add(records(all).slice(from, to));
        from = Math.max(from, to);
        const now = growing.history().accounts.get(ACCOUNT);
        if (now !== undefined) seen.push([now, JSON.stringify([...now.provenance, ...now.backing])]);
      }
      expect(growing.history()).toEqual(whole);
      for (const [history, then] of seen) expect(JSON.stringify([...history.provenance, ...history.backing])).toBe(then);
      // Whoever is remembered has a provenance, and whatever is owed has somebody behind it.
      for (const { lastApplied, provenance, owed, backing } of whole.accounts.values()) {
        expect([...lastApplied.keys()].filter((principal) => !provenance.has(principal))).toEqual([]);
        expect(new Set(backing.keys())).toEqual(new Set(owed.keys()));
      }
    }),
    { numRuns: 500 },
  );
});
