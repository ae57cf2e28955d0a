import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';

let office: Office;
afterEach(() => office.stop());

test('somebody closed the issue and replaced its body: the next night opens the same one again and puts it right', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  expect((await office.drift()).exit).toBe(2);
  const [issue] = [...office.people.repository.issues.values()].filter((one) => one.pull === null);
  if (issue === undefined) throw new Error('no issue was opened');
  issue.body = 'Nothing to see here.';
  issue.state = 'closed';
  office.hours(1);

  expect((await office.drift()).exit).toBe(2);
  expect(office.issue()).toMatchObject({ number: issue.number, state: 'open', labels: ['rollcall', 'rollcall:drift'] });
  expect(office.issue()?.body).toContain('| 🟡 | `bob@acme.example` | vanished (drift) |');
  expect(office.writes()).toEqual([]);
});
