import { describe, expect, it } from 'vitest';
import { diffSettings } from '../../src/plan/diff-settings.ts';
import { approval, company, type Policies, PRODUCTION, SUPPORT } from '../scenarios/support/company.ts';
import { sidesOf } from './merge-support.ts';

const START = company({ [PRODUCTION]: { admin: ['ada', 'bob'], member: ['cleo'] } });

/** The company with these lines in the account file. */
const set = (settings: string, more: Policies = {}): Policies => ({
  ...START,
  ...more,
  [`accounts/${PRODUCTION}.yaml`]: `${START[`accounts/${PRODUCTION}.yaml`]}${settings}\n`,
});

/** `guards.max_deletes: 3 → 30 loosens`, one for each setting that a pull request changes. */
async function diff(before: Policies, head: Policies, tip: Policies = before): Promise<string[]> {
  return diffSettings(await sidesOf({ before, head, tip })).map(
    (one) => `${one.setting}: ${one.before ?? 'none'} → ${one.after ?? 'none'}${one.loosens ? ' loosens' : ''}`,
  );
}

describe('settings that a pull request changes', () => {
  it.each([
    ['unmanaged: report', 'unmanaged: delete', ['unmanaged: report → delete loosens'], ['unmanaged: delete → report loosens']],
    [
      'drift: { gained: revert }',
      'drift: { gained: report }',
      ['drift.gained: revert → report loosens'],
      ['drift.gained: report → revert'],
    ],
    ['drift: { lost: report }', 'drift: { lost: revert }', ['drift.lost: report → revert loosens'], ['drift.lost: revert → report']],
    ['guards: { max_deletes: 3 }', 'guards: { max_deletes: 30 }', ['guards.max_deletes: 3 → 30 loosens'], ['guards.max_deletes: 30 → 3']],
    [
      'guards: { max_deletes_percent: 10 }',
      'guards: { max_deletes_percent: 100 }',
      ['guards.max_deletes_percent: 10 → 100 loosens'],
      ['guards.max_deletes_percent: 100 → 10'],
    ],
    ['guards: { min_admins: 1 }', 'guards: { min_admins: 2 }', ['guards.min_admins: 1 → 2'], ['guards.min_admins: 2 → 1 loosens']],
    [
      'guards: { never_delete: [ada@acme.example] }',
      'guards: { never_delete: [bob@acme.example, ada@acme.example] }',
      ['guards.never_delete: ada@acme.example → ada@acme.example, bob@acme.example'],
      ['guards.never_delete: ada@acme.example, bob@acme.example → ada@acme.example loosens'],
    ],
    ['invites: { per_hour: 10 }', 'invites: { per_hour: 20 }', ['invites.per_hour: 10 → 20 loosens'], ['invites.per_hour: 20 → 10']],
    ['invites: { open: 10 }', 'invites: { open: 20 }', ['invites.open: 10 → 20 loosens'], ['invites.open: 20 → 10']],
    ['names: invite', 'names: enforce', ['names: invite → enforce'], ['names: enforce → invite']],
    [
      'approvers: { admin: ["@acme/security"] }',
      'approvers: {}',
      ['approvers: admin: @acme/security → anybody with write access loosens'],
      ['approvers: anybody with write access → admin: @acme/security'],
    ],
    [
      'approvers: { admin: ["@acme/security"] }',
      'approvers: { admin: ["@acme/security", "@mallory"] }',
      ['approvers: admin: @acme/security → admin: @acme/security, @mallory loosens'],
      ['approvers: admin: @acme/security, @mallory → admin: @acme/security'],
    ],
    [
      'approvers: { admin: ["@acme/security"] }',
      'approvers: { admin: ["@mallory"], member: ["@acme/voice"] }',
      ['approvers: admin: @acme/security → admin: @mallory; member: @acme/voice loosens'],
      ['approvers: admin: @mallory; member: @acme/voice → admin: @acme/security loosens'],
    ],
  ])('%s to %s, and back', async (one, other, there, back) => {
    expect(await diff(set(one), set(other))).toEqual(there);
    expect(await diff(set(other), set(one))).toEqual(back);
  });

  it('names the owner, whoever it becomes', async () => {
    const head = { ...START, [`accounts/${PRODUCTION}.yaml`]: 'provider: telnyx\napi: sub-users\nowner: ada@acme.example\n' };
    expect(await diff(START, head)).toEqual(['owner: root@acme.example → ada@acme.example loosens']);
  });

  it('says several in the order of the file, each at the place of the account', async () => {
    const head = set('guards: { max_deletes: 30, min_admins: 1 }\nnames: enforce');
    expect(await diff(START, head)).toEqual([
      'guards.max_deletes: 3 → 30 loosens',
      'guards.min_admins: 2 → 1 loosens',
      'names: invite → enforce',
    ]);
    const [change] = diffSettings(await sidesOf({ before: START, head, tip: START }));
    expect(change).toMatchObject({ account: PRODUCTION, source: { file: `policies/accounts/${PRODUCTION}.yaml` } });
  });

  it('is silent about other words for the same: a default written out, another order, other access', async () => {
    expect(await diff(START, set('guards: { max_deletes: 3 }\nnames: invite'))).toEqual([]);
    const both = ['"@acme/security"', '"@mallory"'];
    const approvers = (who: readonly string[]) => set(`approvers: { admin: [${who.join(', ')}] }`);
    expect(await diff(approvers(both), approvers(both.toReversed()))).toEqual([]);
    expect(await diff(START, company({ [PRODUCTION]: { admin: ['ada'], member: ['bob', 'cleo'] } }))).toEqual([]);
  });
});

