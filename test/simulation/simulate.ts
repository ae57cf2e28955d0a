import { createHash } from 'node:crypto';
import { parseLedger } from '../../src/apply/open-ledger.ts';
import { openStateBranch } from '../../src/github/open-state-branch.ts';
import type { HttpRequest } from '../../src/ports.ts';
import { openMemoryRemote } from '../github/state-memory-remote.ts';
import { createDraw, type Draw } from './create-draw.ts';
import { createSimChecker, isAdmin, ROLES, type SimChecker, type Truths } from './create-sim-checker.ts';
import { createTimeline, type Timeline } from './create-timeline.ts';
import { DISK_ERRORS, drawFaults, type Faults } from './draw-fault.ts';
import { openMemoryDisk } from './memory-disk.ts';
import { openSimVendor, type SimVendor } from './open-sim-vendor.ts';
import { type Came, type Commission, type Errand, LEDGER, type Ledger, runSimProcess, type Surroundings } from './run-sim-process.ts';
import { type Grants, rolesOn, type SimAccount, type SimPolicy, withLesser, writePolicy } from './sim-policy.ts';

/** What became of one world. */
export interface Simulated {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Of everything that happened, in order: the same seed has the same. */
  readonly traceHash: string;
  readonly trace: readonly string[];
  readonly counts: Counts;
}

export interface Counts {
  runs: number;
  requests: number;
  /** Of the requests those that a fault could strike. */
  exposed: number;
  faults: number;
  writes: number;
  deaths: number;
  steps: number;
  /** Runs after the faults stopped until nothing was left to do. */
  healing: number;
}

const START_MS = Date.parse('2026-11-23T09:00:00.000Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const PEOPLE = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'].map((name) => `${name}@acme.example`);
const STRANGERS = ['s1@elsewhere.example', 's2@elsewhere.example'];
/** Whom nobody ever touches: an account in which nearly everybody is another by now would be taken for another account. */
const ANCHORS = ['a1', 'a2', 'a3'].map((name) => `${name}@acme.example`);
/** An apply and a drift run are one round. After the faults stop, this many rounds a day apart do all that limits allow; one more has nothing to do. */
const ROUNDS = 3;

