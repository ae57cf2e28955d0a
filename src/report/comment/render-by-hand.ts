import type { Change } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan } from '../../text/encode-sentence.ts';
import { countWords } from '../count-words.ts';
import { describeChange } from '../describe-change.ts';
import { hasOwnSteps, leavesBehind } from '../describe-reason.ts';
import { groupByAccount } from '../group-by-account.ts';
import { mergeSteps } from '../merge-steps.ts';
import { encodeProse } from './encode-prose.ts';

/** What people do themselves, as a checklist: each step once for all whom it concerns. */
export function renderByHand(changes: readonly Change[]): string[] {
  const tasks = groupBySteps(changes.filter((change) => change.executor === 'manual' || hasOwnSteps(change))).flatMap(taskLines);
  const behind = [...groupByAccount(changes.filter(leavesBehind))].flatMap(([account, leaving]) => behindLines(account, leaving));
  if (tasks.length + behind.length === 0) return [];
  return ['#### To do by hand', '', ...tasks, ...behind];
}

/** Changes whose steps differ only in the person are done in one go. */
function groupBySteps(changes: readonly Change[]): Change[][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.account, mergeSteps([change, change])]);
    const group = groups.get(key);
    if (group) group.push(change);
    else groups.set(key, [change]);
  }
  return [...groups.values()];
}

function taskLines(changes: readonly Change[]): string[] {
  const items = changes.map(
    (change) => `- [ ] ${codeSentence(describeChange({ ...change, executor: 'api' }))} in ${codeSpan(visible(change.account))}`,
  );
  const steps = mergeSteps(changes).map((step, at) => `  ${at + 1}. ${encodeProse(step)}`);
  return [...items, ...steps];
}

function behindLines(account: string, leaving: readonly Change[]): string[] {
  const steps = mergeSteps(leaving).map(encodeProse);
  const title = `- [ ] Look at what ${countWords(leaving.length, 'person leaves', 'people leave')} behind in ${codeSpan(visible(account))}`;
  const [only] = steps;
  return steps.length === 1 && only !== undefined
    ? [`${title}: ${only}`]
    : [`${title}:`, ...steps.map((step, at) => `  ${at + 1}. ${step}`)];
}
