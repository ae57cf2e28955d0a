import { parseLedger } from '../../src/apply/open-ledger.ts';
import { openStateBranch } from '../../src/github/open-state-branch.ts';
import { dayOf, isNamed, newest, PEOPLE, type Sim, STRANGERS, vendorOf } from './open-sim.ts';
import { runErrand } from './run-errand.ts';
import { LEDGER } from './run-sim-process.ts';
import { isAdmin } from './sim-facts.ts';
import { rolesOn, writePolicy } from './sim-policy.ts';

const MINUTE_MS = 60_000;

const HOUR_MS = 60 * MINUTE_MS;

const DAY_MS = 24 * HOUR_MS;

/** An apply and a drift run are one round. After the faults stop, this many rounds a day apart do all that limits allow; one more has nothing to do. */
const ROUNDS = 3;

/**
 * The faults have stopped, people accept what they are invited to and approve what waits for it. Days pass, until a round has nothing to do;
 * by then everything is as policy says, but for what people took away in the portal, which is told and never given back by itself.
 */
export async function healWorld(sim: Sim): Promise<void> {
  const { timeline, accounts, commits, counts, checker, draw } = sim;
  for (let round = 0; round <= ROUNDS; round += 1) {
    timeline.advance(DAY_MS + HOUR_MS);
    for (const vendor of sim.vendors.values()) vendor.acceptAll();
    const last = newest(sim);
    const expires = dayOf(timeline.now() + 5 * DAY_MS);
    commits.push(writePolicy(last.number + 1, accounts, last.grants, new Map(accounts.map(({ name }) => [name, expires]))));
    const writes = counts.writes;
    await runErrand(sim, 'apply --yes', {});
    counts.healing += 1;
    // A third of the worlds that are well after the apply show that a drift run finds nothing to do there.
    if (isConverged(sim) && draw.chance(0.67)) break;
    await runErrand(sim, 'drift --revert', {});
    await inviteTheRest(sim);
    // Every round that has nothing to do shows that a run with nothing to do writes nothing; not every world needs one more of them.
    if (isConverged(sim) && (counts.writes === writes || draw.chance(0.9))) break;
    if (round === ROUNDS) checker.fail(`after ${round} rounds without a fault there is still something to do`);
  }
  for (const { name } of accounts) for (const words of listWrong(sim, name)) checker.fail(`at the end ${words}`);
  await checkLedger(sim);
}

/** Few may be invited in one hour. */
async function inviteTheRest(sim: Sim): Promise<void> {
  for (let hours = 0; hours < PEOPLE.length && isShort(sim); hours += 1) {
    for (const vendor of sim.vendors.values()) vendor.acceptAll();
    sim.timeline.advance(HOUR_MS + MINUTE_MS);
    await runErrand(sim, 'apply --yes', {});
  }
}

export function isConverged(sim: Sim): boolean {
  return sim.accounts.every(({ name }) => listWrong(sim, name).length === 0);
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
