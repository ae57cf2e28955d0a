import { groupBy } from '../../group-by.ts';
import type { Day } from '../../model.ts';
import { compareEnds, earlier, hasEnded } from '../calendar.ts';
import { coversGrant } from '../covers-grant.ts';
import { findSecrets } from '../find-secrets.ts';
import { type GrantEntry, placeOf, type TeamEntry } from '../policies.ts';
import type { DraftContext, FileEdit, NewTeam, Goal as WholeGoal } from './draft.ts';
import type { YamlEdit } from './edit-yaml.ts';
import { type Given, outlineAccess, sameOutline } from './outline-access.ts';
import { pathInside } from './read-policy-texts.ts';

/** What of a goal says how much may be kept. */
type Goal = Pick<WholeGoal, 'principal' | 'policy' | 'capabilities' | 'target'>;

/** A grant of a team that somebody keeps, perhaps in a weaker role. */
interface Kept {
  readonly index: number;
  readonly grant: GrantEntry;
  readonly role: string | null;
}

/** A member of a team for whom not all of its grants are to hold any more; nothing kept is leaving. */
interface Move {
  readonly principal: string;
  readonly team: TeamEntry;
  /** Among the team's members. */
  readonly index: number;
  readonly until: Day | null;
  readonly kept: readonly Kept[];
}

/**
 * Takes access away from the goals' principals and from nobody else: a member leaves where nothing is kept, or other teams give what
 * is; a team all of whose members come to the same gets other grants; otherwise those who keep a part of its grants get a team of
 * their own with these.
 */
export function lowerAccess(
  goals: readonly Goal[],
  context: DraftContext,
): { readonly edits: readonly FileEdit[]; readonly teams: readonly NewTeam[] } {
  const byPrincipal = groupBy(goals, (goal) => goal.principal);
  const memberships = findMemberships(byPrincipal, context);
  const moves = [...byPrincipal].flatMap(([principal, own]) => moveOne(memberships.get(principal) ?? [], own, context));
  const edits: FileEdit[] = [];
  const teams: NewTeam[] = [];
  for (const [team, moving] of groupBy(moves, (move) => move.team)) {
    const drafted = changeTeam(team, moving, context);
    edits.push(...drafted.edits);
    teams.push(...drafted.teams);
  }
  return { edits, teams };
}

/** The memberships that count today, each with all of its team's grants. */
function findMemberships(wanted: ReadonlyMap<string, unknown>, { policies, today }: DraftContext): Map<string, Move[]> {
  const found: Move[] = [];
  for (const team of policies.teams) {
    const kept = team.grants.map((grant, index) => ({ index, grant, role: grant.role }));
    for (const [index, { email, until }] of team.members.entries()) {
      if (wanted.has(email) && !hasEnded(until, today)) found.push({ principal: email, team, index, until, kept });
    }
  }
  return groupBy(found, (move) => move.principal);
}

function moveOne(memberships: readonly Move[], goals: readonly Goal[], context: DraftContext): Move[] {
  const capped = memberships.map((one) => ({ ...one, kept: keepGrants(one.kept, goals, context.today) }));
  const outline = (moves: readonly Move[]) =>
    outlineAccess(
      moves.flatMap((move) => givenBy(move, context)),
      context.today,
      context.capabilitiesOf,
    );
  const whole = outline(capped);
  for (const [at, move] of capped.entries()) {
    const without = capped.with(at, { ...move, kept: [] });
    if (isMoving(move) && sameOutline(outline(without), whole)) capped.splice(at, 1, { ...move, kept: [] });
  }
  return capped.filter(isMoving);
}

function isMoving({ team, kept }: Move): boolean {
  return kept.length < team.grants.length || kept.some(({ grant, role }) => grant.role !== role);
}

/** The grants of a membership, none stronger than the goals allow. Ended ones give nothing and stay as they are. */
function keepGrants(all: readonly Kept[], goals: readonly Goal[], today: Day): Kept[] {
  const capped = all.flatMap((one) => {
    const goal = goals.find(({ policy }) => policy.name === one.grant.account);
    if (goal === undefined || hasEnded(one.grant.until, today)) return [one];
    if (one.grant.group !== null) return goal.target.groups.includes(one.grant.group) ? [one] : [];
    const role = lowerRole(one, goal);
    return role === null ? [] : [{ ...one, role }];
  });
  return capped.filter((one) => !capped.some((other) => covers(other, one)));
}

