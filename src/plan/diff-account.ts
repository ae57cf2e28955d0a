import { isEmpty, sameHolding } from '../holding.ts';
import type {
  Access,
  AccountHistory,
  AccountPolicy,
  Capabilities,
  Change,
  Holding,
  LivePrincipal,
  Observation,
  Origin,
  Pending,
  ReasonCode,
  Tag,
} from '../model.ts';
import { classifyOrigin } from './classify-origin.ts';
import { handOver } from './hand-over.ts';
import { keepAgreed } from './keep-agreed.ts';
import { type Draft, makeChange } from './make-change.ts';
import { isHalfway, owedFor } from './match-approved.ts';
import { gains, heldIn } from './privilege.ts';
import type { Row, Settled } from './settle-account.ts';

/** An invitation this old gets the steps for resending it by hand. */
const OLD_INVITATION_MS = 3 * 24 * 3_600_000;
/** Runs that write and come at least daily keep an eye on open invitations. */
const LOOKED_LATELY_MS = 25 * 3_600_000;
/** An invitation that lapsed is sent again so many times; then a person decides. */
const LAPSES_BEFORE_QUESTION = 3;

export interface Difference {
  readonly changes: readonly Change[];
  readonly pending: readonly Pending[];
  readonly converged: readonly string[];
}

interface Context {
  readonly policy: AccountPolicy;
  readonly capabilities: Capabilities;
  readonly history: AccountHistory;
  readonly observation: Observation;
  /** Milliseconds since 1970 for which the plan holds. */
  readonly atMs: number;
}

/** The only diff in the program: settled rows of one account to changes, unordered. */
export function diffAccount(settled: Settled, context: Context): Difference {
  const changes: Change[] = [];
  const pending: Pending[] = [];
  const converged: string[] = [];
  for (const row of settled.rows) {
    const origin = originOf(row, context);
    if (origin === 'converged') converged.push(row.principal);
    const change = origin === 'same' || origin === 'converged' ? renameOf(row, context) : changeOrDebt(row, origin, context);
    if (change !== null) changes.push(change);
    else if (row.live?.status === 'invited' && row.kind === 'granted') pending.push(pendingOf(row.live, context));
  }
  if (settled.ownerAsUser !== null) changes.push(ownerTransfer(settled.ownerAsUser, context));
  return { changes, pending, converged };
}

function originOf(row: Row, context: Context): Origin | 'same' | 'converged' {
  const { lastApplied, desired, desiredWithoutEnds } = row;
  // Who is listed with an empty holding has a login that a delete of ours has left; it goes by the approval of that delete.
  if (row.live !== null && isEmpty(row.live) && isEmpty(desired) && row.kind !== 'kept') return 'drift';
  const origin = classifyOrigin({ lastApplied, live: heldIn(row.live), desired, desiredWithoutEnds });
  if (origin !== 'drift' || !hasLapsed(row)) return origin;
  // An invitation that we sent, nobody accepted and nobody sees any more: still owed by the approval that sent it. Where nobody looked
  // for a day it may as well have been accepted and taken back, as a leaver's is, so a person decides anew.
  return seenLately(row, context) ? 'git' : 'unrecorded';
}

function seenLately({ principal }: Row, { history, atMs }: Context): boolean {
  const seen = history.seenInvited.get(principal);
  return seen !== undefined && atMs - Date.parse(seen) <= LOOKED_LATELY_MS;
}

function hasLapsed(row: Row): boolean {
  return row.live === null && row.lastApplied?.status === 'invited' && sameHolding(row.lastApplied, row.desired);
}

/**
 * What is approved and owed is nobody's drift, whatever last-applied state says: it stays policy's until it is done. What it has left half
 * way is nobody's doing but ours.
 */
function changeOrDebt(row: Row, origin: Origin, context: Context): Change {
  const change = changeOf(row, origin, context);
  const kept = origin === 'both' ? keepAgreed(row, change, context) : null;
  if (kept !== null) return changeOf({ ...row, desired: kept }, 'drift', context);
  const isLeft = row.live !== null && isHalfway(row.live, row.principal, context.history);
  if (origin === 'drift' && isLeft && isLoss(row, context)) return changeOf(row, 'git', context);
  const isOurs = origin === 'drift' || (origin === 'both' && isLeft);
  if (isOurs && owedFor(change, context.history) !== null) return changeOf(row, 'git', context);
  return isLeft ? asBegun(change, context) : change;
}

