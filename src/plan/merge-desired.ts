import { NOTHING, sameHolding } from '../holding.ts';
import type { DesiredAccount, DesiredPrincipal, DesiredState, Person } from '../model.ts';
import type { Conflict } from '../pull.ts';

export interface MergeInput {
  /** Access by the head of the pull request, by the commit where it left the base branch, and by that branch's tip. */
  readonly head: DesiredState;
  readonly mergeBase: DesiredState;
  readonly baseTip: DesiredState;
  /** Access by the tree that merging would make: what it gives otherwise than both sides say is a conflict, and never a surprise. */
  readonly merged?: DesiredState | null;
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
 * Where both sides changed one person's access in one account, and not to the same, the tip's stays and a conflict says so. The same
 * holds where merging their texts would give somebody other access than this.
 */
export function mergeDesired(input: MergeInput): MergedDesired {
  const people = mergePeople(input);
  const moved = movedPeople(people, input.baseTip.people);
  const merged = accountNames(input).map((name) => ({ name, ...mergeAccount(name, input, people) }));
  const accounts = new Map(merged.map(({ name, account }) => [name, account]));
  return {
    desired: { digest: input.head.digest, commit: input.head.commit, people, accounts },
    touched: new Map(merged.map(({ name, touched }) => [name, new Set([...touched, ...moved])])),
    conflicts: merged.flatMap(({ conflicts }) => conflicts),
  };
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
    const person = mergePerson(head.people.get(principal), mergeBase.people.get(principal), baseTip.people.get(principal));
    if (person !== undefined) people.set(principal, person);
  }
  return people;
}

/** Field by field where all three know the person, so that a head that adds an address never takes back a newer name. */
function mergePerson(head: Person | undefined, before: Person | undefined, tip: Person | undefined): Person | undefined {
  if (head === undefined || before === undefined || tip === undefined) return isHeads(head, before, tip, personKey) ? head : tip;
  const name = isHeads(head, before, tip, (person) => person.name) ? head.name : tip.name;
  const previously = isHeads(head, before, tip, (person) => person.previously.join()) ? head.previously : tip.previously;
  const source = personKey(head) === personKey(before) ? tip.source : head.source;
  return { ...tip, name, previously, source };
}

/** Whether only the head has changed this: then its side is taken, and the tip's everywhere else. */
function isHeads<T>(head: T, before: T, tip: T, key: (one: T) => string): boolean {
  return key(head) !== key(before) && key(tip) === key(before);
}

function personKey(person: Person | undefined): string {
  return person === undefined ? '' : JSON.stringify([person.name, person.previously]);
}

interface MergedAccount {
  readonly account: DesiredAccount;
  readonly touched: Iterable<string>;
  readonly conflicts: readonly Conflict[];
}

function mergeAccount(name: string, input: MergeInput, people: ReadonlyMap<string, Person>): MergedAccount {
  const [head, before, tip] = [input.head, input.mergeBase, input.baseTip].map((side) => side.accounts.get(name));
  const settings = tip ?? head;
  if (settings === undefined) throw new Error('an account that neither the head nor the tip names was merged');
  const text = input.merged?.accounts.get(name);
  const principals = new Map<string, DesiredPrincipal>();
  // Of an account that the head brings, everything is its doing, also what becomes of people it grants nothing.
  const touched = new Set<string>(tip === undefined ? people.keys() : []);
  const conflicts: Conflict[] = [];
  for (const principal of everybody(head, before, tip, text)) {
    if (principal === settings.policy.owner) continue;
    const { sides, chosen, conflict } = settle(principal, { head, before, tip, text });
    if (conflict) conflicts.push(conflictOf(name, principal, sides));
    const one = withPerson(chosen, people.get(principal));
    if (one !== undefined) principals.set(principal, one);
    if (wholeKey(one) !== wholeKey(sides.tip)) for (const address of addressesOf(principal, one, sides.tip)) touched.add(address);
  }
  // An approval file that comes with its account would lift a guard of the very pull request that brings both. The roster is the tip's as
  // well: what is planned on was observed by that one, and what the head attests would end an offboarding before anybody agreed.
  return {
    account: { policy: settings.policy, principals, approvals: tip?.approvals ?? [], roster: tip?.roster ?? null },
    touched,
    conflicts,
  };
}

