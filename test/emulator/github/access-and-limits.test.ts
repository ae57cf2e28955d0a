import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADA_TOKEN, APP_TOKEN, ask, FORK_TOKEN, SEED, type Stage, startStage, TOKEN } from './github-for-tests.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await startStage();
});

afterEach(() => stage.stop());

const get = (where: string, token?: string | null) => ask(stage, 'GET', where, undefined, token);
const said = ({ status, body }: { status: number; body: { message: string } }) => [status, body.message];

describe('who may see and do what', () => {
  test('a private repository is not there for nobody, and a wrong token is refused', async () => {
    expect(said(await get('', null))).toEqual([404, 'Not Found']);
    expect(said(await get('', 'ghs_guessed'))).toEqual([401, 'Bad credentials']);
    expect((await get('')).body).toMatchObject({
      full_name: 'acme/access',
      private: true,
      default_branch: 'main',
      owner: { type: 'Organization' },
    });
  });

  test('a public one is read by anybody and written by nobody without a token', async () => {
    await stage.github.world.createRepository({ owner: 'acme', name: 'open', isPrivate: false });
    expect((await get('/repos/acme/open', null)).body.private).toBe(false);
    expect((await get('/repos/acme/open/issues')).body).toEqual([]);
    expect(said(await ask(stage, 'POST', '/repos/acme/open/issues', { title: 'x' }, null))).toEqual([401, 'Requires authentication']);
    expect(said(await ask(stage, 'POST', '/repos/acme/open/issues', { title: 'x' }))).toEqual([
      403,
      'Resource not accessible by integration',
    ]);
  });

  test('what nobody has written an answer for is not found', async () => {
    expect([(await get('/nowhere')).status, (await get('nowhere')).status, (await get('/repos/acme/other')).status]).toEqual([
      404, 404, 404,
    ]);
  });

  test('a fork’s token moves no branch, and a person’s says so in its own words', async () => {
    const sha = (await stage.people.tip('main')) ?? '';
    const make = (token: string) => ask(stage, 'POST', 'git/refs', { ref: 'refs/heads/x', sha }, token);
    const refused = await make(FORK_TOKEN);
    expect(said(refused)).toEqual([403, 'Resource not accessible by integration']);
    expect(refused.headers.get('x-accepted-github-permissions')).toBe('contents=write');
    const dispatched = await ask(stage, 'POST', 'actions/workflows/apply.yml/dispatches', { ref: 'main' }, ADA_TOKEN);
    expect(said(dispatched)).toEqual([403, 'Resource not accessible by personal access token']);
  });

  test('the permission of a person is known by word and by role; a stranger has none', async () => {
    stage.people.setPermission('linus', 'triage');
    const of = async (login: string) => {
      const { body } = await get(`collaborators/${login}/permission`);
      return [body.permission, body.role_name];
    };
    expect([await of('ada'), await of('Grace'), await of('linus'), await of('mallory')]).toEqual([
      ['write', 'write'],
      ['write', 'maintain'],
      ['read', 'triage'],
      ['none', 'none'],
    ]);
    expect(said(await get('collaborators/nobody/permission'))).toEqual([404, 'nobody is not a user']);
  });

  test('an Actions token learns nothing of itself or of teams; an app that may read members does', async () => {
    const team = '/orgs/acme/teams/security/memberships';
    expect(said(await get('/user'))).toEqual([403, 'Resource not accessible by integration']);
    expect((await get('/user', ADA_TOKEN)).body).toMatchObject({ login: 'ada', id: 101 });
    expect(said(await get(`${team}/grace`))).toEqual([403, 'Resource not accessible by integration']);
    expect((await get(`${team}/grace`, APP_TOKEN)).body).toMatchObject({ role: 'member', state: 'active' });
    expect((await get(`${team}/ada`, APP_TOKEN)).status).toBe(404);
  });

  test('a dispatch is remembered; environments are listed with their limits', async () => {
    const world = stage.github.world;
    world.addToken({ ...(SEED.tokens[0] as (typeof SEED.tokens)[0]), value: 'ghs_dispatcher', permissions: { actions: 'write' } });
    stage.people.setEnvironments([{ name: 'vendors', limitsBranches: true }]);
    const body = { ref: 'main', inputs: { pull: '12' } };
    expect((await ask(stage, 'POST', 'actions/workflows/apply.yml/dispatches', body, 'ghs_dispatcher')).status).toBe(204);
    expect(stage.people.repository.dispatches).toMatchObject([
      { workflow: 'apply.yml', ref: 'main', inputs: { pull: '12' }, by: 'github-actions[bot]' },
    ]);
    expect((await get('environments', 'ghs_dispatcher')).body).toMatchObject({
      total_count: 1,
      environments: [{ name: 'vendors', deployment_branch_policy: { custom_branch_policies: true } }],
    });
  });
});

