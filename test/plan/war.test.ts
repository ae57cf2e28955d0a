import { expect, it } from 'vitest';
import type { Change } from '../../src/model.ts';
import { calmedFields } from '../../src/plan/annotate-changes.ts';
import { AT_MS, ago, HOUR_MS, historyOf, inPeace, live, mail, planOf, type World } from './support.ts';

const ADA = { principal: mail('ada'), field: 'roles' } as const;

/** Ada was lowered and raised again three times, the last time `msAgo`. */
function afterThreeReverts(msAgo: number): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
  world.ledger = { reverts: [msAgo + 2000, msAgo + 1000, msAgo].map((ms) => ({ at: ago(ms), ...ADA })) };
  return world;
}

const seen = (world: World): readonly Change[] => planOf(world, 'drift').changes;

it('says that the war over a field goes on while it changes again', () => {
  const world = afterThreeReverts(2 * HOUR_MS);
  world.live.set('ada', live('ada', 'member'));
  expect(calmedFields(seen(world), historyOf(world), AT_MS)).toEqual({ fought: [ADA], calmed: [] });
});

it.each([
  ['a moment short of an hour', HOUR_MS - 1, []],
  ['an hour', HOUR_MS, [ADA]],
])('lifts a war after %s without a change', (_time, ms, calmed) => {
  const world = afterThreeReverts(ms);
  expect(calmedFields(seen(world), historyOf(world), AT_MS)).toEqual({ fought: [], calmed });
});

it('has no peace to declare where there was no war', () => {
  const world = afterThreeReverts(5 * HOUR_MS);
  world.ledger = { reverts: (world.ledger.reverts ?? []).slice(1) };
  expect(calmedFields(seen(world), historyOf(world), AT_MS)).toEqual({ fought: [], calmed: [] });
});
