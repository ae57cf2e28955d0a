import { groupBy } from '../../group-by.ts';
import { compareText } from '../../text/digest.ts';
import { keyOfWord } from './find-words.ts';
import type { Word } from './imported.ts';

/** People who hold the same, and what: the beginning of a team. Both sorted. */
export interface FoundTeam {
  readonly words: readonly Word[];
  readonly members: readonly string[];
}

/** So many teams of equal access are made at most, those with the most members first, so that all policies stay within the files that are read. */
const MOST_SHARED = 250;

/**
 * Few teams that give everybody exactly what they hold, nothing of it twice: one for all who hold the same over all accounts; whoever is
 * alone with what they hold joins those teams that give a part of it; what is left then goes into one team for each role or group, or, where
 * that is fewer, into one for each set of what is left, the small ones being parts of the large ones.
 */
export function findTeams(held: ReadonlyMap<string, readonly Word[]>): FoundTeam[] {
  const rest = new Map<string, Map<string, Word>>();
  for (const principal of [...held.keys()].toSorted(compareText)) {
    const words = (held.get(principal) ?? []).map((word) => [keyOfWord(word), word] as const).toSorted(([a], [b]) => compareText(a, b));
    if (words.length > 0) rest.set(principal, new Map(words));
  }
  const shared = alike(rest)
    .filter(({ members }) => members.length > 1)
    .toSorted((a, b) => b.members.length - a.members.length)
    .slice(0, MOST_SHARED);
  for (const { members } of shared) for (const member of members) rest.delete(member);
  const joined = joinTeams(
    rest,
    shared.map((team) => ({ ...team, joiners: new Set<string>() })),
  );
  return [
    ...joined.map(({ words, members, joiners }) => ({ words, members: [...members, ...joiners].toSorted(compareText) })),
    ...last(rest),
  ];
}

/** A team that more people may join. */
export interface Joinable {
  readonly words: readonly Word[];
  readonly joiners: Set<string>;
}

/** Puts people into teams all of whose grants they lack, the largest first, and takes off what they lack what a team gives. */
export function joinTeams<Team extends Joinable>(
  rest: Map<string, Map<string, Word>>,
  teams: readonly Team[],
  mayJoin: (team: Team, principal: string) => boolean = () => true,
): readonly Team[] {
  const keyed = teams.map((team) => ({ team, keys: team.words.map(keyOfWord) }));
  const largest = keyed.filter(({ keys }) => keys.length > 0).toSorted((a, b) => b.keys.length - a.keys.length);
  for (const [principal, lacking] of rest) {
    for (const { team, keys } of largest) {
      if (lacking.size < keys.length || !keys.every((key) => lacking.has(key)) || !mayJoin(team, principal)) continue;
      team.joiners.add(principal);
      for (const key of keys) lacking.delete(key);
    }
    if (lacking.size === 0) rest.delete(principal);
  }
  return teams;
}

/** One team for each role or group, or where that is fewer, the smallest sets first, each with everybody who holds as much. */
function last(rest: Map<string, Map<string, Word>>): FoundTeam[] {
  const byWord = new Map<string, { words: Word[]; members: string[] }>();
  for (const [principal, words] of rest) {
    for (const [key, word] of words) {
      const team = byWord.get(key) ?? { words: [word], members: [] };
      team.members.push(principal);
      byWord.set(key, team);
    }
  }
  const bySet: FoundTeam[] = [];
  while (rest.size > 0 && bySet.length < byWord.size) {
    const [smallest] = alike(rest).toSorted((a, b) => a.words.length - b.words.length);
    const [team] = joinTeams(rest, [{ words: smallest?.words ?? [], joiners: new Set<string>() }]);
    bySet.push({ words: team?.words ?? [], members: [...(team?.joiners ?? [])] });
  }
  return rest.size === 0 && bySet.length < byWord.size ? bySet : [...byWord.values()];
}

/** Everybody with the same words together. */
function alike(rest: ReadonlyMap<string, ReadonlyMap<string, Word>>): FoundTeam[] {
  return [...groupBy(rest, ([, words]) => JSON.stringify([...words.keys()])).values()].map((group) => ({
    words: [...(group[0]?.[1].values() ?? [])],
    members: group.map(([principal]) => principal),
  }));
}
