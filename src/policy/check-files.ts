import type { AccountPolicy, Capabilities, Finding } from '../model.ts';
import { addDays, hasEnded } from './calendar.ts';
import { checkRole } from './check-grants.ts';
import type { CheckContext } from './check-policies.ts';
import { credentialVariables } from './credential-variables.ts';
import { finding } from './findings.ts';
import { type AccountEntry, type Entry, type Policies, placeOf, placeText } from './policies.ts';

const MOST_DAYS_AHEAD = 7;
/** What a subaccount without a file of its own is called. */
const SUBACCOUNT = /-ac[0-9a-f]{32}$/;

/** Two files of one folder with the same stem; for accounts that may also mean the same credential. */
export function* checkNames(policies: Policies): Iterable<Finding> {
  const seen = new Map<string, string>();
  const { people, accounts, teams, approvals, rosters } = policies;
  const origins = [...people, ...accounts, ...teams, ...approvals, ...rosters].map((entry: Entry) => entry.origin);
  const variables = new Map(accounts.map(({ origin, policy }) => [origin, variablesOf(policy)]));
  for (const origin of new Set(origins)) {
    const place = origin.placeOf(0);
    const keys = [...(variables.get(origin) ?? []), `${origin.kind}/${origin.name}`];
    const key = keys.find((one) => seen.has(one));
    if (key === undefined) for (const one of keys) seen.set(one, place.file);
    else if (key.includes('/')) yield finding('same-name', place, seen.get(key) ?? '');
    else yield finding('same-variable', place, key, seen.get(key) ?? '');
  }
}

function variablesOf({ name, api }: AccountPolicy): readonly string[] {
  const { required, optional } = credentialVariables(name, api);
  return [...required, ...optional];
}

/** What the account's API can do, and that approvers are named for roles it has. */
export function* checkAccounts(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const account of policies.accounts) {
    const { provider, api, name } = account.policy;
    if (SUBACCOUNT.test(name)) yield finding('subaccount-name', account.origin.placeOf(0));
    const capabilities = context.capabilitiesOf(account.policy);
    if (capabilities === null) yield finding('api-unsupported', placeOf(account, 'api'), provider, api);
    else {
      yield* checkApprovers(account, capabilities, context);
      for (const [role, at] of account.privilegedAt) yield* checkRole(role, name, account.origin.placeOf(at), capabilities, context);
    }
  }
}

function* checkApprovers(account: AccountEntry, capabilities: Capabilities, context: CheckContext): Iterable<Finding> {
  for (const [key, keyAt] of account.approversAt) {
    // Any word may be the name of a group, but for what would be a role elsewhere.
    if (capabilities.groups && key !== capabilities.ownerRole && key !== 'admin') continue;
    yield* checkRole(key, account.policy.name, account.origin.placeOf(keyAt), capabilities, context);
  }
}

/** A Twilio account stands in one file: two would undo each other's work. */
export function* checkScopes(policies: Policies): Iterable<Finding> {
  const seen = new Map<string, AccountEntry>();
  for (const account of policies.accounts) {
    const { scope } = account.policy;
    const first = scope === null ? undefined : seen.get(scope);
    if (first !== undefined) yield finding('same-scope', placeOf(account, 'scope'), placeText(placeOf(first, 'scope')));
    else if (scope !== null) seen.set(scope, account);
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
