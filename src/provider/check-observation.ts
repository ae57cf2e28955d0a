import type { Observation } from '../model.ts';
import { digestOfPrincipals } from './read-complete.ts';
import { isRecord } from './vendor-client.ts';

export type CheckedObservations =
  | { readonly kind: 'observations'; readonly observations: readonly Observation[] }
  | { readonly kind: 'unreadable'; readonly why: string }
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
  const { observations } = document;
  if (!Array.isArray(observations) || !observations.every(isObservation))
    return { kind: 'unreadable', why: 'its observations are not whole' };
  const edited = observations.find((one) => digestOfPrincipals(one.principals) !== one.digest);
  if (edited !== undefined) return { kind: 'edited', account: edited.account };
  return { kind: 'observations', observations: observations.map((one) => ({ ...one, source: 'file' })) };
}

function isObservation(value: unknown): value is Observation {
  if (!isRecord(value) || !Array.isArray(value['principals'])) return false;
  const texts = ['account', 'provider', 'api', 'at', 'digest'].every((key) => typeof value[key] === 'string');
  const dated = texts && !Number.isNaN(Date.parse(String(value['at'])));
  return dated && typeof value['requests'] === 'number' && value['principals'].every(isPrincipal);
}

function isPrincipal(value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value['roles']) || !Array.isArray(value['groups'])) return false;
  return ['principal', 'principal_id', 'status', 'name'].every((key) => typeof value[key] === 'string');
}
