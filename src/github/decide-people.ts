import { lastDayOf } from '../holding.ts';
import type { Change, DesiredState, Digest, Proposal } from '../model.ts';
import type { Discounted, Needed, PeopleApproval, Pull, PullPlan, Review } from '../pull.ts';
import type { PeopleApi } from './github.ts';
import { whyDiscounted } from './why-discounted.ts';

export interface PeopleInput {
  readonly pull: Pull;
  readonly reviews: readonly Review[];
  readonly people: PeopleApi;
  readonly planned: PullPlan;
  /** Where `approvers` stand: by the base tip, or for a new account by the head. */
  readonly settings: DesiredState;
  /** Access by policy once it is merged, and as it is on the base without it. */
  readonly merged: DesiredState;
  readonly baseTip: DesiredState;
  /** Only reviews given after this instant count: they have seen the plan; null: all. */
  readonly after: string | null;
  /** What rollcall itself proposed here; null for a pull request that a person made. */
  readonly proposal: Proposal | null;
}

/**
 * Who approved the final head: somebody other than the author with write access, and for each role with approvers one of those. Read
 * through the reviews API, because a comment or a check run is something that anybody with write access can write.
 */
export async function decidePeople(input: PeopleInput): Promise<PeopleApproval> {
  const { approving, discounted } = await approvingPeople(input);
  const needed: Needed[] = [];
  for (const one of neededRoles(input)) needed.push(await withApprover(one, approving, input.people));
  const by = approving[0] ?? null;
  const approved = by !== null && needed.every((one) => !one.own || one.by !== null);
  return { by, needed, approved, proposal: input.proposal, discounted };
}

/** The last word of each person counts, and only when it was said of the final head. */
async function approvingPeople(input: PeopleInput): Promise<{ readonly approving: string[]; readonly discounted: Discounted[] }> {
  const { pull, reviews, people, after } = input;
  const last = new Map<number, Review>();
  for (const review of reviews) if (review.state !== 'commented') last.set(review.reviewerId, review);
  const approving: string[] = [];
  const discounted: Discounted[] = [];
  for (const review of last.values()) {
    const counts = review.state === 'approved' && review.commit === pull.head && review.isPerson && review.reviewerId !== pull.authorId;
    if (!counts || (after !== null && !(Date.parse(review.at) > Date.parse(after)))) continue;
    const permission = await people.permission(review.reviewer);
    if (permission !== 'write' && permission !== 'admin') continue;
    const why = whyNot(review.reviewer, input);
    if (why === null) approving.push(review.reviewer);
    else discounted.push({ login: review.reviewer, why });
  }
  return { approving, discounted };
}

/** Of what no person opened. Logins are those of the base branch: whoever proposes cannot also say whose login it is. */
function whyNot(login: string, { pull, proposal, planned, baseTip, settings }: PeopleInput): Discounted['why'] | null {
  if (pull.authorIsPerson && proposal === null) return null;
  if (!pull.authorIsPerson && proposal?.commits.includes(pull.head) !== true) return 'pushed';
  const { logins = [], principals = [] } = proposal ?? {};
  const barred = { logins, principals: [...principals, ...gaining(planned)] };
  return whyDiscounted(login, barred, baseTip.people) ?? whyDiscounted(login, barred, settings.people);
}

/** Whom a proposal gives something by now, whoever it was about when it was made. */
function gaining({ plan, own, ends }: PullPlan): string[] {
  const changes = plan.changes.filter((change) => own.has(change.id) && gainedRoles(change).length > 0);
  return [...changes, ...ends.filter(({ later }) => later)].map(({ principal }) => principal);
}

type Open = Omit<Needed, 'by' | 'unknown'>;

/**
 * The roles with approvers that somebody gains here: by a change that is made, by a grant that is true already (somebody made it so in the
 * account), or by an end that moves on. Drift is taken back or left, an end takes away, and what is owed was approved before.
 */
function neededRoles(input: PeopleInput): Open[] {
  const { planned, settings } = input;
  const needed = new Map<string, Open & { readonly changes: Digest[] }>();
  const add = (account: string, role: string, own: boolean, changes: readonly Digest[]) => {
    const approvers = settings.accounts.get(account)?.policy.approvers ?? {};
    const who = Object.hasOwn(approvers, role) ? approvers[role] : undefined;
    if (who === undefined) return;
    const key = JSON.stringify([account, role, own]);
    const known = needed.get(key) ?? { account, role, approvers: who, changes: [], own };
    known.changes.push(...changes.filter((id) => !known.changes.includes(id)));
    needed.set(key, known);
  };
  for (const change of planned.plan.changes) {
    const own = planned.own.has(change.id);
    const owed = !own && change.tags.includes('owed');
    const grantsNothing = change.origin === 'drift' || change.origin === 'end';
    if (grantsNothing || owed || (!own && !planned.takenIn.has(change.id))) continue;
    for (const role of gainedRoles(change)) add(change.account, role, own, [change.id]);
  }
  for (const { account, role } of grantedRoles(input)) add(account, role, true, []);
  return [...needed.values()];
}

/** What policy newly gives the people whom this pull request touches, whatever is live. */
function* grantedRoles({ planned, merged, baseTip }: PeopleInput): Iterable<{ account: string; role: string }> {
  for (const [account, people] of planned.touched) {
    for (const principal of people) {
      const now = merged.accounts.get(account)?.principals.get(principal);
      const before = baseTip.accounts.get(account)?.principals.get(principal);
      for (const role of [...(now?.holding.roles ?? []), ...(now?.holding.groups ?? [])]) {
        if (lastDayOf(now, role) > lastDayOf(before, role)) yield { account, role };
      }
    }
  }
}

function gainedRoles({ before, after }: Change): string[] {
  const held = new Set(before?.status === 'active' || before?.status === 'invited' ? [...before.roles, ...before.groups] : []);
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
