import type { Probe } from '../../src/model.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { TELNYX_ORGANIZATIONS } from '../../src/provider/telnyx/telnyx-organizations-capabilities.ts';
import { TWILIO_CONSOLE } from '../../src/provider/twilio/twilio-console-capabilities.ts';
import { TWILIO_ORGANIZATION } from '../../src/provider/twilio/twilio-organization-capabilities.ts';
import { describeGroups, describeReach } from '../../src/report/describe-reach.ts';
import { listCapabilities } from '../../src/report/list-capabilities.ts';
import type { DoctorCheck, DoctorReport } from '../../src/report/render-doctor.ts';
import type { Explanation, WhoCan } from '../../src/report/render-explain.ts';
import type { LedgerReport } from '../../src/report/render-ledger.ts';
import type { ApplyReport } from '../../src/report/render-outcomes.ts';
import { AT, access, change, plan } from './build-plan.ts';

const TEN = '2026-11-22T10:00:00.000Z';

export function applyReport(): ApplyReport {
  const deferred = ['kate', 'leo'].map((name) => change({ action: 'invite', principal: `${name}@acme.example`, not_before: TEN }));
  const manual = change({
    action: 'invite',
    principal: 'nick@acme.example',
    executor: 'manual',
    steps: ['Ask nick@acme.example to write to support@telnyx.com.', 'Once support has confirmed, run rollcall apply again.'],
  });
  const result = (
    one: ReturnType<typeof change>,
    outcome: ApplyReport['results'][number]['outcome'],
    message = '',
    not_before: string | null = null,
  ) => ({ change: one, outcome, message, not_before });
  return {
    results: [
      result(change({ action: 'delete', principal: 'eve@acme.example', before: access('admin') }), 'applied'),
      result(change({ action: 'patch', principal: 'grace@acme.example' }), 'applied'),
      result(change({ action: 'invite', principal: 'ada@acme.example', after: access('admin') }), 'already'),
      result(
        change({ action: 'patch', principal: 'heidi@acme.example', before: access('admin'), after: access('member') }),
        'failed',
        'Telnyx refused it (422): role is not assignable. Tried again after 2026-11-22 15:00 UTC',
      ),
      result(change({ action: 'invite', principal: 'ivan@acme.example' }), 'undecided', 'no answer in 30 s'),
      ...deferred.map((one) => result(one, 'deferred', 'at most 10 invitations an hour', TEN)),
      result(manual, 'manual'),
      result(change({ action: 'delete', principal: 'frank@acme.example' }), 'withheld', 'not in the approved plan'),
    ],
    accounts: [
      { account: 'telnyx-production', status: 'done', message: '' },
      { account: 'telnyx-support', status: 'incomplete', message: 'TELNYX_SUPPORT_API_KEY is not set.' },
    ],
    warnings: [],
    remaining: plan({ changes: [...deferred, manual] }),
    interrupted: false,
  };
}

export function ledgerReport(): LedgerReport {
  return {
    entries: [
      { seq: 1, at: '2026-11-21T16:20:01.000Z', kind: 'observation', account: 'telnyx-production', text: '214 people, complete' },
      { seq: 2, at: '2026-11-21T16:20:02.000Z', kind: 'commit', account: null, text: '1f1f1f1f1f1f' },
      { seq: 3, at: AT, kind: 'intent', account: 'telnyx-production', text: 'delete eve@acme.example (admin)' },
      { seq: 4, at: AT, kind: 'outcome', account: 'telnyx-production', text: 'applied: delete eve@acme.example (admin)' },
    ],
    offboarding: offboardings(),
    owed: [
      {
        change: change({ action: 'invite', principal: 'kate@acme.example' }),
        since: AT,
        outcome: 'deferred',
        message: 'at most 10 invitations an hour',
        notBefore: TEN,
        postponedUntil: null,
      },
    ],
  };
}

const SUBACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;

