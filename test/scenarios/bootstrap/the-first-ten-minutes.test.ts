import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealWorld } from '../../../src/real-world.ts';
import { createOffice, type Office } from '../github/support/create-office.ts';
import { ORGANIZATION_SID, organizationSeed } from '../kinds/support/kinds-company.ts';
import { OWNER, PRODUCTION } from '../support/company.ts';

/**
 * Somebody with a Telnyx account and a Twilio account, an empty folder and an empty repository on GitHub. The tests are the steps of one
 * story, in order, with the commands they really type; `golden/` has what they see at each.
 */
const ACTION = `acme/rollcall@${'0123456789abcdef'.repeat(3).slice(0, 40)}`;
const IN_PRODUCTION = ['ada admin', 'grace admin', 'bob member', 'carol member', 'dora member invited'];
const IN_MAIN = { ada: ['administrator'], grace: ['administrator'], bob: ['developer'], eve: ['developer', 'Studio Admin'] };

let office: Office;
let home: string;
let access: string;
let pull = 0;
/** What the person keeps as the secret ROLLCALL_SIGNING_KEY of the environment. */
let signing: { readonly ROLLCALL_SIGNING_KEY: string };

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rollcall-desk-'));
  access = path.join(home, 'access');
  await mkdir(access);
  office = await createOffice({
    policies: {},
    isEmpty: true,
    live: { [PRODUCTION]: IN_PRODUCTION },
    twilio: organizationSeed({ people: IN_MAIN }),
  });
});

afterAll(async () => {
  await office.stop();
  await rm(home, { recursive: true, force: true });
});

const never = new AbortController().signal;
const real = createRealWorld(process, never, never);

async function git(...args: readonly string[]): Promise<string> {
  const { code, stdout } = await real.git(access).run(['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', ...args]);
  const text = new TextDecoder().decode(stdout).trim();
  expect(code, `git ${args[0]}: ${text}`).toBe(0);
  return text;
}

/** What Ada changed, on a branch of its own, as a pull request. */
async function propose(branch: string, title: string): Promise<number> {
  await git('add', '--all');
  await git('commit', '--quiet', '-m', title);
  await git('push', '--quiet', 'origin', branch);
  return office.people.openPull({ head: branch, base: 'main', title, author: 'ada' });
}

/** All files of a folder of the repository, as one text. */
async function show(folder: string): Promise<string> {
  const files = (await git('ls-files', '--cached', '--others', '--exclude-standard', '--', folder)).split('\n').toSorted();
  const texts = await Promise.all(files.map((file) => readFile(path.join(access, file), 'utf8')));
  return files.map((file, at) => `--- ${file}\n${texts[at]}`).join('\n');
}

/** What they answer, by what is asked; the last answer counts again. An empty one takes what stands in brackets, or ends the accounts. */
const ANSWERS: readonly { readonly about: RegExp; readonly say: string[] }[] = [
  { about: /such as @acme\/security/, say: ['@acme/security'] },
  { about: /telnyx or twilio/, say: ['telnyx', 'twilio', ''] },
  { about: /where its keys are read from/, say: [''] },
  { about: /owner of|owner's/, say: [OWNER] },
  { about: /Twilio organization/, say: [ORGANIZATION_SID] },
];

function answerInit(question: string): string | null {
  const say = ANSWERS.find(({ about }) => about.test(question))?.say ?? [];
  return (say.length > 1 ? say.shift() : say[0]) ?? null;
}

test('minute 0: `init` asks a few questions, writes the repository, and finds it valid', async () => {
  const made = await office.atDesk(home, ['init', 'access', '--action', ACTION], {
    answer: answerInit,
  });
  expect(made, made.stderr).toMatchObject({ exit: 0 });
  expect(made.stdout).toContain('access: policies for telnyx-production, twilio-main');
  await expect(made.stdout).toMatchFileSnapshot('golden/1-init.txt');
  const again = await office.atDesk(access, ['validate']);
  expect(again, again.stderr).toMatchObject({ exit: 0 });
});

test('minute 2: a signing key, the first commit, and the first push', async () => {
  const made = await office.atDesk(access, ['keygen', '--out', 'key']);
  expect(made).toMatchObject({ exit: 0 });
  signing = { ROLLCALL_SIGNING_KEY: (await readFile(path.join(access, 'key'), 'utf8')).trim() };
  const line = made.stdout.trim().split('\n').at(-1)?.trim() ?? '';
  const keys = path.join(access, '.github/rollcall.pub');
  await writeFile(keys, `${await readFile(keys, 'utf8')}${line}\n`);
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', office.remote);
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'Watch our vendor accounts');
  await git('push', '--quiet', 'origin', 'main');
  expect(await git('ls-files')).not.toContain('\nkey');
  expect(await office.tip()).toBe(await git('rev-parse', 'HEAD'));
  // The push starts `apply`, before anybody has made the environment with the keys.
  const early = await office.apply({ env: { ROLLCALL_SIGNING_KEY: '' } });
  expect(early).toMatchObject({ exit: 9 });
  await expect(early.stderr).toMatchFileSnapshot('golden/2-push-without-keys.txt');
});

