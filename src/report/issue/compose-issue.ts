import type { Instant } from '../../model.ts';
import type { AccountWatch } from '../../watch.ts';
import { BODY_MAX_BYTES } from '../comment/render-comment.ts';
import { collectSet, type IssueSet } from './collect-set.ts';
import { describeNews } from './describe-news.ts';
import { type Memory, readMemory, type UnsaidNews } from './remember-set.ts';
import { labelIssue, renderBody, titleIssue } from './render-issue.ts';
import { type Carried, NOTHING_CARRIED, resumeSet } from './resume-set.ts';

/** All that the rolling issue of an account may have to say, for whoever keeps it. */
export interface ComposedIssue {
  readonly title: string;
  readonly labels: readonly string[];
  readonly at: Instant;
  readonly set: IssueSet;
  readonly bodyWith: (unsaid: UnsaidNews | null) => string;
  readonly remembered: (body: string) => Memory | null;
  readonly news: (unsaid: UnsaidNews, after: IssueSet) => string;
  /** The same, knowing what the issue said before. */
  readonly resume: (before: IssueSet) => ComposedIssue;
}

export function composeIssue(watch: AccountWatch, maxBytes: number = BODY_MAX_BYTES): ComposedIssue {
  return composeWith(watch, maxBytes, { set: collectSet(watch), carried: NOTHING_CARRIED });
}

function composeWith(watch: AccountWatch, maxBytes: number, known: { readonly set: IssueSet; readonly carried: Carried }): ComposedIssue {
  const { set, carried } = known;
  return {
    title: titleIssue(watch),
    // Labels tell what this run knows.
    labels: labelIssue(collectSet(watch)),
    at: watch.at,
    set,
    bodyWith: (unsaid) => renderBody(watch, set, unsaid, maxBytes, carried),
    remembered: readMemory,
    news: (unsaid, after) => describeNews(unsaid, after) ?? '',
    resume: (before) => composeWith(watch, maxBytes, resumeSet(watch, before)),
  };
}
