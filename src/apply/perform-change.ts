import { sameHolding, sameList } from '../holding.ts';
import type { Access, Change, Decision, Instant, LivePrincipal, OneReading, Outcome, Provider, Status, WriteResult } from '../model.ts';

/** What came of one change, as read back. */
export interface Made {
  readonly outcome: Outcome;
  readonly message: string;
  readonly notBefore: Instant | null;
  /** Whether a request that changes something may have reached the vendor. */
  readonly posted: boolean;
  /** The status read back. */
  readonly status: Status | null;
  /** The vendor refuses this one principal for good; it is tried again later and does not stop the others. */
  readonly park: boolean;
  readonly addressTaken: boolean;
  readonly stop: 'credentials' | null;
  /** What the vendor will not take any more in this run. */
  readonly closes: 'invitations' | 'writes' | null;
}

const PLAIN = {
  message: '',
  notBefore: null,
  posted: false,
  status: null,
  park: false,
  addressTaken: false,
  stop: null,
  closes: null,
} as const;

/** Vendors' reads may lag a moment behind their writes, so a read-back that does not show the change yet is repeated after these waits. */
const READ_BACK_WAITS_MS = [0, 1_000, 4_000] as const;

/** Resolves after so many milliseconds, or at once when the run was interrupted. */
export type Pause = (ms: number) => Promise<void>;

/** Makes one change: a look at the principal when something is taken away, one write, a read back. Never repeats a write. */
export async function performChange(decision: Decision, provider: Provider, pause: Pause): Promise<Made> {
  const { change } = decision;
  if (change.action === 'invite') return invite(change, provider, pause);
  if (change.principal_id === null) throw new Error('a patch or delete without a principal id');
  if (decision.takesAway) {
    const look = await lookBefore(change, change.principal_id, provider);
    if (look !== null) return look;
  }
  return change.action === 'delete'
    ? deletePrincipal(change.principal_id, provider, pause)
    : patch(change, change.principal_id, provider, pause);
}

/** Null when the principal is still what the reads showed; otherwise why nothing is sent. */
async function lookBefore(change: Change, id: string, provider: Provider): Promise<Made | null> {
  const one = await provider.reader.readOne(id);
  if (one.kind === 'absent') {
    return change.action === 'delete'
      ? { ...PLAIN, outcome: 'already', message: 'was gone before this run did anything' }
      : { ...PLAIN, outcome: 'withheld', message: 'gone since it was read; the next plan shows what is left to do' };
  }
  if (one.kind === 'credentials') return { ...PLAIN, outcome: 'deferred', message: one.message, stop: 'credentials' };
  if (one.kind === 'unreadable') return { ...PLAIN, outcome: 'deferred', message: `could not be read just before: ${one.message}` };
  const same = one.live.principal === change.principal && change.before !== null && sameAccess(one.live, change.before);
  return same ? null : { ...PLAIN, outcome: 'withheld', message: 'changed since it was read, so nothing was taken away; plan again' };
}

async function invite(change: Change, provider: Provider, pause: Pause): Promise<Made> {
  const { after } = change;
  if (after === null) throw new Error('an invitation without an after');
  const written = await provider.writer.invite(change.principal, after.name, after);
  if (written.kind !== 'accepted') return inviteRefused(written);
  const id = written.principalId;
  if (id === null) return undecided('the answer named no id', true);
  return readBack(provider, id, pause, (live) => live.principal === change.principal && sameRoles(live, after));
}

async function patch(change: Change, id: string, provider: Provider, pause: Pause): Promise<Made> {
  const { before, after } = change;
  if (before === null || after === null) throw new Error('a patch without a before and an after');
  const roles = sameList(before.roles, after.roles) ? {} : { roles: after.roles };
  const name = before.name === after.name ? {} : { name: after.name };
  const written = await provider.writer.patch(id, { ...roles, ...name });
  // What may have happened is read back like what was accepted; only what is seen counts.
  if (written.kind !== 'accepted' && written.kind !== 'undecided') return refused(written);
  const isTrue = (live: LivePrincipal): boolean =>
    live.principal === change.principal && sameRoles(live, after) && ('name' in name ? live.name === after.name : true);
  return readBack(provider, id, pause, isTrue, reasonOf(written));
}

