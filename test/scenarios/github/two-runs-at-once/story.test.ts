import { afterEach, expect, test } from 'vitest';
import type { Http } from '../../../../src/ports.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { ORIGIN } from '../../support/create-scenario.ts';
import { createOffice, type Ended, type Office } from '../support/create-office.ts';

let office: Office;
afterEach(() => office.stop());

/** Hedy and Ivy join, Bob leaves: merged, and not yet applied. */
async function merged(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'cleo'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'cleo member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Two join, one leaves', {
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'cleo', 'hedy', 'ivy']),
    [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['cleo', 'hedy', 'ivy']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
}

const all = ['DELETE bob', 'POST hedy member', 'POST ivy member'];
const truth = ['ada admin', 'cleo member', 'grace admin', 'hedy member invited', 'ivy member invited'];

/** A second run from its beginning to its end, just before the request of the first one that is asked for. */
function meanwhile(isMoment: (method: string, isVendor: boolean) => boolean, other: Ended[]): (inner: Http) => Http {
  let begun = false;
  return (inner) => ({
    send: async (request) => {
      if (!begun && isMoment(request.method, new URL(request.url).origin === ORIGIN)) {
        begun = true;
        other.push(await office.apply({ event: 'workflow_dispatch' }));
      }
      return inner.send(request);
    },
    close: () => inner.close(),
  });
}

test('two runs that begin together: one does it all, the other leaves the field', async () => {
  await merged();
  const ended = await Promise.all([office.apply(), office.apply({ event: 'workflow_dispatch' })]);
  expect(ended.map(({ exit }) => exit).toSorted()).toEqual([0, 7]);
  expect(office.writes().toSorted()).toEqual(all);
  expect(office.live()).toEqual(truth);
});

test('a second run comes and goes before the first has read the account: the first leaves the field', async () => {
  await merged();
  const other: Ended[] = [];
  const first = await office.apply({ http: meanwhile((_, isVendor) => isVendor, other) });
  expect([first.exit, ...other.map(({ exit }) => exit)]).toEqual([7, 0]);
  expect(office.writes().toSorted()).toEqual(all);
  expect(office.live()).toEqual(truth);
});

test('a second run comes and goes when the first is about to send: nobody is invited twice, and both are in the ledger', async () => {
  await merged();
  const other: Ended[] = [];
  const first = await office.apply({ http: meanwhile((method, isVendor) => isVendor && method !== 'GET', other) });
  // The second leaves invitations alone that may be under way. Who is deleted already is deleted once more, and the vendor says gone.
  expect([first.exit, ...other.map(({ exit }) => exit)]).toEqual([0, 10]);
  expect(office.writes().toSorted()).toEqual(['DELETE bob', 'DELETE nobody', 'POST hedy member', 'POST ivy member']);
  office.hours(1);
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(truth);
});