describe('limits and faults', () => {
  test('every answer says what is left of the hour; the request after the last is refused until the hour is over', async () => {
    const first = await get('');
    expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual(['1000', '999']);
    for (let at = 2; at <= 1000; at += 1) await get('/nowhere');
    const refused = await get('');
    expect(said(refused)).toEqual([403, 'API rate limit exceeded for user ID 41898282.']);
    expect([refused.headers.get('x-ratelimit-remaining'), refused.headers.get('x-ratelimit-reset')]).toEqual(['0', '1795338000']);
    stage.advance(3_600_000);
    expect((await get('')).status).toBe(200);
  });

  test('a secondary limit says how long to wait and lets nothing through', async () => {
    const { faults } = stage.github.world;
    faults.add({ kind: 'secondary', method: 'POST', path: /\/issues$/, retryAfterSeconds: 7 });
    faults.add({ kind: 'secondary', status: 429, path: /\/issues$/, method: 'POST' });
    const make = () => ask(stage, 'POST', 'issues', { title: 'Drift' });
    const [one, two, three] = [await make(), await make(), await make()];
    expect([one.status, one.headers.get('retry-after'), two.status, two.headers.get('retry-after'), three.status]).toEqual([
      403,
      '7',
      429,
      '60',
      201,
    ]);
    expect(one.body.message).toContain('You have exceeded a secondary rate limit.');
    expect((await get('issues')).body.length).toBe(1);
  });

  test('an answer is lost after the work was done, or before', async () => {
    const { faults, requests } = stage.github.world;
    faults.add({ kind: 'lost', method: 'POST' });
    faults.add({ kind: 'lost', method: 'POST', when: 'before' });
    const make = (title: string) => ask(stage, 'POST', 'issues', { title });
    await expect(make('done')).rejects.toThrow('fetch failed');
    await expect(make('not done')).rejects.toThrow('fetch failed');
    expect((await get('issues')).body.map((issue: { title: string }) => issue.title)).toEqual(['done']);
    expect(requests.filter(({ mutating }) => mutating).map(({ status, fault, body }) => [status, fault, body])).toEqual([
      [null, 'lost', '{"title":"done"}'],
      [null, 'lost', '{"title":"not done"}'],
    ]);
  });

  test('an outage strikes the second of its kind, always or as often as told, until it is over', async () => {
    const { faults } = stage.github.world;
    faults.add({
      kind: 'status',
      status: 502,
      path: /\/issues/,
      nth: 2,
      times: 2,
      body: '<html>Unicorn</html>',
      headers: { 'x-from': 'edge' },
    });
    const statuses = [];
    for (let at = 0; at < 4; at += 1) statuses.push((await fetch(`${stage.github.origin}/repos/acme/access/issues`, auth)).status);
    expect(statuses).toEqual([200, 502, 502, 200]);
    faults.add({ kind: 'status', status: 500, times: 'always' });
    expect([(await get('')).status, (await get('')).status]).toEqual([500, 500]);
    faults.clear();
    expect((await get('')).status).toBe(200);
  });

  test('git that packs its request is understood', async () => {
    const line = '0014command=ls-refs\n0000';
    const response = await fetch(`${stage.github.origin}/acme/access.git/git-upload-pack`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`,
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
        'git-protocol': 'version=2',
      },
      body: gzipSync(line),
    });
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining(`${await stage.people.tip('main')} refs/heads/main`),
    ]);
  });
});

const auth = { headers: { authorization: `Bearer ${TOKEN}` } };
