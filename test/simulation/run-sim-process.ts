import { openFileStorage } from '../../src/apply/open-file-storage.ts';
import { apply } from '../../src/commands/apply.ts';
import { drift } from '../../src/commands/drift.ts';
import { plan } from '../../src/commands/plan.ts';
import { createRun, type GlobalFlags } from '../../src/commands/run-context.ts';
import { RollcallError } from '../../src/errors.ts';
import { openStateBranch } from '../../src/github/open-state-branch.ts';
import type { Disk, Http, LedgerStorage, World } from '../../src/ports.ts';
import type { MemoryRemote } from '../github/state-memory-remote.ts';
import { memorySource } from '../policy/memory-source.ts';
import type { Draw } from './create-draw.ts';
import type { Timeline } from './create-timeline.ts';
import { diskError, type openMemoryDisk } from './memory-disk.ts';
import type { SimPolicy } from './sim-policy.ts';

export type Errand = 'apply --yes' | 'apply --plan' | 'plan' | 'drift --revert';

/** One process of rollcall: what it is asked to do, on which commit, and what happens to it. */
export interface Commission {
  readonly errand: Errand;
  readonly policy: SimPolicy;
  readonly pid: number;
  /**
   * The step at which it dies, before the step has its effect, halfway or after it; null: it lives. Steps are counted among all, among those
   * that leave something behind (records, pushes, and requests that change something), or among these requests alone.
   */
  readonly death: { readonly at: number; readonly among?: keyof typeof STEPS; readonly how: 'before' | 'half' | 'after' } | null;
  /** The step at which somebody presses Ctrl-C. */
  readonly interruptAt: number | null;
}

/** What a process lives in. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly draw: Draw;
  readonly env: Readonly<Record<string, string>>;
  readonly ledger: Ledger;
  /** Sends a request to its vendor, with what may go wrong. */
  readonly send: Http['send'];
  /** Files that commands write, such as plans. */
  readonly files: Map<string, string>;
  /** Whether a step on the disk or the branch fails, and how. */
  readonly breaks: () => string | null;
  isAlive(pid: number): boolean;
  trace(line: string): void;
}

/** Where the ledger is: a file whose disk knows what is durable, or a branch that moves by compare-and-swap. */
export type Ledger =
  | { readonly kind: 'file'; readonly disk: ReturnType<typeof openMemoryDisk> }
  | { readonly kind: 'branch'; readonly remote: MemoryRemote };

export interface Came {
  /** Null where the process died. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly steps: number;
  /** Whether it died at a request that changes something. */
  readonly diedAtWrite: boolean;
}

const STEPS = {
  lasting: /^(append|sync|push|PATCH|PUT|DELETE|POST (?!.*\/token$))/,
  writes: /^(PATCH|PUT|DELETE|POST (?!.*\/token$))/,
} as const;

export const LEDGER = '/repository/ledger.jsonl';
export const PLAN = '/repository/plan.json';
const GRACE_MS = 5_000;
/** Nobody presses Ctrl-C in most runs. */
const NEVER = new AbortController().signal;
const FLAGS: GlobalFlags = {
  policies: 'policies',
  account: [],
  format: 'json',
  out: null,
  quiet: true,
  colour: false,
  ledger: LEDGER,
  debug: false,
};

/** Runs one command in the simulated world, to its end or its death. */
export async function runSimProcess(commission: Commission, around: Surroundings): Promise<Came> {
  const life = createLife(commission, around);
  const out = { stdout: '', stderr: '' };
  const world = worldOf(commission, around, life, out);
  const exit = await Promise.race([life.died, command(commission.errand, world)]);
  return { exit, ...out, steps: life.steps(), diedAtWrite: STEPS.writes.test(life.diedAt() ?? '') };
}

async function command(errand: Errand, world: World): Promise<number> {
  try {
    if (errand === 'plan') {
      return await plan(createRun(world, { ...FLAGS, out: PLAN }), { base: null, observation: null, detailedExitcode: false });
    }
    const run = createRun(world, FLAGS);
    const code =
      errand === 'drift --revert'
        ? await drift(run, true)
        : await apply(run, errand === 'apply --yes' ? { plan: null, yes: true } : { plan: PLAN, yes: false });
    return world.interrupted.aborted ? 130 : code;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    world.stderr.write(error.message);
    return error.exit;
  }
}

/** The steps of one process: requests, what it does on the disk, pushes. */
interface Life {
  readonly died: Promise<null>;
  readonly interrupted: AbortSignal;
  readonly graceOver: AbortSignal;
  steps(): number;
  diedAt(): string | null;
  /** `half` is the effect of a step that was cut off in the middle, where there is one. */
  step<T>(what: string, act: () => Promise<T>, half?: () => void): Promise<T>;
}

