import type { Accepted, Proposal } from '../model.ts';
import type { DatedEntry } from './ledger-records.ts';

type Of<Kind extends DatedEntry['kind']> = Extract<DatedEntry, { kind: Kind }>;

/** What people agreed to; a record of an earlier version accepted all of a commit or nothing. */
export function toAccepted({ commit, except = {}, settings = commit, pending = {} }: Of<'accepted'>): Accepted {
  return { commit, except: new Map(Object.entries(except)), settings, pending: new Map(Object.entries(pending)) };
}

/** Whoever asked for any of it, and whoever any of it is about. */
export function joinProposals(known: Proposal | undefined, record: Of<'proposed'>): Proposal {
  const join = (a: readonly string[] = [], b: readonly string[]) => [...new Set([...a, ...b])];
  return {
    commits: join(known?.commits, [record.commit]),
    logins: join(known?.logins, record.logins),
    principals: join(known?.principals, record.principals),
  };
}
