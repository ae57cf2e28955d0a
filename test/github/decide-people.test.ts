import { describe, expect, it } from 'vitest';
import { decidePeople } from '../../src/github/decide-people.ts';
import type { PeopleApi } from '../../src/github/github.ts';
import type { Grant, Person, Proposal } from '../../src/model.ts';
import type { PeopleApproval, Pull, PullPlan, Review } from '../../src/pull.ts';
import { ACCOUNT, changeFor, inPeace, mail, owed, place, planOf, stateOf, type World, wants } from '../plan/support.ts';

const HEAD = '1f'.repeat(20);
const OLD = '0e'.repeat(20);
const IDS = ['ghost', 'ada', 'bob', 'cleo', 'dan', 'Grace', 'bot', 'eve'];
/** Ada is the author of every pull request here. */
const PULL: Pull = {
  number: 12,
  title: 'Cleo becomes admin',
  author: 'ada',
  authorId: 1,
  authorIsPerson: true,
  open: true,
  mergedAt: null,
  mergeCommit: null,
  head: HEAD,
  headBranch: 'cleo-admin',
  base: 'main',
  fork: false,
};

/** What somebody said, of the final commit unless the test says otherwise. */
function review(reviewer: string, state: Review['state'], more: Partial<Review> = {}): Review {
  return { reviewer, reviewerId: IDS.indexOf(reviewer), isPerson: true, state, commit: HEAD, at: '2026-11-22T10:00:00.000Z', ...more };
}

interface Company {
  readonly world: World;
  /** Whose change is the pull request's own, by first name; null: everybody's. */
  readonly own?: readonly string[];
  readonly permissions?: Readonly<Record<string, 'admin' | 'write' | 'read' | 'none'>>;
  /** `acme/security`: who is in it; null when the token may not tell. */
  readonly teams?: Readonly<Record<string, readonly string[] | null>>;
  readonly after?: string;
  /** Policy without the pull request; left out where only what the plan changes matters. */
  readonly before?: World;
  readonly pull?: Pull;
  /** What rollcall itself proposed there. */
  readonly proposal?: Proposal;
  /** Whether what waited stood in the policies already when the branch left the base; it did. */
  readonly takesIn?: boolean;
}

function peopleOf({ permissions = {}, teams = {} }: Company): PeopleApi {
  return {
    permission: async (login) => permissions[login] ?? 'write',
    isMember: async (org, team, login) => {
      const members = teams[`${org}/${team}`];
      return members === null ? null : (members ?? []).includes(login);
    },
  };
}

async function decide(reviews: readonly Review[], company: Company): Promise<PeopleApproval> {
  const plan = planOf(company.world);
  const isOwn = (principal: string) => company.own === undefined || company.own.some((name) => mail(name) === principal);
  const idsOf = (own: boolean) => new Set(plan.changes.filter((change) => isOwn(change.principal) === own).map((change) => change.id));
  const merged = stateOf(company.world);
  const touched = new Map([[ACCOUNT, new Set([...merged.people.keys()].filter(isOwn))]]);
  const planned = {
    plan,
    own: idsOf(true),
    takenIn: company.takesIn === false ? new Set() : idsOf(false),
    touched,
    ends: [],
  } as unknown as PullPlan;
  const baseTip = company.before === undefined ? merged : stateOf(company.before);
  const sides = { settings: merged, merged, baseTip };
  return decidePeople({
    pull: company.pull ?? PULL,
    reviews,
    people: peopleOf(company),
    planned,
    ...sides,
    after: company.after ?? null,
    proposal: company.proposal ?? null,
  });
}

/** Cleo, a member, becomes admin. */
function cleoBecomesAdmin(approvers: Readonly<Record<string, readonly string[]>> = {}): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  world.policy = { approvers };
  return world;
}

