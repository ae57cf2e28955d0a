import { describe, expect, test } from 'vitest';
import { begunIn } from '../../src/apply/begun-in.ts';
import { foldHistory } from '../../src/apply/fold-history.ts';
import type { LedgerEntry, PartEntry } from '../../src/apply/ledger-records.ts';
import type { Access, AccountHistory, Change, Part } from '../../src/model.ts';
import { listParts } from '../../src/plan/list-parts.ts';
import { NO_FACTS, outcomeOf, patchOf, personOf } from '../support/ledger-world.ts';
import { PARTS } from '../support/parts-vendor.ts';
import { ACCOUNT, START_MS } from '../support/provider-world.ts';

const ada = personOf(1);
const at = new Date(START_MS).toISOString();
const holding = (...roles: string[]) => ({ roles, groups: [] });
const access = (...roles: string[]): Access => ({ ...holding(...roles), status: 'active', name: ada.name });

/** A change of ada's from these roles to those; null is nobody. */
function changeOf(from: readonly string[] | null, to: readonly string[] | null): Change {
  const action = from === null ? 'invite' : to === null ? 'delete' : 'patch';
  const facts = { before: from === null ? null : access(...from), after: to === null ? null : access(...to) };
  return { ...patchOf(ada, {}), ...facts, id: `${action} ${from} ${to}`, action, principal_id: from === null ? null : 'US-ada' };
}

function intent(change: Change): LedgerEntry {
  const parts = listParts(change, PARTS);
  return { kind: 'intent', account: ACCOUNT, change, facts: NO_FACTS, ...(parts.length > 1 ? { parts } : {}) };
}

function part(change: Change, part: Part, more: Partial<PartEntry> = {}): PartEntry {
  return { kind: 'part', account: ACCOUNT, principal: change.principal, change: change.id, part, done: 'accepted', message: '', ...more };
}

function fold(...entries: LedgerEntry[]): AccountHistory {
  const history = foldHistory(entries.map((entry) => ({ ...entry, at }))).accounts.get(ACCOUNT);
  if (history === undefined) throw new Error('nothing is known of the account');
  return history;
}

const approval = (change: Change): LedgerEntry => ({ kind: 'approval', account: ACCOUNT, by: 'plan', changes: [change] });
const along = (...entries: LedgerEntry[]) => (fold(...entries).halfway.get(ada.email) ?? []).map((one) => one.roles.join('+'));

const lower = changeOf(['administrator'], ['developer']);
const swap = changeOf(['developer'], ['support']);
const removal = changeOf(['developer', 'support'], null);

describe('what a change of several requests may have left somebody with', () => {
  test('is what is held before and after each of its parts', () => {
    expect(along(intent(lower))).toEqual(['administrator', '', 'developer']);
    expect(along(intent(swap))).toEqual(['developer', 'developer+support', 'support']);
    expect(along(intent(removal))).toEqual(['developer+support', 'support', '', '']);
    expect(along(intent(changeOf(null, ['developer', 'support'])))).toEqual(['', '', 'developer', 'developer+support']);
  });

  test('is nothing where one request makes it', () => {
    expect(along(intent(changeOf(['developer'], ['developer', 'support'])))).toEqual([]);
  });

  test('is also what was given back beside what was given', () => {
    const change = changeOf(['administrator'], ['billing_manager', 'developer']);
    const made = [
      part(change, { do: 'unassign', role: 'administrator' }),
      part(change, { do: 'assign', role: 'billing_manager' }),
      part(change, { do: 'assign', role: 'developer' }, { done: 'refused' }),
    ];
    const back = (done: PartEntry['done']) => part(change, { do: 'assign', role: 'administrator' }, { done, compensates: true });
    const usual = ['administrator', '', 'billing_manager', 'billing_manager+developer'];
    expect(along(intent(change), ...made)).toEqual(usual);
    for (const done of ['accepted', 'unknown'] as const) {
      expect(along(intent(change), ...made, back(done))).toEqual([...usual, 'administrator+billing_manager']);
    }
    expect(along(intent(change), ...made, back('refused'))).toEqual(usual);
  });

  test.each(['failed', 'deferred', 'withheld', 'undecided'])('outlives the outcome %s once a part may have been made', (outcome) => {
    for (const done of ['accepted', 'unknown'] as const) {
      const given = part(swap, { do: 'assign', role: 'support' }, { done });
      expect(along(intent(swap), given, outcomeOf(swap, outcome))).toHaveLength(3);
    }
  });

  test.each(['failed', 'deferred', 'withheld'])('is nothing where the outcome %s came before its first part was taken', (outcome) => {
    const refused = part(swap, { do: 'assign', role: 'support' }, { done: 'refused' });
    expect(along(intent(swap), refused, outcomeOf(swap, outcome))).toEqual([]);
    expect(along(intent(swap), outcomeOf(swap, outcome))).toEqual([]);
  });

  test('outlives a refusal of the rest where the run that began it was killed before it told of any part', () => {
    const rest = changeOf([], ['developer']);
    expect(along(intent(lower), intent(rest), outcomeOf(rest, 'failed'))).toEqual(['administrator', '', 'developer']);
    expect(along(intent(lower), intent(lower), outcomeOf(lower, 'failed'))).toEqual([]);
  });

  test('outlives a policy that wants something else by now', () => {
    expect(along(intent(swap), { kind: 'superseded', account: ACCOUNT, principal: ada.email, change: swap.id })).toHaveLength(3);
  });

  test.each(['applied', 'already'])('ends with the outcome %s', (outcome) => {
    expect(along(intent(swap), outcomeOf(swap, outcome))).toEqual([]);
  });

  test('ends when a read shows what policy says, and when nobody watches the account any more', () => {
    const held = { ...holding('support'), name: ada.name, status: 'active' as const };
    expect(along(intent(swap), { kind: 'state', account: ACCOUNT, principals: { [ada.email]: held } })).toEqual([]);
    expect(along(intent(swap), { kind: 'released', account: ACCOUNT })).toEqual([]);
  });

  test('stays while a later intent goes on with it, and is replaced by one that wants something else', () => {
    const rest = changeOf(['developer', 'support'], ['support']);
    expect(along(intent(swap), intent(rest))).toEqual(['developer', 'developer+support', 'support']);
    expect(along(intent(swap), intent(lower))).toEqual(['administrator', '', 'developer']);
    expect(along(intent(swap), intent(changeOf(['support'], ['billing_manager', 'support'])))).toEqual([]);
    // From where it never was, the same end is another change.
    expect(along(intent(swap), intent(changeOf(['billing_manager'], ['billing_manager', 'support'])))).toEqual([]);
  });
});

