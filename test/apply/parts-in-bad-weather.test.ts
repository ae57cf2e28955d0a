import { expect, test } from 'vitest';
import { type Fate, refusal } from '../support/parts-vendor.ts';
import { createSeededRandom } from '../support/provider-world.ts';
import { DONE, expectSettled, startWithWork } from './parts-work.ts';

const WEATHER: readonly Fate[] = [
  'lost before',
  'lost after',
  refusal('not now'),
  { kind: 'stale', message: 'changed' },
  { kind: 'postponed', message: 'too many requests', notBefore: null },
  { kind: 'unsent', message: 'refused connection' },
  { kind: 'credentials', message: 'the token has expired' },
];

/** A login may stay as it is in spite of a yes; a role that is said to be given and is not would be another state than any of ours. */
const weatherOf = (write: string): readonly Fate[] => (write.includes('assign') ? WEATHER : [...WEATHER, 'ignored']);

test('whatever the parts meet, in whatever order, later runs come to what was approved, and none sends a part twice', async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const random = createSeededRandom(seed);
    const world = await startWithWork();
    const plan = await world.plan();
    for (const write of DONE) {
      for (let times = Math.floor(random() * 4); times > 0; times -= 1) {
        const weather = weatherOf(write);
        const fate = weather[Math.floor(random() * weather.length)];
        if (fate !== undefined) world.vendor.meet(write, fate);
      }
    }
    const tried: string[] = [];
    for (let runs = 1; runs <= 60 && ((await world.plan()).verdict !== 'empty' || (await world.history()).owed.size > 0); runs += 1) {
      world.clock.advance(25 * 3_600_000);
      const sent = world.vendor.sent.length;
      const { results } = await world.run(plan);
      tried.push(results.map((one) => `${one.change.principal.split('@')[0]} ${one.outcome}`).join(', '));
      const now = world.vendor.sent.slice(sent);
      expect(now, `seed ${seed}`).toEqual([...new Set(now)]);
    }
    await expectSettled(world, `seed ${seed}: ${tried.join('; ')}`);
  }
});
