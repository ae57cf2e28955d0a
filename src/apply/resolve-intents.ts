import type { AccountHistory, LastApplied, LivePrincipal, Observation, OpenIntent, Result } from '../model.ts';
import type { LedgerEntry, OutcomeEntry } from './ledger-records.ts';

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
  const live = new Map(observation.principals.map((one) => [one.principal, one]));
  const entries: LedgerEntry[] = [];
  const results: Result[] = [];
  for (const intent of history.openIntents) {
    if (Date.parse(intent.at) > Date.parse(observation.at)) continue;
    const entry = outcomeOf(intent, live.get(intent.change.principal) ?? null);
    if (entry.outcome === 'undecided' && intent.undecided) continue;
    entries.push(entry);
    results.push({ change: intent.change, outcome: entry.outcome, message: entry.message, not_before: null });
  }
  return { entries, results };
}

function outcomeOf({ change, facts, undecided }: OpenIntent, live: LivePrincipal | null): OutcomeEntry {
  const isTrue = change.after === null ? live === null : live !== null && holds(live, change.after);
  const name = facts.policyName ?? change.after?.name ?? '';
  const held: LastApplied | null = isTrue && live !== null ? { roles: live.roles, groups: live.groups, name, status: live.status } : null;
  return {
    kind: 'outcome',
    account: change.account,
    principal: change.principal,
    action: change.action,
    change: change.id,
    outcome: isTrue ? 'applied' : 'undecided',
    message: isTrue
      ? 'an earlier run ended before it knew; a read shows it'
      : 'an earlier run ended before it knew; a read does not show it',
    not_before: null,
    // An undecided outcome has counted its request and spent its budget already.
    posted: !undecided,
    held,
    spent: facts.budget !== null && !undecided ? { budget: facts.budget, approvals: facts.approvals } : null,
    reverted: isTrue ? facts.reverts : null,
    parked: null,
    address_taken: false,
  };
}

function holds(live: LivePrincipal, after: { readonly roles: readonly string[]; readonly groups: readonly string[] }): boolean {
  return live.roles.join() === after.roles.join() && live.groups.join() === after.groups.join();
}
