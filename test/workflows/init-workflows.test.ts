import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ORGANIZATION_SID } from '../scenarios/kinds/support/kinds-company.ts';
import { OWNER, PRODUCTION } from '../scenarios/support/company.ts';
import { executeJob, type RanJob, type Started } from './support/execute-job.ts';
import { apply, commentsOf, drift, last, MINUTE_MS, plan, refusedOf, writesOf } from './support/run-workflows.ts';
import { type Newcomer, startNewcomer } from './support/start-newcomer.ts';

/**
 * A repository as `rollcall init` writes it, from the first push to the first invitation: the commands are those of its README, and each run
 * on GitHub is executed from the workflow that was pushed. The tests are the steps of one story, in order.
 */
const ACTION = 'acme/rollcall@0123456789abcdef0123456789abcdef01234567';
const ACCOUNTS = [`${PRODUCTION}=telnyx`, `twilio-main=twilio,organization=${ORGANIZATION_SID}`];

const TEAM = 'policies/teams/numbers.yaml';
const teamOf = (role: string) =>
  `members:\n  - frank@acme.example\ngrants:\n  - { account: ${PRODUCTION}, role: ${role}, reason: Runs our numbers (OPS-7) }\n`;

let ada: Newcomer;
let told = '';

beforeAll(async () => {
  ada = await startNewcomer(ACTION);
});
afterAll(() => ada.stop());

const validate = (started: Started): Promise<RanJob> => executeJob('validate.yml', 'validate', started);
const inAccess = (file: string): string => path.join(ada.access, file);

/** The one step that ran rollcall, after a look at what else the job did and left. */
async function rollcallOf(ran: RanJob, others: readonly string[] = [], files: readonly string[] = []) {
  told += JSON.stringify([ran.steps, [...ran.artifacts], commentsOf(ada)]);
  expect(ran.steps.map(({ name }) => name).filter((name) => name !== ACTION)).toEqual(others);
  expect((await readdir(ran.workspace)).toSorted()).toEqual(files);
  ada.advance(MINUTE_MS);
  return last(ran, ACTION);
}

/** Plan keeps its document; validate has the policies and nothing else. */
const ofPlan = (ran: RanJob) => rollcallOf(ran, ['Keep the plan']);
const ofValidate = (ran: RanJob) => rollcallOf(ran, ['The policies of the merged result, as data'], ['.git', 'policies']);

async function commitAll(message: string, branch: string): Promise<void> {
  await ada.git('add', '--all');
  await ada.git('commit', '--quiet', '-m', message);
  await ada.git('push', '--quiet', '-u', 'origin', branch);
}

async function propose(branch: string, title: string): Promise<number> {
  await commitAll(title, branch);
  return ada.people.openPull({ head: branch, title, author: 'ada' });
}

async function approveAndMerge(number: number): Promise<void> {
  await ada.people.review(number, { by: 'grace', state: 'approved' });
  ada.advance(MINUTE_MS);
  await ada.people.merge(number, { method: 'squash', by: 'grace' });
  ada.advance(MINUTE_MS);
}

test('the skeleton is pushed before there is any secret: apply ends, and says which environment it waits for', async () => {
  const flags = [
    '--security',
    '@acme/security',
    '--owner',
    OWNER,
    '--action',
    ACTION,
    ...ACCOUNTS.flatMap((account) => ['--add', account]),
  ];
  const made = await ada.rollcall(['init', 'access', ...flags], path.dirname(ada.access));
  expect(made, made.stderr).toMatchObject({ exit: 0 });
  const { stdout } = await ada.rollcall(['keygen', '--out', 'key']);
  const line = stdout.trim().split('\n').at(-1)?.trim() ?? '';
  await writeFile(inAccess('.github/rollcall.pub'), `${await readFile(inAccess('.github/rollcall.pub'), 'utf8')}${line}\n`);
  await commitAll('Watch our vendor accounts', 'main');
  const early = await rollcallOf(await apply(await ada.push()));
  expect(early).toMatchObject({
    exit: 9,
    log: expect.stringContaining('the secret ROLLCALL_SIGNING_KEY of the environment rollcall-apply'),
  });
});

test('every secret that the README asks for goes into the environment', async () => {
  ada.keys['ROLLCALL_SIGNING_KEY'] = (await readFile(inAccess('key'), 'utf8')).trim();
  ada.secrets.push(ada.keys['ROLLCALL_SIGNING_KEY']);
  await rm(inAccess('key'));
  const asked = [...(await readFile(inAccess('README.md'), 'utf8')).matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = '']) => name);
  expect(asked.toSorted()).toEqual(Object.keys(ada.keys).toSorted());
  ada.environment = ada.keys;
});

