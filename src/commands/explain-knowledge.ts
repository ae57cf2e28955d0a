import type { DesiredState, History, Instant, Reading } from '../model.ts';
import { describeAge } from '../report/comment/describe-age.ts';
import { formatInstant } from '../report/format-instant.ts';
import { readHistory } from './plan.ts';
import { isWithoutLedger, type LocalState, readLocalState } from './read-local-state.ts';
import { readObservationFile } from './read-observation-file.ts';
import type { Run } from './run-context.ts';

/** What there is to explain from beside policy. */
export interface Knowledge {
  /** Null where no ledger is at hand: then nothing is known of what was applied, rather than that nothing was. */
  readonly history: History | null;
  readonly readings: ReadonlyMap<string, Reading>;
  /** How new the state branch is, by its newest run; null where readings are not its. */
  readonly asOf: Instant | null;
  /** What all this cannot tell, or how old it is, in sentences. */
  readonly notes: readonly string[];
}

const UNREAD = 'live was not read: give --observation FILE to see it';
const UNKNOWN = 'since when and by which pull request, what is owed and whose keys stay behind cannot be known here';

/** The ledger and the observation that the flags name, or else what this clone has of the state branch. */
export async function explainKnowledge(run: Run, desired: DesiredState, observation: string | null): Promise<Knowledge> {
  const given = observation === null ? null : await readObservationFile(run, desired, observation);
  if (!(await isWithoutLedger(run))) {
    return { history: await readHistory(run), readings: given ?? new Map(), asOf: null, notes: given === null ? [UNREAD] : [] };
  }
  const state = await readLocalState(run, desired);
  if (state.kind === 'found') {
    const notes = agesOf(run, state, given !== null);
    return { history: state.history, readings: given ?? state.readings, asOf: given === null ? state.at : null, notes };
  }
  const why =
    state.kind === 'missing'
      ? `there is no ledger here, and ${state.why}`
      : `what this clone has of rollcall-state does not verify, so nothing of it is shown (${state.why})`;
  return { history: null, readings: given ?? new Map(), asOf: null, notes: [`${why}; ${UNKNOWN}`, ...(given === null ? [UNREAD] : [])] };
}

function agesOf(run: Run, { at }: Extract<LocalState, { kind: 'found' }>, isGiven: boolean): string[] {
  if (at === null) return isGiven ? [] : [UNREAD];
  const age = `${formatInstant(at)} (${describeAge(at, new Date(run.clock.now()).toISOString())})`;
  return [
    `the ledger${isGiven ? ' is' : ' and live are'} what this clone has of rollcall-state, as of ${age}: \`git fetch\` brings what is newer`,
  ];
}
