import type { Change, GuardResult, LeftAlone, Plan, PlanAccount, Risk } from '../model.ts';
import { compareText } from '../text/digest.ts';
import { codeSentence, codeSpan, encodePrincipal } from '../text/encode-sentence.ts';
import { countWords, formatNumber, listSome } from './count-words.ts';
import { describeChange, describeTransition } from './describe-change.ts';
import { describeForecast } from './describe-forecast.ts';
import { describeGuard } from './describe-guard.ts';
import { describeKey, groupKeys } from './describe-keys.ts';
import { describeSource, describeUnread } from './describe-observation.ts';
import { describePlace, describeReason, hasOwnSteps, isWaiting, leavesBehind, marksOf } from './describe-reason.ts';
import { formatInstant } from './format-instant.ts';
import { groupByAccount } from './group-by-account.ts';
import { groupBySteps } from './group-by-steps.ts';
import { type DriftRules, describeJudgement, judgeDrift } from './judge-drift.ts';
import { mergeSteps } from './merge-steps.ts';
import { nameAccount } from './name-account.ts';
import { countTag, emptyLine, shortDigest, summariseAdmins, summarisePlan, unsupervisedLine } from './summarise-plan.ts';

/** Callouts that shout at everything are read by nobody. */
const MOST_CALLOUTS = 10;
const MOST_NAMES = 20;

const RISKS = { high: 0, medium: 1, low: 2 } satisfies Record<Risk, number>;
const LIGHTS = { high: '🔴', medium: '🟡', low: '⚪' } satisfies Record<Risk, string>;
const ACTIONS = { delete: 0, patch: 1, invite: 2 } as const;

