import { lastDayOf, NO_END, NOTHING } from '../holding.ts';
import type { AccountHistory, Capabilities, Day, DesiredAccount, DesiredPrincipal, DesiredState, Instant, Observation } from '../model.ts';
import { accountOf, fanOut } from '../plan/fan-out.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { listSome } from '../report/count-words.ts';
import { describeChange } from '../report/describe-change.ts';
import { describeGroups, describeReach } from '../report/describe-reach.ts';
import { formatInstant } from '../report/format-instant.ts';
import { nameAccount } from '../report/name-account.ts';
import type { ExplainedAccount, ExplainedLive, ExplainedOwed, Explanation } from '../report/render-explain.ts';
import { compareText } from '../text/digest.ts';
import { explainGrants } from './explain-grants.ts';
import type { Knowledge } from './explain-knowledge.ts';
import { liveOf, observationOf } from './make-run-plan.ts';

export interface ExplainInput extends Knowledge {
  readonly desired: DesiredState;
  readonly day: Day;
}

/** What one person holds in every account, and why; null where neither policy nor anything else at hand names them. */
export function explainPerson({ desired, history, readings, asOf, notes, day }: ExplainInput, email: string): Explanation | null {
  const person = desired.people.get(email);
  const names = new Set([...fanOut(desired, readings).accounts.keys(), ...(history?.accounts.keys() ?? [])]);
  const accounts = [...names].toSorted(compareText).flatMap((name) => {
    const account = accountOf(desired, name);
    if (account === undefined) return [];
    const facts = { account, known: history?.accounts.get(name), observation: observationOf(readings.get(name)), asOf };
    return explainAccount(facts, email, person !== undefined, day) ?? [];
  });
  if (person === undefined && accounts.length === 0) return null;
  const isRecorded = (name: string) => history?.accounts.get(name)?.recorded === true;
  const unrecorded = history === null ? [] : accounts.filter(({ account }) => !isRecorded(account));
  const nowhere = unrecorded.length > 0 && unrecorded.length === accounts.length;
  return {
    principal: email,
    name: person?.name ?? '',
    accounts: nowhere
      ? accounts
      : accounts.map((one) => (unrecorded.includes(one) ? { ...one, notes: [...one.notes, NOTHING_APPLIED] } : one)),
    notes: [...(nowhere ? [NOTHING_APPLIED] : []), ...unreadNotes(accounts, readings), ...notes],
  };
}

/** Of which accounts nothing is shown beside others that were read. */
function unreadNotes(accounts: readonly ExplainedAccount[], readings: Knowledge['readings']): string[] {
  const unread = accounts.filter(({ live }) => live === null).map(({ account }) => nameAccount(account));
  return readings.size === 0 || unread.length === 0 ? [] : [`live was not read in ${listSome(unread, MOST_NAMES)}`];
}

const HOUR_MS = 3_600_000;
const MOST_NAMES = 5;
const NOTHING_APPLIED = 'nothing was applied here yet, so what was last true is not known';

/** What is known of one account: its policy, its history, and the newest read at hand. */
interface AccountFacts {
  readonly account: DesiredAccount;
  readonly known: AccountHistory | undefined;
  readonly observation: Observation | null;
  readonly asOf: Instant | null;
}