describe('somebody other than the author', () => {
  const world = cleoBecomesAdmin();
  const by = async (...reviews: Review[]) => (await decide(reviews, { world })).by;

  it('approves the final commit', async () => {
    expect(await decide([review('bob', 'approved')], { world })).toEqual({
      by: 'bob',
      needed: [],
      approved: true,
      proposal: null,
      discounted: [],
    });
  });

  it('has to be there at all', async () => {
    expect(await decide([], { world })).toEqual({ by: null, needed: [], approved: false, proposal: null, discounted: [] });
  });

  it('is not the author, also under a new login', async () => {
    expect(await by(review('ada', 'approved'))).toBeNull();
    expect(await by(review('ada-lovelace', 'approved', { reviewerId: 1 }))).toBeNull();
  });

  it('takes the approval back by asking for changes, and gives it again afterwards', async () => {
    expect(await by(review('bob', 'approved'), review('bob', 'changes_requested'))).toBeNull();
    expect(await by(review('bob', 'approved'), review('bob', 'changes_requested', { commit: OLD }))).toBeNull();
    expect(await by(review('bob', 'changes_requested'), review('bob', 'approved'))).toBe('bob');
  });

  it('keeps the approval when only commenting afterwards', async () => {
    expect(await by(review('bob', 'approved'), review('bob', 'commented'))).toBe('bob');
    expect(await by(review('bob', 'commented'))).toBeNull();
  });

  it('lost it when the approval was dismissed', async () => {
    expect(await by(review('bob', 'dismissed'))).toBeNull();
    expect(await by(review('bob', 'dismissed'), review('bob', 'approved'))).toBe('bob');
  });

  it('approved this very commit and not an older one', async () => {
    expect(await by(review('bob', 'approved', { commit: OLD }))).toBeNull();
    expect(await by(review('bob', 'approved', { commit: '' }))).toBeNull();
  });

  it('is a person who is still there: no bot and no ghost', async () => {
    expect(await by(review('bot', 'approved', { isPerson: false }))).toBeNull();
    expect(await by(review('ghost', 'approved', { isPerson: false }))).toBeNull();
  });

  it('may write to the repository', async () => {
    const may = async (permission: 'admin' | 'write' | 'read' | 'none') =>
      (await decide([review('bob', 'approved')], { world, permissions: { bob: permission } })).by;
    expect([await may('admin'), await may('write'), await may('read'), await may('none')]).toEqual(['bob', 'bob', null, null]);
  });

  it('is not outvoted by somebody else who asks for changes', async () => {
    expect(await by(review('bob', 'approved'), review('dan', 'changes_requested'))).toBe('bob');
  });

  it('approved after the plan that was made anew, and not before or at the same instant', async () => {
    const after = '2026-11-22T12:00:00.000Z';
    const at = async (instant: string) => (await decide([review('bob', 'approved', { at: instant })], { world, after })).by;
    expect(await at('2026-11-22T12:00:00.001Z')).toBe('bob');
    expect(await at('2026-11-22T12:00:00.000Z')).toBeNull();
    expect(await at('2026-11-22T11:00:00.000Z')).toBeNull();
    expect(await at('some time')).toBeNull();
  });
});