/** A plan as GitHub Markdown: what matters first, all foreign text in code spans. `rules` matter to a drift plan alone. */
export function renderMarkdown(plan: Plan, rules: DriftRules = new Map()): string {
  const changes = groupByAccount(plan.changes);
  const sayMore = (change: Change) => (plan.mode === 'drift' ? describeJudgement(judgeDrift(change, rules)) : '');
  const blocks = [
    [`### ${titleOf(plan)}`],
    calloutsOf(plan),
    tableOf(plan, sayMore),
    ...plan.accounts.map((account) => detailsOf(account, changes.get(account.account) ?? [], plan)),
    stepsOf(plan),
    guardsOf(plan.guards),
    plan.changes.length === 0 && plan.verdict === 'empty'
      ? [emptyLine(plan)]
      : [`**${summarisePlan(plan, rules)}** ${summariseAdmins(plan) ?? ''}`.trim()],
    [`<sub>Plan \`${shortDigest(plan.digest)}\` · ${plan.accounts.map(freshness).join(' · ')}</sub>`],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function titleOf(plan: Plan): string {
  const kind = plan.mode === 'drift' ? 'Drift' : 'Access plan';
  const count = plan.changes.length === 0 ? 'no changes' : countWords(plan.changes.length, plan.mode === 'drift' ? 'difference' : 'change');
  const gained = countTag(plan.changes, 'privilege_gained');
  const deletes = plan.changes.filter((change) => change.action === 'delete').length;
  const risks = [
    ...(gained > 0 ? [`🔴 ${countWords(gained, 'gain')} of privilege`] : []),
    ...(deletes > 0 ? [`🔴 ${countWords(deletes, 'delete')}`] : []),
  ];
  return [`${kind}: ${plan.verdict}`, count, ...risks].join(' · ');
}

function calloutsOf(plan: Plan): string[] {
  const blocked = plan.guards
    .filter((guard) => guard.verdict === 'block')
    .map(
      (guard) => `**Blocked by ${describeGuard(guard).name}** in ${codeSpan(nameAccount(guard.account))}: ${codeSentence(guard.message)}`,
    );
  const unread = plan.accounts
    .filter((account) => !account.observation.complete)
    .map(
      ({ account, observation }) =>
        `**${observation.cause === 'unverified' ? 'Unverified' : 'Not read completely'}:** ${codeSpan(nameAccount(account))}, so nothing is done there: ${codeSentence(observation.reason ?? '')}`,
    );
  const gone = plan.unsupervised.map(({ account, principals }) => `**${unsupervisedLine(codeSpan(nameAccount(account)), principals)}**`);
  const risky = plan.changes
    .filter((change) => change.tags.includes('privilege_gained') || change.action === 'delete' || change.tags.includes('war'))
    .sort(byRisk)
    .map(
      (change) =>
        `${codeSentence(describeChange(change))} in ${codeSpan(nameAccount(change.account))}${bold(
          marksOf(change, plan.at)
            .filter((mark) => mark.alarm)
            .map((mark) => mark.text),
        )}`,
    );
  const more = risky.length - MOST_CALLOUTS;
  const lines = [
    ...blocked,
    ...unread,
    ...gone,
    ...risky.slice(0, MOST_CALLOUTS),
    ...(more > 0 ? [`and ${formatNumber(more)} more below`] : []),
  ];
  return lines.length === 0 ? [] : ['> [!CAUTION]', ...lines.map((line) => `> - ${line}`)];
}

function tableOf(plan: Plan, sayMore: (change: Change) => string): string[] {
  if (plan.changes.length === 0) return [];
  const rows = [...plan.changes].sort(byRisk).map((change) => {
    const place = describePlace(change.source);
    const marks = [sayMore(change), ...marksOf(change, plan.at).map((mark) => mark.text)].filter((mark) => mark !== '');
    const why = [describeReason(change), ...marks, ...(place === '' ? [] : [codeSentence(place)])].join(' · ');
    const drift = plan.mode === 'change' && change.origin === 'drift' ? ' *(left to `rollcall drift`)*' : '';
    return `| ${LIGHTS[change.risk]} | ${change.action} | ${codeSpan(encodePrincipal(change.principal))} | ${codeSpan(nameAccount(change.account))} | ${codeSentence(describeTransition(change))} | ${why}${drift} |`;
  });
  return ['| | Change | Who | Account | From → to | Why |', '|---|---|---|---|---|---|', ...rows];
}

function detailsOf(account: PlanAccount, changes: readonly Change[], plan: Plan): string[] {
  const mine = plan.mode === 'drift' ? [] : changes.filter((change) => change.origin !== 'drift');
  const forecast = describeForecast(mine, plan.at);
  const lines = [
    ...(changes.length === 0 ? [] : ['', '```diff', ...changes.flatMap(diffLines), '```']),
    ...(forecast === null ? [] : ['', `Invitations: ${forecast}.`]),
    ...leftBehind(changes),
    ...listNames('Invited, not yet accepted', namesOf(account.pending)),
    ...listNames('Unmanaged, left alone', namesOf(account.unmanaged)),
    ...account.left_alone.map((one) => `- Not touched: ${codeSpan(encodePrincipal(one.principal))} ${codeSentence(leftWords(one))}`),
    ...listNames('Already the same on both sides', account.converged.map(codePrincipal)),
    ...groupKeys(account.residual_keys).flatMap(({ whose, keys }) =>
      listNames(
        `API keys that ${codeSentence(whose)} could read and that stay valid`,
        keys.map((key) => codeSentence(describeKey(key))),
      ),
    ),
    ...(account.notes.length === 0 ? [] : ['', ...account.notes.map((note) => `- ${codeSentence(note)}`)]),
  ];
  if (lines.length === 0) return [];
  return [
    `<details><summary><code>${nameAccount(account.account)}</code>: ${countWords(changes.length, 'change')}</summary>`,
    // Up to an empty line all is HTML, where a code span is none and a mention notifies.
    ...(lines[0] === '' ? [] : ['']),
    ...lines,
    '',
    '</details>',
  ];
}

function listNames(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : ['', `${title} (${formatNumber(names.length)}): ${listSome(names, MOST_NAMES)}`];
}

function namesOf(all: readonly { readonly principal: string }[]): string[] {
  return all.map(({ principal }) => codePrincipal(principal));
}

function codePrincipal(principal: string): string {
  return codeSpan(encodePrincipal(principal));
}

function leftWords({ status, note }: LeftAlone): string {
  return status === 'active' ? note : [status, note].filter((part) => part !== '').join(', ');
}

/** `visible()` lets no backtick through, so nothing ends the fence early. */
function diffLines(change: Change): string[] {
  const sign =
    change.executor === 'manual' || isWaiting(change) || change.action === 'patch' ? '!' : change.action === 'delete' ? '-' : '+';
  return [`${sign} ${describeChange(change)}`];
}

function leftBehind(changes: readonly Change[]): string[] {
  const steps = mergeSteps(changes.filter(leavesBehind));
  return steps.length === 0 ? [] : ['', ...steps.map((step) => `- ${codeSentence(step)}`)];
}

function stepsOf(plan: Plan): string[] {
  const groups = groupBySteps(plan.changes.filter((change) => change.executor === 'manual' || hasOwnSteps(change)));
  if (groups.length === 0) return [];
  const lines = groups.flatMap((group) => [
    ...group.map((change) => `- [ ] ${codeSentence(describeChange(change))} in ${codeSpan(nameAccount(change.account))}`),
    ...mergeSteps(group).map((step, at) => `  ${at + 1}. ${codeSentence(step)}`),
  ]);
  return ['**To do by hand**', '', ...lines];
}

function guardsOf(guards: readonly GuardResult[]): string[] {
  if (guards.length === 0) return [];
  const words = { pass: '✓ pass', block: '✗ **block**', leave: '! left alone' } as const;
  const rows = guards.map((guard) => {
    const { name, numbers } = describeGuard(guard);
    return `| ${words[guard.verdict]} | ${name} | ${codeSpan(nameAccount(guard.account))} | ${numbers} |`;
  });
  return ['<details><summary>Guards</summary>', '', '| | Guard | Account | Number |', '|---|---|---|---|', ...rows, '', '</details>'];
}

function freshness({ account, observation }: PlanAccount): string {
  const how = observation.complete ? `complete (${countWords(observation.principals, 'person', 'people')})` : describeUnread(observation);
  return `${codeSpan(nameAccount(account))} ${describeSource(observation)} ${formatInstant(observation.at)}, ${how}`;
}

function bold(marks: readonly string[]): string {
  return marks.length === 0 ? '' : `: **${marks.join(', ')}**`;
}

function byRisk(a: Change, b: Change): number {
  return (
    RISKS[a.risk] - RISKS[b.risk] ||
    ACTIONS[a.action] - ACTIONS[b.action] ||
    compareText(a.account, b.account) ||
    compareText(a.principal, b.principal)
  );
}
