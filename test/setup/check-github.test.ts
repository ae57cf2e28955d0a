import { describe, expect, test } from 'vitest';
import type { BranchProtection, BranchRules, EnvironmentFacts, Protection } from '../../src/protection.ts';
import { checkActions, checkRepository } from '../../src/setup/check-actions.ts';
import { checkBranches, checkRequired } from '../../src/setup/check-branches.ts';
import { checkEnvironment } from '../../src/setup/check-environment.ts';
import type { Check } from '../../src/setup/check-states.ts';

const NOW = '2026-11-22T12:00:00.000Z';
const UNSEEN = { kind: 'unknown', why: 'GitHub answers 403: Resource not accessible', needs: 'administration: read' } as const;
const TOKEN = 'Set GITHUB_TOKEN to a token with administration: read.';
const known = <T>(value: T) => ({ kind: 'known', value }) as const;

const RULES: BranchRules = {
  pullRequest: { approvals: 1, codeOwners: true, dismissesStale: true, lastPush: true },
  requiredChecks: ['validate', 'plan'].map((name) => ({ name, appId: 15_368 })),
  forbidsForcePush: true,
  forbidsDeletion: true,
};
const MAIN: BranchProtection = { branch: 'main', exists: true, rules: known(RULES), unseen: null, bypass: known([]) };
const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);

describe('the rules of the default branch', () => {
  const judge = (more: Partial<BranchProtection>) => checkBranches([{ ...MAIN, ...more }]);
  const rules = (more: Partial<BranchRules>, unseen: string | null = null) =>
    named(judge({ rules: known({ ...RULES, ...more }), unseen }), 'rules of main');

  test('are well where a pull request, its code owners and somebody else than the last pusher are demanded', () => {
    expect(rules({})).toMatchObject({ state: 'ok', fix: null });
  });

  test.each<[Partial<BranchRules>, string]>([
    [{ forbidsForcePush: false }, 'no force push'],
    [{ forbidsDeletion: false }, 'no deletion'],
    [{ pullRequest: { approvals: 1, codeOwners: false, dismissesStale: true, lastPush: true } }, 'approval of code owners'],
    [{ pullRequest: { approvals: 1, codeOwners: true, dismissesStale: true, lastPush: false } }, 'the last push approved by somebody else'],
    [
      { pullRequest: { approvals: 0, codeOwners: true, dismissesStale: false, lastPush: true } },
      'an approval; approvals dismissed by a new push',
    ],
  ])('are wrong with %j', (more, missing) => {
    expect(rules(more)).toMatchObject({
      state: 'wrong',
      says: `not demanded: ${missing}`,
      fix: 'Add it to a ruleset for main (Settings, Rules).',
    });
  });

  test('are not known to lack anything while one kind of protection was not seen', () => {
    expect(rules({ forbidsDeletion: false }, 'GitHub answers 403')).toMatchObject({ state: 'unknown' });
    expect(rules({}, 'GitHub answers 403')).toMatchObject({ state: 'ok' });
  });

  test('are not known to a token that may not see them, which is told what it takes', () => {
    expect(named(judge({ rules: UNSEEN }), 'rules of main')).toMatchObject({ state: 'unknown', says: UNSEEN.why, fix: TOKEN });
  });

  test('of the state branch are only that nothing is lost there', () => {
    const state = { ...MAIN, branch: 'rollcall-state', rules: known({ ...RULES, pullRequest: null, requiredChecks: [] }) };
    expect(named(checkBranches([MAIN, state]), 'rules of rollcall-state')).toMatchObject({
      state: 'ok',
      says: 'no force push, no deletion',
    });
  });

  test('are worth nothing where somebody may bypass them', () => {
    const actor = { who: 'the repository role admin', mode: 'always', ruleset: 'main' } as const;
    expect(named(judge({ bypass: known([actor]) }), 'bypass of main')).toMatchObject({
      state: 'wrong',
      says: 'may bypass its rules: the repository role admin (ruleset main)',
    });
    expect(named(judge({ bypass: known([{ ...actor, mode: 'pull_request' }]) }), 'bypass of main')?.state).toBe('attention');
    expect(named(judge({}), 'bypass of main')?.state).toBe('ok');
    expect(named(judge({ bypass: UNSEEN }), 'bypass of main')).toMatchObject({ state: 'unknown', fix: TOKEN });
  });
});