describe('a role that lists approvers', () => {
  it('needs one of them, whatever their letters are', async () => {
    const world = cleoBecomesAdmin({ admin: ['@grace'] });
    const one = await decide([review('bob', 'approved')], { world });
    expect(one.approved).toBe(false);
    expect(one.needed).toEqual([
      {
        account: 'telnyx-production',
        role: 'admin',
        approvers: ['@grace'],
        changes: [changeFor(planOf(world), 'cleo').id],
        own: true,
        by: null,
        unknown: null,
      },
    ]);
    const both = await decide([review('bob', 'approved'), review('Grace', 'approved')], { world });
    expect([both.approved, both.by, both.needed[0]?.by]).toEqual([true, 'bob', 'Grace']);
  });

  it('is satisfied by the one approval of an approver', async () => {
    const { approved, by } = await decide([review('Grace', 'approved')], { world: cleoBecomesAdmin({ admin: ['@grace'] }) });
    expect([approved, by]).toEqual([true, 'Grace']);
  });

  it('is not satisfied by an approver who is the author, may only read, or saw an older commit', async () => {
    const world = cleoBecomesAdmin({ admin: ['@ada', '@dan', '@grace'] });
    const reviews = [
      review('bob', 'approved'),
      review('ada', 'approved'),
      review('dan', 'approved'),
      review('Grace', 'approved', { commit: OLD }),
    ];
    const { approved, needed } = await decide(reviews, { world, permissions: { dan: 'read' } });
    expect([approved, needed[0]?.by]).toEqual([false, null]);
  });

  it('is satisfied by an active member of a team, and by nobody else', async () => {
    const world = cleoBecomesAdmin({ admin: ['@acme/security'] });
    const by = async (members: readonly string[]) =>
      (await decide([review('bob', 'approved')], { world, teams: { 'acme/security': members } })).needed[0]?.by;
    expect([await by(['bob']), await by(['cleo']), await by([])]).toEqual(['bob', null, null]);
  });

  it('says so when the token may not tell who is in the team', async () => {
    const { approved, needed } = await decide([review('bob', 'approved')], {
      world: cleoBecomesAdmin({ admin: ['@acme/security'] }),
      teams: { 'acme/security': null },
    });
    expect(approved).toBe(false);
    expect(needed[0]?.unknown).toBe(
      'the token may not read who is in @acme/security; give ROLLCALL_MEMBERS_TOKEN a token that may read organization members',
    );
  });

  it('needs nothing of a team that cannot be read where a listed user approved', async () => {
    const { approved, needed } = await decide([review('bob', 'approved')], {
      world: cleoBecomesAdmin({ admin: ['@acme/security', '@bob'] }),
      teams: { 'acme/security': null },
    });
    expect([approved, needed[0]?.by, needed[0]?.unknown]).toEqual([true, 'bob', null]);
  });

  it('takes a user for no team and a team for no user', async () => {
    const world = cleoBecomesAdmin({ admin: ['@acme/bob', '@security'] });
    const { approved } = await decide([review('bob', 'approved')], { world, teams: { 'acme/security': ['bob'] } });
    expect(approved).toBe(false);
  });

  it('asks for each role of its own: whoever may approve members does not approve an admin', async () => {
    const world = cleoBecomesAdmin({ admin: ['@grace'], member: ['@bob'] });
    world.wants.set('eve', wants('eve', 'member'));
    const roles = async (...reviews: Review[]) => {
      const { approved, needed } = await decide(reviews, { world });
      return [approved, ...needed.map(({ role, by }) => `${role}: ${by ?? 'nobody'}`).toSorted()];
    };
    expect(await roles(review('bob', 'approved'))).toEqual([false, 'admin: nobody', 'member: bob']);
    expect(await roles(review('Grace', 'approved'))).toEqual([false, 'admin: Grace', 'member: nobody']);
    expect(await roles(review('bob', 'approved'), review('Grace', 'approved'))).toEqual([true, 'admin: Grace', 'member: bob']);
  });

  it('lists every change that gives the role once, under one heading', async () => {
    const world = cleoBecomesAdmin({ admin: ['@grace'] });
    world.wants.set('dan', wants('dan', 'admin'));
    const { needed } = await decide([], { world });
    expect(needed.map(({ role, changes }) => `${role}: ${changes.length}`)).toEqual(['admin: 2']);
  });

  it('is asked for by gains alone: no lowering, no delete, no rename', async () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin', dan: 'member' });
    world.policy = { approvers: { admin: ['@grace'], member: ['@grace'] } };
    world.wants.delete('dan');
    world.wants.set('ada', wants('ada', 'admin', { name: 'Ada Lovelace' }));
    expect((await decide([review('bob', 'approved')], { world })).needed).toEqual([]);
    world.wants.set('cleo', wants('cleo', 'member'));
    expect((await decide([review('bob', 'approved')], { world })).needed.map(({ role }) => role)).toEqual(['member']);
  });

  it('is not asked for by drift or by an end, which no pull request grants', async () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.policy = { approvers: { admin: ['@grace'], member: ['@grace'] } };
    world.live.delete('cleo');
    world.wants.set('bob', wants('bob', 'member', { ended: 'admin' }));
    expect(planOf(world).changes.map(({ origin }) => origin)).toEqual(['end', 'drift']);
    expect((await decide([], { world })).needed).toEqual([]);
  });
});

