import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseGithubSeed } from '../../../src/emulator/github/parse-github-seed.ts';
import { ADA_TOKEN, ask, SEED, type Stage, startStage } from './github-for-tests.ts';

const ADMIN = 'ghs_administrator-of-acme';

let stage: Stage;

beforeEach(async () => {
  stage = await startStage();
  const permissions = { contents: 'read', administration: 'write', actions: 'read', secrets: 'read', environments: 'read' } as const;
  const [token] = SEED.tokens;
  if (token === undefined) throw new Error('the seed has no token');
  stage.github.world.addToken({ ...token, value: ADMIN, permissions });
});

afterEach(() => stage.stop());

const get = (where: string, token: string | null = ADMIN) => ask(stage, 'GET', where, undefined, token);
const said = ({ status, body }: { status: number; body: { message: string } }) => [status, body.message];

describe('how a repository is protected', () => {
  test('rules hold by name also for a branch that is not there yet, and name their ruleset', async () => {
    const { body } = await get('rules/branches/rollcall-state');
    expect(body.map((rule: { type: string; ruleset_id: number }) => [rule.type, rule.ruleset_id])).toEqual([
      ['non_fast_forward', 502],
      ['deletion', 502],
    ]);
    expect((await get('rules/branches/topic')).body).toEqual([]);
    expect(said(await get('branches/rollcall-state'))).toEqual([404, 'Branch not found']);
  });

  test('who may bypass a ruleset is told to those who may edit it', async () => {
    expect((await get('rulesets/501')).body).toMatchObject({ name: 'main', enforcement: 'active', bypass_actors: [] });
    expect((await get('rulesets/501', ADA_TOKEN)).body.bypass_actors).toBe(undefined);
    expect(said(await get('rulesets/777'))).toEqual([404, 'Not Found']);
  });

  test('a branch that only rulesets protect has no protection of its own', async () => {
    expect((await get('branches/main')).body).toMatchObject({ name: 'main', protected: true });
    expect(said(await get('branches/main/protection'))).toEqual([404, 'Branch not protected']);
    stage.people.protect({ classic: { main: { enforce_admins: { url: stage.github.origin, enabled: true } } } });
    expect((await get('branches/main/protection')).body).toMatchObject({ enforce_admins: { enabled: true } });
  });

  test('settings are for administrators, in a public repository too', async () => {
    expect(said(await get('actions/permissions', ADA_TOKEN))).toEqual([403, 'Must have admin rights to Repository.']);
    expect(said(await get('actions/secrets', ADA_TOKEN))).toEqual([403, 'Resource not accessible by personal access token']);
    await stage.github.world.createRepository({ owner: 'acme', name: 'open', isPrivate: false });
    expect(said(await get('/repos/acme/open/actions/permissions'))).toEqual([403, 'Resource not accessible by integration']);
    expect((await get('/repos/acme/open/rules/branches/main', null)).body.length).toBe(4);
  });

  test('the branches of an environment are listed only where they are named', async () => {
    const policies = 'environments/rollcall-apply/deployment-branch-policies';
    expect((await get(policies)).body).toMatchObject({ total_count: 1, branch_policies: [{ name: 'main', type: 'branch' }] });
    stage.people.setEnvironments([{ name: 'rollcall-apply', limitsBranches: true, branches: 'protected' }]);
    expect((await get('environments/Rollcall-Apply')).body).toMatchObject({
      can_admins_bypass: true,
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
    });
    expect((await get(policies)).status).toBe(404);
    expect((await get('environments/other')).status).toBe(404);
  });

  test('workflows are those of the default branch; their runs are listed by what is asked for', async () => {
    const workflow = '.github/workflows/drift.yml';
    await stage.people.commitFiles('main', { [workflow]: 'on: schedule\n', '.github/workflows/README.md': 'no workflow' }, 'Watch', 'ada');
    const startedAt = Date.parse('2026-11-22T07:00:00Z');
    const run = { workflow, status: 'completed', conclusion: 'success', startedAt, updatedAt: startedAt } as const;
    stage.people.addRun({ ...run, event: 'schedule' });
    stage.people.addRun({ ...run, event: 'push' });
    expect((await get('actions/workflows')).body).toMatchObject({
      total_count: 1,
      workflows: [{ id: 1, path: workflow, state: 'active' }],
    });
    expect((await get('actions/workflows/drift.yml/runs?event=schedule')).body).toMatchObject({
      total_count: 1,
      workflow_runs: [{ event: 'schedule', run_started_at: '2026-11-22T07:00:00Z' }],
    });
    expect((await get('actions/workflows/1/runs?created=%3E%3D2026-11-22T07:00:01Z')).body.total_count).toBe(0);
    expect((await get('actions/workflows/other.yml/runs')).status).toBe(404);
  });

  test('what is wrong in CODEOWNERS is told where there is one', async () => {
    expect((await get('codeowners/errors')).status).toBe(404);
    await stage.people.commitFiles('main', { '.github/CODEOWNERS': '* @nobody\n' }, 'Owners', 'ada');
    const error = { line: 1, column: 3, kind: 'Unknown owner', message: 'Unknown owner on line 1', path: '.github/CODEOWNERS' };
    stage.people.protect({ codeownersErrors: [error] });
    expect((await get('codeowners/errors')).body).toEqual({ errors: [error] });
  });

  test('which actions are meant by selected is a conflict where others are allowed', async () => {
    expect((await get('actions/permissions/selected-actions')).body).toMatchObject({ github_owned_allowed: true });
    stage.people.protect({ allowedActions: 'all' });
    expect((await get('actions/permissions/selected-actions')).status).toBe(409);
  });
});

describe('a seed', () => {
  test('says whether a repository is protected; a fork never is', async () => {
    const file = { repositories: [{ owner: 'acme', name: 'bare', isPrivate: true, isProtected: false }], tokens: [] };
    const seed = parseGithubSeed(file, 'seed.json');
    const bare = await startStage(seed);
    expect(bare.people.repository.protection.rulesets).toEqual([]);
    expect(bare.people.repository.environments).toEqual([]);
    await bare.stop();
    expect((await stage.people.fork('mallory')).repository.protection.rulesets).toEqual([]);
    expect(() => parseGithubSeed({ ...file, repositories: [{ ...file.repositories[0], isProtected: 'yes' }] }, 'seed.json')).toThrow(
      'repositories[0].isProtected is neither true nor false',
    );
  });
});
