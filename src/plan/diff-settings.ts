import { isEmpty } from '../holding.ts';
import type { AccountPolicy, Approval, Day, DesiredAccount, Roster, RosterRow } from '../model.ts';
import type { SettingChange } from '../pull.ts';
import { compareText, digestOfRows } from '../text/digest.ts';
import type { MergeInput } from './merge-desired.ts';

/** As many as nobody finds another roster for. */
const SHOWN_DIGITS = 16;

/**
 * What a pull request changes about accounts themselves: their settings, their approval files, and which accounts there are. None of
 * it guards the pull request that brings it; the ones after it are planned by it.
 */
export function diffSettings({ head, mergeBase, baseTip }: MergeInput): SettingChange[] {
  const names = [...new Set([...head.accounts.keys(), ...mergeBase.accounts.keys()])].toSorted(compareText);
  return names.flatMap((name) => {
    const [one, before, tip] = [head.accounts.get(name), mergeBase.accounts.get(name), baseTip.accounts.get(name)];
    if (one === undefined) return tip === undefined ? [] : [gone(tip)];
    if (tip === undefined)
      return before === undefined
        ? [added(one), ...diffApprovals(undefined, one, undefined), ...diffRosters(null, one.roster, null, name)]
        : [];
    // Brought by both sides: what the tip has of it came with somebody else.
    const from = before ?? tip;
    return [
      ...diffPolicies(from.policy, one.policy, tip.policy),
      ...diffApprovals(from, one, tip),
      ...diffRosters(from.roster, one.roster, tip.roster, name),
    ];
  });
}

function added({ policy }: DesiredAccount): SettingChange {
  return {
    account: policy.name,
    setting: 'account',
    before: null,
    after: `${policy.provider} ${policy.api}`,
    loosens: false,
    source: policy.source,
  };
}

function gone({ policy, principals }: DesiredAccount): SettingChange {
  const held = [...principals.values()].filter(({ holding }) => !isEmpty(holding)).length;
  const before = `${policy.provider} ${policy.api}, ${held} with grants`;
  return { account: policy.name, setting: 'account', before, after: null, loosens: true, source: policy.source };
}

interface Setting {
  readonly name: string;
  readonly words: (policy: AccountPolicy) => string;
  /** Whether `after` lets more through than `before`. */
  readonly loosens: (before: AccountPolicy, after: AccountPolicy) => boolean;
}

const list = (names: readonly string[]) => (names.length === 0 ? 'nobody' : names.join(', '));

/** A number, of which more lets more through. */
const limit = (name: string, of: (policy: AccountPolicy) => number): Setting => ({
  name,
  words: (policy) => String(of(policy)),
  loosens: (before, after) => of(after) > of(before),
});

const SETTINGS: readonly Setting[] = [
  { name: 'provider', words: ({ provider, api }) => `${provider} ${api}`, loosens: () => true },
  { name: 'organization', words: ({ organization }) => organization ?? 'none', loosens: () => true },
  { name: 'scope', words: ({ scope }) => scope ?? 'none', loosens: () => true },
  // One way nobody watches the subaccounts any more, the other way whoever has access here has it in all of them.
  { name: 'subaccounts', words: ({ subaccounts }) => subaccounts, loosens: () => true },
  { name: 'owner', words: ({ owner }) => owner, loosens: () => true },
  { name: 'unmanaged', words: ({ unmanaged }) => unmanaged, loosens: () => true },
  { name: 'drift.gained', words: ({ drift }) => drift.gained, loosens: (_, after) => after.drift.gained === 'report' },
  { name: 'drift.lost', words: ({ drift }) => drift.lost, loosens: (_, after) => after.drift.lost === 'revert' },
  limit('guards.max_deletes', ({ guards }) => guards.maxDeletes),
  limit('guards.max_deletes_percent', ({ guards }) => guards.maxDeletesPercent),
  {
    name: 'guards.min_admins',
    words: ({ guards }) => String(guards.minAdmins),
    loosens: (before, after) => after.guards.minAdmins < before.guards.minAdmins,
  },
  {
    name: 'guards.never_delete',
    words: ({ guards }) => list(guards.neverDelete),
    loosens: (before, after) => before.guards.neverDelete.some((one) => !after.guards.neverDelete.includes(one)),
  },
  limit('invites.per_hour', ({ invites }) => invites.perHour),
  limit('invites.open', ({ invites }) => invites.open),
  { name: 'approvers', words: ({ approvers }) => approversText(approvers), loosens: (before, after) => fewerMustApprove(before, after) },
  { name: 'names', words: ({ names }) => names, loosens: () => false },
  {
    name: 'privileged_roles',
    words: ({ privilegedRoles }) => words(privilegedRoles),
    loosens: (before, after) => before.privilegedRoles.some((one) => !after.privilegedRoles.includes(one)),
  },
  {
    name: 'privileged_groups',
    words: ({ privilegedGroups }) => words(privilegedGroups),
    loosens: (before, after) => before.privilegedGroups.some((one) => !after.privilegedGroups.includes(one)),
  },
];

