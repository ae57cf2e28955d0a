import { expect, test } from 'vitest';
import { MAIN } from './support/kinds-company.ts';
import { CREW, crew, expectSettled, startOrganization } from './support/start-organization.ts';
import { countMade, expectDone, finish, STORIES, startStory } from './support/twilio-stories.ts';

test.each(Object.entries(STORIES))('%s: without a crash it is these requests in this order', async (_name, story) => {
  const scenario = await startStory(story);
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(story.writes);
  await expectDone(scenario, story, 'at the end');
});

test.each((['after', 'torn'] as const).flatMap((how) => Object.entries(STORIES).map(([name, story]) => [name, how, story] as const)))(
  '%s, killed (%s) at each input and output in turn: the next runs finish it, nothing twice',
  async (_name, how, story) => {
    let crashes = 0;
    for (let at = 1; ; at += 1) {
      const scenario = await startStory(story);
      const run = await scenario.runUntil({ at, how }, 'apply', '--plan', 'plan.json');
      if (run !== null) {
        expect(run.exit).toBe(0);
        break;
      }
      crashes += 1;
      await finish(scenario, 'apply', '--plan', 'plan.json');
      await expectDone(scenario, story, `killed ${how} step ${at}`);
    }
    expect(crashes).toBeGreaterThanOrEqual(how === 'torn' ? 3 : 12);
  },
);

test('killed a second time while it recovers from the first: still the same end', async () => {
  for (const name of ['an administrator becomes developer', 'somebody leaves']) {
    const story = STORIES[name];
    if (story === undefined) throw new Error('no such story');
    for (let first = 9; first <= 24; first += 5) {
      for (let second = 1; second <= 25; second += 4) {
        const scenario = await startStory(story);
        await scenario.runUntil({ at: first, how: 'after' }, 'apply', '--plan', 'plan.json');
        await scenario.runUntil({ at: second, how: 'after' }, 'apply', '--plan', 'plan.json');
        await finish(scenario, 'apply', '--plan', 'plan.json');
        await expectDone(scenario, story, `${name}, killed at ${first}, then at ${second}`);
      }
    }
  }
});

test('what a killed run began is finished by the scheduled drift run', async () => {
  const story = STORIES['an administrator becomes developer'];
  if (story === undefined) throw new Error('no such story');
  let finished = 0;
  for (let at = 1; ; at += 1) {
    const scenario = await startStory(story);
    if ((await scenario.runUntil({ at, how: 'after' }, 'apply', '--plan', 'plan.json')) !== null) break;
    if (!(await scenario.ledger()).includes('"kind":"approval"')) continue;
    await finish(scenario, 'drift', '--revert');
    await expectDone(scenario, story, `killed at ${at}`);
    finished += 1;
  }
  expect(finished).toBeGreaterThan(5);
});

test('killed at each step of `drift --revert`: what was gained in the Console is taken back once', async () => {
  for (let at = 1; ; at += 1) {
    const scenario = await startOrganization();
    const portal = scenario.twilio.portal(MAIN);
    portal.giveRole('bob@acme.example', 'administrator');
    portal.createUser('mallory@acme.example', 'Mallory');
    portal.giveRole('mallory@acme.example', 'developer');
    if ((await scenario.runUntil({ at, how: 'after' }, 'drift', '--revert')) !== null) break;
    await finish(scenario, 'drift', '--revert');
    expect(scenario.live(), `killed at ${at}`).toEqual(['ada administrator', 'bob developer', 'cleo support', 'zoe administrator']);
    expect(scenario.logins('mallory@acme.example'), `killed at ${at}`).toEqual(['inactive']);
    expect(countMade(scenario), `killed at ${at}`).toBe(3);
  }
});

test('killed between taking the role of a leaver and ending the login, and hired again by policy before the next run: the login stays', async () => {
  for (let at = 1; at < 60; at += 1) {
    const scenario = await startOrganization();
    scenario.setPolicies(crew({ ...CREW, developer: [] }));
    await scenario.runUntil({ at, how: 'after' }, 'apply', '--yes');
    if (scenario.live().includes('bob developer')) continue;
    expect(scenario.logins('bob@acme.example')).toEqual(['active']);
    scenario.setPolicies(crew());
    await finish(scenario, 'apply', '--yes');
    expect(scenario.writes()).toEqual(['take bob developer', 'give bob developer']);
    expect(scenario.logins('bob@acme.example')).toEqual(['active']);
    await expectSettled(scenario);
    return;
  }
  throw new Error('no crash fell between the two');
});