test('minute 4: `import` writes who is there, and the plan right after is empty', async () => {
  await git('switch', '--quiet', '--create', 'import');
  const imported = await office.atDesk(access, ['import']);
  expect(imported, imported.stderr).toMatchObject({ exit: 0 });
  await expect(imported.stdout).toMatchFileSnapshot('golden/3-import.txt');
  await expect(await show('policies/')).toMatchFileSnapshot('golden/3-policies.txt');
  expect(await office.atDesk(access, ['validate'])).toMatchObject({ exit: 0 });
  const planned = await office.atDesk(access, ['plan', '--detailed-exitcode']);
  expect(planned, planned.stdout).toMatchObject({ exit: 0 });
  await expect(planned.stdout).toMatchFileSnapshot('golden/3-plan.txt');
});

test('minute 6: the first pull request is told what to run', async () => {
  pull = await propose('import', 'Take in who is there');
  expect(await office.plan(pull)).toMatchObject({ exit: 8 });
  await expect(office.comment(pull)).toMatchFileSnapshot('golden/4-pull-request.md');
});

test('minute 7: the first drift run observes, begins the ledger, writes the baseline, and plans the pull request', async () => {
  const first = await office.drift({ event: 'workflow_dispatch', env: signing });
  expect(first, first.stderr).toMatchObject({ exit: 0 });
  await expect(first.stdout).toMatchFileSnapshot('golden/5-drift.txt');
  await expect(office.comment(pull)).toMatchFileSnapshot('golden/5-comment.md');
  expect(office.issue(PRODUCTION)).toBeNull();
});

test('minute 9: somebody else approves, it is merged, and nothing had to be done: from here on policy is what was last applied', async () => {
  await office.approve(pull, 'grace');
  await office.merge(pull);
  const applied = await office.apply({ env: signing });
  expect(applied, applied.stderr).toMatchObject({ exit: 0 });
  await expect(office.comment(pull)).toMatchFileSnapshot('golden/6-merged.md');
  expect(office.writes()).toEqual([]);
});

test('the day after: a second pull request adds a person, and the merge invites them', async () => {
  office.hours(20);
  expect(await office.drift({ env: signing })).toMatchObject({ exit: 0 });
  await git('fetch', '--quiet', 'origin', 'main');
  await git('switch', '--quiet', '--create', 'frank', 'origin/main');
  await writeFile(path.join(access, 'policies/people/newcomers.yaml'), '- email: frank@acme.example\n  name: Frank\n');
  await writeFile(
    path.join(access, 'policies/teams/numbers.yaml'),
    `members:\n  - frank@acme.example\ngrants:\n  - { account: ${PRODUCTION}, role: member, reason: Ports our numbers (OPS-7) }\n`,
  );
  const planned = await office.atDesk(access, ['plan']);
  expect(planned.stdout).toContain('frank@acme.example');
  const joins = await propose('frank', 'Frank joins');
  expect(await office.plan(joins)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await expect(office.comment(joins)).toMatchFileSnapshot('golden/7-frank-joins.md');
  await office.approve(joins, 'grace');
  await office.merge(joins);
  expect(await office.apply({ env: signing })).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['invite frank member in telnyx-production']);
  await expect(office.comment(joins)).toMatchFileSnapshot('golden/7-frank-is-invited.md');
  expect(await office.drift({ env: signing })).toMatchObject({ exit: 0 });
  expect(office.live(PRODUCTION)).toContain('frank member invited');
});
