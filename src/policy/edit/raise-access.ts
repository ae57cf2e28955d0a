import { groupBy } from '../../group-by.ts';
import type { Holding } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { addDays, hasEnded } from '../calendar.ts';
import { coversGrant, missingFrom } from '../covers-grant.ts';
import { findSecrets } from '../find-secrets.ts';
import type { DraftContext, Goal, NewPeople, NewTeam } from './draft.ts';
import { nameFor } from './name-for.ts';

/** How long an adopted guest stays before somebody has to look again. */
const GUEST_DAYS = 30;
const MOST_ACTORS = 3;

/** Gives the goals' principals what they hold beyond policy, as guests: a team of their own with an end, and people/ where they are new. */
export function raiseAccess(
  goals: readonly Goal[],
  context: DraftContext,
): { readonly teams: readonly NewTeam[]; readonly people: readonly NewPeople[] } {
  const guests = goals.filter((goal) => !isEmpty(missingOf(goal, context)));
  const teams = [...groupBy(guests, (goal) => JSON.stringify([goal.policy.name, missingOf(goal, context)])).values()];
  const strangers = new Map(guests.filter((goal) => !context.desired.people.has(goal.principal)).map((goal) => [goal.principal, goal]));
  const people = [...groupBy(strangers.values(), (goal) => goal.policy.name)];
  return {
    teams: teams.map((group) => guestTeam(group, context)),
    people: people.map(([account, group]) => ({
      stem: `adopted-${account}`,
      comment: `Adopted on ${context.today} from what stands in ${account}. For review.`,
      people: group.map((goal) => ({ email: goal.principal, name: nameFor(goal) ?? '' })),
    })),
  };
}

/** What is live and policy does not give, or gives no more once the groups are gone that brought it along. */
function missingOf({ principal, policy, current, target, capabilities }: Goal, { desired, today }: DraftContext): Holding {
  const { roles, groups } = missingFrom(current, target, capabilities);
  const { impliedRole } = capabilities;
  if (impliedRole === null || !target.roles.includes(impliedRole)) return { roles, groups };
  const kept = (desired.accounts.get(policy.name)?.principals.get(principal)?.grants ?? []).filter(
    ({ role, group, until }) => !hasEnded(until, today) && (role === impliedRole || target.groups.includes(group ?? '')),
  );
  const given = [...kept, ...groups.map((group) => ({ role: null, group }))];
  const isGiven = given.some((one) => coversGrant(one, { role: impliedRole, group: null }, capabilities));
  return { roles: isGiven ? [] : [impliedRole], groups };
}

function isEmpty({ roles, groups }: Holding): boolean {
  return roles.length === 0 && groups.length === 0;
}

function guestTeam(goals: readonly Goal[], context: DraftContext): NewTeam {
  const { today } = context;
  const [first] = goals;
  const account = first?.policy.name ?? '';
  const { roles, groups } = first === undefined ? { roles: [], groups: [] } : missingOf(first, context);
  const grant = { account, reason: reasonOf(goals, today), until: addDays(today, GUEST_DAYS) };
  return {
    stem: `adopted-${account}`,
    comment: `Adopted on ${today} from what stands in ${account}. For review: what stays belongs into a team, the rest ends by itself.`,
    members: goals.map((goal) => ({ email: goal.principal, until: null })),
    grants: [...roles.map((role) => ({ ...grant, role, group: null })), ...groups.map((group) => ({ ...grant, role: null, group }))],
  };
}

/** An actor is the vendor's word: made harmless, cut, and left out where it looks like a secret. */
function reasonOf(goals: readonly Goal[], today: string): string {
  const actors = [...new Set(goals.flatMap(({ likely }) => (likely === null ? [] : [visible(likely.actor)])))];
  const by = actors.filter((actor) => findSecrets(actor, 1).length === 0).slice(0, MOST_ACTORS);
  return `Found in the account and adopted on ${today}${by.length === 0 ? '' : `, likely by ${by.join(', ')}`}`;
}
