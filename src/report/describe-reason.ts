import type { Change, Origin, Place, ReasonCode } from '../model.ts';
import { encodePath } from '../text/encode-sentence.ts';
import { formatTime } from './format-instant.ts';

const REASONS = {
  granted: 'granted',
  reactivated: 'active again',
  role_differs: 'role differs',
  name_differs: 'name differs',
  grant_ended: 'grant ended',
  no_grant: 'no grant left',
  not_in_policy: 'not in policy',
  email_changed: 'e-mail changed',
  invitation_lapsed: 'invitation lapsed',
  owner_transfer: 'owner differs',
  unmanaged: 'unmanaged',
  stranger: 'stranger',
  stray_invitation: 'stray invitation',
  raised: 'raised',
  lowered: 'lowered',
  vanished: 'vanished',
} satisfies Record<ReasonCode, string>;

const ORIGINS = {
  git: 'git',
  end: 'end date',
  drift: 'drift',
  both: 'git and drift',
  unrecorded: 'unrecorded',
} satisfies Record<Origin, string>;

/** Why a change is there: its reason code in words, and who made the difference where that is not policy or said already. */
export function describeReason(change: Change): string {
  const reason = REASONS[change.reason_code] ?? 'for another reason';
  const implied = change.origin === 'git' || (change.origin === 'end' && change.reason_code === 'grant_ended');
  return implied ? reason : `${reason} (${ORIGINS[change.origin] ?? 'unknown'})`;
}

export function describePlace(place: Place | null): string {
  return place === null ? '' : `${encodePath(place.file)}:${place.line}`;
}

/** What a reader must not miss about a change. `alarm` is painted red. */
export interface Mark {
  readonly text: string;
  readonly alarm: boolean;
}

/** Privilege first, then what cannot be undone, then what it waits for. `at` is the plan's instant. */
export function marksOf(change: Change, at: string): Mark[] {
  const has = new Set(change.tags);
  const marks: Mark[] = [];
  const say = (text: string, alarm = false) => marks.push({ text, alarm });
  if (has.has('privilege_gained')) say('gains privilege', true);
  if (has.has('privilege_lost') && change.action !== 'delete') say('loses privilege');
  if (has.has('irreversible') || !change.reversible) say('irreversible', true);
  if (has.has('war')) say('war', true);
  if (change.executor === 'manual') say('by hand');
  if (has.has('owed')) say('owed');
  if (has.has('parked')) say('parked');
  if (has.has('question_to_owner')) say('ask the owner');
  if (has.has('waits_for_replacement')) say('after its replacement');
  if (has.has('waits_for_open_slot')) say('as people accept');
  if (change.not_before !== null) say(`from ${formatTime(change.not_before, at)}`);
  return marks;
}

/** Whether a run made now would leave it for later. */
export function isWaiting(change: Change): boolean {
  return change.not_before !== null || change.tags.some((tag) => WAITS.has(tag));
}

const WAITS = new Set<string>(['parked', 'waits_for_replacement', 'waits_for_open_slot']);

/** Whether its steps are about what outlives the access it takes, so that they can be said once for all of an account. */
export function leavesBehind(change: Change): boolean {
  const takes = change.action !== 'invite' && !change.tags.includes('question_to_owner');
  return change.executor === 'api' && takes && !change.tags.includes('waits_for_replacement') && change.steps.length > 0;
}

/** Whether its steps are for a person to take, one change at a time. */
export function hasOwnSteps(change: Change): boolean {
  return (
    change.steps.length > 0 && (change.executor === 'manual' || change.action === 'invite' || change.tags.includes('question_to_owner'))
  );
}