function createLife({ pid, death, interruptAt }: Commission, { timeline, trace }: Surroundings): Life {
  const interrupt = interruptAt === null ? null : new AbortController();
  const grace = interruptAt === null ? null : new AbortController();
  let steps = 0;
  let counted = 0;
  let diedAt: string | null = null;
  let interruptedMs = Number.POSITIVE_INFINITY;
  let die: (nothing: null) => void = () => undefined;
  const died = new Promise<null>((resolve) => {
    die = resolve;
  });
  const never = <T>(): Promise<T> => new Promise(() => undefined);
  const end = (what: string, how: string): void => {
    trace(`${pid} dies ${how} ${what}`);
    diedAt = what;
    die(null);
  };
  return {
    died,
    interrupted: interrupt?.signal ?? NEVER,
    graceOver: grace?.signal ?? NEVER,
    steps: () => steps,
    diedAt: () => diedAt,
    step: async (what, act, half) => {
      if (diedAt !== null) return never();
      steps += 1;
      const isCounted = death?.among === undefined || STEPS[death.among].test(what);
      if (isCounted) counted += 1;
      if (steps === interruptAt) {
        trace(`${pid} interrupted at ${what}`);
        interruptedMs = timeline.now();
        interrupt?.abort();
      }
      if (timeline.now() - interruptedMs >= GRACE_MS) grace?.abort();
      const isLast = isCounted && counted === death?.at;
      if (isLast && death.how !== 'after') {
        if (death.how === 'half') half?.();
        end(what, death.how);
        return never();
      }
      const value = await act();
      if (isLast) end(what, 'after');
      return diedAt === null ? value : never();
    },
  };
}

function worldOf(commission: Commission, around: Surroundings, life: Life, out: { stdout: string; stderr: string }): World {
  const { timeline, draw, env, files } = around;
  const sink = (to: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[to] += text;
    },
    isTerminal: false,
    columns: 120,
  });
  return {
    env,
    cwd: '/repository',
    clock: timeline,
    random: draw.random,
    openHttp: async () => ({
      send: (request) => life.step(`${request.method} ${request.url}`, () => around.send(request)),
      close: async () => undefined,
    }),
    files: {
      resolve: (path) => (path.startsWith('/') ? path : `/repository/${path}`),
      readText: async (path) => files.get(path) ?? null,
      writeText: async (path, text) => void files.set(path, text),
      create: async () => 'exists',
      policies: () => memorySource(commission.policy.files),
      temporary: () => Promise.reject(new Error('no folder is made here')),
    },
    git: () => ({ run: async (args) => answerGit(args, commission.policy) }),
    openStorage: () => openStorage(commission, around, life),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    ask: null,
    prompt: null,
    readInput: async () => '',
    interrupted: life.interrupted,
    graceOver: life.graceOver,
  };
}

/** Commits are numbered, and every one follows the one before. */
function answerGit(args: readonly string[], policy: SimPolicy): { code: number; stdout: Uint8Array } {
  const say = (text: string) => ({ code: 0, stdout: new TextEncoder().encode(text) });
  if (args[0] === 'rev-parse') return say(commitOf(policy));
  if (args[0] === 'status') return say('');
  if (args[0] !== 'merge-base') throw new Error(`git was asked to ${args.join(' ')}`);
  const [before = '', head = ''] = args.slice(-2);
  return { code: before <= head ? 0 : 1, stdout: new Uint8Array() };
}

function commitOf({ number }: SimPolicy): string {
  return number.toString(16).padStart(40, '0');
}

function openStorage({ pid }: Commission, around: Surroundings, life: Life): LedgerStorage {
  const { ledger, draw, timeline, breaks, isAlive } = around;
  if (ledger.kind === 'branch') {
    const push = <T>(what: string, act: () => Promise<T>): Promise<T> =>
      life.step(what, async () => {
        await timeline.sleep(draw.between(50, 900));
        const broken = breaks();
        if (broken === null) return act();
        around.trace(`${pid} ${what}: ${broken}`);
        // Of a push that fails nobody knows whether it arrived.
        if (broken === 'after') await act();
        throw new RollcallError('githubUnreachable', 'push', 'the network is gone');
      });
    const { head, files, commit } = ledger.remote;
    return openStateBranch({
      remote: {
        head: () => push('look at the branch', head),
        files: (at) => push('read the branch', () => files(at)),
        commit: (parent, message, texts) => push('push', () => commit(parent, message, texts)),
      },
    }).storage;
  }
  const disk = ledger.disk.share((operation, file, effect, half) =>
    life.step(
      `${operation} ${file}`,
      async () => {
        // One that is as long as a machine's step is never the same instant as another's.
        await timeline.sleep(1);
        const broken = breaks();
        if (broken === null) return effect();
        around.trace(`${pid} ${operation} ${file}: ${broken}`);
        if (draw.chance(0.5)) half();
        throw diskError(broken, file);
      },
      half,
    ),
  );
  return openFileStorage(
    LEDGER,
    { pid, host: 'here', isAlive, newId: () => Math.floor(draw.random() * 2 ** 48).toString(16) },
    disk satisfies Disk,
  );
}
