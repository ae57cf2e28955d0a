import { isEmpty, NOTHING } from '../holding.ts';
import type {
  AccountHistory,
  ApiKey,
  Capabilities,
  Change,
  DesiredAccount,
  Instant,
  KeysReading,
  Observation,
  Offboarding,
  ResidualKey,
} from '../model.ts';
import { compareText } from '../text/digest.ts';
import { losesKeys, readsKeys } from './privilege.ts';

export interface ResidualInput {
  /** What this run would make, or hand to people. */
  readonly changes: readonly Change[];
  readonly observation: Observation;
  readonly history: AccountHistory;
  readonly capabilities: Capabilities;
  readonly roster: DesiredAccount['roster'];
}

/**
 * Keys that outlive the people whom these changes delete or lower, and those who went before: all keys of the account that are as old,
 * since no vendor says who made one or has seen it. By SID.
 */
export function residualKeys({ changes, observation, history, capabilities, roster }: ResidualInput): readonly ResidualKey[] {
  const since = new Map([...history.offboarding.values()].map((one) => [one.principal, one.since]));
  for (const change of changes) if (losesKeys(change, capabilities, history)) since.set(change.principal, observation.at);
  return joinKeys(
    [...since].map(([principal, at]) => ({
      principal,
      keys: olderKeys(observation.keys, at, roster) ?? history.offboarding.get(principal)?.keys ?? [],
    })),
  );
}

/** What is left of those who went before, where nothing was read. */
export function openKeys({ offboarding }: AccountHistory): readonly ResidualKey[] {
  return joinKeys([...offboarding.values()].map(({ principal, keys }) => ({ principal, keys: keys ?? [] })));
}

function joinKeys(left: readonly { readonly principal: string; readonly keys: readonly ApiKey[] }[]): readonly ResidualKey[] {
  const found = new Map<string, ResidualKey>();
  for (const { principal, keys } of left.toSorted((a, b) => compareText(a.principal, b.principal))) {
    for (const key of keys) found.set(key.sid, { ...key, principals: [...(found.get(key.sid)?.principals ?? []), principal] });
  }
  return [...found.values()].toSorted((a, b) => compareText(a.sid, b.sid));
}

/** Who can read API keys there, whoever let them. Sorted. */
export function keyReaders({ principals }: Observation, capabilities: Capabilities): readonly string[] {
  const readers = principals.filter((live) => live.status === 'active' && readsKeys(live, capabilities));
  return [...new Set(readers.map(({ principal }) => principal))].toSorted(compareText);
}

export interface OffboardingInput {
  /** Who could read API keys when a run that writes last looked, and of whose keys the ledger says nothing since. */
  readonly seen: ReadonlySet<string>;
  readonly desired: Pick<DesiredAccount, 'policy' | 'principals' | 'roster'>;
  /** What the ledger knows by now: who lost access in this run is among the open ones. */
  readonly history: AccountHistory;
  readonly observation: Observation;
  readonly capabilities: Capabilities;
}

/**
 * What the ledger has to learn of people who could read API keys and no longer may: by principal, who has other keys left than it knows,
 * and null for whom nothing is left to do. That somebody is among them stands in the outcome that took their access, so that no run that
 * ends right there forgets them.
 */
export function nextOffboardings(input: OffboardingInput): ReadonlyMap<string, Offboarding | null> {
  const next = new Map<string, Offboarding | null>();
  for (const one of input.history.offboarding.values()) {
    const now = keysLeft(one, input);
    if (now === null || !sameKeys(now.keys, one.keys)) next.set(one.principal, now);
  }
  for (const principal of goneUnasked(input)) {
    const { at: since, keys } = input.observation;
    next.set(principal, { principal, since, keys: olderKeys(keys, since, input.desired.roster) });
  }
  return next;
}

/** Who could read keys, has nothing by policy, and went by themselves or by hands other than ours. */
function goneUnasked({ seen, history, observation, capabilities, desired }: OffboardingInput): string[] {
  const still = new Set(keyReaders(observation, capabilities));
  const isMeant = (principal: string) =>
    principal === desired.policy.owner || !isEmpty(desired.principals.get(principal)?.holding ?? NOTHING);
  return [...seen].filter((principal) => !still.has(principal) && !history.offboarding.has(principal) && !isMeant(principal));
}

/** An open one by this read, or null where it is over. */
function keysLeft(one: Offboarding, { history, observation, capabilities, desired: { roster } }: OffboardingInput): Offboarding | null {
  if ((roster?.reviewed.get(one.principal) ?? '') >= dayOf(one.since)) return null;
  const keys = olderKeys(observation.keys, one.since, roster) ?? one.keys;
  // Of a list made before somebody lost access nobody can say that it is whole, so that it ends nothing.
  if (observation.at < one.since) return { ...one, keys };
  const mayAgain = keyReaders(observation, capabilities).includes(one.principal) && isMeantToRead(one.principal, history, capabilities);
  if (mayAgain) return null;
  // No vendor says how many keys there are, so that one list without those that were there proves nothing: the next one has to agree.
  const isProven = one.keys?.every((key) => isRotated(key, one.since, roster)) === true;
  return observation.keys?.kind === 'keys' && keys?.length === 0 && isProven ? null : { ...one, keys };
}

/** Whether people agreed to it, or it was so when supervision began: a stranger who is back has come back to nothing of theirs. */
function isMeantToRead(principal: string, { lastApplied, baseline }: AccountHistory, capabilities: Capabilities): boolean {
  const known = lastApplied.has(principal) ? lastApplied.get(principal) : baseline?.get(principal);
  return readsKeys(known ?? NOTHING, capabilities);
}

/** The keys that were there at an instant and nobody has replaced since, or null where the API did not list them. */
function olderKeys(reading: KeysReading | undefined, since: Instant, roster: DesiredAccount['roster']): readonly ApiKey[] | null {
  if (reading?.kind !== 'keys') return null;
  const isOlder = ({ created }: ApiKey) => created === null || Date.parse(created) <= Date.parse(since);
  return reading.keys.filter((key) => isOlder(key) && !isRotated(key, since, roster)).toSorted((a, b) => compareText(a.sid, b.sid));
}

function isRotated({ sid }: ApiKey, since: Instant, roster: DesiredAccount['roster']): boolean {
  return (roster?.rotated.get(sid) ?? '') >= dayOf(since);
}

function dayOf(instant: Instant): string {
  return instant.slice(0, 10);
}

function sameKeys(a: readonly ApiKey[] | null, b: readonly ApiKey[] | null): boolean {
  return a?.map(({ sid }) => sid).join() === b?.map(({ sid }) => sid).join();
}
