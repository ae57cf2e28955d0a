import { afterEach, expect, test } from 'vitest';
import { approval, company, crowd, PRODUCTION, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const EVERYBODY = crowd(600);

let office: Office;
afterEach(() => office.stop());

test('more deletes than a comment can show: what nobody can read nobody has approved, whatever is merged', async () => {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: EVERYBODY } }),
      'approvals/contractors.yaml': approval(PRODUCTION, 600, '2026-11-28'),
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', ...EVERYBODY.map((one) => `${one} member`)] },
  });
  expect((await office.begin()).exit).toBe(0);

  const pull = await office.propose('ada', 'The programme ended', { [MEMBERS]: team(PRODUCTION, 'member', ['p01']) });
  const planned = await office.plan(pull);
  expect(planned).toMatchObject({ exit: 5, outputs: { verdict: 'blocked', changes: '599' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  expect(planned.summary).toContain('p600@acme.example');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  const result = office.comment(pull) ?? '';
  expect(result).toContain('### Access apply: 🔴 approval not accepted · 🔴 599 withheld');
  expect(result).toContain('its plan was blocked by `unreviewable_plan`');
  expect(Buffer.byteLength(result)).toBeLessThan(60_000);
});

test('as many as a comment can show go through under the approval file', async () => {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: crowd(40) } }),
      'approvals/contractors.yaml': approval(PRODUCTION, 40, '2026-11-28'),
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', ...crowd(40).map((one) => `${one} member`)] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'The programme ended', { [MEMBERS]: team(PRODUCTION, 'member', ['p01']) });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '39' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('under-the-approval.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toHaveLength(39);
  expect(office.live()).toEqual(['ada admin', 'grace admin', 'p01 member']);
});
