import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Build, buildApart } from './support/build-apart.ts';
import { lookOutFor } from './support/draw-instant.ts';
import { openStage, type Prepared, prepareStory, type Stage } from './support/open-stage.ts';
import { STORIES, type Story } from './support/stories.ts';
import { howMany, tryEach } from './support/try-each.ts';

const PAIRS = howMany(2, 7);
const NO_HANG_MS = 600_000;

let build: Build;
beforeAll(() => {
  build = buildApart();
});
afterAll(() => build.discard());

const CASES = Object.entries(STORIES).flatMap(([name, story]) => [
  [name, 'a ledger that nobody holds', false, story] as const,
  [name, 'a ledger whose holder was killed', true, story] as const,
]);

test.each(CASES)(
  '%s by two processes started together on %s: one does the work, the other ends with 7 and says why',
  async (_name, _ledger, isHeldByTheDead, story) => {
    const prepared = await prepareStory(build.file, story);
    try {
      await tryEach(PAIRS, (seed) => playPair(prepared, isHeldByTheDead, `pair ${seed}`));
    } finally {
      await prepared.discard();
    }
  },
  NO_HANG_MS,
);

async function playPair(prepared: Prepared, isHeldByTheDead: boolean, words: string): Promise<void> {
  const stage = await openStage(build.file, prepared);
  if (isHeldByTheDead) await leaveDeadLock(stage);
  // Whoever comes in first waits for its first answer until the other has ended.
  holdFirstAnswer(stage, prepared.story);
  const runs = [stage.start(), stage.start()];
  const ends = runs.map(({ ended }) => ended);
  await Promise.race(ends);
  stage.answer();
  const [first, second] = await Promise.all(ends);
  const said = `${words}\n${first?.stderr}${first?.stdout}\n${second?.stderr}${second?.stdout}`;
  expect([first?.exit, second?.exit].toSorted(), said).toEqual([0, 7]);
  const [loser, winner] = first?.exit === 7 ? [first, runs[1]] : [second, runs[0]];
  expect(loser?.stdout, said).toBe('');
  const held = [`process ${winner?.pid}`, 'another run took it this moment'].some((holder) => loser?.stderr.includes(holder));
  expect(held, said).toBe(true);
  expect(
    stage.vendors.writes().filter((one) => one.applied),
    said,
  ).toHaveLength(prepared.story.writes);
  if (isHeldByTheDead) expect((await stage.run('ledger', 'show')).stdout, said).toContain('which no longer runs, was taken over');
  await stage.expectFinished(words);
  await stage.close();
}

function holdFirstAnswer({ vendors }: Stage, { seeds }: Story): void {
  const world = seeds.telnyx.length > 0 ? vendors.telnyx : vendors.twilio;
  world.faults.add({ kind: 'delay', ms: 1 });
}

/** A process that is killed with its first request, when it holds the ledger. */
async function leaveDeadLock(stage: Stage): Promise<void> {
  const victim = stage.start();
  lookOutFor({ at: 'arrived', request: 1 }, stage, () => victim.kill('SIGKILL'));
  expect((await victim.ended).signal).toBe('SIGKILL');
}
