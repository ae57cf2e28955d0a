import type { Change, Plan } from '../model.ts';
import type { Style } from './create-style.ts';
import { wrapAfter } from './fit-text.ts';
import { groupByAccount } from './group-by-account.ts';
import { type DriftRules, judgeDrift } from './judge-drift.ts';
import { nameAccount } from './name-account.ts';
import { guardLines, renderAccount } from './render-account.ts';
import { emptyLine, shortDigest, summariseAdmins, summarisePlan, unsupervisedLine, verdictWords } from './summarise-plan.ts';

const DRIFT_TITLE = 'Drift since the last applied state. Rows show what takes it back.';

/** A plan as people read it on a terminal, ending in one line that scripts can search for. `rules` matter to a drift plan alone. */
export function renderPlan(plan: Plan, style: Style, rules: DriftRules = new Map()): string {
  const judge = (change: Change) => judgeDrift(change, rules);
  const changes = groupByAccount(plan.changes);
  const guards = groupByAccount(plan.guards);
  const quiet = plan.changes.length === 0;
  const sections = plan.accounts.map((account) => {
    const all = guards.get(account.account) ?? [];
    const shown = quiet ? all.filter((guard) => guard.verdict !== 'pass') : all;
    return renderAccount(account, changes.get(account.account) ?? [], shown, plan, judge, style);
  });
  const named = new Set(plan.accounts.map((account) => account.account));
  const elsewhere = plan.guards.filter((guard) => !named.has(guard.account) && guard.verdict !== 'pass');
  const unsupervised = plan.unsupervised.flatMap((gone) =>
    wrapAfter('! ', unsupervisedLine(nameAccount(gone.account), gone.principals), style.columns).map(style.red),
  );
  const title = plan.mode === 'drift' && !quiet ? wrapAfter('', DRIFT_TITLE, style.columns).map(style.yellow) : [];
  return `${[title, ...sections, guardLines(elsewhere, style), unsupervised, endOf(plan, rules, style)]
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function endOf(plan: Plan, rules: DriftRules, style: Style): string[] {
  const verdict = wrapAfter('Verdict: ', verdictWords(plan), style.columns);
  const paint = plan.verdict === 'applicable' || plan.verdict === 'empty' ? style.green : style.red;
  const admins = summariseAdmins(plan);
  const digest = style.dim(`Digest: ${shortDigest(plan.digest)}`);
  if (plan.verdict === 'empty' && plan.changes.length === 0) return [style.green(emptyLine(plan)), digest];
  return [
    // Never wrapped: scripts search for it.
    style.bold(summarisePlan(plan, rules)),
    ...(admins === null ? [] : [admins]),
    ...verdict.map(paint),
    digest,
  ];
}
