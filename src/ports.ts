/**
 * What rollcall needs of the world. `cli.ts` hands in the real ones; a test or the demo hands in its own.
 * Nothing else in `src/` reads the clock, draws a random number, opens a file or a socket, or looks at the process.
 */

/** Milliseconds since 1970 in UTC, and waiting. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A number in [0, 1). */
export type Random = () => number;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, from connecting to the last byte of the body. */
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /** Ends the exchange early. */
  readonly signal?: AbortSignal;
}

export type HttpReply =
  /** A whole answer: the status, the headers in lower case, the whole body as text. */
  | { readonly kind: 'reply'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  /** No byte of the request reached the other side. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** It may have reached the other side: time-out, reset, cut or oversized body. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Sends one request; follows no redirect, retries nothing, never throws. */
export interface Http {
  send(request: HttpRequest): Promise<HttpReply>;
  close(): Promise<void>;
}

export interface FileEntry {
  readonly name: string;
  /** What `lstat` says: a link is a link, wherever it leads. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: number;
}

/** A tree of policy files, read as data: a folder on disk, or a commit. */
export interface PolicySource {
  /** The entries of a folder inside, `''` for the top; null when it is not there. Unsorted. */
  list(folder: string): Promise<readonly FileEntry[] | null>;
  /** A regular file's bytes. */
  read(path: string): Promise<Uint8Array>;
}

/** The few file operations that commands need besides policies. Paths are as the user gave them. */
export interface Files {
  /** The one absolute name of a path, for telling whether two mean the same place. */
  resolve(path: string): string;
  readText(path: string, maxBytes: number): Promise<string | null>;
  /** Whole or not at all: written beside, synced, renamed. */
  writeText(path: string, text: string): Promise<void>;
  /** A new file, whole, and never in the place of anything: `exists` where something of that name is there, even a broken link. */
  create(path: string, text: string): Promise<'made' | 'exists'>;
  policies(folder: string): PolicySource;
  /** A new folder of our own, outside the repository, and how to be rid of it. */
  temporary(): Promise<{ readonly folder: string; discard(): Promise<void> }>;
}

/** Runs git in one folder; never throws on a non-zero exit. `env` is added to the environment: a credential is never an argument. */
export interface Git {
  run(
    args: readonly string[],
    stdin?: string | Uint8Array,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number; readonly stdout: Uint8Array }>;
}

/**
 * The operations on local files that the ledger stands on; each is one step, which may fail with one of Node's codes or be the last of
 * its run. What was not synced may be lost with the power: bytes by their file's `sync`, names by that of their folder.
 */
export interface Disk {
  read(path: string): Promise<Uint8Array>;
  /** Bytes of a file. */
  size(path: string): Promise<number>;
  /** A file to append to, made where there is none; a `new` one, which fails where there is one; a folder, to sync its names. */
  open(path: string, how: 'append' | 'new' | 'folder'): Promise<DiskHandle>;
  truncate(path: string, bytes: number): Promise<void>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** The names in a folder. */
  list(folder: string): Promise<readonly string[]>;
  /** One folder, in a folder that is there. */
  makeFolder(folder: string): Promise<void>;
}

export interface DiskHandle {
  append(text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Where the ledger's lines live: a local file, later a branch. */
export interface LedgerStorage {
  /** How many intents become durable in one append: one for a disk, many where an append is a push. */
  readonly intentsPerAppend: number;
  /** Whether outcomes may wait for the next append: where an append is a push, a run that is killed meanwhile finds them by reading. */
  readonly outcomesWait: boolean;
  /**
   * What a lost race means once this run may have written to a vendor: `stop` where nobody else should be there, `merge` where the
   * entries go behind what somebody else wrote meanwhile.
   */
  readonly whenLost: 'stop' | 'merge';
  /**
   * Takes the lock where there is one. A note says what was done to get it, such as taking over a dead run's lock; `nameless` is a lock
   * of which nobody can tell whether its run is over.
   */
  acquire(): Promise<
    | { readonly kind: 'acquired'; readonly note: string | null }
    | { readonly kind: 'held'; readonly by: string }
    | { readonly kind: 'nameless'; readonly lock: string }
  >;
  read(): Promise<{ readonly text: string; readonly version: string }>;
  /** Durable when it resolves `stored`; `lost` when somebody else moved the ledger since `version`. */
  append(lines: string, version: string): Promise<{ readonly kind: 'stored'; readonly version: string } | { readonly kind: 'lost' }>;
  /** Cuts a torn last line: keeps the first `bytes` bytes (UTF-8). */
  truncate(bytes: number, version: string): Promise<{ readonly version: string }>;
  release(): Promise<void>;
}

/** A sink for text: stdout or stderr. */
export interface TextSink {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Columns of the terminal, or a default. */
  readonly columns: number;
}

/** Asks a yes-or-no question on the terminal; null when there is no terminal to ask. */
export type Ask = ((question: string) => Promise<boolean>) | null;

/** Asks for one line of text on the terminal; null when there is no terminal. An empty line is `''`, an end of input or Ctrl-C is null. */
export type Prompt = ((question: string) => Promise<string | null>) | null;

/** Everything a command is given. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly openHttp: () => Promise<Http>;
  readonly files: Files;
  readonly git: (folder: string) => Git;
  readonly openStorage: (path: string) => LedgerStorage;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly ask: Ask;
  readonly prompt: Prompt;
  /** Everything that is given on standard input, as text; a RollcallError beyond `maxBytes`. On a terminal it ends with Ctrl-D. */
  readonly readInput: (maxBytes: number) => Promise<string>;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
  /** Aborted a few seconds after `interrupted`: what is in flight then is given up. */
  readonly graceOver: AbortSignal;
}
