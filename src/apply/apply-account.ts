import type { Decision, History, Instant, LastApplied, Parked, Provider, Result } from '../model.ts';
import type { Clock } from '../ports.ts';
import { type LedgerEntry, type OutcomeEntry, outcomeEntry } from './ledger-records.ts';
import { type Made, performChange } from './perform-change.ts';

/** Failures that stop an account: more than this share of what was tried, and at least this many. */
const FAILING_SHARE = 0.4;
const FAILING_AT_LEAST = 3;
const HOUR_MS = 3_600_000;
/** How long a principal whose change fails for good is left alone, by the number of failures so far. */
const PARK_HOURS = [6, 12, 24] as const;

export interface ApplyInput {
  readonly account: string;
  readonly provider: Provider;
  /** Approved ∩ fresh, in the plan's order. */
  readonly decisions: readonly Decision[];
  readonly ledger: { append(entries: readonly LedgerEntry[]): Promise<void>; history(): History };
  readonly intentsPerAppend: number;
  readonly clock: Clock;
  /** No new change is begun once this is aborted. */
  readonly interrupted: AbortSignal;
  readonly onResult: (result: Result) => void;
}

export interface Applied {
  readonly results: readonly Result[];
  /** Why the account was left before its end. */
  readonly stopped: { readonly cause: 'credentials' | 'failing' | 'interrupted' | 'ledger'; readonly message: string } | null;
}

/** Makes what was decided, one change after another; each ends with an outcome in the ledger before the next begins. */
export async function applyAccount(input: ApplyInput): Promise<Applied> {
  const results: Result[] = [];
  const report: Report = (decision, outcome, message, notBefore) => {
    const result: Result = { change: decision.change, outcome, message, not_before: notBefore };
    results.push(result);
    input.onResult(result);
  };
  const making = input.decisions.filter((decision) => decision.verdict === 'make');
  const parked = input.ledger.history().accounts.get(input.account)?.parked ?? new Map<string, Parked>();
  const progress: Progress = { tried: 0, failed: 0, stopped: null, invitations: null, writes: null, parked };
  await settleWithoutRequest(progress, input, report);
  for (let start = 0; start < making.length; start += input.intentsPerAppend) {
    const batch = making.slice(start, start + input.intentsPerAppend);
    stopIfInterrupted(progress, input);
    if (progress.stopped === null) {
      const intents = batch.map(({ change, budget, approvals, reverts, policyName, losesKeys, parts }): LedgerEntry => {
        const facts = { budget, approvals, reverts, policyName, ...(losesKeys === true ? { losesKeys } : {}) };
        return { kind: 'intent', account: input.account, change, facts, ...(parts.length > 1 ? { parts } : {}) };
      });
      await record(intents, progress, input);
    }
    for (const decision of batch) await makeOne(decision, progress, input, report);
  }
  return { results, stopped: progress.stopped };
}

interface Progress {
  tried: number;
  failed: number;
  stopped: Applied['stopped'];
  /** Why the vendor takes no more invitations, or no more of anything, in this run. */
  invitations: Closed | null;
  writes: Closed | null;
  /** As it was before this run. */
  readonly parked: ReadonlyMap<string, Parked>;
}

interface Closed {
  readonly why: string;
  readonly notBefore: Instant | null;
}

async function makeOne(decision: Decision, progress: Progress, input: ApplyInput, report: Report): Promise<void> {
  stopIfInterrupted(progress, input);
  const closed = closedFor(decision, progress);
  if (closed !== null) return postpone(decision, closed, progress, input, report);
  const { account, clock, interrupted } = input;
  const { id: change, principal } = decision.change;
  const lastApplied = input.ledger.history().accounts.get(account)?.lastApplied.get(principal);
  const made = await performChange(
    { ...decision, lastApplied },
    input.provider,
    (ms) => clock.sleep(ms, interrupted),
    (part) => record([{ kind: 'part', account, principal, change, ...part }], progress, input),
  );
  const entry = entryOf(decision, made, progress.parked.get(decision.change.principal)?.failures ?? 0, input.clock);
  await record([entry], progress, input);
  const steps = made.stillThere ? input.provider.reader.capabilities.manualSteps.stillThere(principal) : [];
  report(withSteps(decision, steps), made.outcome, made.message, entry.not_before);
  // What was refused before and is refused again says nothing of the others.
  if (made.outcome !== 'already' && !(made.park && progress.parked.has(principal))) {
    progress.tried += 1;
    if (made.outcome === 'failed' || made.outcome === 'undecided') progress.failed += 1;
  }
  progress.stopped ??= stopAfter(made, progress.tried, progress.failed);
  if (made.closes !== null) progress[made.closes] = { why: made.message, notBefore: made.notBefore };
}

