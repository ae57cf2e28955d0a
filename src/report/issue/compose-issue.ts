import type { AccountWatch } from '../../watch.ts';
import { BODY_MAX_BYTES } from '../comment/render-comment.ts';
import { collectSet, type IssueSet } from './collect-set.ts';
import { describeNews } from './describe-news.ts';
import { readMemory, type UnsaidNews } from './remember-set.ts';
import { labelIssue, renderBody, titleIssue } from './render-issue.ts';

/** All that the rolling issue of an account may have to say, for whoever keeps it. */
export function composeIssue(watch: AccountWatch, maxBytes: number = BODY_MAX_BYTES) {
  const set = collectSet(watch);
  return {
    title: titleIssue(watch),
    labels: labelIssue(set),
    at: watch.at,
    set,
    bodyWith: (unsaid: UnsaidNews | null) => renderBody(watch, set, unsaid, maxBytes),
    remembered: readMemory,
    news: (unsaid: UnsaidNews, after: IssueSet) => describeNews(unsaid, after) ?? '',
  };
}
