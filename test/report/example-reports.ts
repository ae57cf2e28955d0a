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

export function explanation(): Explanation {
  const grant = { role: 'admin', group: null, until: null, ended: false } as const;
  return {
    principal: 'grace@acme.example',
    name: 'Grace Hopper',
    accounts: [
      {
        account: 'telnyx-production',
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
        live: { status: 'active', roles: ['member'], groups: [] },
        owed: ['patch grace@acme.example: member → admin'],
        notes: [],
      },
    ],
  };
}

export function whoCan(): WhoCan {
  const [account] = explanation().accounts;
  return {
    role: 'admin',
    account: 'telnyx-production',
    principals: [{ principal: 'grace@acme.example', name: 'Grace Hopper', grants: account?.grants.slice(0, 1) ?? [] }],
  };
}
