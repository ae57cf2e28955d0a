import type { Api } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import { type Answer, isRecord, type VendorClient } from '../vendor-client.ts';
import { ONE_SUB_USER } from './telnyx-api.ts';
import { ONE_ORGANIZATION_USER } from './telnyx-organizations-api.ts';

export type TelnyxApi = Extract<Api, 'sub-users' | 'organizations'>;

/** What tells each API from the other: its list, cut to one row. */
export const LOOKS: Readonly<Record<TelnyxApi, string>> = { 'sub-users': ONE_SUB_USER, organizations: ONE_ORGANIZATION_USER };
/** A look decides nothing, so a run does not wait longer for it. */
export const LOOK_LASTS_MS = 10_000;

/**
 * For the 404 of the API that policy names: whether the key answers to the other one, in words that say what to write. Asks once, however
 * often it is called; null when the other API does not answer either. Nothing is ever read from the other API instead.
 */
export function findOtherApi(client: VendorClient, clock: Clock, account: string, named: TelnyxApi): () => Promise<string | null> {
  const other = otherOf(named);
  let words: Promise<string | null> | null = null;
  const look = async (): Promise<string | null> =>
    isList(await client.peek(LOOKS[other], clock.now() + LOOK_LASTS_MS)) ? otherApiWords(account, other) : null;
  return () => {
    words ??= look();
    return words;
  };
}

export function otherOf(api: TelnyxApi): TelnyxApi {
  return api === 'sub-users' ? 'organizations' : 'sub-users';
}

export function otherApiWords(account: string, api: TelnyxApi): string {
  return `this key answers to \`${api}\`: set \`api: ${api}\` in policies/accounts/${account}.yaml`;
}

/** Whether an answer is a list of people, as both APIs write one. */
export function isList(answer: Answer): boolean {
  return answer.kind === 'ok' && answer.status === 200 && isRecord(answer.json) && Array.isArray(answer.json['data']);
}
