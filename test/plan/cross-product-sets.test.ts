/**
 * The same decision where roles add up and one stands alone: every way in which ledger, account, policy, an ended grant and a change that
 * was cut off can stand to each other for one principal. The sentences below restate the contract without any of the product's code.
 */
import { describe, expect, it } from 'vitest';
import type { Change, Decision } from '../../src/model.ts';
import { OF_SETS, roles } from './other-providers.ts';
import { decide, held, inPeace, live, mail, owed, planOf, say, type World, wants } from './support.ts';

const SETS = ['developer', 'billing_manager', 'billing_manager+developer', 'administrator'] as const;
const DIMENSIONS = {
  ledger: ['never applied', 'deleted', ...SETS],
  /** The last is what a change leaves that was cut off between its two halves. */
  live: ['-', ...SETS, ...SETS.map((one) => `inactive ${one}`), 'administrator+billing_manager'],
  policy: ['-', ...SETS],
  ended: ['-', 'developer', 'billing_manager', 'administrator'],
  /** Policy was approved from what the ledger has, begun, and cut off where the account is now. */
  begun: ['no', 'yes'],
};
type Cell = { readonly [K in keyof typeof DIMENSIONS]: string };

const rolesOf = (words: string): string[] => (words === '-' ? [] : words.split('+'));
const sayRoles = (all: Iterable<string>): string => [...new Set(all)].toSorted().join('+') || '-';
/** An administrator can do all that the others can. */
const mayDo = (words: string): Set<string> =>
  new Set(rolesOf(words).includes('administrator') ? ['developer', 'billing_manager', 'administrator'] : rolesOf(words));
const isAdmin = (words: string) => rolesOf(words).includes('administrator');
const givesMore = (one: string, other: string) => [...mayDo(one)].some((power) => !mayDo(other).has(power));

const isInactive = ({ live: there }: Cell) => there.startsWith('inactive ');
const listed = ({ live: there }: Cell) => there.replace('inactive ', '');

/** D, V and N, and N if no grant had ended. */
function cornersOf(cell: Cell) {
  const { ledger, policy, ended } = cell;
  const whole = sayRoles([...rolesOf(policy), ...rolesOf(ended)]);
  return {
    d: ledger === 'never applied' || ledger === 'deleted' ? '-' : ledger,
    v: isInactive(cell) ? '-' : listed(cell),
    n: policy,
    whole: whole.includes('administrator') ? 'administrator' : whole,
  };
}

/** Whoever holds what policy gives, and beyond that what a grant gave that has ended, and nothing else. */
function isEnd({ d, v, n, whole }: ReturnType<typeof cornersOf>): boolean {
  if (d !== v || v === n || n === whole) return false;
  const within = (part: string, all: string) => rolesOf(part).every((role) => rolesOf(all).includes(role));
  return v === whole || (within(n, v) && within(v, whole));
}

/**
 * What is owed is the step to policy from what the ledger has; it goes on from there and from where it was cut off. Who is listed no more,
 * or is inactive by now, was not left there by it.
 */
function isOwed(cell: Cell): boolean {
  const { d, n } = cornersOf(cell);
  return cell.begun === 'yes' && d !== n && !isInactive(cell) && (listed(cell) !== '-' || d === '-');
}

function originOf(cell: Cell): string {
  const { d, v, n } = cornersOf(cell);
  if (isEnd(cornersOf(cell))) return 'end';
  if (d === v || isOwed(cell)) return 'git';
  return d === n ? 'drift' : 'both';
}

interface Expected {
  readonly step: string;
  readonly tags: string;
  readonly takesAway: boolean | null;
  readonly unapproved: string;
  readonly approved: string;
  readonly night: string;
}

const NOTHING = { step: 'nothing', tags: '', takesAway: null, unapproved: 'nothing', approved: 'nothing', night: 'nothing' };

function expected(cell: Cell): Expected {
  const { v, n } = cornersOf(cell);
  // Inactive and not wanted: left alone. An empty login that nobody began on does not exist.
  if (v === n) return NOTHING;
  const origin = originOf(cell);
  const takesAway = givesMore(v, n);
  // More is held also where it gives nothing: nobody was lowered by that.
  const gained = takesAway || (rolesOf(v).length > rolesOf(n).length && !givesMore(n, v));
  const isDrift = origin === 'drift';
  const goesOn = origin === 'end' || isOwed(cell);
  const tags = tagsOf(cell, origin, gained);
  const night = isDrift ? (gained ? 'make' : 'leave') : goesOn ? 'make' : origin === 'both' ? 'withhold' : 'nothing';
  return {
    step: stepOf(cell, origin, gained),
    tags: tags.join(),
    takesAway: n === '-' || takesAway,
    unapproved: isDrift ? 'leave' : goesOn ? 'make' : 'withhold',
    approved: isDrift ? 'leave' : 'make',
    night,
  };
}

