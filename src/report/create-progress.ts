import type { Clock, TextSink } from '../ports.ts';
import { countWords, formatNumber } from './count-words.ts';
import { fitText } from './fit-text.ts';

/** What is under way; with `unit`, how much of it is done. What it says has passed the encoder. */
export interface Step {
  /** `Reading telnyx-production`. */
  readonly subject: string;
  /** What is counted, in the singular: `page`, `account`, `change`. */
  readonly unit: string;
  readonly done: number;
  /** Null where nobody knows yet. */
  readonly total: number | null;
}

export interface Progress {
  /** Where the work stands; null when it is over. */
  show(step: Step | string | null): void;
  /** Wraps a sink of the same terminal: what is written there takes the place of the line. */
  beside(sink: TextSink): TextSink;
}

/** What is done sooner than this needs no progress. */
const QUIET_MS = 1_000;
/** At most ten lines a second. */
const LEAST_BETWEEN_MS = 100;
const CLEAR = '\r\u001b[K';

/**
 * One line on a terminal that the next one replaces: what is under way, how far, how fast, and the time left. Nothing for the first
 * second, and nothing at all where `isShown` says no. `clock` is the real one, whatever time the run itself goes by.
 */
export function createProgress(sink: TextSink, clock: Clock, isShown: boolean): Progress {
  if (!isShown) return { show: () => undefined, beside: (other) => other };
  let started: { readonly atMs: number; readonly over: AbortController } | null = null;
  let pace: Pace | null = null;
  let newest: Step | string = '';
  let drawnMs: number | null = null;

  const clear = (): void => {
    if (drawnMs !== null) sink.write(CLEAR);
    drawnMs = null;
  };
  const draw = (): void => {
    const nowMs = clock.now();
    if (started === null || nowMs - started.atMs < QUIET_MS || (drawnMs !== null && nowMs - drawnMs < LEAST_BETWEEN_MS)) return;
    // In the last column some terminals would begin a new line.
    sink.write(CLEAR + fitText(describeStep(newest, pace, nowMs), sink.columns - 1));
    drawnMs = nowMs;
  };
  const begin = (): void => {
    started = { atMs: clock.now(), over: new AbortController() };
    void keepDrawing(started.over.signal);
  };
  // Where a step takes long no other one would draw the line, and what it says of the time left would be of the past.
  const keepDrawing = async (over: AbortSignal): Promise<void> => {
    while (!over.aborted) {
      await clock.sleep(QUIET_MS, over);
      if (!over.aborted) draw();
    }
  };
  return {
    show: (step) => {
      if (step === null) {
        started?.over.abort();
        started = null;
        pace = null;
        return clear();
      }
      if (started === null) begin();
      newest = step;
      pace = typeof step === 'string' ? null : paceOf(step, pace, clock.now());
      draw();
    },
    beside: (other) => ({
      ...other,
      write: (text) => {
        clear();
        other.write(text);
      },
    }),
  };
}

/** From where a rate is measured, the first step of its kind, and how far it has come. */
interface Pace {
  readonly unit: string;
  readonly atMs: number;
  readonly from: number;
  readonly done: number;
}

/** Counting that begins anew, because something is read once more, is measured anew. */
function paceOf({ unit, done }: Step, known: Pace | null, atMs: number): Pace {
  return known !== null && known.unit === unit && known.done <= done ? { ...known, done } : { unit, atMs, from: done, done };
}

function describeStep(step: Step | string, pace: Pace | null, nowMs: number): string {
  if (typeof step === 'string') return step;
  const { subject, unit, done, total } = step;
  const place = `${subject}: ${unit} ${formatNumber(done)}${total === null ? '' : ` of ${formatNumber(total)}`}`;
  const seconds = pace === null ? 0 : (nowMs - pace.atMs) / 1_000;
  const made = pace === null ? 0 : done - pace.from;
  if (made <= 0 || seconds <= 0) return place;
  const rate = made / seconds;
  const left = total === null || total <= done ? '' : `, ${describeSeconds((total - done) / rate)} left`;
  return `${place}, ${describeRate(rate, unit)}${left}`;
}

function describeRate(perSecond: number, unit: string): string {
  if (perSecond >= 1) return `${countWords(Math.round(perSecond), unit)}/s`;
  return `${countWords(Math.max(1, Math.round(perSecond * 60)), unit)}/min`;
}

function describeSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
