import type { PortalAnswer } from './create-world.ts';
import { BY_TELNYX } from './open-audit-log.ts';
import type { AccountNeeds, Group, Membership, SubUser, TelnyxAccount } from './open-telnyx-account.ts';
import { withActor, withUser } from './with-actor.ts';

/** What people do in the organization pages of Telnyx's portal and through its support, beside what every account has. */
export interface OrganizationPortal {
  /** Two groups may have the same name: no source says otherwise. */
  createGroup(name: string, by?: string): PortalAnswer;
  /** By the group's name or id. Whoever has not accepted their invitation is in no group. */
  addToGroup(email: string, group: string, by?: string): PortalAnswer;
  takeFromGroup(email: string, group: string, by?: string): PortalAnswer;
  /** Support blocks somebody, or lets them in again. */
  block(email: string): PortalAnswer;
  unblock(email: string): PortalAnswer;
  signIn(email: string): PortalAnswer;
  setSsoBypass(email: string, bypasses: boolean, by?: string): PortalAnswer;
}

/** Opens the organization pages of one account. */
export function openOrganizationPortal(account: TelnyxAccount, { now, newId }: AccountNeeds): OrganizationPortal {
  const stamp = (): string => new Date(now()).toISOString();
  const setStatus = (email: string, status: string): PortalAnswer =>
    withUser(account, email, (row) => account.put({ ...row, status, updated_at: stamp() }, BY_TELNYX));
  const change = (email: string, edit: (before: Membership) => Membership): PortalAnswer =>
    withUser(account, email, ({ id }) => account.setMember(id, edit(account.member(id))));
  return {
    createGroup: (name, by) =>
      withActor(account, by, () => {
        const group = { id: newId(), name };
        account.addGroup(group);
        return { done: true, id: group.id };
      }),
    addToGroup: (email, name, by) => move(account, email, name, by, 'in'),
    takeFromGroup: (email, name, by) => move(account, email, name, by, 'out'),
    block: (email) => setStatus(email, 'blocked'),
    unblock: (email) => setStatus(email, 'active'),
    signIn: (email) => {
      if (email.toLowerCase() !== account.owner().email.toLowerCase()) {
        return change(email, (before) => ({ ...before, lastSignInAt: stamp() }));
      }
      const { id } = account.owner();
      account.setMember(id, { ...account.member(id), lastSignInAt: stamp() });
      return { done: true, id };
    },
    setSsoBypass: (email, bypassesSso, by) => withActor(account, by, () => change(email, (before) => ({ ...before, bypassesSso }))),
  };
}

function move(account: TelnyxAccount, email: string, name: string, by: string | undefined, way: 'in' | 'out'): PortalAnswer {
  const row = account.findByEmail(email);
  if (row?.status === 'invited') return { done: false, why: 'the invitation is not accepted yet' };
  const group = account.groups().find((one) => one.name === name || one.id === name);
  if (!row || !group) return { done: false, why: row ? 'there is no such group' : 'no sub-user has this address' };
  if (isMember(account, row, group) === (way === 'in')) return { done: true, id: row.id };
  return withActor(account, by, (actor) => {
    const before = account.member(row.id);
    const groups = way === 'in' ? [...before.groups, group] : before.groups.filter((one) => one.id !== group.id);
    account.setMember(row.id, { ...before, groups });
    account.audit.noteGroup(actor, row.id, way === 'in' ? { from: null, to: group.name } : { from: group.name, to: null });
    return { done: true, id: row.id };
  });
}

function isMember(account: TelnyxAccount, row: SubUser, group: Group): boolean {
  return account.member(row.id).groups.some((one) => one.id === group.id);
}
