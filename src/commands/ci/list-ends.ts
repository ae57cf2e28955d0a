import type { AccountHistory, Day, DesiredAccount, Holding, LivePrincipal, Reading } from '../../model.ts';
import { placeKey } from '../../place-key.ts';
import { addDays } from '../../policy/calendar.ts';
import { coversGrant } from '../../policy/covers-grant.ts';
import { RENEWAL } from '../../policy/edit/renew-grants.ts';
import { type AccountEnd, findEnding } from '../../policy/find-ending.ts';
import { capabilitiesOf } from '../../provider/capabilities.ts';
import type { AccountWatch, EndingGrant } from '../../watch.ts';
import type { Watched } from './load-watched.ts';

/** Grants are listed for so many days before their end, and for as many after it. */
const LISTED_DAYS = RENEWAL.withinDays;

export interface EndsInput {
  readonly account: string;
  readonly day: Day;
  readonly watched: Watched;
  /** By the policies that people accepted, judged on the same day; null where nothing was accepted yet. */
  readonly accepted: (account: string) => DesiredAccount | null;
  readonly reading: Reading | undefined;
  readonly history: AccountHistory | undefined;
  /** Links to renewals, by where the ends stand. */
  readonly renewals: ReadonlyMap<string, string>;
}

/** The grants in one account that end soon or have ended; one whose access outlived it is listed until that is gone, however long ago it ended. */
export function listEnds(input: EndsInput): Pick<AccountWatch, 'ended' | 'ending'> {
  const { account, day, watched, renewals } = input;
  const { policies } = watched.loaded;
  if (policies === null) return { ended: [], ending: [] };
  const ends = findEnding({ policies, desired: watched.desired, today: day, days: LISTED_DAYS, capabilitiesOf }).filter(
    (end) => end.account === account,
  );
  const since = addDays(day, -LISTED_DAYS);
  const ended = ends
    .filter(({ until }) => until < day)
    .map((end) => ({
      ...end,
      isGone: !isHeld(end, holdingsOf(end.principal, input), input),
      isApproved: !isHeld(end, acceptedHoldings(end, input), input),
    }));
  return {
    ended: ended.filter(({ until, isGone, heldOtherwise }) => until >= since || !(isGone || heldOtherwise)),
    ending: ends.filter(({ until }) => until >= day).map((end) => ({ ...end, renewal: renewalOf(end, renewals) })),
  };
}

function renewalOf({ places }: AccountEnd, renewals: ReadonlyMap<string, string>): EndingGrant['renewal'] {
  // Where one of two lines stays, it ends all the same.
  const links = places.map((place) => renewals.get(placeKey(place)) ?? null);
  return links.every((link) => link !== null) ? (links[0] ?? null) : null;
}

/** Whether what is held is what the grant gave, or more. */
function isHeld(end: AccountEnd, held: readonly Holding[], { watched }: EndsInput): boolean {
  const policy = watched.desired.accounts.get(end.account)?.policy;
  const capabilities = policy === undefined ? null : capabilitiesOf(policy);
  return end.roles.some((granted) =>
    held.some(
      ({ roles, groups }) =>
        groups.includes(granted) ||
        roles.some(
          (role) => role === capabilities?.ownerRole || coversGrant({ role, group: null }, { role: granted, group: null }, capabilities),
        ),
    ),
  );
}

/** Before anything was accepted there is nothing that an end could have been pushed past. */
function acceptedHoldings({ account, principal }: AccountEnd, { accepted }: EndsInput): readonly Holding[] {
  const desired = accepted(account)?.principals.get(principal);
  return desired === undefined ? [] : [desired.holding];
}

/** As the account shows it; where it could not be read, as it was last known. */
function holdingsOf(principal: string, { reading, history }: EndsInput): readonly Holding[] {
  if (reading?.kind === 'complete') return reading.observation.principals.filter((live) => live.principal === principal && mayHold(live));
  const known = history?.lastApplied.get(principal) ?? null;
  return known === null ? [] : [known];
}

/** Of a status that this version does not understand nobody can say that the access is gone. */
function mayHold({ status }: LivePrincipal): boolean {
  return status === 'active' || status === 'invited' || status === 'unknown';
}
