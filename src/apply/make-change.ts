import type { Access, Change, Decision, Instant, LivePrincipal, Outcome, Provider, Status, WriteResult } from '../model.ts';

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
}

const PLAIN = { message: '', notBefore: null, posted: false, status: null, park: false, addressTaken: false, stop: null } as const;

/** How often a read-back that does not show the change yet is repeated: vendors' reads may lag a moment. */
const READ_BACKS = 2;

/** Makes one change: a look at the principal when something is taken away, one write, a read back. Never repeats a write. */
export async function makeChange(decision: Decision, provider: Provider): Promise<Made> {
  const { change } = decision;
  if (change.action === 'invite') return invite(change, provider);
  if (change.principal_id === null) throw new Error('a patch or delete without a principal id');
  if (decision.takesAway) {
    const look = await lookBefore(change, change.principal_id, provider);
    if (look !== null) return look;
  }
  return change.action === 'delete' ? remove(change.principal_id, provider) : patch(change, change.principal_id, provider);
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

async function invite(change: Change, provider: Provider): Promise<Made> {
  const { after } = change;
  if (after === null) throw new Error('an invitation without an after');
  const written = await provider.writer.invite(change.principal, after.name, after);
  if (written.kind !== 'accepted') return inviteRefused(written);
  const id = written.principalId;
  if (id === null) return undecided('the answer named no id; the next read decides', true);
  return readBack(provider, id, (live) => live.principal === change.principal && sameRoles(live, after));
}

async function patch(change: Change, id: string, provider: Provider): Promise<Made> {
  const { before, after } = change;
  if (before === null || after === null) throw new Error('a patch without a before and an after');
  const roles = before.roles.join() === after.roles.join() ? {} : { roles: after.roles };
  const name = before.name === after.name ? {} : { name: after.name };
  const written = await provider.writer.patch(id, { ...roles, ...name });
  if (written.kind !== 'accepted') return refused(written);
  return readBack(provider, id, (live) => sameRoles(live, after) && ('name' in name ? live.name === after.name : true));
}

async function remove(id: string, provider: Provider): Promise<Made> {
  const written = await provider.writer.delete(id);
  if (written.kind !== 'accepted' && written.kind !== 'undecided') return refused(written);
  for (let read = 0; read < READ_BACKS; read += 1) {
    const one = await provider.reader.readOne(id);
    if (one.kind === 'absent') return { ...PLAIN, outcome: 'applied', posted: true };
    if (one.kind === 'credentials') return { ...undecided(one.message, true), stop: 'credentials' };
  }
  return undecided('the vendor still lists this person; the next read decides', true);
}

async function readBack(provider: Provider, id: string, isTrue: (live: LivePrincipal) => boolean): Promise<Made> {
  let seen = 'the read back failed';
  for (let read = 0; read < READ_BACKS; read += 1) {
    const one = await provider.reader.readOne(id);
    if (one.kind === 'present' && isTrue(one.live)) return { ...PLAIN, outcome: 'applied', posted: true, status: one.live.status };
    if (one.kind === 'credentials') return { ...undecided(one.message, true), stop: 'credentials' };
    seen = one.kind === 'unreadable' ? one.message : 'the read back does not show it';
  }
  return undecided(`${seen}; the next read decides`, true);
}

function inviteRefused(written: Exclude<WriteResult, { kind: 'accepted' }>): Made {
  switch (written.kind) {
    case 'address_taken':
      return { ...PLAIN, outcome: 'manual', message: written.message, posted: true, addressTaken: true };
    case 'limited':
      return { ...PLAIN, outcome: 'deferred', message: written.message, posted: true };
    case 'duplicate':
      // It was not in the complete read, so the vendor knows something we cannot see; a read decides, nothing is sent again.
      return undecided(`${written.message}; the next read decides`, true);
    default:
      return refused(written);
  }
}

function refused(written: Exclude<WriteResult, { kind: 'accepted' }>): Made {
  switch (written.kind) {
    case 'credentials':
      return { ...PLAIN, outcome: 'deferred', message: written.message, stop: 'credentials' };
    case 'postponed':
      return { ...PLAIN, outcome: 'deferred', message: written.message, notBefore: written.notBefore, posted: true };
    case 'undecided':
      return undecided(`${written.message}; it may have happened, and the next read decides`, true);
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
  return live.roles.join() === access.roles.join() && live.groups.join() === access.groups.join();
}

function sameAccess(live: LivePrincipal, access: Access): boolean {
  return sameRoles(live, access) && (live.status === 'active' || live.status === 'invited');
}