describe('required checks', () => {
  const maker = (name: string, appId = 15_368) => ({ name, appId, app: 'github-actions', pull: 7 });
  const made = known([maker('validate'), maker('plan')]);
  const judge = (requiredChecks: BranchRules['requiredChecks'], makers: Protection['checks'] = made) =>
    checkRequired({ ...MAIN, rules: known({ ...RULES, requiredChecks }) }, makers);

  test('are well where both are required of the app that makes them', () => {
    expect(judge(RULES.requiredChecks)).toMatchObject({ state: 'ok', says: 'validate, plan, from one app alone' });
  });

  test('are wrong where one is not required, or is required of an app that never makes it', () => {
    expect(judge([{ name: 'plan', appId: 15_368 }])).toMatchObject({ state: 'wrong', says: 'main does not require validate' });
    expect(judge(RULES.requiredChecks, known([maker('validate'), maker('plan', 99)]))).toMatchObject({
      state: 'wrong',
      says: 'plan is required of an app that does not make it: nothing can be merged',
    });
  });

  test('need attention where anybody may make one, or where a required one never ran', () => {
    expect(judge(RULES.requiredChecks.map((one) => ({ ...one, appId: null })))).toMatchObject({
      state: 'attention',
      says: 'validate, plan may come from anybody who can write a check',
    });
    expect(judge(RULES.requiredChecks, known([maker('plan')]))).toMatchObject({
      state: 'attention',
      says: 'validate never ran on the last pull requests, although required',
    });
  });

  test('are not known where the rules are not', () => {
    expect(checkRequired({ ...MAIN, rules: UNSEEN }, made)).toMatchObject({ state: 'unknown', fix: TOKEN });
    expect(checkRequired(undefined, made).state).toBe('unknown');
  });
});

describe('the environment', () => {
  const names = {
    needed: ['ROLLCALL_SIGNING_KEY', 'TELNYX_API_KEY'],
    all: ['ROLLCALL_SIGNING_KEY', 'TELNYX_API_KEY', 'TWILIO_AUTH_TOKEN'],
  };
  const found: EnvironmentFacts = {
    name: 'rollcall-apply',
    branches: known(['main']),
    adminsMayBypass: false,
    hasReviewers: false,
    waitMinutes: 0,
    secrets: known(names.all),
  };
  const judge = (environment: Protection['environment'], loose: Partial<Protection> = {}) =>
    checkEnvironment({ environment, repositorySecrets: known([]), organizationSecrets: known([]), ...loose }, 'main', names);
  const binding = (more: Partial<EnvironmentFacts>) => named(judge(known({ ...found, ...more })), 'environment');

  test('is well where the default branch alone may use it', () => {
    expect(binding({})).toMatchObject({ state: 'ok', says: 'rollcall-apply, for main alone' });
  });

  test.each<[Partial<EnvironmentFacts>, string, string]>([
    [{ branches: known('all') }, 'wrong', 'every branch may use its keys'],
    [{ branches: known(['main', 'release/*']) }, 'wrong', 'release/\\u{2a} may use its keys too'],
    [{ branches: known([]) }, 'wrong', 'no branch may use its keys'],
    [{ branches: known('protected') }, 'attention', 'every protected branch may use its keys'],
    [{ branches: UNSEEN }, 'unknown', `which branches may use it: ${UNSEEN.why}`],
    [{ adminsMayBypass: true }, 'attention', 'administrators may bypass its rules'],
    [{ hasReviewers: true }, 'attention', 'each run waits for a reviewer, drift every hour'],
    [{ waitMinutes: 30 }, 'attention', 'each run waits 30 minutes'],
  ])('with %j is %s', (more, state, says) => {
    expect(binding(more)).toMatchObject({ state, says });
  });

  test('is wrong where there is none, and not known to a token that may not see it', () => {
    expect(judge(known(null)).map(({ state }) => state)).toEqual(['wrong', 'wrong', 'ok']);
    expect(judge(UNSEEN).map(({ state }) => state)).toEqual(['unknown', 'unknown', 'ok']);
  });

  test('has to hold every key that a run needs; what is optional is named', () => {
    expect(named(judge(known({ ...found, secrets: known(['ROLLCALL_SIGNING_KEY']) })), 'secrets')).toMatchObject({
      state: 'wrong',
      says: 'rollcall-apply lacks TELNYX_API_KEY',
      fix: 'Store it as a secret of rollcall-apply.',
    });
    expect(named(judge(known({ ...found, secrets: known(names.needed) })), 'secrets')).toMatchObject({
      state: 'ok',
      says: 'rollcall-apply holds all that is needed; not there, and optional: TWILIO_AUTH_TOKEN',
    });
    expect(named(judge(known({ ...found, secrets: UNSEEN })), 'secrets')).toMatchObject({ state: 'unknown', fix: TOKEN });
  });

  test('is the only place for them: any branch can read the others', () => {
    const loose = named(judge(known(found), { repositorySecrets: known(['TELNYX_API_KEY', 'NPM_TOKEN']) }), 'loose secrets');
    expect(loose).toMatchObject({ state: 'wrong', says: 'any branch can read TELNYX_API_KEY (of the repository)' });
    expect(named(judge(known(found), { organizationSecrets: known(['TWILIO_AUTH_TOKEN']) }), 'loose secrets')?.state).toBe('wrong');
    expect(named(judge(known(found), { organizationSecrets: UNSEEN }), 'loose secrets')).toMatchObject({ state: 'unknown', fix: TOKEN });
  });
});

