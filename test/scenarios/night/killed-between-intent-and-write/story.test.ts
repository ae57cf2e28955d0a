import { afterEach, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../../../src/ports.ts';
import { createOffice, type Ended, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { ORIGIN } from '../../support/create-scenario.ts';
import { bodyOf } from '../support/body-of.ts';

const AS_APPROVED = ['ada admin', 'bob member', 'grace admin'];

let office: Office;
afterEach(() => office.stop());

/** Bob was raised and Mallory invited in the console, an hour before the night. */
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

/** Nothing answers any more from the first such request on, and nothing is tidied up: that is a machine that went away. */
async function killedAt(isLast: (request: HttpRequest) => boolean, when: 'before' | 'after'): Promise<void> {
  let die: (word: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => {
    die = resolve;
  });
  let dead = false;
  const http = (inner: Http): Http => ({
    send: async (request) => {
      const dies = !dead && isLast(request);
      if (dies && when === 'after') await inner.send(request);
      dead ||= dies;
      if (!dead) return inner.send(request);
      die('died');
      return new Promise(() => undefined);
    },
    close: async () => undefined,
  });
  const ended: Ended | 'died' = await Promise.race([office.drift({ http }), died]);
  expect(ended).toBe('died');
}

const isVendorWrite = ({ method, url }: HttpRequest) => method !== 'GET' && new URL(url).origin === ORIGIN;
const opensIssue = ({ method, url }: HttpRequest) => method === 'POST' && url.endsWith('/issues');
const isPushWith =
  (words: string) =>
  ({ method, url, body = '' }: HttpRequest) =>
    method === 'POST' && url.endsWith('/git/trees') && body.includes(words);

/** What the ledger says of requests: `intent delete mallory`, `applied delete mallory`. */
async function deeds(): Promise<string[]> {
  const records = (await office.ledger()).map((line) => JSON.parse(line));
  return records.flatMap((one) => {
    if (one.kind === 'intent') return [`intent ${one.change.action} ${short(one.change.principal)}`];
    return one.kind === 'outcome' ? [`${one.outcome} ${one.action} ${short(one.principal)}`] : [];
  });
}

/** The heartbeat on the state branch; empty when no scheduled run has come to its end. */
async function lastAlive(): Promise<string> {
  const { stdout } = await office.people.repository.git.run(['show', 'rollcall-state:heartbeat.json']);
  return new TextDecoder().decode(stdout);
}

function short(principal: string): string {
  return principal.replace(/@acme\.example$/, '');
}

async function aQuietNightAfter(): Promise<void> {
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  // Bob was an admin for a while: nothing is left but the keys that he could read.
  expect(office.issue()).toMatchObject({ state: 'open', body: expect.stringContaining('### 1 offboarding incomplete\n') });
}

test('killed before the intents were durable: nothing was sent, and the next night does it all', async () => {
  await drifted();
  await killedAt(isPushWith('\\"kind\\":\\"intent\\"'), 'before');
  expect(office.writes()).toEqual([]);
  expect(await deeds()).toEqual([]);

  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(office.live()).toEqual(AS_APPROVED);
});

test('killed after the intents were pushed and before the first write left: the next night finds nothing done, and does each once', async () => {
  await drifted();
  await killedAt(isVendorWrite, 'before');
  expect(office.live()).toEqual(['ada admin', 'bob admin', 'grace admin', 'mallory member invited']);
  expect(office.issue()).toBeNull();
  expect(await deeds()).toEqual(['intent delete mallory', 'intent patch bob']);
  office.writes();

  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(office.live()).toEqual(AS_APPROVED);
  expect(await deeds()).toEqual([
    'intent delete mallory',
    'intent patch bob',
    'undecided delete mallory',
    'undecided patch bob',
    'intent delete mallory',
    'intent patch bob',
    'applied delete mallory',
    'applied patch bob',
  ]);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('done-by-the-next-night.md');
  await aQuietNightAfter();
});

test('killed after the first write left and before its outcome was recorded: it is not repeated, the second is made, and both are told', async () => {
  await drifted();
  await killedAt(isVendorWrite, 'after');
  expect(office.live()).toEqual(['ada admin', 'bob admin', 'grace admin']);
  expect(await deeds()).toEqual(['intent delete mallory', 'intent patch bob']);
  office.writes();

  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['PATCH bob member']);
  expect(office.live()).toEqual(AS_APPROVED);
  expect(await deeds()).toEqual([
    'intent delete mallory',
    'intent patch bob',
    'applied delete mallory',
    'undecided patch bob',
    'intent patch bob',
    'applied patch bob',
  ]);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('half-found-by-reading.md');
  await aQuietNightAfter();
});

test('killed after every write and before any outcome was recorded: the next night finds all of it by reading, and tells people', async () => {
  await drifted();
  await killedAt(isPushWith('\\"kind\\":\\"outcome\\"'), 'before');
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(await deeds()).toEqual(['intent delete mallory', 'intent patch bob']);

  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(await deeds()).toEqual(['intent delete mallory', 'intent patch bob', 'applied delete mallory', 'applied patch bob']);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('found-by-reading.md');
  await aQuietNightAfter();
});

test('killed before what it saw was published: the next night repeats nothing, beats, and people learn what the dead one took back', async () => {
  await drifted();
  await killedAt(isPushWith('live/'), 'before');
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(office.issue()).toBeNull();
  expect(await lastAlive()).toBe('');

  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(await lastAlive()).toContain('"at": "2026-11-23T21:00');
  expect(office.live()).toEqual(AS_APPROVED);
  expect(await deeds()).toEqual(['intent delete mallory', 'intent patch bob', 'applied delete mallory', 'applied patch bob']);
  expect(office.issue()?.state).toBe('open');
  expect(office.issue()?.body).toMatch(/`mallory@acme\.example` \| stray invitation \(drift\).*\*\*reverted\*\*/);
  expect(office.issue()?.body).toMatch(/`bob@acme\.example` \| raised \(drift\).*\*\*reverted\*\*/);
});

test('killed before the issue was opened: the next night tells what the dead one took back', async () => {
  await drifted();
  await killedAt(opensIssue, 'before');
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(office.issue()).toBeNull();

  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.state).toBe('open');
  expect(office.issue()?.body).toMatch(/`bob@acme\.example` \| raised \(drift\).*\*\*reverted\*\*/);
});

