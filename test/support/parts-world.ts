import { applyAccount } from '../../src/apply/apply-account.ts';
import { begunIn } from '../../src/apply/begun-in.ts';
import { openLedger } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { resolveIntents } from '../../src/apply/resolve-intents.ts';
import { recordDecisions, recordReadings } from '../../src/commands/record-run.ts';
import type {
  AccountHistory,
  AccountPolicy,
  ApprovedSet,
  Capabilities,
  DesiredPrincipal,
  DesiredState,
  Plan,
  Reading,
  Result,
} from '../../src/model.ts';
import { decideAccounts } from '../../src/plan/decide-accounts.ts';
import { EMPTY_HISTORY, makePlan } from '../../src/plan/make-plan.ts';
import type { LedgerStorage } from '../../src/ports.ts';
import { digestOf } from '../../src/text/digest.ts';
import { ACCOUNT, mail, openPartsVendor, PARTS, type PartsVendor, type Step } from './parts-vendor.ts';
import { createJumpingClock, type JumpingClock } from './provider-world.ts';

/** Roles by policy, by short name. */
export type Wants = Readonly<Record<string, readonly string[]>>;

export interface PartsRun {
  readonly results: readonly Result[];
  readonly stopped: string | null;
}

export interface RunOptions {
  readonly mode?: Plan['mode'];
  /** Goes between whatever the run asks of the vendor or writes to the ledger and its effect. */
  readonly step?: Step;
  readonly intentsPerAppend?: number;
  readonly interrupted?: AbortSignal;
}

export interface PartsWorld {
  readonly clock: JumpingClock;
  readonly vendor: PartsVendor;
  readonly storage: LedgerStorage;
  policy: Partial<AccountPolicy>;
  /** `ended` is who would hold more if no grant had ended, and what. */
  want(wants: Wants, ended?: Wants): void;
  /** What a plan of now would have people agree to. */
  plan(mode?: Plan['mode']): Promise<Plan>;
  /** One run: reads, settles what earlier runs left open, plans, and makes what is approved. */
  run(approved: Plan, options?: RunOptions): Promise<PartsRun>;
  history(): Promise<AccountHistory>;
  /** The lines of the ledger that tell of requests: `intent of 2 parts`, `assign developer accepted`, `patch applied`. */
  story(): Promise<readonly string[]>;
}

/** Live, policy and ledger agree. */
export async function openPartsWorld(
  people: Readonly<Record<string, readonly string[]>>,
  more: { storage?: LedgerStorage; capabilities?: Partial<Capabilities> } = {},
): Promise<PartsWorld> {
  const clock = createJumpingClock();
  const capabilities: Capabilities = { ...PARTS, ...more.capabilities };
  const vendor = openPartsVendor(clock, people, capabilities);
  const storage = more.storage ?? openMemoryStorage();
  let wants: Wants = people;
  let outlived: Wants = {};
  const desired = () => stateOf(wants, outlived, world.policy);
  const world: PartsWorld = {
    clock,
    vendor,
    storage,
    policy: {},
    want: (next, ended = {}) => {
      wants = next;
      outlived = ended;
    },
    plan: (mode = 'change') => {
      return inLedger(world, async (ledger) => {
        return planOf(world, ledger, { desired: desired(), mode, reading: await readNow(world, ledger) });
      });
    },
    run: (approved, options = {}) => runOnce(world, desired(), approved, options),
    history: () => inLedger(world, async (ledger) => ledger.history().accounts.get(ACCOUNT) ?? EMPTY_HISTORY),
    story: () => inLedger(world, async (ledger) => ledger.records.flatMap(tell)),
  };
  await world.run(await world.plan());
  return world;
}

type Ledger = Awaited<ReturnType<typeof openLedger>>;

