/** What the product makes of cells: one account full of people who each stand as one cell says, planned and decided as a run does it. */
import type { Access, AccountPolicy, ApprovedSet, Change, Decision, Plan } from '../../../src/model.ts';
import { decideAccounts } from '../../../src/plan/decide-accounts.ts';
import { makeChange } from '../../../src/plan/make-change.ts';
import { owedFor } from '../../../src/plan/match-approved.ts';
import { TELNYX_SUB_USERS } from '../../../src/provider/telnyx/telnyx-capabilities.ts';
import { judgeDrift } from '../../../src/report/judge-drift.ts';
import {
  ACCOUNT,
  AT_MS,
  ago,
  approve,
  HOUR_MS,
  held,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  observationOf,
  owed,
  person,
  planOf,
  type Role,
  stateOf,
  type World,
  wants,
} from '../support.ts';
import { type Cell, groupBy, type Held, owedStep } from './cells.ts';

/** What was found of one cell, in the words of the table. */
export interface Found {
  readonly shown: string;
  readonly step: string;
  readonly origin: string | null;
  readonly reason: string;
  readonly tags: readonly string[];
  readonly unapproved: string;
  readonly approved: string;
  /** With gained access reverted and lost access reported, as by default; and the other way round. */
  readonly night: string;
  readonly otherNight: string;
  readonly debt: string;
  readonly debtAtNight: string;
}

const DEFAULT: AccountPolicy['drift'] = { gained: 'revert', lost: 'report' };
const OPPOSITE: AccountPolicy['drift'] = { gained: 'report', lost: 'revert' };
/** Limits are no part of the question here, and none may hide an answer. */
const NO_LIMIT = 1_000_000;

/** Cells of one account each, so that whether anything is recorded, whether there is a baseline and `unmanaged` are the same for all. */
export function runCells(cells: readonly Cell[]): Map<Cell, Found> {
  const worlds = groupBy(cells, ({ ledger, baseline, policy }) =>
    [ledger === 'nothing recorded', baseline === 'none yet', policy === 'not named, unmanaged: delete'].join(),
  );
  return new Map([...worlds.values()].flatMap((some) => [...runAccount(some)]));
}

function runAccount(cells: readonly Cell[]): Map<Cell, Found> {
  const world = worldOf(cells);
  const change = run(world, 'change');
  const approved = run(world, 'change', change.plan);
  const night = run({ ...world, policy: { ...world.policy, drift: DEFAULT } }, 'drift');
  const otherNight = run({ ...world, policy: { ...world.policy, drift: OPPOSITE } }, 'drift');
  return new Map(
    cells.map((cell, index) => {
      const principal = mail(nameOf(index));
      const step = change.changes.get(principal);
      return [
        cell,
        {
          shown: shownIn(change, principal),
          step: step === undefined ? 'nothing' : sayStep(step),
          origin: step?.origin ?? null,
          reason: step?.reason_code ?? '',
          tags: step?.tags ?? [],
          unapproved: byDay(change.decisions.get(principal)),
          approved: byDay(approved.decisions.get(principal)),
          night: atNight(night, principal, step, DEFAULT),
          otherNight: atNight(otherNight, principal, step, OPPOSITE),
          debt: debtIn(change, principal, world),
          debtAtNight: debtIn(night, principal, world),
        },
      ];
    }),
  );
}

const nameOf = (index: number) => `p${index}`;

function worldOf(cells: readonly Cell[]): World {
  const world = inPeace({ bob: 'admin', cleo: 'admin', dan: 'member' });
  const [some] = cells;
  const debts = new Map<string, ReturnType<typeof owed>>();
  const seen = new Map<string, string>();
  world.policy = {
    unmanaged: some?.policy === 'not named, unmanaged: delete' ? 'delete' : 'report',
    guards: { maxDeletes: NO_LIMIT, maxDeletesPercent: 100, minAdmins: 0, neverDelete: [] },
    invites: { perHour: NO_LIMIT, open: NO_LIMIT },
  };
  if (some?.baseline === 'none yet') world.baseline = null;
  if (some?.ledger === 'nothing recorded') world.remembered.clear();
  cells.forEach((cell, index) => {
    place(cell, nameOf(index), world);
    const debt = owedStep(cell);
    if (debt !== null) debts.set(mail(nameOf(index)), owed(debtOf(nameOf(index), debt.from, debt.to)));
    if (cell.ledger.startsWith('invited')) {
      seen.set(mail(nameOf(index)), ago(cell.ledger.endsWith('not seen for a day') ? 26 * HOUR_MS : HOUR_MS));
    }
  });
  world.ledger = { recorded: some?.ledger !== 'nothing recorded', owed: debts, seenInvited: seen };
  return world;
}

function place({ ledger, live: there, status, policy, ended, baseline }: Cell, name: string, world: World): void {
  if (ledger === 'deleted') world.remembered.set(name, null);
  else if (ledger !== 'nothing recorded' && ledger !== 'never applied') {
    const role = ledger.includes('admin') ? 'admin' : 'member';
    world.remembered.set(name, held(name, role, ledger.startsWith('invited') ? { status: 'invited' } : {}));
  }
  if (there !== 'nobody' && status !== '–') world.live.set(name, live(name, there === 'unknown role' ? 'auditor' : there, { status }));
  const role: Role | null = policy === 'member' || policy === 'admin' ? policy : null;
  if (ended !== 'nothing') world.wants.set(name, wants(name, role, { ended }));
  else if (role !== null) world.wants.set(name, wants(name, role));
  else if (policy === 'named') world.people.set(name, person(name));
  if (baseline === 'member' || baseline === 'admin') world.baseline?.set(name, holding(baseline));
  else if (baseline === 'unknown role') world.baseline?.set(name, holding('auditor'));
}