/** What turns out to be a person's work only when it was tried is handed to them with what they do. */
function withSteps(decision: Decision, steps: readonly string[]): Decision {
  return steps.length === 0 ? decision : { ...decision, change: { ...decision.change, steps: [...steps, ...decision.change.steps] } };
}

function closedFor({ change }: Decision, { stopped, invitations, writes }: Progress): Closed | null {
  if (stopped !== null) return { why: stopped.message, notBefore: null };
  return writes ?? (change.action === 'invite' ? invitations : null);
}

function stopIfInterrupted(progress: Progress, input: ApplyInput): void {
  if (input.interrupted.aborted) progress.stopped ??= { cause: 'interrupted', message: 'interrupted' };
}

type Report = (decision: Decision, outcome: Result['outcome'], message: string, notBefore: string | null) => void;

function stopAfter(made: Made, tried: number, failed: number): Applied['stopped'] {
  if (made.stop === 'credentials') return { cause: 'credentials', message: made.message };
  if (failed >= FAILING_AT_LEAST && failed > tried * FAILING_SHARE) {
    return { cause: 'failing', message: `${failed} of ${tried} changes failed, so the rest of this account is left for the next run` };
  }
  return null;
}

/** What waits, what a person does and what is withheld: said, recorded where it is owed, never sent. */
async function settleWithoutRequest(progress: Progress, input: ApplyInput, report: Report): Promise<void> {
  const entries: LedgerEntry[] = [];
  for (const decision of input.decisions) {
    const { change, verdict, message } = decision;
    if (verdict === 'make' || verdict === 'leave') continue;
    const outcome = verdict === 'hand' ? 'manual' : verdict === 'wait' ? 'deferred' : 'withheld';
    report(decision, outcome, message, verdict === 'wait' ? change.not_before : null);
    if (outcome !== 'withheld') entries.push(outcomeEntry(change, outcome, message, { not_before: change.not_before }));
  }
  await record(entries, progress, input);
}

async function postpone(
  decision: Decision,
  { why, notBefore }: Closed,
  progress: Progress,
  input: ApplyInput,
  report: Report,
): Promise<void> {
  await record([outcomeEntry(decision.change, 'deferred', why, { not_before: notBefore })], progress, input);
  report(decision, 'deferred', `not begun: ${why}`, notBefore);
}

/** False, and the end of this account, when the ledger cannot be written: what was done stays said, and nothing more is begun. */
async function record(entries: readonly LedgerEntry[], progress: Progress, input: ApplyInput): Promise<boolean> {
  if (progress.stopped?.cause === 'ledger') return false;
  try {
    await input.ledger.append(entries);
    return true;
  } catch (error) {
    progress.stopped = { cause: 'ledger', message: error instanceof Error ? error.message : 'the ledger could not be written' };
    return false;
  }
}

function entryOf(decision: Decision, made: Made, failures: number, clock: Clock): OutcomeEntry {
  const { change, budget, approvals, reverts, policyName } = decision;
  const done = made.outcome === 'applied' || made.outcome === 'already';
  const parked = made.park ? parkedUntil(failures + 1, clock) : null;
  // A delete that is not whole stays in the plan and is counted there; a lowering that is not whole may be none any more.
  const mayBeDone = made.outcome === 'applied' || made.outcome === 'undecided' || (made.took && change.action === 'patch');
  const after = change.after;
  const held: LastApplied | null =
    after === null || !done
      ? null
      : { roles: after.roles, groups: after.groups, name: policyName ?? after.name, status: made.status ?? after.status };
  return outcomeEntry(change, made.outcome, made.message, {
    not_before: parked?.until ?? made.notBefore,
    posted: made.posted,
    held,
    // An undecided delete may have happened, so it spends its budget too; a refused one has not.
    spent: mayBeDone && budget !== null ? { budget, approvals } : null,
    reverted: made.outcome === 'applied' ? reverts : null,
    parked,
    address_taken: made.addressTaken,
    ...(made.stillThere ? { still_there: true } : {}),
    ...(done && decision.losesKeys === true ? { keys_left: true } : {}),
  });
}

function parkedUntil(failures: number, clock: Clock): { failures: number; until: Instant } {
  const hours = PARK_HOURS[Math.min(failures, PARK_HOURS.length) - 1] ?? 24;
  return { failures, until: new Date(clock.now() + hours * HOUR_MS).toISOString() };
}
