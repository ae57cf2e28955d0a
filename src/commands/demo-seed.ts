import type { TelnyxSeed, TelnyxSeedAccount } from '../emulator/parse-telnyx-seed.ts';
import type { DesiredAccount, DesiredState } from '../model.ts';

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
  return Object.fromEntries([...accounts.keys()].map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_API_KEY`, demoKeyOf(name)]));
}

/** Live accounts that are exactly as policy says, ended grants included: what a newcomer can try commands on. */
export function convergedSeed(desired: DesiredState, keyOf: KeyOf): TelnyxSeed {
  return { accounts: [...desired.accounts.values()].map((account) => convergedAccount(account, keyOf(account.policy.name))) };
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

/** The example company's two live accounts as the demo finds them, with a few things out of line. */
export function demoSeed(desired: DesiredState, keyOf: KeyOf): TelnyxSeed {
  return { accounts: [...desired.accounts.values()].map((account) => demoAccount(account, keyOf(account.policy.name))) };
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
