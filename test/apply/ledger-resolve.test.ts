import { describe, expect, test } from 'vitest';
import { foldHistory } from '../../src/apply/fold-history.ts';
import type { LedgerEntry } from '../../src/apply/ledger-records.ts';
import { resolveIntents } from '../../src/apply/resolve-intents.ts';
import type { Change, IntentFacts, LivePrincipal, Part, Status } from '../../src/model.ts';
import { deleteOf, inviteOf, liveOf, NO_FACTS, observationOf, outcomeOf, patchOf, personOf } from '../support/ledger-world.ts';
import { ACCOUNT, START_MS } from '../support/provider-world.ts';

const [ada, grace] = [personOf(1), personOf(2)];
const at = (minutes: number) => new Date(START_MS + minutes * 60_000).toISOString();
const removal = deleteOf(ada);
const lower = patchOf(ada, { role: 'member' });
const spent = { budget: 'policy', approvals: [] };

function intentOf(change: Change, facts: Partial<IntentFacts> = {}, parts?: readonly Part[]): LedgerEntry {
  const common = { kind: 'intent', account: ACCOUNT, change, facts: { ...NO_FACTS, ...facts } } as const;
  return parts === undefined ? common : { ...common, parts };
}

/** What a read at this minute says of the entries, one of which was written each minute. */
function resolved(minute: number, live: readonly LivePrincipal[], ...entries: readonly LedgerEntry[]) {
  const history = foldHistory(entries.map((entry, index) => ({ ...entry, at: at(index) }))).accounts.get(ACCOUNT);
  if (history === undefined) throw new Error('nothing is known of the account');
  return resolveIntents(observationOf(at(minute), live), history).entries;
}

describe('a delete without an outcome', () => {
  test.each<[Status, string]>([
    ['active', 'undecided'],
    ['inactive', 'undecided'],
    ['suspended', 'undecided'],
    ['invited', 'undecided'],
    ['disabled', 'applied'],
    ['blocked', 'applied'],
  ])('of somebody who is %s by now is %s', (status, outcome) => {
    expect(resolved(9, [{ ...liveOf(ada), status }], intentOf(removal))).toMatchObject([{ outcome, held: null }]);
  });

  test('that names no id is made when nobody has the address', () => {
    const unnamed = { ...removal, principal_id: null };
    expect(resolved(9, [liveOf(grace)], intentOf(unnamed))).toMatchObject([{ outcome: 'applied' }]);
    expect(resolved(9, [liveOf(ada)], intentOf(unnamed))).toMatchObject([{ outcome: 'undecided' }]);
  });

  test('has left keys behind where it is made and took the reading of keys', () => {
    const keysLeft = (live: readonly LivePrincipal[], facts: Partial<IntentFacts>) => {
      const [entry] = resolved(9, live, intentOf(removal, facts));
      return entry?.kind === 'outcome' ? entry.keys_left : 'no outcome';
    };
    expect(keysLeft([], { losesKeys: true })).toBe(true);
    expect(keysLeft([], {})).toBeUndefined();
    expect(keysLeft([liveOf(ada)], { losesKeys: true })).toBeUndefined();
  });
});

describe('a read', () => {
  test('of the same instant as the intent shows what became of it, an older one nothing', () => {
    const note: LedgerEntry = { kind: 'note', text: 'a minute' };
    expect(resolved(1, [], note, intentOf(removal))).toMatchObject([{ outcome: 'applied' }]);
    expect(resolved(0, [], note, intentOf(removal))).toMatchObject([{ outcome: 'undecided' }]);
  });

  test('that shows what was undecided is told also where nothing was spent', () => {
    const lowered = { ...liveOf(ada), roles: ['member'] };
    expect(resolved(9, [lowered], intentOf(lower), outcomeOf(lower, 'undecided'))).toMatchObject([{ outcome: 'applied' }]);
    expect(resolved(9, [liveOf(ada)], intentOf(lower), outcomeOf(lower, 'undecided'))).toEqual([]);
  });

  test('that does not show a change says nothing of what is held', () => {
    expect(resolved(9, [liveOf(ada)], intentOf(lower))).toMatchObject([{ outcome: 'undecided', held: null, posted: true }]);
    expect(resolved(9, [], intentOf(inviteOf('new@acme.example')))).toMatchObject([{ outcome: 'undecided', held: null }]);
  });
});

describe('the budget of a delete that nobody knows of', () => {
  const other = deleteOf(grace);

  test('is given back once where a read does not show it, by its own spending alone', () => {
    const open = [intentOf(removal, { budget: 'policy' }), outcomeOf(removal, 'undecided', { spent })];
    expect(resolved(9, [liveOf(ada)], ...open)).toMatchObject([{ outcome: 'undecided', spent: null, posted: false }]);
    const back = outcomeOf(removal, 'undecided', { spent: null });
    expect(resolved(9, [liveOf(ada)], ...open, back)).toEqual([]);
    // Neither what another person's delete has spent nor an earlier one of the same person is given back by it.
    const elsewhere = outcomeOf(other, 'applied', { spent });
    expect(resolved(9, [liveOf(ada)], ...open, back, elsewhere)).toEqual([]);
    const earlier = outcomeOf(removal, 'applied', { spent });
    expect(resolved(9, [liveOf(ada)], earlier, intentOf(removal, { budget: 'policy' }), outcomeOf(removal, 'undecided'))).toEqual([]);
  });
});

describe('a change of several requests that was cut off', () => {
  const parts: readonly Part[] = [
    { do: 'unassign', role: 'admin' },
    { do: 'assign', role: 'member' },
  ];
  const bare = { ...liveOf(ada), roles: [] };

  test('has spent its budget once some of a lowering is made', () => {
    const facts = { budget: 'policy' } as const;
    expect(resolved(9, [bare], intentOf(lower, facts, parts))).toMatchObject([{ outcome: 'undecided', spent }]);
    expect(resolved(9, [liveOf(ada)], intentOf(lower, facts, parts))).toMatchObject([{ outcome: 'undecided', spent: null }]);
    expect(resolved(9, [bare], intentOf(lower, facts))).toMatchObject([{ outcome: 'undecided', spent: null }]);
    expect(resolved(9, [bare], intentOf(removal, facts, parts))).toMatchObject([{ outcome: 'undecided', spent: null }]);
  });
});
