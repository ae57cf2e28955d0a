import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';
import { pullsOf } from '../support/pulls-of.ts';

let office: Office;
afterEach(() => office.stop());

const LOGINS = ['ada', 'grace', 'hedy'];
const PEOPLE = ['ada', 'grace', 'hedy', 'bob', 'carol']
  .map((one) => `- email: ${one}@acme.example\n  name: ${one}\n${LOGINS.includes(one) ? `  github: ${one}\n` : ''}`)
  .join('');
const ADOPT = { event: 'workflow_dispatch', flags: ['--adopt'], env: { GITHUB_ACTOR: 'ada', GITHUB_TRIGGERING_ACTOR: 'ada' } } as const;

async function open(settings = ''): Promise<void> {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob', 'carol'], settings } }),
      'people/everybody.yaml': PEOPLE,
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

test('a leaver deleted in the console is adopted by pull request, approved by a third person, merged, and the issue closes', async () => {
  await open();
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  expect((await office.drift()).exit).toBe(2);
  expect(pullsOf(office)).toEqual([]);
  office.hours(1);
  const asked = await office.drift(ADOPT);
  expect(asked.exit).toBe(2);
  const [pull] = pullsOf(office);
  const number = pull?.number ?? 0;
  expect(asked.stdout).toContain(`Pull request ${number} proposes to adopt 1 difference.`);
  await expect(`# ${pull?.title}\n\n${pull?.body}\n`).toMatchFileSnapshot('proposed.md');
  office.hours(1);
  expect((await office.drift(ADOPT)).stdout).toContain(`Pull request ${number} proposes to adopt 1 difference already.`);
  expect(pullsOf(office)).toHaveLength(1);

  for (const [who, why] of [
    ['ada', 'they asked for it'],
    ['grace', 'they likely made the difference, or gain by it'],
  ] as const) {
    await office.approve(number, who);
    await office.plan(number);
    expect(office.comment(number)).toContain(why);
  }
  await office.approve(number, 'hedy');
  await office.plan(number);
  await expect(office.comment(number)).toMatchFileSnapshot('approved.md');
  await office.merge(number);
  expect((await office.apply()).exit).toBe(0);
  expect(office.comment(number)).toContain('Approved by `hedy`');
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.state).toBe('closed');
  expect((await office.ledger()).some((line) => line.includes('"kind":"proposed"') && line.includes('"logins":["ada"]'))).toBe(true);
});

test('gained privilege is never adopted, and who only asked for it does not make it so by approving', async () => {
  await open('drift: { gained: report, lost: report }\n');
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'hedy@acme.example');
  office.vendor.portal(PRODUCTION).inviteByPortal('guest@elsewhere.example', 'member', 'Guest', 'hedy@acme.example');
  office.hours(1);
  const asked = await office.drift(ADOPT);
  expect(asked.stdout).toContain(
    'Not adopted: telnyx-production bob@acme.example: privilege that somebody gained in the account is never adopted',
  );
  const [pull] = pullsOf(office);
  const number = pull?.number ?? 0;
  expect(pull?.body).toContain('guest@elsewhere.example');
  await office.approve(number, 'ada');
  await office.merge(number);
  const applied = await office.apply();
  expect(applied.stderr).toContain(`Pull request ${number} approves nothing`);
  expect(office.comment(number)).toContain('Not counted: `ada` (they asked for it)');
  // Policy says so by now, and nobody who may approved it: when it is taken back out of policy, it is drift and nothing that was accepted.
  expect((await office.ledger()).some((line) => line.includes('"kind":"state"') && line.includes('guest@elsewhere.example'))).toBe(false);
  expect(office.writes()).toEqual([]);
});

test('a copy of the proposal from another branch, or with more on top, is held to the same people', async () => {
  await open();
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  await office.drift(ADOPT);
  const [pull] = pullsOf(office);
  await office.people.closePull(pull?.number ?? 0);
  const again = await office.propose(
    'hedy',
    'The same once more',
    { 'people/more.yaml': '- email: dan@acme.example\n  name: Dan\n' },
    pull?.branch,
  );
  await office.plan(again);
  await office.approve(again, 'grace');
  await office.plan(again);
  expect(office.comment(again)).toContain('they likely made the difference, or gain by it');
  await office.approve(again, 'ada');
  await office.plan(again);
  expect(office.comment(again)).toContain('they asked for it');
});

test('a schedule adopts nothing, and nobody may ask namelessly', async () => {
  await open();
  for (const given of [{ event: 'schedule', env: { GITHUB_ACTOR: 'ada' } }, { event: 'workflow_dispatch' }] as const) {
    const asked = await office.drift({ ...given, flags: ['--adopt'] });
    expect(asked.exit).toBe(64);
    expect(asked.stderr).toContain('a schedule adopts nothing');
  }
});
