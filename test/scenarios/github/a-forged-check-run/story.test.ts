import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';
import { factsOf, forgeCheck } from '../support/forge-check.ts';

const FOREIGN = `sha256:${'f'.repeat(64)}`;

let office: Office;
afterEach(() => office.stop());

async function open(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

/** Ada proposes a person, the plan is shown, somebody may forge, Grace approves. */
async function approved(person: string, forge: (pull: number) => Promise<void> = async () => undefined): Promise<number> {
  const pull = await office.propose('ada', `${person} joins`, {
    [`people/${person}.yaml`]: peopleFile([person]),
    [`teams/${person}.yaml`]: team(PRODUCTION, 'member', [person]),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await forge(pull);
  await office.approve(pull, 'grace');
  return pull;
}

test('a check run is no evidence: what it names is held to git and to signatures, and the plan that follows has to be the one shown', async () => {
  await open();
  const elsewhere = await office.people.commitFiles('mallory/elsewhere', { 'note.txt': 'mine\n' }, 'Elsewhere', 'mallory');
  const lies = {
    digest: await approved('digest', (pull) => forgeCheck(office, pull, { digest: FOREIGN })),
    base: await approved('base', (pull) => forgeCheck(office, pull, { baseTip: elsewhere })),
    state: await approved('state', (pull) => forgeCheck(office, pull, { state: elsewhere })),
    past: await approved('past', (pull) => forgeCheck(office, pull, {}, '2026-11-20T09:00:00Z')),
    ids: await approved('ids', (pull) => forgeCheck(office, pull, { changes: [FOREIGN] })),
    future: await approved('future', (pull) => forgeCheck(office, pull, { digest: FOREIGN }, '2027-01-01T00:00:00Z')),
    late: await approved('late'),
  };
  office.hours(1 / 60);
  await forgeCheck(office, lies.late, { digest: FOREIGN });
  for (const pull of Object.values(lies)) await office.merge(pull);

  const run = await office.apply();
  expect(run.exit).toBe(9);
  // Ids are for people to read, and what was published after the review was seen by no reviewer.
  expect(office.writes().toSorted()).toEqual(['POST future member', 'POST ids member', 'POST late member']);
  for (const [lie, pull] of Object.entries(lies)) await expect(office.comment(pull)).toMatchFileSnapshot(`${lie}.md`);
});

test('what a forged check run spoiled goes on after a fresh review of the plan that was made anew, and not without it', async () => {
  await open();
  const pull = await approved('hedy', (number) => forgeCheck(office, number, { digest: FOREIGN }));
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(9);
  expect(office.checks(await office.people.tip('ada/hedy-joins').then(String)).length).toBe(3);

  const early = await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] });
  expect(early).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('not-reviewed-again.md');

  await office.approve(pull, 'grace');
  // Other runs in between show nothing anew that would be younger than the review.
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(9);
  const applied = await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] });
  expect(applied).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST hedy member']);
  await expect(office.comment(pull)).toMatchFileSnapshot('reviewed-again.md');
});

test('a check run that brings back an old observation approves nothing', async () => {
  await open();
  const pull = await approved('hedy', async (number) => {
    const old = factsOf(office, number);
    office.hours(30);
    expect((await office.drift()).exit).toBe(0);
    expect((await office.plan(number)).exit).toBe(0);
    await forgeCheck(office, number, old);
  });
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(9);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('old-observation.md');
});

test('an approval from before the plan that was made anew is none of that plan, also when no account could be observed in between', async () => {
  await open();
  const pull = await approved('hedy', (number) => forgeCheck(office, number, { digest: FOREIGN }));
  await office.merge(pull);
  office.vendor.faults.add({ kind: 'status', status: 503, match: { method: 'GET' }, times: 'always' });
  expect((await office.apply()).exit).toBe(8);
  office.vendor.faults.clear();

  expect((await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] })).exit).toBe(4);
  expect(office.writes()).toEqual([]);
  await office.approve(pull, 'grace');
  expect((await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] })).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});

test('a check run that names the base from before approvers were asked for does not get around them', async () => {
  await open();
  const old = await office.tip();
  const rule = await office.propose('grace', 'Security approves admins', {
    [`accounts/${PRODUCTION}.yaml`]: 'provider: telnyx\napi: sub-users\nowner: root@acme.example\napprovers: { admin: ["@grace"] }\n',
  });
  expect((await office.plan(rule)).exit).toBe(0);
  await office.approve(rule, 'ada');
  await office.merge(rule);
  expect((await office.apply()).exit).toBe(0);

  const branch = { 'people/mallory.yaml': peopleFile(['mallory']), 'teams/mallory.yaml': team(PRODUCTION, 'admin', ['mallory']) };
  const pull = await office.propose('ada', 'Mallory joins', branch, old);
  expect((await office.plan(pull)).exit).toBe(0);
  await forgeCheck(office, pull, { baseTip: old, mergeBase: old });
  await office.approve(pull, 'hedy');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('old-base.md');
});