interface Sides {
  readonly head: DesiredPrincipal | undefined;
  readonly before: DesiredPrincipal | undefined;
  readonly tip: DesiredPrincipal | undefined;
}

function everybody(...accounts: readonly (DesiredAccount | undefined)[]): Set<string> {
  return new Set(accounts.flatMap((account) => [...(account?.principals.keys() ?? [])]).toSorted());
}

type Accounts = Readonly<Record<'head' | 'before' | 'tip' | 'text', DesiredAccount | undefined>>;

function settle(principal: string, { head, before, tip, text }: Accounts): Choice & { readonly sides: Sides } {
  const of = (side: DesiredAccount | undefined) => side?.principals.get(principal);
  const owns = (side: DesiredAccount | undefined) => side?.policy.owner === principal;
  const sides: Sides = { head: of(head), before: of(before), tip: of(tip) };
  // An owner's grants are satisfied by definition, so a side that names somebody its owner says nothing of their access.
  const choice = owns(head) || owns(before) ? { chosen: sides.tip, conflict: false } : choose(sides);
  // Merging may mean more than either side says: a team that one gives a role and the other a member.
  const surprises = text !== undefined && !owns(text) && !sameAccess(choice.chosen, of(text));
  return surprises ? { sides, chosen: sides.tip, conflict: true } : { sides, ...choice };
}

interface Choice {
  readonly chosen: DesiredPrincipal | undefined;
  readonly conflict: boolean;
}

function choose({ head, before, tip }: Sides): Choice {
  const [h, b, t] = [accessKey(head), accessKey(before), accessKey(tip)];
  if (h === b || h === t) return { chosen: tip, conflict: false };
  return t === b ? { chosen: head, conflict: false } : { chosen: tip, conflict: true };
}

/** What somebody holds and until when, whatever line says so. */
export function accessKey(one: DesiredPrincipal | undefined): string {
  if (one === undefined) return '';
  const ends = one.grants.map(({ role, group, until }) => JSON.stringify([role, group, until])).toSorted();
  return JSON.stringify([one.holding.roles, one.holding.groups, [...new Set(ends)]]);
}

function wholeKey(one: DesiredPrincipal | undefined): string {
  return one === undefined ? '' : `${accessKey(one)} ${JSON.stringify([one.name, one.previously])}`;
}

/** Whether both give the same today, and the same if no grant had ended. */
function sameAccess(a: DesiredPrincipal | undefined, b: DesiredPrincipal | undefined): boolean {
  return (
    sameHolding(a?.holding ?? NOTHING, b?.holding ?? NOTHING) &&
    sameHolding(a?.holdingWithoutEnds ?? NOTHING, b?.holdingWithoutEnds ?? NOTHING)
  );
}

/** Names and earlier addresses are the person's, wherever the access comes from. */
function withPerson(one: DesiredPrincipal | undefined, person: Person | undefined): DesiredPrincipal | undefined {
  return one === undefined || person === undefined ? one : { ...one, name: person.name, previously: person.previously };
}

/** A new address takes the place of an old one, so both are touched. */
function addressesOf(principal: string, one: DesiredPrincipal | undefined, tip: DesiredPrincipal | undefined): string[] {
  return [principal, ...(one?.previously ?? []), ...(tip?.previously ?? [])];
}

/** People whom the head brings, renames or takes out: being named in `people/` decides what becomes of whoever is live. */
function movedPeople(people: ReadonlyMap<string, Person>, tip: ReadonlyMap<string, Person>): string[] {
  return [...new Set([...people.keys(), ...tip.keys()])].filter(
    (principal) => personKey(people.get(principal)) !== personKey(tip.get(principal)),
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
