import type { Api, Day, Holding, Instant, Offboarding, Place, ProviderName, Reach, Status } from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import { countWords } from './count-words.ts';
import type { Style } from './create-style.ts';
import { describeHolding } from './describe-change.ts';
import { describeOffboarding, listKeys } from './describe-keys.ts';
import { describePlace } from './describe-reason.ts';
import { wrapAfter } from './fit-text.ts';
import { nameAccount, shortenAccount } from './name-account.ts';
import { renderTable } from './render-table.ts';
import { toJson } from './to-json.ts';

/** What one person holds and why. */
export interface Explanation {
  readonly principal: string;
  readonly name: string;
  readonly accounts: readonly ExplainedAccount[];
}

export interface ExplainedAccount {
  readonly account: string;
  readonly provider: ProviderName;
  readonly api: Api;
  /** The account's owner by policy: every grant is satisfied by definition. */
  readonly isOwner: boolean;
  readonly desired: Holding;
  readonly grants: readonly ExplainedGrant[];
  /** The first day after which something of it is no longer held. */
  readonly until: Day | null;
  /** Null when the ledger knows nothing of this person here. */
  readonly lastApplied: Holding | null;
  /** Null when the account was not read. */
  readonly live: ExplainedLive | null;
  readonly owed: readonly string[];
  readonly offboarding: Offboarding | null;
  /** What reaches this account without being access of it, and what of this access reaches others, in whole sentences. */
  readonly effective: readonly string[];
  readonly reach: readonly Reach[];
  readonly notes: readonly string[];
}

export interface ExplainedLive extends Holding {
  readonly status: Status | 'absent';
  /** When it was read. */
  readonly at: Instant;
  /** What else the vendor shows: the last sign-in, a way around single sign-on. */
  readonly remarks: readonly string[];
}

export interface ExplainedGrant {
  readonly role: string | null;
  readonly group: string | null;
  readonly reason: string;
  readonly until: Day | null;
  readonly team: string;
  readonly place: Place;
  readonly ended: boolean;
}

/** Who holds one role in one account, and by which grants. */
export interface WhoCan {
  readonly role: string;
  readonly account: string;
  readonly principals: readonly { readonly principal: string; readonly name: string; readonly grants: readonly ExplainedGrant[] }[];
}

