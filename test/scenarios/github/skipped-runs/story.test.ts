import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

let office: Office;
afterEach(() => office.stop());

test('of two pushes only the last one gets a run: it applies both pull requests, and says so on both', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pulls: number[] = [];
  for (const person of ['hedy', 'ivy']) {
    const pull = await office.propose('ada', `${person} joins`, {
      [`people/${person}.yaml`]: peopleFile([person]),
      [`teams/${person}.yaml`]: team(PRODUCTION, 'member', [person]),
    });
    expect((await office.plan(pull)).exit).toBe(0);
    await office.approve(pull, 'grace');
    await office.merge(pull);
    // The run of this push is skipped: a newer one waits.
    pulls.push(pull);
  }
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes().toSorted()).toEqual(['POST hedy member', 'POST ivy member']);
  const [first = 0, second = 0] = pulls;
  await expect(office.comment(first)).toMatchFileSnapshot('first.md');
  await expect(office.comment(second)).toMatchFileSnapshot('second.md');

  const taken = (await office.ledger()).map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ kind }) => kind === 'taken');
  expect(taken.map(({ pull, by }) => ({ pull, by }))).toEqual(pulls.map((pull) => ({ pull, by: ['grace'] })));
});
