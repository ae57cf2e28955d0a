import type { Change } from '../../model.ts';
import { codeSentence, codeSpan } from '../../text/encode-sentence.ts';
import { countWords } from '../count-words.ts';
import { describeChange } from '../describe-change.ts';
import { hasOwnSteps, leavesBehind } from '../describe-reason.ts';
import { groupByAccount } from '../group-by-account.ts';
import { groupBySteps } from '../group-by-steps.ts';
import { mergeSteps } from '../merge-steps.ts';
import { nameAccount } from '../name-account.ts';
import { encodeProse } from './encode-prose.ts';

/** What people do themselves, as a checklist: each step once for all whom it concerns. */
export function renderByHand(changes: readonly Change[]): string[] {
  const tasks = groupBySteps(changes.filter((change) => change.executor === 'manual' || hasOwnSteps(change))).flatMap(taskLines);
  const behind = [...groupByAccount(changes.filter(leavesBehind))].flatMap(([account, leaving]) => behindLines(account, leaving));
  if (tasks.length + behind.length === 0) return [];
  return ['#### To do by hand', '', ...tasks, ...behind];
}

function taskLines(changes: readonly Change[]): string[] {
  const items = changes.map(
    (change) => `- [ ] ${codeSentence(describeChange({ ...change, executor: 'api' }))} in ${codeSpan(nameAccount(change.account))}`,
  );
  const steps = mergeSteps(changes).map((step, at) => `  ${at + 1}. ${encodeProse(step)}`);
  return [...items, ...steps];
}

function behindLines(account: string, leaving: readonly Change[]): string[] {
  const steps = mergeSteps(leaving).map(encodeProse);
  const title = `- [ ] Look at what ${countWords(leaving.length, 'person leaves', 'people leave')} behind in ${codeSpan(nameAccount(account))}`;
  const [only] = steps;
  return steps.length === 1 && only !== undefined
    ? [`${title}: ${only}`]
    : [`${title}:`, ...steps.map((step, at) => `  ${at + 1}. ${step}`)];
}
