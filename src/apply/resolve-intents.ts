import { NOTHING, sameHolding } from '../holding.ts';
import type { AccountHistory, LastApplied, LivePrincipal, Observation, OpenIntent, Result } from '../model.ts';
import { type LedgerEntry, type OutcomeEntry, outcomeEntry } from './ledger-records.ts';
import { showsChange } from './shows-change.ts';

/** What a complete read says of requests whose fate was not known. Nothing is sent. */
export interface Resolved {
  readonly entries: readonly LedgerEntry[];
  readonly results: readonly Result[];
}

/**
 * Gives every intent without a decided outcome its outcome by a complete read made after it: there, `applied`; not there, `undecided`,
 * which an invitation may leave after its settle time and everything else at once.
 */
export function resolveIntents(observation: Observation, history: AccountHistory): Resolved {
  const live: Live = {
    byAddress: new Map(observation.principals.map((one) => [one.principal, one])),
    // Of an address that a delete leaves on the list, locked out, nothing is left to delete. Twilio's inactive ones may hold roles still.
    ids: new Set(
      observation.principals.filter(({ status }) => status !== 'disabled' && status !== 'blocked').map((one) => one.principal_id),
    ),
  };
  const entries: LedgerEntry[] = [];
  const results: Result[] = [];
  for (const intent of history.openIntents) {
    // A read that is older than the intent, by a clock that was put back, shows nothing of it either way.
    const later = Date.parse(observation.at) >= Date.parse(intent.at);
    const there = live.byAddress.get(intent.change.principal) ?? null;
    const sight = { live: there, shown: later && isTrue(intent, live), begun: later && isBegun(intent, there, history) };
    const entry = outcomeOf(intent, sight);
    if (entry.outcome === 'undecided' && intent.undecided && hasSpent(intent, history) === (entry.spent !== null)) continue;
    entries.push(entry);
    results.push({ change: intent.change, outcome: entry.outcome, message: entry.message, not_before: null });
  }
  return { entries, results };
}

interface Live {
  readonly byAddress: ReadonlyMap<string, LivePrincipal>;
  readonly ids: ReadonlySet<string>;
}

function isTrue({ change }: OpenIntent, { byAddress, ids }: Live): boolean {
  const { after, principal, principal_id: id } = change;
  const live = byAddress.get(principal);
  // A delete is of one id: who has the address by now may be somebody new, and who holds nothing may have a login left.
  if (after === null) return id === null ? live === undefined : !ids.has(id);
  return live !== undefined && showsChange(change, live);
}

/** Whether some of a lowering was made: the rest may be none, and no later plan would count it. */
function isBegun({ change }: OpenIntent, live: LivePrincipal | null, { halfway }: AccountHistory): boolean {
  const { action, principal, before } = change;
  return action === 'patch' && halfway.has(principal) && !sameHolding(live ?? NOTHING, before ?? NOTHING);
}

/** Whether its run, which could not know, has counted it against the delete budget. */
function hasSpent({ change, at }: OpenIntent, { spentDeletes }: AccountHistory): boolean {
  return spentDeletes.some((spent) => spent.principal === change.principal && spent.at >= at);
}

interface Sight {
  readonly live: LivePrincipal | null;
  readonly shown: boolean;
  readonly begun: boolean;
}

function outcomeOf({ change, facts, undecided, foreign }: OpenIntent, { live, shown, begun }: Sight): OutcomeEntry {
  const name = facts.policyName ?? change.after?.name ?? '';
  const held: LastApplied | null =
    shown && live !== null && change.after !== null ? { roles: live.roles, groups: live.groups, name, status: live.status } : null;
  const message = shown
    ? foreign
      ? 'the vendor had it already; a read shows it'
      : 'an earlier run ended before it knew; a read shows it'
    : 'an earlier run ended before it knew; a read does not show it';
  // An undecided outcome has counted its request already. Its budget is spent when a read shows the change, and given back when not:
  // the next plan counts it again.
  return outcomeEntry(change, !shown ? 'undecided' : foreign ? 'already' : 'applied', message, {
    posted: !undecided,
    held,
    spent: (shown || begun) && facts.budget !== null ? { budget: facts.budget, approvals: facts.approvals } : null,
    reverted: shown ? facts.reverts : null,
    ...(shown && facts.losesKeys === true ? { keys_left: true } : {}),
  });
}