function tagsOf(cell: Cell, origin: string, gained: boolean): string[] {
  const { v, n } = cornersOf(cell);
  return [
    !isAdmin(v) && isAdmin(n) && 'privilege_gained',
    isAdmin(v) && !isAdmin(n) && 'privilege_lost',
    n === '-' && 'irreversible',
    origin === 'drift' && (gained ? 'drift_gained' : 'drift_lost'),
    isOwed(cell) && 'owed',
  ].filter((tag) => tag !== false);
}

function stepOf(cell: Cell, origin: string, gained: boolean): string {
  const { n } = cornersOf(cell);
  const before = listed(cell);
  const drift = origin === 'drift';
  if (before === '-') return `invite p nobody→${n} ${origin} ${drift ? 'vanished' : 'granted'}`;
  if (n === '-') {
    const reason = drift ? 'stranger' : cell.ended === '-' ? 'not_in_policy' : 'grant_ended';
    return `delete p ${before}→nobody ${origin} ${reason}`;
  }
  if (isInactive(cell)) return `patch p ${before}→${n} ${origin} reactivated`;
  const reason = origin === 'end' ? 'grant_ended' : drift ? (gained ? 'raised' : 'lowered') : 'role_differs';
  return `patch p ${before}→${n} ${origin} ${reason}`;
}

function worldOf(cell: Cell): World {
  const world = inPeace({});
  world.capabilities = OF_SETS;
  world.policy = { guards: { maxDeletes: 100, maxDeletesPercent: 100, minAdmins: 0, neverDelete: [] } };
  for (const name of ['bob', 'cleo']) {
    world.live.set(name, live(name, null, roles('administrator')));
    world.wants.set(name, wants(name, null, { holding: roles('administrator'), holdingWithoutEnds: roles('administrator') }));
    world.remembered.set(name, held(name, 'member', roles('administrator')));
  }
  const { n, whole } = cornersOf(cell);
  if (cell.ledger === 'deleted') world.remembered.set('p', null);
  else if (cell.ledger !== 'never applied') world.remembered.set('p', held('p', 'member', roles(cell.ledger)));
  if (listed(cell) !== '-')
    world.live.set('p', live('p', null, { ...roles(listed(cell)), status: isInactive(cell) ? 'inactive' : 'active' }));
  if (whole !== '-') world.wants.set('p', wants('p', null, { holding: roles(n), holdingWithoutEnds: roles(whole) }));
  return cell.begun === 'yes' ? begin(world, cell) : world;
}

/** As if a run had begun on the way from the ledger to policy, and had been killed with the account as it is. */
function begin(world: World, cell: Cell): World {
  const { d, v, n } = cornersOf(cell);
  const [step] = d === n ? [] : planOf({ ...worldOf({ ...cell, begun: 'no', live: d, ended: '-' }) }).changes;
  if (step === undefined) return world;
  world.ledger = { owed: new Map([[mail('p'), owed(step)]]), halfway: new Map([[mail('p'), [roles(d), roles(v), roles(n)]]]) };
  return world;
}

function found(cell: Cell): Expected {
  const world = worldOf(cell);
  const of = (decisions: readonly Decision[]) => decisions.find(({ change }) => change.principal === mail('p'));
  const change: Change | undefined = planOf(world).changes.find((one) => one.principal === mail('p'));
  const decision = of(decide(world, []).decisions);
  return {
    step: change === undefined ? 'nothing' : say(change),
    tags: (change?.tags ?? []).join(),
    takesAway: decision?.takesAway ?? null,
    unapproved: decision?.verdict ?? 'nothing',
    approved: of(decide(world, 'all').decisions)?.verdict ?? 'nothing',
    night: of(decide(world, [], 'drift').decisions)?.verdict ?? 'nothing',
  };
}

function everyCell(): Cell[] {
  let partial: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(DIMENSIONS)) {
    partial = partial.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return partial as unknown as Cell[];
}

describe('where roles add up', () => {
  const cells = everyCell();
  const differing = (keys: readonly (keyof Expected)[]) =>
    cells.flatMap((cell) => {
      const [does, should] = [FOUND.get(cell), expected(cell)];
      const wrong = keys.filter((key) => does?.[key] !== should[key]);
      return wrong.length === 0
        ? []
        : [`${JSON.stringify(cell)}: ${wrong.map((key) => `${key} ${does?.[key]}, not ${should[key]}`).join('; ')}`];
    });
  const FOUND = new Map(cells.map((cell) => [cell, found(cell)]));

  it('every step has the origin and the weight that the contract gives it', () => {
    expect(cells).toHaveLength(2400);
    expect(differing(['step', 'tags', 'takesAway'])).toEqual([]);
  });

  it('every run makes what is approved, owed or ended, and leaves or takes back what somebody did in the account', () => {
    expect(differing(['unapproved', 'approved', 'night'])).toEqual([]);
  });
});
