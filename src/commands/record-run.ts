import { type LedgerEntry, outcomeEntry } from '../apply/ledger-records.ts';
import type { Ledger } from '../apply/open-ledger.ts';
import { isLockedOut, NOTHING, sameHolding } from '../holding.ts';
import type {
  AccountHistory,
  ApprovedSet,
  Change,
  Decision,
  DesiredState,
  LastApplied,
  LivePrincipal,
  Observation,
  Plan,
  Reading,
  Result,
} from '../model.ts';
import { calmedFields } from '../plan/annotate-changes.ts';
import { type AccountDecision, isOpen } from '../plan/decide-accounts.ts';
import { keyReaders } from '../plan/find-residual-keys.ts';
import { EMPTY_HISTORY } from '../plan/make-plan.ts';
import { losesKeys } from '../plan/privilege.ts';
import type { Clock } from '../ports.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { liveOf } from './make-run-plan.ts';

/** Complete reads, which become the last known good count, and suspect ones, which an agreeing read an hour later lifts. */
export async function recordReadings(
  ledger: Ledger,
  readings: ReadonlyMap<string, Reading>,
  desired: Pick<DesiredState, 'accounts'>,
): Promise<void> {
  const entries: LedgerEntry[] = [];
  for (const [account, reading] of readings) {
    if (reading.kind === 'complete') {
      const { digest, principals, scope } = reading.observation;
      const invited = principals.filter((live) => live.status === 'invited').map((live) => live.principal);
      entries.push({
        kind: 'observation',
        account,
        digest,
        principals: principals.length,
        suspect: false,
        invited,
        ...readersIn(reading.observation, desired),
        ...goneFrom(reading.observation, ledger.history().accounts.get(account)),
        ...(scope === undefined ? {} : { scope }),
      });
    } else if (reading.suspect !== null) {
      // The first of two suspect reads dates the doubt; a second that agrees too soon must not move it.
      const known = ledger.history().accounts.get(account)?.suspect;
      if (known?.digest !== reading.suspect.digest) {
        entries.push({ kind: 'observation', account, ...reading.suspect, suspect: true });
      }
    }
  }
  await ledger.append(entries);
}

/** Who stayed after their delete and is gone by now: whoever comes back under the same address is somebody new. */
function goneFrom({ principals }: Observation, history: AccountHistory | undefined): { gone?: readonly string[] } {
  const there = new Set(principals.filter(({ status }) => !isLockedOut(status)).map((live) => live.principal_id));
  const gone = [...(history?.stillThere ?? [])].filter((id) => !there.has(id));
  return gone.length === 0 ? {} : { gone };
}

/** Whoever can read API keys is remembered, so that their keys are not forgotten however they go. */
function readersIn(observation: Observation, { accounts }: Pick<DesiredState, 'accounts'>): { key_readers?: readonly string[] } {
  const policy = accounts.get(observation.account)?.policy;
  const capabilities = policy === undefined ? null : capabilitiesOf(policy);
  const readers = capabilities === null ? [] : keyReaders(observation, capabilities);
  return readers.length === 0 ? {} : { key_readers: readers };
}

export interface DecisionsToRecord {
  readonly ledger: Ledger;
  readonly decided: readonly AccountDecision[];
  readonly desired: DesiredState;
  readonly mode: Plan['mode'];
  readonly commit: string | null;
  readonly approved: ApprovedSet;
  readonly clock: Clock;
  /** Whether the run is about every account of policy: a part of them does not make a commit applied. */
  readonly allAccounts: boolean;
  /** Accounts that left policy, which this run was told and accepted. */
  readonly released: readonly string[];
}