test('the first pull request takes in who is there: it is valid, and its plan says to dispatch drift', async () => {
  await ada.git('switch', '--quiet', '--create', 'import');
  const imported = await ada.rollcall(['import']);
  expect(imported, imported.stderr).toMatchObject({ exit: 0 });
  const account = inAccess(`policies/accounts/${PRODUCTION}.yaml`);
  await writeFile(account, (await readFile(account, 'utf8')).replace('# approvers:', 'approvers:'));
  expect(await propose('import', 'Take in who is there')).toBe(1);
  expect(await ofValidate(await validate(await ada.pullRequest(1)))).toMatchObject({ exit: 0 });
  const planned = await plan(await ada.pullRequest(1));
  expect(await ofPlan(planned)).toMatchObject({ exit: 8 });
  expect([planned.conclusion, planned.artifacts.size]).toEqual(['failure', 0]);
  expect(commentsOf(ada)).toEqual([expect.stringContaining('Dispatch the drift workflow on the default branch')]);
});

test('the first drift run reads both accounts with the keys that the workflow names, and plans the pull request: no changes', async () => {
  const before = ada.twilio.requests.length;
  const watched = await drift(await ada.dispatch({}));
  expect(await rollcallOf(watched)).toMatchObject({ exit: 0 });
  const [comment] = commentsOf(ada);
  expect(comment).toContain('### Access plan: no changes');
  expect(comment).toMatch(/`telnyx-production` was observed .*: 3 people, complete/);
  expect(comment).toMatch(/`twilio-main` was observed .*: 4 people, complete/);
  // The two secrets that may be left out open this, and no word of the comment depends on it.
  expect(ada.twilio.requests.slice(before)).toContainEqual(
    expect.objectContaining({ path: expect.stringMatching(/^\/v1\/Keys\?/), status: 200 }),
  );
});

test('planned again by hand it is still empty, and it is approved, merged and applied without a request that changes anything', async () => {
  const planned = await plan(await ada.dispatch({ pull: '1' }));
  expect(await ofPlan(planned)).toMatchObject({ exit: 0, outputs: { verdict: 'empty', changes: '0', exit_code: '0' } });
  expect([...planned.artifacts.keys()]).toEqual(['plan/plan-1.json']);
  await approveAndMerge(1);
  expect(await rollcallOf(await apply(await ada.push()))).toMatchObject({ exit: 0 });
  expect(commentsOf(ada)).toEqual([expect.stringContaining('Approved by `grace`.')]);
  expect(writesOf(ada)).toEqual([]);
});

test('the second pull request gives a role that there is not: validate fails on its line', async () => {
  await ada.git('fetch', '--quiet', 'origin', 'main');
  await ada.git('switch', '--quiet', '--create', 'frank', 'origin/main');
  await writeFile(inAccess('policies/people/newcomers.yaml'), '- email: frank@acme.example\n  name: Frank\n');
  await writeFile(inAccess(TEAM), teamOf('adnim'));
  expect(await propose('frank', 'Frank joins')).toBe(2);
  const checked = await ofValidate(await validate(await ada.pullRequest(2)));
  expect(checked).toMatchObject({ exit: 3, log: expect.stringContaining(`::error file=${TEAM},line=4,`) });
});

test('put right, it invites an admin, which somebody of the team that the account asks for approves', async () => {
  await writeFile(inAccess(TEAM), teamOf('admin'));
  await commitAll('Put the role right', 'frank');
  expect(await ofValidate(await validate(await ada.pullRequest(2)))).toMatchObject({ exit: 0 });
  const planned = await plan(await ada.pullRequest(2));
  expect(await ofPlan(planned)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1' } });
  await approveAndMerge(2);
  const applied = await rollcallOf(await apply(await ada.push()));
  expect(applied).toMatchObject({ exit: 0, log: expect.stringContaining('applied    invite frank@acme.example as admin') });
  expect(writesOf(ada)).toEqual(['POST /v2/sub_users']);
  expect(commentsOf(ada)[1]).toContain('Approved by `grace`; `admin` in `telnyx-production` by `grace`.');
});

test('the night after leaves nothing to do, nothing was refused that a job needed, and no secret was written anywhere', async () => {
  expect(await rollcallOf(await drift(await ada.schedule()))).toMatchObject({ exit: 0 });
  expect(refusedOf(ada)).toEqual([]);
  expect(told).toContain('frank@acme.example');
  expect(ada.secrets.filter((secret) => told.includes(secret))).toEqual([]);
});

test('another commit of the action runs nothing', async () => {
  const moved = { ...(await ada.push()), actions: { [ACTION.replace('@0', '@1')]: ada.access } };
  await expect(apply(moved)).rejects.toThrow(`${ACTION}: nothing stands in for this action`);
});
