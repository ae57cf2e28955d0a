import { groupBy } from '../group-by.ts';
import type { AccountPolicy, Capabilities, Change, LeftAlone, LivePrincipal, Observation, Reach, Subaccount } from '../model.ts';
import { visible } from '../text/encode.ts';
import { describeUnexplained } from './find-unexplained.ts';

/** Of many people, and of many different remarks, only so many are named. */
const MOST_NAMED = 5;
const MOST_REMARKS = 8;
/** A remark that is another for nearly everybody is no news of the account. */
const OWN_REMARK = /^last signed in /;

export interface NotesInput {
  readonly policy: AccountPolicy;
  readonly observation: Observation;
  readonly capabilities: Capabilities;
  readonly changes: readonly Change[];
  /** Whether somebody who could read API keys goes, or went. */
  readonly needsKeys: boolean;
  /** Whoever is left alone with access that nothing explains. */
  readonly unexplained: readonly LeftAlone[];
  /** How many are there whom no policy was ever made for; null where there is one. */
  readonly notImported: number | null;
  /** What accounts and subaccounts the policies name, by SID. */
  readonly scopes: ReadonlySet<string>;
}

/** What people should know of an account beside its changes, in whole sentences. */
export function listNotes(input: NotesInput): string[] {
  const { policy, observation, capabilities, changes, needsKeys, unexplained, notImported, scopes } = input;
  return [
    ...(notImported === null ? [] : [describeNotImported(notImported)]),
    ...unexplained.map(describeUnexplained),
    ...(observation.notes ?? []),
    ...(needsKeys && observation.keys?.kind === 'not_read' ? [`The API keys were not read: ${observation.keys.why}.`] : []),
    ...ownerNote(policy, observation, capabilities),
    ...(observation.subaccounts ?? []).filter(({ sid }) => !scopes.has(sid)).map(unlistedNote),
    ...(observation.reach === undefined ? [] : reachNotes(observation.reach)),
    ...remarkNotes(observation.principals),
    ...changes.flatMap((change) => mostPermissive(change, capabilities)),
  ];
}

/** What the first days of an account look like, and what ends them. */
export function describeNotImported(count: number): string {
  const whoever = count === 1 ? 'The one person who is there is' : `The ${count} people who are there are`;
  return `No policy gives anybody access here yet. ${whoever} left alone; \`rollcall import\` writes who is there into the policies.`;
}

/** Where policy and vendor disagree, whoever the vendor names is left alone with a note of their own. */
function ownerNote({ owner }: AccountPolicy, { principals }: Observation, { ownerRole }: Capabilities): string[] {
  const isShown = principals.some((live) => live.principal === owner && live.roles.includes(ownerRole));
  return isShown ? [`The vendor names ${owner} as the owner, as policy does.`] : [];
}

function unlistedNote({ sid, name }: Subaccount): string {
  return `The subaccount ${visible(name)} (${visible(sid)}) is in no policy, so nobody watches who may be in it: give it an account file, or set subaccounts to all.`;
}

function reachNotes(reach: readonly Reach[]): string[] {
  const byWay = groupBy(reach, ({ role, through }) => `${visible(role)} through ${visible(through)}`);
  const ways = [...byWay].map(([way, people]) => `${way}: ${nameSome(people.map(({ principal }) => principal))}`);
  return ways.length === 0 ? [] : [`Access does not cascade, but this works here all the same, from elsewhere: ${ways.join('; ')}.`];
}

function remarkNotes(principals: readonly LivePrincipal[]): string[] {
  const remarks = principals.flatMap(({ principal, remarks: own = [] }) => own.map((remark) => ({ principal, remark })));
  const byRemark = [...groupBy(remarks, ({ remark }) => remark)].filter(([remark]) => !OWN_REMARK.test(remark));
  const shown = byRemark
    .slice(0, MOST_REMARKS)
    .map(([remark, people]) => `The vendor shows: ${remark} (${nameSome(people.map(({ principal }) => principal))}).`);
  const left = byRemark.length - shown.length;
  return left > 0 ? [...shown, `There are ${left} more remarks; the observation has them all.`] : shown;
}

function nameSome(people: readonly string[]): string {
  const left = people.length - MOST_NAMED;
  return `${people.slice(0, MOST_NAMED).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/** Of several groups the vendor counts the most permissive, so that taking one of two that are alike takes nothing. */
function mostPermissive({ principal, before, after }: Change, { privilegedGroups }: Capabilities): string[] {
  if (before === null || after === null) return [];
  const isPrivileged = (group: string) => privilegedGroups.includes(group);
  const taken = before.groups.filter((group) => isPrivileged(group) && !after.groups.includes(group));
  const kept = after.groups.filter(isPrivileged);
  if (taken.length === 0 || kept.length === 0) return [];
  return [
    `${principal} loses ${taken.map((group) => visible(group)).join(', ')} and stays as privileged as before: of several groups the most permissive counts, and ${kept.map((group) => visible(group)).join(', ')} is kept.`,
  ];
}
