import { describe, expect, test } from 'vitest';
import type { Part, Probe } from '../../src/model.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { TELNYX_ORGANIZATIONS } from '../../src/provider/telnyx/telnyx-organizations-capabilities.ts';
import { TWILIO_CONSOLE } from '../../src/provider/twilio/twilio-console-capabilities.ts';
import { createStyle } from '../../src/report/create-style.ts';
import { describeChange } from '../../src/report/describe-change.ts';
import { describeOffboarding, listKeys } from '../../src/report/describe-keys.ts';
import { describePart } from '../../src/report/describe-part.ts';
import { describeGroups, describeReach } from '../../src/report/describe-reach.ts';
import { listCapabilities } from '../../src/report/list-capabilities.ts';
import { nameAccount, shortenAccount } from '../../src/report/name-account.ts';
import { isBlind, renderDoctor } from '../../src/report/render-doctor.ts';
import { renderExplanation } from '../../src/report/render-explain.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { renderTable } from '../../src/report/render-table.ts';
import { access, account, change, plan } from './build-plan.ts';
import { vendorsPlan } from './example-plans.ts';
import { doctorReport, explanation, offboardings } from './example-reports.ts';

const STYLE = createStyle(false, 160);
const SID = `AC${'0123456789abcdef'.repeat(2)}`;

describe('an account that a file fans out to', () => {
  test('is said with its file and its SID as the vendor writes it', () => {
    expect(nameAccount(`twilio-main-${SID.toLowerCase()}`)).toBe(`twilio-main, subaccount ${SID}`);
    expect(nameAccount('twilio-main')).toBe('twilio-main');
    expect(nameAccount('twilio-main-ac12')).toBe('twilio-main-ac12');
  });

  test('takes less room in a column', () => {
    expect(shortenAccount(`twilio-main-${SID.toLowerCase()}`)).toBe('twilio-main, AC0123…cdef');
  });
});

describe('a plan of other vendors', () => {
  test('names each key that stays valid once, with whose it was, and never more than its SID, name and day', () => {
    const text = renderPlan(vendorsPlan(), STYLE);
    expect(text).toContain(
      `API keys that eve@acme.example, heidi@acme.example could read and that stay valid (2):\n    SK${'a'.repeat(32)} (CI deploy, 2026-03-01)\n`,
    );
    expect(text.match(new RegExp('a'.repeat(32), 'g'))).toHaveLength(1);
  });

  test('says the steps that several people have in common once, on a terminal and on GitHub', () => {
    for (const text of [renderPlan(vendorsPlan(), STYLE), renderMarkdown(vendorsPlan())]) {
      expect(text.match(/invite each of them to the group/g)).toHaveLength(1);
    }
    expect(renderPlan(vendorsPlan(), STYLE)).toContain('By hand, for each of ivan@acme.example, kate@acme.example:');
  });

  test('calls an account whose roster is too old unverified, and not unread', () => {
    expect(renderPlan(vendorsPlan(), STYLE)).toContain('Verdict: incomplete: twilio-old is unverified, nothing is done there');
    expect(renderMarkdown(vendorsPlan())).toContain('**Unverified:** `twilio-old`, so nothing is done there');
    const unread = account({ account: 'telnyx-support', verdict: 'incomplete' });
    const both = plan({ ...vendorsPlan(), accounts: [unread, ...vendorsPlan().accounts] });
    expect(renderPlan(both, STYLE)).toContain('Verdict: incomplete: telnyx-support could not be read, twilio-old is unverified, nothing');
  });

  test('says that a login was inactive before it is activated', () => {
    const again = change({ action: 'patch', principal: 'judy@acme.example', reason_code: 'reactivated' });
    const held = (roles: string[]) => ({ ...access('', { status: 'inactive' }), roles });
    expect(describeChange({ ...again, before: held([]) })).toBe('patch judy@acme.example: inactive → admin');
    expect(describeChange({ ...again, before: held(['admin']) })).toBe('patch judy@acme.example: inactive admin → admin');
  });
});

