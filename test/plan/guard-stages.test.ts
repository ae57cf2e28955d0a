import { describe, expect, it } from 'vitest';
import { guardStages } from '../../src/commands/ci/approve-pulls.ts';
import type { JudgedPull } from '../../src/commands/ci/judge-pull.ts';
import type { Ci } from '../../src/commands/ci/open-ci.ts';
import type { AccountPolicy, Approval, Change } from '../../src/model.ts';
import { type Decided, decideChanges, type GuardStage } from '../../src/plan/decide-changes.ts';
import {
  ACCOUNT,
  ago,
  approval,
  approve,
  blocking,
  desiredOf,
  guardOf,
  HOUR_MS,
  historyOf,
  inPeace,
  mail,
  observationOf,
  planOf,
  type Role,
  stateOf,
  verdicts,
  type World,
  wants,
} from './support.ts';

const GUARDS: AccountPolicy['guards'] = { maxDeletes: 3, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [] };

/** Twelve people of whom these have left policy. */
function without(...leavers: string[]): World {
  const everybody = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida', 'jon', 'kim', 'leo'];
  const world = inPeace(Object.fromEntries(everybody.map((name): [string, Role] => [name, name < 'c' ? 'admin' : 'member'])));
  for (const leaver of leavers) world.wants.delete(leaver);
  return world;
}

interface Pull {
  readonly who: readonly string[];
  /** The settings of the base it was planned on, where they are others than the defaults. */
  readonly guards?: Partial<AccountPolicy['guards']>;
  readonly approvals?: readonly Approval[];
}

/** What a run decides in which these pull requests are applied, one after another; what is live and wanted is the world's. */
async function apply(world: World, ...pulls: readonly Pull[]): Promise<Decided> {
  const { changes } = planOf(world);
  const judged = pulls.map((pull) => judgedPull(world, pull, changes));
  const stages = await guardStages({} as Ci, judged, null, stateOf(world));
  return run(world, changes, stages(ACCOUNT));
}

function judgedPull(world: World, { who, guards, approvals }: Pull, changes: readonly Change[]): JudgedPull {
  const base: World = { ...world, policy: { ...world.policy, guards: { ...GUARDS, ...guards } }, approvals: [...(approvals ?? [])] };
  const mine = changes.filter((change) => who.some((name) => change.principal === mail(name)));
  return { changes: mine, heldTo: [stateOf(base)] } as unknown as JudgedPull;
}

function run(world: World, changes: readonly Change[], stages: readonly GuardStage[] | undefined): Decided {
  return decideChanges({
    mode: 'change',
    changes,
    approved: approve(changes, 'pulls'),
    desired: desiredOf(world),
    history: historyOf(world),
    observation: observationOf(world),
    capabilities: world.capabilities,
    ancestry: world.ancestry,
    nowMs: Date.parse(world.at),
    stages,
  });
}

const spends = ({ decisions }: Decided) => decisions.flatMap((one) => one.approvals);

describe('pull requests that are applied together', () => {
  it('pass when together they stay within the limit', async () => {
    const decided = await apply(without('cleo', 'dan', 'eve'), { who: ['cleo'] }, { who: ['dan', 'eve'] });
    expect(blocking(decided.guards)).toEqual([]);
    expect(verdicts(decided.decisions)).toEqual({ cleo: 'make', dan: 'make', eve: 'make' });
  });

  it('are blocked when each stays within the limit and both together do not', async () => {
    const decided = await apply(without('cleo', 'dan', 'eve', 'fay'), { who: ['cleo', 'dan'] }, { who: ['eve', 'fay'] });
    expect(blocking(decided.guards)).toEqual(['max_deletes (policy)']);
    expect(guardOf(decided.guards, 'max_deletes', 'policy')).toMatchObject({ limit: 3, actual: 4 });
  });

  it('count what was deleted in the last 24 hours at every stage', async () => {
    const world = without('cleo', 'dan');
    world.ledger = {
      spentDeletes: ['x', 'y'].map((name) => ({ at: ago(HOUR_MS), principal: mail(name), budget: 'policy', approvals: [] })),
    };
    const decided = await apply(world, { who: ['cleo'] }, { who: ['dan'] });
    expect(guardOf(decided.guards, 'max_deletes', 'policy')).toMatchObject({ verdict: 'block', actual: 4 });
  });
});

