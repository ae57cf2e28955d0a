import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../github/support/create-office.ts';
import { company, type Policies, PRODUCTION, peopleFile, team } from '../support/company.ts';

const IMPORTED = company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } });
const ACCOUNT = `accounts/${PRODUCTION}.yaml`;
const SKELETON: Policies = { [ACCOUNT]: IMPORTED[ACCOUNT] ?? '' };
const LIVE = { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] };
const MALLORY = 'mallory@evil.example';

let office: Office;
afterEach(() => office.stop());

function letIn(email: string): void {
  const portal = office.vendor.portal(PRODUCTION);
  portal.inviteByPortal(email, 'admin', 'Mallory');
  portal.accept(email);
}

test('a direct push that names a stranger of the first days takes nobody in: the issue stays, and says that nobody approved it', async () => {
  office = await createOffice({ policies: SKELETON, live: LIVE });
  expect(await office.drift()).toMatchObject({ exit: 0 });
  letIn(MALLORY);
  office.hours(1);
  await office.drift();
  expect(office.issue()).toMatchObject({ state: 'open' });
  await office.pushToMain('bob', {
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'bob', MALLORY]),
    'teams/a.yaml': team(PRODUCTION, 'admin', ['ada', 'grace', MALLORY]),
    'teams/b.yaml': team(PRODUCTION, 'member', ['bob']),
  });
  await office.apply();
  for (let hour = 0; hour < 3; hour += 1) {
    office.hours(1);
    await office.drift();
    expect(office.issue()).toMatchObject({ state: 'open' });
    expect(office.issue()?.body).toContain(MALLORY);
  }
});

test('as long as supervision cannot begin, the night says so in an issue and with its code, however quiet the account is', async () => {
  const wrong = { ...IMPORTED, ...company({ [PRODUCTION]: { admin: ['ada'], member: ['bob', 'grace'] } }) };
  office = await createOffice({ policies: wrong, live: LIVE });
  expect(await office.apply()).toMatchObject({ exit: 4 });
  for (let hour = 0; hour < 2; hour += 1) {
    office.hours(1);
    const night = await office.drift();
    expect(night).toMatchObject({ exit: 2 });
    expect(night.stdout).toContain(`${PRODUCTION}: Supervision has not begun here: policy and account differ`);
    expect(night.stdout).toContain('3 people are there now');
    expect(office.issue()).toMatchObject({ state: 'open' });
    expect(office.issue()?.body).toContain('Supervision has not begun here');
  }
});
