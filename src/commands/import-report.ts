import { groupBy } from '../group-by.ts';
import type { Plan, Unread } from '../model.ts';
import type { Decision, Imported, ImportedFile } from '../policy/import/imported.ts';
import { countWords, listSome } from '../report/count-words.ts';
import { describeChange } from '../report/describe-change.ts';
import { toJson } from '../report/to-json.ts';
import { visible } from '../text/encode.ts';
import { encodePath, encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import type { Format } from './run-context.ts';

/** What one run imported, and what is left to say of it. */
export interface ImportReport {
  readonly imported: Imported;
  /** Where the files were written. */
  readonly folder: string;
  /** The day of the newest read. */
  readonly day: string;
  readonly accounts: readonly string[];
  readonly unread: readonly Unread[];
  /** Accounts of policy that nobody looked at this time. */
  readonly others: readonly string[];
  /** Who gained access without an approval since the baseline of a ledger at hand. */
  readonly sinceBaseline: readonly Decision[];
  readonly plan: Plan;
}

/** Of each list so many lines are shown; JSON has them all. */
const MOST_LINES = 30;
const MOST_NAMED = 5;
const NEXT = 'Review it, commit it on a branch, open a pull request.';

/** What was written, what people have to decide, and what the plan says now. */
export function renderImport(report: ImportReport, format: Format): string {
  return format === 'json' ? toJson(toDocument(report)) : toText(report);
}

function toText(report: ImportReport): string {
  const { imported, folder, unread, others, plan } = report;
  const decisions = [...imported.decisions, ...aboutOthers(report)];
  return [
    headline(report),
    ...imported.edited.map((file) => `  ${encodePath(`${folder}/${file.path}`)}${file.isNew ? ' (new)' : ''}: ${holds(file)}`),
    ...section('To decide', some([...sayEach(report.sinceBaseline), ...sayDecisions(decisions)])),
    ...section('Left out', some(imported.leftOut.map(({ account, principal, why }) => said(encodePrincipal(principal), account, why)))),
    ...section(
      'Not read',
      unread.map(({ account, message }) => `${visible(account)}: ${encodeSentence(message)}`),
    ),
    '',
    ...sayPlan(plan, others),
    ...(imported.edited.length > 0 ? [NEXT] : []),
  ].join('\n');
}

function headline({ imported: { people, edited }, accounts, day }: ImportReport): string {
  if (accounts.length === 0) return 'No account was read, so nothing was written.';
  const where = listSome(
    accounts.map((name) => visible(name)),
    MOST_NAMED,
  );
  if (edited.length === 0) return `Policy says already what is live in ${where}; nothing was written.`;
  return `Imported ${where} as of ${day}: ${countWords(people.length, 'person', 'people')} new to policy, ${countWords(edited.length, 'file')}.`;
}

function holds({ people, members, grants }: ImportedFile): string {
  if (people !== null) return countWords(people, 'person', 'people');
  const words = grants.map(({ account, role, group }) => `${visible(role ?? group ?? '')} in ${visible(account)}`);
  return `${countWords(members ?? 0, 'member')}, ${words.length === 0 ? 'no grant' : listSome(words, MOST_NAMED)}`;
}

/** Each of them by name: nobody of whom nobody knows hides behind a count. */
function sayEach(decisions: readonly Decision[]): string[] {
  return decisions.map(({ principal, account, says }) => said(encodePrincipal(principal ?? ''), account, says));
}

/** The same said of many people is said once. */
function sayDecisions(decisions: readonly Decision[]): string[] {
  return [...groupBy(decisions, ({ account, says }) => JSON.stringify([account, says])).values()].map((same) => {
    const [first] = same;
    const names = same.flatMap(({ principal }) => (principal === null ? [] : [encodePrincipal(principal)]));
    return said(listSome(names, MOST_NAMED), first?.account ?? null, first?.says ?? '');
  });
}

/** Whoever is named by policy and stands in an account that was not imported would be deleted from it. */
function aboutOthers({ imported: { people }, others, accounts }: ImportReport): Decision[] {
  if (people.length === 0 || accounts.length === 0) return [];
  return others.map((account) => ({
    principal: null,
    account,
    says: 'was not imported: whoever has access there and is named by policy now shows as a delete in its plan, until it is imported too',
  }));
}

function said(who: string, account: string | null, says: string): string {
  const where = account === null ? '' : visible(account);
  const about = [...(who === '' ? [] : [who]), ...(where === '' ? [] : [where])].join(' in ');
  return `${about}: ${encodeSentence(says)}`;
}

function sayPlan(plan: Plan, others: readonly string[]): string[] {
  const { changes, guards } = plan;
  const blocks = guards
    .filter(({ verdict }) => verdict === 'block')
    .map(({ account, message }) => `${visible(account)}: ${encodeSentence(message)}`);
  const read = plan.accounts.length - plan.accounts.filter(({ verdict }) => verdict === 'incomplete').length;
  if (read === 0) return [];
  if (changes.length === 0) {
    const words = others.length === 0 ? 'The plan is empty now.' : 'The plan of what was imported is empty now.';
    return [words, ...some(blocks).map((line) => `  ${line}`)];
  }
  const lines = changes.map((change) => `${visible(change.account)}: ${describeChange(change)}`);
  return [`The plan has ${countWords(changes.length, 'change')} left:`, ...[...some(lines), ...blocks].map((line) => `  ${line}`)];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function some(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), `and ${more} more; --format json has them all`] : [...lines];
}

function toDocument(report: ImportReport): unknown {
  const { imported, folder, day, accounts, unread, plan } = report;
  return {
    format_version: '1.0',
    day,
    accounts,
    files: imported.edited.map(({ path, isNew, people, members, grants }) => ({
      file: `${folder}/${path}`,
      new: isNew,
      people,
      members,
      grants,
    })),
    people: imported.people,
    decisions: [...report.sinceBaseline, ...imported.decisions, ...aboutOthers(report)],
    left_out: imported.leftOut,
    not_read: unread.map(({ account, cause, message }) => ({ account, cause, message })),
    plan: { verdict: plan.verdict, digest: plan.digest, changes: plan.changes },
  };
}
