import { groupBy } from '../../group-by.ts';
import type { Day } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import type { DraftContext, FileEdit, NewPeople, NewPerson } from '../edit/draft.ts';
import { pathInside } from '../edit/read-policy-texts.ts';
import { placeOf } from '../policies.ts';
import { chunkBySize, MOST, sizeOf } from './chunk-by-size.ts';
import { domainOf, nameDomain } from './name-domain.ts';

export interface PlacedPeople {
  readonly edits: readonly FileEdit[];
  readonly files: readonly NewPeople[];
}

export interface PlaceInput {
  /** Sorted by address. */
  readonly fresh: readonly NewPerson[];
  readonly usual: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
  /** Files that cannot be edited. */
  readonly closed: ReadonlySet<string>;
}

const GUESTS = 'guests';

/** More domains than that are no domains of the company's own, and would be as many files. */
const MOST_DOMAINS = 40;

/** The domains that people usually have: those of the accounts' owners, and those that several people have, the most frequent first. */
export function findUsualDomains(fresh: readonly string[], { desired }: DraftContext): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const address of [...desired.people.keys(), ...fresh]) {
    const domain = domainOf(address);
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  for (const { policy } of desired.accounts.values()) {
    const domain = domainOf(policy.owner);
    counts.set(domain, Math.max(2, counts.get(domain) ?? 0));
  }
  const several = [...counts].filter(([, count]) => count > 1).toSorted(([a, one], [b, two]) => two - one || compareText(a, b));
  return new Set(several.slice(0, MOST_DOMAINS).map(([domain]) => domain));
}

/**
 * Puts new people behind the people of their domain; where nobody of it stands yet, into a file named after it, and single ones into
 * people/guests.yaml.
 */
export function placePeople({ fresh, usual, texts, closed }: PlaceInput, context: DraftContext): PlacedPeople {
  const homes = findHomes(context, texts, closed);
  const edits: FileEdit[] = [];
  const files: NewPeople[] = [];
  const taken = new Set([GUESTS]);
  const names = new Map([...usual].map((domain) => [domain, nameDomain(domain, taken)] as const));
  const byStem = groupBy(fresh, ({ email }) => names.get(domainOf(email)) ?? GUESTS);
  for (const [stem, people] of [...byStem].toSorted(([a], [b]) => compareText(a, b))) {
    const homeless: NewPerson[] = [];
    for (const person of people) {
      const domain = domainOf(person.email);
      const home = homes.get(usual.has(domain) ? domain : '');
      if (home === undefined || !home.takes(person)) homeless.push(person);
    }
    const comment = commentOf(stem, people, context.today);
    for (const part of chunkBySize(homeless, sizeOfPerson, MOST.people)) files.push({ stem, comment, people: part });
  }
  for (const { path, added } of new Set(homes.values())) {
    if (added.length === 0) continue;
    const items = added.map(({ email, name, notes = [] }) => ({ value: { email, name }, notes }));
    edits.push({ path, edit: { kind: 'add', list: null, items }, causes: added.map(({ email }) => email) });
  }
  return { edits, files };
}

function commentOf(stem: string, people: readonly NewPerson[], today: Day): string {
  const [first] = people;
  if (stem === GUESTS || first === undefined)
    return `Imported on ${today}: people of other domains. Decide who of them stays, and until when.`;
  return `Imported on ${today}: people of ${domainOf(first.email)}.`;
}

interface Home {
  readonly path: string;
  readonly added: NewPerson[];
  takes(person: NewPerson): boolean;
}

/** By domain, the file where most people of it stand; by the empty text, the one of guests. */
function findHomes(
  { policies, folder }: DraftContext,
  texts: ReadonlyMap<string, string>,
  closed: ReadonlySet<string>,
): ReadonlyMap<string, Home> {
  const byPath = groupBy(policies.people, (person) => pathInside(placeOf(person).file, folder));
  const homes = new Map<string, Home>();
  const most = new Map<string, number>();
  for (const [path, people] of [...byPath].toSorted(([a], [b]) => compareText(a, b))) {
    if (closed.has(path)) continue;
    const home = openHome(path, people.length, sizeOf(texts.get(path) ?? ''));
    const isGuests = /^people\/guests\.ya?ml$/.test(path);
    if (isGuests) homes.set('', home);
    for (const [domain, own] of groupBy(people, ({ email }) => domainOf(email))) {
      if (isGuests || own.length <= (most.get(domain) ?? 0)) continue;
      most.set(domain, own.length);
      homes.set(domain, home);
    }
  }
  return homes;
}

function openHome(path: string, count: number, bytes: number): Home {
  const added: NewPerson[] = [];
  let size = bytes;
  const takes = (person: NewPerson) => {
    if (count + added.length >= MOST.people || size + sizeOfPerson(person) > MOST.bytes) return false;
    size += sizeOfPerson(person);
    added.push(person);
    return true;
  };
  return { path, added, takes };
}

function sizeOfPerson({ email, name, notes = [] }: NewPerson): number {
  return sizeOf([email, JSON.stringify(name), ...notes].join('\n    ')) + 32;
}
