import type { TelnyxSeed, TelnyxSeedAccount } from '../emulator/parse-telnyx-seed.ts';
import type { TwilioSeed, TwilioSeedKey, TwilioSeedMember, TwilioSeedUser } from '../emulator/twilio/parse-twilio-seed.ts';
import type { DesiredAccount, DesiredState } from '../model.ts';
import { makeTelnyxSeed } from './emulate.ts';
import { makeTwilioSeed } from './emulate-twilio.ts';
import { variableStem } from './serve-emulators.ts';

type KeyOf = (account: string) => string;

/** What is not yet, or no longer, as policy says when the demo begins. Everything else starts converged. */
const NOT_THERE_YET = new Set(['mina.park@acme.example', 'kofi.mensah@acme.example', 'zoe.martin@acme.example']);
const OTHER_ROLE = new Map([['ada.lindqvist@acme.example', 'member']]);

/** The owner of both accounts, until Telnyx support has made the change that policy already names for one of them. */
export const FOUNDER = 'root@acme.example';

/** The key of an account in the demo. */
export function demoKeyOf(account: string): string {
  return `KEY-DEMO-${account}`;
}

/** The variables in which the accounts of the demo read their keys. */
export function demoKeys({ accounts }: DesiredState): Record<string, string> {
  const names = [...accounts.values()].flatMap(({ policy: { name, provider } }) => (provider === 'telnyx' ? [name] : []));
  return Object.fromEntries(names.map((name) => [`${variableStem(name)}_API_KEY`, demoKeyOf(name)]));
}

/** Live accounts that are exactly as policy says today: where nobody has anything to do. */
export function policySeed(desired: DesiredState, keyOf: KeyOf): TelnyxSeed {
  const accounts = [...desired.accounts.values()].map(({ policy, principals }) => {
    const users = [...principals.values()].flatMap(({ principal, name, holding: { roles } }) =>
      roles[0] === undefined ? [] : [{ email: principal, name, role: roles[0] }],
    );
    return { name: policy.name, key: keyOf(policy.name), owner: policy.owner, users };
  });
  return { accounts };
}

function convergedAccount({ policy, principals }: DesiredAccount, key: string): TelnyxSeedAccount {
  const users = [...principals.values()].flatMap(({ principal, name, holdingWithoutEnds }) => {
    const [role] = holdingWithoutEnds.roles;
    return role === undefined ? [] : [{ email: principal, name, role }];
  });
  return { name: policy.name, key, owner: policy.owner, users };
}

/** The example company's live accounts as the demo finds them: a few things are out of line in those that it `opens` with. */
export function demoSeed(opens: DesiredState, whole: DesiredState, keyOf: KeyOf): TelnyxSeed {
  const opened = [...opens.accounts.values()].map((account) => demoAccount(account, keyOf(account.policy.name)));
  const later = makeTelnyxSeed(whole).accounts.filter(({ name }) => !opens.accounts.has(name));
  return { accounts: [...opened, ...later.map((account) => ({ ...account, key: keyOf(account.name) }))] };
}

function demoAccount(account: DesiredAccount, key: string): TelnyxSeedAccount {
  const { policy, principals } = account;
  const seed = convergedAccount(account, key);
  if (policy.owner !== FOUNDER) {
    // The declared owner is still an ordinary admin here: the founder has not handed over yet.
    return { ...seed, owner: FOUNDER, users: [...seed.users, { email: policy.owner, name: 'Helen Brandt', role: 'admin' }] };
  }
  const users = seed.users
    .filter(({ email }) => !NOT_THERE_YET.has(email))
    .map((user) => ({
      ...user,
      email: principals.get(user.email)?.previously[0] ?? user.email,
      role: OTHER_ROLE.get(user.email) ?? user.role,
    }));
  return { ...seed, users: [...users, { email: 'sven.olsen@partner.example', name: 'Sven Olsen', role: 'member' }] };
}

/** Keys of the IVR's account: two that were there before anybody left. */
const KEYS: readonly TwilioSeedKey[] = [
  { name: 'ivr-deploy', sid: `SK${'0'.repeat(30)}d1`, created_at: '2025-03-04T10:00:00Z' },
  { name: 'porting-report', sid: `SK${'0'.repeat(30)}d2`, created_at: '2026-08-19T15:30:00Z' },
];

/** The example company's Twilio as the demo finds it, with a few things out of line in `main` and in `labs`. */
export function demoTwilioSeed(desired: DesiredState, main: string, labs: string): TwilioSeed {
  const { organizations = [], consoles = [] } = makeTwilioSeed(desired);
  return {
    organizations: organizations.map((organization) => ({
      ...organization,
      accounts: organization.accounts.map((account) => (account.name === main ? { ...account, keys: KEYS } : account)),
      users: [
        ...organization.users.flatMap((user) => asFound(user, main)),
        { email: 'priya.nair@acme.example', name: 'Priya Nair', roles: [{ role: 'developer', scope: main }] },
      ],
      externals: [{ email: 'audit@partner.example', name: 'Auditor', roles: [{ role: 'support', scope: main }] }],
    })),
    consoles: consoles.map((one) => (one.name === labs ? { ...one, members: one.members.map(inConsole) } : one)),
  };
}

function asFound(user: TwilioSeedUser, main: string): TwilioSeedUser[] {
  switch (user.email) {
    case 'noor.rahman@acme.example':
      return [];
    case 'mina.park@acme.example':
      return [{ ...user, status: 'inactive', roles: [{ role: 'developer', scope: main }] }];
    case 'ada.lindqvist@acme.example':
      return [{ ...user, roles: [{ role: 'administrator', scope: main }] }];
    default:
      return [user];
  }
}

/** Noor has not accepted yet, and Ada is an administrator there, too. */
function inConsole(member: TwilioSeedMember): TwilioSeedMember {
  switch (member.email) {
    case 'noor.rahman@acme.example':
      return { ...member, status: 'pending', invited_at: '2026-11-19T09:00:00Z' };
    case 'ada.lindqvist@acme.example':
      return { ...member, roles: ['administrator'] };
    default:
      return member;
  }
}
