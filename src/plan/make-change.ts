import jsonpatch from 'fast-json-patch';
import { NOTHING } from '../holding.ts';
import type { Access, Capabilities, Change, Holding, PatchOperation, ReasonCode, Risk, Tag } from '../model.ts';
import { digestOf } from '../text/digest.ts';
import { gains, heldIn, isPrivileged } from './privilege.ts';

/** A change before what follows from it is worked out: id, patch, risk, tags. */
export type Draft = Pick<
  Change,
  'account' | 'action' | 'principal' | 'principal_id' | 'before' | 'after' | 'executor' | 'origin' | 'reason_code' | 'source'
> & { readonly tags?: readonly Tag[]; readonly steps?: readonly string[] };

/** Completes a change; everything here follows from the draft alone, so equal drafts make equal changes. */
export function makeChange(draft: Draft, capabilities: Capabilities): Change {
  const { tags = [], steps = [], ...facts } = draft;
  return {
    id: changeId(draft),
    ...facts,
    patch: patchOf(draft.before, draft.after),
    risk: riskOf(draft, capabilities),
    tags: [...new Set([...privilegeTags(draft, capabilities), ...tags])],
    reversible: draft.action !== 'delete',
    not_before: null,
    steps,
  };
}

/**
 * What approval is bound to: who, what, by whom, from what to what. Status is left out, so that somebody accepting an invitation
 * meanwhile changes nothing; but whoever approved that somebody who works here gets another role has not said that somebody who was
 * shut out is let in again. A name counts only when it is what changes.
 */
export function changeId(
  change: Pick<Change, 'account' | 'action' | 'principal' | 'principal_id' | 'executor' | 'before' | 'after'>,
): string {
  const { account, action, principal, principal_id, executor, before, after } = change;
  const renamed = before !== null && after !== null && before.name !== after.name;
  const side = (access: Access | null) => {
    if (access === null) return null;
    const { roles, groups, name, status } = access;
    return { roles, groups, ...(renamed ? { name } : {}), ...(status === 'inactive' ? { status } : {}) };
  };
  return digestOf({ account, action, principal, principal_id, executor, before: side(before), after: side(after) });
}

/** RFC 6902 from before to after. Lists are compared as one sorted value each: by index, one more role would read as another. */
function patchOf(before: Access | null, after: Access | null): PatchOperation[] {
  if (before === null) return [{ op: 'add', path: '', value: after }];
  if (after === null) return [{ op: 'replace', path: '', value: null }];
  const values: Record<string, unknown> = { '/status': after.status, '/name': after.name, '/roles': after.roles, '/groups': after.groups };
  // Both sides have the same keys, so that every difference is a replacement.
  return jsonpatch.compare(keyed(before), keyed(after)).map(({ path }) => ({ op: 'replace', path, value: values[path] }));
}

function keyed(access: Access): Record<string, string> {
  return { status: access.status, name: access.name, roles: JSON.stringify(access.roles), groups: JSON.stringify(access.groups) };
}

function privilegeTags(draft: Draft, capabilities: Capabilities): Tag[] {
  const before = isPrivileged(heldIn(draft.before), capabilities);
  const after = isPrivileged(draft.after ?? NOTHING, capabilities);
  const tags: Tag[] = [];
  if (!before && after) tags.push('privilege_gained');
  if (before && !after) tags.push('privilege_lost');
  if (draft.action === 'delete') tags.push('irreversible');
  return tags;
}

const RISKY_REASONS: ReadonlySet<ReasonCode> = new Set(['owner_transfer', 'stranger', 'raised']);

function riskOf(draft: Draft, capabilities: Capabilities): Risk {
  const before = heldIn(draft.before);
  const after: Holding = draft.after ?? NOTHING;
  const privileged = isPrivileged(after, capabilities) && gains(before, after, capabilities);
  if (draft.action === 'delete' || privileged || RISKY_REASONS.has(draft.reason_code)) return 'high';
  if (gains(before, after, capabilities) || isPrivileged(before, capabilities)) return 'medium';
  return 'low';
}
