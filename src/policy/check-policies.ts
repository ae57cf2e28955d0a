import type { CapabilitiesOf, Day, Finding } from '../model.ts';
import { checkEnds, checkPrivilegedEnds } from './check-ends.ts';
import { checkAccounts, checkApprovals, checkNames, checkScopes } from './check-files.ts';
import { checkGrants, checkGrantsTwice } from './check-grants.ts';
import { checkLookAlikes } from './check-look-alikes.ts';
import { checkEmailsTwice, checkLoginsTwice, checkMembers, checkPreviously } from './check-people.ts';
import { checkRosters, checkRostersMissing } from './check-rosters.ts';
import { checkSuperfluous } from './check-superfluous.ts';
import { didYouMean } from './nearest-word.ts';
import type { AccountEntry, PersonEntry, Policies } from './policies.ts';
import { createSkeleton } from './skeleton.ts';

/** What a check may look things up in. */
export interface CheckContext {
  readonly today: Day;
  readonly capabilitiesOf: CapabilitiesOf;
  readonly people: ReadonlyMap<string, PersonEntry>;
  readonly accounts: ReadonlyMap<string, AccountEntry>;
  /** ` Did you mean …?`, for the first few unknown words of a run. */
  readonly near: (word: string, known: Iterable<string>) => string;
  readonly skeleton: (text: string) => string;
}

type Check = (policies: Policies, context: CheckContext) => Iterable<Finding>;

/** Everything that is asked of policies as a whole. Each is pure and takes one pass. */
const CHECKS: readonly Check[] = [
  checkNames,
  checkAccounts,
  checkScopes,
  checkEmailsTwice,
  checkLoginsTwice,
  checkPreviously,
  checkMembers,
  checkGrants,
  checkGrantsTwice,
  checkApprovals,
  checkRosters,
  checkRostersMissing,
  checkEnds,
  checkPrivilegedEnds,
  checkSuperfluous,
  checkLookAlikes,
];

const MOST_SEARCHES = 50;

export async function checkPolicies(policies: Policies, today: Day, capabilitiesOf: CapabilitiesOf): Promise<Finding[]> {
  let searches = 0;
  const context: CheckContext = {
    today,
    capabilitiesOf,
    people: firstBy(policies.people, (person) => person.email),
    accounts: firstBy(policies.accounts, (account) => account.policy.name),
    near: (word, known) => {
      searches += 1;
      return searches > MOST_SEARCHES ? '' : didYouMean(word, [...known]);
    },
    skeleton: await createSkeleton(policies.people.map((person) => person.name)),
  };
  return CHECKS.flatMap((check) => [...check(policies, context)]);
}

function firstBy<T>(entries: readonly T[], keyOf: (entry: T) => string): Map<string, T> {
  const map = new Map<string, T>();
  for (const entry of entries) if (!map.has(keyOf(entry))) map.set(keyOf(entry), entry);
  return map;
}
