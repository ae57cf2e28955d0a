import type { AccountHistory, Reading } from '../model.ts';

/** Fewer people than this say nothing about whose account it is. */
const ENOUGH_TO_TELL = 3;

/**
 * Nothing ties a vendor's key to an account, so people do: a complete read that misses most of those the ledger knows here, and shows
 * mostly others, is taken for a read of another account. Nothing is done then. A read that only misses people is a matter of counts.
 */
export function recogniseAccount(reading: Reading, history: AccountHistory | undefined, variable: string): Reading {
  if (reading.kind === 'incomplete' || history === undefined || !history.recorded) return reading;
  const known = new Set(history.baseline?.keys() ?? []);
  for (const [principal, held] of history.lastApplied) if (held !== null) known.add(principal);
  const { principals, account, at, requests } = reading.observation;
  const hits = principals.filter((live) => known.has(live.principal)).length;
  const others = principals.length - hits;
  if (known.size < ENOUGH_TO_TELL || hits * 2 > known.size || others < Math.max(hits, 2)) return reading;
  return {
    kind: 'incomplete',
    account,
    at,
    cause: 'unreadable',
    message:
      `only ${hits} of the ${known.size} people known here are among the ${principals.length} that were read, so this looks like another account. ` +
      `Check that ${variable} holds this account's key. If nearly everybody was really replaced, give the account file another name: supervision then begins anew`,
    requests,
    suspect: null,
  };
}
