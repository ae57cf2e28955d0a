import { openMemoryRemote } from '../github/state-memory-remote.ts';
import { createDraw, type Draw } from './create-draw.ts';
import { createSimChecker, type SimChecker } from './create-sim-checker.ts';
import { createTimeline, type Timeline } from './create-timeline.ts';
import type { Faults } from './draw-fault.ts';
import { openMemoryDisk } from './memory-disk.ts';
import { openSimVendor, type SimVendor } from './open-sim-vendor.ts';
import type { Ledger } from './run-sim-process.ts';
import { ROLES } from './sim-facts.ts';
import { type Grants, type SimAccount, type SimPolicy, withLesser, writePolicy } from './sim-policy.ts';

export interface Counts {
  runs: number;
  requests: number;
  /** Of the requests those that a fault could strike. */
  exposed: number;
  faults: number;
  writes: number;
  /** Of the writes those that a fault struck. */
  struckWrites: number;
  deaths: number;
  /** Of the deaths those at a request that changes something. */
  deathsAtWrites: number;
  steps: number;
  /** Runs after the faults stopped until nothing was left to do. */
  healing: number;
}

export const START_MS = Date.parse('2026-11-23T09:00:00.000Z');

export const PEOPLE = ['p1', 'p2', 'p3', 'p4'].map((name) => `${name}@acme.example`);

export const STRANGERS = ['s1@elsewhere.example', 's2@elsewhere.example'];
/** Whom nobody ever touches: an account in which nearly everybody is another by now would be taken for another account. */
export const ANCHORS = ['a1', 'a2', 'a3'].map((name) => `${name}@acme.example`);

/** What a world begins with. It is lived through once, because nothing goes wrong in it, and many worlds begin with it. */
export interface Beginning {
  readonly number: number;
  readonly accounts: readonly SimAccount[];
  readonly live: ReadonlyMap<string, Grants>;
  /** By account: who was there at the beginning and in no policy. */
  readonly unmanaged: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  readonly commit: SimPolicy;
  readonly ledger: Ledger['kind'];
}

export interface Begun extends Beginning {
  /** The ledger by path, once the first run is over, and when that is. */
  readonly written: ReadonlyMap<string, string>;
  readonly nowMs: number;
  readonly violations: readonly string[];
}

export interface Sim {
  readonly draw: Draw;
  readonly timeline: Timeline;
  readonly accounts: readonly SimAccount[];
  readonly vendors: ReadonlyMap<string, SimVendor>;
  readonly ledger: Ledger;
  readonly checker: SimChecker;
  readonly commits: SimPolicy[];
  readonly unmanaged: Beginning['unmanaged'];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Map<string, string>;
  readonly living: Set<number>;
  readonly trace: string[];
  readonly counts: Counts;
  /** Null while nothing goes wrong. */
  weather: { readonly faults: Faults; readonly breaks: () => string | null } | null;
  plannedFrom: SimPolicy | null;
  nextPid: number;
}

export function drawBeginning(number: number, draw: Draw): Beginning {
  const accounts = drawAccounts(draw);
  const live = new Map(accounts.map((account) => [account.name, drawGrants(draw, account)]));
  // Somebody may be there whom policy does not name.
  const named = new Map(
    accounts.map(({ name }) => [
      name,
      new Map([...(live.get(name) ?? [])].filter(([email]) => ANCHORS.includes(email) || draw.chance(0.8))),
    ]),
  );
  const commit = writePolicy(1, accounts, named, new Map(accounts.map(({ name }) => [name, dayOf(START_MS)])));
  const unnamed = (grants: Grants | undefined) =>
    new Map([...(grants ?? [])].filter(([email]) => !isNamed(commit, email)).map(([email, { roles }]) => [email, withLesser(roles)]));
  const unmanaged = new Map(accounts.map(({ name }) => [name, unnamed(live.get(name))]));
  return { number, accounts, live, unmanaged, commit, ledger: draw.chance(0.7) ? 'file' : 'branch' };
}

export function openSim(draw: Draw, { number, accounts, live, unmanaged, commit, ledger }: Beginning, begun: Begun | null): Sim {
  const timeline = createTimeline(START_MS, draw.fork());
  // People have the same ids wherever a beginning is begun with.
  const own = createDraw(number);
  const vendors = new Map(
    accounts.map((account) => [account.name, openSimVendor(account, live.get(account.name) ?? new Map(), timeline, own.fork())]),
  );
  const commits = [commit];
  if (begun !== null) timeline.advance(begun.nowMs - timeline.now());
  return {
    unmanaged,
    draw,
    timeline,
    accounts,
    vendors,
    ledger: openLedger(ledger, begun?.written ?? new Map()),
    checker: createSimChecker(() => timeline.now(), accounts, commits, unmanaged, ledger),
    commits,
    env: Object.assign({}, ...[...vendors.values()].map((vendor) => vendor.env)) as Record<string, string>,
    files: new Map(),
    living: new Set(),
    trace: [`begins as ${number}`],
    counts: { runs: 0, requests: 0, exposed: 0, faults: 0, writes: 0, struckWrites: 0, deaths: 0, deathsAtWrites: 0, steps: 0, healing: 0 },
    weather: null,
    plannedFrom: null,
    nextPid: 1,
  };
}

function openLedger(kind: Ledger['kind'], written: ReadonlyMap<string, string>): Ledger {
  if (kind === 'file') {
    const disk = openMemoryDisk();
    for (const [file, text] of written) disk.put(file, text);
    return { kind, disk };
  }
  const remote = openMemoryRemote();
  if (written.size > 0) remote.move(Object.fromEntries(written));
  return { kind, remote };
}

export const NAMES = { telnyx: 'voice', twilio: 'main' } as const;

const KINDS: readonly (readonly SimAccount['kind'][])[] = [
  ...Array.from({ length: 17 }, () => ['telnyx'] as const),
  ['twilio'],
  ['twilio'],
  ['telnyx', 'twilio'],
];

function drawAccounts(draw: Draw): SimAccount[] {
  const kinds = draw.pick(KINDS);
  return kinds.map((kind) => ({
    name: NAMES[kind],
    kind,
    guards: { max_deletes: draw.between(1, 3), min_admins: draw.between(1, 2) },
    invites: kind === 'telnyx' ? { per_hour: draw.between(1, 3), open: draw.between(2, 4) } : { per_hour: 10, open: 10 },
  }));
}

function drawGrants(draw: Draw, account: SimAccount): Grants {
  const grants = new Map(
    ANCHORS.map((email, at) => [email, { roles: [ROLES[account.kind].at(at === 0 ? -1 : 0) ?? ''], until: null as string | null }]),
  );
  for (const email of draw.some(PEOPLE, 0.6)) grants.set(email, { roles: drawRoles(draw, account), until: null });
  return grants;
}

export function drawRoles(draw: Draw, { kind }: SimAccount): string[] {
  if (kind === 'telnyx') return [draw.pick(ROLES.telnyx)];
  if (draw.chance(0.25)) return ['administrator'];
  const some = draw.some(['support', 'billing_manager', 'developer'], 0.5);
  return some.length === 0 ? ['support'] : some.toSorted();
}

export function isNamed({ grants }: SimPolicy, email: string): boolean {
  return [...grants.values()].some((own) => own.has(email));
}

export function newest({ commits }: Sim): SimPolicy {
  return commits.at(-1) ?? missing();
}

export function vendorOf({ vendors }: Sim, account: string): SimVendor {
  return vendors.get(account) ?? missing();
}

function missing(): never {
  throw new Error('a world has a commit and its accounts');
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