async function deletePrincipal(id: string, provider: Provider, pause: Pause): Promise<Made> {
  const written = await provider.writer.delete(id);
  if (written.kind !== 'accepted' && written.kind !== 'undecided') return refused(written);
  return readBack(provider, id, pause, null, reasonOf(written));
}

function reasonOf(written: Extract<WriteResult, { kind: 'accepted' | 'undecided' }>): string {
  return written.kind === 'undecided' ? `${written.message}; ` : '';
}

/** `isTrue` null: nobody may be there any more. */
async function readBack(
  provider: Provider,
  id: string,
  pause: Pause,
  isTrue: ((live: LivePrincipal) => boolean) | null,
  reason = '',
): Promise<Made> {
  let seen = '';
  for (const waitMs of READ_BACK_WAITS_MS) {
    if (waitMs > 0) await pause(waitMs);
    const one = await provider.reader.readOne(id);
    if (one.kind === 'credentials') return { ...undecided(one.message, true), stop: 'credentials' };
    if (one.kind === 'present' ? isTrue?.(one.live) === true : one.kind === 'absent' && isTrue === null) {
      return { ...PLAIN, outcome: 'applied', posted: true, status: one.kind === 'present' ? one.live.status : null };
    }
    seen = sightOf(one);
  }
  return undecided(`${reason}${seen}`, true);
}

function sightOf(one: Exclude<OneReading, { kind: 'credentials' }>): string {
  if (one.kind === 'unreadable') return `the read back failed: ${one.message}`;
  return one.kind === 'absent' ? 'the read back finds nobody' : 'the read back does not show it';
}

function inviteRefused(written: Exclude<WriteResult, { kind: 'accepted' }>): Made {
  switch (written.kind) {
    case 'address_taken':
      return { ...PLAIN, outcome: 'manual', message: written.message, posted: true, addressTaken: true };
    case 'limited':
      return { ...PLAIN, outcome: 'deferred', message: written.message, posted: true, closes: 'invitations' };
    case 'postponed':
      return { ...PLAIN, outcome: 'deferred', message: written.message, notBefore: written.notBefore, posted: true, closes: 'invitations' };
    case 'duplicate':
      // It was not in the complete read, so the vendor knows something we cannot see. A read decides; where none ever shows it, the
      // same answer would come every time and spend the hour's invitations, so it is asked more and more seldom.
      return { ...undecided(written.message, true), park: true };
    default:
      return refused(written);
  }
}

function refused(written: Exclude<WriteResult, { kind: 'accepted' }>): Made {
  switch (written.kind) {
    case 'credentials':
      return { ...PLAIN, outcome: 'deferred', message: written.message, stop: 'credentials' };
    case 'postponed':
      return { ...PLAIN, outcome: 'deferred', message: written.message, notBefore: written.notBefore, posted: true, closes: 'writes' };
    case 'undecided':
      return undecided(written.message, true);
    case 'unsent':
      return { ...PLAIN, outcome: 'failed', message: `nothing reached the vendor: ${written.message}` };
    default:
      return { ...PLAIN, outcome: 'failed', message: written.message, posted: true, park: true };
  }
}

function undecided(message: string, posted: boolean): Made {
  return { ...PLAIN, outcome: 'undecided', message, posted };
}

function sameRoles(live: LivePrincipal, access: Access): boolean {
  return sameHolding(live, access);
}

function sameAccess(live: LivePrincipal, access: Access): boolean {
  return sameRoles(live, access) && (live.status === 'active' || live.status === 'invited');
}