describe('the effective access of a person', () => {
  const below = [{ sid: SID, name: 'IVR' }];

  test('does not cascade to subaccounts, but for product roles', () => {
    expect(describeReach({ roles: ['Studio Viewer', 'developer'], groups: [] }, ['developer'], [], below)).toEqual([
      `access does not cascade to subaccounts: what developer gives here does not reach IVR (${SID})`,
      `reaches out: what the product role Studio Viewer gives here reaches IVR (${SID}), too`,
    ]);
    expect(describeReach({ roles: ['developer'], groups: [] }, ['developer'], [], [])).toEqual([]);
  });

  test('counts what is held for the whole organization, also for somebody who is not in the account', () => {
    const reach = [{ principal: 'ada@acme.example', role: 'Organization Admin', through: 'the whole organization' }];
    expect(describeReach(null, ['developer'], reach, below)).toEqual([
      'reaches in: Organization Admin, held for the whole organization; it works here and is no access of this account',
    ]);
  });

  test('does not change when a group is deleted that another one covers', () => {
    expect(describeGroups({ roles: ['member'], groups: ['Admins', 'Billing'] }, ['Admins'])).toEqual([
      'permissions of groups add up and the most count: whoever manages the organization may give themselves anything, so deleting Billing changes nothing as long as Admins is held',
    ]);
    expect(describeGroups({ roles: ['member'], groups: ['Billing', 'Numbers'] }, ['Admins'])).toEqual([
      'permissions of groups add up and the most count: deleting one group changes nothing where another one gives the same',
    ]);
    expect(describeGroups({ roles: ['member'], groups: ['Admins'] }, ['Admins'])).toEqual([]);
  });
});

describe('an offboarding that is incomplete', () => {
  const [listed, unlisted] = offboardings().map(({ offboarding }) => offboarding);
  if (listed === undefined || unlisted === undefined) throw new Error('the example has two');

  test('says how many keys are left and where their going is attested', () => {
    expect(describeOffboarding('twilio-main', listed)).toBe(
      'offboarding incomplete: 2 API keys older than 2026-11-20 are still there; revoke them, or rotate them and attest it in policies/rosters/twilio-main.yaml (rotated:)',
    );
    expect(listKeys(listed.keys ?? [], 1)).toEqual([`SK${'a'.repeat(32)} (CI deploy, 2026-03-01)`, 'and 1 more']);
  });

  test('says what to attest where no read shows the keys', () => {
    expect(describeOffboarding('telnyx-production', unlisted)).toBe(
      'offboarding incomplete: the API keys were not read; look through those older than 2026-11-20 that eve@acme.example could read, revoke or rotate them, and attest it in policies/rosters/telnyx-production.yaml (reviewed:)',
    );
  });

  test('settles by itself where no key was seen', () => {
    expect(describeOffboarding('twilio-main', { ...listed, keys: [] })).toBe(
      'offboarding incomplete: no API key older than 2026-11-20 was seen, and the next read of the keys settles it',
    );
  });

  test('of a subaccount is attested in the roster of the account above it', () => {
    expect(describeOffboarding(`twilio-main-${SID.toLowerCase()}`, listed)).toContain('policies/rosters/twilio-main.yaml');
  });

  test('has a row in the table of its person', () => {
    expect(renderExplanation(explanation(), createStyle(false, 200))).toMatch(/^twilio-main, AC0123…cdef +.* offboarding incomplete$/m);
  });
});

test('each request of a change of several is said in two words', () => {
  const parts: Part[] = [
    { do: 'invite' },
    { do: 'assign', role: 'developer' },
    { do: 'unassign', role: 'administrator' },
    { do: 'patch', fields: { active: true, name: 'Ada' } },
    { do: 'delete' },
  ];
  expect(parts.map(describePart)).toEqual([
    'make the login',
    'give developer',
    'take administrator',
    'activate and name Ada',
    'end the login',
  ]);
});

