import type { Plan } from '../../src/model.ts';
import { access, account, change, guard, PASSING_GUARDS, plan } from './build-plan.ts';

const KEYS = (principal: string) => [
  `API keys outlive people and no API lists them: review the keys that ${principal} made or has seen at https://portal.telnyx.com/#/app/api-keys and revoke what is no longer needed.`,
];
const place = (line: number, file = 'policies/teams/voice.yaml') => ({ file, line, column: 5 });

/** Every kind of change in one account, one account that could not be read, one that left policy. */
export function firstPlan(): Plan {
  const changes = [
    change({
      action: 'delete',
      principal: 'eve@acme.example',
      before: access('admin'),
      tags: ['privilege_lost', 'irreversible'],
      reversible: false,
      steps: KEYS('eve@acme.example'),
      source: place(9),
    }),
    change({
      action: 'delete',
      principal: 'frank@acme.example',
      before: access('member', { status: 'invited' }),
      reason_code: 'stray_invitation',
      origin: 'drift',
      tags: ['drift_gained', 'irreversible'],
      reversible: false,
      steps: KEYS('frank@acme.example'),
      source: null,
    }),
    change({
      action: 'patch',
      principal: 'heidi@acme.example',
      before: access('admin'),
      after: access('member'),
      origin: 'end',
      reason_code: 'grant_ended',
      tags: ['privilege_lost'],
      risk: 'medium',
      source: place(14, 'policies/teams/on-call.yaml'),
    }),
    change({ action: 'patch', principal: 'grace@acme.example', tags: ['privilege_gained'], risk: 'high', source: place(7) }),
    change({
      action: 'patch',
      principal: 'judy@acme.example',
      before: access('member', { name: 'Judy' }),
      after: access('member', { name: 'Judy Resnik' }),
      reason_code: 'name_differs',
      patch: [{ op: 'replace', path: '/name', value: 'Judy Resnik' }],
      source: place(3, 'policies/people/engineering.yaml'),
    }),
    change({
      action: 'invite',
      principal: 'ada@acme.example',
      after: access('admin', { status: 'invited' }),
      tags: ['privilege_gained'],
      risk: 'high',
      source: place(6),
    }),
    change({ action: 'invite', principal: 'ivan@acme.example' }),
    change({
      action: 'invite',
      principal: 'grace.hopper@acme.example',
      reason_code: 'email_changed',
      source: place(4, 'policies/people/engineering.yaml'),
    }),
    change({
      action: 'delete',
      principal: 'grace.murray@acme.example',
      reason_code: 'email_changed',
      tags: ['waits_for_replacement'],
      source: place(4, 'policies/people/engineering.yaml'),
    }),
    change({ action: 'invite', principal: 'kate@acme.example', not_before: '2026-11-22T10:00:00.000Z' }),
    change({ action: 'invite', principal: 'leo@acme.example', not_before: '2026-11-22T10:00:00.000Z', tags: ['owed'] }),
    change({ action: 'invite', principal: 'mia@acme.example', tags: ['waits_for_open_slot'] }),
    change({
      action: 'invite',
      principal: 'nick@acme.example',
      executor: 'manual',
      steps: [
        'Ask nick@acme.example to write to support@telnyx.com: "Please cancel the Telnyx account of nick@acme.example and free the address, so that our organization can invite it."',
        'Once support has confirmed, run rollcall apply again: it invites the address then.',
      ],
    }),
    change({
      action: 'patch',
      principal: 'oscar@acme.example',
      before: access('admin'),
      after: access('member'),
      origin: 'drift',
      reason_code: 'raised',
      tags: ['drift_gained', 'privilege_lost'],
      risk: 'medium',
      source: place(11),
    }),
  ];
  const observation = account().observation;
  return plan({
    changes,
    accounts: [
      account({
        pending: [
          {
            principal: 'peggy@acme.example',
            roles: ['member'],
            since: '2026-11-02T09:00:00.000Z',
            steps: ['Choose Resend for peggy@acme.example: at most 5 times an invitation.'],
          },
        ],
        unmanaged: [
          { principal: 'bob@acme.example', status: 'active', roles: ['member'], groups: [], note: '' },
          { principal: 'carol@acme.example', status: 'active', roles: ['admin'], groups: [], note: '' },
        ],
        left_alone: [
          {
            principal: 'trent@acme.example',
            status: 'suspended',
            roles: ['member'],
            groups: [],
            note: 'wanted by policy, never re-enabled by rollcall',
          },
        ],
        converged: ['walter@acme.example'],
      }),
      account({
        account: 'telnyx-support',
        verdict: 'incomplete',
        observation: {
          ...observation,
          complete: false,
          principals: 0,
          digest: null,
          cause: 'credentials',
          reason: 'TELNYX_SUPPORT_API_KEY is not set. Set it to an API key of this account.',
        },
      }),
    ],
    guards: PASSING_GUARDS,
    unsupervised: [{ account: 'telnyx-sandbox', principals: 12 }],
    verdict: 'incomplete',
    summary: { privileged_after: 5 },
  });
}

