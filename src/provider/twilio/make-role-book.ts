import { groupBy } from '../../group-by.ts';
import { compareText } from '../../text/digest.ts';
import type { WireRole } from './twilio-api.ts';

/** The general roles whose SIDs Twilio publishes (docs/api/errors/25202), by policy word. */
const PUBLISHED: Readonly<Record<string, string>> = {
  administrator: `IX${'102'.padStart(32, '0')}`,
  developer: `IX${'103'.padStart(32, '0')}`,
  billing_manager: `IX${'104'.padStart(32, '0')}`,
  support: `IX${'105'.padStart(32, '0')}`,
};
/** The general roles by their friendly names, in lower case; those that belong to a product are not meant. */
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    administrator: 'administrator',
    admin: 'administrator',
    developer: 'developer',
    'billing manager': 'billing_manager',
    billing: 'billing_manager',
    support: 'support',
    owner: 'owner',
  }),
);

/** Roles by policy word and by SID, as the live list has them. */
export interface RoleBook {
  /** The word of a role that is in the list; null for another. */
  wordOf(sid: string): string | null;
  /** The SID to give for a word; null where the list has no such role, or none that is given for an account, or two. */
  sidOf(word: string): string | null;
  /** Friendly names of the product roles that can be given for an account, sorted. */
  readonly productRoles: readonly string[];
  isProductRole(sid: string): boolean;
  /** Whether it is what everybody in the organization has for being in it, and gives access to nothing. */
  isMembership(sid: string): boolean;
}

/** The least of the three roles of an organization (docs/iam/access-control/types-of-roles). */
const MEMBERSHIP = 'organization standard user';

/**
 * General roles are known by their published SIDs, or by name where they belong to no product; the others are their friendly names. Two
 * roles of one name cannot be told apart by policy, so neither has a word. Without a list (`null`) only the published ones are known.
 */
export function makeRoleBook(roles: readonly WireRole[] | null): RoleBook {
  const listed = roles ?? Object.values(PUBLISHED).map((sid): WireRole => ({ sid, name: '', productGroup: null, level: 'SUB_ACCOUNT' }));
  const named = listed.map((role) => ({ role, word: wordFor(role) })).filter(({ word }) => word !== '');
  const byWord = new Map<string, WireRole>();
  for (const [word, same] of groupBy(named, (one) => one.word)) {
    const one = same.find(({ role }) => publishedWord(role) !== undefined) ?? (same.length === 1 ? same[0] : undefined);
    if (one !== undefined) byWord.set(word, one.role);
  }
  const words = new Map([...byWord].map(([word, role]) => [role.sid.toLowerCase(), word]));
  const products = [...byWord].filter(([word, { level }]) => !RESERVED.has(word) && level !== 'ORGANIZATION').map(([word]) => word);
  const isProduct = new Set(products);
  return {
    wordOf: (sid) => words.get(sid.toLowerCase()) ?? null,
    sidOf: (word) => (isProduct.has(word) || Object.hasOwn(PUBLISHED, word) ? (byWord.get(word)?.sid ?? null) : null),
    productRoles: products.toSorted(compareText),
    isMembership: (sid) => words.get(sid.toLowerCase())?.toLowerCase() === MEMBERSHIP,
    isProductRole: (sid) => isProduct.has(words.get(sid.toLowerCase()) ?? ''),
  };
}

const RESERVED: ReadonlySet<string> = new Set([...Object.keys(PUBLISHED), 'owner']);

/** Empty for a role whose name would pass for another one. */
function wordFor(role: WireRole): string {
  const { name, productGroup, level } = role;
  const general = productGroup === null && level !== 'ORGANIZATION' ? NAMED.get(name.trim().toLowerCase()) : undefined;
  return publishedWord(role) ?? general ?? (RESERVED.has(name) ? '' : name);
}

function publishedWord({ sid }: WireRole): string | undefined {
  return Object.entries(PUBLISHED).find(([, published]) => published === sid.toUpperCase())?.[0];
}
