import { checkInvitation, newInvitation, sendInvitation } from './check-invitation.ts';
import type { PortalAnswer } from './create-world.ts';
import { BY_TELNYX } from './open-audit-log.ts';
import { type OrganizationPortal, openOrganizationPortal } from './open-organization-portal.ts';
import type { AccountNeeds, SubUser, TelnyxAccount } from './open-telnyx-account.ts';
import { withActor, withInvited, withUser } from './with-actor.ts';

export type { PortalAnswer } from './create-world.ts';

/**
 * What people do, in Telnyx's portal, in their mailbox, or through its support: everything that is not our API call. `by` is the address
 * of the owner or sub-user who does it, for the audit log; the owner's when none is given.
 */
export interface TelnyxPortal extends OrganizationPortal {
  /** The invited person follows the link. */
  accept(email: string): PortalAnswer;
  /** An invitation ends unaccepted, by time or because the person declines; it still counts towards the hour. */
  expire(email: string): PortalAnswer;
  /** Somebody revokes an open invitation; it still counts towards the hour. */
  revoke(email: string, by?: string): PortalAnswer;
  setRole(email: string, role: string, by?: string): PortalAnswer;
  rename(email: string, name: string, by?: string): PortalAnswer;
  suspend(email: string, by?: string): PortalAnswer;
  resume(email: string, by?: string): PortalAnswer;
  /** Under the same limits as the API. */
  inviteByPortal(email: string, role: string, name: string, by?: string): PortalAnswer;
  deleteByPortal(email: string, by?: string): PortalAnswer;
  /** Support makes another the owner; the owner until now becomes an active admin. */
  setOwner(email: string): PortalAnswer;
  /** The person opens a Telnyx account of their own, or has it closed. */
  signUp(email: string): PortalAnswer;
  closeOwnAccount(email: string): PortalAnswer;
}

/** Opens the people's side of one account. */
export function openTelnyxPortal(account: TelnyxAccount, needs: AccountNeeds): TelnyxPortal {
  const { now, newId, switches } = needs;
  const stamp = (): string => new Date(now()).toISOString();
  const change = (email: string, fields: Partial<SubUser>, by?: string): PortalAnswer =>
    withActor(account, by, (actor) => withUser(account, email, (row) => account.put({ ...row, ...fields, updated_at: stamp() }, actor)));
  return {
    ...openOrganizationPortal(account, needs),
    accept: (email) =>
      withInvited(account, email, (row) => account.put({ ...row, status: 'active', updated_at: stamp() }, account.actor(email))),
    expire: (email) => withInvited(account, email, (row) => account.delete(row.id, BY_TELNYX)),
    revoke: (email, by) => withActor(account, by, (actor) => withInvited(account, email, (row) => account.delete(row.id, actor))),
    setRole: (email, role, by) => change(email, { role }, by),
    rename: (email, name, by) => change(email, { name }, by),
    suspend: (email, by) => change(email, { status: 'suspended' }, by),
    resume: (email, by) => change(email, { status: 'active' }, by),
    inviteByPortal: (email, role, name, by) =>
      withActor(account, by, (actor) => {
        const refusal = checkInvitation(account, email, switches(), now());
        if (refusal) return { done: false, why: refusal.detail };
        const row = newInvitation({ id: newId(), email, name, role }, now());
        sendInvitation(account, row, now(), actor);
        return { done: true, id: row.id };
      }),
    deleteByPortal: (email, by) => withActor(account, by, (actor) => withUser(account, email, (row) => account.delete(row.id, actor))),
    setOwner: (email) => {
      const before = account.owner();
      if (before.email.toLowerCase() === email.toLowerCase()) return { done: true, id: before.id };
      const member = account.findByEmail(email);
      if (member) account.delete(member.id, BY_TELNYX);
      const person = member ?? newInvitation({ id: newId(), email, name: 'Account owner', role: 'owner' }, now());
      account.setOwner({ ...person, role: 'owner', status: 'active', updated_at: stamp() });
      account.put({ ...before, role: 'admin', status: 'active', updated_at: stamp() }, BY_TELNYX);
      return { done: true, id: person.id };
    },
    signUp: (email) => {
      account.elsewhere.add(email.toLowerCase());
      return { done: true, id: '' };
    },
    closeOwnAccount: (email) => {
      const had = account.elsewhere.delete(email.toLowerCase());
      return had ? { done: true, id: '' } : { done: false, why: 'this address has no Telnyx account of its own' };
    },
  };
}