/** What is left of a granted role: itself where it is live, or covered by what is; the live role that it covers; or nothing. */
function lowerRole({ role }: Kept, { target, capabilities }: Goal): string | null {
  const covers = (one: string | null, other: string | null) =>
    coversGrant({ role: one, group: null }, { role: other, group: null }, capabilities);
  if (role === null || target.roles.some((live) => covers(live, role))) return role;
  return target.roles.find((live) => covers(role, live)) ?? null;
}

/** A team grants a role once: of a lowered grant and the one that was there the longer stays, of equals the first. */
function covers(other: Kept, one: Kept): boolean {
  if (other === one || other.role === null || other.role !== one.role || other.grant.account !== one.grant.account) return false;
  const difference = compareEnds(other.grant.until, one.grant.until);
  return difference > 0 || (difference === 0 && other.index < one.index);
}

/** What a membership gives; grants to an account's owner give nothing. */
function givenBy({ principal, until, kept }: Move, { desired }: DraftContext): Given[] {
  return kept
    .filter(({ grant }) => desired.accounts.get(grant.account)?.policy.owner !== principal)
    .map(({ grant, role }) => ({ account: grant.account, role, group: grant.group, until: earlier(until, grant.until) }));
}

function changeTeam(team: TeamEntry, moves: readonly Move[], context: DraftContext): { edits: FileEdit[]; teams: NewTeam[] } {
  const path = pathInside(placeOf(team).file, context.folder);
  const keeping = moves.filter((move) => move.kept.length > 0);
  const alike = [...groupBy(keeping, ({ kept }) => JSON.stringify(kept.map(({ index, role }) => [index, role]))).values()];
  const moving = new Set(moves.map((move) => move.principal));
  const othersStay = team.members.some(({ email, until }) => !moving.has(email) && !hasEnded(until, context.today));
  const [first] = alike;
  const inPlace = first !== undefined && alike.length === 1 && !othersStay;
  const leaving = inPlace ? moves.filter((move) => move.kept.length === 0) : moves;
  const edits: FileEdit[] = [];
  if (leaving.length > 0)
    edits.push({
      path,
      edit: dropping(
        'members',
        leaving.map((move) => move.index),
      ),
      causes: namesOf(leaving),
    });
  if (inPlace) for (const edit of changeGrants(team, first[0]?.kept ?? [])) edits.push({ path, edit, causes: namesOf(first) });
  return { edits, teams: inPlace ? [] : alike.map((group) => splitTeam(team, group, context)) };
}

function namesOf(moves: readonly Move[]): string[] {
  return moves.map((move) => move.principal);
}

function dropping(list: string, indexes: readonly number[]): YamlEdit {
  return { kind: 'drop', list, indexes: new Set(indexes) };
}

function changeGrants(team: TeamEntry, kept: readonly Kept[]): YamlEdit[] {
  const gone = [...team.grants.keys()].filter((index) => !kept.some((one) => one.index === index));
  const lowered = kept.flatMap(({ index, grant, role }): YamlEdit[] =>
    role === null || role === grant.role ? [] : [{ kind: 'set', at: ['grants', index, 'role'], text: role }],
  );
  return gone.length === 0 ? lowered : [...lowered, dropping('grants', gone)];
}

function splitTeam(team: TeamEntry, moves: readonly Move[], { today }: DraftContext): NewTeam {
  const kept = (moves[0]?.kept ?? []).filter(({ grant }) => !hasEnded(grant.until, today));
  return {
    stem: `${team.name}-adopted`,
    // A long name with a digit may look like a secret, which no policy file may hold.
    comment: `Split from ${findSecrets(team.name, 1).length === 0 ? `the team ${team.name}` : 'another team'} on ${today}: what these people keep of its grants.`,
    members: moves.map(({ principal, until }) => ({ email: principal, until })),
    grants: kept.map(({ grant: { account, group, reason, until }, role }) => ({ account, role, group, reason, until })),
  };
}
