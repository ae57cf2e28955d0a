import type { Fault } from '../../src/emulator/parse-fault.ts';
import type { HttpRequest } from '../../src/ports.ts';
import type { Truth } from './open-sim-vendor.ts';
import type { Came, Commission } from './run-sim-process.ts';
import { OWNER, rolesOn, type SimAccount, type SimPolicy, withLesser } from './sim-policy.ts';

/** Who holds what in an account at one instant. */
export type Truths = ReadonlyMap<string, Truth>;

/** A request as it reached the vendor, and what was true before and after it. */
export interface Reached {
  readonly pid: number;
  readonly account: SimAccount;
  readonly request: HttpRequest;
  readonly fault: Fault['kind'] | null;
  readonly status: number | null;
  readonly before: Truths;
  readonly after: Truths;
}

/**
 * An eye on the vendor's side. It sees every request that reached a vendor and what became true by it, knows what people wanted and what
 * they agreed to, and nothing of rollcall's own code, plan or ledger.
 */
export interface SimChecker {
  readonly violations: readonly string[];
  /** A process begins; `agreed` is the commit whose plan people agreed to with it, null where it is told nothing new. */
  begin(commission: Commission, agreed: SimPolicy | null): void;
  reached(reached: Reached): void;
  /** A process came to its end, or died. */
  ended(commission: Commission, came: Came, now: (account: string) => Truths): void;
  /** Somebody did something in the portal. */
  portal(account: SimAccount, email: string, before: Truths, after: Truths): void;
  /** A commit changes what policy says of somebody. */
  edited(account: string, email: string): void;
  /** Everything is as policy says and a run has seen it. */
  settled(account: string, truths: Truths): void;
  /** Whether somebody's access was changed in the portal, and policy says of them what it said then. */
  wasTouched(account: string, email: string): boolean;
  fail(what: string): void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Faults that leave a whole list whole: late, or wrong only in what is never followed or never believed. */
const HARMLESS: ReadonlySet<Fault['kind'] | null> = new Set([
  null,
  'delay',
  'drip',
  'foreign_next',
  'not_applied',
  'repeat_page',
  'unknown_role',
  'unknown_status',
]);

/** Answers that are whole and say something else than what is true. */
const DECEIVING: ReadonlySet<Fault['kind'] | null> = new Set(['empty_list', 'unknown_role', 'unknown_status']);

interface AccountFacts {
  /** Whom any commit so far named. */
  readonly named: Set<string>;
  readonly strangers: Set<string>;
  /** `ada@acme.example admin`: people agreed that she gets it, or loses it. */
  readonly gains: Set<string>;
  readonly losses: Set<string>;
  /** What somebody was given in the portal. */
  readonly raised: Set<string>;
  /** What somebody lost in the portal. */
  readonly lost: Set<string>;
  /** What somebody lost in the portal when they were given something else. */
  readonly swapped: Set<string>;
  /** What somebody lost in the portal when all was well and known to be: never given back by itself. */
  readonly takenAway: Set<string>;
  /** Whose access is as policy says, and a run has seen it. */
  readonly settled: Set<string>;
  /** Who was there at the beginning and in no policy, and what they held: what they lose is theirs to lose, also when policy names them later. */
  readonly unmanaged: ReadonlyMap<string, readonly string[]>;
  /** Whom the portal did something to, and what policy gave them then: as long as it says the same, what they lost is drift. */
  readonly touched: Map<string, string>;
  /** What the last processes gave and took themselves, by process. */
  readonly ours: Map<string, number>;
  readonly posts: number[];
  readonly deletes: { readonly at: number; readonly email: string; readonly stranger: boolean }[];
}

interface ProcessFacts {
  readonly commission: Commission;
  /** By account: whole lists it was given. */
  readonly lists: Map<string, number>;
  /** The principals it has looked at since the last write, by account and id. */
  readonly looked: Set<string>;
  readonly posted: Set<string>;
  readonly refused: Set<string>;
  /** Whether a vendor told it what is not true: then what it says may not be true either. */
  deceived: boolean;
}

export function createSimChecker(
  now: () => number,
  accounts: readonly SimAccount[],
  commits: readonly SimPolicy[],
  unmanaged: ReadonlyMap<string, AccountFacts['unmanaged']>,
): SimChecker {
  const violations: string[] = [];
  const facts = new Map(accounts.map((account) => [account.name, noFacts(unmanaged.get(account.name) ?? new Map())]));
  const processes = new Map<number, ProcessFacts>();
  const of = (account: string): AccountFacts => facts.get(account) ?? missing(account);
  const today = () => new Date(now()).toISOString().slice(0, 10);
  const wantedNow = (account: string, email: string): string => {
    const commit = commits.at(-1);
    return commit === undefined ? '' : rolesOn(commit, account, email, today()).join(' ');
  };
  const fail = (what: string): void => {
    violations.push(`${new Date(now()).toISOString()} ${what}`);
  };
  const learn = (policy: SimPolicy): void => {
    // Whoever is among its people is named in every account, also where they are to have nothing.
    for (const grants of policy.grants.values()) for (const email of grants.keys()) for (const own of facts.values()) own.named.add(email);
  };
  return {
    violations,
    fail,
    wasTouched: (account, email) =>
      of(account).unmanaged.has(email) ? of(account).touched.has(email) : of(account).touched.get(email) === wantedNow(account, email),
    begin: (commission, agreed) => {
      for (const commit of commits) learn(commit);
      processes.set(commission.pid, noProcess(commission));
      if (agreed !== null) for (const account of accounts) agree(of(account.name), agreed, account, today());
    },
    reached: (reached) => {
      const process = processes.get(reached.pid);
      if (process === undefined) return fail(`${reached.pid} was never begun`);
      const own = of(reached.account.name);
      process.deceived ||= reached.request.method === 'GET' && DECEIVING.has(reached.fault);
      judgeRequest(reached, process, own, now(), fail);
      for (const [email, before, after] of differences(reached.before, reached.after)) {
        // Of somebody who was raised in the portal it may be the first half of putting them back.
        const isPutBack = !own.strangers.has(email) && before.some((role) => own.raised.has(`${email} ${role}`));
        judgeDifference({ email, before, after, reached, process, own, today: today(), fail });
        own.settled.delete(email);
        if (after.length === 0 && !isPutBack && !process.commission.policy.approvals.has(reached.account.name))
          own.deletes.push({ at: now(), email, stranger: own.strangers.has(email) || !own.named.has(email) });
      }
      if (reached.request.method !== 'GET') judgeLimits(reached, process, own, now(), fail);
      // What was throttled is sent again after the wait it was told.
      if (reached.request.method !== 'GET' && reached.status !== 429) process.looked.clear();
    },
    ended: (commission, came, truths) => {
      if (came.exit === 1 && !/could not be (written|read)|no whole answer from GitHub/.test(came.stderr))
        fail(`${commission.errand} ended with 1: ${came.stderr.slice(0, 200)}`);
      if (came.exit !== null && came.stdout !== '' && processes.get(commission.pid)?.deceived !== true)
        judgeWords(commission, came, truths, fail);
    },
    portal: (account, email, before, after) => {
      notePortal(of(account.name), email, before.get(email)?.roles ?? [], after.get(email)?.roles ?? []);
      of(account.name).touched.set(email, wantedNow(account.name, email));
    },
    edited: (account, email) => {
      const own = of(account);
      own.settled.delete(email);
      for (const word of own.takenAway) if (word.startsWith(`${email} `)) own.takenAway.delete(word);
    },
    settled: (account, truths) => {
      const own = of(account);
      for (const email of own.named) if (truths.has(email)) own.settled.add(email);
    },
  };
}

/** What somebody had and has, by what was done in the portal. */
function notePortal(own: AccountFacts, email: string, had: readonly string[], has: readonly string[]): void {
  if (!own.named.has(email) && had.length === 0 && has.length > 0) own.strangers.add(email);
  const given = has.filter((role) => !had.includes(role));
  for (const role of given) own.raised.add(`${email} ${role}`);
  // Somebody who has more than they should is put back to what they had, all of it.
  if (given.length > 0) for (const word of own.lost) if (word.startsWith(`${email} `)) own.swapped.add(word);
  for (const role of had.filter((one) => !has.includes(one))) {
    own.raised.delete(`${email} ${role}`);
    own.lost.add(`${email} ${role}`);
    // What went when something else came comes back with what came.
    if (given.length > 0) own.swapped.add(`${email} ${role}`);
    else if (own.settled.has(email)) own.takenAway.add(`${email} ${role}`);
  }
  own.settled.delete(email);
}

/** People agree to what a commit says: whoever it names holds what it gives and nothing else. */
function agree(own: AccountFacts, policy: SimPolicy, { name, kind }: SimAccount, day: string): void {
  for (const email of own.named) {
    const wanted = rolesOn(policy, name, email, day);
    for (const role of ROLES[kind]) {
      const word = `${email} ${role}`;
      (wanted.includes(role) ? own.gains : own.losses).add(word);
      (wanted.includes(role) ? own.losses : own.gains).delete(word);
    }
  }
}

export const ROLES = {
  telnyx: ['member', 'admin'],
  twilio: ['support', 'billing_manager', 'developer', 'administrator'],
} as const;

export function isAdmin(role: string): boolean {
  return role === 'admin' || role === 'administrator';
}

type Fail = (what: string) => void;

/** What may be asked at all, whatever comes of it. */
function judgeRequest(reached: Reached, process: ProcessFacts, own: AccountFacts, at: number, fail: Fail): void {
  const { account, request, status } = reached;
  const path = new URL(request.url).pathname;
  const say = (what: string) => fail(`${process.commission.pid} ${request.method} ${path}: ${what}`);
  if (account.kind === 'telnyx') {
    if (process.refused.has(account.name) && !path.includes('audit')) say('the key was refused in this run');
    if ((status === 401 || status === 403) && path.includes('/sub_users')) process.refused.add(account.name);
  }
  if (request.method === 'GET') noteRead(reached, path, process);
  else if (account.kind === 'telnyx') {
    if (request.method === 'POST') judgeInvitation(reached, process, own, at, say);
    else judgeTaking(reached, path, process, say);
  }
}

function noteRead({ account, fault, status }: Reached, path: string, process: ProcessFacts): void {
  if (!HARMLESS.has(fault) || status !== 200) return;
  if (isList(path)) process.lists.set(account.name, (process.lists.get(account.name) ?? 0) + 1);
  else process.looked.add(idIn(path));
}

/** A delete and a lowering stand on two whole lists and a look at that principal. */
function judgeTaking({ account, request, before }: Reached, path: string, process: ProcessFacts, say: Fail): void {
  const id = idIn(path);
  const body = JSON.parse(request.body ?? '{}') as { role?: string };
  const held = [...before.values()].find((truth) => truth.id === id)?.roles ?? [];
  if (request.method !== 'DELETE' && !(body.role === 'member' && held.includes('admin'))) return;
  const lists = process.lists.get(account.name) ?? 0;
  if (lists < 2) say(`takes something away after ${lists} whole lists`);
  if (!process.looked.has(id)) say('takes something away without a look at that principal just before');
}

function judgeInvitation({ account, request, before }: Reached, process: ProcessFacts, own: AccountFacts, at: number, say: Fail): void {
  const { email: address = '' } = JSON.parse(request.body ?? '{}') as { email?: string };
  const email = address.toLowerCase();
  if (process.posted.has(email)) say(`${email} a second time in one run`);
  if (before.has(email)) say(`${email} is there already`);
  process.posted.add(email);
  const recent = own.posts.filter((post) => at - post < HOUR_MS).length;
  if (recent >= account.invites.per_hour) say(`${email}, and ${recent} invitations were sent in the last hour`);
  const open = [...before.values()].filter((truth) => truth.status === 'invited').length;
  if (open >= account.invites.open) say(`${email}, and ${open} invitations are open`);
  own.posts.push(at);
}

function idIn(path: string): string {
  return path.split('/').at(-1) ?? '';
}

function isList(path: string): boolean {
  return path.endsWith('/sub_users') || path.endsWith('/Users');
}

interface Difference {
  readonly email: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly reached: Reached;
  readonly process: ProcessFacts;
  readonly own: AccountFacts;
  readonly today: string;
  readonly fail: Fail;
}

/** What became true by one request, for one person. */
function judgeDifference(difference: Difference): void {
  const { email, before, after, reached, process, own, fail } = difference;
  const { pid, errand } = process.commission;
  const what = `${pid} ${errand}: ${email} in ${reached.account.name} from [${before.join(' ')}] to [${after.join(' ')}]`;
  if (email === OWNER) fail(`${what}: the owner`);
  for (const role of before.filter((one) => !after.includes(one))) {
    const word = `${email} ${role}`;
    if (!mayLose(difference, role, word)) fail(`${what}: nobody agreed that ${role} is lost`);
    own.raised.delete(word);
    own.ours.set(word, pid);
  }
  for (const role of after.filter((one) => !before.includes(one))) {
    const word = `${email} ${role}`;
    if (!mayGain(difference, role, word)) fail(`${what}: nobody agreed to ${role}`);
    own.ours.set(word, pid);
  }
}

function mayLose({ email, reached, process, own, today }: Difference, role: string, word: string): boolean {
  const { policy, pid } = process.commission;
  const grant = policy.grants.get(reached.account.name)?.get(email);
  // What it, or the one that died before it, gave itself in several requests may be taken back when the rest fails.
  if (isOurs(own, word, pid)) return true;
  if (rolesOn(policy, reached.account.name, email, today).includes(role)) return false;
  const ended = grant !== undefined && grant.until !== null && grant.until < today;
  return own.losses.has(word) || own.raised.has(word) || own.strangers.has(email) || ended;
}

function mayGain({ email, reached, process, own, today }: Difference, role: string, word: string): boolean {
  const { policy, pid } = process.commission;
  // Whom policy names no more is put back to what they held before it did.
  if (isOurs(own, word, pid) || own.swapped.has(word) || own.unmanaged.get(email)?.includes(role) === true) return true;
  if (!rolesOn(policy, reached.account.name, email, today).includes(role)) return false;
  return own.gains.has(word) && !own.takenAway.has(word);
}

function isOurs(own: AccountFacts, word: string, pid: number): boolean {
  return pid - (own.ours.get(word) ?? Number.NEGATIVE_INFINITY) <= 1;
}

/** What holds over all requests of a day. */
function judgeLimits({ account, before, after }: Reached, { commission }: ProcessFacts, own: AccountFacts, at: number, fail: Fail): void {
  const { policy, pid } = commission;
  const recent = own.deletes.filter((one) => at - one.at < DAY_MS);
  for (const stranger of [true, false]) {
    // Whoever is let in again and again is one person.
    const count = new Set(recent.filter((one) => one.stranger === stranger).map(({ email }) => email)).size;
    if (count > account.guards.max_deletes && !policy.approvals.has(account.name)) {
      fail(
        `${pid}: ${count} ${stranger ? 'strangers' : 'people'} deleted in ${account.name} within a day, and ${account.guards.max_deletes} may be`,
      );
    }
  }
  // The owner is one.
  const admins = (truths: Truths) => 1 + [...truths.values()].filter((one) => one.status === 'active' && one.roles.some(isAdmin)).length;
  const [had, has] = [admins(before), admins(after)];
  if (has < had && has < account.guards.min_admins) fail(`${pid}: ${has} admins are left in ${account.name}`);
}

/** What a run says it did is true. */
function judgeWords(commission: Commission, { stdout }: Came, truths: (account: string) => Truths, fail: Fail): void {
  if (commission.errand === 'plan') return;
  const { results } = JSON.parse(stdout) as {
    results: readonly {
      outcome: string;
      change: { account: string; principal: string; principal_id: string | null; after: { roles: readonly string[] } | null };
    }[];
  };
  // Two parts of one person's change, such as a replacement, have one end: the last.
  const last = new Map(results.map((one) => [`${one.change.account} ${one.change.principal}`, one]));
  for (const { outcome, change } of last.values()) {
    if (outcome !== 'applied') continue;
    const there = truths(change.account).get(change.principal);
    // A delete is of one id: who has the address by now may be somebody new.
    if (change.after === null && there !== undefined && there.id !== change.principal_id) continue;
    const held = there?.roles ?? [];
    const said = withLesser(change.after?.roles ?? []).toSorted();
    if (held.join(' ') !== said.join(' ')) {
      fail(
        `${commission.pid} ${commission.errand}: says that ${change.principal} has [${said.join(' ')}] by now, and has [${held.join(' ')}]`,
      );
    }
  }
}

/** Who holds something else than before: their roles then and now, sorted. */
function differences(before: Truths, after: Truths): [string, readonly string[], readonly string[]][] {
  if (before === after) return [];
  const found: [string, readonly string[], readonly string[]][] = [];
  for (const email of new Set([...before.keys(), ...after.keys()])) {
    const had = before.get(email)?.roles ?? [];
    const has = after.get(email)?.roles ?? [];
    if (had.join(' ') !== has.join(' ')) found.push([email, had, has]);
  }
  return found;
}

function noFacts(unmanaged: AccountFacts['unmanaged']): AccountFacts {
  return {
    unmanaged,
    named: new Set(),
    strangers: new Set(),
    gains: new Set(),
    losses: new Set(),
    raised: new Set(),
    lost: new Set(),
    swapped: new Set(),
    takenAway: new Set(),
    settled: new Set(),
    touched: new Map(),
    ours: new Map(),
    posts: [],
    deletes: [],
  };
}

function noProcess(commission: Commission): ProcessFacts {
  return { commission, lists: new Map(), looked: new Set(), posted: new Set(), refused: new Set(), deceived: false };
}

function missing(account: string): never {
  throw new Error(`there is no account ${account}`);
}
