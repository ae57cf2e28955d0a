import { visible } from '../text/encode.ts';
import { type Check, checkStates, sayList } from './check-states.ts';
import type { WorkflowFiles, WorkflowValue } from './check-workflow-files.ts';
import { WORKFLOWS } from './repository-facts.ts';

/** What begins a run with the default branch's rights although a stranger's proposal caused it, by GitHub's "Events that trigger workflows". */
const RISKY = ['pull_request_target', 'workflow_run'] as const;
const DRIFT = WORKFLOWS.find(({ command }) => command === 'drift')?.file ?? '';

/** For whom workflows run. */
export function checkTriggers({ workflows }: WorkflowFiles): Check {
  const check = checkStates('workflows', 'triggers');
  const risky = [...workflows].flatMap(([path, values]) => {
    const events = new Set((values ?? []).flatMap(eventsOf));
    return RISKY.filter((event) => events.has(event)).map((event) => `${event} in ${nameOf(path)}`);
  });
  if (risky.length === 0) return check.ok("no stranger's proposal runs with the rights of the default branch");
  return check.wrong(
    `runs with the rights of the default branch for whatever a stranger proposes: ${sayList(risky)}`,
    'Let it run on `pull_request` instead, or take it away.',
  );
}

/** What the job token may do. */
export function checkPermissions({ workflows }: WorkflowFiles): Check {
  const check = checkStates('workflows', 'permissions');
  const read = [...workflows].map(([path, values]) => ({ name: nameOf(path), values: values ?? [] }));
  const everything = read.filter(({ values }) => values.some(({ path, text }) => path.at(-1) === 'permissions' && text === 'write-all'));
  if (everything.length > 0)
    return check.wrong(
      `a job may write everything (write-all): ${sayList(everything.map(({ name }) => name))}`,
      'Write `permissions: {}` on top, and under each job what it needs.',
    );
  const unsaid = read.filter(({ values }) => values.length > 0 && !values.some(({ path }) => path[0] === 'permissions'));
  if (unsaid.length > 0)
    return check.attention(
      `none on top, so that jobs have what the settings give: ${sayList(unsaid.map(({ name }) => name))}`,
      'Write `permissions: {}` on top, and under each job what it needs.',
    );
  return check.ok('every workflow names what its token may do');
}

/** Whether `drift` has a schedule in its file; what became of it GitHub knows. */
export function checkTimetable({ workflows }: WorkflowFiles): Check[] {
  const values = workflows.get(DRIFT) ?? null;
  if (values === null || values.some(({ path, text }) => path[0] === 'on' && path[1] === 'schedule' && path[3] === 'cron' && text !== ''))
    return [];
  return [
    checkStates('workflows', 'schedule').wrong(
      'drift.yml has no schedule: nobody watches the accounts',
      "Put `schedule:` with `- cron: '23 * * * *'` under `on:` in it, and push it to the default branch.",
    ),
  ];
}

function eventsOf({ path, text }: WorkflowValue): string[] {
  if (path[0] !== 'on') return [];
  return [typeof path[1] === 'string' ? path[1] : text];
}

function nameOf(path: string): string {
  return visible(path.replace(/^\.github\/workflows\//, ''));
}