describe('what runs on GitHub', () => {
  const paths = ['validate', 'plan', 'apply', 'drift'].map((name) => `.github/workflows/${name}.yml`);
  const used = (minutes: number, isCut = false) => known({ minutes, runs: 10, isCut });
  const parts: Parameters<typeof checkActions>[0] = {
    actions: known({ isEnabled: true, allowed: 'selected', pinsCommits: true, selected: null }),
    jobToken: known({ writesByDefault: false, mayPropose: true }),
    workflows: known(paths.map((path) => ({ path, state: 'active', used: used(100) }))),
    scheduledRun: known({ at: '2026-11-22T11:23:00.000Z', status: 'completed', conclusion: 'success' }),
  };
  const judge = (name: string, more: Partial<typeof parts>) => named(checkActions({ ...parts, ...more }, NOW), name);

  test('is well when all is as advised', () => {
    expect(checkActions(parts, NOW).map(({ state, says }) => `${state}: ${says}`)).toEqual([
      'ok: drift may open its proposals itself',
      'ok: every workflow is active',
      'ok: last begun 37 minutes ago',
      'ok: about 400 in 30 days, for 40 runs',
    ]);
  });

  test.each<[string, Partial<typeof parts>, string, string]>([
    ['settings', { actions: known({ isEnabled: false, allowed: 'all', pinsCommits: null, selected: null }) }, 'wrong', 'switched off'],
    ['settings', { actions: known({ isEnabled: true, allowed: 'all', pinsCommits: false, selected: null }) }, 'attention', "anybody's"],
    ['settings', { jobToken: known({ writesByDefault: true, mayPropose: true }) }, 'attention', 'may write'],
    ['settings', { actions: UNSEEN }, 'unknown', '403'],
    ['on GitHub', { workflows: known([]) }, 'wrong', 'GitHub knows no workflow validate, plan, apply, drift'],
    ['on GitHub', { workflows: UNSEEN }, 'unknown', '403'],
    ['schedule', { scheduledRun: known(null) }, 'attention', 'never ran'],
    ['schedule', { scheduledRun: UNSEEN }, 'unknown', '403'],
    [
      'minutes',
      { workflows: known(paths.map((path) => ({ path, state: 'active', used: used(900, true) }))) },
      'attention',
      'more than 3,600',
    ],
    ['minutes', { workflows: known(paths.map((path) => ({ path, state: 'active', used: UNSEEN }))) }, 'unknown', '403'],
  ])('%s with %j: %s', (name, more, state, says) => {
    expect(judge(name, more)).toMatchObject({ state, says: expect.stringContaining(says) });
  });

  test('is wrong where GitHub switched the hourly workflow off', () => {
    const workflows = known(paths.map((path, at) => ({ path, state: at === 3 ? 'disabled_inactivity' : 'active', used: used(1) })));
    expect(judge('on GitHub', { workflows })).toMatchObject({
      state: 'wrong',
      says: 'not active: .github/workflows/drift.yml (disabled_inactivity)',
    });
  });

  test.each([
    ['2026-11-22T08:00:00.000Z', 'success', 'attention'],
    ['2026-11-21T11:00:00.000Z', 'success', 'wrong'],
    ['2026-11-22T11:23:00.000Z', 'failure', 'attention'],
    ['2026-11-22T11:23:00.000Z', null, 'ok'],
  ])('a schedule that began at %s and ended as %s is %s', (at, conclusion, state) => {
    expect(judge('schedule', { scheduledRun: known({ at, status: 'in_progress', conclusion }) })?.state).toBe(state);
  });
});

describe('the repository', () => {
  const facts = { isPrivate: true, defaultBranch: 'main', hasIssues: true, isArchived: false };

  test('is private, has issues, and is no archive', () => {
    expect(checkRepository(facts).map(({ state }) => state)).toEqual(['ok', 'ok']);
    expect(
      checkRepository({ ...facts, isPrivate: false, hasIssues: false, isArchived: true }).map(({ state, fix }) => [state, fix]),
    ).toEqual([
      ['wrong', 'Make it private (Settings, General).'],
      ['wrong', 'Switch them on (Settings, General, Features).'],
      ['wrong', 'Unarchive it (Settings, General).'],
    ]);
  });
});
