import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UNPROTECTED } from '../../src/emulator/github/protection-state.ts';
import type { Protection, ProtectionWanted } from '../../src/protection.ts';
import { ADA_TOKEN, APP_TOKEN, ask, SEED, START, TOKEN } from '../emulator/github/github-for-tests.ts';
import { type EmulatedGithub, startEmulated } from './emulated-github.ts';
import { json, message, openScripted } from './github-world.ts';

const WANTED: ProtectionWanted = {
  branches: ['rollcall-state'],
  environment: 'rollcall-apply',
  checks: ['validate', 'plan'],
  workflows: ['.github/workflows/validate.yml', '.github/workflows/drift.yml'],
  scheduled: '.github/workflows/drift.yml',
  since: '2026-10-23T08:00:00.000Z',
};
const MINUTE = 60_000;
const DRIFT = '.github/workflows/drift.yml';
const ADMIN = 'ghs_administrator-of-acme';
const ALL = { administration: 'write', actions: 'read', secrets: 'read', environments: 'read' } as const;

let world: EmulatedGithub;

beforeEach(async () => {
  world = await startEmulated();
  const [token] = SEED.tokens;
  if (token === undefined) throw new Error('the seed has no token');
  world.stage.github.world.addToken({ ...token, value: ADMIN, kind: 'app', appId: 7, permissions: { ...token.permissions, ...ALL } });
});

afterEach(() => world.stop());

const people = () => world.stage.people;
const read = (token = ADMIN, wanted: Partial<ProtectionWanted> = {}): Promise<Protection> =>
  world.open(token).protection.read({ ...WANTED, ...wanted });
const known = <T>(value: T) => ({ kind: 'known', value });
const ruleset = (
  bypass: readonly { actor_id?: number | null; actor_type: 'Team' | 'DeployKey' | 'RepositoryRole' | 'User' }[],
  name = 'main',
) => ({
  id: 9,
  name,
  branches: ['main'],
  enforcement: 'active' as const,
  bypass,
  rules: [{ type: 'deletion' as const }],
});
const CLASSIC = {
  required_pull_request_reviews: { dismiss_stale_reviews: true, require_code_owner_reviews: true, required_approving_review_count: 2 },
  required_status_checks: { contexts: ['validate'], checks: [{ context: 'validate', app_id: 15_368 }] },
  enforce_admins: { url: '', enabled: false },
  allow_force_pushes: { enabled: false },
  allow_deletions: { enabled: true },
};

describe('a repository that is set up as the guide says', () => {
  test('everything is seen by who may administer it', async () => {
    const workflows = {
      '.github/workflows/validate.yml': 'on: pull_request\n',
      [DRIFT]: 'on: schedule\n',
      '.github/CODEOWNERS': '* @acme/security\n',
    };
    await people().commitFiles('main', workflows, 'Workflows', 'ada');
    const startedAt = START - 60 * MINUTE;
    people().addRun({
      workflow: DRIFT,
      event: 'schedule',
      status: 'completed',
      conclusion: 'failure',
      startedAt,
      updatedAt: startedAt + 61_000,
    });
    await people().commitFiles('more', { 'more.md': 'more' }, 'More', 'ada');
    const number = await people().openPull({ head: 'more', title: 'More', author: 'ada' });
    await ask(world.stage, 'POST', 'check-runs', { name: 'validate', head_sha: await people().tip('more') }, TOKEN);
    expect(await read()).toEqual({
      repository: known({ isPrivate: true, defaultBranch: 'main', hasIssues: true, isArchived: false }),
      branches: [
        {
          branch: 'main',
          exists: true,
          rules: known({
            pullRequest: { approvals: 1, codeOwners: true, dismissesStale: true, lastPush: true },
            requiredChecks: [
              { name: 'validate', appId: 15_368 },
              { name: 'plan', appId: 15_368 },
            ],
            forbidsForcePush: true,
            forbidsDeletion: true,
          }),
          unseen: null,
          bypass: known([]),
        },
        {
          branch: 'rollcall-state',
          exists: false,
          rules: known({ pullRequest: null, requiredChecks: [], forbidsForcePush: true, forbidsDeletion: true }),
          unseen: null,
          bypass: known([]),
        },
      ],
      environment: known({
        name: 'rollcall-apply',
        branches: known(['main']),
        adminsMayBypass: false,
        hasReviewers: false,
        waitMinutes: 0,
        secrets: known(['ROLLCALL_SIGNING_KEY']),
      }),
      repositorySecrets: known([]),
      organizationSecrets: known([]),
      checks: known([{ name: 'validate', appId: 15_368, app: 'github-actions', pull: number }]),
      actions: known({
        isEnabled: true,
        allowed: 'selected',
        pinsCommits: true,
        selected: known({ githubOwned: true, verified: false, patterns: ['acme/*'] }),
      }),
      jobToken: known({ writesByDefault: false, mayPropose: true }),
      workflows: known([
        { path: '.github/workflows/validate.yml', state: 'active', used: known({ minutes: 0, runs: 0, isCut: false }) },
        { path: DRIFT, state: 'active', used: known({ minutes: 2, runs: 1, isCut: false }) },
      ]),
      scheduledRun: known({ at: '2026-11-22T07:00:00.000Z', status: 'completed', conclusion: 'failure' }),
      codeowners: known([]),
    });
    expect(world.writes()).toEqual(['POST /check-runs']);
  });
});

