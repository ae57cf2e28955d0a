import { holdingAfter, isEmpty, NOTHING, sameHolding } from '../holding.ts';
import type { Access, Change, Decision, Instant, LivePrincipal, OneReading, Outcome, Part, Provider, Status } from '../model.ts';
import { giveBack, type ToGiveBack } from './give-back.ts';
import { type Pause, readBack, sightOf } from './read-back.ts';
import { type Refusal, sendParts, type Tell } from './send-parts.ts';
import { showsChange } from './shows-change.ts';

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
  /** The vendor accepted the delete, and a person has to see to it that they go. */
  readonly stillThere: boolean;
  /** Whether the change is not whole and has taken something away all the same. */
  readonly took: boolean;
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
  stillThere: false,
  took: false,
  stop: null,
  closes: null,
} as const;

/** Makes one change: a look at whoever is there already, its parts in order, a read back. Never repeats a write. */
export async function performChange(
  decision: Pick<Decision, 'change' | 'parts'> & ToGiveBack,
  provider: Provider,
  pause: Pause,
  tell: Tell,
): Promise<Made> {
  const { change, parts } = decision;
  let look: Look = NO_LOOK;
  if (change.action !== 'invite') {
    if (change.principal_id === null) throw new Error('a patch or delete without a principal id');
    look = await lookBefore(change, change.principal_id, [], provider);
    if (look.made !== null) return look.made;
  }
  const sent = await sendParts(decision, provider.writer, tell, async (made) => {
    if (change.principal_id === null) return true;
    const { beside } = look;
    look = await lookBefore(change, change.principal_id, made, provider);
    // What shows under another name since a part was made may be what that part was to take.
    if (made.length > 0) look = { ...look, beside };
    return look.made === null;
  });
  const { id, ended } = sent;
  if (id === null) return ended === null ? undecided('the answer named no id') : refused(ended.written, change.action);
  const partly = sent.made.length === 0 ? '' : `${sent.made.length} of ${parts.length} parts were made: `;
  const read: ReadWhole = (doubt) => readWhole({ change, id, doubt, beside: look.beside, provider, pause });
  if (ended === null) return read(null);
  if (ended.written.kind === 'undecided') return read(`${partly}${ended.written.message}; `);
  const made = look.made === null ? refused(ended.written, ended.part.do) : { ...look.made, posted: true };
  if (sent.made.length === 0) return made;
  const back = made.park && ended.part.do === 'assign' ? await giveBack(decision, id, sent.made, provider, pause, tell) : null;
  return {
    ...made,
    posted: true,
    message: `${partly}${made.message}${back === null ? '' : `; ${back.message}`}`,
    took: back?.lost ?? sent.made.some((part) => part.do === 'unassign'),
    stop: back?.stop ?? made.stop,
  };
}

/** `made` is null when the principal is still what the reads showed; otherwise it says why nothing is sent. */
interface Look {
  readonly made: Made | null;
  readonly beside: readonly string[];
}

const NO_LOOK: Look = { made: null, beside: [] };

/** `made` is what was made of the change already. */
async function lookBefore(change: Change, id: string, made: readonly Part[], provider: Provider): Promise<Look> {
  const before = accessAfter(change, made);
  const one = await provider.reader.readOne(id);
  if (one.kind === 'absent') {
    // Whoever holds nothing here is as good as absent to most reads, and has nothing that could have changed.
    if (change.action === 'patch' && isEmpty(before ?? NOTHING)) return NO_LOOK;
    // Nobody is gone because one answer says so: what the list shows afterwards decides whether there is anything left to do.
    return ends({ outcome: 'withheld', message: 'gone since it was read; the next plan shows what is left to do' });
  }
  if (one.kind === 'credentials') return ends({ outcome: 'deferred', message: one.message, stop: 'credentials' });
  if (one.kind === 'unreadable') return ends({ outcome: 'deferred', message: `could not be read just before: ${one.message}` });
  const same = one.live.principal === change.principal && before !== null && sameAccess(one.live, before);
  return same
    ? { made: null, beside: one.live.beside ?? [] }
    : ends({ outcome: 'withheld', message: `changed since it was read${made.length === 0 ? ', so nothing was sent' : ''}; plan again` });
}

