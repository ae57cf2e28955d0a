/**
 * The whole three-way comparison on one page: what rollcall does about one principal, for every way in which last-applied state (D),
 * the account (V), policy (N), end dates, the ledger's debts and the baseline can stand to each other. `expected` restates the rules
 * of contract sections 4, 7 and 9 without any of the planner's code; golden/origin-table.txt has them row by row.
 */
import { expect, it } from 'vitest';
import type { Access, Change } from '../../src/model.ts';
import { makeChange } from '../../src/plan/make-change.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import {
  ACCOUNT,
  decide,
  held,
  holding,
  inPeace,
  live,
  mail,
  owed,
  planOf,
  type Role,
  say,
  verdicts,
  type World,
  wants,
} from './support.ts';

const LAST_APPLIED = ['nothing recorded', 'never applied', 'deleted', 'invited member', 'member', 'admin'] as const;
const LIVE = ['absent', 'invited member', 'member', 'admin', 'suspended member', 'unknown role'] as const;
const POLICY = ['none', 'member', 'admin'] as const;
const ENDED = ['no', 'member', 'admin'] as const;

interface Row {
  readonly lastApplied: (typeof LAST_APPLIED)[number];
  readonly live: (typeof LIVE)[number];
  readonly policy: (typeof POLICY)[number];
  /** The role of one more grant, whose end has passed. */
  readonly ended: (typeof ENDED)[number];
  /** Whether the ledger owes the very step from live to policy. */
  readonly owed: boolean;
  /** Whether the baseline has them, as a member. */
  readonly atBaseline: boolean;
}

const ROWS: Row[] = LAST_APPLIED.flatMap((lastApplied) =>
  LIVE.flatMap((there) =>
    POLICY.flatMap((policy) =>
      ENDED.flatMap((ended) =>
        [false, true].flatMap((isOwed) =>
          [false, true].map((atBaseline) => ({ lastApplied, live: there, policy, ended, owed: isOwed, atBaseline })),
        ),
      ),
    ),
  ),
);

type Held = 'none' | Role;
const LEVEL = { none: 0, member: 1, admin: 2 } satisfies Record<Held, number>;

/** The rules, in words that need no code to be checked. The first that fits holds. */
function expected(row: Row): string {
  // Whoever is suspended, or has a role nobody knows, is shown and left alone, whatever anybody wants.
  if (row.live === 'suspended member' || row.live === 'unknown role') return 'left alone';

  // Someone no policy names and we never touched is unmanaged if they were there at the baseline, or if there is none yet.
  // They keep what they held at the baseline; more than that is drift, and is taken back.
  if (isUnmanaged(row)) {
    const raised = row.lastApplied === 'never applied' && row.live === 'admin';
    return raised ? 'unmanaged; patch admin→member drift raised [privilege_lost drift_gained] leave' : 'unmanaged';
  }

  // Live is what policy wants: nothing to do. If something else was last true, both came there by ways of their own.
  const [d, v, n] = [lastTrue(row), heldLive(row), row.policy];
  if (v === n) return isKnown(row) && d !== 'unknown' && d !== n ? 'converged' : 'in sync';

  const origin = expectedOrigin(row);
  const action = v === 'none' ? 'invite' : n === 'none' ? 'delete' : 'patch';
  const tags = [
    n === 'admin' && 'privilege_gained',
    v === 'admin' && 'privilege_lost',
    action === 'delete' && 'irreversible',
    origin === 'drift' && (LEVEL[v] > LEVEL[n] ? 'drift_gained' : 'drift_lost'),
    (row.owed || hasLapsed(row)) && 'owed',
  ].filter((tag) => tag !== false);
  return `${action} ${WORDS[v]}→${WORDS[n]} ${origin} ${REASONS[action](row, origin)} [${tags.join(' ')}] ${unapproved(row, origin)}`;
}

/** Without any new approval: what is owed, has lapsed or has ended goes on; drift is left to `drift`; all else is withheld. */
function unapproved(row: Row, origin: Change['origin']): 'leave' | 'make' | 'withhold' {
  if (origin === 'drift') return 'leave';
  return origin === 'end' || row.owed || hasLapsed(row) ? 'make' : 'withhold';
}

const WORDS = { none: 'nobody', member: 'member', admin: 'admin' } satisfies Record<Held, string>;

function heldLive(row: Row): Held {
  if (row.live === 'invited member' || row.live === 'member') return 'member';
  return row.live === 'admin' ? 'admin' : 'none';
}

/** D: what the ledger says; for people it never saw, what they held at the baseline; or else nothing. */
function lastTrue(row: Row): Held | 'unknown' {
  const byLedger = {
    'nothing recorded': 'unknown',
    deleted: 'none',
    'invited member': 'member',
    member: 'member',
    admin: 'admin',
  } as const;
  if (row.lastApplied !== 'never applied') return byLedger[row.lastApplied];
  return row.atBaseline ? 'member' : 'none';
}

const isNamed = (row: Row) => row.policy !== 'none' || row.ended !== 'no';
const isKnown = (row: Row) => isNamed(row) || heldLive(row) !== 'none' || isInLedger(row);
const isInLedger = (row: Row) => row.lastApplied !== 'nothing recorded' && row.lastApplied !== 'never applied';

function isUnmanaged(row: Row): boolean {
  const there = row.lastApplied === 'nothing recorded' || (row.lastApplied === 'never applied' && row.atBaseline);
  return heldLive(row) !== 'none' && !isNamed(row) && there;
}

