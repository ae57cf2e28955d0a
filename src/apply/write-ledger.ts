import { RollcallError } from '../errors.ts';
import type { Clock, LedgerStorage } from '../ports.ts';
import { visible } from '../text/encode.ts';
import { chainRecord } from './chain-record.ts';
import { createHistoryFold } from './fold-history.ts';
import type { DatedEntry, LedgerEntry, LedgerRecord } from './ledger-records.ts';
import type { Ledger, Seal } from './open-ledger.ts';

/** How often one append goes behind what others wrote meanwhile before it gives up. */
const MERGES = 5;

export interface Writing {
  readonly path: string;
  readonly storage: LedgerStorage;
  readonly clock: Clock;
  readonly seal: Seal | null;
  /** Verifies all of a ledger. */
  readonly parse: (text: string) => readonly LedgerRecord[];
}

interface Stored {
  readonly records: readonly LedgerRecord[];
  readonly version: string;
}

/** The ledger of one run from here on: every append goes behind the last record, one after another. */
export function writeLedger(writing: Writing, opened: Stored): Ledger {
  const { storage } = writing;
  const state = createState(opened);
  let turn: Promise<unknown> = Promise.resolve();
  let told = false;
  /** What a file failed with. It is not tried again: what is on the disk by then is known only to whoever reads it anew. */
  let failure: unknown = null;
  /** Two appends that are made at once go out in turn, each on top of the other. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(() => (failure === null ? work() : Promise.reject(failure)));
    turn = done.catch((error: unknown) => {
      told = true;
      if (storage.whenLost === 'stop') failure = error;
    });
    return done;
  };
  const flush = () => inTurn(async () => send([], state, writing));
  return {
    get records() {
      return state.records;
    },
    intentsPerAppend: storage.intentsPerAppend,
    history: () => state.fold.history(),
    append: (entries) =>
      inTurn(async () => {
        if (entries.length === 0) return;
        const dated = dateEntries(entries, writing.clock);
        if (storage.outcomesWait && entries.every(({ kind }) => kind === 'outcome' || kind === 'part')) hold(dated, state);
        else await send(dated, state, writing);
      }),
    flush,
    close: async () => {
      const known = told;
      try {
        await flush();
      } catch (error) {
        if (!known) throw error;
      } finally {
        await storage.release();
      }
    },
  };
}

interface State {
  records: LedgerRecord[];
  version: string;
  fold: ReturnType<typeof createHistoryFold>;
  /** Outcomes and parts that wait for the next append. The fold has them. */
  held: readonly DatedEntry[];
  /** Whether an intent of this run is durable, so that it may have written to a vendor. */
  begun: boolean;
  /**
   * Whether another run has begun since. It has planned without knowing what this one was still about to do, so the field is its own:
   * what was done here is still written down, and nothing more is begun.
   */
  outrun: boolean;
  /** What was sent last and may have arrived although nobody said so. */
  unsure: { readonly records: readonly LedgerRecord[]; readonly held: number } | null;
}

function createState({ records, version }: Stored): State {
  const fold = createHistoryFold();
  fold.add(records);
  return { records: [...records], version, fold, held: [], begun: false, outrun: false, unsure: null };
}

function hold(entries: readonly DatedEntry[], state: State): void {
  state.held = [...state.held, ...entries];
  state.fold.add(entries);
}

/** Makes what waits and what is new durable. What waits keeps its time; what is new is dated anew when it goes behind somebody else. */
async function send(fresh: readonly DatedEntry[], state: State, writing: Writing): Promise<void> {
  const { storage, path, clock } = writing;
  if (state.unsure !== null && storage.whenLost === 'merge') await catchUp(state, writing);
  let entries = fresh;
  for (let merges = 0; ; merges += 1) {
    if (state.outrun && entries.some(isIntent)) throw new RollcallError('ledgerLost', visible(path));
    const chained = chainAll([...state.held, ...entries], state.records.at(-1) ?? null, writing.seal);
    if (chained.records.length === 0) return;
    state.unsure = { records: chained.records, held: state.held.length };
    const answer = await storage.append(chained.lines, state.version);
    if (answer.kind === 'stored') return accept(chained.records, answer.version, state);
    if (storage.whenLost === 'stop' || merges === MERGES) throw new RollcallError('ledgerLost', visible(path));
    if (await catchUp(state, writing)) return;
    entries = dateEntries(entries, clock);
  }
}

function accept(records: readonly LedgerRecord[], version: string, state: State): void {
  for (const record of records) state.records.push(record);
  state.fold.add(records.slice(state.held.length));
  state.version = version;
  state.held = [];
  state.begun ||= records.some(isIntent);
  state.unsure = null;
}

/**
 * Reads what is there by now, which has to begin with all that this run knows. True when it holds what was sent last: it had arrived,
 * and only the answer was lost. A run that has not begun to write to vendors leaves the field to whoever wrote here meanwhile.
 */
async function catchUp(state: State, { storage, path, parse }: Writing): Promise<boolean> {
  const stored = await storage.read();
  const records = parse(stored.text);
  const known = state.records.length;
  if (records[known - 1]?.hash !== state.records.at(-1)?.hash) {
    throw new RollcallError('ledgerDamaged', visible(path), String(known), 'it is not the one that was there before');
  }
  const sent = state.unsure?.records ?? [];
  const arrived = sent.length > 0 && records[known + sent.length - 1]?.hash === sent.at(-1)?.hash;
  const ours = arrived ? sent : [];
  if (!state.begun && records.length > known + ours.length) throw new RollcallError('ledgerLost', visible(path));
  const begun = state.begun || ours.some(isIntent);
  const outrun = state.outrun || records.slice(known + ours.length).some(isIntent);
  const held = arrived ? state.held.slice(state.unsure?.held) : state.held;
  Object.assign(state, createState({ records, version: stored.version }), { begun, outrun });
  hold(held, state);
  return arrived;
}

function isIntent({ kind }: LedgerEntry): boolean {
  return kind === 'intent';
}

function chainAll(entries: readonly DatedEntry[], last: LedgerRecord | null, seal: Seal | null) {
  const records: LedgerRecord[] = [];
  let lines = '';
  for (const entry of entries) {
    const { line, record } = chainRecord(entry, records.at(-1) ?? last, seal);
    records.push(record);
    lines += `${line}\n`;
  }
  return { lines, records };
}

function dateEntries(entries: readonly LedgerEntry[], clock: Clock): DatedEntry[] {
  const at = new Date(clock.now()).toISOString();
  return entries.map((entry) => ({ ...entry, at }));
}
