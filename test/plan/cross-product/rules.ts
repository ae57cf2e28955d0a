/**
 * The contract's rules for one principal, restated without any of the product's code. Every list is read from above: the first
 * sentence that fits holds.
 */
import { type Cell, type Held, isNamed, LEVEL, owedStep, type Sentence } from './cells.ts';

export type LastTrue = Held | 'unknown' | 'another role';
export type Origin = 'git' | 'end' | 'drift' | 'both' | 'unrecorded';

interface Meaning<T> extends Sentence {
  readonly is: (cell: Cell) => T;
}

/** V: what being live comes to. */
function heldLive({ live, status }: Cell): LastTrue {
  if (live === 'unknown role') return 'another role';
  return status === 'inactive' ? 'nobody' : live;
}

const IN_LEDGER: Partial<Record<Cell['ledger'], Held>> = {
  deleted: 'nobody',
  'invited member': 'member',
  'invited admin': 'admin',
  'invited member, not seen for a day': 'member',
  'invited admin, not seen for a day': 'admin',
  member: 'member',
  admin: 'admin',
};

function atBaseline({ baseline }: Cell): LastTrue {
  if (baseline === 'unknown role') return 'another role';
  return baseline === 'member' || baseline === 'admin' ? baseline : 'nobody';
}

/** D, the last-applied state. */
export const LAST_TRUE: readonly Meaning<LastTrue>[] = [
  {
    section: '1',
    says: 'Nothing is recorded of the account: D is unknown.',
    fits: ({ ledger }) => ledger === 'nothing recorded',
    is: () => 'unknown',
  },
  {
    section: '1',
    says: 'The ledger knows the principal: D is what it last made or saw true by approval; an invitation counts as what it gives, a delete as nobody.',
    fits: ({ ledger }) => ledger !== 'never applied',
    is: ({ ledger }) => IN_LEDGER[ledger] ?? 'nobody',
  },
  {
    section: '7',
    says: 'There is no baseline yet: whoever is there counts as there at the baseline, with what they hold now.',
    fits: ({ baseline }) => baseline === 'none yet',
    is: heldLive,
  },
  {
    section: '1',
    says: 'There is a baseline: D is what the principal held then, and nobody if they were not there.',
    fits: () => true,
    is: atBaseline,
  },
];

/** "No policy names them", taken by the letter: a person in people/ without a grant is named. */
function isUnmanaged(cell: Cell): boolean {
  const there = cell.ledger === 'nothing recorded' || (cell.ledger === 'never applied' && cell.baseline !== 'without them');
  return cell.live !== 'nobody' && cell.status !== 'inactive' && !isNamed(cell) && there;
}

/** N, what policy wants. */
export const WANTED: readonly Meaning<Held>[] = [
  {
    section: '2',
    says: 'Policy grants a role: N is that role.',
    fits: ({ policy }) => policy === 'member' || policy === 'admin',
    is: ({ policy }) => policy as Held,
  },
  {
    section: '1, decision 0003',
    says: 'Unmanaged people in an account with `unmanaged: report` keep what they hold, but no more than they held at the baseline.',
    fits: (cell) => isListed(cell) && cell.live !== 'unknown role',
    is: (cell) => (isRaisedUnmanaged(cell) ? 'member' : (cell.live as Held)),
  },
  { section: '2', says: 'Everybody else gets nothing: N is nobody.', fits: () => true, is: () => 'nobody' },
];

function isRaisedUnmanaged(cell: Cell): boolean {
  return cell.ledger === 'never applied' && cell.baseline === 'member' && cell.live === 'admin';
}

/** The three corners of one cell. */
export interface Corners {
  readonly d: LastTrue;
  readonly v: LastTrue;
  readonly n: Held;
}

export function cornersOf(cell: Cell): Corners {
  return { d: first(LAST_TRUE, cell).is(cell), v: heldLive(cell), n: first(WANTED, cell).is(cell) };
}

