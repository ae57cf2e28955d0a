import { RollcallError } from '../errors.ts';
import type { Digest, Instant } from '../model.ts';
import type { IssuesApi, RollingIssue } from './github.ts';
import { isSameText } from './is-same-text.ts';

/** The set of what people have to know: equal digests mean that there is nothing new to say. */
interface WatchSet {
  readonly digest: Digest;
  /** Whether nobody has to know anything. */
  readonly isEmpty: boolean;
}

/** News that the body has and no comment has said yet. */
export interface Unsaid<S> {
  /** When they were noticed; it tells this comment from all others. */
  readonly at: Instant;
  /** The set that was said before; null where somebody had replaced the body. */
  readonly before: S | null;
  /** Somebody had opened or closed the issue by hand. */
  readonly byHand: boolean;
}

/** What the issue is to say. This file knows when to speak; the words are made in report/. */
export interface IssueText<S> {
  readonly title: string;
  readonly labels: readonly string[];
  readonly at: Instant;
  readonly set: S;
  /** The body below its marker. What is unsaid is kept in it, out of sight. */
  bodyWith(unsaid: Unsaid<S> | null): string;
  /** What a body of ours remembers; null for one that somebody else wrote. */
  remembered(body: string): { readonly set: S; readonly unsaid: Unsaid<S> | null } | null;
  /** The comment below its first line. */
  news(unsaid: Unsaid<S>, after: S): string;
  /** The same, knowing what the issue said before: of that, some may stay that nobody could look at. */
  resume(before: S): IssueText<S>;
}

export type Kept = 'opened' | 'updated' | 'commented' | 'closed' | 'reopened' | 'unchanged' | 'refused';

/**
 * Brings the one rolling issue of an account to what it should say. The body with the new set comes first, and holds the news as unsaid
 * until their comment was made: a run that dies in between leaves them to the next one, which makes the comment unless it is there
 * already. The other way round, a second run could not tell which news a comment had said. `refused` when the token may not write, the
 * issue is locked or issues are switched off; what could not be said stays unsaid.
 */
export async function keepIssue<S extends WatchSet>(issues: IssuesApi, text: IssueText<S>, marker: string): Promise<Kept> {
  try {
    const found = await issues.find(marker, text.title);
    if (found !== null) return await bringUpToDate(issues, found, text, marker);
    if (text.set.isEmpty) return 'unchanged';
    const { title, labels } = text;
    await issues.open({ title, body: `${marker}\n${text.bodyWith(null)}`, labels });
    return 'opened';
  } catch (error) {
    if (isRefusal(error)) return 'refused';
    throw error;
  }
}

async function bringUpToDate<S extends WatchSet>(
  issues: IssuesApi,
  found: RollingIssue,
  fresh: IssueText<S>,
  marker: string,
): Promise<Kept> {
  const { number } = found;
  const known = fresh.remembered(found.body.replaceAll('\r\n', '\n'));
  const text = known === null ? fresh : fresh.resume(known.set);
  const bodyOf = (unsaid: Unsaid<S> | null) => `${marker}\n${text.bodyWith(unsaid)}`;
  const say = (unsaid: Unsaid<S>, after: S) =>
    tryTo(() => issues.comment(number, `<!-- rollcall:news ${unsaid.at} -->\n${text.news(unsaid, after)}`));

  const old = known?.unsaid ?? null;
  const isOldSaid = known === null || old === null || (await say(old, known.set));
  const news = findNews(found, known?.set ?? null, text);
  const unsaid = isOldSaid || old === null ? news : joinNews(old, news, text.set);

  const change = findDifferences(found, { ...text, body: bodyOf(unsaid), isOpen: !text.set.isEmpty });
  if (change !== null) await issues.update(number, change);
  if (!isOldSaid) return 'refused';
  if (unsaid !== null) {
    if (!(await say(unsaid, text.set))) return 'refused';
    await issues.update(number, { body: bodyOf(null) });
  }
  if (change?.state !== undefined) return change.state === 'open' ? 'reopened' : 'closed';
  if (unsaid !== null || old !== null) return 'commented';
  return change === null ? 'unchanged' : 'updated';
}

function findNews<S extends WatchSet>({ isOpen }: RollingIssue, before: S | null, { set, at }: IssueText<S>): Unsaid<S> | null {
  // A closed issue that somebody wrote into while there was nothing to say is put right without a word.
  if (before === null) return set.isEmpty && !isOpen ? null : { at, before, byHand: false };
  const byHand = isOpen === before.isEmpty;
  return before.digest === set.digest && !byHand ? null : { at, before, byHand };
}

/** News that could not be said, and what came since, in one. */
function joinNews<S extends WatchSet>(old: Unsaid<S>, news: Unsaid<S> | null, set: S): Unsaid<S> | null {
  const byHand = old.byHand || news?.byHand === true;
  return old.before?.digest === set.digest && !byHand ? null : { ...old, byHand };
}

interface Wanted {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly isOpen: boolean;
}

/** What has to be written, or null. Labels that people gave beside ours stay. */
function findDifferences(found: RollingIssue, { title, body, labels, isOpen }: Wanted): Parameters<IssuesApi['update']>[1] | null {
  const theirs = found.labels.filter((label) => !/^rollcall(:|$)/i.test(label));
  const isLabelled = sameWords([...theirs, ...labels], found.labels);
  const change = {
    ...(found.title === title ? {} : { title }),
    ...(isSameText(found.body, body) ? {} : { body }),
    ...(found.isOpen === isOpen ? {} : { state: isOpen ? ('open' as const) : ('closed' as const) }),
    ...(isLabelled ? {} : { labels: [...theirs, ...labels] }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

/** GitHub keeps a label as it was first spelt. */
function sameWords(a: readonly string[], b: readonly string[]): boolean {
  const spelt = (words: readonly string[]) => JSON.stringify([...new Set(words.map((word) => word.toLowerCase()))].toSorted());
  return spelt(a) === spelt(b);
}

async function tryTo(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof RollcallError && (error.code === 'githubRefused' || error.code === 'githubNotFound');
}
