import type { PortalAnswer } from '../create-world.ts';
import type { Actor } from './open-event-log.ts';
import { createKey, deleteKey, no } from './open-twilio-portal.ts';
import type { ConsoleMember, TwilioAccount, TwilioNeeds } from './twilio-state.ts';

/** What people see and do in the Console of an account without an organization. `by` as in the portal. */
export interface TwilioConsole {
  /** The Users page and the Invited page as somebody would copy them: columns parted by tabs, the heading first. */
  usersPage(): string;
  invitedPage(): string;
  invite(email: string, roles: readonly string[], by?: string): PortalAnswer;
  resend(email: string, by?: string): PortalAnswer;
  accept(email: string, name?: string): PortalAnswer;
  /** The invitation ends unaccepted and stays on the Invited page. */
  expire(email: string): PortalAnswer;
  cancelInvitation(email: string, by?: string): PortalAnswer;
  /** An administrator is disabled first and given other roles afterwards, so that `[]` comes before them. */
  setRoles(email: string, roles: readonly string[], by?: string): PortalAnswer;
  /** The login stays. */
  removeUser(email: string, by?: string): PortalAnswer;
  createKey(name: string, by?: string): PortalAnswer;
  deleteKey(sid: string, by?: string): PortalAnswer;
}

const ROLE_NAMES: Readonly<Record<string, string>> = {
  owner: 'Owner',
  administrator: 'Administrator',
  developer: 'Developer',
  billing_manager: 'Billing Manager',
  support: 'Support',
};

/** Opens the people's side of one account without an organization. */
export function openConsoleAccount(account: TwilioAccount, needs: TwilioNeeds): TwilioConsole {
  const rows = (): readonly ConsoleMember[] => [...account.members.values()];
  return {
    usersPage: () => usersPage(rows()),
    invitedPage: () => invitedPage(rows()),
    ...openInvitations(account, needs),
    ...openMembers(account),
    createKey: (name, by) => withActor(account, by, (actor) => createKey(account, name, actor, needs)),
    deleteKey: (sid, by) => withActor(account, by, (actor) => deleteKey(account, sid, actor)),
  };
}

type Invitations = Pick<TwilioConsole, 'invite' | 'resend' | 'accept' | 'expire' | 'cancelInvitation'>;

function openInvitations(account: TwilioAccount, needs: TwilioNeeds): Invitations {
  const { members } = account;
  const stamp = (): string => new Date(needs.now()).toISOString();
  const withInvited = (email: string, by: string | undefined, act: (row: ConsoleMember, actor: Actor) => PortalAnswer): PortalAnswer =>
    withMember(account, email, by, (row, actor) => (row.status === 'active' ? no('no invitation has this address') : act(row, actor)));
  return {
    invite: (email, roles, by) =>
      withActor(account, by, (actor) => {
        const refusal = members.has(email.toLowerCase()) ? 'this address is there already' : refuseRoles(roles);
        if (refusal !== null) return no(refusal);
        const sid = needs.newSid('US');
        const row: ConsoleMember = { sid, email, name: email, roles: roles.toSorted(), status: 'pending', invitedAt: stamp() };
        return put(account, actor, 'user-invitation.created', undefined, row);
      }),
    resend: (email, by) =>
      withInvited(email, by, (row, actor) =>
        put(account, actor, 'user-invitation.updated', row, { ...row, status: 'pending', invitedAt: stamp() }),
      ),
    accept: (email, name) =>
      withInvited(email, undefined, (row) => {
        if (row.status === 'expired') return no('the invitation has expired');
        const after: ConsoleMember = { ...row, status: 'active', name: name ?? row.name, invitedAt: null };
        return put(account, { sid: row.sid, type: 'user', source: 'web' }, 'user-invitation.updated', row, after);
      }),
    expire: (email) =>
      withInvited(email, undefined, (row) => put(account, BY_TWILIO, 'user-invitation.updated', row, { ...row, status: 'expired' })),
    cancelInvitation: (email, by) => withInvited(email, by, (row, actor) => put(account, actor, 'user-invitation.deleted', row, undefined)),
  };
}

