import { expect, test } from 'vitest';
import { DISK_ERRORS } from '../simulation/draw-fault.ts';
import { effectsOf, isWrite, judgeEnd, settle } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { openStage } from './open-stage.ts';
import { TELLING_STORIES } from './stories.ts';

test.each(TELLING_STORIES)(
  'the disk fails at every step, $name: nothing more is sent, and the next run ends it',
  async (story) => {
    const calm = await openStage(story);
    await calm.run();
    const undisturbed = effectsOf(calm.met);
    const wrong: string[] = [];
    let failures = 0;
    for (let at = 1; ; at += 1) {
      const code = DISK_ERRORS[at % DISK_ERRORS.length] ?? 'EIO';
      const stage = await openStage(story);
      const came = await stage.run({ breaks: (step) => (step === at ? code : null) });
      const [what] = came.trace;
      if (what === undefined) break;
      failures += 1;
      const found = judgeRun({ stage, came, met: came.met, undisturbed });
      // A lock that cannot be tidied up is no word on the ledger.
      const isLedger = /(append|sync) \/repository\/ledger\.jsonl:/.test(what);
      const sent = came.met.slice(came.disturbedAt).filter(isWrite);
      if (isLedger && sent.length > 0) found.push(`${sent.length} changes were sent afterwards`);
      if (isLedger && came.exit === 0) found.push('exit 0');
      const { runs, said } = await settle(stage, [story.errand, story.errand], [11, 11]);
      found.push(...(runs === null ? [`does not come to its end: ${said.join('\n')}`] : await judgeEnd(stage, undisturbed)));
      wrong.push(...found.map((one) => `${at} ${what}: ${one}`));
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(failures).toBeGreaterThan(25);
  },
  300_000,
);
