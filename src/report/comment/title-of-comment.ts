import type { CommentContent } from '../../pull.ts';
import { titleInvalid } from './render-invalid.ts';
import { UNPLANNED_TITLE } from './render-unplanned.ts';
import { titlePlan } from './title-plan.ts';
import { titleResult } from './title-result.ts';

/** Its verdict and counts in one line without Markdown, such as the title of a check run. */
export function titleOfComment(content: CommentContent): string {
  switch (content.kind) {
    case 'plan':
      return titlePlan(content.view);
    case 'invalid':
      return titleInvalid(content.findings);
    case 'unplanned':
      return UNPLANNED_TITLE;
    case 'result':
      return titleResult(content.result);
  }
}
