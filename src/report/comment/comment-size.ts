/** How much of a plan a comment shows. */
export interface CommentSize {
  /** Whether each account has its changes as a diff. */
  readonly diffs: boolean;
  /** Whether those who are not touched are named, or only counted. */
  readonly names: boolean;
  /** How many rows link to the line of policy. */
  readonly links: number;
  /**
   * `risky`: without the rows of low and medium risk. `undecided`: of the risky ones only those that an approval of this pull request
   * would agree to; what was approved earlier, and drift, which it does not touch, are counted.
   */
  readonly rows: 'all' | 'risky' | 'undecided';
  /** Whether everything but those rows is held to the bytes that `fitsReview` keeps free for it. */
  readonly tight: boolean;
}

const FULL: CommentSize = { diffs: true, names: true, links: Number.POSITIVE_INFINITY, rows: 'all', tight: false };

/** The last that shows every row that may not be cut, and the one that `fitsReview` measures. */
export const LEAST_SIZE: CommentSize = { diffs: false, names: false, links: 100, rows: 'undecided', tight: true };

/** Largest first. After the last there are only counts. */
export const COMMENT_SIZES: readonly CommentSize[] = [
  FULL,
  { ...FULL, diffs: false },
  { ...FULL, diffs: false, names: false, links: 100 },
  { ...LEAST_SIZE, rows: 'risky' },
  LEAST_SIZE,
];
