import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

let office: Office;
afterEach(() => office.stop());

test('an admin leaves: shown with what they leave behind, deleted on merge, and what is left to do by hand stays on the page', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace', 'bob'], member: ['carol'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob admin', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);

  const pull = await office.propose('ada', 'Bob leaves', {
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'carol']),
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace']),
  });
  const planned = await office.plan(pull);
  expect(planned).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1', exit_code: '0' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');

  await office.approve(pull, 'grace');
  await office.merge(pull);
  const applied = await office.apply();
  expect(applied).toMatchObject({ exit: 0, outputs: { exit_code: '0' } });
  expect(office.writes()).toEqual(['DELETE bob']);
  expect(office.live()).toEqual(['ada admin', 'carol member', 'grace admin']);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
  // No API lists keys, so nobody but a person can see to them; the comment is where that person looks.
  expect(office.comment(pull)).toContain('revoke what is no longer needed');
});

test('somebody deleted the leaver in the console before the merge: it is true already, and nothing is sent', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace', 'bob'], member: ['carol'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob admin', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Bob leaves', {
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example');

  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('already.md');
});
