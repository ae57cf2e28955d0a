import type { Job, Workflow } from './read-workflow.ts';

/** All of them run the workflow and the code of a branch that people reviewed, or have no secret within reach. */
const TRIGGERS = new Set(['push', 'pull_request', 'merge_group', 'schedule', 'workflow_dispatch']);
const BRANCH = 'main';
/** An input of a dispatch is empty in every other event. */
const ASKED = /^(?:false|\$\{\{ inputs\.adopt(?: \|\| 'false')? \}\})$/;
const ON_DEFAULT_BRANCH = `github.ref == 'refs/heads/${BRANCH}'`;

export function checkTriggers({ triggers }: Workflow): string[] {
  return Object.keys(triggers)
    .filter((name) => !TRIGGERS.has(name))
    .map((name) => `${name} runs with more than a pull request may have`);
}

export function checkTriggerBranches({ triggers }: Workflow): string[] {
  return ['push', 'pull_request', 'merge_group']
    .filter((name) => name in triggers && JSON.stringify(fieldOf(triggers[name], 'branches')) !== `["${BRANCH}"]`)
    .map((name) => `${name} is not held to ${BRANCH}`);
}

/** Late and dropped schedules are worst where everybody's are: at the round minutes. */
export function checkScheduleMinute({ triggers }: Workflow): string[] {
  const schedule = triggers['schedule'];
  if (!('schedule' in triggers)) return [];
  const crons = Array.isArray(schedule) ? schedule.map((entry) => String(fieldOf(entry, 'cron'))) : ['none'];
  return crons.filter((cron) => !/^\d{1,2} /.test(cron) || Number.parseInt(cron, 10) % 2 === 0).map((cron) => `${cron} is no odd minute`);
}

/** Where somebody may choose the branch, the job refuses all but the default one; where vendors' keys are, whatever the event. */
export function checkDispatch({ triggers, jobs }: Workflow): string[] {
  const mayDispatch = 'workflow_dispatch' in triggers;
  const wrong = (job: Job) => {
    if (job.environment !== undefined) return job.condition !== ON_DEFAULT_BRANCH;
    return (
      mayDispatch && ![ON_DEFAULT_BRANCH, `github.event_name != 'workflow_dispatch' || ${ON_DEFAULT_BRANCH}`].includes(job.condition ?? '')
    );
  };
  return jobs.filter(wrong).map((job) => `${job.id} runs on other branches than ${BRANCH}`);
}

/** To write into the policies what somebody did in a console is for a person to ask for, each time anew. */
export function checkAdoption({ triggers, jobs }: Workflow): string[] {
  const asked = fieldOf(fieldOf(triggers['workflow_dispatch'], 'inputs'), 'adopt');
  const answers = jobs.flatMap(({ steps }) => steps).flatMap((step) => ('adopt' in step.with ? [String(step.with['adopt'])] : []));
  return [
    ...(['undefined', 'false'].includes(String(fieldOf(asked, 'default'))) ? [] : ['whoever starts a run by hand adopts, asked or not']),
    ...answers.filter((answer) => !ASKED.test(answer)).map((answer) => `${answer} adopts although nobody asked`),
  ];
}

export function checkConcurrency({ concurrency, jobs }: Workflow): string[] {
  const group = concurrency['group'];
  if (typeof group !== 'string' || group === '') return ['the workflow has no concurrency group'];
  if (jobs.every((job) => job.environment === undefined)) return [];
  const cancels = concurrency['cancel-in-progress'];
  if (group !== 'rollcall-apply') return ['what writes to vendors does not share the group rollcall-apply'];
  if (cancels !== false) return ['a run that writes to vendors may be cancelled'];
  return concurrency['queue'] === 'max' ? [] : ['a waiting run that writes to vendors may be dropped'];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
