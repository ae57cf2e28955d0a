import type { ApiKey, Digest, Observation, Status } from '../model.ts';
import { digestOf, digestOfRows } from '../text/digest.ts';
import { digestOfPrincipals } from './read-complete.ts';
import { isRecord } from './vendor-client.ts';

export type CheckedObservations =
  | { readonly kind: 'observations'; readonly observations: readonly Observation[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** Its rows, or what it says of when they were read, are not what was written. */
  | { readonly kind: 'edited'; readonly account: string };

/** An observation file as data: its shape, and that each account's rows are the ones that were read. */
export function checkObservations(text: string): CheckedObservations {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', why: 'it is not JSON' };
  }
  if (!isRecord(document) || !/^1\.\d+$/.test(String(document['format_version']))) {
    return { kind: 'unreadable', why: 'it is not an observation of format 1.x' };
  }
  const { observations, digest } = document;
  if (!Array.isArray(observations) || !observations.every(isObservation))
    return { kind: 'unreadable', why: 'its observations are not whole' };
  const edited = observations.find((one) => digestOfPrincipals(one.principals, one.without) !== one.digest);
  if (edited !== undefined) return { kind: 'edited', account: edited.account };
  if (digest !== digestOfObservations(observations)) return { kind: 'edited', account: observations.map((one) => one.account).join(', ') };
  return {
    kind: 'observations',
    observations: observations.map((one) => ({ ...one, source: one.source === 'roster' ? 'roster' : 'file' })),
  };
}

/** Over all accounts of a file: which, when, the digest of each one's rows, and what else was told of it. */
export function digestOfObservations(observations: readonly Observation[]): Digest {
  return digestOfRows(
    observations.map((one) => {
      const { account, provider, api, at, requests, digest } = one;
      const facts = factsOf(one);
      return [account, provider, api, at, requests, digest, ...(facts === null ? [] : [digestOf(facts)])];
    }),
  );
}

/** What stands beside the rows, or on them without being access; null where there is nothing of it. */
function factsOf({ principals, scope, keys, productRoles, subaccounts, reach, notes, source }: Observation): unknown {
  const said = principals.flatMap(({ principal, note, remarks }) =>
    note === undefined && remarks === undefined ? [] : [{ principal, note: note ?? null, remarks: remarks ?? [] }],
  );
  const facts = { scope, keys, productRoles, subaccounts, reach, notes };
  const told = Object.entries(facts).filter(([, value]) => value !== undefined);
  if (told.length === 0 && said.length === 0 && source !== 'roster') return null;
  return { ...Object.fromEntries(told), said, ...(source === 'roster' ? { source } : {}) };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const STATUSES: Readonly<Record<string, boolean>> = {
  active: true,
  invited: true,
  inactive: true,
  suspended: true,
  disabled: true,
  blocked: true,
  unknown: true,
} satisfies Record<Status, true>;

function isObservation(value: unknown): value is Observation {
  if (!isRecord(value) || !Array.isArray(value['principals'])) return false;
  const texts = ['account', 'provider', 'api', 'at', 'digest'].every((key) => typeof value[key] === 'string');
  const at = String(value['at']);
  const dated = texts && INSTANT.test(at) && !Number.isNaN(Date.parse(at));
  return dated && typeof value['requests'] === 'number' && value['principals'].every(isPrincipal) && hasFacts(value);
}

/** What not every account's read tells; absent or whole. */
function hasFacts(value: Record<string, unknown>): boolean {
  const lists: Readonly<Record<string, (item: unknown) => boolean>> = {
    without: isPrincipal,
    productRoles: isText,
    subaccounts: (item) => isRecord(item) && isText(item['sid']) && isText(item['name']),
    reach: (item) => isRecord(item) && ['principal', 'role', 'through'].every((key) => isText(item[key])),
    notes: isText,
  };
  const listed = Object.entries(lists).every(([key, isItem]) => {
    const list = value[key];
    return list === undefined || (Array.isArray(list) && list.every(isItem));
  });
  const isScoped = value['scope'] === undefined || isText(value['scope']);
  return listed && isScoped && (value['keys'] === undefined || isKeysReading(value['keys']));
}

function isKeysReading(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value['kind'] === 'not_read') return isText(value['why']);
  return value['kind'] === 'keys' && Array.isArray(value['keys']) && value['keys'].every(isKey);
}

function isKey(value: unknown): value is ApiKey {
  return isRecord(value) && isText(value['sid']) && isText(value['name']) && (value['created'] === null || isText(value['created']));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isPrincipal(value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value['roles']) || !Array.isArray(value['groups'])) return false;
  const since = value['since'];
  const texts = ['principal', 'principal_id', 'name'].every((key) => typeof value[key] === 'string');
  const lists = [...value['roles'], ...value['groups']].every((item) => typeof item === 'string');
  const dated = since === null || (typeof since === 'string' && INSTANT.test(since));
  const { note, remarks } = value;
  const said = (note === undefined || isText(note)) && (remarks === undefined || (Array.isArray(remarks) && remarks.every(isText)));
  return texts && lists && dated && said && STATUSES[String(value['status'])] === true;
}
