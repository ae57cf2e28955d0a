import { afterEach, expect, test } from 'vitest';
import { nameSubaccount } from '../../../../src/plan/fan-out.ts';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { kindsCompany, MAIN, organizationSeed } from '../../kinds/support/kinds-company.ts';
import { address } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';
import { pullsOf } from '../support/pulls-of.ts';

const STATE = 'rollcall-state';
const EAST = `AC${'e1'.repeat(16)}`;
const EAST_NAME = nameSubaccount(MAIN, { sid: EAST });
const EAST_TITLE = `twilio-main, subaccount ${EAST}`;
const ADOPT = { event: 'workflow_dispatch', flags: ['--adopt'], env: { GITHUB_ACTOR: 'ada', GITHUB_TRIGGERING_ACTOR: 'ada' } } as const;

let office: Office;
afterEach(() => office.stop());

async function begin(settings = ''): Promise<void> {
  const grants = { administrator: ['ada', 'zoe'], developer: ['bob'] };
  const everywhere = (role: string) => [role, `${role} in east`];
  office = await createOffice({
    policies: kindsCompany({ [MAIN]: { kind: 'organization', grants, settings: `subaccounts: all\n${settings}` } }),
    twilio: organizationSeed({
      people: { ada: everywhere('administrator'), zoe: everywhere('administrator'), bob: everywhere('developer') },
      accounts: [{ name: 'east', sid: EAST, parent: MAIN }],
    }),
  });
  const first = await office.begin();
  expect(first, first.stdout + first.stderr).toMatchObject({ exit: 0 });
}

async function night(exit: number): Promise<void> {
  office.hours(1);
  const ended = await office.drift();
  expect(ended.exit, ended.stdout + ended.stderr).toBe(exit);
}

test('a role raised in one subaccount is taken back there, and that subaccount has an issue of its own', async () => {
  await begin();
  office.hours(10);
  office.twilio.portal(EAST).giveRole(address('bob'), 'administrator', address('zoe'));
  await night(0);
  expect(office.writes()).toEqual([`take bob administrator in ${EAST_NAME}`]);
  await expect(bodyOf(office.issue(EAST_TITLE))).toMatchFileSnapshot('reverted.md');
  expect(office.issue(MAIN)).toBeNull();
  await night(0);
  expect(office.issue(EAST_TITLE)?.state).toBe('closed');
});

test('a ledger put back by force is noticed by the issue of a subaccount, too', async () => {
  await begin();
  const old = await office.tip(STATE);
  office.twilio.portal(EAST).giveRole(address('bob'), 'administrator', address('zoe'));
  await night(0);
  office.writes();
  await office.people.forcePush(STATE, old);
  office.hours(1);
  const late = await office.drift();
  expect(late.exit).toBe(9);
  expect(late.stderr).toContain('it was seen before and is there no more');
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(9);
  expect(office.writes()).toEqual([]);
});

test('what somebody gained in one subaccount is not adopted for all of them', async () => {
  await begin('drift: { gained: report, lost: report }\n');
  office.twilio.portal(EAST).giveRole(address('bob'), 'support', address('zoe'));
  await night(2);
  office.hours(1);
  const asked = await office.drift(ADOPT);
  expect(asked.exit, asked.stdout + asked.stderr).toBe(2);
  expect(pullsOf(office)).toEqual([]);
  expect(asked.stdout).toContain('Not adopted');
  await expect(
    asked.stdout
      .split('\n')
      .filter((line) => line.includes('dopted'))
      .join('\n'),
  ).toMatchFileSnapshot('not-adopted.txt');
});
