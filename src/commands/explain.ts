import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import { lastDayOf, NO_END } from '../holding.ts';
import type {
  AccountHistory,
  Capabilities,
  Day,
  DesiredAccount,
  DesiredPrincipal,
  DesiredState,
  Grant,
  History,
  Observation,
  Reading,
} from '../model.ts';
import { accountOf, fanOut } from '../plan/fan-out.ts';
import { nearestWord } from '../policy/nearest-word.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { describeChange } from '../report/describe-change.ts';
import { describeGroups, describeReach } from '../report/describe-reach.ts';
import {
  type ExplainedAccount,
  type ExplainedGrant,
  type ExplainedLive,
  explanationToJson,
  renderExplanation,
  renderWhoCan,
  whoCanToJson,
} from '../report/render-explain.ts';
import { compareText } from '../text/digest.ts';
import { visible } from '../text/encode.ts';
import { loadDesired, today } from './load-desired.ts';
import { liveOf, observationOf } from './make-run-plan.ts';
import { readHistory } from './plan.ts';
import { readObservationFile } from './read-observation-file.ts';
import type { Run } from './run-context.ts';

export interface ExplainFlags {
  readonly email: string | null;
  readonly role: string | null;
  readonly observation: string | null;
}

/** What one person holds and why, or who can: from policy and ledger, without any credential. */
export async function explain(run: Run, flags: ExplainFlags): Promise<ExitCode> {
  const { desired } = await loadDesired(run);
  if (flags.email !== null) return explainPerson(run, desired, flags.email.trim().toLowerCase(), flags.observation);
  const [account] = run.flags.account;
  if (flags.role === null || account === undefined || run.flags.account.length !== 1) {
    throw new RollcallError('usage', 'explain needs EMAIL, or --account NAME together with --role ROLE');
  }
  return explainRole(run, desired, account, flags.role);
}

async function explainPerson(run: Run, desired: DesiredState, email: string, observation: string | null): Promise<ExitCode> {
  const history = await readHistory(run);
  const readings = observation === null ? new Map<string, Reading>() : await readObservationFile(run, desired, observation);
  const person = desired.people.get(email);
  const names = new Set([...fanOut(desired, readings).accounts.keys(), ...history.accounts.keys()]);
  const accounts = [...names].toSorted(compareText).flatMap((name) => {
    const account = accountOf(desired, name);
    if (account === undefined) return [];
    const facts = { account, known: history.accounts.get(name), observation: observationOf(readings.get(name)) };
    return explainAccount(facts, email, person !== undefined, today(run)) ?? [];
  });
  if (person === undefined && accounts.length === 0) throw personUnknown(email, desired, history);
  const explanation = { principal: email, name: person?.name ?? '', accounts };
  await run.deliver(run.flags.format === 'json' ? explanationToJson(explanation) : renderExplanation(explanation, run.style));
  return EXIT.ok;
}

/** What is known of one account: its policy, its history, and the newest read that was given. */
interface AccountFacts {
  readonly account: DesiredAccount;
  readonly known: AccountHistory | undefined;
  readonly observation: Observation | null;
}

/** Null where nothing connects this person with the account. */
function explainAccount(facts: AccountFacts, email: string, isPerson: boolean, day: Day): ExplainedAccount[] | null {
  const { account, known, observation } = facts;
  const { name, provider, api, owner } = account.policy;
  const granted = account.principals.get(email);
  const live = observation === null ? null : explainLive(observation, email);
  const remembered = known?.lastApplied.get(email) ?? null;
  const offboarding = known?.offboarding.get(email) ?? null;
  const reach = (observation?.reach ?? []).filter(({ principal }) => principal === email);
  const isThere = live !== null && live.status !== 'absent';
  const isOwner = owner === email;
  if (granted === undefined && !isThere && remembered === null && offboarding === null && reach.length === 0 && !isOwner) return null;
  const desired = granted?.holding ?? { roles: [], groups: [] };
  const capabilities = capabilitiesOf(account.policy);
  const effective =
    capabilities === null
      ? []
      : [
          ...describeReach(live, generalRoles(capabilities), reach, observation?.subaccounts ?? []),
          ...describeGroups(isThere ? live : desired, capabilities.privilegedGroups),
        ];
  return [
    {
      account: name,
      provider,
      api,
      isOwner,
      desired,
      grants: (granted?.grants ?? []).map((grant) => explainGrant(grant, day)),
      until: nextEnd(granted),
      lastApplied: remembered,
      live,
      owed: owedLines(known, email),
      offboarding,
      effective,
      reach,
      notes: notesFor(facts, email, isPerson),
    },
  ];
}