describe('the capability matrix', () => {
  const answers = (capabilities: Parameters<typeof listCapabilities>[0], probes: readonly Probe[] = []) =>
    new Map(listCapabilities(capabilities, probes).map(({ what, declared, probed }) => [what, [declared, probed]]));
  const probe = (what: string, answer: 'yes' | 'no' | 'not tried'): Probe => ({
    credential: 'works',
    words: '',
    abilities: [{ what, answer, words: '' }],
    otherApi: null,
  });

  test('is as each API declares it', () => {
    const organizations = answers(TELNYX_ORGANIZATIONS);
    expect(organizations.get('change a role')).toEqual(['–', null]);
    expect(organizations.get('change a group')).toEqual(['manual', null]);
    expect(answers(TWILIO_CONSOLE).get('list people')).toEqual(['from a roster', null]);
    expect(answers(TELNYX_SUB_USERS).get('invite')).toEqual(['api', null]);
  });

  test('says yes only where every account that was probed may, and nothing of what no API does', () => {
    const [may, mayNot] = [probe('list people', 'yes'), probe('list people', 'no')];
    expect(answers(TELNYX_SUB_USERS, [may, may]).get('list people')).toEqual(['api', 'yes']);
    expect(answers(TELNYX_SUB_USERS, [may, mayNot]).get('list people')).toEqual(['api', 'no']);
    expect(answers(TELNYX_SUB_USERS, [probe('invite people', 'not tried')]).get('invite')).toEqual(['api', null]);
    expect(answers(TELNYX_ORGANIZATIONS, [probe('invite people', 'no')]).get('invite')).toEqual(['manual', null]);
  });
});

test('a credential that works and may not list everybody is no credential to read with', () => {
  const [account] = doctorReport().accounts;
  if (account === undefined) throw new Error('the example has accounts');
  const denied = {
    what: 'list role assignments',
    answer: 'no',
    words: 'required permission twilio/iam/role-assignments/list is missing',
  } as const;
  const blind = { ...account, account: 'twilio-main', provider: 'twilio', api: 'organization', abilities: [denied] } as const;
  expect(isBlind(blind)).toBe(true);
  expect(renderDoctor({ accounts: [blind], repository: null, checks: [], kinds: [] }, STYLE)).toContain(
    '1 of 1 account cannot be read as the policies have it: twilio-main.',
  );
  // Nobody can list the people of such an account: its roster tells who they are.
  expect(isBlind({ ...blind, api: 'console' })).toBe(false);
  expect(isBlind({ ...blind, abilities: [{ ...denied, what: 'list API keys' }] })).toBe(false);
});

describe('a table', () => {
  const head = ['account', 'api', 'role', 'until'];
  const rows = [
    ['telnyx-production', 'telnyx sub-users', 'admin', ''],
    ['twilio-main', 'twilio organization', 'billing_manager, developer', ''],
  ];

  test('leaves out a column in which nothing stands', () => {
    expect(renderTable(head, rows, 2, STYLE)).toEqual([
      'account            api                  role',
      'telnyx-production  telnyx sub-users     admin',
      'twilio-main        twilio organization  billing_manager, developer',
    ]);
  });

  test('wraps at spaces where it is too wide, and sets the first cells above where even that is not enough', () => {
    expect(renderTable(head, rows, 2, createStyle(false, 60))).toEqual([
      'account            api                role',
      'telnyx-production  telnyx sub-users   admin',
      'twilio-main        twilio             billing_manager,',
      '                   organization       developer',
    ]);
    expect(renderTable(head, rows, 2, createStyle(false, 40))).toEqual([
      'account  api',
      '  role',
      'telnyx-production  telnyx sub-users',
      '  admin',
      'twilio-main  twilio organization',
      '  billing_manager, developer',
    ]);
  });
});
