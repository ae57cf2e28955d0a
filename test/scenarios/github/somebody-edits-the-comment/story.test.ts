import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const BOT = 'github-actions[bot]';
const APP = 15_368;
const LIE = '### Access plan: no changes\n\nNothing to see here, approve it.\n';

let office: Office;
afterEach(() => office.stop());

/** Hedy is to join; the plan was shown. */
async function planned(): Promise<number> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Hedy joins', {
    'people/hedy.yaml': peopleFile(['hedy']),
    'teams/hedy.yaml': team(PRODUCTION, 'member', ['hedy']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  return pull;
}

const comments = () => [...office.people.repository.comments.values()];
const ours = () => comments().filter(({ author }) => author.login === BOT);

/** The marker that ours begins with, as anybody can read it in the page's source. */
function marker(): string {
  return ours()[0]?.body.split('\n')[0] ?? '';
}

test('a comment that somebody edited decides nothing, and the next run puts it right', async () => {
  const pull = await planned();
  const [comment] = ours();
  await office.people.editComment(comment?.id ?? 0, { by: 'mallory', body: `${marker()}\n${LIE}` });
  expect((await office.plan(pull)).exit).toBe(0);
  expect(ours()).toHaveLength(1);
  await expect(office.comment(pull)).toMatchFileSnapshot('put-right.md');

  await office.people.editComment(comment?.id ?? 0, { by: 'mallory', body: LIE });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
  // Without its marker it is no longer ours to find, and a new one says what became of it.
  expect(ours().map(({ body }) => body.includes('Access apply: 1 applied'))).toEqual([false, true]);
});

test('a comment that somebody deleted is written anew', async () => {
  const pull = await planned();
  await office.people.deleteComment(ours()[0]?.id ?? 0);
  expect((await office.plan(pull)).exit).toBe(0);
  expect(ours()).toHaveLength(1);
  expect(office.comment(pull)).toContain('hedy@acme.example');
});

test('a marker that somebody else wrote is not ours, however early it stands', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Hedy joins', {
    'people/hedy.yaml': peopleFile(['hedy']),
    'teams/hedy.yaml': team(PRODUCTION, 'member', ['hedy']),
  });
  const spoofed = `<!-- rollcall:${office.people.repository.id} -->\n${LIE}`;
  await office.people.comment(pull, { by: 'mallory', body: spoofed });
  await office.people.comment(pull, { by: 'mallory', body: spoofed, viaApp: 99 });
  expect((await office.plan(pull)).exit).toBe(0);
  expect(comments().map(({ body }) => body === spoofed)).toEqual([true, true, false]);
  expect(marker()).toBe(spoofed.split('\n')[0]);
  expect(office.comment(pull)).toContain('hedy@acme.example');
});

test('of two of ours the older one speaks and the other points to it; a hundred others hide neither', async () => {
  const pull = await planned();
  for (let count = 0; count < 120; count += 1) await office.people.comment(pull, { by: 'hedy', body: `Comment ${count}` });
  await office.people.comment(pull, { by: BOT, viaApp: APP, body: `${marker()}\n${LIE}` });
  expect((await office.plan(pull)).exit).toBe(0);
  const [first, second, ...more] = ours();
  expect(more).toEqual([]);
  expect(first?.body).toContain('hedy@acme.example');
  const pointer = `rollcall speaks in one comment, [this one](https://github.example/acme/access/issues/${pull}#issuecomment-${first?.id}).`;
  expect(second?.body.replaceAll(office.github.origin, 'https://github.example')).toBe(pointer);
});

test('in a locked conversation the check run and the job summary speak alone, and the exit code is the same', async () => {
  const pull = await planned();
  await office.people.deleteComment(ours()[0]?.id ?? 0);
  await office.people.lockPull(pull);
  const run = await office.plan(pull);
  expect(run).toMatchObject({ exit: 0, outputs: { exit_code: '0', changes: '1' } });
  expect(run.summary).toContain('hedy@acme.example');
  await expect(run.stderr).toMatchFileSnapshot('locked.txt');
  expect(office.comment(pull)).toBeNull();
  const head = office.people.repository.issues.get(pull)?.pull?.headSha ?? '';
  expect(office.checks(head).map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);

  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});
