import { foldHistory } from '../../apply/fold-history.ts';
import { type Check, parseLedger } from '../../apply/open-ledger.ts';
import { openSealed } from '../../apply/seal-document.ts';
import { RollcallError } from '../../errors.ts';
import type { Objects } from '../../github/open-objects.ts';
import { HEARTBEAT_PATH, readStateFiles, STATE_BRANCH } from '../../github/open-state-branch.ts';
import type { History, Instant, Observation } from '../../model.ts';
import { checkObservations } from '../../provider/check-observation.ts';

/** What `rollcall-state` says at one of its commits, with every signature checked. */
export interface StateAt {
  readonly commit: string;
  readonly history: History;
  /** The newest observation of each account. */
  readonly observations: ReadonlyMap<string, Observation>;
  /** When a scheduled run was last alive. */
  readonly heartbeat: Instant | null;
  /** The newest record whose outcome a scheduled run has told people; null where none has come to its end yet. */
  readonly told: number | null;
  /** When the ledger was begun; null when it is empty. */
  readonly since: Instant | null;
}

export const STATE_REF = `refs/heads/${STATE_BRANCH}`;

/** Reads one commit of the state branch. A record or document that does not verify is an error: it grants nothing and hides nothing. */
export async function readState(objects: Objects, commit: string, check: Check): Promise<StateAt> {
  const { ledgerText, live, heartbeat } = readStateFiles(await objects.files(commit));
  if (ledgerText === '' && (live.size > 0 || heartbeat !== null))
    throw new RollcallError('stateForged', 'ledger/', 'it is gone, although accounts were observed');
  const { records } = parseLedger(STATE_BRANCH, ledgerText, check);
  const observations = new Map<string, Observation>();
  for (const [account, text] of live) observations.set(account, readLive(account, text, check));
  return {
    commit,
    history: foldHistory(records),
    observations,
    ...(heartbeat === null ? { heartbeat: null, told: null } : readHeartbeat(heartbeat, check)),
    since: records[0]?.at ?? null,
  };
}

/**
 * How new a state is: by its newest observation, or by the scheduled run that was alive after it and could read nothing. Null before
 * anything was observed.
 */
export function newestInstant({ observations, heartbeat }: Pick<StateAt, 'observations' | 'heartbeat'>): Instant | null {
  if (observations.size === 0) return null;
  return [...observations.values()].reduce((latest, { at }) => (at > latest ? at : latest), heartbeat ?? '');
}

/**
 * Whether the ledger only ever grew. An older one that somebody pushed on top verifies, every record of it, and would bring back budgets
 * that are spent and approvals that are used up; but the branch still has the commits that it would undo.
 */
export async function checkAppendOnly(objects: Objects, tip: string): Promise<void> {
  if (await objects.everLost(tip, 'ledger')) {
    throw new RollcallError('stateForged', 'ledger', 'a commit took records away that were there before it');
  }
}

function readLive(account: string, text: string, check: Check): Observation {
  const opened = openSealed(text, 'observation', check);
  if ('why' in opened) throw new RollcallError('stateForged', `live/${account}.json`, opened.why);
  const checked = checkObservations(JSON.stringify(opened.body));
  const [one] = checked.kind === 'observations' ? checked.observations : [];
  if (one === undefined || one.account !== account)
    throw new RollcallError('stateForged', `live/${account}.json`, 'it is no observation of this account');
  return one;
}

function readHeartbeat(text: string, check: Check): { readonly heartbeat: Instant; readonly told: number | null } {
  const opened = openSealed(text, 'heartbeat', check);
  if ('why' in opened) throw new RollcallError('stateForged', HEARTBEAT_PATH, opened.why);
  const { at, seq } = (opened.body ?? {}) as { readonly at?: unknown; readonly seq?: unknown };
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) throw new RollcallError('stateForged', HEARTBEAT_PATH, 'it names no instant');
  return { heartbeat: at, told: typeof seq === 'number' ? seq : null };
}