function explainLive(observation: Observation, email: string): ExplainedLive {
  const live = liveOf(observation).get(email);
  const { at } = observation;
  if (live === undefined) return { roles: [], groups: [], status: 'absent', at, remarks: [] };
  const remarks = [...(live.note === undefined ? [] : [live.note]), ...(live.remarks ?? [])];
  return { roles: live.roles, groups: live.groups, status: live.status, at, remarks };
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

function generalRoles({ roles, ownerRole }: Capabilities): readonly string[] {
  return [...roles, ownerRole];
}

function owedLines(known: AccountHistory | undefined, email: string): string[] {
  const owed = known?.owed.get(email);
  if (owed === undefined) return [];
  const why = owed.message === '' ? '' : `: ${owed.message}`;
  return [`${describeChange(owed.change)}, approved ${owed.since}${why}`];
}

function notesFor({ account, known, observation }: AccountFacts, email: string, isPerson: boolean): string[] {
  const granted = account.principals.get(email);
  const notes: string[] = [];
  if (account.policy.owner === email) notes.push('the account owner by policy: every grant is satisfied by definition');
  if (granted === undefined && isPerson) notes.push('in people/, without a grant here');
  if (granted !== undefined && granted.previously.length > 0) notes.push(`takes the place of ${granted.previously.join(', ')}`);
  if (known?.addressTaken.has(email) === true) notes.push('the vendor says that this address has an account of its own');
  if (known === undefined || !known.recorded) notes.push('nothing was applied here yet, so what was last true is not known');
  if (observation === null) notes.push('live was not read: give --observation FILE to see it');
  return [...notes, ...(observation?.notes ?? [])];
}

function explainGrant(grant: Grant, day: Day): ExplainedGrant {
  const { role, group, reason, until, team, source } = grant;
  return { role, group, reason, until, team, place: source, ended: until !== null && until < day };
}

async function explainRole(run: Run, desired: DesiredState, name: string, role: string): Promise<ExitCode> {
  const account = accountOf(desired, name);
  if (account === undefined) throw new Error('an account that policy does not name passed the flags');
  const { owner } = account.policy;
  const capabilities = capabilitiesOf(account.policy);
  const known = new Set(capabilities === null ? [] : generalRoles(capabilities));
  // Groups and product roles are known by their grants alone.
  for (const { holding } of account.principals.values()) for (const held of [...holding.roles, ...holding.groups]) known.add(held);
  if (!known.has(role)) throw new RollcallError('roleUnknown', visible(role), [...known].map((one) => visible(one)).join(', '));
  const day = today(run);
  const holders = [...account.principals.values()]
    .filter(({ holding }) => holding.roles.includes(role) || holding.groups.includes(role))
    .toSorted((a, b) => compareText(a.principal, b.principal))
    .map((one) => ({
      principal: one.principal,
      name: one.name,
      grants: one.grants.map((grant) => explainGrant(grant, day)).filter((grant) => (grant.role ?? grant.group) === role && !grant.ended),
    }));
  const principals =
    role === capabilities?.ownerRole ? [{ principal: owner, name: desired.people.get(owner)?.name ?? '', grants: [] }] : holders;
  const who = { role, account: name, principals };
  await run.deliver(run.flags.format === 'json' ? whoCanToJson(who) : renderWhoCan(who, run.style));
  return EXIT.ok;
}

function personUnknown(email: string, desired: DesiredState, history: History): RollcallError {
  const known = new Set(desired.people.keys());
  for (const account of history.accounts.values()) for (const principal of account.lastApplied.keys()) known.add(principal);
  const near = nearestWord(email, [...known]);
  return new RollcallError('personUnknown', visible(email), near === null ? '' : ` Did you mean ${visible(near)}?`);
}
