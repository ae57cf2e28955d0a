import type { Actor } from './open-audit-log.ts';
import { HOUR_MS, type SubUser, type TelnyxAccount } from './open-telnyx-account.ts';
import type { TelnyxSwitches } from './telnyx-switches.ts';

/** Why the vendor sends no invitation, in its words where they are known. */
export interface InvitationRefusal {
  readonly cause: 'duplicate' | 'elsewhere' | 'open' | 'hour';
  readonly detail: string;
  /** Milliseconds until the hourly limit lets one more through; 0 for other causes. */
  readonly waitMs: number;
}

/** Judges an invitation, from the API and from the portal alike: both count towards the same limits. */
export function checkInvitation(account: TelnyxAccount, email: string, switches: TelnyxSwitches, now: number): InvitationRefusal | null {
  if (isTaken(account, email)) {
    // Seed 003: the member would need to have their own account cancelled and the e-mail freed up.
    const detail =
      'This email already belongs to an existing Telnyx account. The member would need to reach out to support@telnyx.com and request that their account be cancelled and email freed up.';
    return { cause: 'elsewhere', detail, waitMs: 0 };
  }
  if (switches.unique_email && account.findByEmail(email)) {
    return { cause: 'duplicate', detail: 'A sub-user with this email already exists.', waitMs: 0 };
  }
  if (account.openInvitations() >= switches.open) {
    const detail = 'You have too many active invitations. Please wait for one to be accepted or declined before sending another.';
    return { cause: 'open', detail, waitMs: 0 };
  }
  const times = account.invitationTimes();
  if (times.length >= switches.per_hour) {
    const detail = `Invites are limited to ${switches.per_hour} per hour, including deleted and revoked invites.`;
    const freedBy = switches.per_hour === 0 ? now : (times[times.length - switches.per_hour] ?? now);
    return { cause: 'hour', detail, waitMs: freedBy + HOUR_MS - now };
  }
  return null;
}

/** Sends it: an open invitation is a sub-user in status `invited`. */
export function sendInvitation(account: TelnyxAccount, row: SubUser, now: number, by?: Actor): void {
  account.noteInvitation(now);
  account.put(row, by);
}

export function newInvitation(
  fields: { readonly id: string; readonly email: string; readonly name: string; readonly role: string },
  now: number,
): SubUser {
  const at = new Date(now).toISOString();
  return { ...fields, status: 'invited', record_type: 'sub_user', created_at: at, updated_at: at };
}

/** The owner has a Telnyx account by definition. */
function isTaken(account: TelnyxAccount, email: string): boolean {
  const lower = email.toLowerCase();
  return account.elsewhere.has(lower) || account.owner().email.toLowerCase() === lower;
}