/** N if no grant had ended. */
function wantedWithoutEnds(cell: Cell): Held {
  const { n } = cornersOf(cell);
  return cell.ended !== 'nothing' && LEVEL[cell.ended] > LEVEL[n] ? cell.ended : n;
}

/** Whether the debt is the very step that is needed now: from what is live, or from what our own ledger last wrote and is still so. */
function isOwed(cell: Cell): boolean {
  const debt = owedStep(cell);
  const { v, n } = cornersOf(cell);
  if (debt === null || debt.to !== n || v === n || cell.status === 'inactive') return false;
  return debt.from === v || (v !== 'nobody' && IN_LEDGER[cell.ledger] === v);
}

/** An invitation of ours for what policy still wants, never seen accepted, and gone. */
function isLapsed(cell: Cell): boolean {
  return cell.live === 'nobody' && cell.ledger.startsWith('invited') && cornersOf(cell).n === IN_LEDGER[cell.ledger];
}

const isSeen = ({ ledger }: Cell) => !ledger.endsWith('not seen for a day');

function isEnd(cell: Cell): boolean {
  const { d, v, n } = cornersOf(cell);
  const whole = wantedWithoutEnds(cell);
  return v === whole && n !== whole && (d === v || d === 'unknown');
}

/** What a plan shows, who made the difference, and what each kind of run does about it. */
export interface Fate {
  readonly shown: string;
  readonly origin: Origin | null;
  readonly night: 'nothing' | 'made' | 'waits' | 'rule for gained' | 'rule for lost';
  readonly unapproved: 'nothing' | 'made' | 'withheld' | 'left to drift';
  readonly approved: 'nothing' | 'made' | 'left to drift';
}

export interface Rule extends Sentence {
  readonly does: Fate | ((cell: Cell) => Fate);
}

const nothing = (shown: string): Fate => ({ shown, origin: null, night: 'nothing', unapproved: 'nothing', approved: 'nothing' });
const goesOn = (origin: Origin): Fate => ({ shown: '', origin, night: 'made', unapproved: 'made', approved: 'made' });
const waits = (origin: Origin, night: 'nothing' | 'waits'): Fate => ({
  shown: '',
  origin,
  night,
  unapproved: 'withheld',
  approved: 'made',
});
const isDrift = (side: 'gained' | 'lost'): Fate => ({
  shown: '',
  origin: 'drift',
  night: `rule for ${side}`,
  unapproved: 'left to drift',
  approved: 'left to drift',
});

const isSettled = (cell: Cell) => cornersOf(cell).v === cornersOf(cell).n;
const isWaiting = ({ status, policy }: Cell) => status === 'invited' && (policy === 'member' || policy === 'admin');
const same = (a: keyof Corners, b: keyof Corners) => (cell: Cell) => cornersOf(cell)[a] === cornersOf(cell)[b];
/** Listed as unmanaged, whatever else is said of them. */
function isListed(cell: Cell): boolean {
  return isUnmanaged(cell) && cell.policy === 'not named';
}

