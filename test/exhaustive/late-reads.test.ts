import { expect, test } from 'vitest';
import { effectsOf, judgeEnd, settle } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { openStage } from './open-stage.ts';
import { STORIES } from './stories.ts';

/** How long the vendors' reads show what was before a write. */
const LAGS_MS = [400, 3_000, 60_000, 540_000];

test.each(STORIES)(
  'reads that lag behind writes for up to nine minutes, $name: nothing is sent twice, and the end is the same',
  async (story) => {
    const calm = await openStage(story);
    await calm.run();
    const undisturbed = effectsOf(calm.met);
    const wrong: string[] = [];
    for (const lagMs of LAGS_MS) {
      const stage = await openStage(story);
      stage.telnyx.setSwitches({ read_lag_ms: lagMs });
      stage.twilio.setSwitches({ read_lag_ms: lagMs });
      const came = await stage.run();
      const found = judgeRun({ stage, came, met: came.met, undisturbed });
      const { runs, said } =
        came.exit === 0 ? { runs: 0, said: [] } : await settle(stage, [story.errand, story.errand, story.errand], [1, 11, 11]);
      stage.minutes(11);
      found.push(...(runs === null ? [`does not come to its end: ${said.join('\n')}`] : await judgeEnd(stage, undisturbed)));
      wrong.push(...found.map((one) => `${lagMs} ms: ${one}`));
    }
    expect(wrong).toEqual([]);
  },
);