describe('a repository that nobody has set up', () => {
  test('what is missing is known to be missing', async () => {
    people().protect(UNPROTECTED);
    people().setEnvironments([]);
    people().letActionsPropose(false);
    const seen = await read();
    const open = known({ pullRequest: null, requiredChecks: [], forbidsForcePush: false, forbidsDeletion: false });
    expect(seen.branches).toEqual([
      { branch: 'main', exists: true, rules: open, unseen: null, bypass: known([]) },
      { branch: 'rollcall-state', exists: false, rules: open, unseen: null, bypass: known([]) },
    ]);
    expect(seen).toMatchObject({
      environment: known(null),
      checks: known([]),
      actions: known({ allowed: 'all', pinsCommits: false, selected: null }),
      jobToken: known({ writesByDefault: true, mayPropose: false }),
      workflows: known([]),
      scheduledRun: known(null),
      codeowners: { kind: 'unknown', why: 'GitHub answers 404: Not Found', needs: 'contents: read' },
    });
  });

  test('the token of a job sees that, too: a branch without any protection needs no administrator to tell', async () => {
    people().protect(UNPROTECTED);
    const [main] = (await read(TOKEN)).branches;
    expect(main).toMatchObject({
      exists: true,
      rules: known({ pullRequest: null, forbidsDeletion: false }),
      unseen: null,
      bypass: known([]),
    });
  });
});

describe('a token that may not see', () => {
  const refused = (needs: string) => ({ kind: 'unknown', why: 'GitHub answers 403: Resource not accessible by integration', needs });

  test('each part says in GitHub’s own words why it is not known, and the rest is', async () => {
    const seen = await read(TOKEN);
    expect(seen).toMatchObject({
      repository: known({ defaultBranch: 'main' }),
      environment: refused('actions: read'),
      repositorySecrets: refused('secrets: read'),
      organizationSecrets: refused('secrets: read'),
      checks: known([]),
      actions: refused('administration: read'),
      jobToken: refused('administration: read'),
      workflows: refused('actions: read'),
      scheduledRun: refused('actions: read'),
    });
    expect(seen.branches[0]).toMatchObject({
      rules: known({ pullRequest: { approvals: 1 }, forbidsForcePush: true }),
      unseen: 'GitHub answers 403: Resource not accessible by integration',
      bypass: {
        kind: 'unknown',
        why: 'GitHub shows who may bypass the ruleset main only to those who may edit it',
        needs: 'administration: write',
      },
    });
  });

  test('an environment is seen without its secrets', async () => {
    const [token] = SEED.tokens;
    if (token === undefined) throw new Error('the seed has no token');
    world.stage.github.world.addToken({ ...token, value: 'ghs_actions-read', permissions: { ...token.permissions, actions: 'read' } });
    expect((await read('ghs_actions-read')).environment).toMatchObject(
      known({ branches: known(['main']), adminsMayBypass: false, secrets: refused('environments: read') }),
    );
  });

  test('a person who is no administrator is told so', async () => {
    const ada = SEED.tokens.find(({ value }) => value === ADA_TOKEN);
    if (ada === undefined) throw new Error('the seed has no token of Ada');
    world.stage.github.world.addToken({ ...ada, value: 'ghp_ada-again', permissions: { ...ada.permissions, ...ALL } });
    const why = 'GitHub answers 403: Must have admin rights to Repository.';
    expect((await read('ghp_ada-again')).actions).toEqual({ kind: 'unknown', why, needs: 'administration: read' });
    expect((await read('ghp_ada-again')).branches[0]?.bypass.kind).toBe('unknown');
    people().setPermission('ada', 'admin');
    expect((await read('ghp_ada-again')).actions.kind).toBe('known');
    expect((await read('ghp_ada-again')).branches[0]?.bypass).toEqual(known([]));
  });

  test('a wrong token is refused once, and asks for nothing else', async () => {
    const seen = await read('ghs_guessed');
    const unknown = { kind: 'unknown', why: 'GitHub answers 401: Bad credentials', needs: 'metadata: read' };
    expect(seen).toMatchObject({ repository: unknown, branches: [], environment: unknown, workflows: unknown });
    expect(world.stage.github.world.requests.map(({ path }) => path)).toEqual(['/repos/acme/access']);
  });
});