describe('settings of accounts of other kinds', () => {
  const [OR, AC, SUB] = [`OR${'0'.repeat(32)}`, `AC${'0'.repeat(32)}`, `AC${'1'.repeat(32)}`];
  const twilio = (scope: string, more = ''): Policies => ({
    ...START,
    'accounts/twilio-main.yaml': `provider: twilio\napi: organization\norganization: ${OR}\nscope: ${scope}\nowner: root@acme.example\n${more}`,
  });

  it('an account that is moved to another scope, and one that takes its subaccounts along', async () => {
    expect(await diff(twilio(AC), twilio(SUB, 'subaccounts: all\n'))).toEqual([
      `scope: ${AC} → ${SUB} loosens`,
      'subaccounts: none → all loosens',
    ]);
  });

  it('a role that counts as privileged no more loosens, and one that does so from now on does not', async () => {
    const privileged = twilio(AC, 'privileged_roles: [member]\n');
    expect(await diff(privileged, twilio(AC))).toEqual(['privileged_roles: member → none loosens']);
    expect(await diff(twilio(AC), privileged)).toEqual(['privileged_roles: none → member']);
  });

  it('a new look at an account loosens nothing, and what it says of keys ends what would not be forgotten', async () => {
    const attests = (on: string, more = ''): Policies => ({
      ...twilio(AC),
      'rosters/twilio-main.yaml': `attested_by: ada@acme.example\nattested_on: ${on}\n${more}`,
    });
    const key = `SK${'0'.repeat(32)}`;
    const dealt = `rotated: [{ key: ${key}, on: 2026-11-20 }]\nreviewed: [{ after: bob@acme.example, on: 2026-11-21 }]\n`;
    expect(await diff(twilio(AC), attests('2026-11-20'))).toEqual(['roster: none → ada@acme.example on 2026-11-20']);
    expect(await diff(attests('2026-11-20'), attests('2026-11-21', dealt))).toEqual([
      'roster: ada@acme.example on 2026-11-20 → ada@acme.example on 2026-11-21',
      'roster.reviewed.bob@acme.example: none → 2026-11-21 loosens',
      `roster.rotated.${key}: none → 2026-11-20 loosens`,
    ]);
    expect(await diff(attests('2026-11-20', dealt), attests('2026-11-20'))).toEqual([
      'roster.reviewed.bob@acme.example: 2026-11-21 → none',
      `roster.rotated.${key}: 2026-11-20 → none`,
    ]);
    expect(await diff(attests('2026-11-20'), attests('2026-11-20', dealt), attests('2026-11-20', dealt))).toEqual([]);
  });

  it('two rosters of one day and one length are two', async () => {
    const labs = (row: string): Policies => ({
      ...twilio(AC),
      'accounts/twilio-main.yaml': `provider: twilio\napi: console\nscope: ${AC}\nowner: root@acme.example\n`,
      'rosters/twilio-main.yaml': `attested_by: root@acme.example\nattested_on: 2026-11-20\nrows:\n  - ${row}\n`,
    });
    const ada = labs('{ email: ada@acme.example, roles: [member, admin], status: active }');
    const [change] = await diff(ada, labs('{ email: ada@acme.example, roles: [admin], status: active }'));
    expect(change).toMatch(
      /^roster: root@acme\.example on 2026-11-20, 1 person \(\w{16}\) → root@acme\.example on 2026-11-20, 1 person \(\w{16}\)$/,
    );
    expect(await diff(ada, labs('{ status: active, roles: [admin, member], email: ADA@acme.example }'))).toEqual([]);
  });
});

