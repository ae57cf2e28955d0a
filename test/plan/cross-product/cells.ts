/** Every way in which the ledger, the account, policy, ends, debts and the baseline can stand to each other for one principal. */

export const DIMENSIONS = {
  ledger: [
    'nothing recorded',
    'never applied',
    'deleted',
    'invited member',
    'invited admin',
    'invited member, not seen for a day',
    'invited admin, not seen for a day',
    'member',
    'admin',
  ],
  live: ['nobody', 'member', 'admin', 'unknown role'],
  status: ['–', 'active', 'invited', 'inactive', 'suspended', 'disabled', 'blocked', 'unknown'],
  policy: ['not named', 'not named, unmanaged: delete', 'named', 'member', 'admin'],
  ended: ['nothing', 'member', 'admin'],
  owed: ['nothing', 'nobody → member', 'nobody → admin', 'member → admin', 'admin → member', 'member → nobody', 'admin → nobody'],
  baseline: ['none yet', 'without them', 'member', 'admin', 'unknown role'],
} as const;

type Dimensions = typeof DIMENSIONS;
export type Cell = { readonly [K in keyof Dimensions]: Dimensions[K][number] };

/** What each dimension is, for the reader of the table. */
export const MEANS: Readonly<Record<keyof Cell, string>> = {
  ledger: 'what the ledger last knew of this principal; `nothing recorded`: of the whole account',
  live: 'what the vendor reports; `unknown role` is one that this version does not know',
  status: 'the status the vendor reports; `unknown` is a word this version does not know',
  policy: 'what policy grants today; `named` is listed in people/ without a grant here',
  ended: 'one more grant, whose `until` has passed',
  owed: 'an approved step that is not yet true',
  baseline: 'what the baseline has of this principal',
};

export type Held = 'nobody' | 'member' | 'admin';
export const LEVEL = { nobody: 0, member: 1, admin: 2 } satisfies Record<Held, number>;

export interface Sentence {
  readonly section: string;
  readonly says: string;
  readonly fits: (cell: Cell) => boolean;
}

export const isNamed = ({ policy }: Cell) => policy === 'named' || policy === 'member' || policy === 'admin';

/** The first that fits says why a cell cannot be. */
export const IMPOSSIBLE: readonly Sentence[] = [
  {
    section: '1',
    says: 'Nobody who is live is without a status, and a status without anybody live does not exist.',
    fits: ({ live, status }) => (live === 'nobody') !== (status === '–'),
  },
  {
    section: '2',
    says: 'A grant, ended or not, to somebody whom people/ does not name is an invalid policy; nothing is planned from one.',
    fits: (cell) => !isNamed(cell) && cell.ended !== 'nothing',
  },
  {
    section: '7',
    says: 'An account of which nothing is recorded has no baseline and owes nothing: both are records.',
    fits: ({ ledger, baseline, owed }) => ledger === 'nothing recorded' && (baseline !== 'none yet' || owed !== 'nothing'),
  },
];

export function everyCell(): Cell[] {
  let partial: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(DIMENSIONS)) {
    partial = partial.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return partial as unknown as Cell[];
}

/** The step that a cell owes, or null. */
export function owedStep({ owed }: Cell): { readonly from: Held; readonly to: Held } | null {
  const [from, to] = owed.split(' → ');
  return to === undefined ? null : { from: from as Held, to: to as Held };
}

export function describeCell(cell: Cell): string {
  return Object.entries(cell)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
}

/** In the order in which each group first comes. */
export function groupBy<T, K>(list: readonly T[], key: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) {
    const which = key(one);
    const group = groups.get(which);
    if (group === undefined) groups.set(which, [one]);
    else group.push(one);
  }
  return groups;
}
