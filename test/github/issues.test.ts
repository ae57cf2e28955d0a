import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { GithubFault } from '../../src/emulator/github/github-faults.ts';
import type { GithubToken, Issue } from '../../src/emulator/github/github-state.ts';
import type { People } from '../../src/emulator/github/open-people.ts';
import { type RunningGithub, startGithub } from '../../src/emulator/github/start-github.ts';
import type { IssuesApi } from '../../src/github/github.ts';
import { keepIssue } from '../../src/github/keep-issue.ts';
import { openGitHub } from '../../src/github/open-github.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { composeIssue } from '../../src/report/issue/compose-issue.ts';
import { readMemory } from '../../src/report/issue/remember-set.ts';
import type { AccountWatch } from '../../src/watch.ts';
import { owed, raised, stranger, vanished, watch } from '../report/issue/example-watches.ts';
import { createJumpingClock, createSeededRandom } from '../support/provider-world.ts';
import { ACTIONS } from './github-world.ts';

/** The whole life of a rolling issue over real HTTP on loopback, against an emulated GitHub. */

const JOB = 'ghs_the_token_of_the_job_0123456789';
const READER = 'ghs_a_token_that_only_reads_012345';
const BOT = 'github-actions[bot]';
const HOUR_MS = 3_600_000;

const never = new AbortController().signal;
const http = createHttpClient(4 * 1024 * 1024);
const clock = createJumpingClock();
let folder: string;
let emulated: RunningGithub;
let people: People;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-issues-'));
  const job: GithubToken = {
    value: JOB,
    kind: 'actions',
    userId: ACTIONS.userId,
    login: BOT,
    appId: ACTIONS.appId,
    permissions: { contents: 'write', issues: 'write' },
    repository: 'acme/access',
  };
  emulated = await startGithub({
    clock,
    random: createSeededRandom(),
    git: createRealWorld(process, never, never).git,
    folder,
    seed: {
      users: [{ login: 'ada', id: 77 }],
      repositories: [{ owner: 'acme', name: 'access', isPrivate: true, files: { 'README.md': 'Access.\n' }, roles: { ada: 'maintain' } }],
      tokens: [job, { ...job, value: READER, permissions: { contents: 'read', issues: 'read' } }],
      teams: {},
    },
  });
  people = emulated.world.repository();
});

afterEach(() => {
  emulated.world.faults.clear();
  people.switchIssues(true);
});

afterAll(async () => {
  await emulated.stop();
  await http.close();
  await rm(folder, { recursive: true, force: true });
});

let accounts = 0;

/** A new account and everything a test asks of its issue. Each run is an hour after the one before. */
function openAccount(token = JOB) {
  accounts += 1;
  const account = `telnyx-${accounts}`;
  const title = `rollcall: ${account}`;
  const marker = `<!-- rollcall:${people.repository.id}:${account} -->`;
  const { origin, serverUrl } = emulated;
  const rest = { http, clock, identity: null, pace: false, interrupted: never, membersToken: null };
  const { issues } = openGitHub({ apiUrl: origin, serverUrl, repository: 'acme/access', token, ...rest });
  const all = () => [...people.repository.issues.values()].filter((issue) => issue.title.startsWith(title) || issue.body.includes(marker));
  const issue = (): Issue => {
    const [only, ...more] = all();
    if (only === undefined || more.length > 0) throw new Error(`${all().length} issues of ${account}`);
    return only;
  };
  const textOf = (given: Partial<AccountWatch>) => composeIssue(watch({ account, at: new Date(clock.now()).toISOString(), ...given }));
  return {
    account,
    title,
    marker,
    issues,
    all,
    issue,
    run: (given: Partial<AccountWatch> = {}, api: IssuesApi = issues) => {
      clock.advance(HOUR_MS);
      return keepIssue(api, textOf(given), marker);
    },
    comments: (number = issue().number) =>
      [...people.repository.comments.values()].filter((one) => one.issue === number).map(({ body }) => body),
    isTidy: () => readMemory(issue().body)?.unsaid === null,
  };
}

type Account = ReturnType<typeof openAccount>;

