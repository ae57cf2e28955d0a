import type { Change, DesiredState, Digest } from '../model.ts';
import type { Needed, PeopleApproval, Pull, PullPlan, Review } from '../pull.ts';
import type { PeopleApi } from './github.ts';

export interface PeopleInput {
  readonly pull: Pull;
  readonly reviews: readonly Review[];
  readonly people: PeopleApi;
  readonly planned: PullPlan;
  /** Where `approvers` stand: by the base tip, or for a new account by the head. */
  readonly desired: DesiredState;
  /** Only reviews given after this instant count, for a plan that was made anew after the merge; null: all. */
  readonly after: string | null;
}

/**
 * Who approved the final head: somebody other than the author with write access, and for each role with approvers one of those. Read
 * through the reviews API, because a comment or a check run is something that anybody with write access can write.
 */
export async function decidePeople(input: PeopleInput): Promise<PeopleApproval> {
  const approving = await approvingPeople(input);
  const needed: Needed[] = [];
  for (const one of neededRoles(input)) needed.push(await withApprover(one, approving, input.people));
  const by = approving[0] ?? null;
  return { by, needed, approved: by !== null && needed.every((one) => !one.own || one.by !== null) };
}

/** The last word of each person counts, and only when it was said of the final head. */
async function approvingPeople({ pull, reviews, people, after }: PeopleInput): Promise<string[]> {
  const last = new Map<number, Review>();
  for (const review of reviews) if (review.state !== 'commented') last.set(review.reviewerId, review);
  const approving: string[] = [];
  for (const review of last.values()) {
    const counts = review.state === 'approved' && review.commit === pull.head && review.isPerson && review.reviewerId !== pull.authorId;
    if (!counts || (after !== null && !(Date.parse(review.at) > Date.parse(after)))) continue;
    const permission = await people.permission(review.reviewer);
    if (permission === 'write' || permission === 'admin') approving.push(review.reviewer);
  }
  return approving;
}

type Open = Omit<Needed, 'by' | 'unknown'>;

/** The roles with approvers that somebody gains here. Drift is taken back or left, never granted; what is owed was approved before. */
function neededRoles({ planned, desired }: PeopleInput): Open[] {
  const needed = new Map<string, Open & { readonly changes: Digest[] }>();
  for (const change of planned.plan.changes) {
    if (change.origin === 'drift' || change.origin === 'end') continue;
    const own = planned.own.has(change.id);
    if (!own && change.tags.includes('owed')) continue;
    const approvers = desired.accounts.get(change.account)?.policy.approvers ?? {};
    for (const role of gainedRoles(change)) {
      const who = Object.hasOwn(approvers, role) ? approvers[role] : undefined;
      if (who === undefined) continue;
      const key = JSON.stringify([change.account, role, own]);
      const known = needed.get(key);
      if (known === undefined) needed.set(key, { account: change.account, role, approvers: who, changes: [change.id], own });
      else known.changes.push(change.id);
    }
  }
  return [...needed.values()];
}

function gainedRoles({ before, after }: Change): string[] {
  const held = new Set(before?.status === 'active' || before?.status === 'invited' ? before.roles : []);
  return [...(after?.roles ?? []), ...(after?.groups ?? [])].filter((role) => !held.has(role));
}

async function withApprover(one: Open, approving: readonly string[], people: PeopleApi): Promise<Needed> {
  let unknown: string | null = null;
  for (const approver of one.approvers) {
    const [owner = '', team] = approver.replace(/^@/, '').split('/');
    for (const login of approving) {
      if (team === undefined) {
        if (login.toLowerCase() === owner.toLowerCase()) return { ...one, by: login, unknown: null };
        continue;
      }
      const member = await people.isMember(owner, team, login);
      if (member === true) return { ...one, by: login, unknown: null };
      if (member === null)
        unknown = `the token may not read who is in ${approver}; give ROLLCALL_MEMBERS_TOKEN a token that may read organization members`;
    }
  }
  return { ...one, by: null, unknown };
}
