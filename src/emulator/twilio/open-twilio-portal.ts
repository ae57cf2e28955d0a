import type { PortalAnswer } from '../create-world.ts';
import type { Actor } from './open-event-log.ts';
import { newAccount, newUser } from './open-twilio-state.ts';
import { roleSidOf } from './twilio-roles.ts';
import {
  type Assignment,
  changeAssignment,
  changeUser,
  type Organization,
  type TwilioAccount,
  type TwilioNeeds,
  type TwilioState,
  type TwilioUser,
  userByEmail,
} from './twilio-state.ts';

/** What people do in the Console of an account that belongs to an organization. `by` is the address of who does it; the owner's when not given. */
export interface TwilioPortal {
  /** A managed user made by hand, without a role. */
  createUser(email: string, name: string, by?: string): PortalAnswer;
  /** A policy word, a friendly name, or the SID of a role that no list has. */
  giveRole(email: string, role: string, by?: string): PortalAnswer;
  takeRole(email: string, role: string, by?: string): PortalAnswer;
  /** For the whole organization. */
  giveOrganizationRole(email: string, role: string): PortalAnswer;
  /** For one resource of this account, such as `billing_group` and its id. */
  giveResourceRole(email: string, role: string, resourceType: string, resourceId: string): PortalAnswer;
  deactivate(email: string, by?: string): PortalAnswer;
  reactivate(email: string, by?: string): PortalAnswer;
  suspend(email: string, by?: string): PortalAnswer;
  rename(email: string, name: string, by?: string): PortalAnswer;
  /** Somebody outside the organization, with this role here. */
  addExternal(email: string, role: string, by?: string): PortalAnswer;
  addSubaccount(name: string): PortalAnswer;
  setOwner(email: string): PortalAnswer;
  createKey(name: string, by?: string): PortalAnswer;
  deleteKey(sid: string, by?: string): PortalAnswer;
  verifyDomain(domain: string): PortalAnswer;
  /** The domain is verified no more. */
  dropDomain(domain: string): PortalAnswer;
  /** The person has a Twilio login outside the organization. */
  signUpElsewhere(email: string): PortalAnswer;
}

/** Opens the people's side of one managed account. */
export function openTwilioPortal(account: TwilioAccount, organization: Organization, state: TwilioState, needs: TwilioNeeds): TwilioPortal {
  const place: Place = { account, organization, needs };
  return { ...openUsers(place), ...openRoles(place), ...openSettings(place, state) };
}

type Users = Pick<TwilioPortal, 'createUser' | 'deactivate' | 'reactivate' | 'suspend' | 'rename' | 'signUpElsewhere'>;

function openUsers(place: Place): Users {
  const { account, organization, needs } = place;
  const setStatus = (email: string, status: TwilioUser['status'], by?: string): PortalAnswer =>
    withUser(place, email, by, (user, actor) => void changeUser(organization, actor, { ...user, status }, needs));
  return {
    createUser: (email, name, by) =>
      withActor(place, by, (actor) => {
        if (userByEmail(organization, email)) return no('this address is a managed user already');
        const row = { ...newUser({ email, name }, needs), created: new Date(needs.now()).toISOString() };
        organization.users.put(row.sid, row);
        account.log.note(actor, { type: 'user.created', resourceType: 'user', resourceSid: row.sid, description: email });
        return { done: true, id: row.sid };
      }),
    deactivate: (email, by) => setStatus(email, 'inactive', by),
    reactivate: (email, by) => setStatus(email, 'active', by),
    suspend: (email, by) => setStatus(email, 'suspended', by),
    rename: (email, name, by) =>
      withUser(place, email, by, (user, actor) => {
        const { givenName, familyName } = newUser({ email, name, sid: user.sid }, needs);
        changeUser(organization, actor, { ...user, givenName, familyName, displayName: null }, needs);
      }),
    signUpElsewhere: (email) => {
      organization.elsewhere.add(email.toLowerCase());
      return { done: true, id: '' };
    },
  };
}

type Roles = Pick<TwilioPortal, 'giveRole' | 'takeRole' | 'giveOrganizationRole' | 'giveResourceRole' | 'addExternal'>;

