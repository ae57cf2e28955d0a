import type { CommentContent } from '../../pull.ts';
import { renderInvalid } from './render-invalid.ts';
import { renderPull } from './render-pull.ts';
import { renderResult } from './render-result.ts';
import { renderUnplanned } from './render-unplanned.ts';

/**
 * GitHub's own words are "maximum is 65536 characters", and versions differ in whether they count characters or bytes; a check run
 * takes 65,535. This is below all of them.
 */
export const COMMENT_MAX_BYTES = 60_000;
/** What the caller puts before it, by which the comment is found again, takes at most 200. */
export const BODY_MAX_BYTES = COMMENT_MAX_BYTES - 200;
/** GitHub drops the whole summary of a step beyond 1 MiB. */
const SUMMARY_MAX_BYTES = 1_000_000;

/** What the sticky comment says, as Markdown of at most `maxBytes` bytes in UTF-8, without the marker line. */
export function renderComment(content: CommentContent, maxBytes: number = BODY_MAX_BYTES): string {
  switch (content.kind) {
    case 'plan':
      return renderPull(content.view, maxBytes);
    case 'invalid':
      return renderInvalid(content, maxBytes);
    case 'unplanned':
      return renderUnplanned(content, maxBytes);
    case 'result':
      return renderResult(content.result, maxBytes);
  }
}

/** The same for a job summary, which has more room. */
export function renderJobSummary(content: CommentContent): string {
  return renderComment(content, SUMMARY_MAX_BYTES);
}
