import type { Digest, Observation, Status } from '../model.ts';
import { digestOfRows } from '../text/digest.ts';
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
  const edited = observations.find((one) => digestOfPrincipals(one.principals) !== one.digest);
  if (edited !== undefined) return { kind: 'edited', account: edited.account };
  if (digest !== digestOfObservations(observations)) return { kind: 'edited', account: observations.map((one) => one.account).join(', ') };
  return { kind: 'observations', observations: observations.map((one) => ({ ...one, source: 'file' })) };
}

/** Over all accounts of a file: which, when, and the digest of each one's rows. */
export function digestOfObservations(observations: readonly Observation[]): Digest {
  return digestOfRows(
    observations.map(({ account, provider, api, at, requests, digest }) => [account, provider, api, at, requests, digest]),
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const STATUSES: Readonly<Record<Status, true>> = {
  active: true,
  invited: true,
  inactive: true,
  suspended: true,
  disabled: true,
  blocked: true,
  unknown: true,
};

function isObservation(value: unknown): value is Observation {
  if (!isRecord(value) || !Array.isArray(value['principals'])) return false;
  const texts = ['account', 'provider', 'api', 'at', 'digest'].every((key) => typeof value[key] === 'string');
  const at = String(value['at']);
  const dated = texts && INSTANT.test(at) && !Number.isNaN(Date.parse(at));
  return dated && typeof value['requests'] === 'number' && value['principals'].every(isPrincipal);
}

function isPrincipal(value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value['roles']) || !Array.isArray(value['groups'])) return false;
  const since = value['since'];
  const texts = ['principal', 'principal_id', 'name'].every((key) => typeof value[key] === 'string');
  const lists = [...value['roles'], ...value['groups']].every((item) => typeof item === 'string');
  const dated = since === null || (typeof since === 'string' && INSTANT.test(since));
  return texts && lists && dated && Object.hasOwn(STATUSES, String(value['status']));
}
