import type { ApiKey, Change, Offboarding } from '../../../src/model.ts';
import { digestOf } from '../../../src/text/digest.ts';
import type { AccountWatch, DriftEntry, EndedGrant, EndingGrant, OwedEntry } from '../../../src/watch.ts';
import { access, change, guard } from '../build-plan.ts';

export const URL = 'https://github.com/acme/access';
export const RUN_URL = 'https://github.com/acme/access/actions/runs/9107';
export const AT = '2026-11-22T09:07:00.000Z';
export const LEDGER = { seq: 4711, hash: digestOf('ledger') };

/** What the scheduled run saw in telnyx-production; what is not given is as it should be. */
export function watch(given: Partial<AccountWatch> = {}): AccountWatch {
  return {
    account: 'telnyx-production',
    at: AT,
    url: URL,
    runUrl: RUN_URL,
    lastGood: { at: '2026-11-22T09:07:00.000Z', principals: 214 },
    unread: null,
    drift: [],
    owed: [],
    parked: [],
    lapsed: [],
    ended: [],
    ending: [],
    keysLeftBehind: [],
    offboarding: [],
    guards: [],
    notes: [],
    left: [],
    ledger: LEDGER,
    ...given,
  };
}

/** Grace was raised overnight. */
export function raised(given: Partial<DriftEntry> = {}, of: Partial<Change> = {}): DriftEntry {
  return {
    change: change({
      action: 'patch',
      principal: 'grace@acme.example',
      before: access('admin'),
      after: access('member'),
      origin: 'drift',
      reason_code: 'raised',
      risk: 'high',
      tags: ['drift_gained', 'privilege_lost'],
      source: null,
      ...of,
    }),
    since: '2026-11-22T03:07:00.000Z',
    outcome: 'applied',
    answer: 'gained access is reverted by the rules of this account, and a read proved it',
    likely: { actor: 'trent@acme.example', at: '2026-11-22T02:41:00.000Z' },
    ...given,
  };
}

/** Ivan was deleted in the console. */
export function vanished(given: Partial<DriftEntry> = {}): DriftEntry {
  return {
    change: change({
      action: 'invite',
      principal: 'ivan@acme.example',
      origin: 'drift',
      reason_code: 'vanished',
      risk: 'low',
      tags: ['drift_lost'],
    }),
    since: '2026-11-20T21:07:00.000Z',
    outcome: null,
    answer: 'lost access is only reported by the rules of this account',
    likely: null,
    ...given,
  };
}

export function owed(given: Partial<OwedEntry> & Pick<OwedEntry, 'turn'>, of: Partial<Change> = {}): OwedEntry {
  return {
    change: change({ action: 'invite', principal: `${given.turn}@acme.example`, tags: ['owed'], ...of }),
    since: '2026-11-21T09:00:00.000Z',
    notBefore: null,
    message: '',
    ...given,
  };
}

const END = { roles: ['admin'], source: { file: 'policies/teams/voice.yaml', line: 12, column: 5 }, heldOtherwise: false };

export function ending(given: Partial<EndingGrant> & Pick<EndingGrant, 'principal' | 'until'>): EndingGrant {
  return { ...END, renewal: null, ...given };
}

export function ended(given: Partial<EndedGrant> & Pick<EndedGrant, 'principal' | 'until'>): EndedGrant {
  return { ...END, isGone: false, isApproved: true, ...given };
}

/** Quinn could read keys, and can no longer. */
export function offboarding(given: Partial<Offboarding> = {}): Offboarding {
  return { principal: 'quinn@acme.example', since: '2026-11-20T14:02:00.000Z', keys: [key('a', 'CI deploy', null)], ...given };
}

export function key(letter: string, name: string, created: string | null): ApiKey {
  return { sid: `SK${letter.repeat(32)}`, name, created };
}

/** Anybody's account turned up, and every hundredth of them is an admin. */
export function crowd(count: number): DriftEntry[] {
  return Array.from({ length: count }, (_, at) => {
    const one = stranger(at);
    if (at % 100 !== 50) return one;
    return { ...one, change: { ...one.change, before: access('admin'), tags: [...one.change.tags, 'privilege_lost'] } };
  });
}

export function stranger(number: number): DriftEntry {
  const principal = `stranger-${String(number).padStart(4, '0')}@elsewhere.example`;
  const stray = {
    action: 'delete',
    principal,
    before: access('member'),
    after: null,
    reason_code: 'stranger',
    tags: ['drift_gained'],
  } as const;
  return { ...raised({ outcome: 'withheld', answer: 'the account’s budget for strangers is used up', likely: null }, stray) };
}

/** Everything that an issue can say at once. */
export function busyWatch(): AccountWatch {
  const step = 'Ask Telnyx support to free the address `judy@acme.example`.';
  return watch({
    drift: [raised(), vanished()],
    owed: [
      owed({ turn: 'rollcall', notBefore: '2026-11-22T10:00:00.000Z', message: '10 invitations an hour' }),
      owed({ turn: 'person', since: '2026-11-08T09:00:00.000Z', message: 'waits until the new address has accepted' }),
      owed(
        { turn: 'somebody', message: 'the address belongs to an account of its own' },
        { principal: 'judy@acme.example', executor: 'manual', steps: [step, 'Merge nothing until they answer.'] },
      ),
    ],
    parked: [{ principal: 'kate@acme.example', failures: 3, until: '2026-11-23T09:00:00.000Z', message: '422: "roles" is invalid' }],
    lapsed: [{ principal: 'leo@acme.example', times: 2 }],
    ended: [
      ended({ principal: 'mona@acme.example', until: '2026-11-20' }),
      ended({ principal: 'nick@acme.example', until: '2026-11-19', isGone: true }),
      ended({ principal: 'omar@acme.example', until: '2026-11-18', heldOtherwise: true }),
    ],
    ending: [
      ending({ principal: 'niaj@acme.example', until: '2026-11-22' }),
      ending({ principal: 'olga@acme.example', until: '2026-12-01', heldOtherwise: true }),
      ending({ principal: 'pia@acme.example', until: '2026-12-02', roles: ['member'], renewal: `${URL}/pull/12` }),
    ],
    offboarding: [
      offboarding({ principal: 'quinn@acme.example', keys: [key('a', 'CI deploy', '2026-03-01T10:00:00.000Z'), key('b', '', null)] }),
      offboarding({ principal: 'ruth@acme.example', keys: null }),
    ],
    keysLeftBehind: [
      'API keys outlive people and no API lists them: review the keys that grace@acme.example made at https://portal.telnyx.com/#/app/api-keys.',
    ],
    guards: [
      guard({
        guard: 'max_deletes',
        verdict: 'block',
        budget: 'policy',
        limit: 3,
        actual: 4,
        message: '4 people would be deleted in 24 h, and 3 may be. An approval file lifts it.',
      }),
      guard({
        guard: 'war',
        verdict: 'leave',
        changes: [raised().change.id],
        message: 'the roles of peggy@acme.example were reverted 3 times in 24 h and came back.',
      }),
      guard({ guard: 'max_deletes', budget: 'strangers', limit: 3, actual: 3 }),
    ],
    left: ['The policies at 1f1f1f1f1f1f are invalid, so the last valid ones were used.'],
  });
}
