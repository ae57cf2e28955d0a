import type { Fault } from '../../src/emulator/parse-fault.ts';
import type { Came, Commission } from './run-sim-process.ts';
import { type AccountFacts, isAdmin, type ProcessFacts, type Reached, type Truths } from './sim-facts.ts';
import { OWNER, rolesOn, type SimAccount, withLesser } from './sim-policy.ts';

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
export const DECEIVING: ReadonlySet<Fault['kind'] | null> = new Set(['empty_list', 'unknown_role', 'unknown_status']);

export type Fail = (what: string) => void;

/** What may be asked at all, whatever comes of it. */
export function judgeRequest(reached: Reached, process: ProcessFacts, own: AccountFacts, at: number, fail: Fail): void {
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
  } else if (request.method === 'POST' && path.endsWith('/Users')) {
    const { userName = '' } = JSON.parse(request.body ?? '{}') as { userName?: string };
    if (process.posted.has(`login ${userName.toLowerCase()}`)) say(`${userName} a second time in one run`);
    process.posted.add(`login ${userName.toLowerCase()}`);
  }
}

function noteRead({ account, fault, status }: Reached, path: string, process: ProcessFacts): void {
  if (!HARMLESS.has(fault) || status !== 200) return;
  if (isList(path)) {
    process.lists.set(account.name, (process.lists.get(account.name) ?? 0) + 1);
    process.movedOn.clear();
    return;
  }
  if (process.movedOn.has(idIn(path))) process.movedOn.set(idIn(path), true);
  if (account.kind === 'telnyx') process.looked.add(idIn(path));
  // A change of several requests stands on the look before its first; it ends where another person is looked at.
  else if (path.includes('/Users/')) process.inHand = idIn(path);
}

/** A delete and a lowering stand on two whole lists and a look at that principal. */
function judgeTaking({ account, request, before }: Reached, path: string, process: ProcessFacts, say: Fail): void {
  const id = idIn(path);
  const body = JSON.parse(request.body ?? '{}') as { role?: string };
  const held = [...before.values()].find((truth) => truth.id === id)?.roles ?? [];
  if (request.method !== 'DELETE' && !(body.role === 'member' && held.includes('admin'))) return;
  const lists = process.lists.get(account.name) ?? 0;
  if (lists < 2) say(`takes something away after ${lists} whole lists`);
  if (process.movedOn.get(id) === true) say('takes something from somebody whom a look has shown to be another than the lists did');
  if (!process.looked.has(id)) say('takes something away without a look at that principal just before');
}

function judgeInvitation({ account, request, before }: Reached, process: ProcessFacts, own: AccountFacts, at: number, say: Fail): void {
  const { email: address = '' } = JSON.parse(request.body ?? '{}') as { email?: string };
  const email = address.toLowerCase();
  if (process.posted.has(email)) say(`${email} a second time in one run`);
  const isTouched = process.touchedMeanwhile.has(`${account.name} ${email}`);
  if (before.has(email) && !isTouched) say(`${email} is there already`);
  process.posted.add(email);
  const recent = own.posts.filter((post) => at - post < HOUR_MS).length;
  if (recent >= account.invites.per_hour) say(`${email}, and ${recent} invitations were sent in the last hour`);
  const open = [...before.values()].filter((truth) => truth.status === 'invited').length;
  // Nobody can know of an invitation that was sent in the portal a moment ago.
  if (open >= account.invites.open && process.touchedMeanwhile.size === 0) say(`${email}, and ${open} invitations are open`);
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
  /** Whether this role was given or taken by this process, or by the one before it that came to no good end. */
  readonly isOurs: (word: string) => boolean;
  readonly fail: Fail;
}

/** What became true by one request, for one person. */
export function judgeDifference(difference: Difference): void {
  const { email, before, after, reached, process, own, fail } = difference;
  const { pid, errand } = process.commission;
  const what = `${pid} ${errand}: ${email} in ${reached.account.name} from [${before.join(' ')}] to [${after.join(' ')}]`;
  if (email === OWNER) fail(`${what}: the owner`);
  for (const role of before.filter((one) => !after.includes(one))) {
    const word = `${email} ${role}`;
    if (!mayLose(difference, role, word)) fail(`${what}: nobody agreed that ${role} is lost`);
    // What it gave itself it may take back when the rest is refused, and beside an administrator's role the others are worth nothing.
    if (own.ours.get(word) !== pid && !after.some(isAdmin)) judgeSight(difference, what);
    own.raised.delete(word);
    own.owed.delete(word);
    own.ours.set(word, pid);
  }
  for (const role of after.filter((one) => !before.includes(one))) {
    const word = `${email} ${role}`;
    if (!mayGain(difference, role, word)) fail(`${what}: nobody agreed to ${role}`);
    own.ours.set(word, pid);
  }
}

