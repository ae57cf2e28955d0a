import type { Identity } from './find-identity.ts';
import type { Annotation, CheckRun, NewCheck, SpeechApi } from './github.ts';
import { type Attempt, type Line, must } from './open-line.ts';
import { toInstant } from './to-instant.ts';

const READ = 'checks: read';
const WRITE = 'checks: write';
/** More in one request is a 422. */
const ANNOTATIONS_A_REQUEST = 50;

/** Check runs that this app made, read and written. A token without an app can make none. */
export function publishCheck({ rest, at, attempt, attemptPages }: Line, identity: () => Promise<Identity>): Omit<SpeechApi, 'say'> {
  const checks: SpeechApi['checks'] = async (commit, name) => {
    const { appId } = await identity();
    const read = (page: object) => async () => {
      const { data } = await rest.checks.listForRef({ ...at, ...page, ref: commit, check_name: name, filter: 'all' });
      return { data: data.check_runs };
    };
    const runs = must(await attemptPages(READ, read)).filter((run) => run.app !== null && run.app.id === appId && run.name === name);
    const suites = runs.length === 0 ? new Map<number, string | null>() : await readSuites(commit);
    const toCheck = (run: WireRun): CheckRun => ({
      id: run.id,
      commit: run.head_sha,
      externalId: run.external_id ?? '',
      conclusion: run.conclusion,
      startedAt: toInstant(run.started_at),
      completedAt: toInstant(run.completed_at),
      suiteAt: toInstant(suites.get(run.check_suite?.id ?? 0)),
      text: run.output.text ?? '',
    });
    return runs.map(toCheck).toSorted((a, b) => b.id - a.id);
  };

  const readSuites = async (commit: string): Promise<ReadonlyMap<number, string | null>> => {
    const read = (page: object) => async () => ({
      data: (await rest.checks.listSuitesForRef({ ...at, ...page, ref: commit })).data.check_suites,
    });
    return new Map(must(await attemptPages(READ, read)).map((suite) => [suite.id, suite.created_at]));
  };

  /** The number of the run that was made; where the answer was lost, the one that a read finds. */
  const settle = async (made: Attempt<{ readonly id: number }>, check: NewCheck): Promise<number> => {
    if (made.kind !== 'lost') return must(made).id;
    const isIt = ({ externalId, completedAt }: CheckRun) => externalId === check.externalId && sameSecond(completedAt, check.at);
    const found = (await checks(check.commit, check.name)).find(isIt);
    if (found === undefined) throw made.error;
    return found.id;
  };

  return {
    checks,
    publishCheck: async (check) => {
      const output = { title: check.title, summary: check.summary, text: check.text };
      const [first = [], ...more] = inBatches(check.annotations);
      const made = await attempt(WRITE, () =>
        rest.checks.create({
          ...at,
          name: check.name,
          head_sha: check.commit,
          status: 'completed',
          conclusion: check.conclusion,
          external_id: check.externalId,
          started_at: check.at,
          completed_at: check.at,
          ...(check.detailsUrl === null ? {} : { details_url: check.detailsUrl }),
          output: { ...output, annotations: first },
        }),
      );
      const id = await settle(made, check);
      for (const annotations of more) {
        must(await attempt(WRITE, () => rest.checks.update({ ...at, check_run_id: id, output: { ...output, annotations } })));
      }
    },
  };
}

interface WireRun {
  readonly id: number;
  readonly head_sha: string;
  readonly external_id: string | null;
  readonly conclusion: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly check_suite: { readonly id: number } | null;
  readonly output: { readonly text: string | null };
}

interface WireAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: Annotation['level'];
  readonly title: string;
  readonly message: string;
}

function inBatches(annotations: readonly Annotation[]): WireAnnotation[][] {
  const wire = annotations.map(({ path, line, level, title, message }) => ({
    path,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title,
    message,
  }));
  const count = Math.ceil(wire.length / ANNOTATIONS_A_REQUEST);
  return Array.from({ length: count }, (_, at) => wire.slice(at * ANNOTATIONS_A_REQUEST, (at + 1) * ANNOTATIONS_A_REQUEST));
}

/** GitHub keeps whole seconds. */
function sameSecond(a: string | null, b: string): boolean {
  return a?.slice(0, 19) === b.slice(0, 19);
}
