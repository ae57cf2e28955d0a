import { checkInvitation, newInvitation, sendInvitation } from './check-invitation.ts';
import type { AccountNeeds, SubUser, TelnyxAccount } from './open-telnyx-account.ts';

export type PortalAnswer = { readonly done: true; readonly id: string } | { readonly done: false; readonly why: string };

/** What people do, in Telnyx's portal, in their mailbox, or through its support: everything that is not our API call. */
export interface TelnyxPortal {
  /** The invited person follows the link. */
  accept(email: string): PortalAnswer;
  /** An invitation ends unaccepted, by time or because the person declines; it still counts towards the hour. */
  expire(email: string): PortalAnswer;
  /** Somebody revokes an open invitation; it still counts towards the hour. */
  revoke(email: string): PortalAnswer;
  setRole(email: string, role: string): PortalAnswer;
  rename(email: string, name: string): PortalAnswer;
  suspend(email: string): PortalAnswer;
  resume(email: string): PortalAnswer;
  /** Under the same limits as the API. */
  inviteByPortal(email: string, role: string, name: string): PortalAnswer;
  deleteByPortal(email: string): PortalAnswer;
  /** Support makes another the owner; the owner until now becomes an active admin. */
  setOwner(email: string): PortalAnswer;
  /** The person opens a Telnyx account of their own, or has it closed. */
  signUp(email: string): PortalAnswer;
  closeOwnAccount(email: string): PortalAnswer;
}

/** Opens the people's side of one account. */
export function openTelnyxPortal(account: TelnyxAccount, { now, newId, switches }: AccountNeeds): TelnyxPortal {
  const stamp = (): string => new Date(now()).toISOString();
  const change = (email: string, fields: Partial<SubUser>): PortalAnswer =>
    withUser(account, email, (row) => account.put({ ...row, ...fields, updated_at: stamp() }));
  const endInvitation = (email: string): PortalAnswer => withInvited(account, email, (row) => account.delete(row.id));
  return {
    accept: (email) => withInvited(account, email, (row) => account.put({ ...row, status: 'active', updated_at: stamp() })),
    expire: endInvitation,
    revoke: endInvitation,
    setRole: (email, role) => change(email, { role }),
    rename: (email, name) => change(email, { name }),
    suspend: (email) => change(email, { status: 'suspended' }),
    resume: (email) => change(email, { status: 'active' }),
    inviteByPortal: (email, role, name) => {
      const refusal = checkInvitation(account, email, switches(), now());
      if (refusal) return { done: false, why: refusal.detail };
      const row = newInvitation({ id: newId(), email, name, role }, now());
      sendInvitation(account, row, now());
      return { done: true, id: row.id };
    },
    deleteByPortal: (email) => withUser(account, email, (row) => account.delete(row.id)),
    setOwner: (email) => {
      const before = account.owner();
      if (before.email.toLowerCase() === email.toLowerCase()) return { done: true, id: before.id };
      const member = account.findByEmail(email);
      if (member) account.delete(member.id);
      const person = member ?? newInvitation({ id: newId(), email, name: 'Account owner', role: 'owner' }, now());
      account.setOwner({ ...person, role: 'owner', status: 'active', updated_at: stamp() });
      account.put({ ...before, role: 'admin', status: 'active', updated_at: stamp() });
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

function withUser(account: TelnyxAccount, email: string, act: (row: SubUser) => void): PortalAnswer {
  const row = account.findByEmail(email);
  if (!row) return { done: false, why: 'no sub-user has this address' };
  act(row);
  return { done: true, id: row.id };
}

function withInvited(account: TelnyxAccount, email: string, act: (row: SubUser) => void): PortalAnswer {
  const row = account.findByEmail(email);
  if (row?.status !== 'invited') return { done: false, why: 'no open invitation has this address' };
  act(row);
  return { done: true, id: row.id };
}
