import type { Change, Instant, OpenIntent } from '../model.ts';

/**
 * A login that an invitation made, and that nobody wants since policy withdrew what it was for: looked for by its id, as what a delete has
 * left is, until a read shows that it is ended or has come to hold something elsewhere.
 */
export function strandLogin(invitation: Change, id: string, at: Instant): OpenIntent {
  const before = invitation.after === null ? null : { ...invitation.after, status: 'active' as const, roles: [], groups: [] };
  return {
    change: { ...invitation, action: 'delete', principal_id: id, before, after: null },
    at,
    undecided: true,
    foreign: true,
    facts: { budget: null, approvals: [], reverts: null, policyName: null },
  };
}