describe('a pull request that loosens the guard it needs', () => {
  const FIVE = ['cleo', 'dan', 'eve', 'fay', 'gil'];
  /** The account file as both pull requests leave it. */
  const loosened = (guards: Partial<AccountPolicy['guards']>, ...leavers: string[]): World => {
    const world = without(...leavers);
    world.policy = { guards: { ...GUARDS, ...guards } };
    return world;
  };

  it('is held by the settings from before it', async () => {
    const decided = await apply(loosened({ maxDeletes: 50 }, ...FIVE), { who: FIVE });
    expect(guardOf(decided.guards, 'max_deletes', 'policy')).toMatchObject({ verdict: 'block', limit: 3, actual: 5 });
  });

  it('is held by them also when a later pull request, planned on the looser settings, is applied with it', async () => {
    const world = loosened({ maxDeletes: 50 }, ...FIVE, 'hal');
    const decided = await apply(world, { who: FIVE }, { who: ['hal'], guards: { maxDeletes: 50 } });
    expect(guardOf(decided.guards, 'max_deletes', 'policy')).toMatchObject({ verdict: 'block', limit: 3, actual: 5 });
  });

  it('lets the later one use what the earlier one loosened', async () => {
    const world = loosened({ maxDeletes: 50 }, ...FIVE);
    const decided = await apply(world, { who: [] }, { who: FIVE, guards: { maxDeletes: 50 } });
    expect(blocking(decided.guards)).toEqual([]);
  });

  it('is not helped by an approval file of its own', async () => {
    const world = without(...FIVE);
    world.approvals = [approval('leavers', 12)];
    expect(blocking((await apply(world, { who: FIVE })).guards)).toEqual(['max_deletes (policy)']);
    expect(blocking((await apply(world, { who: FIVE, approvals: [approval('leavers', 12)] })).guards)).toEqual([]);
  });

  it('is not helped by taking somebody out of never_delete', async () => {
    const world = loosened({ neverDelete: [] }, 'cleo');
    const decided = await apply(world, { who: ['cleo'], guards: { neverDelete: [mail('cleo')] } }, { who: ['dan'] });
    expect(blocking(decided.guards)).toEqual(['never_delete']);
    expect(guardOf(decided.guards, 'never_delete').message).toContain('cleo@acme.example would lose access');
  });

  it('is not helped by asking for fewer admins, nor by an admin whom a later pull request makes', async () => {
    const world = loosened({ minAdmins: 1 });
    world.wants.set('bob', wants('bob', 'member'));
    world.wants.set('cleo', wants('cleo', 'admin'));
    const decided = await apply(world, { who: ['bob'], guards: { minAdmins: 3 } }, { who: ['cleo'], guards: { minAdmins: 1 } });
    expect(guardOf(decided.guards, 'min_admins')).toMatchObject({ verdict: 'block', limit: 3, actual: 2 });
  });

  it('is not helped by a larger percentage', async () => {
    const world = without('cleo', 'dan', 'eve', 'fay');
    for (let at = 0; at < 28; at += 1) settleOne(world, `p${at}`);
    world.policy = { guards: { ...GUARDS, maxDeletes: 50, maxDeletesPercent: 100 } };
    const before = { maxDeletes: 50, maxDeletesPercent: 5 };
    const decided = await apply(world, { who: ['cleo', 'dan', 'eve', 'fay'], guards: before });
    expect(guardOf(decided.guards, 'max_deletes_percent', 'policy')).toMatchObject({ verdict: 'block', limit: 2, actual: 4 });
  });
});

function settleOne(world: World, name: string): void {
  const one = inPeace({ [name]: 'member' });
  for (const key of ['live', 'wants', 'remembered'] as const) world[key].set(name, one[key].get(name) as never);
}

describe('what belongs to no pull request', () => {
  const stage = (guards: Partial<AccountPolicy['guards']>, ...who: string[]): GuardStage => ({
    guards: { ...GUARDS, ...guards },
    approvals: [],
    covers: (change) => who.some((name) => change.principal === mail(name)),
  });

  it('is held already by the first stage, and by every one after it', async () => {
    const world = without('cleo', 'dan', 'eve', 'fay', 'gil');
    const decided = await apply(world, { who: ['cleo'], guards: { maxDeletes: 4 } }, { who: ['hal'], guards: { maxDeletes: 50 } });
    expect(guardOf(decided.guards, 'max_deletes', 'policy')).toMatchObject({ verdict: 'block', limit: 4, actual: 5 });
  });

  it('blocks by the strictest stage it stands in, whichever that is', () => {
    const world = without('cleo', 'dan', 'eve', 'fay');
    const { changes } = planOf(world);
    const everybody = ['cleo', 'dan', 'eve', 'fay'];
    const wide = stage({ maxDeletes: 50 }, ...everybody);
    const narrow = stage({ maxDeletes: 1 }, ...everybody);
    expect(blocking(run(world, changes, [wide, narrow]).guards)).toEqual(['max_deletes (policy)']);
    expect(blocking(run(world, changes, [narrow, wide]).guards)).toEqual(['max_deletes (policy)']);
    expect(blocking(run(world, changes, [wide, wide]).guards)).toEqual([]);
  });

  it('is held by the settings of the account where there are no stages', () => {
    const world = without('cleo', 'dan', 'eve', 'fay');
    const { changes } = planOf(world);
    expect(blocking(run(world, changes, undefined).guards)).toEqual(['max_deletes (policy)']);
    expect(blocking(run(world, changes, []).guards)).toEqual(['max_deletes (policy)']);
  });
});

describe('an approval file', () => {
  const FIVE = ['cleo', 'dan', 'eve', 'fay', 'gil'];

  it('is spent once by each delete, however many stages that stands in', async () => {
    const allows = [approval('leavers', 12)];
    const decided = await apply(
      without(...FIVE),
      { who: ['cleo', 'dan'], approvals: allows },
      { who: ['eve', 'fay', 'gil'], approvals: allows },
    );
    expect(blocking(decided.guards)).toEqual([]);
    expect(spends(decided)).toEqual(['leavers', 'leavers', 'leavers', 'leavers', 'leavers']);
  });

  it('covers no more than it allows, all pull requests together', async () => {
    const allows = [approval('leavers', 4)];
    const decided = await apply(
      without(...FIVE),
      { who: ['cleo', 'dan'], approvals: allows },
      { who: ['eve', 'fay', 'gil'], approvals: allows },
    );
    expect(blocking(decided.guards)).toEqual(['max_deletes (policy)']);
  });

  it('that came between two pull requests covers the second and not the first', async () => {
    const allows = [approval('leavers', 12)];
    const second = await apply(without(...FIVE), { who: ['cleo'] }, { who: ['dan', 'eve', 'fay', 'gil'], approvals: allows });
    expect(blocking(second.guards)).toEqual([]);
    const first = await apply(without(...FIVE), { who: ['cleo', 'dan', 'eve', 'fay'] }, { who: ['gil'], approvals: allows });
    expect(blocking(first.guards)).toEqual(['max_deletes (policy)']);
  });
});
