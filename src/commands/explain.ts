import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import type {
  AccountHistory,
  Day,
  DesiredAccount,
  DesiredPrincipal,
  DesiredState,
  Grant,
  History,
  LivePrincipal,
  Reading,
} from '../model.ts';
import { nearestWord } from '../policy/nearest-word.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { describeChange } from '../report/describe-change.ts';
import {
  type ExplainedAccount,
  type ExplainedGrant,
  explanationToJson,
  renderExplanation,
  renderWhoCan,
  whoCanToJson,
} from '../report/render-explain.ts';
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
  const accounts = [...desired.accounts.values()]
    .toSorted((a, b) => (a.policy.name < b.policy.name ? -1 : 1))
    .flatMap((account) => explainAccount(account, email, history, readings, desired, today(run)) ?? []);
  const person = desired.people.get(email);
  if (person === undefined && accounts.length === 0) throw personUnknown(email, desired, history);
  const explanation = { principal: email, name: person?.name ?? '', accounts };
  await run.deliver(run.flags.format === 'json' ? explanationToJson(explanation) : renderExplanation(explanation, run.style));
  return EXIT.ok;
}

function explainAccount(
  account: DesiredAccount,
  email: string,
  history: History,
  readings: ReadonlyMap<string, Reading>,
  desired: DesiredState,
  day: Day,
): ExplainedAccount[] | null {
  const { name, owner } = account.policy;
  const known = history.accounts.get(name);
  const granted = account.principals.get(email);
  const observation = observationOf(readings.get(name));
  const live = observation === null ? undefined : liveOf(observation).get(email);
  const remembered = known?.lastApplied.get(email) ?? null;
  if (granted === undefined && live === undefined && remembered === null && owner !== email) return null;
  return [
    {
      account: name,
      desired: granted?.holding ?? { roles: [], groups: [] },
      grants: (granted?.grants ?? []).map((grant) => explainGrant(grant, day)),
      lastApplied: remembered,
      live: observation === null ? null : liveHolding(live),
      owed: owedLines(known, email),
      notes: notesFor(granted, known, email, owner, desired, observation === null),
    },
  ];
}

function liveHolding(live: LivePrincipal | undefined): ExplainedAccount['live'] {
  return live === undefined ? { roles: [], groups: [], status: 'absent' } : { roles: live.roles, groups: live.groups, status: live.status };
}

function owedLines(known: AccountHistory | undefined, email: string): string[] {
  const owed = known?.owed.get(email);
  if (owed === undefined) return [];
  const why = owed.message === '' ? '' : `: ${owed.message}`;
  return [`${describeChange(owed.change)}, approved ${owed.since}${why}`];
}

function notesFor(
  granted: DesiredPrincipal | undefined,
  known: AccountHistory | undefined,
  email: string,
  owner: string,
  desired: DesiredState,
  offline: boolean,
): string[] {
  const notes: string[] = [];
  if (owner === email) notes.push('the account owner by policy: every grant is satisfied by definition');
  if (granted === undefined && desired.people.has(email)) notes.push('in people/, without a grant here');
  if (granted !== undefined && granted.previously.length > 0) notes.push(`takes the place of ${granted.previously.join(', ')}`);
  if (known?.addressTaken.has(email) === true) notes.push('the vendor says that this address has an account of its own');
  if (known === undefined || !known.recorded) notes.push('nothing was applied here yet, so what was last true is not known');
  if (offline) notes.push('live was not read: give --observation FILE to see it');
  return notes;
}

function explainGrant(grant: Grant, day: Day): ExplainedGrant {
  const { role, group, reason, until, team, source } = grant;
  return { role, group, reason, until, team, place: source, ended: until !== null && until < day };
}

async function explainRole(run: Run, desired: DesiredState, name: string, role: string): Promise<ExitCode> {
  const account = desired.accounts.get(name);
  if (account === undefined) throw new Error('an account that policy does not name passed the flags');
  const { owner } = account.policy;
  const capabilities = capabilitiesOf(account.policy);
  const roles = capabilities === null ? [] : [...capabilities.roles, capabilities.ownerRole];
  if (!roles.includes(role)) throw new RollcallError('roleUnknown', visible(role), roles.join(', '));
  const day = today(run);
  const holders = [...account.principals.values()]
    .filter((one) => one.holding.roles.includes(role))
    .toSorted((a, b) => (a.principal < b.principal ? -1 : 1))
    .map((one) => ({
      principal: one.principal,
      name: one.name,
      grants: one.grants.map((grant) => explainGrant(grant, day)).filter((grant) => grant.role === role && !grant.ended),
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