interface Sim {
  readonly draw: Draw;
  readonly timeline: Timeline;
  readonly accounts: readonly SimAccount[];
  readonly vendors: ReadonlyMap<string, SimVendor>;
  readonly ledger: Ledger;
  readonly checker: SimChecker;
  readonly commits: SimPolicy[];
  /** By account: who was there at the beginning and in no policy. */
  readonly unmanaged: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
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

/** Lives through one world: people, vendors, rollcall, and what goes wrong; then the weather clears, and everything must come right. */
export async function simulate(seed: number): Promise<Simulated> {
  const sim = openSim(seed);
  await run(sim, 'apply --yes', {});
  if (!isConverged(sim)) sim.checker.fail('the first run on a quiet day left something undone');
  settle(sim);
  sim.commits.push(writePolicy(2, sim.accounts, newest(sim).grants, new Map()));
  const bad = badWeather(sim);
  sim.weather = bad;
  // Most worlds are short, because many short ones find more than few long ones; some are long, for what only time brings.
  const days = sim.draw.chance(0.08) ? sim.draw.between(4, 8) : sim.draw.between(1, 2);
  for (let day = 0; day < days; day += 1) await liveOn(sim, day === days - 1 && sim.counts.deaths === 0);
  sim.weather = null;
  await heal(sim);
  const traceHash = createHash('sha256').update(sim.trace.join('\n')).digest('hex');
  return { seed, violations: sim.checker.violations, traceHash, trace: sim.trace, counts: sim.counts };
}

function openSim(seed: number): Sim {
  const draw = createDraw(seed);
  const timeline = createTimeline(START_MS, draw.fork());
  const accounts = drawAccounts(draw);
  const live = new Map(accounts.map((account) => [account.name, drawGrants(draw, account)]));
  // Somebody may be there whom policy does not name.
  const named = new Map(
    accounts.map(({ name }) => [
      name,
      new Map([...(live.get(name) ?? [])].filter(([email]) => ANCHORS.includes(email) || draw.chance(0.8))),
    ]),
  );
  const vendors = new Map(
    accounts.map((account) => [account.name, openSimVendor(account, live.get(account.name) ?? new Map(), timeline, draw.fork())]),
  );
  const commits = [writePolicy(1, accounts, named, new Map(accounts.map(({ name }) => [name, dayOf(START_MS)])))];
  const trace: string[] = [];
  const first = commits[0] ?? missing();
  const unnamed = (grants: Grants | undefined) =>
    new Map([...(grants ?? [])].filter(([email]) => !isNamed(first, email)).map(([email, { roles }]) => [email, withLesser(roles)]));
  const unmanaged = new Map(accounts.map(({ name }) => [name, unnamed(live.get(name))]));
  return {
    unmanaged,
    draw,
    timeline,
    accounts,
    vendors,
    ledger: draw.chance(0.7) ? { kind: 'file', disk: openMemoryDisk() } : { kind: 'branch', remote: openMemoryRemote() },
    checker: createSimChecker(() => timeline.now(), accounts, commits, unmanaged),
    commits,
    env: Object.assign({}, ...[...vendors.values()].map((vendor) => vendor.env)) as Record<string, string>,
    files: new Map(),
    living: new Set(),
    trace,
    counts: { runs: 0, requests: 0, exposed: 0, faults: 0, writes: 0, deaths: 0, steps: 0, healing: 0 },
    weather: null,
    plannedFrom: null,
    nextPid: 1,
  };
}

const KINDS: readonly (readonly SimAccount['kind'][])[] = [
  ['telnyx'],
  ['telnyx'],
  ['telnyx'],
  ['telnyx'],
  ['telnyx'],
  ['telnyx'],
  ['telnyx'],
  ['twilio'],
  ['twilio'],
  ['telnyx', 'twilio'],
];

function drawAccounts(draw: Draw): SimAccount[] {
  const kinds = draw.pick(KINDS);
  return kinds.map((kind) => ({
    name: kind === 'telnyx' ? 'voice' : 'main',
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

function drawRoles(draw: Draw, { kind }: SimAccount): string[] {
  if (kind === 'telnyx') return [draw.pick(ROLES.telnyx)];
  if (draw.chance(0.25)) return ['administrator'];
  const some = draw.some(['support', 'billing_manager', 'developer'], 0.5);
  return some.length === 0 ? ['support'] : some.toSorted();
}

function badWeather({ draw }: Sim): NonNullable<Sim['weather']> {
  const own = draw.fork();
  const faults = drawFaults(own);
  const share = own.chance(0.3) ? 0.02 : 0;
  const errors = [...DISK_ERRORS];
  return { faults, breaks: () => (share > 0 && own.chance(share) ? own.pick(errors) : null) };
}

/** One thing that people do, and one that rollcall does, or both. */
async function liveOn(sim: Sim, mustDie: boolean): Promise<void> {
  const { draw, timeline } = sim;
  for (let acts = draw.below(3); acts > 0; acts -= 1) draw.pick([edit, edit, visitPortal, visitPortal, acceptSome])(sim);
  timeline.advance(draw.pick([MINUTE_MS, 11 * MINUTE_MS, HOUR_MS + 1, 7 * HOUR_MS, DAY_MS, 3 * DAY_MS]));
  const errand = draw.pick<Errand>(['apply --yes', 'apply --yes', 'drift --revert', 'drift --revert', 'plan']);
  const second = draw.chance(0.2) ? draw.pick<Errand>(['apply --yes', 'drift --revert']) : null;
  const fate = () => drawFate(draw, mustDie);
  if (second === null) await run(sim, errand, fate());
  else await timeline.together([() => run(sim, errand, fate()), () => run(sim, second, fate())]);
  if (errand !== 'plan') return;
  // Somebody reads the plan, and the world goes on meanwhile.
  if (draw.chance(0.4)) draw.pick([edit, visitPortal, acceptSome])(sim);
  timeline.advance(draw.pick([MINUTE_MS, HOUR_MS, DAY_MS]));
  if (sim.plannedFrom !== null) await run(sim, 'apply --plan', drawFate(draw, mustDie));
}

type Fate = Partial<Pick<Commission, 'death' | 'interruptAt'>>;

function drawFate(draw: Draw, mustDie: boolean): Fate {
  if (mustDie || draw.chance(0.25))
    return { death: { at: draw.between(1, mustDie ? 4 : 60), how: draw.pick(['before', 'half', 'after']) } };
  return draw.chance(0.1) ? { interruptAt: draw.between(1, 40) } : {};
}

/** A commit: somebody comes, leaves, changes roles, or gets an end. */
function edit(sim: Sim): void {
  const { draw, timeline, commits, accounts, checker } = sim;
  const account = draw.pick(accounts);
  const before = newest(sim);
  const own = new Map(before.grants.get(account.name));
  const email = draw.pick(PEOPLE);
  const had = JSON.stringify(own.get(email));
  if (own.has(email) && draw.chance(0.4)) own.delete(email);
  else {
    const until = draw.chance(0.15) ? dayOf(timeline.now() + draw.between(0, 3) * DAY_MS) : null;
    own.set(email, { roles: drawRoles(draw, account), until });
  }
  if (JSON.stringify(own.get(email)) === had) return;
  commits.push(writePolicy(before.number + 1, accounts, new Map(before.grants).set(account.name, own), before.approvals));
  checker.edited(account.name, email);
  sim.trace.push(`edit ${account.name} ${email} ${own.get(email)?.roles.join('+') ?? 'gone'} ${own.get(email)?.until ?? ''}`);
}

/** Somebody does in the portal what they should not, or must. */
function visitPortal(sim: Sim): void {
  const { draw, checker } = sim;
  const account = draw.pick(sim.accounts);
  const vendor = vendorOf(sim, account.name);
  const before = vendor.truth();
  const there = [...before.keys()].filter((email) => !ANCHORS.includes(email));
  const email = there.length === 0 || draw.chance(0.3) ? draw.pick(STRANGERS) : draw.pick(there);
  const role = draw.pick(ROLES[account.kind]);
  const isEnd = before.has(email) && draw.chance(0.4);
  const answer = isEnd ? vendor.end(email) : vendor.give(email, role);
  checker.portal(account, email, before, vendor.truth());
  sim.trace.push(`portal ${account.name} ${email} ${isEnd ? 'ended' : role} ${answer.done}`);
}

function acceptSome(sim: Sim): void {
  for (const vendor of sim.vendors.values()) {
    for (const [email, { status }] of vendor.truth()) if (status === 'invited' && sim.draw.chance(0.6)) vendor.accept(email);
  }
  sim.trace.push('some accept');
}

async function run(sim: Sim, errand: Errand, { death = null, interruptAt = null }: Fate): Promise<Came> {
  const { checker, counts, trace, timeline } = sim;
  const pid = sim.nextPid;
  sim.nextPid += 1;
  const policy = newest(sim);
  const commission: Commission = { errand, policy, pid, death, interruptAt };
  checker.begin(commission, errand === 'apply --yes' ? policy : errand === 'apply --plan' ? sim.plannedFrom : null);
  if (errand === 'plan') sim.plannedFrom = policy;
  sim.living.add(pid);
  trace.push(`${pid} ${errand} at ${timeline.now() - START_MS} on commit ${policy.number}`);
  const came = await runSimProcess(commission, surroundings(sim, pid));
  sim.living.delete(pid);
  if (came.exit === null) bury(sim);
  if (errand === 'plan' && (came.exit !== 0 || !sim.files.has('/work/plan.json'))) sim.plannedFrom = null;
  counts.runs += 1;
  counts.steps += came.steps;
  trace.push(`${pid} ended ${came.exit} ${came.stderr.slice(0, 120)}`);
  checker.ended(commission, came, (account) => vendorOf(sim, account).truth());
  return came;
}

/** Of a process that died everything may be left, or only what was synced, or something between: it may have been the machine. */
function bury({ ledger, draw, counts, living }: Sim): void {
  counts.deaths += 1;
  // Where another process lives on, the machine does.
  if (ledger.kind !== 'file' || living.size > 0) return;
  const how = draw.pick(['all', 'all', 'nothing', 'some'] as const);
  ledger.disk.cut(how === 'some' ? { names: () => draw.chance(0.5), share: () => draw.random() } : how);
}

function surroundings(sim: Sim, pid: number): Surroundings {
  const { timeline, draw, env, ledger, files, trace } = sim;
  return {
    timeline,
    draw: draw.fork(),
    env,
    ledger,
    files,
    send: (request) => send(sim, pid, request),
    breaks: () => {
      const broken = sim.weather?.breaks() ?? null;
      return broken === null || ledger.kind === 'file' ? broken : draw.pick(['before', 'after']);
    },
    isAlive: (other) => sim.living.has(other),
    trace: (line) => {
      trace.push(line);
    },
  };
}

/** One request to its vendor; what it made true is judged at once. */
async function send(sim: Sim, pid: number, request: HttpRequest): ReturnType<Surroundings['send']> {
  const { timeline, draw, counts, trace, checker } = sim;
  await timeline.sleep(draw.between(40, 400));
  const vendor = [...sim.vendors.values()].find(
    ({ account }) => (account.kind === 'telnyx') === request.url.startsWith('https://api.telnyx.com/'),
  );
  if (vendor === undefined) return { kind: 'unsent', reason: 'there is no such host' };
  const { world, account } = vendor;
  const fault = sim.weather?.faults() ?? null;
  world.faults.clear();
  if (fault !== null) world.faults.add(fault);
  const isWrite = request.method !== 'GET' && !request.url.endsWith('/token');
  const before: Truths = isWrite ? vendor.truth() : NOBODY;
  const asked = world.requests.length;
  const answer = world.http().send(request);
  const record = world.requests[asked];
  counts.requests += 1;
  if (sim.weather !== null) counts.exposed += 1;
  if (fault !== null) counts.faults += 1;
  if (isWrite) counts.writes += 1;
  const after: Truths = isWrite ? vendor.truth() : NOBODY;
  const struck = record?.fault ?? null;
  if (struck !== 'refused') {
    checker.reached({ pid, account, request, fault: struck, status: record?.status ?? null, before, after });
  }
  trace.push(`${pid} ${request.method} ${new URL(request.url).pathname} ${request.body ?? ''} ${struck ?? ''} ${record?.status ?? ''}`);
  return answer;
}

const NOBODY: Truths = new Map();

/**
 * The faults have stopped, people accept what they are invited to and approve what waits for it. Days pass, until a round has nothing to do;
 * by then everything is as policy says, but for what people took away in the portal, which is told and never given back by itself.
 */
async function heal(sim: Sim): Promise<void> {
  const { timeline, accounts, commits, counts, checker, draw } = sim;
  for (let round = 0; round <= ROUNDS; round += 1) {
    timeline.advance(DAY_MS + HOUR_MS);
    for (const vendor of sim.vendors.values()) vendor.acceptAll();
    const last = newest(sim);
    const expires = dayOf(timeline.now() + 5 * DAY_MS);
    commits.push(writePolicy(last.number + 1, accounts, last.grants, new Map(accounts.map(({ name }) => [name, expires]))));
    const writes = counts.writes;
    await run(sim, 'apply --yes', {});
    await run(sim, 'drift --revert', {});
    counts.healing += 1;
    // Few may be invited in one hour.
    for (let hours = 0; hours < PEOPLE.length && isShort(sim); hours += 1) {
      for (const vendor of sim.vendors.values()) vendor.acceptAll();
      timeline.advance(HOUR_MS + MINUTE_MS);
      await run(sim, 'apply --yes', {});
    }
    // Every round that has nothing to do shows that a run with nothing to do writes nothing; not every world needs one more of them.
    if (isConverged(sim) && (counts.writes === writes || draw.chance(0.6))) break;
    if (round === ROUNDS) checker.fail(`after ${round} rounds without a fault there is still something to do`);
  }
  for (const { name } of accounts) for (const words of listWrong(sim, name)) checker.fail(`at the end ${words}`);
  await checkLedger(sim);
}

/** Whether somebody is still to be invited somewhere. */
function isShort(sim: Sim): boolean {
  return sim.accounts.some((account) => {
    const truth = vendorOf(sim, account.name).truth();
    return [...(newest(sim).grants.get(account.name)?.keys() ?? [])].some((email) => isDue(sim, account.name, email) && !truth.has(email));
  });
}

function isDue(sim: Sim, account: string, email: string): boolean {
  return wanted(sim, account, email).length > 0 && !sim.checker.wasTouched(account, email);
}

function isConverged(sim: Sim): boolean {
  return sim.accounts.every(({ name }) => listWrong(sim, name).length === 0);
}

function settle(sim: Sim): void {
  for (const { name } of sim.accounts) sim.checker.settled(name, vendorOf(sim, name).truth());
}

async function checkLedger({ ledger, checker }: Sim): Promise<void> {
  const text =
    ledger.kind === 'file' ? (ledger.disk.text(LEDGER) ?? '') : (await openStateBranch({ remote: ledger.remote }).storage.read()).text;
  try {
    parseLedger(LEDGER, text);
  } catch (error) {
    checker.fail(`the ledger does not verify: ${String(error)}`);
  }
  if (ledger.kind === 'file' && ledger.disk.text(`${LEDGER}.lock`) !== null) checker.fail('the lock is left');
}

/** Who holds something else than they should, but for what people took away in the portal. */
function listWrong(sim: Sim, name: string): string[] {
  const { checker, commits } = sim;
  const truth = vendorOf(sim, name).truth();
  const named = new Set(commits.flatMap((commit) => [...commit.grants.values()].flatMap((grants) => [...grants.keys()])));
  return [...named, ...STRANGERS].flatMap((email) => {
    // Whoever was there before and is named no more is left alone, whatever became of them meanwhile.
    if (sim.unmanaged.get(name)?.has(email) === true && !isNamed(newest(sim), email)) return [];
    const held = truth.get(email)?.roles ?? [];
    const due = wanted(sim, name, email);
    if (same(held, due) || (checker.wasTouched(name, email) && isLess(held, due))) return [];
    return [`${email} has [${held.join(' ')}] in ${name} and should have [${due.join(' ')}]`];
  });
}

function isNamed({ grants }: SimPolicy, email: string): boolean {
  return [...grants.values()].some((own) => own.has(email));
}

/** Whether what is held is a part of what is due. */
function isLess(held: readonly string[], due: readonly string[]): boolean {
  return held.every((role) => due.includes(role) || due.some(isAdmin));
}

function wanted(sim: Sim, account: string, email: string): readonly string[] {
  return rolesOn(newest(sim), account, email, dayOf(sim.timeline.now()));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join(' ') === b.toSorted().join(' ');
}

function newest({ commits }: Sim): SimPolicy {
  return commits.at(-1) ?? missing();
}

function vendorOf({ vendors }: Sim, account: string): SimVendor {
  return vendors.get(account) ?? missing();
}

function missing(): never {
  throw new Error('a world has a commit and its accounts');
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
