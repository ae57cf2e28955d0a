import { expect, test } from 'vitest';
import { approval } from '../support/company.ts';
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
    const whole = await scenario.runUntil({ at, how: 'after' }, 'apply', '--plan', 'plan.json');
    if (whole !== null) {
      expect(whole).toMatchObject({ exit: 0 });
      break;
    }
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
    const whole = await scenario.runUntil({ at, how: 'after' }, 'drift', '--revert');
    if (whole !== null) {
      expect(whole).toMatchObject({ exit: 0 });
      break;
    }
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

test('as many leavers as a day allows, cut off in the middle: the next runs finish them, and the limit does not count one of them twice', async () => {
  const leavers = ['p1', 'p2', 'p3'];
  for (let at = 8; ; at += 5) {
    const scenario = await startOrganization({ grants: { ...CREW, billing_manager: leavers } });
    scenario.setPolicies(crew());
    const whole = await scenario.runUntil({ at, how: 'after' }, 'apply', '--yes');
    if (whole !== null) {
      expect(whole).toMatchObject({ exit: 0 });
      break;
    }
    await finish(scenario, 'apply', '--yes');
    expect(scenario.live(), `killed at ${at}`).toEqual(['ada administrator', 'bob developer', 'cleo support', 'zoe administrator']);
    expect(countMade(scenario), `killed at ${at}`).toBe(6);
  }
});

test('more leavers than a day allows, by a counted approval, cut off in the middle: each spends one of it and no more', async () => {
  const leavers = ['p1', 'p2', 'p3', 'p4', 'p5'];
  const approved = { ...crew(), 'approvals/leavers.yaml': approval(MAIN, 5, '2026-11-28') };
  for (let at = 8; ; at += 9) {
    const scenario = await startOrganization({ grants: { ...CREW, billing_manager: leavers } });
    scenario.setPolicies(approved);
    const whole = await scenario.runUntil({ at, how: 'after' }, 'apply', '--yes');
    if (whole !== null) {
      expect(whole).toMatchObject({ exit: 0 });
      break;
    }
    await finish(scenario, 'apply', '--yes');
    expect(scenario.live(), `killed at ${at}`).toEqual(['ada administrator', 'bob developer', 'cleo support', 'zoe administrator']);
    expect(countMade(scenario), `killed at ${at}`).toBe(10);
  }
});

test.each([
  ['a developer becomes administrator', 'bob developer'],
  ['an administrator becomes developer', 'yan administrator'],
  ['somebody joins with two roles', null],
  ['somebody inactive is wanted again', null],
])('%s, cut off anywhere, and policy takes it back before the next run: in the end they hold what they held', async (name, end) => {
  const story = STORIES[name];
  if (story === undefined) throw new Error('no such story');
  for (let at = 2; ; at += 3) {
    const scenario = await startStory(story);
    const whole = await scenario.runUntil({ at, how: 'after' }, 'apply', '--plan', 'plan.json');
    if (whole !== null) break;
    scenario.setPolicies(crew(story.start?.grants ?? CREW));
    for (const argv of [
      ['apply', '--yes'],
      ['drift', '--revert'],
      ['apply', '--yes'],
    ]) {
      scenario.minutes(11);
      const run = await scenario.run(...argv);
      expect(run.exit, `killed at ${at}: ${run.stdout}`).toBe(0);
    }
    const left = scenario.live().filter((row) => row.startsWith(`${story.who} `) && !row.endsWith(' inactive'));
    expect(left, `killed at ${at}`).toEqual(end === null ? [] : [end]);
  }
});
