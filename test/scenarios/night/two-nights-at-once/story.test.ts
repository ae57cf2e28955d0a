import { afterEach, expect, test } from 'vitest';
import type { Http } from '../../../../src/ports.ts';
import { createOffice, type Ended, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';
import { ORIGIN } from '../../support/create-scenario.ts';

let office: Office;
afterEach(() => office.stop());

test('a second night comes and goes before the first has read the account: the first leaves the field, and there is one issue', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.hours(1);
  let begun = false;
  const other: Ended[] = [];
  const meanwhile = (inner: Http): Http => ({
    send: async (request) => {
      if (!begun && new URL(request.url).origin === ORIGIN) {
        begun = true;
        other.push(await office.drift({ event: 'workflow_dispatch' }));
      }
      return inner.send(request);
    },
    close: () => inner.close(),
  });
  const first = await office.drift({ http: meanwhile });
  expect([first.exit, ...other.map(({ exit }) => exit)]).toEqual([7, 0]);
  expect(office.writes()).toEqual(['PATCH bob member']);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
  expect(office.issue()?.state).toBe('open');
});