function debtOf(name: string, from: Held, to: Held): Change {
  const access = (role: Held): Access | null => (role === 'nobody' ? null : { status: 'active', name, roles: [role], groups: [] });
  const action = from === 'nobody' ? 'invite' : to === 'nobody' ? 'delete' : 'patch';
  return makeChange(
    {
      account: ACCOUNT,
      action,
      principal: mail(name),
      principal_id: from === 'nobody' ? null : `id-${name}`,
      before: access(from),
      after: access(to),
      executor: 'api',
      origin: 'git',
      reason_code: 'granted',
      source: null,
    },
    TELNYX_SUB_USERS,
  );
}

interface Ran {
  readonly plan: Plan;
  readonly changes: ReadonlyMap<string, Change>;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly notes: ReadonlyMap<string, readonly string[]>;
  readonly goesOn: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
  readonly superseded: ReadonlySet<string>;
}

/** One run over a whole account, with the approval of nothing or of a whole plan; nothing stops it, so that every answer is about its principal alone. */
function run(world: World, mode: Plan['mode'], agreed: Plan | null = null): Ran {
  const plan = agreed ?? planOf(world, mode);
  const history = historyOf(world);
  const approved: ApprovedSet = approve(agreed?.changes ?? [], agreed === null ? 'none' : 'plan');
  const [decided] = decideAccounts({
    mode,
    plan,
    approved,
    desired: stateOf(world),
    readings: new Map([[world.account, { kind: 'complete', observation: observationOf(world) }]]),
    history: { accounts: new Map([[world.account, history]]), commit: null, proposals: new Map() },
    capabilitiesOf: () => world.capabilities,
    ancestry: world.ancestry,
    nowMs: AT_MS,
  });
  if (decided?.status !== 'open') throw new Error(`the account is ${decided?.status}: ${decided?.message}`);
  if (new Set(plan.changes.map((change) => change.principal)).size < plan.changes.length) throw new Error('two changes of one principal');
  const people = (changes: readonly Change[]) => new Set(changes.map((change) => change.principal));
  return {
    plan,
    changes: new Map(plan.changes.map((change) => [change.principal, change])),
    decisions: new Map(decided.decisions.map((decision) => [decision.change.principal, decision])),
    notes: notesOf(plan),
    goesOn: people(plan.changes.filter((change) => owedFor(change, history) !== null)),
    done: people(decided.already.filter((change) => history.owed.get(change.principal)?.change.id === change.id)),
    superseded: people(decided.superseded),
  };
}

function notesOf({ accounts }: Plan): Map<string, string[]> {
  const notes = new Map<string, string[]>();
  const note = (principal: string, word: string) => notes.set(principal, [...(notes.get(principal) ?? []), word]);
  for (const account of accounts) {
    for (const { principal } of account.left_alone) note(principal, 'left alone');
    for (const { principal } of account.unmanaged) note(principal, 'unmanaged');
    for (const principal of account.converged) note(principal, 'converged');
    for (const { principal } of account.pending) note(principal, 'pending');
  }
  return notes;
}

function shownIn({ notes, changes }: Ran, principal: string): string {
  return notes.get(principal)?.join(', ') ?? (changes.has(principal) ? '' : 'nothing');
}

function sayStep({ action, before, after }: Change): string {
  return `${action} ${before?.roles.join('+') ?? 'nobody'} → ${after?.roles.join('+') ?? 'nobody'}`;
}

const BY_DAY = { make: 'made', withhold: 'withheld', leave: 'left to drift', wait: 'waits', hand: 'by hand' } as const;

function byDay(decision: Decision | undefined): string {
  return decision === undefined ? 'nothing' : BY_DAY[decision.verdict];
}

/** What the night does, provided that the issue tells the same. */
function atNight({ decisions }: Ran, principal: string, byDayStep: Change | undefined, rules: AccountPolicy['drift']): string {
  const decision = decisions.get(principal);
  if (decision === undefined) return 'nothing';
  const { change, verdict } = decision;
  if (change.id !== byDayStep?.id || change.origin !== byDayStep.origin) return `another change than by day: ${sayStep(change)}`;
  const does = {
    make: change.origin === 'drift' ? 'reverted' : 'made',
    leave: 'reported',
    withhold: 'waits',
    wait: 'waits for its turn',
    hand: 'by hand',
  }[verdict];
  const { fate } = judgeDrift(change, new Map([[ACCOUNT, rules]]));
  return fate === does ? does : `${does}, and the issue says ${fate}`;
}

function debtIn({ goesOn, done, superseded }: Ran, principal: string, world: World): string {
  if (!world.ledger.owed?.has(principal)) return '–';
  if (done.has(principal)) return 'done';
  if (superseded.has(principal)) return 'superseded';
  return goesOn.has(principal) ? 'goes on' : 'stays owed';
}