function openRoles(place: Place): Roles {
  const { account, organization, needs } = place;
  const assign = (email: string, role: string, actor: Actor, more: Partial<Assignment> = {}): PortalAnswer => {
    const identity = identityOf(organization, email);
    const roleSid = roleSidOf(role);
    if (identity === null) return no('nobody in this organization has this address');
    if (roleSid === null) return no('there is no such role');
    const base = { sid: needs.newSid('IY'), role_sid: roleSid, scope: account.sid, identity, resource_type: null, resource_id: null };
    changeAssignment(organization, actor, { ...base, ...more }, true, needs.switches());
    return { done: true, id: identity };
  };
  return {
    giveRole: (email, role, by) => withActor(place, by, (actor) => assign(email, role, actor)),
    takeRole: (email, role, by) =>
      withActor(place, by, (actor) => {
        const identity = identityOf(organization, email);
        const held = organization.assignments.all().filter((one) => one.identity === identity && one.scope === account.sid);
        const row = held.find((one) => one.role_sid === roleSidOf(role));
        if (!row) return no('this person does not have this role here');
        changeAssignment(organization, actor, row, false, needs.switches());
        return { done: true, id: row.identity };
      }),
    giveOrganizationRole: (email, role) => withActor(place, undefined, (actor) => assign(email, role, actor, { scope: organization.sid })),
    giveResourceRole: (email, role, type, id) =>
      withActor(place, undefined, (actor) => assign(email, role, actor, { resource_type: type, resource_id: id })),
    addExternal: (email, role, by) =>
      withActor(place, by, (actor) => {
        if (identityOf(organization, email) === null) organization.externals.set(needs.newSid('US'), email);
        return assign(email, role, actor);
      }),
  };
}

function openSettings(place: Place, state: TwilioState): Omit<TwilioPortal, keyof Users | keyof Roles> {
  const { account, organization, needs } = place;
  return {
    addSubaccount: (name) => {
      const parent = account.parent ?? account.sid;
      const token = needs.newSid('').slice(0, 32);
      const below = newAccount({ name, auth_token: token }, { parent, ownerSid: account.ownerSid, organization }, needs);
      organization.accounts.set(below.sid, below);
      state.accounts.push(below);
      return { done: true, id: below.sid };
    },
    setOwner: (email) => {
      const user = userByEmail(organization, email);
      if (!user) return no('nobody in this organization has this address');
      account.ownerSid = user.sid;
      return { done: true, id: user.sid };
    },
    createKey: (name, by) => withActor(place, by, (actor) => createKey(account, name, actor, needs)),
    deleteKey: (sid, by) => withActor(place, by, (actor) => deleteKey(account, sid, actor)),
    verifyDomain: (domain) => {
      organization.domains.add(domain.toLowerCase());
      return { done: true, id: organization.sid };
    },
    dropDomain: (domain) =>
      organization.domains.delete(domain.toLowerCase()) ? { done: true, id: organization.sid } : no('this domain is not verified'),
  };
}

/** A new API key, with its event; its secret is shown to the person once and to nobody else. */
export function createKey(account: TwilioAccount, name: string, actor: Actor, { now, newSid }: TwilioNeeds): PortalAnswer {
  const sid = newSid('SK');
  account.keys.set(sid, { sid, name, created: new Date(now()).toISOString() });
  account.log.note(actor, { type: 'account-api-keys.created', resourceType: 'account-api-keys', resourceSid: sid, description: name });
  return { done: true, id: sid };
}

export function deleteKey(account: TwilioAccount, sid: string, actor: Actor): PortalAnswer {
  if (!account.keys.delete(sid)) return no('this account has no such key');
  account.log.note(actor, { type: 'account-api-keys.deleted', resourceType: 'account-api-keys', resourceSid: sid, description: '' });
  return { done: true, id: sid };
}

export function no(why: string): PortalAnswer {
  return { done: false, why };
}

interface Place {
  readonly account: TwilioAccount;
  readonly organization: Organization;
  readonly needs: TwilioNeeds;
}

/** Anybody the organization knows: managed or not. */
function identityOf(organization: Organization, email: string): string | null {
  const external = [...organization.externals].find(([, address]) => address.toLowerCase() === email.toLowerCase());
  return userByEmail(organization, email)?.sid ?? external?.[0] ?? null;
}

function withActor({ account, organization }: Place, by: string | undefined, act: (actor: Actor) => PortalAnswer): PortalAnswer {
  const sid = by === undefined ? account.ownerSid : identityOf(organization, by);
  return sid === null
    ? no('nobody in this organization has the address of the one who does it')
    : act({ sid, type: 'user', source: 'web' });
}

function withUser(place: Place, email: string, by: string | undefined, act: (user: TwilioUser, actor: Actor) => void): PortalAnswer {
  return withActor(place, by, (actor) => {
    const user = userByEmail(place.organization, email);
    if (!user) return no('no managed user has this address');
    act(user, actor);
    return { done: true, id: user.sid };
  });
}
