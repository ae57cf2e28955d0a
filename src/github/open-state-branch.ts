import type { LedgerStorage } from '../ports.ts';
import { extendSegments, LEDGER_FOLDER, readSegments } from './state-segments.ts';

/** The name of the branch that holds the ledger and what was observed. */
export const STATE_BRANCH = 'rollcall-state';
export const HEARTBEAT_PATH = 'heartbeat.json';
const README_PATH = 'README.md';

/** How many intents one push makes durable. */
const INTENTS_PER_APPEND = 20;
/** How often files are put on top of what others pushed meanwhile. */
const TRIES = 5;

/** The newest observation of one account. */
export function livePath(account: string): string {
  return `live/${account}.json`;
}

/** The branch as another machine holds it. Every call may throw: then nobody knows whether it did anything. */
export interface StateRemote {
  /** The commit it points at; null when there is no such branch. */
  head(): Promise<string | null>;
  /** Every file of a commit. */
  files(commit: string): Promise<ReadonlyMap<string, string>>;
  /** One commit on top of `parent` (null: the branch is made), if the branch still stands there; a null text deletes a file. */
  commit(
    parent: string | null,
    message: string,
    files: ReadonlyMap<string, string | null>,
  ): Promise<{ readonly kind: 'moved'; readonly commit: string } | { readonly kind: 'lost' }>;
}

export interface StateBranch {
  readonly storage: LedgerStorage;
  /** A whole file, outside the ledger, that goes out with the next append or flush. */
  put(path: string, text: string): void;
  /** Pushes what was put and did not go out yet; `lost` when others were faster again and again. */
  flush(): Promise<'stored' | 'lost'>;
  /** The commit last seen; null before the first look, and while there is no branch. */
  head(): string | null;
  /** Whether nobody else has moved the branch since this run last saw or moved it. */
  isCurrent(): Promise<boolean>;
  /** The files as of the commit last seen; looks when nothing was seen yet. */
  read(): Promise<ReadonlyMap<string, string>>;
}

/** The ledger and the files beside it on a branch that only ever moves forward, a commit an append. */
export function openStateBranch({ remote }: { readonly remote: StateRemote }): StateBranch {
  const state: State = { seen: null, handed: null, waiting: new Map() };
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  const storage: LedgerStorage = {
    intentsPerAppend: INTENTS_PER_APPEND,
    outcomesWait: true,
    whenLost: 'merge',
    // Nobody holds a branch: who comes second loses the push.
    acquire: async () => ({ kind: 'acquired', note: null }),
    read: () =>
      inTurn(async () => {
        const { commit, files } = await look(remote, state);
        state.handed = { text: readSegments(STATE_BRANCH, files).text, version: commit ?? '' };
        return state.handed;
      }),
    append: (lines, version) => inTurn(() => appendLines(lines, version, remote, state)),
    truncate: () => Promise.reject(new Error('a commit is whole, so no line on a branch is torn')),
    release: async () => undefined,
  };
  return {
    storage,
    put: (path, text) => {
      if (path.startsWith(LEDGER_FOLDER)) throw new Error('lines of the ledger go through its storage');
      state.waiting.set(path, text);
    },
    flush: () => inTurn(() => pushWaiting(remote, state)),
    head: () => state.seen?.commit ?? null,
    isCurrent: () => inTurn(async () => state.seen !== null && (await remote.head()) === state.seen.commit),
    read: () => inTurn(async () => (state.seen ?? (await look(remote, state))).files),
  };
}

interface Seen {
  readonly commit: string | null;
  readonly files: ReadonlyMap<string, string>;
}

interface State {
  seen: Seen | null;
  /** The ledger as whoever appends knows it. */
  handed: { readonly text: string; readonly version: string } | null;
  readonly waiting: Map<string, string>;
}

async function look(remote: StateRemote, state: State): Promise<Seen> {
  const commit = await remote.head();
  if (state.seen === null || state.seen.commit !== commit) {
    state.seen = { commit, files: commit === null ? new Map() : await remote.files(commit) };
  }
  return state.seen;
}

async function appendLines(
  lines: string,
  version: string,
  remote: StateRemote,
  state: State,
): Promise<Awaited<ReturnType<LedgerStorage['append']>>> {
  const { seen, handed } = state;
  if (seen === null || handed?.version !== version) return { kind: 'lost' };
  const segments = readSegments(STATE_BRANCH, seen.files);
  // A flush may have looked again and found records that whoever appends has not read.
  if (segments.text !== handed.text) return { kind: 'lost' };
  const { path, text } = extendSegments(segments, lines);
  const moved = await push(`Ledger from record ${segments.records + 1}`, new Map([[path, text]]), remote, state, seen);
  if (moved === null) return { kind: 'lost' };
  state.handed = { text: segments.text + lines, version: moved };
  return { kind: 'stored', version: moved };
}

async function pushWaiting(remote: StateRemote, state: State): Promise<'stored' | 'lost'> {
  for (let tries = 0; tries < TRIES && state.waiting.size > 0; tries += 1) {
    const seen = tries === 0 && state.seen !== null ? state.seen : await look(remote, state);
    await push('What was seen', new Map(), remote, state, seen);
  }
  return state.waiting.size === 0 ? 'stored' : 'lost';
}

/** One commit with these files and all that wait; null when somebody else moved the branch first. */
async function push(
  message: string,
  files: ReadonlyMap<string, string>,
  remote: StateRemote,
  state: State,
  seen: Seen,
): Promise<string | null> {
  const waiting = new Map(state.waiting);
  const readme: [string, string][] = seen.commit === null ? [[README_PATH, README]] : [];
  const all = new Map([...readme, ...waiting, ...files]);
  const answer = await remote.commit(seen.commit, message, all);
  if (answer.kind === 'lost') return null;
  state.seen = { commit: answer.commit, files: new Map([...seen.files, ...all]) };
  // What was put meanwhile, under the same name too, is not there yet.
  for (const [path, text] of waiting) if (state.waiting.get(path) === text) state.waiting.delete(path);
  return answer.commit;
}

/** What lies on the branch, by what it is. Throws `ledgerDamaged` where the ledger's files are not whole. */
export function readStateFiles(files: ReadonlyMap<string, string>): {
  readonly ledgerText: string;
  /** By account. */
  readonly live: ReadonlyMap<string, string>;
  readonly heartbeat: string | null;
} {
  const live = new Map<string, string>();
  for (const [path, text] of files) {
    const account = /^live\/([a-z0-9-]+)\.json$/.exec(path)?.[1];
    if (account !== undefined) live.set(account, text);
  }
  return { ledgerText: readSegments(STATE_BRANCH, files).text, live, heartbeat: files.get(HEARTBEAT_PATH) ?? null };
}

const README = `# The state of rollcall

This branch is written by rollcall alone. Nobody edits it: every record and every document on it is signed, and one that does not
verify stops all writing until it is put right.

- \`ledger/\`: the append-only record of what was observed, approved, sent and done. \`rollcall ledger verify\` proves it.
- \`live/\`: the newest observation of each account, on which pull requests are planned.
- \`heartbeat.json\`: when a scheduled run was last alive.

A ruleset should forbid force pushes to this branch and its deletion.
`;
