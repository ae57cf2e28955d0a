import { parse } from 'yaml';
import type { Policies } from '../../support/company.ts';

interface Team {
  readonly members?: readonly (string | { readonly email: string; readonly until?: string })[];
  readonly grants?: readonly { readonly account: string; readonly role?: string; readonly group?: string; readonly until?: string }[];
}

interface AccountFile {
  readonly api?: string;
  readonly scope?: string;
  readonly owner?: string;
  readonly subaccounts?: string;
}

/** A second reading of the policies, short enough to be right: what somebody holds in an account on a day. An administrator holds that alone. */
export function readWanted(policies: Policies, account: string, email: string, nowMs: number): readonly string[] {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const held = Object.entries(policies)
    .filter(([path]) => path.startsWith('teams/'))
    .flatMap(([, text]) => {
      const { members = [], grants = [] } = parse(text) as Team;
      const isMember = members.some((member) => {
        const { email: one, until = '9999-12-31' } = typeof member === 'string' ? { email: member } : member;
        return one.toLowerCase() === email.toLowerCase() && String(until) >= today;
      });
      if (!isMember) return [];
      return grants
        .filter((grant) => grant.account === account && String(grant.until ?? '9999-12-31') >= today)
        .map(({ role, group }) => role ?? group ?? '');
    });
  return held.includes('administrator') ? ['administrator'] : [...new Set(held)];
}

export interface PolicyAccount {
  readonly name: string;
  readonly file: AccountFile;
}

export function readAccountFiles(policies: Policies): readonly PolicyAccount[] {
  return Object.entries(policies)
    .filter(([path]) => path.startsWith('accounts/'))
    .map(([path, text]) => ({ name: path.slice('accounts/'.length, -'.yaml'.length), file: parse(text) as AccountFile }));
}
