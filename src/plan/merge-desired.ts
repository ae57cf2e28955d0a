import { NOTHING } from '../holding.ts';
import type { DesiredAccount, DesiredPrincipal, DesiredState, Person } from '../model.ts';
import type { Conflict } from '../pull.ts';

export interface MergeInput {
  /** Access by the head of the pull request, by the commit where it left the base branch, and by that branch's tip. */
  readonly head: DesiredState;
  readonly mergeBase: DesiredState;
  readonly baseTip: DesiredState;
}

export interface MergedDesired {
  /** Access by the head where the head changed it and by the tip everywhere else; settings and approval files by the tip. */
  readonly desired: DesiredState;
  /** By account, whose access (or name, or earlier addresses) is another than the tip gives. */
  readonly touched: ReadonlyMap<string, ReadonlySet<string>>;
  readonly conflicts: readonly Conflict[];
}

/**
 * What a pull request changes, on top of whatever others merged meanwhile: a head that lags behind never undoes what it did not touch.
 * Where both sides changed one person's access in one account, and not to the same, the tip's stays and a conflict says so.
 */
export function mergeDesired(input: MergeInput): MergedDesired {
  const people = mergePeople(input);
  const accounts = new Map<string, DesiredAccount>();
  const touched = new Map<string, Set<string>>();
  const conflicts: Conflict[] = [];
  for (const name of accountNames(input)) {
    const merged = mergeAccount(name, input, people, conflicts);
    accounts.set(name, merged.account);
    touched.set(name, merged.touched);
  }
  return { desired: { digest: input.head.digest, commit: input.head.commit, people, accounts }, touched, conflicts };
}

/** Accounts of the tip that the head did not take out, and those that the head brings. */
function accountNames({ head, mergeBase, baseTip }: MergeInput): string[] {
  const kept = [...baseTip.accounts.keys()].filter((name) => head.accounts.has(name) || !mergeBase.accounts.has(name));
  const added = [...head.accounts.keys()].filter((name) => !mergeBase.accounts.has(name) && !baseTip.accounts.has(name));
  return [...kept, ...added].toSorted();
}

function mergePeople({ head, mergeBase, baseTip }: MergeInput): Map<string, Person> {
  const people = new Map<string, Person>();
  for (const principal of new Set([...baseTip.people.keys(), ...head.people.keys()])) {
    const [one, before, tip] = [head.people.get(principal), mergeBase.people.get(principal), baseTip.people.get(principal)];
    const person = personKey(one) === personKey(before) ? tip : one;
    if (person !== undefined) people.set(principal, person);
  }
  return people;
}

function personKey(person: Person | undefined): string {
  return person === undefined ? '' : JSON.stringify([person.name, person.previously]);
}

interface MergedAccount {
  readonly account: DesiredAccount;
  readonly touched: Set<string>;
}

function mergeAccount(name: string, input: MergeInput, people: ReadonlyMap<string, Person>, conflicts: Conflict[]): MergedAccount {
  const head = input.head.accounts.get(name);
  const before = input.mergeBase.accounts.get(name);
  const tip = input.baseTip.accounts.get(name);
  const settings = tip ?? head;
  if (settings === undefined) throw new Error('an account that neither the head nor the tip names was merged');
  const principals = new Map<string, DesiredPrincipal>();
  const touched = new Set<string>();
  for (const principal of everybody(head, before, tip)) {
    const sides: Sides = {
      head: head?.principals.get(principal),
      before: before?.principals.get(principal),
      tip: tip?.principals.get(principal),
    };
    // An owner's grants are satisfied by definition, so a side that names somebody its owner says nothing of their access.
    if (principal === settings.policy.owner) continue;
    const owns = [head, before].some((side) => side?.policy.owner === principal);
    const { chosen, conflict } = owns ? { chosen: sides.tip, conflict: false } : choose(sides);
    if (conflict) conflicts.push(conflictOf(name, principal, sides));
    const one = chosen === undefined ? undefined : withPerson(chosen, people.get(principal));
    if (one !== undefined) principals.set(principal, one);
    if (wholeKey(one) !== wholeKey(sides.tip)) for (const address of addressesOf(principal, one, sides.tip)) touched.add(address);
  }
  for (const principal of movedPeople(input)) touched.add(principal);
  return { account: { policy: settings.policy, principals, approvals: settings.approvals }, touched };
}

interface Sides {
  readonly head: DesiredPrincipal | undefined;
  readonly before: DesiredPrincipal | undefined;
  readonly tip: DesiredPrincipal | undefined;
}

function everybody(...accounts: readonly (DesiredAccount | undefined)[]): Set<string> {
  return new Set(accounts.flatMap((account) => [...(account?.principals.keys() ?? [])]).toSorted());
}

function choose({ head, before, tip }: Sides): { chosen: DesiredPrincipal | undefined; conflict: boolean } {
  const [h, b, t] = [accessKey(head), accessKey(before), accessKey(tip)];
  if (h === b || h === t) return { chosen: tip, conflict: false };
  return t === b ? { chosen: head, conflict: false } : { chosen: tip, conflict: true };
}

/** What somebody holds and until when, whatever line says so. */
function accessKey(one: DesiredPrincipal | undefined): string {
  if (one === undefined) return '';
  const ends = one.grants.map(({ role, group, until }) => JSON.stringify([role, group, until])).toSorted();
  return JSON.stringify([one.holding.roles, one.holding.groups, [...new Set(ends)]]);
}

function wholeKey(one: DesiredPrincipal | undefined): string {
  return one === undefined ? '' : `${accessKey(one)} ${JSON.stringify([one.name, one.previously])}`;
}

/** Names and earlier addresses are the person's, wherever the access comes from. */
function withPerson(one: DesiredPrincipal, person: Person | undefined): DesiredPrincipal {
  return person === undefined ? one : { ...one, name: person.name, previously: person.previously };
}

/** A new address takes the place of an old one, so both are touched. */
function addressesOf(principal: string, one: DesiredPrincipal | undefined, tip: DesiredPrincipal | undefined): string[] {
  return [principal, ...(one?.previously ?? []), ...(tip?.previously ?? [])];
}

/** People whom the head brings into `people/` or takes out of it: being named there decides what becomes of whoever is live. */
function movedPeople({ head, mergeBase }: MergeInput): string[] {
  return [...new Set([...head.people.keys(), ...mergeBase.people.keys()])].filter(
    (principal) => personKey(head.people.get(principal)) !== personKey(mergeBase.people.get(principal)),
  );
}

function conflictOf(account: string, principal: string, { head, before, tip }: Sides): Conflict {
  const held = (one: DesiredPrincipal | undefined) => one?.holding ?? NOTHING;
  return {
    account,
    principal,
    before: held(before),
    head: held(head),
    baseTip: held(tip),
    source: head?.source ?? before?.source ?? tip?.source ?? null,
  };
}