/** Nothing is taken from anybody who was not in two whole lists and looked at just before. */
function judgeSight({ email, reached, process, fail }: Difference, what: string): void {
  const lists = process.lists.get(reached.account.name) ?? 0;
  if (lists < 2) fail(`${what}: after ${lists} whole lists`);
  const id = reached.before.get(email)?.id ?? '';
  if (reached.account.kind === 'twilio' ? process.inHand !== id : !process.looked.has(id))
    fail(`${what}: without a look at that principal just before`);
}

function mayLose({ email, reached, process, own, today, isOurs }: Difference, role: string, word: string): boolean {
  const { policy } = process.commission;
  const grant = policy.grants.get(reached.account.name)?.get(email);
  // What it, or the one that died before it, gave itself in several requests may be taken back when the rest fails.
  if (isOurs(word)) return true;
  if (rolesOn(policy, reached.account.name, email, today).includes(role)) return false;
  const ended = grant !== undefined && grant.until !== null && grant.until < today;
  return own.losses.has(word) || own.raised.has(word) || own.strangers.has(email) || ended;
}

function mayGain({ email, reached, process, own, today, isOurs }: Difference, role: string, word: string): boolean {
  const { policy } = process.commission;
  // Whom policy names no more is put back to what they held before it did.
  if (isOurs(word) || own.swapped.has(word) || own.unmanaged.get(email)?.includes(role) === true) return true;
  if (!rolesOn(policy, reached.account.name, email, today).includes(role)) return false;
  return (own.gains.has(word) || own.owed.has(word)) && !own.takenAway.has(word);
}

export function isOurs(
  own: AccountFacts,
  word: string,
  { commission: { pid } }: ProcessFacts,
  processes: ReadonlyMap<number, ProcessFacts>,
): boolean {
  const by = own.ours.get(word);
  if (by === undefined || by === pid) return by === pid;
  return pid - by === 1 && processes.get(by)?.ended !== 'well';
}

export function isWrite({ request, fault }: Reached): boolean {
  return request.method !== 'GET' && !request.url.endsWith('/token') && fault !== 'refused';
}

/** What holds over all requests of a day. */
export function judgeLimits(
  { account, before, after }: Reached,
  { commission }: ProcessFacts,
  own: AccountFacts,
  at: number,
  fail: Fail,
): void {
  const { policy, pid } = commission;
  const recent = own.deletes.filter((one) => at - one.at < DAY_MS);
  for (const stranger of [true, false]) {
    // Whoever is let in again and again is one person.
    const count = new Set(recent.filter((one) => one.stranger === stranger).map(({ email }) => email)).size;
    if (count > account.guards.max_deletes && !policy.approvals.has(account.name)) {
      fail(
        `${pid}: ${count} ${stranger ? 'strangers' : 'people'} deleted or lowered in ${account.name} within a day, and ${account.guards.max_deletes} may be`,
      );
    }
  }
  // The owner is one.
  const admins = (truths: Truths) => 1 + [...truths.values()].filter((one) => one.status === 'active' && one.roles.some(isAdmin)).length;
  const [had, has] = [admins(before), admins(after)];
  if (has < had && has < account.guards.min_admins) fail(`${pid}: ${has} admins are left in ${account.name}`);
}

/** What a run says it did is true. */
export function judgeWords(
  commission: Commission,
  { stdout }: Came,
  truths: (account: string) => Truths,
  touched: ReadonlySet<string>,
  fail: Fail,
): void {
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
    if (outcome !== 'applied' || touched.has(`${change.account} ${change.principal}`)) continue;
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

/** An apply that calls its end good has left nothing undone, but for what was done in the portal: that is drift's. */
export function judgeEnd(
  { policy, pid }: Commission,
  { name }: SimAccount,
  own: AccountFacts,
  truths: Truths,
  today: string,
  fail: Fail,
): void {
  for (const email of own.named) {
    if (own.touched.has(email) || own.unmanaged.has(email)) continue;
    const held = truths.get(email)?.roles ?? [];
    const due = rolesOn(policy, name, email, today);
    if (held.toSorted().join(' ') !== due.toSorted().join(' '))
      fail(`${pid} ended with 0: ${email} has [${held.join(' ')}] in ${name} and should have [${due.join(' ')}]`);
  }
}

/** Who holds something else than before: their roles then and now, sorted. */
export function differences(before: Truths, after: Truths): [string, readonly string[], readonly string[]][] {
  if (before === after) return [];
  const found: [string, readonly string[], readonly string[]][] = [];
  for (const email of new Set([...before.keys(), ...after.keys()])) {
    const had = before.get(email)?.roles ?? [];
    const has = after.get(email)?.roles ?? [];
    if (had.join(' ') !== has.join(' ')) found.push([email, had, has]);
  }
  return found;
}