const quiet = {
  isOwner: false,
  desired: { roles: [], groups: [] },
  grants: [],
  until: null,
  lastApplied: { roles: ['support'], groups: [] },
  provenance: null,
  owed: [],
  offboarding: null,
  effective: [],
  reach: [],
  notes: [],
} as const;

/** Two whose keys are left behind: one where keys are listed, one where nothing lists them. */
export function offboardings(): LedgerReport['offboarding'] {
  const since = '2026-11-20T14:02:00.000Z';
  const keys = [
    { sid: `SK${'a'.repeat(32)}`, name: 'CI deploy', created: '2026-03-01T10:00:00.000Z' },
    { sid: `SK${'b'.repeat(32)}`, name: '', created: null },
  ];
  return [
    { account: 'twilio-main', offboarding: { principal: 'grace@acme.example', since, keys } },
    { account: 'telnyx-production', offboarding: { principal: 'eve@acme.example', since, keys: null } },
  ];
}

export function explanation(): Explanation {
  const grant = { role: 'admin', group: null, until: null, ended: false, superfluous: false } as const;
  return {
    principal: 'grace@acme.example',
    name: 'Grace Hopper',
    notes: ['the ledger and live are what this clone has of rollcall-state, as of 2026-11-22 09:00 UTC (19 minutes ago)'],
    accounts: [
      {
        account: 'telnyx-production',
        provider: 'telnyx',
        api: 'sub-users',
        isOwner: false,
        until: null,
        offboarding: null,
        effective: [],
        reach: [],
        desired: { roles: ['admin'], groups: [] },
        grants: [
          {
            ...grant,
            team: 'voice',
            reason: 'On call for the voice edge (OPS-1432)',
            place: { file: 'policies/teams/voice.yaml', line: 6, column: 5 },
          },
          {
            ...grant,
            team: 'on-call',
            until: '2027-01-31',
            superfluous: true,
            reason: 'Second line',
            place: { file: 'policies/teams/on-call.yaml', line: 9, column: 5 },
          },
          {
            ...grant,
            role: 'member',
            team: 'guests',
            until: '2026-10-31',
            ended: true,
            reason: 'Trial',
            place: { file: 'policies/teams/guests.yaml', line: 4, column: 5 },
          },
        ],
        lastApplied: { roles: ['member'], groups: [] },
        live: { status: 'active', roles: ['member'], groups: [], at: AT, remarks: [] },
        provenance: { since: '2026-10-01T08:30:00.000Z', how: 'applied', by: 'pull 9', pull: 9, approvedBy: ['ada', 'hedy'] },
        owed: [
          {
            what: 'patch grace@acme.example: member → admin',
            since: '2026-11-22T08:00:00.000Z',
            outcome: 'deferred',
            message: 'the vendor asked to wait',
            notBefore: '2026-11-22T10:00:00.000Z',
            by: 'pull 12',
            pull: 12,
            approvedBy: ['ada'],
          },
        ],
        notes: [],
      },
      {
        ...quiet,
        account: 'telnyx-support',
        provider: 'telnyx',
        api: 'organizations',
        desired: { roles: ['member'], groups: ['Administrators', 'Billing'] },
        until: '2027-01-31',
        lastApplied: { roles: ['member'], groups: ['Billing'] },
        live: {
          status: 'active',
          roles: ['member'],
          groups: ['Billing'],
          at: AT,
          remarks: ['last signed in 2026-10-02', 'bypasses single sign-on'],
        },
        effective: describeGroups({ roles: ['member'], groups: ['Administrators', 'Billing'] }, ['Administrators']),
      },
      {
        ...quiet,
        account: 'twilio-legacy',
        provider: 'twilio',
        api: 'console',
        desired: { roles: ['support'], groups: [] },
        live: { status: 'invited', roles: ['support'], groups: [], at: AT, remarks: [] },
        notes: ['by the roster attested on 2026-11-20 by root@acme.example'],
      },
      {
        ...quiet,
        account: 'twilio-main',
        provider: 'twilio',
        api: 'organization',
        isOwner: true,
        lastApplied: { roles: ['owner'], groups: [] },
        live: { status: 'active', roles: ['owner'], groups: [], at: AT, remarks: [] },
        effective: describeReach(
          { roles: ['Studio Viewer', 'owner'], groups: [] },
          ['owner'],
          [{ principal: 'grace@acme.example', role: 'Organization Admin', through: 'the whole organization' }],
          [{ sid: SUBACCOUNT, name: 'IVR' }],
        ),
      },
      {
        ...quiet,
        account: `twilio-main-${SUBACCOUNT.toLowerCase()}`,
        provider: 'twilio',
        api: 'organization',
        lastApplied: { roles: [], groups: [] },
        provenance: { since: '2026-11-20T14:02:00.000Z', how: 'applied', by: 'pull 11', pull: 11, approvedBy: ['ada'] },
        live: { status: 'absent', roles: [], groups: [], at: AT, remarks: [] },
        offboarding: offboardings()[0]?.offboarding ?? null,
      },
    ],
  };
}

