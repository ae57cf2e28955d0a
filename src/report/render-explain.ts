import { isEmpty } from '../holding.ts';
import type {
  Api,
  Backing,
  Day,
  Holding,
  Instant,
  Offboarding,
  Outcome,
  Place,
  Provenance,
  ProviderName,
  Reach,
  Status,
} from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import { countWords } from './count-words.ts';
import type { Style } from './create-style.ts';
import { describeHolding } from './describe-change.ts';
import { describeOffboarding, listKeys } from './describe-keys.ts';
import { describePlace } from './describe-reason.ts';
import { grantLines, joinBlocks, noteLines, owedLines, pendingLines, personLines, sinceLines } from './explain-lines.ts';
import { wrapAfter } from './fit-text.ts';
import { nameAccount, shortenAccount } from './name-account.ts';
import { renderTable } from './render-table.ts';
import { toJson } from './to-json.ts';

/** What one person holds and why. */
export interface Explanation {
  readonly principal: string;
  readonly name: string;
  readonly accounts: readonly ExplainedAccount[];
  /** What could not be known, and how old it is, in sentences. */
  readonly notes: readonly string[];
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
  /** Null when the ledger knows nothing of this person here, and nothing held when it knows that they are gone. */
  readonly lastApplied: Holding | null;
  /** Since when, and by whom; null when the ledger does not tell. */
  readonly provenance: Provenance | null;
  /** Null when the account was not read. */
  readonly live: ExplainedLive | null;
  readonly owed: readonly ExplainedOwed[];
  readonly offboarding: Offboarding | null;
  /** What reaches this account without being access of it, and what of this access reaches others, in whole sentences. */
  readonly effective: readonly string[];
  readonly reach: readonly Reach[];
  readonly notes: readonly string[];
}

/** An approved change that is not yet true, and who stands behind it. */
export interface ExplainedOwed extends Backing {
  /** The change in one line. */
  readonly what: string;
  readonly since: Instant;
  /** What the last run made of it; null before the first. */
  readonly outcome: Outcome | null;
  readonly message: string;
  readonly notBefore: Instant | null;
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
  /** Its deletion would leave everything as it is: another gives as much, for as long. */
  readonly superfluous: boolean;
}

/** Who holds one role in one account, and by which grants. */
export interface WhoCan {
  readonly role: string;
  readonly account: string;
  /** By policy. */
  readonly principals: readonly Holder[];
  /** Those who have it although no grant gives it. */
  readonly others: readonly Holder[];
  /** Whoever reaches the account from elsewhere, with whatever role. */
  readonly reach: readonly Reach[];
  readonly notes: readonly string[];
}

export interface Holder extends Pick<ExplainedAccount, 'grants' | 'live' | 'provenance' | 'owed'> {
  readonly principal: string;
  readonly name: string;
  /** Whether they held nothing in this account when it was last looked. */
  readonly isGone: boolean;
}

/** One person in one table over all accounts, what stands behind each row below it, and at the end what could not be known. */
export function renderExplanation(explanation: Explanation, style: Style): string {
  const { accounts, notes } = explanation;
  const details = accounts.map((account) => detailLines(account, style)).filter((lines) => lines.length > 1);
  const table = renderTable(HEAD, accounts.map(rowOf), 2, style);
  const blocks = [
    personLines('', explanation, style),
    accounts.length === 0 ? ['Holds nothing in any account.'] : table,
    ...details,
    noteLines(notes, '', style),
  ];
  return joinBlocks(blocks);
}

export function renderWhoCan(who: WhoCan, style: Style): string {
  const { role, account, principals, others, reach, notes } = who;
  const title = `${visible(role)} in ${nameAccount(account)}: ${countWords(principals.length, 'person', 'people')}`;
  const extra = `Without a grant: ${countWords(others.length, 'person', 'people')}`;
  const heading = (text: string) => wrapAfter('', text, style.columns).map(style.bold);
  return joinBlocks([
    heading(title),
    ...principals.map((one) => holderLines(one, role, style)),
    others.length === 0 ? [] : heading(extra).map(style.yellow),
    ...others.map((one) => holderLines(one, role, style)),
    reach.length === 0 ? [] : [...heading('Reaching in from elsewhere'), ...reach.flatMap((one) => reachLines(one, style))],
    noteLines(notes, '', style),
  ]);
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
      provenance: one.provenance === null ? null : provenanceToJson(one.provenance),
      state: stateOf(one),
      owed: one.owed.map(owedToJson),
      offboarding: one.offboarding === null ? null : { since: one.offboarding.since, keys: one.offboarding.keys },
      reach: one.reach.map(({ role, through }) => ({ role, through })),
      effective: one.effective,
      notes: one.notes,
    })),
    notes: explanation.notes,
  });
}