/** The rest of what was taken back half way is answered as the whole was: what came of it is a loss that nobody else made. */
function asBegun(change: Change, { history }: Context): Change {
  const isGain = history.openIntents.some(({ change: one }) => one.principal === change.principal && one.tags.includes('drift_gained'));
  return isGain ? { ...change, tags: change.tags.map((tag) => (tag === 'drift_lost' ? 'drift_gained' : tag)) } : change;
}

/** Whether policy gives more than there is; of a change that takes drift back the rest is drift's. */
function isLoss({ principal, live, desired }: Row, { history, capabilities }: Context): boolean {
  const takesBack = history.openIntents.some(({ change }) => change.principal === principal && change.origin === 'drift');
  return !isEmpty(desired) && !takesBack && !gains(desired, heldIn(live), capabilities);
}

function changeOf(row: Row, origin: Origin, context: Context): Change {
  if (row.live === null) return inviteOf(row, origin, context);
  if (isEmpty(row.desired)) return deleteOf(row, row.live, origin, context);
  return patchOf(row, row.live, origin, context);
}

function inviteOf(row: Row, origin: Origin, context: Context): Change {
  const { policy, capabilities, history } = context;
  const lapsed = hasLapsed(row);
  const question = lapsed && (history.lapses.get(row.principal) ?? 0) >= LAPSES_BEFORE_QUESTION;
  const taken = history.addressTaken.has(row.principal);
  const base: Draft = {
    account: policy.name,
    action: 'invite',
    principal: row.principal,
    principal_id: null,
    before: null,
    after: {
      status: capabilities.invitations ? 'invited' : 'active',
      name: capabilities.names ? (row.name ?? '') : '',
      ...row.desired,
    },
    executor: taken || question ? 'manual' : capabilities.invite,
    origin,
    reason_code: lapsed ? 'invitation_lapsed' : origin === 'drift' ? 'vanished' : 'granted',
    source: row.source,
    tags: [...(origin === 'drift' ? (['drift_lost'] as const) : []), ...(question ? (['question_to_owner'] as const) : [])],
  };
  if (taken) return makeChange({ ...base, steps: capabilities.manualSteps.addressTaken(row.principal) }, capabilities);
  if (question) return makeChange({ ...base, steps: questionSteps(row.principal, policy) }, capabilities);
  const steps = lapsed && origin === 'unrecorded' ? UNSEEN_STEPS : [];
  return complete({ ...base, steps }, context);
}

/** Adds what people do, and completes the change. */
function complete(draft: Draft, { capabilities, history, observation }: Context): Change {
  return makeChange(handOver(draft, { capabilities, history, observation }), capabilities);
}

const UNSEEN_STEPS = [
  'The invitation was last seen open more than a day ago: it may have lapsed, or it was accepted and the person deleted since. Inviting again needs an approval.',
];

function questionSteps(principal: string, policy: AccountPolicy): string[] {
  return [
    `An invitation to ${principal} and ${LAPSES_BEFORE_QUESTION} more lapsed one after another: ask them, and the owner (${policy.owner}), whether they are to have access.`,
    'If not, take the grant out of policy. If so, invite them once by hand in the portal while they are there to accept.',
  ];
}

function deleteOf(row: Row, live: LivePrincipal, origin: Origin, context: Context): Change {
  const { policy, capabilities } = context;
  const tags: Tag[] = [];
  if (row.waitsFor !== null) tags.push('waits_for_replacement');
  if (origin === 'drift') tags.push('drift_gained');
  return complete(
    {
      account: policy.name,
      action: 'delete',
      principal: row.principal,
      principal_id: live.principal_id,
      before: accessOf(live),
      after: null,
      executor: capabilities.delete,
      origin,
      reason_code: deleteReason(row, live, origin),
      source: row.source,
      tags,
      steps: row.waitsFor === null ? [] : [`Waits until ${row.waitsFor}, who takes this address's place, is active.`],
    },
    context,
  );
}

function deleteReason(row: Row, live: LivePrincipal, origin: Origin): ReasonCode {
  if (row.kind === 'previous') return 'email_changed';
  if (origin === 'drift') return live.status === 'invited' ? 'stray_invitation' : 'stranger';
  if (row.kind === 'unmanaged') return 'unmanaged';
  if (!isEmpty(row.desiredWithoutEnds)) return 'grant_ended';
  return row.kind === 'named' ? 'no_grant' : 'not_in_policy';
}

