import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/model.ts';
import { createDeath } from '../support/create-death.ts';
import type { PartsWorld } from '../support/parts-world.ts';
import { DONE, expectSettled, startWithWork } from './parts-work.ts';
import { openSharedStorage } from './signed-world.ts';

const STORAGES = { file: () => undefined, branch: openSharedStorage } as const;
const CASES = (['file', 'branch'] as const).flatMap((where) => (['before', 'after'] as const).map((how) => ({ where, how })));

/** Kills a run at one step; null when it ends before. */
async function killAt(at: number, how: 'before' | 'after', world: PartsWorld): Promise<Plan | null> {
  const plan = await world.plan();
  const death = createDeath(at, how);
  if ((await Promise.race([world.run(plan, { step: death.step }), death.died])) !== 'died') return null;
  await world.storage.release();
  return plan;
}

/** Runs until nothing is left to do, and once more: what was true before anybody said so is learnt by the next run, which sends nothing. */
async function finish(world: PartsWorld, plan: Plan, where: string, mode: Plan['mode'] = 'change'): Promise<void> {
  for (let runs = 1; runs <= 4 && (await world.plan()).verdict !== 'empty'; runs += 1) {
    world.clock.advance(11 * 60_000);
    const sent = world.vendor.sent.length;
    await world.run(plan, { mode });
    const now = world.vendor.sent.slice(sent);
    expect(now, `${where}: sent twice in one run`).toEqual([...new Set(now)]);
  }
  await world.run(plan, { mode });
}

async function expectDone(world: PartsWorld, where: string): Promise<void> {
  await expectSettled(world, where);
  expect(world.vendor.done.toSorted(), where).toEqual(DONE);
  const { spentDeletes } = await world.history();
  expect(spentDeletes.map(({ principal }) => principal.split('@')[0]).toSorted(), where).toEqual(['ada', 'dan', 'fay']);
}

describe('a run that is killed', () => {
  test.each(CASES)(
    '$how each request and each append in turn, with the ledger on a $where, is finished by the next runs, nothing twice',
    async ({ where, how }) => {
      let kills = 0;
      for (let at = 1; ; at += 1) {
        const world = await startWithWork(STORAGES[where]());
        const plan = await killAt(at, how, world);
        if (plan === null) break;
        kills += 1;
        await finish(world, plan, `${how} step ${at}`);
        await expectDone(world, `${how} step ${at}`);
      }
      expect(kills).toBeGreaterThan(40);
    },
  );

  test('is finished by the scheduled drift run too, once its approvals are in the ledger', async () => {
    let finished = 0;
    for (let at = 1; ; at += 1) {
      const world = await startWithWork();
      const plan = await killAt(at, 'after', world);
      if (plan === null) break;
      if ((await world.history()).owed.size === 0) continue;
      finished += 1;
      await finish(world, plan, `step ${at}`, 'drift');
      await expectDone(world, `step ${at}`);
    }
    expect(finished).toBeGreaterThan(40);
  });

  test('and killed again while it recovers, comes to the same end', async () => {
    for (let first = 6; first <= 70; first += 8) {
      for (let second = 3; second <= 45; second += 3) {
        const world = await startWithWork();
        const plan = await killAt(first, 'after', world);
        if (plan === null) throw new Error(`a run has fewer than ${first} steps`);
        const again = createDeath(second, 'before');
        await Promise.race([world.run(plan, { step: again.step }), again.died]);
        await world.storage.release();
        await finish(world, plan, `at ${first}, then at ${second}`);
        await expectDone(world, `at ${first}, then at ${second}`);
      }
    }
  });

  test('between taking and giving is finished also where another account keeps the login, and the read shows nobody', async () => {
    for (let at = 1; ; at += 1) {
      const world = await startWithWork();
      for (const name of ['ada', 'cleo']) world.vendor.of(name).elsewhere = true;
      const plan = await killAt(at, 'after', world);
      if (plan === null) break;
      await finish(world, plan, `step ${at}`);
      await expectDone(world, `step ${at}`);
    }
  });
});