/** An invitation of ours that was never seen active and is gone, while policy still wants the same. */
const hasLapsed = (row: Row) => row.live === 'absent' && row.lastApplied === 'invited member' && row.policy === 'member';

function expectedOrigin(row: Row): Change['origin'] {
  const [d, v, n] = [lastTrue(row), heldLive(row), row.policy];
  const withoutEnds: Held = row.ended !== 'no' && LEVEL[row.ended] > LEVEL[n] ? row.ended : n;
  const endExplains = v === withoutEnds && n !== withoutEnds;
  if (d === 'unknown') return endExplains ? 'end' : 'unrecorded';
  if (d === v) return endExplains ? 'end' : 'git';
  if (d !== n) return 'both';
  // An invitation that lapsed, and what is still owed, is nobody's drift.
  return hasLapsed(row) || row.owed ? 'git' : 'drift';
}

const REASONS: Record<Change['action'], (row: Row, origin: Change['origin']) => Change['reason_code']> = {
  invite: (row, origin) => (hasLapsed(row) ? 'invitation_lapsed' : origin === 'drift' ? 'vanished' : 'granted'),
  patch: (row, origin) => {
    if (origin === 'drift') return LEVEL[heldLive(row)] > LEVEL[row.policy] ? 'raised' : 'lowered';
    return origin === 'end' ? 'grant_ended' : 'role_differs';
  },
  delete: (row, origin) => {
    if (origin === 'drift') return row.live === 'invited member' ? 'stray_invitation' : 'stranger';
    return row.ended === 'no' ? 'not_in_policy' : 'grant_ended';
  },
};

it('does, for every way in which ledger, account, policy, ends, debts and baseline can stand, what the rules say', async () => {
  const rows = ROWS.map((row) => ({ row: title(row), does: found(row), should: expected(row) }));
  expect(rows.filter((one) => one.does !== one.should)).toEqual([]);
  const width = Math.max(...rows.map((one) => one.row.length));
  await expect(`${rows.map((one) => `${one.row.padEnd(width)}  ${one.should}`).join('\n')}\n`).toMatchFileSnapshot(
    'golden/origin-table.txt',
  );
});

function title(row: Row): string {
  const extras = [row.ended === 'no' ? '' : `${row.ended} grant ended`, row.owed ? 'owed' : '', row.atBaseline ? 'at baseline' : ''];
  return `D ${row.lastApplied} · V ${row.live} · N ${row.policy}${extras.map((one) => (one === '' ? '' : ` · ${one}`)).join('')}`;
}

/** What the planner makes of a row. */
function found(row: Row): string {
  const world = worldOf(row);
  const plan = planOf(world);
  const account = plan.accounts[0];
  const change = plan.changes.find((one) => one.principal === mail('ada'));
  const said =
    change === undefined
      ? []
      : [`${say(change).replace(' ada', '')} [${change.tags.join(' ')}] ${verdicts(decide(world, []).decisions)['ada']}`];
  if (account?.left_alone.some((one) => one.principal === mail('ada'))) return ['left alone', ...said].join('; ');
  if (account?.unmanaged.some((one) => one.principal === mail('ada'))) return ['unmanaged', ...said].join('; ');
  if (account?.converged.includes(mail('ada'))) return ['converged', ...said].join('; ');
  return said[0] ?? 'in sync';
}

/** Ada in an account with two admins and a member who are at peace. */
function worldOf(row: Row): World {
  const world = inPeace({ bob: 'admin', cleo: 'admin', dan: 'member' });
  if (row.lastApplied === 'nothing recorded') {
    world.remembered.clear();
    world.ledger = { recorded: false };
    world.baseline = null;
  } else if (row.lastApplied === 'deleted') world.remembered.set('ada', null);
  else if (row.lastApplied === 'invited member') world.remembered.set('ada', held('ada', 'member', { status: 'invited' }));
  else if (row.lastApplied !== 'never applied') world.remembered.set('ada', held('ada', row.lastApplied));
  if (row.atBaseline) world.baseline?.set('ada', holding('member'));
  if (row.live === 'invited member') world.live.set('ada', live('ada', 'member', { status: 'invited' }));
  else if (row.live === 'suspended member') world.live.set('ada', live('ada', 'member', { status: 'suspended' }));
  else if (row.live === 'unknown role') world.live.set('ada', live('ada', 'auditor'));
  else if (row.live !== 'absent') world.live.set('ada', live('ada', row.live));
  const role = row.policy === 'none' ? null : row.policy;
  if (row.ended !== 'no') world.wants.set('ada', wants('ada', role, { ended: row.ended }));
  else if (role !== null) world.wants.set('ada', wants('ada', role));
  const debt = row.owed ? stepOf(world, role) : null;
  if (debt !== null) world.ledger = { ...world.ledger, owed: new Map([[debt.principal, owed(debt)]]) };
  return world;
}

/** The step from what is live to what policy wants. */
function stepOf(world: World, role: Role | null): Change | null {
  const there = world.live.get('ada');
  const before: Access | null = there === undefined ? null : { status: there.status, name: 'ada', roles: there.roles, groups: [] };
  const after: Access | null = role === null ? null : { status: before?.status ?? 'invited', name: 'ada', roles: [role], groups: [] };
  if (before === null && after === null) return null;
  const action = before === null ? 'invite' : after === null ? 'delete' : 'patch';
  const principal = { principal: mail('ada'), principal_id: there?.principal_id ?? null };
  return makeChange(
    { account: ACCOUNT, action, ...principal, before, after, executor: 'api', origin: 'git', reason_code: 'granted', source: null },
    TELNYX_SUB_USERS,
  );
}