/** What a comment says first, below the line that nobody sees. */
function saidFirst(account: Account): string[] {
  return account.comments().map((body) => {
    const [key, first = ''] = body.split('\n');
    expect(key).toMatch(/^<!-- rollcall:news \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z -->$/);
    return first;
  });
}

const DIFFERENT = '**Something is different from what this issue said last.**';
const SETTLED = '**Everything is as the policies say.** This issue is closed, and opened again when there is something to know.';
const BACK = '**There is something to know again.**';
const CLOSED_BY_HAND = 'Somebody closed this issue while not everything in it is settled. It is open again, and closes by itself.';
const REPLACED =
  'Somebody replaced the description of this issue, so what was said last is not known. It is written anew, and this is how it stands.';

const busy = { drift: [raised()], owed: [owed({ turn: 'person' })] };

describe('the rolling issue', () => {
  test('of a clean account is not opened', async () => {
    const account = openAccount();
    expect(await account.run()).toBe('unchanged');
    expect(account.all()).toEqual([]);
  });

  test('lives from the first difference to the clean close, and comes back as the same one', async () => {
    const account = openAccount();
    expect(await account.run(busy)).toBe('opened');
    const { number } = account.issue();
    expect(account.issue()).toMatchObject({ title: account.title, state: 'open', labels: ['rollcall', 'rollcall:drift', 'rollcall:owed'] });
    expect(account.issue().body.split('\n').slice(0, 2)).toEqual([
      account.marker,
      '### 1 difference nobody approved · 1 waits for a person',
    ]);

    expect(await account.run(busy)).toBe('updated');
    expect(account.comments()).toEqual([]);

    expect(await account.run({ drift: [...busy.drift, vanished()] })).toBe('commented');
    expect(saidFirst(account)).toEqual([DIFFERENT]);
    expect(account.issue().labels).toEqual(['rollcall', 'rollcall:drift']);

    expect(await account.run()).toBe('closed');
    expect(account.issue()).toMatchObject({ number, state: 'closed', labels: ['rollcall'] });
    expect(saidFirst(account)).toEqual([DIFFERENT, SETTLED]);

    expect(await account.run()).toBe('updated');
    expect(account.issue()).toMatchObject({ number, state: 'closed' });

    expect(await account.run({ unread: 'time-out' })).toBe('reopened');
    expect(account.issue()).toMatchObject({ number, state: 'open', labels: ['rollcall', 'rollcall:unread'] });
    expect(saidFirst(account)).toEqual([DIFFERENT, SETTLED, BACK]);
    expect(account.isTidy()).toBe(true);
  });

  test('of an account that cannot be read for two nights stays open with what it said, and tells nothing of it as settled or new', async () => {
    const account = openAccount();
    await account.run({ drift: [vanished()] });
    expect(await account.run({ unread: 'time-out' })).toBe('commented');
    expect(await account.run({ unread: 'time-out' })).toBe('updated');
    expect(account.issue().state).toBe('open');
    expect(account.issue().body).toContain('### The account could not be read · 1 difference nobody approved\n');
    expect(await account.run({ drift: [vanished()] })).toBe('commented');
    const [lost = '', found = ''] = account.comments();
    expect(lost).not.toContain('Settled');
    expect(found).toContain('**Settled**\n\n- the account could not be read\n\n');
    expect(found).not.toContain('**New**');
    expect(await account.run()).toBe('closed');
    expect(account.comments()[2]).toContain('**Settled**\n\n- `ivan@acme.example, vanished (drift)`\n');
  });

  test('is left alone when there is not even an age to change', async () => {
    const account = openAccount();
    const same = { ...busy, at: '2026-11-22T09:07:00.000Z' };
    expect(await account.run(same)).toBe('opened');
    const from = emulated.world.requests.length;
    expect(await account.run(same)).toBe('unchanged');
    expect(emulated.world.requests.slice(from).filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('is one for each account', async () => {
    const [one, other] = [openAccount(), openAccount()];
    expect([await one.run(busy), await other.run(busy), await one.run(busy)]).toEqual(['opened', 'opened', 'updated']);
    expect(one.issue().number).not.toBe(other.issue().number);
  });

  test('is found behind hundreds of others, also without its labels, and is no pull request of that name', async () => {
    const account = openAccount();
    await account.run(busy);
    account.issue().labels = [];
    const others: number[] = [];
    for (let at = 0; at < 220; at += 1) others.push(await people.openIssue({ title: `Question ${at}`, author: 'ada' }));
    await people.commitFiles('topic', { 'README.md': 'More.\n' }, 'More', 'ada');
    const pull = await people.openPull({ head: 'topic', title: account.title, author: BOT });
    expect(await account.run(busy)).toBe('updated');
    const ours = account.all().filter((one) => one.pull === null);
    expect(ours).toHaveLength(1);
    expect(ours[0]?.labels).toEqual(['rollcall', 'rollcall:drift', 'rollcall:owed']);
    expect(people.repository.issues.get(pull)?.body).toBe('');
    for (const number of others) people.repository.issues.delete(number);
  });

  test('of a thousand strangers fits, and one more is one comment with the counts', async () => {
    const account = openAccount();
    const strangers = Array.from({ length: 1000 }, (_, at) => stranger(at));
    expect(await account.run({ drift: strangers })).toBe('opened');
    expect(await account.run({ drift: strangers })).toBe('updated');
    expect(await account.run({ drift: [...strangers, raised()] })).toBe('commented');
    expect(account.comments()[0]).toContain('Before: 1,000 differences nobody approved.\n\nNow: 1,001 differences nobody approved.');
    expect(await account.run()).toBe('closed');
    expect(account.isTidy()).toBe(true);
  });
});

describe('an issue that people had their hands on', () => {
  test('closed while it is not clean is open again, with one comment that says why, each time somebody closes it', async () => {
    const account = openAccount();
    await account.run(busy);
    account.issue().state = 'closed';
    expect(await account.run(busy)).toBe('reopened');
    expect(account.issue().state).toBe('open');
    expect(await account.run(busy)).toBe('updated');
    expect(saidFirst(account)).toEqual([CLOSED_BY_HAND]);
    account.issue().state = 'closed';
    expect(await account.run({ drift: [vanished()] })).toBe('reopened');
    expect(saidFirst(account)).toEqual([CLOSED_BY_HAND, CLOSED_BY_HAND]);
    expect(account.comments()[1]).toContain('**New**\n\n- nobody approved: `ivan@acme.example, vanished (drift)`, nothing was done');
  });

  test('closed by hand in the hour in which all was settled stays closed, with the last word', async () => {
    const account = openAccount();
    await account.run(busy);
    account.issue().state = 'closed';
    expect(await account.run()).toBe('commented');
    expect(account.issue().state).toBe('closed');
    expect(saidFirst(account)).toEqual([SETTLED]);
  });

  test('opened while all is settled is closed again, with one comment', async () => {
    const account = openAccount();
    await account.run(busy);
    await account.run();
    account.issue().state = 'open';
    expect(await account.run()).toBe('closed');
    expect(await account.run()).toBe('updated');
    expect(saidFirst(account)).toEqual([SETTLED, 'Somebody opened this issue, and there is nothing to know. It is closed again.']);
  });

  test('with another title, without a label of ours and with rows edited is put right without a word', async () => {
    const account = openAccount();
    await account.run(busy);
    const issue = account.issue();
    issue.title = 'Nothing to see here';
    issue.labels = ['rollcall', 'urgent'];
    issue.body = issue.body.replaceAll('grace', 'nobody').replaceAll('\n', '\r\n');
    expect(await account.run(busy)).toBe('updated');
    expect(issue).toMatchObject({ title: account.title, labels: ['urgent', 'rollcall', 'rollcall:drift', 'rollcall:owed'] });
    expect(issue.body).toContain('`grace@acme.example`');
    expect(account.comments()).toEqual([]);
  });

  test('keeps labels that a repository spells with other letters', async () => {
    const account = openAccount();
    const same = { ...busy, at: '2026-11-22T09:07:00.000Z' };
    await account.run(same);
    account.issue().labels = ['Rollcall', 'rollcall:Drift', 'rollcall:owed'];
    expect(await account.run(same)).toBe('unchanged');
  });

  test('replaced as a whole is found by its title and its author, written anew, and says so once', async () => {
    const account = openAccount();
    await account.run(busy);
    account.issue().body = 'All fine, @acme/security. Please ignore.';
    expect(await account.run(busy)).toBe('commented');
    expect(await account.run(busy)).toBe('updated');
    expect(account.issue().body.startsWith(`${account.marker}\n### 1 difference`)).toBe(true);
    expect(saidFirst(account)).toEqual([REPLACED]);
  });

  test('replaced while it is closed and clean is put right without a word', async () => {
    const account = openAccount();
    await account.run(busy);
    await account.run();
    account.issue().body = '';
    expect(await account.run()).toBe('updated');
    expect(saidFirst(account)).toEqual([SETTLED]);
  });

  test('of somebody else is none of ours, whatever it says', async () => {
    const account = openAccount();
    const forged = await people.openIssue({ title: account.title, body: `${account.marker}\nAll fine.`, author: 'ada' });
    const forgedIssue = people.repository.issues.get(forged);
    if (forgedIssue !== undefined) forgedIssue.labels = ['rollcall'];
    expect(await account.run(busy)).toBe('opened');
    expect(forgedIssue).toMatchObject({ body: `${account.marker}\nAll fine.`, state: 'open' });
  });

  test('with the title of another account is still the one its marker says', async () => {
    const [one, other] = [openAccount(), openAccount()];
    await one.run(busy);
    await other.run(busy);
    const issue = one.issue();
    issue.title = other.title;
    expect(await other.run(busy)).toBe('updated');
    expect(issue.state).toBe('open');
    expect(await one.run(busy)).toBe('updated');
    expect(issue.title).toBe(one.title);
  });

  test('twice there is kept once: the oldest, and the other is closed with a pointer to it', async () => {
    const account = openAccount();
    await account.run(busy);
    const { number, body } = account.issue();
    const second = await account.issues.open({ title: account.title, body, labels: ['rollcall'] });
    expect(await account.run(busy)).toBe('updated');
    const [kept, other] = account.all();
    expect(kept).toMatchObject({ number, state: 'open' });
    expect(other).toMatchObject({
      number: second,
      state: 'closed',
      body: `<!-- rollcall:moved -->\nrollcall speaks of an account in one issue, [this one](${emulated.serverUrl}/acme/access/issues/${number}).`,
    });
    const from = emulated.world.requests.length;
    expect(await account.run(busy)).toBe('updated');
    const writes = emulated.world.requests.slice(from).filter(({ mutating }) => mutating);
    expect(writes.map(({ path: asked }) => asked)).toEqual([`/repos/acme/access/issues/${number}`]);
  });
});

describe('an issue that cannot be written', () => {
  test('with a token that may only read is refused, and nothing is thrown', async () => {
    const account = openAccount(READER);
    expect(await account.run(busy)).toBe('refused');
    expect(await account.run()).toBe('unchanged');
    expect(account.all()).toEqual([]);
  });

  test('where issues are switched off is refused, and missed by nobody while there is nothing to say', async () => {
    people.switchIssues(false);
    expect(await openAccount().run(busy)).toBe('refused');
    expect(await openAccount().run()).toBe('unchanged');
  });

  test('where issues are switched off is not there, also when GitHub does not list at all', async () => {
    const { issues, marker, title } = openAccount();
    const body = { message: 'Issues has been disabled in this repository.' };
    emulated.world.faults.add({ kind: 'status', status: 410, method: 'GET', path: /\/issues\?/, times: 'always', body });
    expect(await issues.find(marker, title)).toBeNull();
  });

  test('and is locked shows the news, and says them once it is open to us again', async () => {
    const account = openAccount();
    await account.run(busy);
    account.issue().locked = true;
    expect(await account.run({ drift: [vanished()] })).toBe('refused');
    expect(await account.run({ drift: [vanished()], unread: 'time-out' })).toBe('refused');
    expect(account.issue().body).toContain('### The account could not be read · 1 difference nobody approved');
    account.issue().locked = false;
    expect(await account.run({ drift: [vanished()], unread: 'time-out' })).toBe('commented');
    expect(await account.run({ drift: [vanished()], unread: 'time-out' })).toBe('updated');
    expect(saidFirst(account)).toEqual([DIFFERENT]);
    const [comment = ''] = account.comments();
    for (const news of ['the account could not be read', 'ivan@acme.example', 'grace@acme.example', 'person@acme.example'])
      expect(comment).toContain(news);
  });

  test('and is locked while the news come and go again says nothing', async () => {
    const account = openAccount();
    await account.run(busy);
    account.issue().locked = true;
    await account.run({ ...busy, unread: 'time-out' });
    await account.run(busy);
    account.issue().locked = false;
    expect(await account.run(busy)).toBe('updated');
    expect(account.comments()).toEqual([]);
    expect(account.isTidy()).toBe(true);
  });

  test('for another reason is an error that says so', async () => {
    const account = openAccount();
    emulated.world.faults.add({ kind: 'status', status: 422, method: 'POST', body: { message: 'Validation Failed' } });
    await expect(account.run(busy)).rejects.toMatchObject({ code: 'githubRejected' });
  });

  test('and is stored otherwise than it was sent is an error', async () => {
    const account = openAccount();
    await account.run(busy);
    const { number } = account.issue();
    const body = { ...(await lookAt(number)), body: 'old' };
    emulated.world.faults.add({ kind: 'status', status: 200, method: 'PATCH', body });
    await expect(account.run(busy)).rejects.toThrow(`the issue ${number}: GitHub stored another text than was sent.`);
  });
});

async function lookAt(number: number): Promise<Record<string, unknown>> {
  const url = `${emulated.origin}/repos/acme/access/issues/${number}`;
  const reply = await http.send({
    method: 'GET',
    url,
    headers: { authorization: `token ${JOB}` },
    timeoutMs: 5000,
    maxBodyBytes: 1_000_000,
  });
  if (reply.kind !== 'reply') throw new Error(reply.reason);
  return JSON.parse(reply.body);
}

describe('an answer that was lost', () => {
  const LOST_WRITES: readonly GithubFault[] = [
    { kind: 'lost', method: 'POST' },
    { kind: 'status', status: 502, method: 'POST', when: 'after' },
    { kind: 'lost', method: 'PATCH' },
    { kind: 'lost', method: 'PATCH', nth: 2 },
  ];

  test.each(LOST_WRITES)('after the deed is settled by a read, and nothing is written twice: %j', async (fault) => {
    const account = openAccount();
    if (fault.method === 'POST') emulated.world.faults.add(fault);
    expect(await account.run(busy)).toBe('opened');
    emulated.world.faults.add(fault);
    expect(await account.run({ drift: [vanished()] })).toBe('commented');
    expect(saidFirst(account)).toEqual([DIFFERENT]);
    expect(account.isTidy()).toBe(true);
  });

  test('before the deed is an error, and the next run opens the issue', async () => {
    const account = openAccount();
    emulated.world.faults.add({ kind: 'lost', when: 'before', method: 'POST' });
    await expect(account.run(busy)).rejects.toMatchObject({ code: 'githubUnreachable' });
    expect(account.all()).toEqual([]);
    expect(await account.run(busy)).toBe('opened');
  });

  test('before the body was changed is an error, and the next run changes it', async () => {
    const account = openAccount();
    await account.run(busy);
    emulated.world.faults.add({ kind: 'lost', when: 'before', method: 'PATCH' });
    await expect(account.run({ drift: [vanished()] })).rejects.toMatchObject({ code: 'githubUnreachable' });
    expect(await account.run({ drift: [vanished()] })).toBe('commented');
    expect(saidFirst(account)).toEqual([DIFFERENT]);
  });

  test('before a title or a label was set is an error', async () => {
    const account = openAccount();
    await account.run(busy);
    const { number } = account.issue();
    for (const change of [{ title: 'x' }, { labels: ['x'] }, { state: 'closed' as const }, { body: 'x' }]) {
      emulated.world.faults.add({ kind: 'lost', when: 'before', method: 'PATCH' });
      await expect(account.issues.update(number, change)).rejects.toMatchObject({ code: 'githubUnreachable' });
      emulated.world.faults.add({ kind: 'lost', method: 'PATCH' });
      await account.issues.update(number, change);
    }
    expect(people.repository.issues.get(number)).toMatchObject({ title: 'x', labels: ['x'], state: 'closed', body: 'x' });
  });

  test('on a secondary limit is waited for', async () => {
    const account = openAccount();
    emulated.world.faults.add({ kind: 'secondary', method: 'POST', retryAfterSeconds: 9 });
    expect(await account.run(busy)).toBe('opened');
    expect(clock.sleeps.at(-1)).toBe(9000);
  });
});

/** A run that dies just before, or just after, its nth call that writes. */
function dieAt(issues: IssuesApi, nth: number, when: 'before' | 'after'): IssuesApi {
  let calls = 0;
  const mortal =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls += 1;
      if (calls === nth && when === 'before') throw new Error('the run died');
      const result = await call(...args);
      if (calls === nth) throw new Error('the run died');
      return result;
    };
  return { find: issues.find, open: mortal(issues.open), update: mortal(issues.update), comment: mortal(issues.comment) };
}

describe('a run that dies', () => {
  const DEATHS = [1, 2, 3].flatMap((nth) => (['before', 'after'] as const).map((when) => [when, nth] as const));

  test.each(DEATHS)('%s its write number %d leaves the news to the next run, which makes one comment of them', async (when, nth) => {
    const account = openAccount();
    await account.run(busy);
    const news = { drift: [vanished()] };
    await expect(account.run(news, dieAt(account.issues, nth, when))).rejects.toThrow('the run died');
    await account.run(news);
    expect(await account.run(news)).toBe('updated');
    expect(saidFirst(account)).toEqual([DIFFERENT]);
    expect(account.comments()[0]).toContain('**New**\n\n- nobody approved: `ivan@acme.example, vanished (drift)`, nothing was done');
    expect(account.isTidy()).toBe(true);
  });

  test.each(DEATHS)('%s its write number %d neither repeats nor loses what came since', async (when, nth) => {
    const account = openAccount();
    await account.run(busy);
    await expect(account.run({ drift: [vanished()] }, dieAt(account.issues, nth, when))).rejects.toThrow('the run died');
    await account.run({ drift: [vanished()], unread: 'time-out' });
    await account.run({ drift: [vanished()], unread: 'time-out' });
    const told = account.comments().join('\n');
    expect(told.match(/^- nobody approved: `ivan@acme\.example, vanished \(drift\)`/gm)).toHaveLength(1);
    expect(told.match(/^- the account could not be read$/gm)).toHaveLength(1);
    expect(told.match(/^- waits for a person: /gm)).toHaveLength(1);
    expect(account.isTidy()).toBe(true);
  });

  test.each(DEATHS)('%s its write number %d closes the issue with one last word all the same', async (when, nth) => {
    const account = openAccount();
    await account.run(busy);
    await expect(account.run({}, dieAt(account.issues, nth, when))).rejects.toThrow('the run died');
    await account.run();
    await account.run();
    expect(account.issue().state).toBe('closed');
    expect(saidFirst(account)).toEqual([SETTLED]);
    expect(account.isTidy()).toBe(true);
  });

  test.each(DEATHS)('%s its write number %d reopens what somebody closed with one comment all the same', async (when, nth) => {
    const account = openAccount();
    await account.run(busy);
    account.issue().state = 'closed';
    await expect(account.run(busy, dieAt(account.issues, nth, when))).rejects.toThrow('the run died');
    await account.run(busy);
    await account.run(busy);
    expect(account.issue().state).toBe('open');
    expect(saidFirst(account)).toEqual([CLOSED_BY_HAND]);
  });

  test.each(['before', 'after'] as const)('%s it opened the issue leaves one issue', async (when) => {
    const account = openAccount();
    await expect(account.run(busy, dieAt(account.issues, 1, when))).rejects.toThrow('the run died');
    await account.run(busy);
    expect(account.issue().state).toBe('open');
    expect(account.comments()).toEqual([]);
  });
});

test('an issue with thousands of comments is still told the news: only those of the last day are looked through', async () => {
  const account = openAccount();
  await account.run(busy);
  const { number } = account.issue();
  for (let at = 0; at < 5200; at += 1) await people.comment(number, { by: BOT, body: `Old ${at}`, viaApp: ACTIONS.appId });
  clock.advance(48 * HOUR_MS);
  expect(await account.run({ drift: [vanished()] })).toBe('commented');
});