describe('what a pull request only takes in', () => {
  it('does not hold up the pull request, and is listed as waiting for its approver', async () => {
    const world = cleoBecomesAdmin({ admin: ['@grace'] });
    world.wants.set('eve', wants('eve', 'member'));
    const { approved, needed } = await decide([review('bob', 'approved')], { world, own: ['eve'] });
    expect(approved).toBe(true);
    expect(needed.map(({ role, own, by }) => ({ role, own, by }))).toEqual([{ role: 'admin', own: false, by: null }]);
  });

  it('is not asked about where it came to the base branch only after the branch left it', async () => {
    const world = cleoBecomesAdmin({ admin: ['@grace'] });
    expect((await decide([], { world, own: [], takesIn: false })).needed).toEqual([]);
  });

  it('is kept apart from what it grants itself', async () => {
    const world = cleoBecomesAdmin({ admin: ['@grace'] });
    world.wants.set('dan', wants('dan', 'admin'));
    const { needed } = await decide([], { world, own: ['dan'] });
    expect(needed.map(({ own, changes }) => ({ own, changes })).toSorted((a, b) => Number(a.own) - Number(b.own))).toEqual([
      { own: false, changes: [changeFor(planOf(world), 'cleo').id] },
      { own: true, changes: [changeFor(planOf(world), 'dan').id] },
    ]);
  });

  it('asks for no second approval of what is owed already', async () => {
    const world = cleoBecomesAdmin({ admin: ['@grace'] });
    world.ledger = { owed: new Map([[mail('cleo'), owed(changeFor(planOf(world), 'cleo'))]]) };
    expect((await decide([], { world, own: [] })).needed).toEqual([]);
    expect((await decide([], { world, own: ['cleo'] })).needed.map(({ role }) => role)).toEqual(['admin']);
  });
});

describe('a grant that changes nothing live', () => {
  const grant = (role: 'admin' | 'member', until: string | null): Grant => {
    return { account: ACCOUNT, team: 'voice', role, group: null, reason: 'On call (OPS-1)', until, source: place() };
  };
  /** Cleo is admin in the account, and by policy until then; null: without an end; nothing: not at all. */
  const cleoIsAdmin = (until?: string | null): World => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.policy = { approvers: { admin: ['@grace'] } };
    if (until === undefined) world.wants.delete('cleo');
    else world.wants.set('cleo', wants('cleo', 'admin', { grants: [grant('admin', until)] }));
    return world;
  };
  const needs = async (before: World, world: World) =>
    (await decide([review('bob', 'approved')], { world, before, own: ['cleo'] })).needed.map(({ role, changes, own }) => ({
      role,
      changes,
      own,
    }));
  const ADMIN = [{ role: 'admin', changes: [], own: true }];

  it('needs the approver of its role when its end moves on or goes', async () => {
    expect(planOf(cleoIsAdmin(null)).changes).toEqual([]);
    expect(await needs(cleoIsAdmin('2026-12-01'), cleoIsAdmin('2027-12-01'))).toEqual(ADMIN);
    expect(await needs(cleoIsAdmin('2026-12-01'), cleoIsAdmin(null))).toEqual(ADMIN);
  });

  it('needs none when its end comes, comes nearer or stays', async () => {
    expect(await needs(cleoIsAdmin(null), cleoIsAdmin('2026-12-01'))).toEqual([]);
    expect(await needs(cleoIsAdmin('2027-12-01'), cleoIsAdmin('2026-12-01'))).toEqual([]);
    expect(await needs(cleoIsAdmin('2026-12-01'), cleoIsAdmin('2026-12-01'))).toEqual([]);
  });

  it('needs it when somebody made it true in the account already', async () => {
    expect(await needs(cleoIsAdmin(), cleoIsAdmin(null))).toEqual(ADMIN);
  });

  it('needs none where the pull request does not touch that person', async () => {
    const { needed } = await decide([], { world: cleoIsAdmin(null), before: cleoIsAdmin('2026-12-01'), own: ['ada'] });
    expect(needed).toEqual([]);
  });
});

