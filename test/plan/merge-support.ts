import type { DesiredPrincipal, DesiredState } from '../../src/model.ts';
import type { MergedDesired, MergeInput } from '../../src/plan/merge-desired.ts';
import { load } from '../policy/memory-source.ts';
import type { Policies } from '../scenarios/support/company.ts';

/** Access by these policies, which have to be valid. */
export async function stateOf(policies: Policies, today?: string): Promise<DesiredState> {
  const { desired, findings } = await load(policies, today === undefined ? {} : { today });
  if (desired === null) throw new Error(findings.map((one) => `${one.file}:${one.line} ${one.message}`).join('\n'));
  return desired;
}

export interface Texts {
  readonly before: Policies;
  readonly head: Policies;
  readonly tip: Policies;
  /** What merging the texts gives; left out where a test says nothing of it. */
  readonly merged?: Policies;
}

export async function sidesOf({ before, head, tip, merged }: Texts): Promise<MergeInput> {
  const [mergeBase, one, baseTip, text] = await Promise.all([
    stateOf(before),
    stateOf(head),
    stateOf(tip),
    merged === undefined ? null : stateOf(merged),
  ]);
  return { head: one, mergeBase, baseTip, merged: text };
}

/** `admin`, `member until 2026-12-01`, `nothing (was admin until 2026-01-01)`. */
function words({ holding, grants }: DesiredPrincipal): string {
  const held = [...holding.roles, ...holding.groups].join('+');
  const ends = [...new Set(grants.map(({ role, until }) => (until === null ? '' : `${role} until ${until}`)))].filter((end) => end !== '');
  if (held === '') return `nothing (was ${ends.toSorted().join(', ')})`;
  return ends.length === 0 ? held : `${held} (${ends.toSorted().join(', ')})`;
}

/** Who holds what in an account, by the name before the @. */
export function accessIn(state: DesiredState, account: string): Record<string, string> {
  const principals = [...(state.accounts.get(account)?.principals.values() ?? [])];
  return Object.fromEntries(principals.map((one) => [stem(one.principal), words(one)]));
}

export function touchedIn({ touched }: MergedDesired, account: string): string[] {
  return [...(touched.get(account) ?? [])].map(stem).toSorted();
}

export function conflictsOf({ conflicts }: MergedDesired): string[] {
  const held = ({ roles }: { readonly roles: readonly string[] }) => roles.join('+') || 'nothing';
  return conflicts.map(
    ({ account, principal, before, head, baseTip }) =>
      `${stem(principal)} in ${account}: ${held(before)}, here ${held(head)}, there ${held(baseTip)}`,
  );
}

function stem(principal: string): string {
  return principal.split('@')[0] ?? '';
}
