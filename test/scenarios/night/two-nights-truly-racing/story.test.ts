import { afterEach, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../../../src/ports.ts';
import { createOffice, type Ended, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';
import { ORIGIN } from '../../support/create-scenario.ts';

const AS_APPROVED = ['ada admin', 'bob member', 'grace admin'];

let office: Office;
afterEach(() => office.stop());

async function drifted(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(10);
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.vendor.portal(PRODUCTION).inviteByPortal('mallory@acme.example', 'member', 'Mallory', 'grace@acme.example');
  office.hours(1);
}

/** `nth` counts the run's requests to the vendor. */
type Moment = (request: HttpRequest, nth: number) => boolean;

/** Another night comes and goes while the first holds its breath at a moment. */
async function raceAt(moment: Moment): Promise<{ readonly first: Ended; readonly second: Ended }> {
  let asked = 0;
  let second: Promise<Ended> | null = null;
  const http = (inner: Http): Http => ({
    send: async (request) => {
      if (isVendor(request)) asked += 1;
      if (second === null && moment(request, asked)) {
        second = office.drift({ event: 'workflow_dispatch' });
        await second;
      }
      return inner.send(request);
    },
    close: () => inner.close(),
  });
  const first = await office.drift({ http });
  if (second === null) throw new Error('the moment never came');
  return { first, second: await second };
}

const isVendor = ({ url }: HttpRequest) => new URL(url).origin === ORIGIN;
const isVendorWrite = (request: HttpRequest) => isVendor(request) && request.method !== 'GET';
const isPushOfIntents = ({ method, url, body = '' }: HttpRequest) =>
  method === 'POST' && url.endsWith('/git/trees') && body.includes('\\"kind\\":\\"intent\\"');

/** The intents are in a commit by then, and the branch does not have it yet. */
function movesToIntents(): Moment {
  let isMade = false;
  return (request) => {
    isMade ||= isPushOfIntents(request);
    return isMade && request.method === 'PATCH' && request.url.includes('/git/refs/');
  };
}

/** What the ledger says of requests: `intent delete mallory`, `applied delete mallory`. */
async function deeds(): Promise<string[]> {
  const records = (await office.ledger()).map((line) => JSON.parse(line));
  return records.flatMap((one) => {
    if (one.kind === 'intent') return [`intent ${one.change.action} ${short(one.change.principal)}`];
    return one.kind === 'outcome' ? [`${one.outcome} ${one.action} ${short(one.principal)}`] : [];
  });
}

function short(principal: string): string {
  return principal.replace(/@acme\.example$/, '');
}

/** Requests that changed anything, whoever sent them. */
function changesMade(): string[] {
  return office.vendor.requests.filter((one) => one.applied).map((one) => one.method);
}

/** It verifies every record of both nights and finds nothing to do; the issue stays open for the keys that Bob could read as an admin, and for nothing else. */
async function aThirdNight(): Promise<void> {
  office.writes();
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(AS_APPROVED);
  expect(office.issue()).toMatchObject({ number: 1, state: 'open', body: expect.stringContaining('### 1 offboarding incomplete\n') });
}

test.each<[string, () => Moment]>([
  ['before it has read the account', () => (request, nth) => isVendor(request) && nth === 1],
  ['when both have read the account and it is about to push its intents', () => isPushOfIntents],
  ['when its intents are in a commit and the branch is about to move there', movesToIntents],
])('the other night does it all %s: the first sends nothing and leaves the field', async (_, moment) => {
  await drifted();
  const { first, second } = await raceAt(moment());
  expect([first.exit, second.exit]).toEqual([7, 0]);
  expect(first.stderr).toContain('another run wrote to the ledger first. Nothing more was done.');
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(office.live()).toEqual(AS_APPROVED);
  expect(await deeds()).toEqual(['intent delete mallory', 'intent patch bob', 'applied delete mallory', 'applied patch bob']);
  expect(office.issue()).toMatchObject({ number: 1, state: 'open', comments: [] });
  expect(office.issue()?.body.match(/\*\*reverted\*\*/g)).toHaveLength(2);
  await aThirdNight();
});

test.each<[string, Moment, readonly string[], string]>([
  [
    'before its look at the first person',
    (request, nth) => isVendor(request) && nth === 3,
    [],
    'undecided delete mallory, undecided patch bob, applied delete mallory, applied patch bob, withheld delete mallory, withheld patch bob',
  ],
  [
    'as its first write is on its way',
    isVendorWrite,
    ['DELETE nobody'],
    'undecided delete mallory, undecided patch bob, applied delete mallory, applied patch bob, applied delete mallory, withheld patch bob',
  ],
  [
    'between its first write and its second',
    (request, nth) => isVendor(request) && nth === 6,
    [],
    'applied delete mallory, undecided patch bob, applied patch bob, applied delete mallory, withheld patch bob',
  ],
])(
  'the first has announced what it sends, and the other night comes %s: each thing is changed once, and no outcome is lost',
  async (_, moment, inVain, outcomes) => {
    await drifted();
    const { second } = await raceAt(moment);
    expect(second.exit).toBe(0);
    expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member', ...inVain]);
    expect(changesMade()).toEqual(['DELETE', 'PATCH']);
    expect(office.live()).toEqual(AS_APPROVED);
    expect((await deeds()).filter((deed) => !deed.startsWith('intent')).join(', ')).toBe(outcomes);
    await aThirdNight();
  },
);

test('whom the other night took back meanwhile, the first does not report as still there', async () => {
  await drifted();
  const { first } = await raceAt((request, nth) => isVendor(request) && nth === 3);
  expect(first.stdout).not.toContain('changes left');
  expect(office.issue()?.body).not.toContain('**not reverted**');
});

test('the other night does it all between two looks of the first: the issue never goes back to an older place in the ledger', async () => {
  await drifted();
  await raceAt((request, nth) => isVendor(request) && nth === 2);
  expect(changesMade()).toEqual(['DELETE', 'PATCH']);
  expect(office.live()).toEqual(AS_APPROVED);
  const body = office.issue()?.body ?? '';
  expect(body).toContain('just now: 3 people.');
  expect(Number(/<sub>Ledger (\d+) /.exec(body)?.[1])).toBe((await office.ledger()).length);
});
