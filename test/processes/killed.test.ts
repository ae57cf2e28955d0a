import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/text/create-random.ts';
import { type Build, buildApart } from './support/build-apart.ts';
import { drawInstant, KINDS, lookOutFor } from './support/draw-instant.ts';
import { openStage, type Prepared, prepareStory } from './support/open-stage.ts';
import { STORIES } from './support/stories.ts';
import { howMany, tryEach } from './support/try-each.ts';

/** Of each of three stories and each of five kinds of instants: 60 runs killed at least once, in a full run 210. */
const KILLS = howMany(4, 14);
const NO_HANG_MS = 600_000;

let build: Build;
beforeAll(() => {
  build = buildApart();
});
afterAll(() => build.discard());

test.each(Object.entries(STORIES))(
  '%s, killed with SIGKILL at random instants: the next runs finish the work, nothing twice, nothing lost',
  async (_, story) => {
    const prepared = await prepareStory(build.file, story);
    try {
      const killed = await tryEach(KILLS * KINDS.length, (seed) => killAt(prepared, seed));
      // The others had ended before: an instant late in one run may be none of the next.
      expect(killed.filter((one) => one).length).toBeGreaterThan(killed.length / 2);
    } finally {
      await prepared.discard();
    }
  },
  NO_HANG_MS,
);

/** Every other seed is killed a second time, while it recovers from the first. */
async function killAt(prepared: Prepared, seed: number): Promise<boolean> {
  const random = createRandom(seed);
  const stage = await openStage(build.file, prepared);
  const said: string[] = [];
  let killed = false;
  for (let kills = 0; kills <= seed % 2; kills += 1) {
    const instant = drawInstant(KINDS[(seed + kills) % KINDS.length] ?? 'waited', prepared, random);
    const victim = stage.start();
    const stop = lookOutFor(instant, stage, () => victim.kill('SIGKILL'));
    const { exit, signal, stdout, stderr } = await victim.ended;
    stop();
    said.push(`ROLLCALL_SEED=${seed}, killed at ${JSON.stringify(instant)}`);
    // One that ended before has done its work, or owes what another one, killed before it, leaves in doubt for some minutes.
    if (signal === null) expect([0, 6, 10], `${said.join('; ')}\n${stdout}${stderr}`).toContain(exit);
    else expect(signal).toBe('SIGKILL');
    killed ||= signal !== null;
  }
  await stage.expectFinished(said.join('; '));
  await stage.close();
  return killed;
}