describe('whose login a read looks for although they hold nothing', () => {
  const first = part(removal, { do: 'unassign', role: 'developer' });

  test('is whoever has a change without an outcome, or an undecided one', () => {
    expect(begunIn(fold(intent(removal)))).toMatchObject([{ principalId: 'US-ada' }]);
    expect(begunIn(fold(intent(removal), outcomeOf(removal, 'undecided')))).toMatchObject([{ principalId: 'US-ada' }]);
    expect(begunIn(fold(intent(lower)))).toMatchObject([{ principalId: 'US-ada' }]);
  });

  test.each(['failed', 'deferred', 'withheld'])('is whoever is owed the rest of a change with the outcome %s, named once', (outcome) => {
    const taken = part(lower, { do: 'unassign', role: 'administrator' });
    expect(begunIn(fold(approval(lower), intent(lower), taken, outcomeOf(lower, outcome)))).toMatchObject([{ principalId: 'US-ada' }]);
    expect(begunIn(fold(approval(removal), intent(removal), first, outcomeOf(removal, outcome)))).toMatchObject([
      { principalId: 'US-ada' },
    ]);
  });

  test('is whoever nobody owes a delete that was begun, such as a stranger, until it is whole', () => {
    const begun = [intent(removal), first, outcomeOf(removal, 'deferred')];
    expect(begunIn(fold(...begun))).toMatchObject([{ principalId: 'US-ada' }]);
    const rest = changeOf(['support'], null);
    expect(begunIn(fold(...begun, intent(rest), outcomeOf(rest, 'deferred')))).toMatchObject([{ principalId: 'US-ada' }]);
    expect(begunIn(fold(...begun, intent(rest), outcomeOf(rest, 'applied')))).toEqual([]);
  });

  test('is nobody whose change was never begun, nor who was only to be invited', () => {
    expect(begunIn(fold(approval(removal)))).toEqual([]);
    expect(begunIn(fold(intent(removal), outcomeOf(removal, 'deferred')))).toEqual([]);
    expect(begunIn(fold(intent(changeOf(null, ['developer', 'support']))))).toEqual([]);
  });
});

describe('who is still there after their delete was accepted', () => {
  const still = [approval(removal), intent(removal), outcomeOf(removal, 'manual', { still_there: true })];
  const read = { kind: 'observation', account: ACCOUNT, digest: removal.id, principals: 3, suspect: false } as const;

  test('is remembered by id until a read shows that they are gone, or they are to stay', () => {
    const id = removal.principal_id ?? '';
    expect(fold(...still).stillThere).toEqual(new Set([id]));
    expect(fold(...still, intent(removal), outcomeOf(removal, 'undecided')).stillThere.size).toBe(1);
    expect(fold(...still, intent(removal), outcomeOf(removal, 'applied')).stillThere.size).toBe(0);
    expect(fold(...still, read).stillThere.size).toBe(1);
    expect(fold(...still, { ...read, gone: [id] }).stillThere.size).toBe(0);
    expect(fold(...still, { kind: 'superseded', account: ACCOUNT, principal: ada.email, change: removal.id }).stillThere.size).toBe(0);
    expect(fold(...still, { kind: 'released', account: ACCOUNT }).stillThere.size).toBe(0);
  });
});

describe('keys left behind', () => {
  const keys = [{ sid: `SK${'1'.repeat(32)}`, name: 'ivr', created: at }];
  const left = (principals: (LedgerEntry & { kind: 'offboarding' })['principals']): LedgerEntry => ({
    kind: 'offboarding',
    account: ACCOUNT,
    principals,
  });

  test('are those of the newest read, by person, until they are gone', () => {
    const both = left({ [ada.email]: { since: at, keys: null }, 'grace@acme.example': { since: at, keys } });
    expect(fold(both).offboarding).toEqual(
      new Map([
        [ada.email, { principal: ada.email, since: at, keys: null }],
        ['grace@acme.example', { principal: 'grace@acme.example', since: at, keys }],
      ]),
    );
    const read = left({ [ada.email]: { since: at, keys }, 'grace@acme.example': null });
    expect(fold(both, read).offboarding).toEqual(new Map([[ada.email, { principal: ada.email, since: at, keys }]]));
  });

  test('are not forgotten with the account that they belong to', () => {
    expect(fold(left({ [ada.email]: { since: at, keys } }), { kind: 'released', account: ACCOUNT }).offboarding.size).toBe(1);
  });
});
