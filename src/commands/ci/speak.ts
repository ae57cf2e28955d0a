import type { ExitCode } from '../../errors.ts';
import { RollcallError } from '../../errors.ts';
import { writeCheckFacts } from '../../github/evidence.ts';
import type { Annotation, NewCheck } from '../../github/github.ts';
import type { Change, Finding, Risk } from '../../model.ts';
import type { CommentContent, Pull, PullPlan } from '../../pull.ts';
import { renderComment, renderJobSummary } from '../../report/comment/render-comment.ts';
import { titleOfComment } from '../../report/comment/title-of-comment.ts';
import { describeChange } from '../../report/describe-change.ts';
import { describeReason } from '../../report/describe-reason.ts';
import { toJson } from '../../report/to-json.ts';
import { encodeSentence } from '../../text/encode-sentence.ts';
import type { Ci } from './open-ci.ts';

/** The check run that may be required: its name never changes, and it reports on every pull request and merge group. */
export const CHECK_NAME = 'rollcall / plan';
const RISKS = { high: 0, medium: 1, low: 2 } as const satisfies Record<Risk, number>;
const TITLE_MAX = 250;
/** GitHub stops at 65,535. */
const CHECK_MAX_BYTES = 60_000;

export interface Speech {
  /** The pull request to comment on; null for a merge group. */
  readonly pull: Pull | null;
  /** The commit the check run stands at. */
  readonly commit: string;
  readonly content: CommentContent;
  readonly planned: PullPlan | null;
  readonly conclusion: NewCheck['conclusion'];
  readonly exit: ExitCode;
}

/**
 * Says what a plan came to, what a machine needs first: the plan document, the check run, the job summary, the outputs, the comment. A
 * comment that cannot be written changes no exit code, because everything before it stands.
 */
export async function speak(ci: Ci, speech: Speech): Promise<void> {
  const { run, config } = ci;
  const { planned } = speech;
  const file = `${config.temp}/rollcall/${speech.pull === null ? 'plan' : `plan-${speech.pull.number}`}.json`;
  if (planned !== null) await run.world.files.writeText(file, toJson(planned.plan));
  await publishCheck(ci, speech);
  const summary = renderJobSummary(speech.content);
  await ci.summarise(summary);
  if (config.outputFile !== null) await run.world.files.writeText(config.outputFile, outputsOf(speech, planned === null ? null : file));
  if (run.flags.format === 'json') ci.tell?.(speech);
  else run.print(config.summaryFile === null ? summary : `${titleOfComment(speech.content)}\n`);
  if (speech.pull !== null) await comment(ci, speech.pull, speech.content);
}

function outputsOf({ planned, exit }: Speech, file: string | null): string {
  const outputs = {
    verdict: planned?.plan.verdict ?? 'invalid',
    digest: planned?.plan.digest ?? '',
    changes: String(planned?.own.size ?? 0),
    exit_code: String(exit),
    plan_file: file ?? '',
  };
  return Object.entries(outputs)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

export async function publishCheck(ci: Ci, speech: Speech): Promise<void> {
  const { planned, content, commit, conclusion } = speech;
  const facts = planned === null ? '' : factsOf(planned);
  try {
    await ci.github.speech.publishCheck({
      name: CHECK_NAME,
      commit,
      conclusion,
      externalId: planned?.plan.digest ?? content.kind,
      title: titleOfComment(content),
      summary: renderComment(content, CHECK_MAX_BYTES),
      text: facts,
      annotations: content.kind === 'invalid' ? content.findings.map(annotateFinding) : planned === null ? [] : annotationsOf(planned),
      detailsUrl: ci.runUrl,
      at: new Date(ci.run.clock.now()).toISOString(),
    });
  } catch (error) {
    // A fork's token may write nothing; the plan is in the job summary, and the scheduled run writes the rest.
    if (!(error instanceof RollcallError) || speech.pull?.fork !== true) throw error;
    ci.run.log(`The check run was not written: ${error.message}`);
  }
}

function factsOf({ on, plan, own }: PullPlan): string {
  const changes = plan.changes.filter((change) => own.has(change.id)).map((change) => change.id);
  return writeCheckFacts({ ...on, digest: plan.digest, changes });
}

function annotationsOf({ on, plan, own, spots, findings }: PullPlan): Annotation[] {
  const changes = plan.changes
    .filter((change) => own.has(change.id) && spots.get(change.id)?.commit === on.head)
    .toSorted((a, b) => RISKS[a.risk] - RISKS[b.risk])
    .flatMap((change) => annotateChange(change));
  return [...changes, ...findings.map(annotateFinding)];
}

function annotateChange(change: Change): Annotation[] {
  const { source } = change;
  if (source === null) return [];
  return [
    {
      path: source.file,
      line: source.line,
      level: change.risk === 'high' ? 'warning' : 'notice',
      title: cutTitle(encodeSentence(`${change.account}: ${describeChange(change)}`)),
      message: encodeSentence(describeReason(change)),
    },
  ];
}

/** GitHub takes 255 characters and refuses the whole check run for one more. */
function cutTitle(title: string): string {
  const points = [...title];
  return points.length <= TITLE_MAX ? title : `${points.slice(0, TITLE_MAX - 1).join('')}…`;
}

function annotateFinding(finding: Finding): Annotation {
  const level = finding.severity === 'error' ? 'failure' : 'warning';
  return { path: finding.file, line: finding.line, level, title: finding.code, message: encodeSentence(finding.message) };
}

/** Begins every comment of ours in this repository. */
export function markerOf(ci: Ci): string {
  return `<!-- rollcall:${ci.repositoryId} -->`;
}

/** Brings the one comment up to date; what cannot be written there is said in the log. */
export async function comment(ci: Ci, pull: Pull, content: CommentContent): Promise<void> {
  const say = async (maxBytes?: number) => {
    const marker = markerOf(ci);
    return ci.github.speech.say(pull.number, marker, `${marker}\n${renderComment(content, maxBytes)}`);
  };
  try {
    let said = await say();
    // GitHub's limit is documented in characters, measured in bytes and lower on some servers: once more, half as long.
    if (said === 'tooLong') said = await say(CHECK_MAX_BYTES / 2);
    if (said === 'tooLong' || said === 'refused') {
      const why = said === 'refused' ? 'this token may not write it, or the conversation is locked' : 'GitHub finds it too long';
      ci.run.log(`The comment on pull request ${pull.number} was not written: ${why}. The job summary has the plan.`);
    }
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    ci.run.log(`The comment on pull request ${pull.number} was not written: ${error.message} The job summary has the plan.`);
  }
}