export const RULES: readonly Rule[] = [
  {
    section: '3, 6',
    says: 'Whoever is suspended, disabled or blocked, or has a status or a role that is not known, is shown and left alone, whatever anybody wants: never re-enabled, never deleted, never counted as having access.',
    fits: ({ live, status }) => live === 'unknown role' || !['–', 'active', 'invited', 'inactive'].includes(status),
    does: nothing('left alone'),
  },
  {
    section: '3',
    says: 'Whoever is inactive counts as no access: where policy gives them nothing they are shown and left alone, whatever roles are left; where it gives them something they are activated again, by the rules below.',
    fits: (cell) => cell.status === 'inactive' && cornersOf(cell).n === 'nobody',
    does: nothing('left alone'),
  },
  {
    section: '1, decision 0003',
    says: 'Whoever no policy names and was there at the baseline (or is there before there is one) is unmanaged: with `unmanaged: report` they are listed and keep what they held then.',
    fits: (cell) => isListed(cell) && isSettled(cell),
    does: nothing('unmanaged'),
  },
  {
    section: 'decision 0003',
    says: "Whoever was only there at the baseline, was never granted anything and is gone is nobody's concern.",
    fits: (cell) =>
      cell.live === 'nobody' &&
      IN_LEDGER[cell.ledger] === undefined &&
      (!isNamed(cell) || (cell.policy === 'named' && cell.ended === 'nothing')),
    does: nothing('nothing'),
  },
  {
    section: '9',
    says: 'V = N = D, or D is unknown: in sync. An invitation that matches policy is pending: it waits for its person.',
    fits: (cell) => isSettled(cell) && (same('d', 'n')(cell) || cornersOf(cell).d === 'unknown'),
    does: (cell) => nothing(isWaiting(cell) ? 'pending' : 'nothing'),
  },
  {
    section: '9',
    says: 'V = N ≠ D: both came to the same by ways of their own; it is noted and nothing is done.',
    fits: isSettled,
    does: (cell) => nothing(isWaiting(cell) ? 'converged, pending' : 'converged'),
  },
  {
    section: '7',
    says: 'An invitation of ours that vanished unaccepted within a day of being seen has lapsed: the approval that sent it still owes it.',
    fits: (cell) => isLapsed(cell) && isSeen(cell),
    does: goesOn('git'),
  },
  {
    section: '7',
    says: 'An invitation that nobody saw for a day and that is gone, while the very invitation is owed: the debt goes on.',
    fits: (cell) => isLapsed(cell) && isOwed(cell),
    does: goesOn('unrecorded'),
  },
  {
    section: '9, decision 0010',
    says: 'An invitation that nobody saw for a day and that is gone may have been accepted and its person deleted since: never silently given again, a person decides anew; the night shows it.',
    fits: isLapsed,
    does: waits('unrecorded', 'waits'),
  },
  {
    section: '7',
    says: 'V is what policy gave until a grant ended, and D says nothing else: the end was approved when its `until` was merged.',
    fits: isEnd,
    does: goesOn('end'),
  },
  {
    section: '7, 9',
    says: "The step is owed: approved and not yet true. Every later run goes on with it, and it is nobody's drift. (Owed means from the very V, or rebased: V is what our own ledger last wrote. Whoever is inactive by now is let in again by no approval from before.)",
    fits: isOwed,
    does: (cell) => goesOn(same('d', 'v')(cell) || same('d', 'n')(cell) ? 'git' : 'both'),
  },
  {
    section: '1, 7',
    says: 'D is unknown: nobody can tell who made the difference, so it needs approval.',
    fits: (cell) => cornersOf(cell).d === 'unknown',
    does: waits('unrecorded', 'nothing'),
  },
  {
    section: '7, 9',
    says: "D = V ≠ N: policy changed. Made only if people approved it; none of the night's business.",
    fits: same('d', 'v'),
    does: waits('git', 'nothing'),
  },
  {
    section: '9',
    says: "D = N ≠ V and V gives more: somebody gained access outside policy. The account's rule for gained access answers, by default it is reverted. No apply has a say in it, whatever was approved.",
    fits: (cell) => same('d', 'n')(cell) && LEVEL[cornersOf(cell).v as Held] > LEVEL[cornersOf(cell).n],
    does: isDrift('gained'),
  },
  {
    section: '9',
    says: "D = N ≠ V and V gives less: somebody lost access outside policy. The account's rule for lost access answers, by default it is reported and never silently given again.",
    fits: same('d', 'n'),
    does: isDrift('lost'),
  },
  {
    section: '9',
    says: 'All three differ: policy and somebody in the account changed the same access. It applies when approved and waits otherwise; the night shows it.',
    fits: () => true,
    does: waits('both', 'waits'),
  },
];

export function fateOf(cell: Cell): { readonly rule: Rule; readonly fate: Fate } {
  const rule = first(RULES, cell);
  return { rule, fate: typeof rule.does === 'function' ? rule.does(cell) : rule.does };
}

export type Debt = 'goes on' | 'stays owed' | 'done' | 'superseded';

function isAsGoodAsGone(cell: Cell): boolean {
  const isLocked = cell.status === 'disabled' || cell.status === 'blocked';
  return cell.status === 'inactive' || (isLocked && owedStep(cell)?.to === 'nobody');
}

