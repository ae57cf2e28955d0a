import type { Access, Change, GuardResult, Plan, PlanAccount, PlanSummary } from '../../src/model.ts';
import { digestOf } from '../../src/text/digest.ts';

export const AT = '2026-11-22T09:00:00.000Z';

export function access(role: string, more: Partial<Access> = {}): Access {
  return { status: 'active', name: 'Somebody', roles: [role], groups: [], ...more };
}

/** A change in telnyx-production; what is not given follows from the rest. */
export function change(given: Partial<Change> & Pick<Change, 'action' | 'principal'>): Change {
  return {
    id: digestOf([given.account ?? '', given.action, given.principal, given.origin ?? '']),
    account: 'telnyx-production',
    principal_id: given.action === 'invite' ? null : `id-${given.principal}`,
    before: given.action === 'invite' ? null : access('member'),
    after: given.action === 'delete' ? null : access(given.action === 'invite' ? 'member' : 'admin'),
    patch: [],
    executor: 'api',
    origin: 'git',
    reason_code: ({ invite: 'granted', patch: 'role_differs', delete: 'no_grant' } as const)[given.action],
    risk: given.action === 'delete' ? 'high' : 'low',
    tags: [],
    reversible: true,
    not_before: null,
    steps: [],
    source: { file: 'policies/teams/voice.yaml', line: 6, column: 5 },
    ...given,
  };
}

export function account(given: Partial<PlanAccount> = {}): PlanAccount {
  return {
    account: 'telnyx-production',
    provider: 'telnyx',
    api: 'sub-users',
    verdict: 'applicable',
    observation: { at: AT, complete: true, principals: 214, requests: 1, digest: digestOf('observation'), source: 'live' },
    unmanaged: [],
    left_alone: [],
    pending: [],
    converged: [],
    owner: 'root@acme.example',
    recorded: true,
    residual_keys: [],
    notes: [],
    ...given,
  };
}

export function guard(given: Partial<GuardResult> & Pick<GuardResult, 'guard'>): GuardResult {
  return { account: 'telnyx-production', verdict: 'pass', budget: null, limit: null, actual: null, changes: [], message: '', ...given };
}

export const PASSING_GUARDS: readonly GuardResult[] = [
  guard({ guard: 'max_deletes', budget: 'policy', limit: 3, actual: 1 }),
  guard({ guard: 'max_deletes', budget: 'strangers', limit: 3, actual: 0 }),
  guard({ guard: 'max_deletes_percent', budget: 'policy', limit: 10, actual: 0 }),
  guard({ guard: 'min_admins', limit: 2, actual: 5 }),
  guard({ guard: 'never_delete' }),
  guard({ guard: 'owner' }),
];

export function plan(given: Partial<Omit<Plan, 'summary'>> & { readonly summary?: Partial<PlanSummary> } = {}): Plan {
  const { summary, ...rest } = given;
  const changes = rest.changes ?? [];
  const mine = rest.mode === 'drift' ? changes : changes.filter((one) => one.origin !== 'drift');
  const count = (what: (one: Change) => boolean) => mine.filter(what).length;
  const automatic = (action: Change['action']) => count((one) => one.executor === 'api' && one.action === action);
  return {
    format_version: '1.0',
    tool: { name: 'rollcall', version: '0.1.0' },
    mode: 'change',
    at: AT,
    policy: { digest: digestOf('policy'), commit: '1f'.repeat(20), base_commit: null },
    accounts: [account({ verdict: changes.length > 0 ? 'applicable' : 'empty' })],
    guards: [],
    unsupervised: [],
    verdict: changes.length > 0 ? 'applicable' : 'empty',
    digest: digestOf('plan'),
    ...rest,
    changes,
    summary: {
      invite: automatic('invite'),
      patch: automatic('patch'),
      delete: automatic('delete'),
      manual: count((one) => one.executor === 'manual'),
      deferred: count((one) => one.not_before !== null || one.tags.some((tag) => tag.startsWith('waits_for'))),
      owed: count((one) => one.tags.includes('owed')),
      unmanaged: (rest.accounts ?? []).reduce((sum, one) => sum + one.unmanaged.length, 0),
      drift: changes.filter((one) => one.origin === 'drift').length,
      privileged_before: 4,
      privileged_after: 4,
      ...summary,
    },
  };
}