describe('settings and the base branch', () => {
  it('are no change of a pull request that lags behind', async () => {
    expect(await diff(START, START, set('guards: { max_deletes: 30 }'))).toEqual([]);
  });

  it('are no change where the base branch has them already', async () => {
    const wide = set('guards: { max_deletes: 30 }');
    expect(await diff(START, wide, wide)).toEqual([]);
  });

  it('are said from what the base branch has by now', async () => {
    const tip = set('names: enforce\nguards: { max_deletes: 5 }');
    expect(await diff(START, set('guards: { max_deletes: 4 }'), tip)).toEqual(['guards.max_deletes: 5 → 4']);
  });
});

describe('accounts and approval files', () => {
  const TWO = company({
    [PRODUCTION]: { admin: ['ada', 'bob'], member: ['cleo'] },
    [SUPPORT]: { member: ['ada', 'dan until 2026-01-31'] },
  });
  const allows = (deletes: number, expires = '2026-11-25'): Policies => ({
    ...START,
    'approvals/leavers.yaml': approval(PRODUCTION, deletes, expires),
  });

  it('an account that comes', async () => {
    expect(await diff(START, TWO)).toEqual(['account: none → telnyx sub-users']);
  });

  it('an account that goes loosens, and says how many nobody watches any more: whose access has ended is none of them', async () => {
    expect(await diff(TWO, START)).toEqual(['account: telnyx sub-users, 1 with grants → none loosens']);
  });

  it('an account that the base branch took out or brought already is no change', async () => {
    expect(await diff(TWO, START, START)).toEqual([]);
    expect(await diff(START, TWO, TWO)).toEqual([]);
    expect(await diff(START, START, TWO)).toEqual([]);
    expect(await diff(TWO, TWO, START)).toEqual([]);
  });

  it('an approval file loosens when it comes, allows more or lasts longer, and not when it allows less or goes', async () => {
    expect(await diff(START, allows(12))).toEqual(['approvals/leavers: none → 12 deletes until 2026-11-25 loosens']);
    expect(await diff(allows(12), START)).toEqual(['approvals/leavers: 12 deletes until 2026-11-25 → none']);
    expect(await diff(allows(1), allows(12))).toEqual([
      'approvals/leavers: 1 delete until 2026-11-25 → 12 deletes until 2026-11-25 loosens',
    ]);
    expect(await diff(allows(12), allows(1))).toEqual(['approvals/leavers: 12 deletes until 2026-11-25 → 1 delete until 2026-11-25']);
    expect(await diff(allows(12), allows(1, '2026-11-26'))).toEqual([
      'approvals/leavers: 12 deletes until 2026-11-25 → 1 delete until 2026-11-26 loosens',
    ]);
  });

  it('an approval file that the base branch has, or has taken out, is no change', async () => {
    expect(await diff(START, allows(12), allows(12))).toEqual([]);
    expect(await diff(allows(12), START, START)).toEqual([]);
    expect(await diff(START, START, allows(12))).toEqual([]);
  });

  it('an approval file that comes with its account is listed beside it', async () => {
    const head = { ...TWO, 'approvals/leavers.yaml': approval(SUPPORT, 12, '2026-11-25') };
    expect(await diff(START, head)).toEqual([
      'account: none → telnyx sub-users',
      'approvals/leavers: none → 12 deletes until 2026-11-25 loosens',
    ]);
  });

  it('an approval file that moves to another account goes there and comes here', async () => {
    const to = (account: string): Policies => ({ ...TWO, 'approvals/leavers.yaml': approval(account, 12, '2026-11-25') });
    const changes = diffSettings(await sidesOf({ before: to(PRODUCTION), head: to(SUPPORT), tip: to(PRODUCTION) }));
    expect(changes.map(({ account, before, after }) => `${account}: ${before ?? 'none'} → ${after ?? 'none'}`)).toEqual([
      `${PRODUCTION}: 12 deletes until 2026-11-25 → none`,
      `${SUPPORT}: none → 12 deletes until 2026-11-25`,
    ]);
  });
});
