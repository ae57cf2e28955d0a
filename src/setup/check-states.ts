/** Where a check stands on the screen. */
export type CheckGroup = 'accounts' | 'machine' | 'ledger' | 'repository' | 'workflows';
export type CheckState = 'ok' | 'attention' | 'wrong' | 'unknown';

/** One thing that was looked at. */
export interface Check {
  readonly group: CheckGroup;
  readonly name: string;
  readonly state: CheckState;
  /** What was found, without a full stop; everything foreign in it was made visible. */
  readonly says: string;
  /** What a person does about it, in a whole sentence; null where nothing has to be done, or where `says` has the way out already. */
  readonly fix: string | null;
}

/** What could be asked, or why it could not. */
export type Asked<T> = { readonly kind: 'known'; readonly value: T } | { readonly kind: 'unknown'; readonly why: string };

/** The ways to end a check of one name. */
export interface CheckEnds {
  ok(says: string): Check;
  attention(says: string, fix: string | null): Check;
  wrong(says: string, fix: string | null): Check;
  unknown(says: string, fix: string | null): Check;
}

export function checkStates(group: CheckGroup, name: string): CheckEnds {
  const end =
    (state: CheckState) =>
    (says: string, fix: string | null = null): Check => ({ group, name, state, says, fix });
  return { ok: end('ok'), attention: end('attention'), wrong: end('wrong'), unknown: end('unknown') };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `5 minutes`, `3 hours`, `12 days`: how long something took or is ago, rounded down. */
export function sayLength(ms: number): string {
  const [count, unit] =
    ms < MINUTE_MS
      ? [Math.floor(ms / 1000), 'second']
      : ms < 2 * HOUR_MS
        ? [Math.floor(ms / MINUTE_MS), 'minute']
        : ms < 2 * DAY_MS
          ? [Math.floor(ms / HOUR_MS), 'hour']
          : [Math.floor(ms / DAY_MS), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const MOST_NAMES = 5;

/** The first few of a list, and how many more there are. */
export function sayList(items: readonly string[]): string {
  const more = items.length - MOST_NAMES;
  return more > 0 ? `${items.slice(0, MOST_NAMES).join(', ')}, and ${more} more` : items.join(', ');
}

/** With commas between thousands. */
export function sayCount(count: number): string {
  return count.toLocaleString('en-US');
}
