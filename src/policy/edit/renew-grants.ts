import type { Day, Place } from '../../model.ts';
import { placeKey } from '../../place-key.ts';
import { addDays, hasEnded } from '../calendar.ts';
import { isPrivilegedGrant } from '../covers-grant.ts';
import { type Entry, type GrantEntry, placeOf, type TeamEntry } from '../policies.ts';
import type { DraftContext, FileEdit } from './draft.ts';
import { type EditedFile, editFiles } from './edit-files.ts';
import { type EditInput, loadTexts, openContext, whyInvalid } from './open-context.ts';
import { pathInside } from './read-policy-texts.ts';

/** How long before its end a grant may be renewed, how long it goes on then, and how far ahead at most. */
export const RENEWAL = { withinDays: 14, days: 90, mostDaysAhead: 365 } as const;

export interface RenewInput extends EditInput {
  /** Where each `until` stands. */
  readonly places: readonly Place[];
}

export interface Renewal {
  /** The files that are another, whole, by path inside the folder. */
  readonly files: ReadonlyMap<string, string>;
  readonly edited: readonly EditedFile[];
  readonly renewed: readonly { readonly place: Place; readonly from: Day; readonly until: Day }[];
  readonly refused: readonly { readonly place: Place; readonly why: string }[];
}

interface End {
  readonly team: TeamEntry;
  readonly entry: Entry & { readonly until: Day | null };
  readonly at: readonly (string | number)[];
  /** The grants that go on because of it. */
  readonly grants: readonly GrantEntry[];
}

/**
 * Writes later ends for grants and memberships that end soon, as the smallest edit: 90 days more, at most a year from today. What has
 * ended stays ended, and privilege never goes on this way: nobody's access today is another.
 */
export async function renewGrants(input: RenewInput): Promise<Renewal> {
  const context = await openContext(input);
  if (context === null) return nothing(input.places.map((place) => ({ place, why: 'the policies are invalid' })));
  const ends = findEnds(context);
  const refused: { place: Place; why: string }[] = [];
  const renewed: Renewal['renewed'][number][] = [];
  const edits: FileEdit[] = [];
  for (const place of new Map(input.places.map((one) => [placeKey(one), one])).values()) {
    const end = ends.get(placeKey(place));
    const from = end?.entry.until ?? null;
    const why = end === undefined || from === null ? 'no end stands there' : forbids(end, from, context);
    if (why !== null || end === undefined || from === null) {
      refused.push({ place, why: why ?? '' });
      continue;
    }
    const until = earliest(addDays(from, RENEWAL.days), addDays(input.today, RENEWAL.mostDaysAhead));
    renewed.push({ place, from, until });
    edits.push({ path: pathInside(place.file, input.folder), edit: { kind: 'set', at: end.at, text: until }, causes: [placeKey(place)] });
  }
  return write(input, edits, { renewed, refused });
}

async function write(
  input: RenewInput,
  edits: readonly FileEdit[],
  { renewed, refused }: Pick<Renewal, 'renewed' | 'refused'>,
): Promise<Renewal> {
  const refuse = (places: Renewal['renewed'], why: string) => places.map(({ place }) => ({ place, why }));
  const result = await editFiles({ edits }, input.texts);
  if (result.kind === 'stuck') {
    const isStuck = (one: Renewal['renewed'][number]) => result.causes.has(placeKey(one.place));
    const rest = renewed.filter((one) => !isStuck(one));
    const more = [...refused, ...refuse(renewed.filter(isStuck), result.why)];
    return write(
      input,
      edits.filter(({ causes }) => !result.causes.has(causes[0] ?? '')),
      { renewed: rest, refused: more },
    );
  }
  const why = whyInvalid(await loadTexts(input, new Map([...input.texts, ...result.files])));
  if (why !== null) return nothing([...refused, ...refuse(renewed, why)]);
  return { ...result, renewed, refused };
}

function nothing(refused: Renewal['refused']): Renewal {
  return { files: new Map(), edited: [], renewed: [], refused };
}

function findEnds({ policies }: DraftContext): Map<string, End> {
  const ends = new Map<string, End>();
  for (const team of policies.teams) {
    for (const [index, entry] of team.members.entries()) add(ends, { team, entry, at: ['members', index, 'until'], grants: team.grants });
    for (const [index, entry] of team.grants.entries()) add(ends, { team, entry, at: ['grants', index, 'until'], grants: [entry] });
  }
  return ends;
}

function add(ends: Map<string, End>, end: End): void {
  if (end.entry.until !== null) ends.set(placeKey(placeOf(end.entry, 'until')), end);
}

function forbids({ team, grants }: End, from: Day, { today, capabilitiesOf }: DraftContext): string | null {
  if (hasEnded(from, today)) return 'it has ended; giving it back takes a pull request that people write';
  if (from > addDays(today, RENEWAL.withinDays)) return `it ends in more than ${RENEWAL.withinDays} days`;
  const isPrivileged = (grant: GrantEntry) => !hasEnded(grant.until, today) && isPrivilegedGrant(grant, capabilitiesOf(grant.account));
  const [privileged] = grants.filter(isPrivileged);
  if (privileged === undefined) return null;
  return `it would let ${privileged.role ?? privileged.group} in ${privileged.account} go on for the team ${team.name}; privilege takes a pull request that people write`;
}

function earliest(a: Day, b: Day): Day {
  return a < b ? a : b;
}
