import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { company, PRODUCTION, team } from '../scenarios/support/company.ts';
import { executeJob, type RanJob } from './support/execute-job.ts';
import { makeRepository } from './support/make-repository.ts';

const POLICIES = company({ [PRODUCTION]: { admin: ['ada until 2099-01-01', 'ben until 2099-01-01'], member: ['cy'] } });
const TEAM = `policies/teams/${PRODUCTION}-member.yaml`;
const RIGHT = { [TEAM]: team(PRODUCTION, 'member', ['cy', 'ada']) };
const WRONG = { [TEAM]: team(PRODUCTION, 'member', ['mallory']) };
const FINDING = `::error file=${TEAM},line=2,col=5,title=person-unknown::`;

const logOf = (ran: RanJob) => ran.steps.map(({ log }) => log).join('');

describe('the workflow validate', () => {
  test('passes a pull request whose policies are right', async () => {
    const ran = await executeJob('validate.yml', 'validate', await (await makeRepository(POLICIES)).pullRequest(RIGHT));
    expect([ran.conclusion, logOf(ran).trim()]).toEqual(['success', '']);
  });

  test('fails one whose policies are wrong, and says so on the line that is wrong', async () => {
    const ran = await executeJob('validate.yml', 'validate', await (await makeRepository(POLICIES)).pullRequest(WRONG));
    expect(ran.conclusion).toBe('failure');
    expect(ran.steps.at(-1)?.exit).toBe(3);
    expect(logOf(ran)).toContain(FINDING);
  });

  test('reports on a merge queue too', async () => {
    const repository = await makeRepository(POLICIES);
    expect((await executeJob('validate.yml', 'validate', await repository.mergeGroup(RIGHT))).conclusion).toBe('success');
    expect((await executeJob('validate.yml', 'validate', await repository.mergeGroup(WRONG))).conclusion).toBe('failure');
  });

  test('runs the code of the base branch, whatever the pull request makes of action.yml and the bundle', async () => {
    const always = 'process.stdout.write("all is well\\n");';
    const event = await (await makeRepository(POLICIES)).pullRequest({
      ...WRONG,
      'dist/action.cjs': always,
      'dist/main.cjs': always,
      '.base/action.yml': 'name: mine\ninputs: {}\nruns: { using: node24, main: mine.cjs }\n',
      '.base/mine.cjs': always,
    });
    const ran = await executeJob('validate.yml', 'validate', event);
    expect([ran.conclusion, ran.steps.at(-1)?.exit]).toEqual(['failure', 3]);
    expect(logOf(ran)).not.toContain('all is well');
  });

  test('has nothing of the pull request on its disk but the policies', async () => {
    const event = await (await makeRepository(POLICIES)).pullRequest({
      ...RIGHT,
      '.npmrc': 'x',
      'package.json': '{}',
      '.gitattributes': '* filter=x',
    });
    const ran = await executeJob('validate.yml', 'validate', event);
    expect((await readdir(ran.workspace)).sort()).toEqual(['.base', '.git', 'policies']);
    expect(existsSync(path.join(ran.workspace, '.base/dist/action.cjs'))).toBe(true);
  });

  test('follows no link that a pull request leaves among the policies', async () => {
    const event = await (await makeRepository(POLICIES)).pullRequest({ 'policies/people/more.yaml': '-> /proc/self/environ' });
    const ran = await executeJob('validate.yml', 'validate', event);
    expect(ran.conclusion).toBe('failure');
    expect(logOf(ran)).toContain('::error file=policies/people/more.yaml,line=1,col=1,title=file-kind::');
  });
});

describe('a run', () => {
  test('has a token with the permissions of its job and no more', async () => {
    const minted: unknown[] = [];
    const event = await (await makeRepository(POLICIES)).pullRequest(RIGHT);
    const mint = (permissions: unknown) => {
      minted.push(permissions);
      return event.mint({});
    };
    await executeJob('validate.yml', 'validate', { ...event, mint });
    await executeJob('apply.yml', 'apply', { ...event, event: 'workflow_dispatch', mint });
    expect(minted).toEqual([{ contents: 'read' }, { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'read' }]);
  });

  test('takes the inputs that its workflow declares, and refuses another', async () => {
    const event = { ...(await (await makeRepository(POLICIES)).pullRequest(RIGHT)), event: 'workflow_dispatch' };
    const dispatch = executeJob('drift.yml', 'drift', { ...event, inputs: { adpot: 'true' } });
    await expect(dispatch).rejects.toThrow('Unexpected inputs provided: adpot');
  });
});

describe('a workflow that may write', () => {
  test('does not start on another branch, by dispatch or by the environment', async () => {
    const event = await (await makeRepository(POLICIES)).pullRequest(RIGHT);
    const dispatch = { ...event, event: 'workflow_dispatch', ref: 'refs/heads/feature', payload: {} };
    expect((await executeJob('plan.yml', 'plan', dispatch)).conclusion).toBe('skipped');
    expect((await executeJob('apply.yml', 'apply', dispatch)).conclusion).toBe('skipped');
    expect((await executeJob('drift.yml', 'drift', dispatch)).conclusion).toBe('skipped');
  });
});
