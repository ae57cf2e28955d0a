import type { Change, LastGood, Plan, PlanAccount } from '../model.ts';
import { visible } from '../text/encode.ts';
import { changeId } from './make-change.ts';
import { planDigest } from './make-plan.ts';

export type PlanDocument =
  | {
      readonly kind: 'plan';
      readonly changes: readonly Change[];
      readonly accounts: readonly Pick<PlanAccount, 'account' | 'verdict'>[];
      readonly lastGood: ReadonlyMap<string, LastGood>;
      readonly mode: Plan['mode'];
    }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'version'; readonly version: string }
  /** Its ids or its digest are not what its content comes to. */
  | { readonly kind: 'edited'; readonly what: string };

/** A plan file as evidence of approval: every id and the digest are worked out again from what it says. Unknown properties are ignored. */
export function readPlanDocument(text: string): PlanDocument {
  const document = parse(text);
  if (!isRecord(document)) return { kind: 'unreadable', why: 'it is not a JSON document' };
  const version = document['format_version'];
  if (typeof version !== 'string') return { kind: 'unreadable', why: 'it is not a plan (no format_version)' };
  if (!/^1\.\d+$/.test(version)) return { kind: 'version', version: visible(version) };
  const { changes, accounts, mode, digest } = document;
  if (!Array.isArray(changes) || !changes.every(isChange)) return { kind: 'unreadable', why: 'its changes are not those of a plan' };
  if (!Array.isArray(accounts) || !accounts.every(isAccount)) return { kind: 'unreadable', why: 'its accounts are not those of a plan' };
  if (mode !== 'change' && mode !== 'drift') return { kind: 'unreadable', why: 'its mode is neither change nor drift' };
  const edited = changes.findIndex((change) => changeId(change) !== change.id);
  if (edited !== -1) return { kind: 'edited', what: `change ${edited + 1} does not match its id` };
  if (planDigest(changes, accounts) !== digest) return { kind: 'edited', what: 'its digest is another' };
  const lastGood = accounts.flatMap((account): [string, LastGood][] =>
    account.observation?.complete === true
      ? [[account.account, { principals: account.observation.principals, at: account.observation.at }]]
      : [],
  );
  return { kind: 'plan', changes, accounts, mode, lastGood: new Map(lastGood) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface DocumentAccount {
  readonly account: string;
  readonly verdict: PlanAccount['verdict'];
  readonly observation?: { readonly complete: boolean; readonly principals: number; readonly at: string };
}

function isAccount(value: unknown): value is DocumentAccount {
  if (!isRecord(value) || typeof value['account'] !== 'string' || typeof value['verdict'] !== 'string') return false;
  const { observation } = value;
  return (
    observation === undefined ||
    (isRecord(observation) &&
      typeof observation['complete'] === 'boolean' &&
      isCount(observation['principals']) &&
      isInstant(observation['at']))
  );
}

function isChange(value: unknown): value is Change {
  return (
    isRecord(value) &&
    ['id', 'account', 'principal', 'action', 'executor', 'origin', 'reason_code'].every((key) => typeof value[key] === 'string') &&
    (value['principal_id'] === null || typeof value['principal_id'] === 'string') &&
    isSide(value['before']) &&
    isSide(value['after'])
  );
}

/** Held to its form because it becomes a last known good count, which no digest covers. */
function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isSide(value: unknown): boolean {
  if (value === null) return true;
  return isRecord(value) && typeof value['name'] === 'string' && isTexts(value['roles']) && isTexts(value['groups']);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
