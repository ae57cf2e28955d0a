import { expect, test } from 'vitest';
import { effectsOf, judgeEnd, settle } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { openStage, type Ran } from './open-stage.ts';
import { TELLING_STORIES } from './stories.ts';

test.each(TELLING_STORIES)(
  'Ctrl-C at every step, $name: at most the change in flight is finished, exit 130, and the next run ends it',
  async (story) => {
    const calm = await openStage(story);
    const { steps } = await calm.run();
    const undisturbed = effectsOf(calm.met);
    const wrong: string[] = [];
    for (let at = 1; at <= steps; at += 1) {
      const stage = await openStage(story);
      const came = await stage.run({ interruptAt: at });
      const found = judgeRun({ stage, came, met: came.met, undisturbed });
      if (came.exit !== 130) found.push(`exit ${came.exit}`);
      const touched = changedAfter(came);
      if (touched.size > 1) found.push(`changed afterwards: ${[...touched].join(', ')}`);
      if (stage.disk.files().some((file) => file.includes('.lock'))) found.push('the lock is left');
      const { runs, said } = await settle(stage, [story.errand, story.errand], [0, 11]);
      found.push(...(runs === null ? [`does not come to its end: ${said.join('\n')}`] : await judgeEnd(stage, undisturbed)));
      wrong.push(...found.map((one) => `${at} ${came.trace.at(-1)}: ${one}`));
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  },
  300_000,
);

/** Whom the run changed something of after it was interrupted. */
function changedAfter({ met, disturbedAt }: Ran): ReadonlySet<string> {
  return new Set(met.slice(disturbedAt).flatMap(({ effects }) => effects.map((effect) => effect.split(' ').slice(0, 2).join(' '))));
}