/** What somebody has when these parts of a change were made. */
function accessAfter({ before, after }: Change, made: readonly Part[]): Access | null {
  if (before === null) return null;
  const held = made.reduce((holding, part) => holdingAfter(holding, part, after, true), { roles: before.roles, groups: before.groups });
  const isActive = made.some((part) => part.do === 'patch' && part.fields.active === true);
  return { ...before, ...held, status: isActive ? 'active' : before.status };
}

function ends(made: Pick<Made, 'outcome' | 'message'> & Partial<Made>): Look {
  return { made: { ...PLAIN, ...made }, beside: [] };
}

type ReadWhole = (doubt: string | null) => Promise<Made>;

interface ToRead {
  readonly change: Change;
  readonly id: string;
  readonly doubt: string | null;
  /** What the look before showed beside the known roles. */
  readonly beside: readonly string[];
  readonly provider: Provider;
  readonly pause: Pause;
}

/** What may have happened (`doubt` says why only that) is read back like what was accepted; only what is seen counts. */
async function readWhole({ change, id, doubt, beside, provider, pause }: ToRead): Promise<Made> {
  const isTrue = (one: OneReading): boolean => {
    if (change.after === null) return one.kind === 'absent';
    // A role that shows for the first time under a name that nobody knows may be the one that was to go.
    return one.kind === 'present' && showsChange(change, one.live) && (one.live.beside ?? []).every((role) => beside.includes(role));
  };
  const first = await readBack(provider.reader, id, pause, isTrue);
  // Of a delete that may never have arrived, or that a read did not show, one answer that finds nobody is no proof: another has to say the same.
  const isInDoubt = first.shown && change.after === null && (doubt !== null || first.wavered);
  const { shown, status, last } = isInDoubt ? await readBack(provider.reader, id, pause, isTrue) : first;
  if (shown) return { ...PLAIN, outcome: 'applied', posted: true, status };
  if (doubt === null && isStillThere(change, last, provider)) {
    const message = 'the vendor accepted it, and the person is still there with access; a person has to see to it';
    return { ...PLAIN, outcome: 'manual', message, posted: true, stillThere: true };
  }
  return { ...undecided(`${doubt ?? ''}${sightOf(last)}`), stop: last.kind === 'credentials' ? last.kind : null };
}

/** Where a person can do something about who does not go, a vendor that says yes and does nothing is not asked again. */
function isStillThere({ principal, before, after }: Change, last: OneReading, { reader }: Provider): boolean {
  if (after !== null || before === null || last.kind !== 'present') return false;
  return sameAccess(last.live, before) && reader.capabilities.manualSteps.stillThere(principal).length > 0;
}

/** `step` is what was asked for: an invitation is refused in ways of its own. */
function refused(written: Refusal, step: string): Made {
  const invites = step === 'invite';
  const { message } = written;
  switch (written.kind) {
    case 'credentials':
      // An invitation that is refused counts towards the hour, whatever it is refused for.
      return { ...PLAIN, outcome: 'deferred', message, posted: invites, stop: 'credentials' };
    case 'postponed':
      return {
        ...PLAIN,
        outcome: 'deferred',
        message,
        notBefore: written.notBefore,
        posted: true,
        closes: invites ? 'invitations' : 'writes',
      };
    case 'undecided':
      return undecided(message);
    case 'unsent':
      return { ...PLAIN, outcome: 'failed', message: `nothing reached the vendor: ${message}` };
    case 'stale':
      return { ...PLAIN, outcome: 'withheld', message: `changed since it was read; plan again (${message})` };
    case 'address_taken':
      if (invites) return { ...PLAIN, outcome: 'manual', message, posted: true, addressTaken: true };
      break;
    case 'limited':
      if (invites) return { ...PLAIN, outcome: 'deferred', message, posted: true, closes: 'invitations' };
      break;
    case 'duplicate':
      // It was not in the complete read, so the vendor knows something we cannot see. A read decides; where none ever shows it, the
      // same answer would come every time and spend the hour's invitations, so it is asked more and more seldom.
      if (invites) return { ...undecided(message), park: true };
      break;
    case 'refused':
      break;
    default:
      return written satisfies never;
  }
  return { ...PLAIN, outcome: 'failed', message, posted: true, park: true };
}

function undecided(message: string): Made {
  return { ...PLAIN, outcome: 'undecided', message, posted: true };
}

function sameAccess(live: LivePrincipal, access: Access): boolean {
  if (!sameHolding(live, access)) return false;
  return access.status === 'inactive' ? live.status === 'inactive' : live.status === 'active' || live.status === 'invited';
}
