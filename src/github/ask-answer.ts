import type { Answer } from '../protection.ts';
import type { Attempt, Line } from './open-line.ts';

/**
 * The answer of one call, or why there is none. What is made of the data is made inside `call`, so that an answer of another shape than
 * GitHub documents is no answer, too.
 */
export async function askAnswer<T>(line: Line, needs: string, call: () => Promise<T>): Promise<Answer<T>> {
  return toAnswer(await line.attempt(needs, async () => ({ data: await call() })), needs);
}

/** The rows of all pages. */
export async function askRows<T>(
  line: Line,
  needs: string,
  read: (page: { readonly per_page: number; readonly page: number }) => Promise<T[]>,
): Promise<Answer<readonly T[]>> {
  return toAnswer(await line.attemptPages<T>(needs, (page) => async () => ({ data: await read(page) })), needs);
}

/** A 404 where GitHub says by it that there is none, and not that this token may not know. */
export async function askMaybe<T>(
  line: Line,
  needs: string,
  call: () => Promise<T>,
  isNone: (says: string) => boolean,
): Promise<Answer<T | null>> {
  const attempt = await line.attempt(needs, async () => ({ data: await call() }));
  if (attempt.kind === 'refused' && attempt.status === 404 && isNone(attempt.says)) return { kind: 'known', value: null };
  return toAnswer(attempt, needs);
}

function toAnswer<T>(attempt: Attempt<T>, needs: string): Answer<T> {
  if (attempt.kind === 'ok') return { kind: 'known', value: attempt.data };
  const words =
    attempt.kind === 'refused' && attempt.says !== '' ? `GitHub answers ${attempt.status}: ${attempt.says}` : attempt.error.message;
  return { kind: 'unknown', why: words, needs };
}
