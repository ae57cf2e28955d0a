import type { PortalAnswer } from './create-world.ts';
import type { TelnyxPortal } from './open-telnyx-portal.ts';
import { type Fail, type Fields, readEmail, readFields, readText } from './read-fields.ts';

type PortalAct = (portal: TelnyxPortal, email: string, fields: Fields, fail: Fail) => PortalAnswer;

/** Does what one of Telnyx's people does; null when nobody there does that. */
export function actInTelnyxPortal(
  portal: (account?: string) => TelnyxPortal,
  accounts: readonly string[],
  path: string,
  value: Fields,
  fail: Fail,
): PortalAnswer | null {
  const known = PORTAL[path];
  if (!known) return null;
  const fields = readFields(value, 'the body', ['account', 'email', ...known.keys], fail);
  const account = fields['account'] === undefined ? undefined : readText(fields['account'], 'account', fail);
  if (account === undefined && accounts.length > 1) fail(`say which account: ${accounts.join(', ')}`);
  return known.act(portal(account), readEmail(fields['email'], 'email', fail), fields, fail);
}

function readBy(by: unknown, fail: Fail): string | undefined {
  return by === undefined ? undefined : readEmail(by, 'by', fail);
}

/** What people do, by path: each takes an e-mail (of who makes it, for a group), an account's name where there are several, and the keys named here; `by` may be missing. */
const PORTAL: Readonly<Record<string, { readonly keys: readonly string[]; readonly act: PortalAct }>> = {
  '/accept': { keys: [], act: (portal, email) => portal.accept(email) },
  '/expire': { keys: [], act: (portal, email) => portal.expire(email) },
  '/revoke': { keys: ['by'], act: (portal, email, { by }, fail) => portal.revoke(email, readBy(by, fail)) },
  '/suspend': { keys: ['by'], act: (portal, email, { by }, fail) => portal.suspend(email, readBy(by, fail)) },
  '/resume': { keys: ['by'], act: (portal, email, { by }, fail) => portal.resume(email, readBy(by, fail)) },
  '/delete': { keys: ['by'], act: (portal, email, { by }, fail) => portal.deleteByPortal(email, readBy(by, fail)) },
  '/owner': { keys: [], act: (portal, email) => portal.setOwner(email) },
  '/sign-up': { keys: [], act: (portal, email) => portal.signUp(email) },
  '/close-own-account': { keys: [], act: (portal, email) => portal.closeOwnAccount(email) },
  '/create-group': { keys: ['group'], act: (portal, email, { group }, fail) => portal.createGroup(readText(group, 'group', fail), email) },
  '/add-to-group': {
    keys: ['group', 'by'],
    act: (portal, email, { group, by }, fail) => portal.addToGroup(email, readText(group, 'group', fail), readBy(by, fail)),
  },
  '/take-from-group': {
    keys: ['group', 'by'],
    act: (portal, email, { group, by }, fail) => portal.takeFromGroup(email, readText(group, 'group', fail), readBy(by, fail)),
  },
  '/block': { keys: [], act: (portal, email) => portal.block(email) },
  '/unblock': { keys: [], act: (portal, email) => portal.unblock(email) },
  '/sign-in': { keys: [], act: (portal, email) => portal.signIn(email) },
  '/sso-bypass': {
    keys: ['bypasses', 'by'],
    act: (portal, email, { bypasses, by }, fail) => {
      if (typeof bypasses !== 'boolean') fail('bypasses is neither true nor false');
      return portal.setSsoBypass(email, bypasses === true, readBy(by, fail));
    },
  },
  '/role': {
    keys: ['role', 'by'],
    act: (portal, email, { role, by }, fail) => portal.setRole(email, readText(role, 'role', fail), readBy(by, fail)),
  },
  '/rename': {
    keys: ['name', 'by'],
    act: (portal, email, { name, by }, fail) => portal.rename(email, readText(name, 'name', fail), readBy(by, fail)),
  },
  '/invite': {
    keys: ['role', 'name', 'by'],
    act: (portal, email, { role, name, by }, fail) =>
      portal.inviteByPortal(email, readText(role, 'role', fail), readText(name, 'name', fail), readBy(by, fail)),
  },
};
