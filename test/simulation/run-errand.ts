import type { HttpRequest } from '../../src/ports.ts';
import { dayOf, NAMES, newest, type Sim, START_MS, vendorOf } from './open-sim.ts';
import { type Came, type Commission, type Errand, runSimProcess, type Surroundings } from './run-sim-process.ts';
import type { Truths } from './sim-facts.ts';
import { rolesOn } from './sim-policy.ts';
import { visitPortal } from './visit-portal.ts';

export type Fate = Partial<Pick<Commission, 'death' | 'interruptAt'>>;

export async function runErrand(sim: Sim, errand: Errand, { death = null, interruptAt = null }: Fate): Promise<Came> {
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
  if (came.diedAtWrite) counts.deathsAtWrites += 1;
  if (errand === 'plan' && (came.exit !== 0 || !sim.files.has('/repository/plan.json'))) sim.plannedFrom = null;
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

/** People do not wait for a run to end; whom it is about to change is whom they ask about. */
function comeBetween(sim: Sim, account: string): void {
  visitPortal(sim, sim.draw.chance(0.3) ? undefined : (email) => isInHand(sim, account, email));
}

function isInHand(sim: Sim, account: string, email: string): boolean {
  const held = vendorOf(sim, account).truth().get(email)?.roles ?? [];
  return held.join(' ') !== rolesOn(newest(sim), account, email, dayOf(sim.timeline.now())).join(' ');
}

/** How often somebody is in the portal between two requests. */
const MEANWHILE = 0.02;
const NOBODY: Truths = new Map();

/** One request to its vendor; what it made true is judged at once. */
async function send(sim: Sim, pid: number, request: HttpRequest): ReturnType<Surroundings['send']> {
  const { timeline, draw, counts, trace, checker } = sim;
  await timeline.sleep(draw.between(40, 400));
  const kind = request.url.startsWith('https://api.telnyx.com/') ? 'telnyx' : 'twilio';
  const vendor = sim.vendors.get(NAMES[kind]);
  if (vendor === undefined) return { kind: 'unsent', reason: 'there is no such host' };
  const { world, account } = vendor;
  if (sim.weather !== null && draw.chance(MEANWHILE)) comeBetween(sim, account.name);
  const isWrite = request.method !== 'GET' && !request.url.endsWith('/token');
  const fault = sim.weather?.faults(isWrite) ?? null;
  world.faults.clear();
  if (fault !== null) world.faults.add(fault);
  const before: Truths = isWrite ? vendor.truth() : NOBODY;
  const asked = world.requests.length;
  const answer = world.http().send(request);
  const record = world.requests[asked];
  counts.requests += 1;
  if (sim.weather !== null) counts.exposed += 1;
  const after: Truths = isWrite ? vendor.truth() : NOBODY;
  const struck = record?.fault ?? null;
  if (struck !== null) counts.faults += 1;
  if (isWrite) counts.writes += 1;
  if (isWrite && struck !== null) counts.struckWrites += 1;
  if (struck !== 'refused') {
    checker.reached({ pid, account, request, fault: struck, status: record?.status ?? null, before, after });
  }
  trace.push(`${pid} ${request.method} ${request.url} ${request.body ?? ''} ${struck ?? ''} ${record?.status ?? ''}`);
  return answer;
}
