import { NOTHING, sameHolding } from '../holding.ts';
import type { AccountHistory, Capabilities, DesiredState, History, Holding, LivePrincipal } from '../model.ts';
import { gains, isPrivileged } from '../plan/privilege.ts';
import type { Decision, ImportAccount } from '../policy/import/imported.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { describeHolding } from '../report/describe-change.ts';
import { compareText } from '../text/digest.ts';

/**
 * Whoever gained access after the baseline without an approval: for a run it is drift, and importing it says yes to it. Privileged people
 * first; those whose access the policies had already are left out.
 */
export function listSinceBaseline(today: DesiredState, accounts: readonly ImportAccount[], history: History): Decision[] {
  const found = accounts.flatMap(({ observation: { account, principals }, leftAlone }) => {
    const desired = today.accounts.get(account);
    const capabilities = desired === undefined ? null : capabilitiesOf(desired.policy);
    const known = history.accounts.get(account);
    if (desired === undefined || capabilities === null || known === undefined || known.baseline === null) return [];
    const untouched = new Set([desired.policy.owner, ...leftAlone.map(({ principal }) => principal)]);
    return principals
      .filter(({ principal, status }) => !untouched.has(principal) && (status === 'active' || status === 'invited'))
      .filter((live) => !sameHolding(live, desired.principals.get(live.principal)?.holding ?? NOTHING))
      .flatMap((live) => {
        const says = sayGain(live, known, capabilities);
        const decision = { principal: live.principal, account, says: says ?? '' };
        return says === null ? [] : [{ decision, privileged: isPrivileged(live, capabilities) }];
      });
  });
  return found
    .toSorted((a, b) => Number(b.privileged) - Number(a.privileged) || compareText(a.decision.principal, b.decision.principal))
    .map(({ decision }) => decision);
}

function sayGain(live: LivePrincipal, { lastApplied, baseline }: AccountHistory, capabilities: Capabilities): string | null {
  const { principal } = live;
  const before: Holding | null = (lastApplied.has(principal) ? lastApplied.get(principal) : baseline?.get(principal)) ?? null;
  const now = describeHolding(live);
  if (before === null) {
    const since = lastApplied.has(principal) ? 'was deleted by an approval and came back' : 'came after the baseline';
    return `${since} (drift) and holds ${now}; importing accepts it`;
  }
  if (!gains(before, live, capabilities)) return null;
  return `was raised from ${describeHolding(before)} to ${now} in the account (drift); importing accepts it`;
}