export function whoCan(): WhoCan {
  const [account] = explanation().accounts;
  return {
    role: 'admin',
    account: 'telnyx-production',
    principals: [
      {
        principal: 'grace@acme.example',
        name: 'Grace Hopper',
        grants: account?.grants.slice(0, 1) ?? [],
        live: account?.live ?? null,
        provenance: account?.provenance ?? null,
        owed: account?.owed ?? [],
        isGone: false,
      },
    ],
    others: [
      {
        principal: 'trent@elsewhere.example',
        name: '',
        grants: [],
        live: { status: 'active', roles: ['admin'], groups: [], at: AT, remarks: [] },
        provenance: { since: '2026-09-01T07:00:00.000Z', how: 'found', by: null, pull: null, approvedBy: null },
        owed: [],
        isGone: false,
      },
    ],
    reach: [{ principal: 'eve@acme.example', role: 'Organization Admin', through: 'the whole organization' }],
    notes: ['live was not read: give --observation FILE to see it'],
  };
}

/** One account that is well, one of which policy names the wrong API, one that is refused, one without any variable, one by hand. */
export function doctorReport(): DoctorReport {
  const variable = (name: string, isSet: boolean, isNeeded = true) => ({ name, isSet, isNeeded });
  const telnyx: Probe = {
    credential: 'works',
    words: 'this key answers to `sub-users`',
    abilities: [
      { what: 'list people', answer: 'yes', words: "214 by the vendor's own count" },
      { what: 'invite people', answer: 'not tried', words: 'a probe changes nothing' },
      { what: 'read audit events', answer: 'no', words: '403 10010: "Authorization failed"' },
    ],
    otherApi: null,
  };
  const twilio: Probe = {
    credential: 'refused',
    words: '401 20003: "required permission twilio/iam/role-assignments/list is missing"',
    abilities: [{ what: 'list people', answer: 'no', words: '401 20003' }],
    otherApi: null,
  };
  const optional = (stem: string) => [variable(`${stem}_ACCOUNT_SID`, false, false), variable(`${stem}_AUTH_TOKEN`, false, false)];
  return {
    accounts: [
      {
        account: 'telnyx-production',
        provider: 'telnyx',
        api: 'sub-users',
        variables: [variable('TELNYX_PRODUCTION_API_KEY', true)],
        ...telnyx,
        fix: null,
      },
      {
        account: 'telnyx-support',
        provider: 'telnyx',
        api: 'organizations',
        variables: [variable('TELNYX_SUPPORT_API_KEY', true)],
        credential: 'works',
        words: 'this key answers to `sub-users`: set `api: sub-users` in policies/accounts/telnyx-support.yaml',
        abilities: [{ what: 'list people', answer: 'no', words: '404 10005: "Resource not found"' }],
        otherApi: 'sub-users',
        fix: null,
      },
      {
        account: 'twilio-legacy',
        provider: 'twilio',
        api: 'console',
        variables: optional('TWILIO_LEGACY'),
        credential: 'not needed',
        words: '',
        abilities: [],
        otherApi: null,
        fix: null,
      },
      {
        account: 'twilio-main',
        provider: 'twilio',
        api: 'organization',
        variables: [variable('TWILIO_MAIN_CLIENT_ID', true), variable('TWILIO_MAIN_CLIENT_SECRET', true), ...optional('TWILIO_MAIN')],
        ...twilio,
        fix: "Make a new key in Twilio's console, and set TWILIO_MAIN_CLIENT_ID, TWILIO_MAIN_CLIENT_SECRET to it.",
      },
      {
        account: 'twilio-new',
        provider: 'twilio',
        api: 'organization',
        variables: [variable('TWILIO_NEW_CLIENT_ID', true), variable('TWILIO_NEW_CLIENT_SECRET', false), ...optional('TWILIO_NEW')],
        credential: 'missing',
        words: 'the environment variable TWILIO_NEW_CLIENT_SECRET is not set, so this account cannot be read',
        abilities: [],
        otherApi: null,
        fix: null,
      },
    ],
    repository: 'acme/access',
    checks: doctorChecks(),
    kinds: [
      { provider: 'telnyx', api: 'sub-users', rows: listCapabilities(TELNYX_SUB_USERS, [telnyx]) },
      { provider: 'telnyx', api: 'organizations', rows: listCapabilities(TELNYX_ORGANIZATIONS, []) },
      { provider: 'twilio', api: 'console', rows: listCapabilities(TWILIO_CONSOLE, []) },
      { provider: 'twilio', api: 'organization', rows: listCapabilities(TWILIO_ORGANIZATION, [twilio]) },
    ],
  };
}

