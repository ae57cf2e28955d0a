import type { Change, GuardResult, LeftAlone, Pending, Plan, PlanAccount } from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import { countWords, formatNumber, listSome } from './count-words.ts';
import type { Paint, Style } from './create-style.ts';
import { describeHolding } from './describe-change.ts';
import { describeForecast } from './describe-forecast.ts';
import { describeGuard, passesByApproval } from './describe-guard.ts';
import { groupKeys, listKeys } from './describe-keys.ts';
import { describeSource, describeUnread } from './describe-observation.ts';
import { hasOwnSteps, leavesBehind, marksOf } from './describe-reason.ts';
import { textWidth, wrapAfter, wrapText } from './fit-text.ts';
import { formatInstant } from './format-instant.ts';
import { groupBySteps } from './group-by-steps.ts';
import { type DriftJudgement, describeJudgement, WILL_DO } from './judge-drift.ts';
import { mergeSteps } from './merge-steps.ts';
import { nameAccount } from './name-account.ts';
import { createRowPrinter, numberSteps, type Row } from './render-changes.ts';

/** How many names a closing list shows; the JSON document has them all. */
const MOST_NAMES = 20;

/** One account of a plan: what was read, its changes, and what is left as it is. */
export function renderAccount(
  account: PlanAccount,
  changes: readonly Change[],
  guards: readonly GuardResult[],
  plan: Pick<Plan, 'at' | 'mode'>,
  judge: (change: Change) => DriftJudgement,
  style: Style,
): string[] {
  const drifted = plan.mode === 'drift';
  const rows = changes.map(
    (change): Row => ({ change, marks: [...(drifted ? [markOf(judge(change))] : []), ...marksOf(change, plan.at)] }),
  );
  const shared = groupBySteps(changes.filter(hasOwnSteps)).filter((group) => group.length > 1);
  const print = createRowPrinter(rows, new Set(shared.flat()), style);
  const mine = rows.filter((row) => drifted || row.change.origin !== 'drift');
  const theirs = drifted ? [] : rows.filter((row) => row.change.origin === 'drift');
  const doing = changes.filter((change) => (drifted ? WILL_DO.has(judge(change).fate) : change.origin !== 'drift'));
  const forecast = describeForecast(doing, plan.at);
  const blocks = [
    [...headerOf(account, style), ...incompleteOf(account, style)],
    mine.flatMap(print),
    theirs.length > 0
      ? [...wrapAfter('  ', 'Drift, not from policy (left to `rollcall drift`)', style.columns).map(style.yellow), ...theirs.flatMap(print)]
      : [],
    shared.flatMap((group) => sharedSteps(group, style)),
    forecast === null ? [] : wrapAfter('  Invitations: ', `${forecast}.`, style.columns),
    keysOf(account, doing, style),
    [...pendingOf(account.pending, style), ...leftAloneOf(account, style), ...notesOf(account, style)],
    guardLines(guards, style),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : ['', ...block]));
}

/** Guards: those that stop something first, with their message, which says the way out; then the others beside each other. */
export function guardLines(guards: readonly GuardResult[], style: Style): string[] {
  const stopping = guards.filter((guard) => guard.verdict !== 'pass' || passesByApproval(guard));
  const passing = guards.filter((guard) => guard.verdict === 'pass' && !passesByApproval(guard));
  return [
    ...stopping.flatMap((guard) => {
      const [symbol, paint]: [string, Paint] =
        guard.verdict === 'block' ? ['✗', style.red] : [guard.verdict === 'pass' ? '✓' : '!', style.yellow];
      const { name, numbers } = describeGuard(guard);
      const said = [`${name}${numbers === '' ? '' : ` ${numbers}`}:`, encodeSentence(guard.message)].join(' ');
      return wrapAfter(`  ${symbol} `, said, style.columns).map(paint);
    }),
    ...flowItems(passing.map(passWords), style.columns).map(style.dim),
  ];
}

function passWords(guard: GuardResult): string {
  const { name, numbers } = describeGuard(guard);
  return numbers === '' ? `✓ ${name}` : `✓ ${name} ${numbers}`;
}

/** Short items beside each other, as many as fit on a line. */
function flowItems(items: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 3 + textWidth(item) <= columns) lines[lines.length - 1] = `${last}   ${item}`;
    else lines.push(...wrapAfter('  ', item, columns));
  }
  return lines;
}

