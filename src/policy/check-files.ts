import type { Finding } from '../model.ts';
import { addDays, hasEnded } from './calendar.ts';
import { rolesOf } from './check-grants.ts';
import type { CheckContext } from './check-policies.ts';
import { credentialVariables } from './credential-variables.ts';
import { finding } from './findings.ts';
import { showWord } from './nearest-word.ts';
import { type AccountEntry, type Entry, type Policies, placeOf } from './policies.ts';

const MOST_DAYS_AHEAD = 7;

/** Two files of one folder with the same stem; for accounts that means the same credential. */
export function* checkNames(policies: Policies): Iterable<Finding> {
  const seen = new Map<string, string>();
  const origins = [...policies.people, ...policies.accounts, ...policies.teams, ...policies.approvals].map((entry: Entry) => entry.origin);
  for (const origin of new Set(origins)) {
    const key = origin.kind === 'account' ? credentialVariables(origin.name).apiKey : `${origin.kind}/${origin.name}`;
    const place = origin.placeOf(0);
    const other = seen.get(key);
    if (other === undefined) seen.set(key, place.file);
    else if (origin.kind === 'account') yield finding('same-variable', place, key, other);
    else yield finding('same-name', place, other);
  }
}

/** What the account's API can do, and that approvers are named for roles it has. */
export function* checkAccounts(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const account of policies.accounts) {
    const { provider, api, name } = account.policy;
    const capabilities = context.capabilitiesOf(account.policy);
    if (capabilities === null) yield finding('api-unsupported', placeOf(account, 'api'), provider, api);
    else yield* checkApprovers(account, name, rolesOf(capabilities), context);
  }
}

function* checkApprovers(account: AccountEntry, name: string, roles: readonly string[], context: CheckContext): Iterable<Finding> {
  for (const [key, keyAt] of account.approversAt) {
    if (roles.includes(key)) continue;
    const known = roles.map((role) => `\`${role}\``).join(', ');
    yield finding('role-unknown', account.origin.placeOf(keyAt), showWord(key) ?? 'This', name, known, context.near(key, roles));
  }
}

/** An approval is for an account that exists, for a week at most, and of no use afterwards. */
export function* checkApprovals(policies: Policies, context: CheckContext): Iterable<Finding> {
  const last = addDays(context.today, MOST_DAYS_AHEAD);
  for (const approval of policies.approvals) {
    if (!policies.accountNames.has(approval.account) && !policies.unlisted) {
      const near = context.near(approval.account, policies.accountNames);
      yield finding('account-unknown', placeOf(approval, 'account'), approval.account, near);
    }
    if (approval.expires > last) yield finding('approval-too-long', placeOf(approval, 'expires'), last);
    else if (hasEnded(approval.expires, context.today)) yield finding('approval-expired', placeOf(approval, 'expires'), approval.expires);
  }
}
