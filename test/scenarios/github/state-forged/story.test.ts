import { afterEach, expect, test } from 'vitest';
import { makeKeyPair } from '../../../../src/apply/signatures.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const STATE = 'rollcall-state';
const LIVE = `live/${PRODUCTION}.json`;
const LEDGER = 'ledger/00000001.jsonl';

let office: Office;
afterEach(() => office.stop());

/** A pull request that was shown and approved. */
async function approved(): Promise<number> {
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
  await office.approve(pull, 'grace');
  return pull;
}

async function stored(path: string): Promise<string> {
  const { stdout } = await office.people.repository.git.run(['show', `${STATE}:${path}`]);
  return new TextDecoder().decode(stdout);
}

const forge = (path: string, text: string | null) => office.people.commitFiles(STATE, { [path]: text }, 'What was seen', 'mallory');

test.each([
  ['a-record-changed', async () => forge(LEDGER, (await stored(LEDGER)).replace('bob@', 'eve@'))],
  ['a-record-added', async () => forge(LEDGER, `${await stored(LEDGER)}${(await stored(LEDGER)).trimEnd().split('\n').at(-1)}\n`)],
  ['a-record-cut', async () => forge(LEDGER, (await stored(LEDGER)).split('\n').slice(1).join('\n'))],
  ['the-ledger-moved-aside', () => forge(LEDGER, null)],
  ['an-observation-edited', async () => forge(LIVE, (await stored(LIVE)).replaceAll('bob@', 'eve@'))],
] as const)('%s: the plan says so, and nothing is written to the vendor', async (name, act) => {
  const pull = await approved();
  await act();
  expect((await office.plan(pull)).exit).toBe(9);
  await expect(office.comment(pull)).toMatchFileSnapshot(`${name}.md`);
  await office.merge(pull);
  const run = await office.apply();
  expect(run.exit).toBe(9);
  expect(office.writes()).toEqual([]);
  await expect(run.stderr).toMatchFileSnapshot(`${name}.txt`);
});

test('the public keys are swapped: nothing verifies any more', async () => {
  const pull = await approved();
  await office.pushToMain('mallory', { '/.github/rollcall.pub': `${makeKeyPair().publicLine}\n` });
  expect((await office.plan(pull)).exit).toBe(9);
  await expect(office.comment(pull)?.replace(/`[0-9a-f]{16}`/, '`KEY`')).toMatchFileSnapshot('keys-swapped.md');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(9);
  expect(office.writes()).toEqual([]);
});

test('files beside the ledger that nobody asked for change nothing', async () => {
  const pull = await approved();
  await forge('live/telnyx-elsewhere.json', '{}\n');
  expect((await office.plan(pull)).exit).toBe(9);
  await forge('live/telnyx-elsewhere.json', null);
  await forge('note.txt', 'mine\n');
  expect((await office.plan(pull)).exit).toBe(0);
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});

test('the branch is deleted: nobody can tell any more what was shown, so nothing is applied without a fresh review', async () => {
  const pull = await approved();
  await office.people.deleteBranch(STATE, 'mallory');
  expect((await office.plan(pull)).exit).toBe(8);
  await expect(office.comment(pull)).toMatchFileSnapshot('deleted.md');
  await office.merge(pull);
  const run = await office.apply();
  expect(run.exit).toBe(9);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('deleted-and-merged.md');
});

test('the branch is put back to before the last run: nothing is sent a second time', async () => {
  const pull = await approved();
  const old = await office.tip(STATE);
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
  await office.people.forcePush(STATE, old, 'mallory');
  await office.apply({ event: 'workflow_dispatch' });
  expect(office.writes()).toEqual([]);
});
