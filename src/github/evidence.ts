import type { Digest } from '../model.ts';

/** What a check run says a plan was made on. It is a hint for recomputing that plan, never evidence by itself. */
export interface CheckFacts {
  /** The head of the pull request; for a plan made anew after the merge, the default branch's tip. */
  readonly head: string;
  readonly mergeBase: string;
  readonly baseTip: string;
  /** The commit of `rollcall-state`. */
  readonly state: string;
  readonly digest: Digest;
  /** Of the changes that the pull request makes itself, for "since the last approval"; cut when there are very many. */
  readonly changes: readonly Digest[];
}

const FENCE = '```';
const SHA = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** A check run's text takes 65,535 characters; an id with its quotes is 74. */
const MOST_IDS = 700;

/** The facts as a check run's text: a sentence for people and one fenced JSON line for the next run. */
export function writeCheckFacts(facts: CheckFacts): string {
  const body = JSON.stringify({ ...facts, changes: facts.changes.slice(0, MOST_IDS) });
  return `What this plan was made on. Apply recomputes the plan from these commits; nothing written here is taken as evidence.\n\n${FENCE}json\n${body}\n${FENCE}\n`;
}

/** Null when the text is not one of ours, or names something that is no commit and no digest. */
export function readCheckFacts(text: string): CheckFacts | null {
  const match = /```json\n(.{1,60000})\n```/.exec(text);
  let value: unknown;
  try {
    value = JSON.parse(match?.[1] ?? '');
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { head, mergeBase, baseTip, state, digest, changes } = value as Record<string, unknown>;
  if (!isSha(head) || !isSha(mergeBase) || !isSha(baseTip) || !isSha(state) || !isDigest(digest) || !Array.isArray(changes)) return null;
  return { head, mergeBase, baseTip, state, digest, changes: changes.filter(isDigest) };
}

function isSha(value: unknown): value is string {
  return typeof value === 'string' && SHA.test(value);
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && DIGEST.test(value);
}
