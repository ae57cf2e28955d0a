import { expect, test } from 'vitest';
import type { Capabilities, LivePrincipal } from '../../../src/model.ts';
import { renewGrants } from '../../../src/policy/edit/renew-grants.ts';
import { OF_GROUPS, OF_SETS } from '../../plan/other-providers.ts';
import { adoptAfter, companyWith, type Files, inputOf, PRODUCTION, planDrift } from './drift-for-tests.ts';

const BOB = 'bob@acme.example';
const line = (what: string, more = '') => `  - { account: ${PRODUCTION}, ${what}, reason: Needs it${more} }\n`;
const teamOf = (...grants: string[]) => ({
  'teams/voice.yaml': `members:\n  - ada@acme.example\ngrants: []\n`,
  'teams/bob.yaml': `members:\n  - ${BOB}\ngrants:\n${grants.join('')}`,
});

/** Bob holds something else in the account than policy says, and it is adopted: then nothing is left to do. */
async function adopt(files: Files, bob: Partial<LivePrincipal>, capabilities: Capabilities) {
  const meddling = { [PRODUCTION]: { [BOB]: bob } };
  const told = await adoptAfter(files, meddling, null, capabilities);
  const left = await planDrift(files, meddling, told.files, capabilities);
  return { ...told, left: left.changes };
}

test('of roles that add up the one that was taken goes, and the others stay as they are written', async () => {
  const files = companyWith(teamOf(line('role: developer'), line('role: support')));
  const { written, left } = await adopt(files, { roles: ['support'] }, OF_SETS);
  expect(written).toEqual({ 'teams/bob.yaml': `members:\n  - ${BOB}\ngrants:\n${line('role: support')}` });
  expect(left).toEqual([]);
});

test('an administrator who was lowered to one other role has that role', async () => {
  const files = companyWith(teamOf(line('role: administrator')));
  const { written, left } = await adopt(files, { roles: ['developer'] }, OF_SETS);
  expect(written).toEqual({ 'teams/bob.yaml': `members:\n  - ${BOB}\ngrants:\n${line('role: developer')}` });
  expect(left).toEqual([]);
});

test('an administrator who was lowered to several is left to people, and so is who became one', async () => {
  const one = companyWith(teamOf(line('role: administrator')));
  expect((await adopt(one, { roles: ['billing_manager', 'developer'] }, OF_SETS)).refused).toEqual([
    `${BOB}: one role of policy became several, which is no edit of one line; edit the policies by hand`,
  ]);
  const other = companyWith(teamOf(line('role: developer')));
  expect((await adopt(other, { roles: ['administrator'] }, OF_SETS)).refused).toEqual([
    `${BOB}: privilege that somebody gained in the account is never adopted; it takes a pull request that people write`,
  ]);
});

test('who was made inactive has no grant any more, whatever roles are left', async () => {
  const files = companyWith(teamOf(line('role: developer')));
  const { written, left } = await adopt(files, { roles: ['developer'], status: 'inactive' }, OF_SETS);
  expect(written).toEqual({ 'teams/bob.yaml': `members: []\ngrants:\n${line('role: developer')}` });
  expect(left).toEqual([]);
});

test('a role that was exchanged for another goes, and the new one is a guest’s', async () => {
  const files = companyWith(teamOf(line('role: developer'), line('role: support')));
  const { written, left } = await adopt(files, { roles: ['billing_manager', 'support'] }, OF_SETS);
  expect(written['teams/bob.yaml']).toBe(`members:\n  - ${BOB}\ngrants:\n${line('role: support')}`);
  expect(written[`teams/adopted-${PRODUCTION}.yaml`]).toContain('role: billing_manager');
  expect(left).toEqual([]);
});

test('one more role beside a privileged one is adopted', async () => {
  const privileged = { ...OF_SETS, privilegedRoles: ['administrator', 'Studio Admin'] };
  const files = companyWith(teamOf(line('role: Studio Admin')));
  const { written, left, refused } = await adopt(files, { roles: ['Studio Admin', 'support'] }, privileged);
  expect(refused).toEqual([]);
  expect(written[`teams/adopted-${PRODUCTION}.yaml`]).toContain('role: support');
  expect(left).toEqual([]);
});

test('who was taken out of their last group stays a member', async () => {
  const files = companyWith(teamOf(line('group: billing')));
  const { written, left } = await adopt(files, { roles: ['member'], groups: [] }, OF_GROUPS);
  expect(written['teams/bob.yaml']).toBe(`members: []\ngrants:\n${line('group: billing')}`);
  expect(written[`teams/adopted-${PRODUCTION}.yaml`]).toContain('role: member');
  expect(left).toEqual([]);
});

test('who was put from one group into another is in the other, and never into one that makes an admin', async () => {
  const files = companyWith(teamOf(line('group: billing')));
  const { written, left } = await adopt(files, { roles: ['member'], groups: ['support'] }, OF_GROUPS);
  expect(written[`teams/adopted-${PRODUCTION}.yaml`]).toContain('group: support');
  expect(written[`teams/adopted-${PRODUCTION}.yaml`]).not.toContain('role: member');
  expect(left).toEqual([]);
  expect((await adopt(files, { roles: ['member'], groups: ['billing', 'owners'] }, OF_GROUPS)).refused).toHaveLength(1);
});

test('a privileged group is not renewed by itself', async () => {
  const files = companyWith(teamOf(line('group: owners', ', until: 2026-11-30'), line('group: billing', ', until: 2026-11-30')));
  const places = [4, 5].map((row) => ({
    file: 'policies/teams/bob.yaml',
    line: row,
    column: (files['teams/bob.yaml']?.split('\n')[row - 1] ?? '').indexOf('2026-11-30') + 1,
  }));
  const { renewed, refused } = await renewGrants({ ...inputOf(files, OF_GROUPS), places });
  expect(renewed.map(({ place }) => place.line)).toEqual([5]);
  expect(refused.map(({ why }) => why)).toEqual([
    `it would let owners in ${PRODUCTION} go on for the team bob; privilege takes a pull request that people write`,
  ]);
});
