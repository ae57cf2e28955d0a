import { groupBy } from '../../group-by.ts';
import type { Capabilities, Day } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import { isPrivilegedGrant } from '../covers-grant.ts';
import type { Draft, DraftContext, FileEdit, NewTeam } from '../edit/draft.ts';
import { pathInside } from '../edit/read-policy-texts.ts';
import { placeOf } from '../policies.ts';
import { chunkBySize, MOST, sizeOf } from './chunk-by-size.ts';
import { type FoundTeam, findTeams, joinTeams } from './find-teams.ts';
import { keyOfWord } from './find-words.ts';
import type { Gathered, GatheredPerson } from './gather-people.ts';
import type { Decision, Word } from './imported.ts';
import { listDecisions, toComments } from './list-decisions.ts';
import { domainOf } from './name-domain.ts';
import { nameTeam } from './name-team.ts';
import { findUsualDomains, placePeople } from './place-people.ts';

export interface ImportDraftInput {
  readonly gathered: Gathered;
  readonly texts: ReadonlyMap<string, string>;
  /** Files that cannot be edited. */
  readonly closed: ReadonlySet<string>;
}

export interface ImportDraft {
  readonly draft: Draft;
  /** Who is new in people/. */
  readonly people: readonly string[];
  readonly decisions: readonly Decision[];
}

type Lacking = Map<string, Map<string, Word>>;

/** The edits that give people by policy what they hold beyond it: as members of teams that are there, and of new ones. */
export function draftImport({ gathered, texts, closed }: ImportDraftInput, context: DraftContext): ImportDraft {
  const { lacking, decisions: ended } = findLacking(gathered, context);
  const privileged = aboutPrivilege(lacking, context);
  const fresh = gathered.people.filter(({ isNew }) => isNew);
  const usual = findUsualDomains(
    fresh.map(({ principal }) => principal),
    context,
  );
  const about = new Map(fresh.map((person) => [person.principal, aboutPerson(person, usual, context.today)] as const));
  const placed = placePeople(
    {
      fresh: fresh.map(({ principal, name }) => ({
        email: principal,
        name: name ?? '',
        notes: notesOf(about.get(principal) ?? []),
      })),
      usual,
      texts,
      closed,
    },
    context,
  );
  const joined = joinExisting(lacking, texts, closed, context);
  const found = findTeams(new Map([...lacking].map(([principal, words]) => [principal, [...words.values()]])));
  const schema = (kind: string) => schemaLine(texts, kind);
  return {
    draft: {
      edits: [...renamePeople(gathered, closed, context), ...placed.edits, ...joined],
      people: placed.files.map((file) => ({ ...file, comment: schema('people') + file.comment })),
      teams: found.flatMap((team) => newTeams(team, schema('team'), context)).toSorted((a, b) => compareText(a.stem, b.stem)),
    },
    people: fresh.map(({ principal }) => principal),
    decisions: [...[...about.values()].flat(), ...ended, ...privileged],
  };
}

/** What people hold and policy does not give; what it gave until a day that has passed is no import's to give back. */
function findLacking({ people }: Gathered, { desired }: DraftContext): { lacking: Lacking; decisions: Decision[] } {
  const lacking: Lacking = new Map();
  const decisions: Decision[] = [];
  for (const { principal, sightings } of people) {
    const words = new Map<string, Word>();
    for (const word of sightings.flatMap((one) => one.words)) {
      const given = desired.accounts.get(word.account)?.principals.get(principal);
      const isIn = (holding: { roles: readonly string[]; groups: readonly string[] } | undefined) =>
        word.role === null ? holding?.groups.includes(word.group ?? '') === true : holding?.roles.includes(word.role) === true;
      if (isIn(given?.holding)) continue;
      if (!isIn(given?.holdingWithoutEnds)) words.set(keyOfWord(word), word);
      else decisions.push({ principal, account: word.account, says: `still holds ${visible(nameOf(word))}, which ended by policy` });
    }
    if (words.size > 0) lacking.set(principal, words);
  }
  return { lacking, decisions };
}

function nameOf({ role, group }: Word): string {
  return role ?? group ?? '';
}

function aboutPerson({ principal, sightings }: GatheredPerson, usual: ReadonlySet<string>, today: Day): Decision[] {
  const outside: Decision[] = usual.has(domainOf(principal)) ? [] : [{ principal, account: null, says: OUTSIDE }];
  return [...outside, ...sightings.flatMap((one) => listDecisions(one, today))];
}

const OUTSIDE = 'is outside the usual domains';