export function whoCanToJson(who: WhoCan): string {
  return toJson({
    format_version: '1.0',
    role: who.role,
    account: who.account,
    principals: who.principals.map(holderToJson),
    others: who.others.map(holderToJson),
    reach: who.reach.map(({ principal, role, through }) => ({ principal, role, through })),
    notes: who.notes,
  });
}

const HEAD = ['account', 'vendor api', 'by policy', 'last applied', 'live', 'since', 'until', 'state'];

function rowOf(one: ExplainedAccount): string[] {
  return [
    shortenAccount(one.account),
    `${visible(one.provider)} ${visible(one.api)}`,
    one.isOwner ? 'owner' : describeHolding(one.desired),
    one.lastApplied === null ? 'not recorded' : describeHolding(one.lastApplied),
    one.live === null ? 'not read' : liveWords(one.live),
    one.provenance === null ? '' : visible(one.provenance.since.slice(0, 10)),
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
    ...sinceLines(account.provenance, account.lastApplied !== null && isEmpty(account.lastApplied), '  ', style),
    ...account.owed.flatMap((owed) => owedLines(owed, '  ', style)),
    ...pendingLines(account.live, '  ', style),
    ...(offboarding === null ? [] : extra('  ! ', describeOffboarding(account.account, offboarding)).map(style.red)),
    ...listKeys(offboarding?.keys ?? []).flatMap((key) => wrapAfter('      ', key, style.columns)),
    ...account.grants.flatMap((grant) => grantLines(grant, '  ', style)),
    ...overlapLines(account, style),
    ...account.effective.flatMap((words) => extra('  Effective access: ', words)),
    ...(account.live?.remarks ?? []).flatMap((remark) => extra('  Live: ', remark)).map(style.dim),
    ...noteLines(account.notes, '  ', style),
  ];
}

function overlapLines({ grants }: ExplainedAccount, style: Style): string[] {
  const extra = grants.filter(({ superfluous }) => superfluous);
  const places = extra.map((grant) => describePlace(grant.place)).join(', ');
  if (extra.length === 0) return [];
  const hint = `Grants overlap (${places}): deleting ${extra.length === 1 ? 'that one' : 'any one of these'} changes nothing.`;
  return wrapAfter('  ', hint, style.columns).map(style.yellow);
}

function holderLines(one: Holder, role: string, style: Style): string[] {
  const { live } = one;
  const hasIt = live === null || (live.status === 'active' && [...live.roles, ...live.groups].includes(role));
  return [
    ...personLines('  ', one, style),
    ...sinceLines(one.provenance, one.isGone, '    ', style),
    ...one.owed.flatMap((owed) => owedLines(owed, '    ', style)),
    ...(hasIt ? [] : wrapAfter('    Live: ', liveWords(live), style.columns).map(style.yellow)),
    ...one.grants.flatMap((grant) => grantLines(grant, '    ', style)),
  ];
}

function reachLines({ principal, role, through }: Reach, style: Style): string[] {
  const words = `${visible(role)}, held for ${encodeSentence(through)}; it works here and is no access of this account`;
  return [...wrapAfter('  ', encodePrincipal(principal), style.columns), ...wrapAfter('    ', words, style.columns)];
}

function provenanceToJson({ since, how, by, pull, approvedBy }: Provenance) {
  return { since, how, by, pull, approved_by: approvedBy };
}

function owedToJson({ what, since, outcome, message, notBefore, by, pull, approvedBy }: ExplainedOwed) {
  return { what, since, outcome, message, not_before: notBefore, by, pull, approved_by: approvedBy };
}

function holderToJson({ principal, name, grants, live, provenance, owed }: Holder) {
  return {
    principal,
    name,
    live: live === null ? null : liveToJson(live),
    provenance: provenance === null ? null : provenanceToJson(provenance),
    owed: owed.map(owedToJson),
    grants: grants.map(grantToJson),
  };
}

function liveToJson({ status, roles, groups, at, remarks }: ExplainedLive): ExplainedLive {
  return { status, roles, groups, at, remarks };
}

function grantToJson({ role, group, reason, until, team, place, ended, superfluous }: ExplainedGrant): ExplainedGrant {
  return { role, group, reason, until, team, place: { file: place.file, line: place.line, column: place.column }, ended, superfluous };
}