function openMembers(account: TwilioAccount): Pick<TwilioConsole, 'setRoles' | 'removeUser'> {
  const withActive = (email: string, by: string | undefined, act: (row: ConsoleMember, actor: Actor) => PortalAnswer): PortalAnswer =>
    withMember(account, email, by, (row, actor) => (row.status === 'active' ? act(row, actor) : no('this person has not accepted yet')));
  return {
    setRoles: (email, roles, by) =>
      withActive(email, by, (row, actor) => {
        const refusal = refuseChange(row, roles);
        return refusal === null ? put(account, actor, 'user.updated', row, { ...row, roles: roles.toSorted() }) : no(refusal);
      }),
    removeUser: (email, by) =>
      withActive(email, by, (row, actor) =>
        row.roles.includes('owner') ? no('the owner cannot be removed') : put(account, actor, 'user.deleted', row, undefined),
      ),
  };
}

const BY_TWILIO: Actor = { sid: null, type: 'twilio-admin', source: 'twilio' };

/** What became of one row, with its event: it comes without a `before` and goes without an `after`. */
function put(
  { members, log }: TwilioAccount,
  actor: Actor,
  type: string,
  before: ConsoleMember | undefined,
  after: ConsoleMember | undefined,
): PortalAnswer {
  const row = after ?? before;
  if (!row) return no('nobody here has this address');
  const key = row.email.toLowerCase();
  if (after) members.set(key, after);
  else members.delete(key);
  log.note(actor, {
    type,
    resourceType: type.split('.')[0] ?? '',
    resourceSid: row.sid,
    description: row.email,
    before: before?.roles ?? [],
    after: after?.roles ?? [],
  });
  return { done: true, id: row.sid };
}

function usersPage(members: readonly ConsoleMember[]): string {
  const rows = members.filter((row) => row.status === 'active').map((row) => [row.name, row.email, rolesText(row.roles)]);
  return asText([['Name', 'Email', 'Role'], ...rows]);
}

function invitedPage(members: readonly ConsoleMember[]): string {
  const rows = members.filter((row) => row.status !== 'active');
  return asText([
    ['Email', 'Role', 'Status', 'Date invited'],
    ...rows.map((row) => [
      row.email,
      rolesText(row.roles),
      row.status === 'pending' ? 'Pending' : 'Expired',
      (row.invitedAt ?? '').slice(0, 10),
    ]),
  ]);
}

function rolesText(roles: readonly string[]): string {
  return roles.map((role) => ROLE_NAMES[role] ?? role).join(', ');
}

function asText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.join('\t')}\n`).join('');
}

/** The Console's own rules: an administrator has no other role, and is disabled before getting another. */
function refuseRoles(roles: readonly string[]): string | null {
  const unknown = roles.find((role) => ROLE_NAMES[role] === undefined || role === 'owner');
  if (unknown !== undefined) return 'the Console has no such role to give';
  if (roles.length === 0) return 'tick at least one role';
  return roles.includes('administrator') && roles.length > 1 ? 'Administrator is ticked alone' : null;
}

function refuseChange(row: ConsoleMember, roles: readonly string[]): string | null {
  if (row.roles.includes('owner')) return 'the owner cannot be changed';
  if (roles.length === 0) return row.roles.includes('administrator') ? null : 'tick at least one role';
  const isLeaving = row.roles.includes('administrator') && !roles.includes('administrator');
  return isLeaving ? 'disable Administrator first and confirm' : refuseRoles(roles);
}

function withActor(account: TwilioAccount, by: string | undefined, act: (actor: Actor) => PortalAnswer): PortalAnswer {
  const sid = by === undefined ? account.ownerSid : account.members.get(by.toLowerCase())?.sid;
  return sid === undefined
    ? no('nobody in this account has the address of the one who does it')
    : act({ sid, type: 'user', source: 'web' });
}

function withMember(
  account: TwilioAccount,
  email: string,
  by: string | undefined,
  act: (row: ConsoleMember, actor: Actor) => PortalAnswer,
): PortalAnswer {
  return withActor(account, by, (actor) => {
    const row = account.members.get(email.toLowerCase());
    return row ? act(row, actor) : no('nobody here has this address');
  });
}