/** Null where nothing connects this person with the account. */
function explainAccount(facts: AccountFacts, email: string, isPerson: boolean, day: Day): ExplainedAccount | null {
  const { account, known, observation } = facts;
  const { name, provider, api, owner } = account.policy;
  const granted = account.principals.get(email);
  const live = observation === null ? null : explainLive(observation, email);
  const lastApplied = lastAppliedOf(known, email);
  const provenance = known?.provenance.get(email) ?? null;
  const offboarding = known?.offboarding.get(email) ?? null;
  const reach = (observation?.reach ?? []).filter(({ principal }) => principal === email);
  const isThere = live !== null && live.status !== 'absent';
  const isOwner = owner === email;
  const traces = [granted, lastApplied, provenance, offboarding, known?.owed.get(email)];
  if (traces.every((one) => (one ?? null) === null) && !isThere && reach.length === 0 && !isOwner) return null;
  const desired = granted?.holding ?? NOTHING;
  const capabilities = capabilitiesOf(account.policy);
  const effective =
    capabilities === null
      ? []
      : [
          ...describeReach(live, generalRoles(capabilities), reach, observation?.subaccounts ?? []),
          ...describeGroups(isThere ? live : desired, capabilities.privilegedGroups),
        ];
  return {
    account: name,
    provider,
    api,
    isOwner,
    desired,
    grants: explainGrants(granted?.grants ?? [], day, capabilities),
    until: nextEnd(granted),
    lastApplied,
    live,
    provenance,
    owed: explainOwed(known, email),
    offboarding,
    effective,
    reach,
    notes: notesFor(facts, email, isPerson),
  };
}

/** Somebody without a grant who was there at the baseline holds what they held then, as far as anybody knows. */
function lastAppliedOf(known: AccountHistory | undefined, email: string): ExplainedAccount['lastApplied'] {
  const applied = known?.lastApplied.get(email);
  if (applied !== undefined) return applied ?? NOTHING;
  return known?.baseline?.get(email) ?? null;
}

export function explainLive(observation: Observation, email: string): ExplainedLive {
  const live = liveOf(observation).get(email);
  const { at } = observation;
  if (live === undefined) return { roles: [], groups: [], status: 'absent', at, remarks: [] };
  const remarks = [...(live.note === undefined ? [] : [live.note]), ...(live.remarks ?? [])];
  return { roles: live.roles, groups: live.groups, status: live.status, at, remarks };
}

export function explainOwed(known: AccountHistory | undefined, email: string): ExplainedOwed[] {
  const owed = known?.owed.get(email);
  if (owed === undefined) return [];
  const { by, pull, approvedBy } = known?.backing.get(email) ?? { by: null, pull: null, approvedBy: null };
  const { change, since, outcome, message, notBefore } = owed;
  return [{ what: describeChange(change), since, outcome, message, notBefore, by, pull, approvedBy }];
}

/** The first day on which something of it ends. */
function nextEnd(granted: DesiredPrincipal | undefined): Day | null {
  const held = [...(granted?.holding.roles ?? []), ...(granted?.holding.groups ?? [])];
  const [first] = held
    .map((role) => lastDayOf(granted, role))
    .filter((end) => end !== '' && end !== NO_END)
    .toSorted(compareText);
  return first ?? null;
}

export function generalRoles({ roles, ownerRole }: Capabilities): readonly string[] {
  return [...roles, ownerRole];
}

function notesFor({ account, known, observation, asOf }: AccountFacts, email: string, isPerson: boolean): string[] {
  const granted = account.principals.get(email);
  const notes: string[] = [];
  if (account.policy.owner === email) notes.push('the account owner by policy: every grant is satisfied by definition');
  if (granted === undefined && isPerson) notes.push('in people/, without a grant here');
  if (granted !== undefined && granted.previously.length > 0) notes.push(`takes the place of ${granted.previously.join(', ')}`);
  if (known?.addressTaken.has(email) === true) notes.push('the vendor says that this address has an account of its own');
  if (granted === undefined && known?.lastApplied.has(email) !== true && known?.baseline?.has(email) === true)
    notes.push('no grant gives this: it was there when supervision began');
  return [...notes, ...(observation === null ? [] : [...olderNotes(observation.at, asOf), ...(observation.notes ?? [])])];
}

/** Of an account that the newest runs could not read. */
export function olderNotes(at: Instant, asOf: Instant | null): string[] {
  const isOld = asOf !== null && Date.parse(asOf) - Date.parse(at) > 2 * HOUR_MS;
  return isOld ? [`live was last read here ${formatInstant(at)}, and not since`] : [];
}