describe('rules of a branch', () => {
  test('of several rulesets the strictest demand holds; one that is disabled demands nothing', async () => {
    const pull = (required_approving_review_count: number, require_last_push_approval: boolean) => ({
      type: 'pull_request' as const,
      parameters: {
        required_approving_review_count,
        require_last_push_approval,
        dismiss_stale_reviews_on_push: false,
        require_code_owner_review: false,
        required_review_thread_resolution: false,
      },
    });
    people().protect({
      rulesets: [
        { ...ruleset([]), id: 1, rules: [pull(2, false)] },
        { ...ruleset([]), id: 2, rules: [pull(1, true)] },
        { ...ruleset([]), id: 3, enforcement: 'disabled', rules: [pull(6, true), { type: 'deletion' }] },
      ],
    });
    expect((await read()).branches[0]?.rules).toMatchObject(
      known({ pullRequest: { approvals: 2, lastPush: true, codeOwners: false }, forbidsDeletion: false }),
    );
  });

  test('classic protection counts where rulesets say less, with those whom it does not bind', async () => {
    people().protect({ rulesets: [ruleset([])], classic: { main: CLASSIC } });
    expect((await read()).branches[0]).toEqual({
      branch: 'main',
      exists: true,
      rules: known({
        pullRequest: { approvals: 2, codeOwners: true, dismissesStale: true, lastPush: false },
        requiredChecks: [{ name: 'validate', appId: 15_368 }],
        forbidsForcePush: true,
        forbidsDeletion: true,
      }),
      unseen: null,
      bypass: known([{ who: 'the administrators', mode: 'always', ruleset: null }]),
    });
  });

  test('whom classic protection does not bind is no matter where rulesets demand as much', async () => {
    const { required_pull_request_reviews: _, required_status_checks: __, ...rest } = CLASSIC;
    people().protect({ classic: { main: rest } });
    expect((await read()).branches[0]?.bypass).toEqual(known([]));
  });

  test('who may walk around a ruleset is said in words', async () => {
    const bypass = [
      { actor_id: 5, actor_type: 'RepositoryRole' as const },
      { actor_id: 4711, actor_type: 'Team' as const },
      { actor_id: null, actor_type: 'DeployKey' as const },
    ];
    people().protect({ rulesets: [ruleset(bypass)] });
    expect((await read()).branches[0]?.bypass).toEqual(
      known([
        { who: 'the repository role admin', mode: 'always', ruleset: 'main' },
        { who: 'the team 4711', mode: 'always', ruleset: 'main' },
        { who: 'every deploy key', mode: 'always', ruleset: 'main' },
      ]),
    );
  });

  test('where rulesets cannot be asked, classic protection is what is known, and it is said that more may hold', async () => {
    people().protect({ classic: { main: CLASSIC } });
    world.stage.github.world.faults.add({ kind: 'status', status: 404, path: /\/rules\/branches\/main/, times: 9 });
    const [main] = (await read()).branches;
    expect(main?.rules).toMatchObject(known({ pullRequest: { approvals: 2 }, forbidsDeletion: false }));
    expect(main?.unseen).toContain('GitHub answers 404');
  });
});

describe('the environment', () => {
  const environment = async (branches: readonly string[] | 'protected' | null) => {
    const limits = branches === null ? { limitsBranches: false } : { limitsBranches: true, branches };
    people().setEnvironments([{ name: 'rollcall-apply', ...limits, reviewers: ['grace'], waitMinutes: 5 }]);
    return (await read()).environment;
  };

  test('any branch, protected branches, or named ones and tags', async () => {
    expect(await environment(null)).toMatchObject(
      known({ branches: known('all'), adminsMayBypass: true, hasReviewers: true, waitMinutes: 5 }),
    );
    expect(await environment('protected')).toMatchObject(known({ branches: known('protected') }));
    expect(await environment(['main', 'release/*', 'tag v*'])).toMatchObject(known({ branches: known(['main', 'release/*', 'tag v*']) }));
  });
});

describe('the required checks', () => {
  test('an app that makes a check of the same name is listed beside the one that should', async () => {
    await people().commitFiles('more', { 'more.md': 'more' }, 'More', 'ada');
    const number = await people().openPull({ head: 'more', title: 'More', author: 'ada' });
    const sha = await people().tip('more');
    await ask(world.stage, 'POST', 'check-runs', { name: 'plan', head_sha: sha }, TOKEN);
    await ask(world.stage, 'POST', 'check-runs', { name: 'plan', head_sha: sha }, APP_TOKEN);
    expect((await read()).checks).toEqual(
      known([
        { name: 'plan', appId: 4242, app: 'rollcall', pull: number },
        { name: 'plan', appId: 15_368, app: 'github-actions', pull: number },
      ]),
    );
  });
});

