import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../scenarios/github/support/create-office.ts';
import { company, type Policies, PRODUCTION, peopleFile, team } from '../../scenarios/support/company.ts';

const IMPORTED = company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } });
const ACCOUNT = `accounts/${PRODUCTION}.yaml`;
const SKELETON: Policies = { [ACCOUNT]: IMPORTED[ACCOUNT] ?? '' };
const PEOPLE: Policies = Object.fromEntries(Object.entries(IMPORTED).filter(([name]) => name !== ACCOUNT));
const LIVE = { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] };
const MALLORY = 'mallory@evil.example';

let office: Office;
afterEach(() => office.stop());

function letIn(email: string, role: 'admin' | 'member'): void {
  const portal = office.vendor.portal(PRODUCTION);
  portal.inviteByPortal(email, role, 'Somebody');
  portal.accept(email);
}

test('a stranger who came between import and baseline is named, in red, by the plan without changes and by what came of the merge', async () => {
  office = await createOffice({ policies: SKELETON, live: LIVE });
  letIn(MALLORY, 'admin');
  letIn('aaron@evil.example', 'member');
  expect(await office.drift()).toMatchObject({ exit: 0 });
  const pull = await office.propose('ada', 'Import', PEOPLE);
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  const line = `- \`${PRODUCTION}\`: 2 people are there whom no policy names; they are left alone: 🔴 \`${MALLORY}\` (\`admin\`), \`aaron@evil.example\` (\`member\`)`;
  expect(office.comment(pull)).toContain(line);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.comment(pull)).toContain('Access apply: nothing to do');
  expect(office.comment(pull)).toContain(line);
});

test('a pull request that names as admin whoever was raised in the console says in red that merging accepts it', async () => {
  office = await createOffice({ policies: SKELETON, live: LIVE });
  expect(await office.drift()).toMatchObject({ exit: 0 });
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  letIn(MALLORY, 'member');
  office.hours(1);
  await office.drift();
  const pull = await office.propose('ada', 'Import', {
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'bob', MALLORY]),
    'teams/a.yaml': team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']),
    'teams/b.yaml': team(PRODUCTION, 'member', [MALLORY]),
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  const comment = office.comment(pull);
  expect(comment).toContain('### Access plan: no changes · 🔴 1 admin accepted');
  expect(comment).toContain(
    `> - **Merging accepts \`bob@acme.example\` as \`admin\`** in \`${PRODUCTION}\`: it was changed in the account, last applied \`member\`.`,
  );
  expect(comment).toContain(`| 🔴 | \`bob@acme.example\` | \`${PRODUCTION}\` | \`member\` | \`admin\` already |`);
  expect(comment).toContain(`| ⚪ | \`${MALLORY}\` | \`${PRODUCTION}\` | \`no access\` | \`member\` already |`);
});
