import { afterEach, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../../../src/ports.ts';
import { createOffice, type Ended, type Office } from '../../github/support/create-office.ts';
import { company, crowd, OWNER, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { pullsOf } from '../support/pulls-of.ts';

const MINUTE_HOURS = 1 / 60;
const RENEWAL = 'rollcall/renew-telnyx-production-member-2026-12-05';
const ADOPT = { event: 'workflow_dispatch', flags: ['--adopt'], env: { GITHUB_ACTOR: 'ada', GITHUB_TRIGGERING_ACTOR: 'ada' } } as const;

let office: Office;
afterEach(() => office.stop());

/** Bob's access ends in twelve days; Carol's does not end. */
async function open(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob until 2026-12-05', 'carol'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(1);
}

/** Nothing answers any more from that request on, and nothing is tidied up: that is a machine that went away. */
async function killedAt(isLast: (request: HttpRequest) => boolean, when: 'before' | 'after', options = {}): Promise<void> {
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
  const ended: Ended | 'died' = await Promise.race([office.drift({ ...options, http }), died]);
  expect(ended).toBe('died');
}

const draftsCommit = ({ method, url, body = '' }: HttpRequest) =>
  method === 'POST' && url.endsWith('/git/trees') && body.includes('policies/');
const pushesRecord = ({ method, url, body = '' }: HttpRequest) =>
  method === 'POST' && url.endsWith('/git/trees') && body.includes('\\"kind\\":\\"proposed\\"');
const makesBranch = ({ method, url, body = '' }: HttpRequest) =>
  method === 'POST' && url.endsWith('/git/refs') && body.includes('refs/heads/rollcall/');
const opensPull = ({ method, url }: HttpRequest) => method === 'POST' && url.endsWith('/pulls');

/** The commits of every proposal from a branch, by the signed ledger, oldest first. */
async function recorded(branch: string): Promise<string[]> {
  const records = (await office.ledger()).map((line) => JSON.parse(line));
  return records.filter((one) => one.kind === 'proposed' && one.branch === branch).map((one) => one.commit);
}

function headOf(number: number): string {
  return office.people.repository.issues.get(number)?.pull?.headSha ?? 'no pull request';
}

/** One pull request, from a commit that the ledger knows. */
async function oneProposal(): Promise<number> {
  const [pull] = pullsOf(office);
  const number = pull?.number ?? 0;
  expect(pull).toMatchObject({ state: 'open', author: 'github-actions[bot]' });
  expect(pullsOf(office)).toHaveLength(1);
  expect(await recorded(pull?.branch ?? '')).toContain(headOf(number));
  return number;
}

/** Another night comes and goes, a minute later, while the first holds its breath at a request. */
async function raceAt(isMoment: (request: HttpRequest) => boolean): Promise<{ readonly first: Ended; readonly second: Ended }> {
  let second: Promise<Ended> | null = null;
  const http = (inner: Http): Http => ({
    send: async (request) => {
      if (second === null && isMoment(request)) {
        office.hours(MINUTE_HOURS);
        second = office.drift();
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

test.each([
  ['before anything of it was recorded', pushesRecord, 'before', 0, 1],
  ['once it was recorded and before there was a branch: the commit that was made for it is used', makesBranch, 'before', 1, 1],
  ['once there was a branch and nobody had heard of it', makesBranch, 'after', 1, 1],
  ['before the pull request was opened', opensPull, 'before', 1, 1],
  ['once the pull request was opened and nobody had heard of it', opensPull, 'after', 1, 1],
] as const)('a renewal killed %s: the next night ends with one pull request', async (_, isLast, when, known, later) => {
  await open();
  await killedAt(isLast, when);
  expect(await recorded(RENEWAL)).toHaveLength(known);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(new Set(await recorded(RENEWAL)).size).toBe(later);
  const number = await oneProposal();
  expect(office.issue()?.body).toContain(`renewal proposed: [#${number}]`);
});

test.each([
  ['before there was a branch', makesBranch, 'before'],
  ['before the pull request was opened', opensPull, 'before'],
  ['once the pull request was opened and nobody had heard of it', opensPull, 'after'],
] as const)('an adoption killed %s: whoever asks again finds or opens one pull request', async (_, isLast, when) => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob', 'carol'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  await killedAt(isLast, when, ADOPT);
  office.hours(1);
  const again = await office.drift({ ...ADOPT, env: { GITHUB_ACTOR: 'hedy', GITHUB_TRIGGERING_ACTOR: 'hedy' } });
  const number = await oneProposal();
  expect(again.stdout).toContain(`Pull request ${number} proposes to adopt 1 difference`);
});

test('eleven renewals are due at once: ten are proposed in the first hour, the eleventh in the second, none twice', async () => {
  const people = crowd(11);
  const day = (index: number) => `2026-12-0${1 + (index % 6)}`;
  office = await createOffice({
    policies: {
      [`accounts/${PRODUCTION}.yaml`]: `provider: telnyx\napi: sub-users\nowner: ${OWNER}\n`,
      'people/everybody.yaml': peopleFile(['ada', 'grace', ...people]),
      'teams/admins.yaml': team(PRODUCTION, 'admin', ['ada', 'grace']),
      ...Object.fromEntries(people.map((one, index) => [`teams/of-${one}.yaml`, team(PRODUCTION, 'member', [one], day(index))])),
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', ...people.map((one) => `${one} member`)] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(pullsOf(office)).toHaveLength(10);
  expect(office.issue()?.body.match(/renewal proposed/g)).toHaveLength(10);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.issue()?.body.match(/renewal proposed/g)).toHaveLength(11);
  const branches = pullsOf(office).map(({ branch }) => branch);
  expect(branches.toSorted()).toEqual(people.map((one, index) => `rollcall/renew-of-${one}-${day(index)}`).toSorted());
});

test('an adoption that people closed and that somebody asks for again is opened again, from the same branch', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob', 'carol'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  await office.drift(ADOPT);
  const [first] = pullsOf(office);
  await office.people.closePull(first?.number ?? 0);
  office.hours(1);
  const asked = await office.drift({ ...ADOPT, env: { GITHUB_ACTOR: 'hedy', GITHUB_TRIGGERING_ACTOR: 'hedy' } });
  const [, second] = pullsOf(office);
  expect(asked.stdout).toContain(`Pull request ${second?.number} proposes to adopt 1 difference.`);
  expect(pullsOf(office).map(({ state }) => state)).toEqual(['closed', 'open']);
  expect(second?.branch).toBe(first?.branch);
  expect(headOf(second?.number ?? 0)).toBe(headOf(first?.number ?? 0));
  await office.approve(second?.number ?? 0, 'ada');
  await office.plan(second?.number ?? 0);
  const shown = office.comment(second?.number ?? 0);
  expect(shown).toContain('Neither who asked for it (`ada`, `hedy`)');
  expect(shown).toContain('`ada` does not count: they asked for it.');
});

test('an adoption that was merged leaves nothing to adopt', async () => {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob', 'carol'] } }),
      'people/everybody.yaml': ['ada', 'grace', 'hedy', 'bob', 'carol']
        .map((one) => `- email: ${one}@acme.example\n  name: ${one}\n  github: ${one}\n`)
        .join(''),
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  await office.drift(ADOPT);
  const number = pullsOf(office)[0]?.number ?? 0;
  await office.plan(number);
  await office.approve(number, 'hedy');
  await office.merge(number);
  expect((await office.apply()).exit).toBe(0);
  office.hours(1);
  const asked = await office.drift(ADOPT);
  expect(asked.exit).toBe(0);
  expect(asked.stdout).toContain('No drift is left, so there is nothing to adopt.');
  expect(pullsOf(office)).toHaveLength(1);
});

test('a membership that holds privilege beside plain access is not proposed as one, and is listed until people write it', async () => {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace'] }, 'telnyx-support': { admin: ['ada', 'grace'] } }, ['bob']),
      'teams/both.yaml': `members:
  - { email: bob@acme.example, until: 2026-12-05 }
grants:
  - { account: ${PRODUCTION}, role: admin, reason: On call (OPS-2) }
  - { account: telnyx-support, role: member, reason: Answers calls (OPS-3) }
`,
    },
    live: {
      [PRODUCTION]: ['ada admin', 'bob admin', 'grace admin'],
      'telnyx-support': ['ada admin', 'bob member', 'grace admin'],
    },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(pullsOf(office)).toEqual([]);
  expect(await office.tip('rollcall/renew-both-2026-12-05')).toBe('');
  expect(office.issue(PRODUCTION)?.body).toContain('- `bob@acme.example` (`admin`): ends on 2026-12-05');
  expect(office.issue('telnyx-support')?.body).toContain('- `bob@acme.example` (`member`): ends on 2026-12-05');
  expect(office.issue('telnyx-support')?.body).not.toContain('renewal proposed');
});

test.each([
  ['draft it', draftsCommit],
  ['record it', pushesRecord],
])(
  'another night proposes the same renewal when the first is about to %s: the first leaves the field before it has written',
  async (_, moment) => {
    await open();
    const { first, second } = await raceAt(moment);
    expect([first.exit, second.exit]).toEqual([7, 0]);
    expect(first.stderr).toContain('another run wrote to the ledger first. Nothing more was done.');
    expect(pullsOf(office)).toHaveLength(1);
    const number = await oneProposal();
    expect(office.issue()?.body).toContain(`renewal proposed: [#${number}]`);
  },
);

test.each([
  ['when the first has recorded it and is about to make the branch', makesBranch],
  ['when the first is about to open the pull request', opensPull],
])('another night proposes the same renewal %s: there is one pull request, and both nights come to their end', async (_, moment) => {
  await open();
  const { first, second } = await raceAt(moment);
  expect(second.exit).toBe(0);
  expect(pullsOf(office)).toHaveLength(1);
  expect([first.exit, first.stderr]).toEqual([0, expect.not.stringContaining('rollcall:')]);
  expect(first.stdout).not.toContain('not proposed');
  const number = await oneProposal();
  expect(office.issue()?.body).toContain(`renewal proposed: [#${number}]`);
});