function patchOf(row: Row, live: LivePrincipal, origin: Origin, context: Context): Change {
  const raised = hasMore(row.desired, heldIn(live), context.capabilities);
  const rename = renameFor(row, live, context);
  const name = rename?.origin === origin ? rename.name : live.name;
  const isBack = live.status === 'inactive';
  const after: Access = { ...accessOf(live), ...(isBack ? { status: 'active' } : {}), ...row.desired, name };
  const reason = isBack ? 'reactivated' : patchReason(origin, raised);
  return complete({ ...patchDraft(live, after, origin, reason, row, context), tags: driftTags(origin, raised) }, context);
}

/** Also a role that gives nothing beside the one that stands alone is more than was agreed to: nobody is lowered by it. */
function hasMore(desired: Holding, live: Holding, capabilities: Capabilities): boolean {
  if (gains(desired, live, capabilities)) return true;
  return live.roles.length > desired.roles.length && !gains(live, desired, capabilities);
}

function patchReason(origin: Origin, raised: boolean): ReasonCode {
  if (origin === 'end') return 'grant_ended';
  if (origin !== 'drift') return 'role_differs';
  return raised ? 'raised' : 'lowered';
}

function driftTags(origin: Origin, gained: boolean): Tag[] {
  if (origin !== 'drift') return [];
  return [gained ? 'drift_gained' : 'drift_lost'];
}

interface Rename {
  readonly origin: Origin;
  readonly name: string;
}

/** Roles agree; a name is a change only when policy changed it, or when the account enforces names. */
function renameOf(row: Row, context: Context): Change | null {
  if (row.live === null) return null;
  const rename = renameFor(row, row.live, context);
  if (rename === null) return null;
  const { origin, name } = rename;
  const after = { ...accessOf(row.live), name };
  return complete({ ...patchDraft(row.live, after, origin, 'name_differs', row, context), tags: driftTags(origin, false) }, context);
}

function renameFor({ lastApplied, name }: Row, live: LivePrincipal, { policy, capabilities }: Context): Rename | null {
  if (!capabilities.names || name === null || live.name === name) return null;
  const before = lastApplied?.name ?? null;
  // Whoever renamed themselves meanwhile made no drift: the policy's newer name goes out.
  if (before !== null && before !== name) return { origin: 'git', name };
  if (policy.names === 'invite') return null;
  return { origin: before === null ? 'unrecorded' : 'drift', name };
}

function patchDraft(live: LivePrincipal, after: Access, origin: Origin, reason: ReasonCode, row: Row, context: Context): Draft {
  return {
    account: context.policy.name,
    action: 'patch',
    principal: row.principal,
    principal_id: live.principal_id,
    before: accessOf(live),
    after,
    executor: context.capabilities.patch,
    origin,
    reason_code: reason,
    source: row.source,
  };
}

/** The declared owner is listed as an ordinary user, so the account still belongs to somebody else. */
function ownerTransfer(live: LivePrincipal, { policy, capabilities }: Context): Change {
  return makeChange(
    {
      account: policy.name,
      action: 'patch',
      principal: live.principal,
      principal_id: live.principal_id,
      before: accessOf(live),
      after: { ...accessOf(live), roles: [capabilities.ownerRole] },
      executor: 'manual',
      origin: 'unrecorded',
      reason_code: 'owner_transfer',
      source: policy.source,
      steps: capabilities.manualSteps.ownerTransfer(policy.name, live.principal),
    },
    capabilities,
  );
}

function accessOf(live: LivePrincipal): Access {
  return { status: live.status, name: live.name, roles: live.roles, groups: live.groups };
}

function pendingOf(live: LivePrincipal & Holding, { capabilities, atMs }: Context): Pending {
  // Where a person reads the invitations, nobody tells how old one is.
  const old = live.since === null ? capabilities.invite === 'manual' : atMs - Date.parse(live.since) >= OLD_INVITATION_MS;
  return {
    principal: live.principal,
    roles: live.roles,
    since: live.since,
    steps: old ? capabilities.manualSteps.resend(live.principal) : [],
  };
}
