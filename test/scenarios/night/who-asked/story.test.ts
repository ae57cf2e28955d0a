import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, SUPPORT } from '../../support/company.ts';
import { pullsOf } from '../support/pulls-of.ts';

const PEOPLE = ['ada', 'grace', 'hedy', 'bob'].map((one) => `- email: ${one}@acme.example\n  name: ${one}\n  github: ${one}\n`).join('');

let office: Office;

/** Bob's access to production and Ada's to support end in twelve days. */
beforeEach(async () => {
  office = await createOffice({
    policies: {
      ...company({
        [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob until 2026-12-05'] },
        [SUPPORT]: { admin: ['grace', 'hedy'], member: ['ada until 2026-12-05'] },
      }),
      'people/everybody.yaml': PEOPLE,
    },
    live: {
      [PRODUCTION]: ['ada admin', 'bob member', 'grace admin', 'hedy admin'],
      [SUPPORT]: ['ada member', 'grace admin', 'hedy admin'],
    },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(1);
});
afterEach(() => office.stop());

/** The renewal of what ends in an account. */
function renewalIn(account: string): number {
  return pullsOf(office).find(({ branch }) => branch === `rollcall/renew-${account}-member-2026-12-05`)?.number ?? 0;
}

/** What people read on a pull request once somebody has approved it. */
async function approvedBy(number: number, login: string): Promise<string> {
  await office.approve(number, login);
  expect((await office.plan(number)).exit).toBe(0);
  return office.comment(number) ?? '';
}

test('Ada dispatched the night that proposed it, without asking for an adoption: her approval does not count, and somebody else has to', async () => {
  const night = await office.drift({ event: 'workflow_dispatch', env: { GITHUB_ACTOR: 'ada', GITHUB_TRIGGERING_ACTOR: 'ada' } });
  expect(night.exit).toBe(0);
  const renewal = renewalIn(PRODUCTION);
  expect(pullsOf(office).find(({ number }) => number === renewal)?.body).toContain('Neither who asked for it (`ada`)');
  const shown = await approvedBy(renewal, 'ada');
  expect(shown).toContain('`ada` does not count: they asked for it.');
  expect(shown).toContain('Somebody else with write access has to approve the newest commit.');
  expect(await approvedBy(renewal, 'hedy')).toContain('✅ `hedy` approved the newest commit.');
});

test('Hedy ran again what Ada had dispatched: neither of them may approve it', async () => {
  await office.drift({ event: 'workflow_dispatch', env: { GITHUB_ACTOR: 'ada', GITHUB_TRIGGERING_ACTOR: 'hedy' } });
  const renewal = renewalIn(PRODUCTION);
  expect(await approvedBy(renewal, 'ada')).toContain('`ada` does not count: they asked for it.');
  const shown = await approvedBy(renewal, 'hedy');
  expect(shown).toContain('`hedy` does not count: they asked for it.');
  expect(shown).toContain('Somebody else with write access has to approve the newest commit.');
  expect(await approvedBy(renewal, 'grace')).toContain('✅ `grace` approved the newest commit.');
});

test('merged with no approval but that of whoever asked for it: it approves nothing, and says whose did not count', async () => {
  await office.drift({ event: 'workflow_dispatch', env: { GITHUB_ACTOR: 'ada', GITHUB_TRIGGERING_ACTOR: 'ada' } });
  const renewal = renewalIn(PRODUCTION);
  await approvedBy(renewal, 'ada');
  await office.merge(renewal);
  const applied = await office.apply();
  expect(applied.stderr).toContain(`Pull request ${renewal} approves nothing`);
  expect(office.comment(renewal)).toContain('Not counted: `ada` (they asked for it)');
});

test('a schedule runs in the name of whoever wrote it last, who asked for nothing: Ada may approve what is not about her, and that alone', async () => {
  expect((await office.drift({ env: { GITHUB_ACTOR: 'ada', GITHUB_TRIGGERING_ACTOR: 'ada' } })).exit).toBe(0);
  expect(await approvedBy(renewalIn(PRODUCTION), 'ada')).toContain('✅ `ada` approved the newest commit.');
  const own = await approvedBy(renewalIn(SUPPORT), 'ada');
  expect(own).toContain('`ada` does not count: they likely made the difference, or gain by it.');
  expect(own).toContain('Somebody else with write access has to approve the newest commit.');
});
