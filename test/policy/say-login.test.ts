import { describe, expect, test } from 'vitest';
import { mergeDesired } from '../../src/plan/merge-desired.ts';
import { sidesOf, touchedIn } from '../plan/merge-support.ts';
import { adoptAfter, companyWith, type Files, PRODUCTION, planDrift } from './edit/drift-for-tests.ts';

const PEOPLE = 'people/everybody.yaml';
const TEAM = `members: [ada@acme.example, bob@acme.example]\ngrants:\n  - { account: ${PRODUCTION}, role: member, reason: Builds }\n`;
const plain = companyWith({ 'teams/voice.yaml': TEAM });
const said: Files & Record<typeof PEOPLE, string> = {
  ...plain,
  [PEOPLE]: plain[PEOPLE]?.replace('name: Bob\n', 'name: Bob\n  github:   "Bob_acme" # since May\n') ?? '',
};

describe('saying who somebody is on GitHub', () => {
  test('gives and takes no access: the plan is the same, id by id', async () => {
    const meddling = { [PRODUCTION]: { 'ada@acme.example': 'admin', 'bob@acme.example': null } };
    const [before, after] = [await planDrift(plain, meddling), await planDrift(plain, meddling, said)];
    expect(before.changes).toHaveLength(2);
    expect(after.changes.map(({ id }) => id)).toEqual(before.changes.map(({ id }) => id));
    expect(after.digest).toBe(before.digest);
  });

  test('in a pull request touches nobody, and what is said by the base branch counts there', async () => {
    const other = { ...said, [PEOPLE]: said[PEOPLE].replace('Bob_acme', 'mallory') };
    const adds = mergeDesired(await sidesOf({ before: plain, head: said, tip: plain }));
    const alters = mergeDesired(await sidesOf({ before: said, head: other, tip: said }));
    expect([touchedIn(adds, PRODUCTION), touchedIn(alters, PRODUCTION)]).toEqual([[], []]);
    expect(adds.desired.people.get('bob@acme.example')?.github).toBeNull();
    expect(alters.desired.people.get('bob@acme.example')?.github).toBe('Bob_acme');
  });

  test('survives an adoption that edits the entry, byte for byte', async () => {
    const enforced = { ...said, [`accounts/${PRODUCTION}.yaml`]: `${said[`accounts/${PRODUCTION}.yaml`]}names: enforce\n` };
    const { written, refused } = await adoptAfter(enforced, { [PRODUCTION]: { 'bob@acme.example': { name: 'Robert' } } });
    expect(refused).toEqual([]);
    expect(written).toEqual({ [PEOPLE]: said[PEOPLE].replace('name: Bob\n', 'name: Robert\n') });
  });
});