function headerOf(account: PlanAccount, style: Style): string[] {
  const { observation } = account;
  const name = nameAccount(account.account);
  const said = observation.complete ? `${countWords(observation.principals, 'person', 'people')}, complete` : describeUnread(observation);
  const facts = `${visible(account.provider)} ${visible(account.api)} · ${describeSource(observation)} ${formatInstant(observation.at)}, ${said}`;
  const beside = textWidth(name) * 2 <= style.columns;
  const lines = beside
    ? wrapAfter(`${name}  `, facts, style.columns)
    : [...wrapText(name, style.columns), ...wrapAfter('  ', facts, style.columns)];
  return lines.map((line, at) =>
    at === 0 ? style.bold(line.slice(0, name.length)) + style.dim(line.slice(name.length)) : style.dim(line),
  );
}

function incompleteOf({ observation }: PlanAccount, style: Style): string[] {
  if (observation.complete) return [];
  const reason = observation.reason === undefined ? 'it could not be read completely.' : encodeSentence(observation.reason);
  return ['', ...wrapAfter('  ✗ ', `Nothing is done here: ${reason}`, style.columns).map(style.red)];
}

function markOf(judgement: DriftJudgement): Row['marks'][number] {
  return { text: describeJudgement(judgement), alarm: judgement.side === 'gained' };
}

/** Keys outlive people: said once an account, not once a row. */
function keysOf(account: PlanAccount, changes: readonly Change[], style: Style): string[] {
  const leaving = changes.filter(leavesBehind);
  const merged = mergeSteps(leaving.map(({ principal, steps }) => ({ principal, steps })));
  const steps =
    leaving.length === 0
      ? []
      : [
          ...wrapAfter('  ', `Left behind by ${people(leaving.length)}, for somebody to look at:`, style.columns),
          ...numberSteps(merged, '    ', style),
        ];
  const keys = groupKeys(account.residual_keys).flatMap((group) =>
    wrapAfter(
      '  ',
      `API keys that ${group.whose} could read and that stay valid (${formatNumber(group.keys.length)}):`,
      style.columns,
    ).concat(...listKeys(group.keys).map((key) => wrapAfter('    ', key, style.columns))),
  );
  return [...steps, ...keys];
}

/** Steps that several changes share, below their rows and only once. */
function sharedSteps(group: readonly Change[], style: Style): string[] {
  const who = listSome(
    group.map(({ principal }) => encodePrincipal(principal)),
    MOST_NAMES,
  );
  return [...wrapAfter('  ', `By hand, for each of ${who}:`, style.columns), ...numberSteps(mergeSteps(group), '    ', style)];
}

function notesOf(account: PlanAccount, style: Style): string[] {
  return account.notes.flatMap((note) => wrapAfter('  Note: ', encodeSentence(note), style.columns)).map(style.dim);
}

function pendingOf(pending: readonly Pending[], style: Style): string[] {
  if (pending.length === 0) return [];
  const names = pending.map((one) => {
    const since = one.since === null ? '' : ` since ${formatInstant(one.since).slice(0, 10)}`;
    return `${encodePrincipal(one.principal)} (${one.roles.map((role) => visible(role)).join(', ')}${since})`;
  });
  const old = pending.filter((one) => one.steps.length > 0);
  return [...closingList('Invited, not yet accepted', names, style), ...numberSteps(mergeSteps(old), '    ', style)];
}

function leftAloneOf(account: PlanAccount, style: Style): string[] {
  const name = (one: LeftAlone) => {
    const status = one.status === 'active' ? '' : `${visible(one.status)}, `;
    const note = one.note === '' ? '' : `; ${encodeSentence(one.note)}`;
    return `${encodePrincipal(one.principal)} (${status}${describeHolding(one)}${note})`;
  };
  return [
    ...closingList('Unmanaged, left alone', account.unmanaged.map(name), style),
    ...closingList('Not touched', account.left_alone.map(name), style),
    ...closingList('Already the same on both sides', account.converged.map(encodePrincipal), style),
  ];
}

function closingList(title: string, names: readonly string[], style: Style): string[] {
  if (names.length === 0) return [];
  return wrapAfter('  ', `${title} (${formatNumber(names.length)}): ${listSome(names, MOST_NAMES)}`, style.columns).map(style.dim);
}

function people(count: number): string {
  return countWords(count, 'person', 'people');
}
