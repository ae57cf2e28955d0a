import type { Instant } from '../model.ts';
import type { Answer, MinutesUsed, ProtectionWanted, ScheduledRun, WorkflowFacts } from '../protection.ts';
import { askAnswer, askRows } from './ask-answer.ts';
import type { Line } from './open-line.ts';
import { toInstant } from './to-instant.ts';

const NEEDS = 'actions: read';
const PAGE_ROWS = 100;
/** Of a filtered list of runs GitHub gives 1,000 at most. Source: docs.github.com/rest/actions/workflow-runs. */
const MAX_PAGES = 10;
/** Runs that never got a runner. */
const UNRUN = ['skipped', 'action_required'];

interface WorkflowsSeen {
  readonly workflows: Answer<readonly WorkflowFacts[]>;
  readonly scheduledRun: Answer<ScheduledRun | null>;
}

/** The workflows that were asked for, by path, each with what it used, and the newest run by schedule of the one that has a schedule. */
export async function readWorkflows(line: Line, wanted: ProtectionWanted): Promise<WorkflowsSeen> {
  const { rest, at } = line;
  const all = await askRows(line, NEEDS, async (page) => (await rest.actions.listRepoWorkflows({ ...at, ...page })).data.workflows);
  if (all.kind === 'unknown') return { workflows: all, scheduledRun: all };
  const here = wanted.workflows.flatMap((path) => all.value.find((workflow) => workflow.path === path) ?? []);
  const scheduled = here.find(({ path }) => path === wanted.scheduled);
  const [workflows, scheduledRun] = await Promise.all([
    Promise.all(here.map(async ({ id, path, state }) => ({ path, state, used: await readMinutes(line, id, wanted.since) }))),
    scheduled === undefined ? ({ kind: 'known', value: null } as const) : readScheduledRun(line, scheduled.id),
  ]);
  return { workflows: { kind: 'known', value: workflows }, scheduledRun };
}

function readScheduledRun({ rest, at, ...line }: Line, workflow: number): Promise<Answer<ScheduledRun | null>> {
  return askAnswer({ rest, at, ...line }, NEEDS, async () => {
    const query = { ...at, workflow_id: workflow, event: 'schedule', per_page: 1 } as const;
    const [run] = (await rest.actions.listWorkflowRuns(query)).data.workflow_runs;
    const startedAt = toInstant(run?.run_started_at ?? run?.created_at);
    return run === undefined || startedAt === null ? null : { at: startedAt, status: run.status ?? '', conclusion: run.conclusion };
  });
}

async function readMinutes(line: Line, workflow: number, since: Instant): Promise<Answer<MinutesUsed>> {
  let runs = 0;
  let minutes = 0;
  for (let page = 1; ; page += 1) {
    const answer = await askAnswer(line, NEEDS, async () => {
      const created = `>=${since.slice(0, 19)}Z`;
      const query = { ...line.at, workflow_id: workflow, created, exclude_pull_requests: true, per_page: PAGE_ROWS, page };
      const { total_count, workflow_runs: rows } = (await line.rest.actions.listWorkflowRuns(query)).data;
      return {
        total: total_count,
        rows: rows.length,
        ran: rows.filter(({ conclusion }) => !UNRUN.includes(conclusion ?? '')).map(minutesOf),
      };
    });
    if (answer.kind === 'unknown') return answer;
    const { total, rows, ran } = answer.value;
    runs += ran.length;
    minutes += ran.reduce((sum, one) => sum + one, 0);
    if (rows < PAGE_ROWS || page === MAX_PAGES) return { kind: 'known', value: { minutes, runs, isCut: total > page * PAGE_ROWS } };
  }
}

function minutesOf(run: { readonly run_started_at?: string; readonly created_at: string; readonly updated_at: string }): number {
  const ms = Date.parse(run.updated_at) - Date.parse(run.run_started_at ?? run.created_at);
  return Math.max(1, Math.ceil(ms / 60_000) || 1);
}
