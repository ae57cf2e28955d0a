import type { AccountPolicy, Capabilities, DesiredState, LivePrincipal } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import type { DraftContext } from '../edit/draft.ts';
import { isPerson } from '../edit/name-for.ts';
import { chooseName } from './choose-name.ts';
import { findWords } from './find-words.ts';
import type { Decision, ImportAccount, LeftOut, Word } from './imported.ts';

/** Somebody in one account, and the grants that come to what they hold there. */
export interface Sighting {
  readonly policy: AccountPolicy;
  readonly capabilities: Capabilities;
  readonly live: LivePrincipal;
  readonly words: readonly Word[];
}

export interface GatheredPerson {
  readonly principal: string;
  /** The name to write: of somebody new, or of somebody whose name an account enforces; null where people/ stays as it is. */
  readonly name: string | null;
  readonly isNew: boolean;
  readonly sightings: readonly Sighting[];
}

export interface Gathered {
  /** Sorted. */
  readonly people: readonly GatheredPerson[];
  readonly leftOut: readonly LeftOut[];
  readonly decisions: readonly Decision[];
}

type Maybe = Omit<Sighting, 'words'> & { readonly words: readonly Word[] | string };

/**
 * Everybody who is to stand in policy: active or invited, no owner, and held by grants and by people/. Whoever cannot be said in one account
 * and is in no policy yet is left out everywhere: named for another account alone, they would be deleted from this one.
 */
export function gatherPeople(accounts: readonly ImportAccount[], context: DraftContext): Gathered {
  const leftOut: LeftOut[] = [];
  const decisions: Decision[] = [];
  const seen = new Map<string, Maybe[]>();
  for (const one of accounts.toSorted((a, b) => compareText(a.observation.account, b.observation.account))) {
    const look = lookAt(one, context);
    leftOut.push(...look.leftOut);
    decisions.push(...look.decisions);
    for (const sighting of look.seen) seen.set(sighting.live.principal, [...(seen.get(sighting.live.principal) ?? []), sighting]);
  }
  const people: GatheredPerson[] = [];
  const successors = new Map([...context.desired.people.values()].flatMap((one) => one.previously.map((old) => [old, one.principal])));
  for (const [principal, sightings] of [...seen].toSorted(([a], [b]) => compareText(a, b))) {
    const person = gatherOne(principal, sightings, context.desired.people, successors.get(principal) ?? null);
    people.push(...person.people);
    leftOut.push(...person.leftOut);
    decisions.push(...person.decisions);
  }
  return { people, leftOut, decisions };
}

/** One account: whom it shows and nobody touches, and everybody else. */
function lookAt({ observation, leftAlone }: ImportAccount, context: DraftContext): Omit<Gathered, 'people'> & { readonly seen: Maybe[] } {
  const { account, principals } = observation;
  const policy = context.desired.accounts.get(account)?.policy;
  const capabilities = context.capabilitiesOf(account);
  if (policy === undefined || capabilities === null) return { leftOut: [], decisions: [], seen: [] };
  const leftOut = leftAlone.map(({ principal, note }) => ({ account, principal, why: note }));
  const untouched = new Set(leftAlone.map(({ principal }) => principal));
  const others = principals.filter(({ principal }) => !untouched.has(principal));
  const people = others.filter(({ principal }) => principal !== policy.owner);
  const hasAccess = ({ status }: LivePrincipal) => status === 'active' || status === 'invited';
  const back = people.filter((live) => !hasAccess(live));
  return {
    leftOut: [
      ...leftOut,
      ...back.map(({ principal, status }) => ({
        account,
        principal,
        why: `${status}, and policy grants access: the plan has what comes of it`,
      })),
    ],
    decisions: others.filter(({ principal }) => principal === policy.owner).flatMap((live) => aboutOwner(live, policy, capabilities)),
    seen: people.filter(hasAccess).map((live) => toMaybe(live, policy, capabilities)),
  };
}

function toMaybe(live: LivePrincipal, policy: AccountPolicy, capabilities: Capabilities): Maybe {
  return { live, policy, capabilities, words: findWords(live, policy.name, capabilities) };
}

/** The declared owner is never touched; listed as an ordinary user, the account still belongs to somebody else. */
function aboutOwner({ principal, roles }: LivePrincipal, { name }: AccountPolicy, { ownerRole }: Capabilities): Decision[] {
  if (roles.includes(ownerRole)) return [];
  const says = 'is the owner by policy and an ordinary user at the vendor: mend `owner`, or have the account handed over';
  return [{ principal, account: name, says }];
}

function gatherOne(principal: string, sightings: readonly Maybe[], known: DesiredState['people'], successor: string | null): Gathered {
  const out = (which: readonly Maybe[], why: string) => which.map(({ policy }) => ({ account: policy.name, principal, why }));
  const said = sightings.flatMap((one) => (typeof one.words === 'string' ? [] : [{ ...one, words: one.words }]));
  const unsaid = sightings.filter(({ words }) => typeof words === 'string');
  const why = String(unsaid[0]?.words);
  const person = known.get(principal);
  if (person !== undefined) {
    const { name, decisions } = nameOfKnown(principal, person.name, said);
    return { people: [{ principal, name, isNew: false, sightings: said }], leftOut: out(unsaid, why), decisions };
  }
  if (unsaid.length > 0) {
    const elsewhere = `in ${visible(unsaid[0]?.policy.name ?? '')} this person ${why}`;
    return { people: [], leftOut: [...out(unsaid, why), ...out(said, elsewhere)], decisions: [] };
  }
  const refusal = successor === null ? whyNoPerson(principal, said) : `is a previous address of ${successor}`;
  if (refusal !== null) return { people: [], leftOut: out(said, refusal), decisions: [] };
  return { people: [{ principal, name: nameOfNew(principal, said), isNew: true, sightings: said }], leftOut: [], decisions: [] };
}

function whyNoPerson(principal: string, sightings: readonly Sighting[]): string | null {
  if (enforcedNames(sightings).size > 1) return 'has several names in accounts that enforce names; make them one';
  if (nameOfNew(principal, sightings) !== null) return null;
  return chooseName(principal, []) === null
    ? 'has an address that policy cannot hold'
    : 'has a name that policy cannot hold, in an account that enforces names; correct it there';
}

/** Where names are enforced any other name would be a change. */
function nameOfNew(principal: string, sightings: readonly Sighting[]): string | null {
  const [enforced] = enforcedNames(sightings);
  if (enforced !== undefined) return isPerson(principal, enforced) ? enforced : null;
  return chooseName(
    principal,
    sightings.map(({ live }) => live.name),
  );
}

function nameOfKnown(principal: string, name: string, sightings: readonly Sighting[]): { name: string | null; decisions: Decision[] } {
  const others = [...enforcedNames(sightings)].filter((one) => one !== name);
  const [other] = others;
  if (other === undefined) return { name: null, decisions: [] };
  if (others.length === 1 && enforcedNames(sightings).size === 1 && isPerson(principal, other)) return { name: other, decisions: [] };
  const says = 'has another name at the vendor than policy enforces, and policy cannot take it';
  return { name: null, decisions: [{ principal, account: null, says }] };
}

function enforcedNames(sightings: readonly Sighting[]): Set<string> {
  const enforcing = sightings.filter(({ policy, capabilities }) => policy.names === 'enforce' && capabilities.names);
  return new Set(enforcing.map(({ live }) => live.name));
}