async function inLedger<T>({ storage, clock }: PartsWorld, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger('ledger.jsonl', storage, clock);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

const ANCESTRY = { head: null, lastApplied: null, descends: null };
const atOnce: Step = (act) => act();

interface Planning {
  readonly desired: DesiredState;
  readonly mode: Plan['mode'];
  readonly reading: Reading;
}

async function readNow({ vendor }: PartsWorld, ledger: Ledger, step?: Step): Promise<Reading & { kind: 'complete' }> {
  const known = ledger.history().accounts.get(ACCOUNT) ?? EMPTY_HISTORY;
  const reading = await vendor.provider(step).reader.read(known.lastGood, known.suspect, begunIn(known));
  if (reading.kind !== 'complete') throw new Error(reading.message);
  return reading;
}

function planOf({ vendor }: PartsWorld, ledger: Ledger, { desired, mode, reading }: Planning): Plan {
  const capabilitiesOf = () => vendor.provider().reader.capabilities;
  const readings = new Map([[ACCOUNT, reading]]);
  const history = ledger.history();
  return makePlan({ mode, version: '0.1.0', desired, base: null, readings, history, capabilitiesOf, ancestry: ANCESTRY, whole: true });
}

async function runOnce(
  world: PartsWorld,
  desired: DesiredState,
  approvedPlan: Plan,
  { mode = 'change', step = atOnce, intentsPerAppend = 1, interrupted = new AbortController().signal }: RunOptions,
): Promise<PartsRun> {
  const { clock, vendor } = world;
  const storage: LedgerStorage = { ...world.storage, append: (lines, version) => step(() => world.storage.append(lines, version)) };
  const ledger = await openLedger('ledger.jsonl', storage, clock);
  const reading = await readNow(world, ledger, step);
  await recordReadings(ledger, new Map([[ACCOUNT, reading]]), desired);
  await ledger.append(resolveIntents(reading.observation, ledger.history().accounts.get(ACCOUNT) ?? EMPTY_HISTORY).entries);
  const plan = planOf(world, ledger, { desired, mode, reading });
  const approved: ApprovedSet = { changes: new Map(approvedPlan.changes.map((change) => [change.id, change])), by: 'plan' };
  const decided = decideAccounts({
    plan,
    mode,
    approved,
    desired,
    readings: new Map([[ACCOUNT, reading]]),
    history: ledger.history(),
    ancestry: ANCESTRY,
    capabilitiesOf: () => vendor.provider().reader.capabilities,
    nowMs: clock.now(),
  });
  await recordDecisions({ ledger, decided, desired, mode, commit: null, approved, clock, released: [], allAccounts: true });
  const [account] = decided;
  if (account === undefined || account.status === 'blocked') throw new Error(`the account is ${account?.status}: ${account?.message}`);
  const { results, stopped } = await applyAccount({
    account: ACCOUNT,
    provider: vendor.provider(step),
    decisions: account.decisions,
    ledger,
    intentsPerAppend,
    clock,
    interrupted,
    onResult: () => undefined,
  });
  await ledger.close();
  clock.advance(1_000);
  return { results, stopped: stopped?.cause ?? null };
}

function tell(record: Ledger['records'][number]): string[] {
  switch (record.kind) {
    case 'intent':
      return [`intent of ${record.parts?.length ?? 1}`];
    case 'part':
      return [
        `${'role' in record.part ? `${record.part.do} ${record.part.role}` : record.part.do} ${record.done}${record.compensates ? ' back' : ''}`,
      ];
    case 'outcome':
      return [`${record.action} ${record.outcome}`];
    default:
      return [];
  }
}

function stateOf(wants: Wants, ended: Wants, more: Partial<AccountPolicy>): DesiredState {
  const source = { file: 'policies/teams/voice.yaml', line: 6, column: 5 };
  const policy: AccountPolicy = {
    name: ACCOUNT,
    provider: 'twilio',
    api: 'organization',
    owner: mail('root'),
    unmanaged: 'report',
    drift: { gained: 'revert', lost: 'report' },
    guards: { maxDeletes: 3, maxDeletesPercent: 100, minAdmins: 1, neverDelete: [] },
    invites: { perHour: 10, open: 10 },
    approvers: {},
    names: 'invite',
    organization: `OR${'0'.repeat(32)}`,
    scope: `AC${'0'.repeat(32)}`,
    subaccounts: 'none',
    privilegedRoles: [],
    privilegedGroups: [],
    file: ACCOUNT,
    source,
    ...more,
  };
  const principals = Object.entries(wants).map(([name, roles]): [string, DesiredPrincipal] => {
    const holding = { roles: roles.toSorted(), groups: [] };
    const facts = { principal: mail(name), name, grants: [], previously: [], source };
    const holdingWithoutEnds = { roles: (ended[name] ?? roles).toSorted(), groups: [] };
    return [mail(name), { ...facts, holding, holdingWithoutEnds }];
  });
  return {
    digest: digestOf(wants),
    commit: null,
    people: new Map(principals.map(([principal, { name }]) => [principal, { principal, name, previously: [], github: null, source }])),
    accounts: new Map([[ACCOUNT, { policy, principals: new Map(principals), approvals: [], roster: null }]]),
  };
}