describe('of what rollcall itself proposed', () => {
  const proposal = (logins: readonly string[], people: readonly string[]): Proposal => ({
    commits: ['3c'.repeat(20)],
    logins,
    principals: people.map((one) => (one.includes('-') ? one : mail(one))),
  });

  /** Bob is `bob` on GitHub, Cleo is `Grace`; of the others policy says nothing. */
  function withLogins(): World {
    const world = cleoBecomesAdmin();
    const named = (name: string, github: string | null, previously: readonly string[] = []): Person => ({
      principal: mail(name),
      name,
      previously,
      github,
      source: place('policies/people/engineering.yaml'),
    });
    world.people.set('bob', named('bob', 'Bob', ['bobby@acme.example']));
    world.people.set('cleo', named('cleo', 'Grace'));
    world.people.set('eve', named('eve', 'eve'));
    return world;
  }

  it.each<[string, Proposal, string, string | null]>([
    ['whoever asked for it, in whatever case they write their login', proposal(['BOB'], []), 'bob', 'asked'],
    ['whoever made the difference, by the login that policy has', proposal(['ada'], ['bob']), 'bob', 'concerned'],
    ['whoever made it by an earlier address', { ...proposal([], []), principals: ['bobby@acme.example'] }, 'bob', 'concerned'],
    ['whoever gains', proposal([], ['cleo']), 'Grace', 'concerned'],
    ['somebody whom policy does not know, when it does not know the actor either', proposal([], ['dan']), 'dan', 'unknown'],
    ['somebody whom policy does not know, when the vendor tells an id alone', proposal([], ['0f0e-id']), 'dan', 'unknown'],
    ['nobody: a reviewer whom policy knows is none of those concerned', proposal([], ['dan']), 'bob', null],
    [
      'somebody whom policy does not know, although everybody concerned has another login: logins are renamed',
      proposal([], ['bob', 'cleo']),
      'dan',
      'unknown',
    ],
    ['nobody: it is about nobody', proposal(['Grace'], []), 'bob', null],
  ])('the approval does not count of %s', async (_, one, reviewer, why) => {
    const people = await decide([review(reviewer, 'approved')], { world: withLogins(), proposal: one });
    expect(people).toMatchObject(
      why === null
        ? { by: reviewer, approved: true, discounted: [] }
        : { by: null, approved: false, discounted: [{ login: reviewer, why }] },
    );
  });

  it('counts the approval of somebody else beside one that does not count', async () => {
    const both = [review('bob', 'approved'), review('eve', 'approved')];
    const people = await decide(both, { world: withLogins(), proposal: proposal(['bob'], []) });
    expect(people).toMatchObject({ by: 'eve', approved: true, discounted: [{ login: 'bob', why: 'asked' }] });
  });

  it('goes by the logins of the base branch: a pull request does not say itself whose login it is', async () => {
    const before = withLogins();
    before.people.set('cleo', { ...(before.people.get('cleo') as Person), github: null });
    const world = withLogins();
    const people = await decide([review('dan', 'approved')], { world, before, proposal: proposal([], ['cleo']) });
    expect(people).toMatchObject({ by: null, discounted: [{ login: 'dan', why: 'unknown' }] });
  });

  it('does not count whoever gains by the plan as it is now, whoever it was about when it was made', async () => {
    const people = await decide([review('Grace', 'approved')], { world: withLogins(), proposal: proposal([], ['dan']) });
    expect(people).toMatchObject({ by: null, discounted: [{ login: 'Grace', why: 'concerned' }] });
  });

  it('counts an approval of its own commit alone: whoever pushed another one may be whoever approves it', async () => {
    const one = proposal([], ['dan']);
    const byApp = { ...PULL, authorIsPerson: false };
    const given = { world: withLogins(), pull: byApp };
    expect(await decide([review('eve', 'approved')], { ...given, proposal: { ...one, commits: [HEAD] } })).toMatchObject({ by: 'eve' });
    expect(await decide([review('eve', 'approved')], { ...given, proposal: one })).toMatchObject({
      by: null,
      discounted: [{ login: 'eve', why: 'pushed' }],
    });
    // What any other app opened, a workflow of somebody's own branch say.
    expect(await decide([review('eve', 'approved')], given)).toMatchObject({ by: null, discounted: [{ login: 'eve', why: 'pushed' }] });
  });
});