/** One person in one table over all accounts, and what stands behind each row below it. */
export function renderExplanation(explanation: Explanation, style: Style): string {
  const { accounts } = explanation;
  const details = accounts.map((account) => detailLines(account, style)).filter((lines) => lines.length > 1);
  const table = renderTable(HEAD, accounts.map(rowOf), 2, style);
  const blocks = [personLines('', explanation, style), accounts.length === 0 ? ['Holds nothing in any account.'] : table, ...details];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

export function renderWhoCan(who: WhoCan, style: Style): string {
  const title = `${visible(who.role)} in ${nameAccount(who.account)}: ${countWords(who.principals.length, 'person', 'people')}`;
  const blocks = who.principals.map((one) => [
    ...personLines('  ', one, style),
    ...one.grants.flatMap((grant) => grantLines(grant, '    ', style)),
  ]);
  return `${[wrapAfter('', title, style.columns).map(style.bold), ...blocks].map((block) => block.join('\n')).join('\n\n')}\n`;
}

export function explanationToJson(explanation: Explanation): string {
  return toJson({
    format_version: '1.0',
    principal: explanation.principal,
    name: explanation.name,
    accounts: explanation.accounts.map((one) => ({
      account: one.account,
      provider: one.provider,
      api: one.api,
      owner: one.isOwner,
      desired: { roles: one.desired.roles, groups: one.desired.groups },
      grants: one.grants.map(grantToJson),
      until: one.until,
      last_applied: one.lastApplied === null ? null : { roles: one.lastApplied.roles, groups: one.lastApplied.groups },
      live: one.live === null ? null : liveToJson(one.live),
      state: stateOf(one),
      owed: one.owed,
      offboarding: one.offboarding === null ? null : { since: one.offboarding.since, keys: one.offboarding.keys },
      reach: one.reach.map(({ role, through }) => ({ role, through })),
      effective: one.effective,
      notes: one.notes,
    })),
  });
}

export function whoCanToJson(who: WhoCan): string {
  return toJson({
    format_version: '1.0',
    role: who.role,
    account: who.account,
    principals: who.principals.map(({ principal, name, grants }) => ({ principal, name, grants: grants.map(grantToJson) })),
  });
}

/** A grant whose deletion would leave everything as it is: another gives the same, or something stronger does. */
export function isSuperfluous(grant: ExplainedGrant, { desired, grants }: Pick<ExplainedAccount, 'desired' | 'grants'>): boolean {
  if (grant.ended) return false;
  const counts = grant.role === null ? desired.groups.includes(grant.group ?? '') : desired.roles.includes(grant.role);
  if (!counts) return desired.roles.length + desired.groups.length > 0;
  return grants.some((other) => other !== grant && !other.ended && other.role === grant.role && other.group === grant.group);
}

const HEAD = ['account', 'vendor api', 'by policy', 'last applied', 'live', 'until', 'state'];

function rowOf(one: ExplainedAccount): string[] {
  return [
    shortenAccount(one.account),
    `${visible(one.provider)} ${visible(one.api)}`,
    one.isOwner ? 'owner' : describeHolding(one.desired),
    one.lastApplied === null ? 'not recorded' : describeHolding(one.lastApplied),
    one.live === null ? 'not read' : liveWords(one.live),
    one.until === null ? '' : visible(one.until),
    stateOf(one).join(', '),
  ];
}

function liveWords(live: ExplainedLive): string {
  if (live.status === 'absent') return 'absent';
  const words = describeHolding(live);
  return live.status === 'active' ? words : `${words} (${visible(live.status)})`;
}

/** What of this person here is not settled. */
function stateOf({ owed, live, offboarding }: ExplainedAccount): string[] {
  return [
    ...(owed.length > 0 ? ['owed'] : []),
    ...(live?.status === 'invited' ? ['pending'] : []),
    ...(offboarding === null ? [] : ['offboarding incomplete']),
  ];
}

function detailLines(account: ExplainedAccount, style: Style): string[] {
  const extra = (lead: string, text: string) => wrapAfter(lead, encodeSentence(text), style.columns);
  const { offboarding } = account;
  return [
    ...wrapAfter('', nameAccount(account.account), style.columns).map(style.bold),
    ...account.owed.flatMap((owed) => extra('  Owed: ', owed)).map(style.yellow),
    ...(offboarding === null ? [] : extra('  ! ', describeOffboarding(account.account, offboarding)).map(style.red)),
    ...listKeys(offboarding?.keys ?? []).flatMap((key) => wrapAfter('      ', key, style.columns)),
    ...account.grants.flatMap((grant) => grantLines(grant, '  ', style)),
    ...overlapLines(account, style),
    ...account.effective.flatMap((words) => extra('  Effective access: ', words)),
    ...(account.live?.remarks ?? []).flatMap((remark) => extra('  Live: ', remark)).map(style.dim),
    ...account.notes.flatMap((note) => extra('  Note: ', note)).map(style.dim),
  ];
}

function overlapLines(account: ExplainedAccount, style: Style): string[] {
  const extra = account.grants.filter((grant) => isSuperfluous(grant, account));
  const places = extra.map((grant) => describePlace(grant.place)).join(', ');
  if (extra.length === 0) return [];
  const hint = `Grants overlap (${places}): deleting ${extra.length === 1 ? 'that one' : 'any one of these'} changes nothing.`;
  return wrapAfter('  ', hint, style.columns).map(style.yellow);
}

function grantLines(grant: ExplainedGrant, indent: string, style: Style): string[] {
  const what = grant.role === null ? `group ${visible(grant.group ?? '')}` : visible(grant.role);
  const until = grant.until === null ? '' : grant.ended ? `, ended ${visible(grant.until)}` : `, until ${visible(grant.until)}`;
  const paint = grant.ended ? style.dim : (text: string) => text;
  return [
    ...wrapAfter(`${indent}· `, `${what} through team ${visible(grant.team)}${until}: ${visible(grant.reason, 400)}`, style.columns).map(
      paint,
    ),
    ...wrapAfter(`${indent}  `, describePlace(grant.place), style.columns).map(style.dim),
  ];
}

function personLines(indent: string, { principal, name }: { readonly principal: string; readonly name: string }, style: Style): string[] {
  const who = encodePrincipal(principal);
  const lines = wrapAfter(indent, name === '' ? who : `${who} (${visible(name)})`, style.columns);
  return lines.map((line, at) => (at === 0 ? style.bold(line) : line));
}

function liveToJson({ status, roles, groups, at, remarks }: ExplainedLive): ExplainedLive {
  return { status, roles, groups, at, remarks };
}

function grantToJson({ role, group, reason, until, team, place, ended }: ExplainedGrant): ExplainedGrant {
  return { role, group, reason, until, team, place: { file: place.file, line: place.line, column: place.column }, ended };
}
