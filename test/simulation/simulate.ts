import { createHash } from 'node:crypto';
import { createDraw, type Draw } from './create-draw.ts';
import { DISK_ERRORS, drawFaults } from './draw-fault.ts';
import { healWorld, isConverged } from './heal-world.ts';
import { type Begun, type Counts, dayOf, drawBeginning, drawRoles, newest, openSim, PEOPLE, type Sim, vendorOf } from './open-sim.ts';
import { type Fate, runErrand } from './run-errand.ts';
import { type Errand, LEDGER } from './run-sim-process.ts';
import { writePolicy } from './sim-policy.ts';
import { visitPortal } from './visit-portal.ts';

/** What became of one world. */
export interface Simulated {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Of everything that happened, in order: the same seed has the same. */
  readonly traceHash: () => string;
  readonly trace: readonly string[];
  readonly counts: Counts;
}

const MINUTE_MS = 60_000;

const HOUR_MS = 60 * MINUTE_MS;

const DAY_MS = 24 * HOUR_MS;

/** So many beginnings there are: accounts, who is in them, and a ledger that a first run on a quiet day has written. */
const BEGINNINGS = 256;

/** Lives through one world: people, vendors, rollcall, and what goes wrong; then the weather clears, and everything must come right. */
export async function simulate(seed: number): Promise<Simulated> {
  const draw = createDraw(seed);
  const begun = await begin(draw.below(BEGINNINGS));
  const sim = openSim(draw, begun, begun);
  sim.checker.begin({ errand: 'apply --yes', policy: begun.commit, pid: 0, death: null, interruptAt: null }, begun.commit);
  for (const { name } of sim.accounts) sim.checker.settled(name, vendorOf(sim, name).truth());
  sim.commits.push(writePolicy(2, sim.accounts, begun.commit.grants, new Map()));
  sim.weather = badWeather(sim);
  // Most worlds are short, because many short ones find more than few long ones; some are long, for what only time brings.
  const days = draw.chance(0.025) ? draw.between(3, 8) : draw.chance(0.1) ? 2 : 1;
  for (let day = 0; day < days; day += 1) await liveOn(sim, day === days - 1 && sim.counts.deaths === 0);
  sim.weather = null;
  await healWorld(sim);
  const traceHash = () => createHash('sha256').update(sim.trace.join('\n')).digest('hex');
  return { seed, violations: [...begun.violations, ...sim.checker.violations], traceHash, trace: sim.trace, counts: sim.counts };
}

const begunOnes = new Map<number, Begun>();

async function begin(number: number): Promise<Begun> {
  const known = begunOnes.get(number);
  if (known !== undefined) return known;
  const draw = createDraw(number);
  const beginning = drawBeginning(number, draw);
  const sim = openSim(draw, beginning, null);
  await runErrand(sim, 'apply --yes', {});
  if (!isConverged(sim)) sim.checker.fail('the first run on a quiet day left something undone');
  const written = sim.ledger.kind === 'file' ? new Map([[LEDGER, sim.ledger.disk.text(LEDGER) ?? '']]) : sim.ledger.remote.filesNow();
  const begun = { ...beginning, written, nowMs: sim.timeline.now(), violations: sim.checker.violations };
  begunOnes.set(number, begun);
  return begun;
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
  for (let acts = draw.between(1, 3); acts > 0; acts -= 1) draw.pick([edit, edit, visitPortal, visitPortal, acceptSome])(sim);
  timeline.advance(draw.pick([MINUTE_MS, 11 * MINUTE_MS, HOUR_MS + 1, 7 * HOUR_MS, DAY_MS, 3 * DAY_MS]));
  const errand = draw.pick<Errand>([
    'apply --yes',
    'apply --yes',
    'apply --yes',
    'drift --revert',
    'drift --revert',
    'drift --revert',
    'plan',
  ]);
  const second = draw.chance(0.15) ? draw.pick<Errand>(['apply --yes', 'drift --revert']) : null;
  const fate = () => drawFate(draw, mustDie);
  if (second === null) await runErrand(sim, errand, fate());
  else await timeline.together([() => runErrand(sim, errand, fate()), () => runErrand(sim, second, fate())]);
  if (errand !== 'plan') return;
  // Somebody reads the plan, and the world goes on meanwhile.
  if (draw.chance(0.4)) draw.pick([edit, visitPortal, acceptSome])(sim);
  timeline.advance(draw.pick([MINUTE_MS, HOUR_MS, DAY_MS]));
  if (sim.plannedFrom !== null) await runErrand(sim, 'apply --plan', drawFate(draw, mustDie));
}

function drawFate(draw: Draw, mustDie: boolean): Fate {
  if (mustDie || draw.chance(0.25)) {
    const how = draw.pick(['before', 'half', 'after'] as const);
    return draw.pick([
      { death: { at: draw.between(1, 40), how } },
      { death: { at: draw.between(1, draw.pick([3, 8, 20])), among: 'lasting', how } },
      { death: { at: draw.between(1, 2), among: 'writes', how } },
    ] as const);
  }
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

function acceptSome(sim: Sim): void {
  for (const vendor of sim.vendors.values()) {
    for (const [email, { status }] of vendor.truth()) if (status === 'invited' && sim.draw.chance(0.6)) vendor.accept(email);
  }
  sim.trace.push('some accept');
}
