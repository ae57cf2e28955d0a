import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';

let office: Office;
afterEach(() => office.stop());

const STATE = 'rollcall-state';

async function withOpenPull(): Promise<number> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Hedy joins', {
    'people/hedy.yaml': peopleFile(['hedy']),
    'teams/hedy.yaml': team(PRODUCTION, 'member', ['hedy']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  return pull;
}

test('an observation that somebody edited stops the night, and every open pull request says so instead of what it said last', async () => {
  const pull = await withOpenPull();
  const { stdout } = await office.people.repository.git.run(['show', `${STATE}:live/${PRODUCTION}.json`]);
  const edited = new TextDecoder().decode(stdout).replaceAll('bob@', 'eve@');
  await office.people.commitFiles(STATE, { [`live/${PRODUCTION}.json`]: edited }, 'What was seen', 'mallory');
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  const before = office.vendor.requests.length;
  office.hours(1);
  const night = await office.drift();
  expect(night.exit).toBe(9);
  expect(night.stderr).toContain(`live/${PRODUCTION}.json`);
  expect(office.vendor.requests.length).toBe(before);
  expect(office.comment(pull)).toContain('no plan');
  const head = office.people.repository.heads.get('ada/hedy-joins') ?? '';
  expect(office.checks(head).map(({ conclusion }) => conclusion)).toEqual(['success', 'failure']);
});

test('a ledger put back by force is noticed by the issue that remembers it, by night and by apply, and by the open pull requests', async () => {
  const pull = await withOpenPull();
  const old = await office.tip(STATE);
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['PATCH bob member']);
  expect(office.issue()?.state).toBe('open');
  await office.people.forcePush(STATE, old);
  office.hours(1);
  const night = await office.drift();
  expect(night.exit).toBe(9);
  expect(night.stderr).toContain('it was seen before and is there no more');
  expect(office.comment(pull)).toContain('it was seen before and is there no more');
  const apply = await office.apply({ event: 'workflow_dispatch' });
  expect(apply.exit).toBe(9);
  expect(apply.stderr).toContain('it was seen before and is there no more');
  expect(office.writes()).toEqual([]);
});