describe('long lists', () => {
  test('secrets are read to their end', async () => {
    const names = Array.from({ length: 230 }, (_, at) => `SECRET_${at}`);
    people().protect({ secrets: names, organizationSecrets: ['TELNYX_PRODUCTION_API_KEY'] });
    const seen = await read();
    expect(seen.repositorySecrets).toEqual(known(names));
    expect(seen.organizationSecrets).toEqual(known(['TELNYX_PRODUCTION_API_KEY']));
  });

  test('of more than a thousand runs the newest thousand are counted, and that is said', async () => {
    await people().commitFiles('main', { [DRIFT]: 'on: schedule\n' }, 'Workflows', 'ada');
    for (let at = 0; at < 1003; at += 1) {
      const startedAt = START - at * MINUTE;
      people().addRun({
        workflow: DRIFT,
        event: 'push',
        status: 'completed',
        conclusion: 'success',
        startedAt,
        updatedAt: startedAt + 1000,
      });
    }
    const seen = await read(ADMIN, { checks: [] });
    expect(seen.workflows).toEqual(known([{ path: DRIFT, state: 'active', used: known({ minutes: 1000, runs: 1000, isCut: true }) }]));
    expect(seen.scheduledRun).toEqual(known(null));
  });

  test('runs before the month and runs that never got a machine cost nothing', async () => {
    await people().commitFiles('main', { [DRIFT]: 'on: schedule\n' }, 'Workflows', 'ada');
    people().protect({ workflowStates: { [DRIFT]: 'disabled_inactivity' } });
    const run = { workflow: DRIFT, event: 'schedule', status: 'completed', conclusion: 'success' } as const;
    const old = Date.parse('2026-10-22T08:00:00Z');
    people().addRun({ ...run, startedAt: old, updatedAt: old + MINUTE });
    people().addRun({ ...run, conclusion: 'skipped', startedAt: START - MINUTE, updatedAt: START });
    people().addRun({ ...run, startedAt: START - 10 * MINUTE, updatedAt: START });
    expect((await read()).workflows).toEqual(
      known([{ path: DRIFT, state: 'disabled_inactivity', used: known({ minutes: 10, runs: 1, isCut: false }) }]),
    );
  });
});

describe('what cannot be trusted', () => {
  test('the words of an answer and the name of a ruleset reach nobody’s terminal as they are', async () => {
    people().protect({ rulesets: [ruleset([], '\u001b[2Jmain\n::error::x')] });
    expect((await read(TOKEN)).branches[0]?.bypass).toMatchObject({
      why: 'GitHub shows who may bypass the ruleset \\u{1b}\\u{5b}2Jmain\\u{a}\\u{3a}\\u{3a}error\\u{3a}\\u{3a}x only to those who may edit it',
    });
    const { github } = openScripted(() => message(403, 'No\n::error::x'));
    expect((await github.protection.read(WANTED)).repository).toEqual({
      kind: 'unknown',
      why: 'GitHub answers 403: No\\u{a}\\u{3a}\\u{3a}error\\u{3a}\\u{3a}x',
      needs: 'metadata: read',
    });
  });

  test('answers of another shape are no answers, and nothing is taken for well', async () => {
    const { github } = openScripted(({ path }) => json(200, path === '/repos/acme/access' ? { default_branch: 'main' } : null));
    const seen = await github.protection.read(WANTED);
    const { repository, branches, ...parts } = seen;
    expect(repository.kind).toBe('known');
    expect(branches.map(({ rules, bypass, exists }) => [rules.kind, bypass.kind, exists])).toEqual([
      ['unknown', 'unknown', null],
      ['unknown', 'unknown', null],
    ]);
    expect(Object.values(parts).map(({ kind }) => kind)).toEqual(Array.from({ length: 9 }, () => 'unknown'));
    const { github: nameless } = openScripted(() => json(200, {}));
    expect((await nameless.protection.read(WANTED)).repository.kind).toBe('unknown');
  });

  test('one part that GitHub cannot answer leaves the others known', async () => {
    world.stage.github.world.faults.add({ kind: 'status', status: 502, path: /\/actions\/permissions$/, times: 9 });
    const seen = await read();
    expect(seen.actions).toMatchObject({ kind: 'unknown', needs: 'administration: read' });
    expect(seen.jobToken.kind).toBe('known');
    expect(seen.environment.kind).toBe('known');
  });
});
