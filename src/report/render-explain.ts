import type { Day, Holding, Place, Status } from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import { countWords } from './count-words.ts';
import type { Style } from './create-style.ts';
import { describeHolding } from './describe-change.ts';
import { describePlace } from './describe-reason.ts';
import { wrapAfter } from './fit-text.ts';
import { toJson } from './to-json.ts';

/** What one person holds and why. */
export interface Explanation {
  readonly principal: string;
  readonly name: string;
  readonly accounts: readonly ExplainedAccount[];
}

export interface ExplainedAccount {
  readonly account: string;
  readonly desired: Holding;
  readonly grants: readonly ExplainedGrant[];
  /** Null when the ledger knows nothing of this person here. */
  readonly lastApplied: Holding | null;
  /** Null when the account was not read. */
  readonly live: (Holding & { readonly status: Status | 'absent' }) | null;
  readonly owed: readonly string[];
  readonly notes: readonly string[];
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

export function renderExplanation(explanation: Explanation, style: Style): string {
  const blocks = [personLines('', explanation, style), ...explanation.accounts.map((account) => accountLines(account, style))];
  if (explanation.accounts.length === 0) blocks.push(['Holds nothing in any account.']);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

export function renderWhoCan(who: WhoCan, style: Style): string {
  const title = `${visible(who.role)} in ${visible(who.account)}: ${countWords(who.principals.length, 'person', 'people')}`;
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
    accounts: explanation.accounts.map(({ account, desired, grants, lastApplied, live, owed, notes }) => ({
      account,
      desired: { roles: desired.roles, groups: desired.groups },
      grants: grants.map(grantToJson),
      last_applied: lastApplied === null ? null : { roles: lastApplied.roles, groups: lastApplied.groups },
      live: live === null ? null : { status: live.status, roles: live.roles, groups: live.groups },
      owed,
      notes,
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

function accountLines(account: ExplainedAccount, style: Style): string[] {
  const { desired, lastApplied, live } = account;
  const liveWords = live === null ? 'not read' : live.status === 'absent' ? 'absent' : `${describeHolding(live)} (${visible(live.status)})`;
  const facts = [
    ...wrapAfter('  desired       ', describeHolding(desired), style.columns),
    ...wrapAfter('  last applied  ', lastApplied === null ? 'not recorded' : describeHolding(lastApplied), style.columns),
    ...wrapAfter('  live          ', liveWords, style.columns),
  ];
  const extra = (lead: string, text: string) => wrapAfter(lead, encodeSentence(text), style.columns);
  return [
    style.bold(visible(account.account)),
    ...facts,
    ...account.owed.flatMap((owed) => extra('  owed          ', owed)).map(style.yellow),
    ...account.grants.flatMap((grant) => grantLines(grant, '  ', style)),
    ...overlapLines(account, style),
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

function grantToJson({ role, group, reason, until, team, place, ended }: ExplainedGrant): ExplainedGrant {
  return { role, group, reason, until, team, place: { file: place.file, line: place.line, column: place.column }, ended };
}