export function blockedPlan(): Plan {
  const names = ['alice', 'brian', 'chloe', 'dora'].map((name) => `${name}@acme.example`);
  const changes = names.map((principal, at) =>
    change({ action: 'delete', principal, tags: ['irreversible'], reversible: false, steps: KEYS(principal), source: place(20 + at) }),
  );
  return plan({
    changes,
    accounts: [account({ verdict: 'blocked' })],
    verdict: 'blocked',
    guards: [
      ...PASSING_GUARDS.slice(1),
      guard({
        guard: 'max_deletes',
        verdict: 'block',
        budget: 'policy',
        limit: 3,
        actual: 4,
        changes: changes.map(({ id }) => id),
        message:
          '4 deletes and lowered admins; the limit is 3 in 24 hours. If this is meant, add policies/approvals/NAME.yaml with account, deletes, reason and expires, and have security approve it; or spread it over days',
      }),
    ],
  });
}

export function emptyPlan(): Plan {
  return plan({ guards: PASSING_GUARDS });
}

export function driftPlan(): Plan {
  const war = change({
    action: 'patch',
    principal: 'heidi@acme.example',
    origin: 'drift',
    reason_code: 'lowered',
    tags: ['drift_lost', 'war'],
  });
  return plan({
    mode: 'drift',
    changes: [
      change({
        action: 'delete',
        principal: 'mallory@acme.example',
        before: access('admin'),
        origin: 'drift',
        reason_code: 'stranger',
        tags: ['drift_gained', 'irreversible'],
        reversible: false,
        steps: KEYS('mallory@acme.example'),
        source: null,
      }),
      change({ action: 'invite', principal: 'eve@acme.example', origin: 'drift', reason_code: 'vanished', tags: ['drift_lost'] }),
      war,
      change({
        action: 'delete',
        principal: 'rupert@acme.example',
        origin: 'end',
        reason_code: 'grant_ended',
        tags: ['irreversible'],
        reversible: false,
        source: place(16),
      }),
    ],
    guards: [
      ...PASSING_GUARDS,
      guard({
        guard: 'war',
        verdict: 'leave',
        limit: 3,
        actual: 1,
        changes: [war.id],
        message:
          'heidi@acme.example (roles): reverted 3 times in 24 hours and changed again. Left alone unless it gives privilege; find out who changes it. An hour without a change lifts this',
      }),
    ],
  });
}

const MAIN = 'twilio-main';
const SUBACCOUNT = `twilio-main-ac${'0123456789abcdef'.repeat(2)}`;
const CONSOLE = 'twilio-legacy';

