import { EXIT, type ExitCode, RollcallError } from '../../errors.ts';
import { titleOfComment } from '../../report/comment/title-of-comment.ts';
import { toJson } from '../../report/to-json.ts';
import type { Run } from '../run-context.ts';
import { type Ci, type CiFlags, openCi } from './open-ci.ts';
import { planGroup, planOne } from './show-plan.ts';
import type { Speech } from './speak.ts';

/** Plans what a pull request changes and says it there. Holds no vendor credential, and needs none. */
export async function ciPlan(run: Run, flags: CiFlags): Promise<ExitCode> {
  const spoken: Speech[] = [];
  const ci: Ci = { ...(await openCi(run, flags)), tell: (speech) => spoken.push(speech) };
  try {
    const exit = await planEvent(ci);
    if (run.flags.format === 'json') await run.deliver(toJson({ format_version: '1.0', plans: spoken.map(rowOf) }));
    return exit;
  } finally {
    await ci.close();
  }
}

function rowOf({ pull, commit, content, planned, conclusion, exit }: Speech) {
  return {
    pull: pull?.number ?? null,
    commit,
    title: titleOfComment(content),
    conclusion,
    exit_code: exit,
    findings: content.kind === 'invalid' ? content.findings : [],
    why: content.kind === 'unplanned' ? content.why : null,
    plan: planned?.plan ?? null,
  };
}

async function planEvent(ci: Ci): Promise<ExitCode> {
  const { event } = ci;
  switch (event.kind) {
    case 'pull_request':
      return planNumber(ci, event.number);
    case 'dispatch':
      if (event.number === null) throw new RollcallError('usage', 'a dispatched ci plan needs --pull NUMBER');
      return planNumber(ci, event.number);
    case 'merge_group':
      return planGroup(ci, event.head, event.base);
    case 'schedule':
      return planOpen(ci);
    case 'push':
      throw new RollcallError('eventUnreadable', 'push', 'a push has no pull request to plan; `ci apply` acts on it');
    default:
      return event satisfies never;
  }
}

/** Every open pull request again: what it would do depends on a base, an account and an observation that have moved on. */
export async function planOpen(ci: Ci): Promise<ExitCode> {
  const pulls = await ci.github.pulls.open(ci.defaultBranch);
  for (const pull of pulls) {
    try {
      await planOne(ci, pull);
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      ci.run.log(`Pull request ${pull.number} was not planned: ${error.message}`);
    }
  }
  return EXIT.ok;
}

async function planNumber(ci: Ci, number: number): Promise<ExitCode> {
  const pull = await ci.github.pulls.one(number);
  if (pull === null) throw new RollcallError('pullUnknown', String(number), 'there is none of that number');
  if (pull.base !== ci.defaultBranch) {
    ci.run.log(`Pull request ${number} is not against the default branch, so it grants nothing and is not planned.`);
    return EXIT.ok;
  }
  // Whoever edits the title of a merged pull request asks for no plan; a dispatch does.
  if (pull.mergedAt !== null && ci.event.kind === 'pull_request') return EXIT.ok;
  return planOne(ci, pull);
}
