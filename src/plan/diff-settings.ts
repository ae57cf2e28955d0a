import type { AccountPolicy, Approval, DesiredAccount, Place } from '../model.ts';
import type { SettingChange } from '../pull.ts';
import { compareText } from '../text/digest.ts';
import type { MergeInput } from './merge-desired.ts';

/**
 * What a pull request changes about accounts themselves: their settings, their approval files, and which accounts there are. None of
 * it guards the pull request that brings it; the ones after it are planned by it.
 */
export function diffSettings({ head, mergeBase, baseTip }: MergeInput): SettingChange[] {
  const names = [...new Set([...head.accounts.keys(), ...mergeBase.accounts.keys()])].toSorted(compareText);
  return names.flatMap((name) => {
    const [one, before, tip] = [head.accounts.get(name), mergeBase.accounts.get(name), baseTip.accounts.get(name)];
    if (one === undefined && before === undefined) return [];
    if (one === undefined) return tip === undefined ? [] : [gone(tip)];
    if (before === undefined) return tip === undefined ? [added(one)] : [];
    return [...diffPolicies(before.policy, one.policy), ...diffApprovals(before.approvals, one.approvals)];
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
  const before = `${policy.provider} ${policy.api}, ${principals.size} with grants`;
  return { account: policy.name, setting: 'account', before, after: null, loosens: true, source: policy.source };
}

interface Setting {
  readonly name: string;
  readonly words: (policy: AccountPolicy) => string;
  /** Whether `after` lets more through than `before`. */
  readonly loosens: (before: AccountPolicy, after: AccountPolicy) => boolean;
}

const list = (names: readonly string[]) => (names.length === 0 ? 'nobody' : names.join(', '));

const SETTINGS: readonly Setting[] = [
  { name: 'provider', words: ({ provider, api }) => `${provider} ${api}`, loosens: () => true },
  { name: 'owner', words: ({ owner }) => owner, loosens: () => true },
  { name: 'unmanaged', words: ({ unmanaged }) => unmanaged, loosens: (before, after) => before.unmanaged !== after.unmanaged },
  { name: 'drift.gained', words: ({ drift }) => drift.gained, loosens: (_, after) => after.drift.gained === 'report' },
  { name: 'drift.lost', words: ({ drift }) => drift.lost, loosens: (_, after) => after.drift.lost === 'revert' },
  {
    name: 'guards.max_deletes',
    words: ({ guards }) => String(guards.maxDeletes),
    loosens: (before, after) => after.guards.maxDeletes > before.guards.maxDeletes,
  },
  {
    name: 'guards.max_deletes_percent',
    words: ({ guards }) => String(guards.maxDeletesPercent),
    loosens: (before, after) => after.guards.maxDeletesPercent > before.guards.maxDeletesPercent,
  },
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
  {
    name: 'invites',
    words: ({ invites }) => `${invites.perHour} an hour, ${invites.open} open`,
    loosens: (before, after) => after.invites.perHour > before.invites.perHour || after.invites.open > before.invites.open,
  },
  { name: 'approvers', words: ({ approvers }) => approversText(approvers), loosens: (before, after) => fewerMustApprove(before, after) },
  { name: 'names', words: ({ names }) => names, loosens: () => false },
];

function approversText(approvers: AccountPolicy['approvers']): string {
  const roles = Object.entries(approvers).map(([role, who]) => `${role}: ${[...who].toSorted(compareText).join(', ')}`);
  return roles.length === 0 ? 'nobody' : roles.toSorted(compareText).join('; ');
}

/** A role that asks for no approval any more, or one more person who may give it. */
function fewerMustApprove(before: AccountPolicy, after: AccountPolicy): boolean {
  return Object.entries(before.approvers).some(([role, who]) => {
    const now = after.approvers[role];
    return now === undefined || now.some((one) => !who.includes(one));
  });
}

function diffPolicies(before: AccountPolicy, after: AccountPolicy): SettingChange[] {
  return SETTINGS.filter(({ words }) => words(before) !== words(after)).map(({ name, words, loosens }) => ({
    account: after.name,
    setting: name,
    before: words(before),
    after: words(after),
    loosens: loosens(before, after),
    source: after.source,
  }));
}

function diffApprovals(before: readonly Approval[], after: readonly Approval[]): SettingChange[] {
  const known = new Map(before.map((one) => [one.name, one]));
  const now = new Map(after.map((one) => [one.name, one]));
  const words = (one: Approval | undefined) => (one === undefined ? null : `${one.deletes} deletes until ${one.expires}`);
  const change = (name: string, source: Place | null): SettingChange[] => {
    const [from, to] = [known.get(name), now.get(name)];
    if (words(from) === words(to)) return [];
    const account = (to ?? from)?.account ?? '';
    return [{ account, setting: `approvals/${name}`, before: words(from), after: words(to), loosens: to !== undefined, source }];
  };
  return [...new Set([...known.keys(), ...now.keys()])]
    .toSorted(compareText)
    .flatMap((name) => change(name, now.get(name)?.source ?? null));
}
