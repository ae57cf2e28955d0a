import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
afterEach(() => office.stop());

test('a later push takes everything back: the comment says so, and not what it said before', async () => {
  await begin();
  const pull = await office.propose('ada', 'Carol joins', { [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']) });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  expect(office.comment(pull)).toContain('invite');

  const head = await office.push(pull, 'ada', { [MEMBERS]: `# Checked in November.\n${team(PRODUCTION, 'member', ['bob'])}` });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'empty', changes: '0' } });
  expect(office.checks(head)).toEqual([{ conclusion: 'success', title: 'Access plan: no changes', annotations: 0 }]);
  await expect(office.comment(pull)).toMatchFileSnapshot('no-changes-any-more.md');

  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
});

test('a pull request that touches no policy: it is told so, needs nobody for access, and applying it does nothing', async () => {
  await begin();
  const pull = await office.propose('hedy', 'How we work', { '/README.md': '# Access\n', '/docs/rules.md': 'Ask first.\n' });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'empty', changes: '0' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('docs-only.md');

  await office.merge(pull);
  const applied = await office.apply();
  expect(applied).toMatchObject({ exit: 0, outputs: { exit_code: '0' } });
  expect(applied.stderr).not.toContain('approves nothing');
  expect(office.writes()).toEqual([]);
});

async function begin(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }, ['carol']),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}