/** The file of guests says of everybody in it that they are outside. */
function notesOf(decisions: readonly Decision[]): string[] {
  return toComments(decisions.filter(({ says }) => says !== OUTSIDE));
}

function aboutPrivilege(lacking: Lacking, { capabilitiesOf }: DraftContext): Decision[] {
  const gained = [...lacking].flatMap(([principal, words]) => [...words.values()].map((word) => ({ principal, word })));
  const privileged = gained.filter(({ word }) => isPrivilegedGrant(word, capabilitiesOf(word.account)));
  const byWord = [...groupBy(privileged, ({ word }) => keyOfWord(word)).values()];
  return byWord.flatMap((same) => {
    const word = same[0]?.word;
    if (word === undefined) return [];
    const says = `${visible(nameOf(word))} is privileged and without an end for ${same.length === 1 ? (same[0]?.principal ?? '') : `${same.length} people`}`;
    return [{ principal: null, account: word.account, says }];
  });
}

/** Members who join teams that are there: none of whose grants end, and all of which they lack. */
function joinExisting(
  lacking: Lacking,
  texts: ReadonlyMap<string, string>,
  closed: ReadonlySet<string>,
  { policies, folder }: DraftContext,
): FileEdit[] {
  const teams = policies.teams.flatMap((team) => {
    const path = pathInside(placeOf(team).file, folder);
    if (closed.has(path) || team.grants.some(({ until }) => until !== null)) return [];
    const members = new Set(team.members.map(({ email }) => email));
    return [{ path, members, words: team.grants, joiners: new Set<string>(), bytes: sizeOf(texts.get(path) ?? '') }];
  });
  joinTeams(lacking, teams, (team, principal) => {
    const mayJoin = !team.members.has(principal) && team.members.size + team.joiners.size < MOST.members;
    if (!mayJoin || team.bytes + sizeOf(principal) + 12 > MOST.bytes) return false;
    team.bytes += sizeOf(principal) + 12;
    return true;
  });
  return teams
    .filter(({ joiners }) => joiners.size > 0)
    .map(({ path, joiners }) => ({
      path,
      edit: { kind: 'add', list: 'members', items: [...joiners].map((value) => ({ value, notes: [] })) },
      causes: [...joiners],
    }));
}

function newTeams({ words, members }: FoundTeam, schema: string, { today, desired, capabilitiesOf }: DraftContext): NewTeam[] {
  const stem = nameTeam(words, desired.accounts.size === 1);
  const comment = `${schema}Imported on ${today}. Give the team a name that people know, and each grant its own reason.`;
  const grants = words.map(({ account, role, group }) => ({
    account,
    role,
    group,
    reason: `Had this access on ${today}, when it was imported`,
    until: null,
    notes: notesOfGrant({ account, role, group }, capabilitiesOf(account)),
  }));
  const parts = chunkBySize(grants, () => 0, MOST.grants);
  const crowds = chunkBySize(members, (email) => sizeOf(email) + 8, MOST.members);
  return parts.flatMap((part) =>
    crowds.map((crowd) => ({ stem, comment, members: crowd.map((email) => ({ email, until: null })), grants: part })),
  );
}

function notesOfGrant(word: Word, capabilities: Capabilities | null): string[] {
  return isPrivilegedGrant(word, capabilities)
    ? ['Decide: this is privileged and has no end. Give it an `until`, or leave it so on purpose.']
    : [];
}

function renamePeople({ people }: Gathered, closed: ReadonlySet<string>, { policies, folder }: DraftContext): FileEdit[] {
  const names = new Map(people.flatMap(({ principal, name, isNew }) => (isNew || name === null ? [] : [[principal, name]])));
  if (names.size === 0) return [];
  const byPath = groupBy(policies.people, (person) => pathInside(placeOf(person).file, folder));
  return [...byPath].flatMap(([path, own]) =>
    own.flatMap(({ email }, index): FileEdit[] => {
      const text = names.get(email);
      return text === undefined || closed.has(path) ? [] : [{ path, edit: { kind: 'set', at: [index, 'name'], text }, causes: [email] }];
    }),
  );
}

/** The line by which editors find a schema, as the files that are there have it; nothing where they have none. */
function schemaLine(texts: ReadonlyMap<string, string>, kind: string): string {
  for (const text of texts.values()) {
    const found = /^\uFEFF?# yaml-language-server: \$schema=((?:\S*[^a-z\s])?)[a-z]+\.schema\.json\r?$/m.exec(text);
    if (found !== null) return `yaml-language-server: $schema=${found[1] ?? ''}${kind}.schema.json\n`;
  }
  return '';
}