/** Accounts of every kind: groups, roles that are a set, a subaccount, a roster, one whose roster is too old, and keys left behind. */
export function vendorsPlan(): Plan {
  const observation = account().observation;
  const changes = [
    change({
      account: 'telnyx-support',
      action: 'delete',
      principal: 'eve@acme.example',
      before: { ...access('member'), groups: ['Administrators', 'Billing'] },
      tags: ['privilege_lost', 'irreversible'],
      reversible: false,
      steps: KEYS('eve@acme.example'),
      source: place(9),
    }),
    ...['ivan', 'kate'].map((name) =>
      change({
        account: 'telnyx-support',
        action: 'invite',
        principal: `${name}@acme.example`,
        after: { ...access('member', { status: 'invited' }), groups: ['Billing'] },
        executor: 'manual',
        steps: [
          `Sign in at https://portal.telnyx.com/#/app/advanced-features/organizations and invite ${name}@acme.example to the group "Billing".`,
          'Nothing to report back: the next read shows who is there.',
        ],
      }),
    ),
    change({
      account: MAIN,
      action: 'delete',
      principal: 'eve@acme.example',
      before: access('administrator'),
      tags: ['privilege_lost'],
      steps: ['Rotate what eve@acme.example could read.'],
      source: place(9),
    }),
    change({
      account: MAIN,
      action: 'patch',
      principal: 'heidi@acme.example',
      before: access('administrator'),
      after: { ...access('developer'), roles: ['billing_manager', 'developer'] },
      tags: ['privilege_lost'],
      risk: 'medium',
      steps: ['Rotate what heidi@acme.example could read.'],
    }),
    change({
      account: MAIN,
      action: 'patch',
      principal: 'judy@acme.example',
      before: { ...access('support', { status: 'inactive' }), roles: [] },
      after: access('developer'),
      reason_code: 'reactivated',
    }),
    change({
      account: SUBACCOUNT,
      action: 'patch',
      principal: 'niaj@acme.example',
      before: access('developer', { status: 'inactive' }),
      after: access('developer'),
      reason_code: 'reactivated',
    }),
    change({
      account: CONSOLE,
      action: 'patch',
      principal: 'oscar@acme.example',
      before: access('administrator'),
      after: access('support'),
      executor: 'manual',
      tags: ['privilege_lost'],
      steps: [
        'Open the users of the account and disable Administrator for oscar@acme.example.',
        'Then give oscar@acme.example Support, and save.',
        'Attest it: the next roster proves it done.',
      ],
    }),
  ];
  const key = (letter: string, name: string, created: string | null, principals: readonly string[]) => ({
    sid: `SK${letter.repeat(32)}`,
    name,
    created,
    principals,
  });
  const [eve, heidi, mallory] = ['eve', 'heidi', 'mallory'].map((name) => `${name}@acme.example`) as [string, string, string];
  return plan({
    changes,
    accounts: [
      account({
        account: 'telnyx-support',
        api: 'organizations',
        left_alone: [{ principal: 'trent@acme.example', status: 'blocked', roles: ['member'], groups: ['Billing'], note: '' }],
      }),
      account({
        account: MAIN,
        provider: 'twilio',
        api: 'organization',
        observation: { ...observation, principals: 12, requests: 9 },
        left_alone: [
          { principal: `us${'9'.repeat(32)}`, status: 'unknown', roles: ['support'], groups: [], note: 'an identity outside SCIM' },
        ],
        residual_keys: [
          key('a', 'CI deploy', '2026-03-01T10:00:00.000Z', [eve, heidi]),
          key('b', '', null, [heidi, eve]),
          key('c', 'old runner', '2025-01-31T10:00:00.000Z', [mallory]),
        ],
        notes: ['The owner is trusted, because the accounts of the organization could not be listed (403: "Authorization denied").'],
      }),
      account({
        account: SUBACCOUNT,
        provider: 'twilio',
        api: 'organization',
        observation: { ...observation, principals: 3, requests: 4 },
      }),
      account({
        account: CONSOLE,
        provider: 'twilio',
        api: 'console',
        observation: { ...observation, principals: 5, requests: 0, source: 'roster' },
        notes: [
          'By the roster attested on 2026-11-20 by root@acme.example.',
          'The API keys were not read: TWILIO_LEGACY_ACCOUNT_SID is not set.',
        ],
      }),
      account({
        account: 'twilio-old',
        provider: 'twilio',
        api: 'console',
        verdict: 'incomplete',
        observation: {
          ...observation,
          complete: false,
          principals: 0,
          requests: 0,
          digest: null,
          source: 'roster',
          cause: 'unverified',
          reason:
            'its roster was attested on 2026-09-30, more than 30 days ago. Look at the console and attest it anew with `rollcall roster`.',
        },
      }),
    ],
    guards: [],
    verdict: 'incomplete',
    summary: { privileged_before: 6, privileged_after: 2 },
  });
}
