import type { TelnyxSeed, TelnyxSeedAccount } from '../emulator/parse-telnyx-seed.ts';
import type { DesiredAccount, DesiredState } from '../model.ts';

/** What is not yet, or no longer, as policy says when the story begins. Everything else starts converged. */
const NOT_THERE_YET = new Set(['mina.park@acme.example', 'kofi.mensah@acme.example', 'zoe.martin@acme.example']);
const OTHER_ROLE = new Map([['ada.lindqvist@acme.example', 'member']]);

/** The owner of the founder's accounts, until Telnyx support has made the change that policy already names. */
export const FOUNDER = 'root@acme.example';

/** Two live accounts to begin with: what policy grants, ended grants included, with a few things out of line. */
export function demoSeed(desired: DesiredState, keyOf: (account: string) => string): TelnyxSeed {
  return { accounts: [...desired.accounts.values()].map((account) => seedAccount(account, keyOf(account.policy.name))) };
}

function seedAccount({ policy, principals }: DesiredAccount, key: string): TelnyxSeedAccount {
  const production = policy.name === 'telnyx-production';
  const users = [...principals.values()].flatMap(({ principal, name, holdingWithoutEnds, previously }) => {
    const [role] = holdingWithoutEnds.roles;
    if (role === undefined || (production && NOT_THERE_YET.has(principal))) return [];
    const email = previously[0] ?? principal;
    return [{ email, name, role: production ? (OTHER_ROLE.get(principal) ?? role) : role }];
  });
  if (production) users.push({ email: 'sven.olsen@partner.example', name: 'Sven Olsen', role: 'member' });
  // The declared owner is still an ordinary admin where the founder has not handed over yet.
  if (policy.owner !== FOUNDER) users.push({ email: policy.owner, name: 'Helen Brandt', role: 'admin' });
  return { name: policy.name, key, owner: FOUNDER, users };
}
