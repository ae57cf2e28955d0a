import type { Capabilities, Finding } from '../model.ts';
import { addDays, daysBetween } from './calendar.ts';
import { checkRole, isProductRole } from './check-grants.ts';
import type { CheckContext } from './check-policies.ts';
import { finding } from './findings.ts';
import { type AccountEntry, type Entry, type Policies, placeOf, placeText, type RosterEntry } from './policies.ts';

const BELIEVED_DAYS = 30;
const FRESH_DAYS = 25;

/** A roster is about an account that exists, vouched for by somebody known, and has rows exactly where no API lists people. */
export function* checkRosters(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const roster of policies.rosters) {
    const account = context.accounts.get(roster.account);
    if (account === undefined) {
      if (policies.accountNames.has(roster.account) || policies.unlisted) continue;
      yield finding('account-unknown', placeOf(roster), roster.account, context.near(roster.account, policies.accountNames));
      continue;
    }
    yield* checkDays(roster, context);
    if (roster.attestedBy !== account.policy.owner && !context.people.has(roster.attestedBy) && !policies.refused.has('people')) {
      const near = context.near(roster.attestedBy, context.people.keys());
      yield finding('attester-unknown', placeOf(roster, 'attested_by'), roster.attestedBy, near);
    }
    const capabilities = context.capabilitiesOf(account.policy);
    if (capabilities !== null) yield* checkRows(roster, account, capabilities, context);
  }
}

/** Nobody can have looked on a day to come. */
function* checkDays(roster: RosterEntry, { today }: CheckContext): Iterable<Finding> {
  const days: [entry: Entry, key: string, day: string][] = [
    [roster, 'attested_on', roster.attestedOn],
    ...[...roster.rotated, ...roster.reviewed].map((entry): [Entry, string, string] => [entry, 'on', entry.on]),
  ];
  for (const [entry, key, day] of days) if (day > today) yield finding('future-day', placeOf(entry, key), day);
}

function* checkRows(roster: RosterEntry, account: AccountEntry, capabilities: Capabilities, context: CheckContext): Iterable<Finding> {
  const { name, provider, api } = account.policy;
  const isAttested = needsRoster(account);
  if (!isAttested && roster.rows !== null) yield finding('rows-needless', placeOf(roster, 'rows'), name, `${provider} ${api}`);
  if (!isAttested) return;
  if (roster.rows === null) yield finding('rows-missing', placeOf(roster), name);
  yield* checkAge(roster, context);
  const seen = new Map<string, Entry>();
  for (const row of roster.rows ?? []) {
    const first = seen.get(row.email);
    if (first !== undefined) yield finding('row-twice', placeOf(row, 'email'), row.email, placeText(placeOf(first, 'email')));
    else seen.set(row.email, row);
    for (const [index, role] of row.roles.entries()) {
      // What the Console shows beside the general roles is left alone, and says so.
      if (role === capabilities.ownerRole || isProductRole(role)) continue;
      yield* checkRole(role, name, row.origin.placeOf(row.rolesAt[index] ?? row.at), capabilities, context);
    }
  }
}

function* checkAge(roster: RosterEntry, { today }: CheckContext): Iterable<Finding> {
  const days = daysBetween(roster.attestedOn, today);
  const place = placeOf(roster, 'attested_on');
  if (days > BELIEVED_DAYS) yield finding('roster-too-old', place, String(days));
  else if (days > FRESH_DAYS) yield finding('roster-ageing', place, String(days), addDays(roster.attestedOn, BELIEVED_DAYS));
}

/** An account whose people only the Console shows, and nobody attested. */
export function* checkRostersMissing(policies: Policies): Iterable<Finding> {
  const there = new Set(policies.rosters.map(({ account }) => account));
  if (policies.refused.has('roster')) return;
  for (const account of policies.accounts) {
    if (needsRoster(account) && !there.has(account.policy.name)) yield finding('roster-missing', placeOf(account), account.policy.name);
  }
}

function needsRoster({ policy }: AccountEntry): boolean {
  return policy.api === 'console';
}
