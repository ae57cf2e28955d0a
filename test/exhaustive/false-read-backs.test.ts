import { expect, test } from 'vitest';
import { openStage } from './open-stage.ts';
import { storyOf } from './stories.ts';

test('a role whose removal was lost, and that every read back shows under a name that nobody knows, is not called taken away', async () => {
  const story = storyOf('Twilio: roles are swapped both ways');
  const calm = await openStage(story);
  const { met } = await calm.run();
  const taken = met.filter(({ method, effects }) => method === 'DELETE' && effects.length > 0);
  expect(taken).toHaveLength(2);
  let lies = 0;
  for (const { number, effects } of taken) {
    const stage = await openStage(story);
    let told = 0;
    const came = await stage.run({
      fault: (request, at) => {
        if (at === number) return { kind: 'reset_before' };
        const isReadBack = at > number && request.url.includes('Identity=') && told < 6;
        if (isReadBack) told += 1;
        return isReadBack ? { kind: 'unknown_role' } : null;
      },
    });
    lies += came.met.filter(({ fault }) => fault === 'unknown_role').length;
    const wrong = (JSON.parse(came.stdout) as { results: { outcome: string; change: { principal: string } }[] }).results.filter(
      ({ outcome, change }) => outcome === 'applied' && effects[0]?.includes(change.principal.replace('@acme.example', '')),
    );
    expect(wrong).toEqual([]);
    expect(came.exit).not.toBe(0);
    stage.minutes(60);
    await stage.run();
    expect(stage.truth()).toEqual(calm.truth());
  }
  expect(lies).toBeGreaterThan(5);
});

test.each(['somebody leaves', 'Twilio: somebody leaves, and the login ends'])(
  'a delete that may have arrived is not called made because one answer finds nobody, %s',
  async (name) => {
    const story = storyOf(name);
    const calm = await openStage(story);
    const { met } = await calm.run();
    const last = met.findLast(({ method, effects }) => method === 'DELETE' && effects.length > 0)?.number ?? 0;
    const stage = await openStage(story);
    const came = await stage.run({
      fault: (_request, at) => {
        if (at === last) return { kind: 'timeout', when: 'before' };
        return at === last + 1 ? { kind: 'status', status: 404, when: 'before' } : null;
      },
    });
    expect(came.met.slice(last - 1, last + 1).map(({ status, fault }) => status ?? fault)).toEqual(['timeout', 404]);
    expect(stage.truth()).not.toEqual(calm.truth());
    expect(came.exit).not.toBe(0);
    expect(came.stdout).not.toContain('"outcome":"applied"');
    stage.minutes(60);
    await stage.run();
    expect(stage.truth()).toEqual(calm.truth());
  },
);

test('a delete that the vendor accepted and did not make is not called made because one of the read backs finds nobody', async () => {
  const story = storyOf('somebody leaves');
  const calm = await openStage(story);
  const { met } = await calm.run();
  const write = met.find(({ method, effects }) => method === 'DELETE' && effects.length > 0)?.number ?? 0;
  const stage = await openStage(story);
  const came = await stage.run({
    fault: (_request, at) => {
      if (at === write) return { kind: 'not_applied' };
      return at === write + 3 ? { kind: 'status', status: 404, when: 'before' } : null;
    },
  });
  expect(came.met.slice(write, write + 3).map(({ status }) => status)).toEqual([200, 200, 404]);
  expect(came.exit).not.toBe(0);
  expect(came.stdout).not.toContain('"outcome":"applied"');
  stage.minutes(60);
  await stage.run();
  expect(stage.truth()).toEqual(calm.truth());
});