/** What becomes of what is owed, by day and by night. */
export const DEBTS: readonly Meaning<Debt>[] = [
  {
    section: '1',
    says: 'The principal is left alone, and neither inactive nor locked out where they were to be deleted: nothing about them is done or superseded before that is lifted.',
    fits: (cell) => fateOf(cell).fate.shown === 'left alone' && !isAsGoodAsGone(cell),
    is: () => 'stays owed',
  },
  {
    section: '7',
    says: 'It is the step that is needed now: it goes on.',
    fits: (cell) => isOwed(cell) && fateOf(cell).fate.shown !== 'left alone',
    is: () => 'goes on',
  },
  {
    section: '1',
    says: 'Live is what it would come to: it is done. Whoever is inactive is as good as gone, and so is who was to be deleted and is listed as disabled or blocked: some vendors forget nobody.',
    fits: (cell) => owedStep(cell)?.to === (isAsGoodAsGone(cell) ? 'nobody' : cornersOf(cell).v),
    is: () => 'done',
  },
  {
    section: '1, decision 0010',
    says: 'Policy still wants what it would come to, from another V than people approved: it stays owed, and is not made.',
    fits: (cell) => owedStep(cell)?.to === cornersOf(cell).n && !isListed(cell),
    is: () => 'stays owed',
  },
  {
    section: '1',
    says: 'Policy wants something else by now, and of unmanaged people nothing: superseded.',
    fits: () => true,
    is: () => 'superseded',
  },
];

export function first<T extends Sentence>(list: readonly T[], cell: Cell): T {
  const found = list.find((one) => one.fits(cell));
  if (found === undefined) throw new Error('no sentence fits');
  return found;
}

/** Where a plan lists them, beside a step or without one. */
export function shownOf(cell: Cell): string {
  const { shown } = fateOf(cell).fate;
  return shown === '' && isListed(cell) ? 'unmanaged' : shown;
}

/** The step as a plan has it: action, both sides, reason and tags. */
export function stepOf(cell: Cell): { readonly step: string; readonly reason: string; readonly tags: readonly string[] } {
  const { v, n } = cornersOf(cell);
  const { fate } = fateOf(cell);
  if (fate.origin === null) return { step: 'nothing', reason: '', tags: [] };
  const isBack = cell.status === 'inactive';
  const action = isBack ? 'patch' : v === 'nobody' ? 'invite' : n === 'nobody' ? 'delete' : 'patch';
  const owed = isOwed(cell) || (isLapsed(cell) && isSeen(cell));
  const raised = LEVEL[v as Held] > LEVEL[n];
  const tags = [
    n === 'admin' && 'privilege_gained',
    v === 'admin' && 'privilege_lost',
    action === 'delete' && 'irreversible',
    fate.origin === 'drift' && (raised ? 'drift_gained' : 'drift_lost'),
    owed && 'owed',
  ].filter((tag) => tag !== false);
  return { step: `${action} ${isBack ? cell.live : v} → ${n}`, reason: REASONS[action](cell, fate.origin, raised), tags };
}

const REASONS: Record<'invite' | 'patch' | 'delete', (cell: Cell, origin: Origin, raised: boolean) => string> = {
  invite: (cell, origin) => (isLapsed(cell) ? 'invitation_lapsed' : origin === 'drift' ? 'vanished' : 'granted'),
  patch: (cell, origin, raised) => {
    if (cell.status === 'inactive') return 'reactivated';
    if (origin === 'drift') return raised ? 'raised' : 'lowered';
    return origin === 'end' ? 'grant_ended' : 'role_differs';
  },
  delete: (cell, origin) => {
    if (origin === 'drift') return cell.status === 'invited' ? 'stray_invitation' : 'stranger';
    if (isUnmanaged(cell)) return 'unmanaged';
    if (cell.ended !== 'nothing') return 'grant_ended';
    return cell.policy === 'named' ? 'no_grant' : 'not_in_policy';
  },
};
