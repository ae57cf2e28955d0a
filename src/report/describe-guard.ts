import type { GuardName, GuardResult } from '../model.ts';
import { visible } from '../text/encode.ts';
import { formatNumber } from './count-words.ts';

/** A guard's number against its limit: `max_deletes  1 of 3`. */
export function describeGuard(guard: GuardResult): { readonly name: string; readonly numbers: string } {
  return { name: visible(guard.guard) + (guard.budget === 'strangers' ? ' (strangers)' : ''), numbers: numbersOf(guard) };
}

/** What lifts a guard that blocks, or that nothing does. */
export function wayOut(guard: GuardResult): string {
  return (WAYS_OUT[guard.guard] ?? (() => ''))(visible(guard.account), guard);
}

const approve = (account: string, guard: GuardResult): string =>
  `Way out: a file in policies/approvals/ for ${account} with enough deletes${guard.actual === null || guard.guard !== 'max_deletes' ? '' : ` (${formatNumber(guard.actual)})`}, approved by its owners.`;

const WAYS_OUT = {
  max_deletes: approve,
  max_deletes_percent: approve,
  min_admins: (account, guard) => `Nothing lifts this: keep${guard.limit === null ? '' : ` at least ${formatNumber(guard.limit)}`} admins of ${account} in policy.`,
  never_delete: (account) => `Way out: take the person out of never_delete in the account file of ${account}, in an earlier pull request.`,
  owner: () => 'Nothing lifts this: the owner is never lowered and never deleted.',
  empty_desired: (account) => `Nothing lifts this: name somebody for ${account}, or remove its account file to end supervision.`,
  rollback: () => "Way out: a dispatch on the default branch's tip.",
  war: () => 'Way out: an hour without a change in the account.',
} satisfies Record<GuardName, (account: string, guard: GuardResult) => string>;

function numbersOf({ guard, actual, limit }: GuardResult): string {
  if (actual === null) return limit === null ? '' : `limit ${formatNumber(limit)}`;
  if (limit === null) return formatNumber(actual);
  return guard === 'min_admins' ? `${formatNumber(actual)}, at least ${formatNumber(limit)}` : `${formatNumber(actual)} of ${formatNumber(limit)}`;
}