/** One check of each state in each group, as the terminal has to show them. */
export function doctorChecks(): readonly DoctorCheck[] {
  const fetch = 'Run `git fetch`, then `rollcall doctor` again; where it stays so, dispatch `drift` on the default branch.';
  const token = 'Set GITHUB_TOKEN to a token with administration: read.';
  return [
    { group: 'accounts', name: 'telnyx-production', state: 'ok', says: 'the credential works', fix: null },
    { group: 'accounts', name: 'twilio-main', state: 'wrong', says: 'the credential is refused', fix: null },
    { group: 'machine', name: 'clock', state: 'ok', says: 'right to the minute, by the clock of api.telnyx.com', fix: null },
    { group: 'ledger', name: 'rollcall-state', state: 'ok', says: '1,204 records, each bound to the one before and signed', fix: null },
    { group: 'ledger', name: 'observations', state: 'attention', says: 'the oldest is 4 hours old (twilio-main)', fix: fetch },
    { group: 'ledger', name: 'drift run', state: 'attention', says: 'last alive 4 hours ago, although it runs every hour', fix: fetch },
    {
      group: 'repository',
      name: 'visibility',
      state: 'wrong',
      says: 'public: a plan names people and addresses, so runs refuse to write there',
      fix: 'Make it private (Settings, General).',
    },
    { group: 'repository', name: 'rules of main', state: 'unknown', says: 'GitHub answers 403: Resource not accessible', fix: token },
    {
      group: 'workflows',
      name: 'pins',
      state: 'wrong',
      says: 'not named by a whole commit: .github/workflows/apply.yml, line 40 (actions/checkout@main)',
      fix: 'Write OWNER/NAME@COMMIT with all 40 digits: whoever moves a tag or branch changes what runs with your keys.',
    },
    { group: 'workflows', name: 'minutes', state: 'ok', says: 'about 730 in 30 days, for 720 runs', fix: null },
  ];
}
