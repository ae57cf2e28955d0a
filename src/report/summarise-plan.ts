import type { Change, Plan, Verdict } from '../model.ts';
import { visible } from '../text/encode.ts';
import { countWords, formatNumber } from './count-words.ts';
import { type DriftRules, judgeDrift } from './judge-drift.ts';
import { nameAccount } from './name-account.ts';

/** The one line that people read on a phone and scripts search for. */
export function summarisePlan(plan: Plan, rules: DriftRules): string {
  return plan.mode === 'drift' ? summariseDrift(plan, rules) : summariseChanges(plan);
}

/** `Admins: 4 → 5.`; null where nothing was read. */
export function summariseAdmins(plan: Plan): string | null {
  if (!plan.accounts.some((account) => account.observation.complete)) return null;
  const { privileged_before: before, privileged_after: after } = plan.summary;
  return before === after ? `Admins: ${formatNumber(before)}.` : `Admins: ${formatNumber(before)} → ${formatNumber(after)}.`;
}

export function emptyLine(plan: Plan): string {
  if (plan.mode === 'drift' && plan.accounts.some((account) => !account.recorded)) {
    return 'Nothing here can be called drift: some accounts have no last applied state yet. Run `rollcall apply` first.';
  }
  if (plan.accounts.some((account) => account.left_alone.length > 0)) {
    return `No ${plan.mode === 'drift' ? 'drift' : 'changes'} but for those listed as not touched, who do not match.`;
  }
  return plan.mode === 'drift' ? 'No drift. Live access is what was last applied.' : 'No changes. Live access matches policy.';
}

/** A digest as people compare it: its first 12 hexadecimal digits. */
export function shortDigest(digest: string): string {
  return visible(digest.replace(/^sha256:/, '').slice(0, 12));
}

/** The verdict as a sentence. */
export function verdictWords(plan: Plan): string {
  const stopped = (verdict: Verdict) =>
    plan.accounts
      .filter((account) => account.verdict === verdict)
      .map((account) => nameAccount(account.account))
      .join(', ');
  switch (plan.verdict) {
    case 'empty':
      return 'empty, nothing to apply';
    case 'applicable':
      return 'applicable';
    case 'blocked':
      return `blocked: a guard stops ${stopped('blocked') || 'it'}, nothing is done there`;
    case 'incomplete':
      return `incomplete: ${incompleteWords(plan)}, nothing is done there`;
  }
}

function incompleteWords({ accounts }: Plan): string {
  const names = (unverified: boolean) =>
    accounts
      .filter(({ verdict, observation }) => verdict === 'incomplete' && (observation.cause === 'unverified') === unverified)
      .map(({ account }) => nameAccount(account))
      .join(', ');
  const [unread, unverified] = [names(false), names(true)];
  const words = [...(unread === '' ? [] : [`${unread} could not be read`]), ...(unverified === '' ? [] : [`${unverified} is unverified`])];
  return words.length === 0 ? 'an account could not be read' : words.join(', ');
}

export function countTag(changes: readonly Change[], tag: Change['tags'][number]): number {
  return changes.filter((change) => change.tags.includes(tag)).length;
}

function summariseChanges({ summary }: Plan): string {
  const steps = `${formatNumber(summary.invite)} to invite, ${formatNumber(summary.patch)} to patch, ${formatNumber(summary.delete)} to delete, ${formatNumber(summary.manual)} by hand`;
  const owed = summary.owed > 0 ? `; ${formatNumber(summary.owed)} owed` : '';
  const drift = summary.drift > 0 ? `; ${formatNumber(summary.drift)} drifted` : '';
  return `Plan: ${steps}; ${formatNumber(summary.deferred)} waiting${owed}; ${formatNumber(summary.unmanaged)} unmanaged left alone${drift}.`;
}

function summariseDrift(plan: Plan, rules: DriftRules): string {
  const counts = { gained: 0, lost: 0, none: 0, reverted: 0, reported: 0, left: 0, made: 0, waits: 0 };
  for (const change of plan.changes) {
    const { side, fate } = judgeDrift(change, rules);
    counts[side] += 1;
    counts[fate] += 1;
  }
  const left = counts.left > 0 ? `, ${formatNumber(counts.left)} left alone` : '';
  const waits = counts.waits > 0 ? `; ${formatNumber(counts.waits)} waiting for an approval or a person` : '';
  const made = counts.made > 0 ? `; ${formatNumber(counts.made)} ended or owed` : '';
  return `Drift: ${formatNumber(counts.gained)} gained, ${formatNumber(counts.lost)} lost; ${formatNumber(counts.reverted)} would be reverted, ${formatNumber(counts.reported)} only reported${left}${made}${waits}.`;
}

/** An account that left policy, as the high-risk line it is. */
export function unsupervisedLine(account: string, principals: number): string {
  return `${account} left policy: ${countWords(principals, 'person is', 'people are')} no longer watched. Nobody is deleted there.`;
}