test('killed once the issue was opened and nobody heard so: there is still one issue', async () => {
  await drifted();
  await killedAt(opensIssue, 'after');
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(office.issue()).toMatchObject({ number: 1, state: 'open' });

  // It never came to its sign of life, so the next night tells of it once more, in the same issue and without a comment.
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.issue()).toMatchObject({ number: 1, state: 'open', comments: [] });
  await aQuietNightAfter();
  expect(office.issue()).toMatchObject({ number: 1 });
  expect(office.live()).toEqual(AS_APPROVED);
});

test.each([
  ['before it left', 'before', 10, ['POST ivy member']],
  ['after it left', 'after', 0, []],
] as const)('killed over an invitation that was owed, %s: it goes out once', async (_, when, exit, later) => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings: 'invites: { per_hour: 1, open: 10 }\n' } }),
    live: { [PRODUCTION]: AS_APPROVED },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Hedy and Ivy join', {
    'people/two.yaml': peopleFile(['hedy', 'ivy']),
    'teams/two.yaml': team(PRODUCTION, 'member', ['hedy', 'ivy']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(10);
  expect(office.writes()).toEqual(['POST hedy member']);

  office.hours(1);
  await killedAt(isVendorWrite, when);
  office.writes();
  office.hours(1);
  // Where no read shows it, it may still turn up: then it is another night's turn.
  expect((await office.drift()).exit).toBe(exit);
  expect(office.writes()).toEqual([]);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(later);
  expect(office.vendor.requests.filter((one) => one.method === 'POST')).toHaveLength(2);
  expect(office.live()).toEqual([...AS_APPROVED, 'hedy member invited', 'ivy member invited'].toSorted());
  expect((await deeds()).filter((deed) => deed === 'applied invite ivy')).toHaveLength(1);
});