function words(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.toSorted(compareText).join(', ');
}

function approversText(approvers: AccountPolicy['approvers']): string {
  const roles = Object.entries(approvers).map(([role, who]) => `${role}: ${[...who].toSorted(compareText).join(', ')}`);
  return roles.length === 0 ? 'anybody with write access' : roles.toSorted(compareText).join('; ');
}

/** A role that asks for no approval any more, or one more person who may give it. */
function fewerMustApprove(before: AccountPolicy, after: AccountPolicy): boolean {
  return Object.entries(before.approvers).some(([role, who]) => {
    const now = Object.hasOwn(after.approvers, role) ? after.approvers[role] : undefined;
    return now === undefined || now.some((one) => !who.includes(one));
  });
}

/** Where the head changed something that the tip does not have already. */
function diffPolicies(before: AccountPolicy, after: AccountPolicy, tip: AccountPolicy): SettingChange[] {
  return SETTINGS.filter(({ words }) => words(before) !== words(after) && words(tip) !== words(after)).map(({ name, words, loosens }) => ({
    account: after.name,
    setting: name,
    before: words(tip),
    after: words(after),
    loosens: loosens(tip, after),
    source: after.source,
  }));
}

type Side = DesiredAccount | undefined;

function diffApprovals(before: Side, after: DesiredAccount, tip: Side): SettingChange[] {
  const account = after.policy.name;
  const [then, now, there] = [approvalsOf(before), approvalsOf(after), approvalsOf(tip)] as const;
  return [...new Set([...then.keys(), ...now.keys()])].toSorted(compareText).flatMap((name): SettingChange[] => {
    const [from, to] = [there.get(name), now.get(name)];
    const changed = approvalText(then.get(name)) !== approvalText(to) && approvalText(from) !== approvalText(to);
    if (!changed) return [];
    const source = to?.source ?? null;
    return [
      { account, setting: `approvals/${name}`, before: approvalText(from), after: approvalText(to), loosens: isMore(from, to), source },
    ];
  });
}

function approvalsOf(side: Side): ReadonlyMap<string, Approval> {
  return new Map(side?.approvals.map((one) => [one.name, one]));
}

function approvalText(one: Approval | undefined): string | null {
  return one === undefined ? null : `${one.deletes} ${one.deletes === 1 ? 'delete' : 'deletes'} until ${one.expires}`;
}

/** More deletes, or for longer. */
function isMore(before: Approval | undefined, after: Approval | undefined): boolean {
  return after !== undefined && (before === undefined || after.deletes > before.deletes || after.expires > before.expires);
}

/** What is attested beside policy: `roster`, and each key or leaver of it under a name of its own. */
export function isRosterSetting({ setting }: Pick<SettingChange, 'setting'>): boolean {
  return setting === 'roster' || setting.startsWith('roster.');
}

/** Who is where is a new look at the account and loosens nothing; that keys are dealt with ends what is never forgotten otherwise. */
function diffRosters(before: Roster | null, after: Roster | null, tip: Roster | null, account: string): SettingChange[] {
  const [then, now, there] = [attested(before), attested(after), attested(tip)] as const;
  return [...new Set([...then.keys(), ...now.keys()])].toSorted(compareText).flatMap((setting): SettingChange[] => {
    const [from, to] = [there.get(setting) ?? null, now.get(setting) ?? null];
    if ((then.get(setting) ?? null) === to || from === to) return [];
    const source = after?.source ?? null;
    return [{ account, setting, before: from, after: to, loosens: setting !== 'roster' && to !== null, source }];
  });
}

function attested(roster: Roster | null): ReadonlyMap<string, string> {
  if (roster === null) return new Map();
  const { attestedBy, attestedOn, rows, rotated, reviewed } = roster;
  const people = rows === null ? '' : `, ${rows.length} ${rows.length === 1 ? 'person' : 'people'} (${digestOfPeople(rows)})`;
  const dated = (kind: string, days: ReadonlyMap<string, Day>) => [...days].map(([what, day]) => [`roster.${kind}.${what}`, day] as const);
  return new Map([['roster', `${attestedBy} on ${attestedOn}${people}`], ...dated('rotated', rotated), ...dated('reviewed', reviewed)]);
}

/** Tells two rosters of one day and one length apart: whoever approved one has not approved the other. */
function digestOfPeople(rows: readonly RosterRow[]): string {
  const people = rows.map(({ principal, roles, status }) => [principal, status, ...roles.toSorted(compareText)] as const);
  return digestOfRows(people.toSorted((a, b) => compareText(a[0], b[0]))).slice('sha256:'.length, 'sha256:'.length + SHOWN_DIGITS);
}
