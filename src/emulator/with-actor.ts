import type { PortalAnswer } from './create-world.ts';
import type { Actor } from './open-audit-log.ts';
import type { SubUser, TelnyxAccount } from './open-telnyx-account.ts';

/** Lets somebody of the account, the owner when none is given, do something in the portal. */
export function withActor(account: TelnyxAccount, by: string | undefined, act: (actor: Actor) => PortalAnswer): PortalAnswer {
  const actor = account.actor(by);
  return actor ? act(actor) : { done: false, why: 'nobody in this account has the address of the one who does it' };
}

/** Does something to the sub-user with this address. */
export function withUser(account: TelnyxAccount, email: string, act: (row: SubUser) => void): PortalAnswer {
  const row = account.findByEmail(email);
  if (!row) return { done: false, why: 'no sub-user has this address' };
  act(row);
  return { done: true, id: row.id };
}

/** Does something to an open invitation. */
export function withInvited(account: TelnyxAccount, email: string, act: (row: SubUser) => void): PortalAnswer {
  const row = account.findByEmail(email);
  if (row?.status !== 'invited') return { done: false, why: 'no open invitation has this address' };
  act(row);
  return { done: true, id: row.id };
}