/** Writes down, before the first request, what was approved, what is true already and where supervision begins. */
export async function recordDecisions(input: DecisionsToRecord): Promise<Result[]> {
  const results: Result[] = [];
  const open = input.decided.filter(isOpen);
  for (const account of open) {
    const history = input.ledger.history().accounts.get(account.account);
    const entries: LedgerEntry[] = [];
    const owes = new Set([...(history?.owed.values() ?? [])].map((one) => one.change.id));
    entries.push(...account.superseded.map((change) => supersededEntry(change, account.observation)));
    if (account.baseline !== null) {
      entries.push({ kind: 'baseline', account: account.account, principals: Object.fromEntries(account.baseline) });
    }
    const losing = loses(account.account, history, input);
    if (account.settled.size > 0) {
      const left = [...account.settled].filter(([principal, after]) => losing({ principal, before: null, after })).map(([who]) => who);
      const keys = left.length === 0 ? {} : { keys_left: left };
      entries.push({ kind: 'state', account: account.account, principals: Object.fromEntries(account.settled), ...keys });
    }
    const agreed = account.decisions
      .filter(isOwed)
      .map((decision) => decision.change)
      .filter((change) => !owes.has(change.id));
    const behind = (change: Change) => input.approved.whose?.(change) ?? input.approved.by;
    for (const by of new Set(agreed.map(behind))) {
      entries.push({ kind: 'approval', account: account.account, by, changes: agreed.filter((change) => behind(change) === by) });
    }
    const live = account.observation === null ? new Map<string, LivePrincipal>() : liveOf(account.observation);
    for (const change of account.already) {
      // What an earlier run applied and recorded needs no second record when its plan is applied again.
      if (owes.has(change.id)) entries.push(alreadyEntry(change, live.get(change.principal), losing(change), input));
      results.push({ change, outcome: 'already', message: '', not_before: null });
    }
    for (const one of account.untouched) results.push({ ...one, outcome: 'withheld', not_before: null });
    entries.push(...warEntries(account, input));
    await input.ledger.append(entries);
  }
  await recordWhatIsOver(input, open);
  return results;
}

/** The commit that is applied by now, and the accounts that nobody watches any more. */
async function recordWhatIsOver(input: DecisionsToRecord, open: readonly AccountDecision[]): Promise<void> {
  // A commit counts as applied when nothing of it stands withheld or blocked; what is owed stays owed.
  const whole =
    open.length === input.decided.length && open.every((one) => one.decisions.every((decision) => decision.verdict !== 'withhold'));
  if (input.mode === 'change' && input.allAccounts && whole && input.commit !== null && input.ledger.history().commit !== input.commit) {
    await input.ledger.append([{ kind: 'commit', commit: input.commit }]);
  }
  if (input.mode === 'change') await input.ledger.append(input.released.map((account) => ({ kind: 'released', account })));
}

/** Whoever holds what they held before it was begun holds no half of it. */
function supersededEntry({ account, principal, id, before }: Change, observation: Observation | null): LedgerEntry {
  const live = observation?.principals.find((one) => one.principal === principal);
  const unmade = observation !== null && sameHolding(live ?? NOTHING, before ?? NOTHING);
  return { kind: 'superseded', account, principal, change: id, ...(unmade ? { unmade } : {}) };
}

function isOwed(decision: Decision): boolean {
  return decision.approved && (decision.verdict === 'make' || decision.verdict === 'wait' || decision.verdict === 'hand');
}

/** Whether somebody could read API keys there and cannot any more. */
function loses(
  account: string,
  history: AccountHistory | undefined,
  { desired }: DecisionsToRecord,
): (change: Pick<Change, 'principal' | 'before' | 'after'>) => boolean {
  const policy = desired.accounts.get(account)?.policy;
  const capabilities = policy === undefined ? null : capabilitiesOf(policy);
  return (change) => capabilities !== null && losesKeys(change, capabilities, history ?? EMPTY_HISTORY);
}

function alreadyEntry(change: Change, live: LivePrincipal | undefined, keysLeft: boolean, input: DecisionsToRecord): LedgerEntry {
  const name = input.desired.accounts.get(change.account)?.principals.get(change.principal)?.name;
  const held: LastApplied | null =
    live === undefined || change.after === null
      ? null
      : { roles: live.roles, groups: live.groups, name: name ?? live.name, status: live.status };
  return outcomeEntry(change, 'already', 'true without this run', { held, ...(keysLeft ? { keys_left: true } : {}) });
}

function warEntries(account: AccountDecision, input: DecisionsToRecord): LedgerEntry[] {
  const history = input.ledger.history().accounts.get(account.account);
  if (history === undefined || input.mode === 'change') return [];
  const changes = account.decisions.map((decision) => decision.change);
  const { fought, calmed } = calmedFields(changes, history, input.clock.now());
  return [
    ...fought.map((one) => ({ kind: 'war' as const, account: account.account, ...one })),
    ...calmed.map((one) => ({ kind: 'calm' as const, account: account.account, ...one })),
  ];
}
