import { expect, test } from 'vitest';
import { effectsOf, isWrite, judgeEnd, settle } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { type Met, openStage } from './open-stage.ts';
import { STORIES } from './stories.ts';

/** Minutes between the runs while the vendors' reads still show what was before the first of them. */
const IMPATIENT = [0, 1, 5];

test.each(STORIES)(
  'the answer to every change is lost, and reads lag behind for nine minutes, $name: nobody is invited twice, however often rollcall runs',
  async (story) => {
    const calm = await openStage(story);
    await calm.run();
    const undisturbed = effectsOf(calm.met);
    const stage = await openStage(story);
    const lag = { read_lag_ms: 540_000 };
    stage.telnyx.setSwitches({ ...lag, unique_email: false });
    stage.twilio.setSwitches(lag);
    const came = await stage.run({
      fault: ({ method, url }) => (isWrite({ method, path: url }) ? { kind: 'reset_after' } : null),
    });
    const wrong = judgeRun({ stage, came, met: came.met, undisturbed });
    for (const minutes of IMPATIENT) {
      stage.minutes(minutes);
      await stage.run();
    }
    const { runs, said } = await settle(stage, Array<typeof story.errand>(4).fill(story.errand), [11, 11, 7 * 60, 11]);
    stage.minutes(11);
    wrong.push(...(runs === null ? [`does not come to its end: ${said.join('\n')}`] : await judgeEnd(stage, undisturbed)));
    expect([...wrong, ...sentTwice(stage.met())]).toEqual([]);
  },
);

/** An invitation, or a login; a role that is given, or a person who is taken out, is the same the second time. */
const INVITES = /^\/v2\/sub_users$|\/scim\/v2\/Users$/;

function sentTwice(met: readonly Met[]): string[] {
  const made = met.filter((one) => one.method === 'POST' && INVITES.test(one.path) && one.heard).map(({ path, body }) => `${path} ${body}`);
  return made.filter((one, at) => made.indexOf(one) !== at).map((one) => `sent twice: ${one}`);
}
