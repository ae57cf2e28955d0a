import { expect, test } from 'vitest';
import type { PowerCut } from '../simulation/memory-disk.ts';
import { type Effects, effectsOf, judgeEnd, settle } from './judge.ts';
import { openStage, type Stage } from './open-stage.ts';
import { STORIES, type Story } from './stories.ts';

/** What is left of bytes and names that were never synced. */
const POWER_CUTS: readonly PowerCut[] = ['all', { names: () => true, share: () => 0.5 }, 'nothing'];

/** How long until the next run, and which command it is: those that were asked for the same, and the scheduled one in between. */
const RECOVERIES = [
  { waits: [11, 11], first: [] },
  { waits: [0, 11], first: [] },
  { waits: [11, 11], first: ['drift --revert'] },
  { waits: [0, 11, 11], first: ['drift --revert'] },
] as const;

interface Dead {
  readonly at: number;
  readonly how: 'half' | 'after';
}

async function die(story: Story, death: Dead, powerCut: PowerCut): Promise<{ readonly stage: Stage; readonly what: string | null }> {
  const stage = await openStage(story);
  const came = await stage.run({ death });
  const what = came.exit === null ? (came.trace.at(-1) ?? '') : null;
  stage.disk.cut(powerCut);
  return { stage, what };
}

/** Everything on the disk, to tell whether two ways to lose the power come to the same. */
function imageOf(stage: Stage): string {
  return stage.disk
    .files()
    .map((file) => `${file}\n${stage.disk.text(file)}`)
    .join('\n');
}

test.each(STORIES)(
  'killed at every step, with every state of the disk, $name: the end is the same, and nothing is done twice',
  async (story) => {
    const calm = await openStage(story);
    const { exit, steps } = await calm.run();
    const undisturbed = effectsOf(calm.met);
    expect(await judgeEnd(calm, undisturbed)).toEqual([]);
    expect({ exit, writes: undisturbed.length }).toEqual({ exit: 0, writes: story.writes });
    const wrong: string[] = [];
    let crashes = 0;
    let recovered = 0;
    for (let at = 1; at <= steps; at += 1) {
      for (const how of ['half', 'after'] as const) {
        const images = new Set<string>();
        for (const cut of POWER_CUTS) {
          const { stage, what } = await die(story, { at, how }, cut);
          // Half of anything but an append is nothing of it, which is the step before.
          if (what === null || (how === 'half' && !what.includes('append'))) break;
          crashes += 1;
          if (images.has(imageOf(stage))) continue;
          images.add(imageOf(stage));
          recovered += 1;
          wrong.push(...(await recover(stage, undisturbed, recovered)).map((one) => `${at} ${what} (${JSON.stringify(cut)}): ${one}`));
        }
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(crashes).toBeGreaterThan(3 * steps);
  },
  300_000,
);

async function recover(stage: Stage, undisturbed: Effects, number: number): Promise<string[]> {
  const forgotten = stage.forgotten();
  if (forgotten.length > 0) return [`the ledger lost what it was to remember: ${forgotten.join(', ')}`];
  const { waits, first } = RECOVERIES[number % RECOVERIES.length] ?? RECOVERIES[0];
  const { errand } = stage.story;
  const { runs, said } = await settle(stage, [...first, errand, errand], waits);
  if (runs === null) return [`does not come to its end: ${said.join('\n')}`];
  return judgeEnd(stage, undisturbed);
}
