import type { PortalAnswer } from '../create-world.ts';
import { type Fail, type Fields, readEmail, readFields, readText } from '../read-fields.ts';
import type { TwilioConsole } from './open-console-account.ts';
import type { TwilioPortal } from './open-twilio-portal.ts';
import type { TwilioAccount } from './twilio-state.ts';

export interface TwilioPeople {
  readonly accounts: readonly TwilioAccount[];
  readonly portal: (account?: string) => TwilioPortal;
  readonly console: (account?: string) => TwilioConsole;
}

interface Read {
  readonly text: (key: string) => string;
  readonly email: () => string;
  readonly roles: () => readonly string[];
  /** The address of who does it, if given. */
  readonly by: string | undefined;
}

interface Act<Side> {
  readonly keys: readonly string[];
  readonly act: (side: Side, read: Read) => PortalAnswer;
}

/** Does what one of Twilio's people does; null when nobody there does that. */
export function actInTwilio(people: TwilioPeople, path: string, value: Fields, fail: Fail): PortalAnswer | null {
  const known = PORTAL[path] ?? CONSOLE[path];
  if (!known) return null;
  const fields = readFields(value, 'the body', ['account', 'by', ...known.keys, ...(CONSOLE[path]?.keys ?? [])], fail);
  const names = people.accounts.map((one) => one.name);
  const name = fields['account'] === undefined ? undefined : readText(fields['account'], 'account', fail);
  if (name === undefined && names.length > 1) fail(`say which account: ${names.join(', ')}`);
  const account = people.accounts.find((one) => name === undefined || one.name === name || one.sid === name);
  if (!account) return fail(`there is no such account; there are: ${names.join(', ')}`);
  const text = (key: string): string => readText(fields[key], key, fail);
  const read: Read = {
    text,
    email: () => readEmail(fields['email'], 'email', fail),
    roles: () =>
      text('roles')
        .split(',')
        .filter((role) => role !== 'none'),
    by: fields['by'] === undefined ? undefined : readEmail(fields['by'], 'by', fail),
  };
  const inPortal = PORTAL[path];
  if (account.organization !== null && inPortal) return inPortal.act(people.portal(account.sid), read);
  const inConsole = CONSOLE[path];
  if (account.organization === null && inConsole) return inConsole.act(people.console(account.sid), read);
  return { done: false, why: 'this kind of account has no such page' };
}

const PORTAL: Readonly<Record<string, Act<TwilioPortal>>> = {
  '/create-user': { keys: ['email', 'name'], act: (side, read) => side.createUser(read.email(), read.text('name'), read.by) },
  '/give-role': { keys: ['email', 'role'], act: (side, read) => side.giveRole(read.email(), read.text('role'), read.by) },
  '/take-role': { keys: ['email', 'role'], act: (side, read) => side.takeRole(read.email(), read.text('role'), read.by) },
  '/give-organization-role': { keys: ['email', 'role'], act: (side, read) => side.giveOrganizationRole(read.email(), read.text('role')) },
  '/deactivate': { keys: ['email'], act: (side, read) => side.deactivate(read.email(), read.by) },
  '/reactivate': { keys: ['email'], act: (side, read) => side.reactivate(read.email(), read.by) },
  '/suspend': { keys: ['email'], act: (side, read) => side.suspend(read.email(), read.by) },
  '/rename': { keys: ['email', 'name'], act: (side, read) => side.rename(read.email(), read.text('name'), read.by) },
  '/add-external': { keys: ['email', 'role'], act: (side, read) => side.addExternal(read.email(), read.text('role'), read.by) },
  '/add-subaccount': { keys: ['name'], act: (side, read) => side.addSubaccount(read.text('name')) },
  '/owner': { keys: ['email'], act: (side, read) => side.setOwner(read.email()) },
  '/verify-domain': { keys: ['domain'], act: (side, read) => side.verifyDomain(read.text('domain')) },
  '/sign-up': { keys: ['email'], act: (side, read) => side.signUpElsewhere(read.email()) },
  '/create-key': { keys: ['name'], act: (side, read) => side.createKey(read.text('name'), read.by) },
  '/delete-key': { keys: ['sid'], act: (side, read) => side.deleteKey(read.text('sid'), read.by) },
};

/** Several roles are parted by commas; `none` is no role. */
const CONSOLE: Readonly<Record<string, Act<TwilioConsole>>> = {
  '/invite': { keys: ['email', 'roles'], act: (side, read) => side.invite(read.email(), read.roles(), read.by) },
  '/resend': { keys: ['email'], act: (side, read) => side.resend(read.email(), read.by) },
  '/accept': { keys: ['email'], act: (side, read) => side.accept(read.email()) },
  '/expire': { keys: ['email'], act: (side, read) => side.expire(read.email()) },
  '/cancel': { keys: ['email'], act: (side, read) => side.cancelInvitation(read.email(), read.by) },
  '/roles': { keys: ['email', 'roles'], act: (side, read) => side.setRoles(read.email(), read.roles(), read.by) },
  '/remove': { keys: ['email'], act: (side, read) => side.removeUser(read.email(), read.by) },
  '/create-key': { keys: ['name'], act: (side, read) => side.createKey(read.text('name'), read.by) },
  '/delete-key': { keys: ['sid'], act: (side, read) => side.deleteKey(read.text('sid'), read.by) },
};
