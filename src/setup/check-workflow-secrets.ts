import { visible } from '../text/encode.ts';
import { type Check, checkStates, sayList } from './check-states.ts';
import type { WorkflowFiles, WorkflowValue } from './check-workflow-files.ts';
import { ENVIRONMENT, WORKFLOWS } from './repository-facts.ts';

/** That every key stands on the one step that needs it, and that nothing else in any workflow can read one. */
export function checkVariables({ workflows, needed, all }: WorkflowFiles): Check {
  const check = checkStates('workflows', 'variables');
  const missing = WORKFLOWS.filter(({ file }) => !workflows.has(file)).map(({ file }) => file);
  const found = [...workflows].map(([path, values]) => examine(path, values ?? [], all));
  const words = (kind: Mention['kind']) => [
    ...new Set(found.flatMap(({ name, mentions }) => mentions.filter((one) => one.kind === kind).map((one) => `${one.says} in ${name}`))),
  ];
  const misplaced = [...words('ours'), ...words('all')];
  if (misplaced.length > 0)
    return check.wrong(
      `a key stands elsewhere than on the step that runs rollcall: ${sayList(misplaced)}`,
      'Take it away there: every other step could read it.',
    );
  if (missing.length > 0) return check.wrong(`there is no ${sayList(missing)}`, 'Run `rollcall init .`, which writes what is missing.');
  const lacking = WORKFLOWS.filter(({ file, holdsKeys }) => holdsKeys && workflows.get(file) !== null).flatMap(({ file, command }) => {
    const { given, isInside } = found.find(({ path }) => path === file) ?? { given: new Set<string>(), isInside: false };
    const names = [...needed.filter((name) => !given.has(name)), ...(isInside ? [] : [`environment: ${ENVIRONMENT}`])];
    return names.map((name) => `${name} in ${command}.yml`);
  });
  if (lacking.length > 0)
    return check.wrong(
      `missing: ${sayList(lacking)}`,
      'Add each under `env:` of the step that runs rollcall, from the secret of the same name.',
    );
  const others = words('other');
  if (others.length > 0)
    return check.attention(
      `secrets that rollcall does not know: ${sayList(others)}`,
      'See that none of them opens an account or signs the ledger.',
    );
  return check.ok('every key stands on the step that needs it, in apply and drift, and nowhere else');
}

interface Mention {
  /** One of ours, one that is not, or whatever there is. */
  readonly kind: 'ours' | 'other' | 'all';
  readonly says: string;
}

interface Examined {
  readonly path: string;
  readonly name: string;
  /** The keys that stand on the step that runs rollcall, each from the secret of its own name. */
  readonly given: ReadonlySet<string>;
  /** Whether that step's job is in the environment that holds them. */
  readonly isInside: boolean;
  /** Secrets anywhere else. */
  readonly mentions: readonly Mention[];
}

function examine(path: string, values: readonly WorkflowValue[], all: readonly string[]): Examined {
  const own = WORKFLOWS.find(({ file, holdsKeys }) => file === path && holdsKeys);
  const step = own === undefined ? null : findStep(values, own.command);
  const given = new Set<string>();
  const mentions: Mention[] = [];
  for (const value of values) {
    const name = String(value.path.at(-1));
    const isOfStep = step !== null && value.path.length === step.length + 2 && isBelow(value, [...step, 'env']);
    const secret = /^\$\{\{\s*secrets\s*\.\s*(\w+)\s*\}\}$/i.exec(value.text.trim())?.[1];
    if (isOfStep && all.includes(name) && secret?.toUpperCase() === name) given.add(name);
    else mentions.push(...mentionsIn(value, all));
  }
  const job = step?.slice(0, 2) ?? null;
  const isInside = job !== null && values.some((value) => value.text === ENVIRONMENT && isEnvironment(value, job));
  return { path, name: visible(path.replace(/^\.github\/workflows\//, '')), given, isInside, mentions };
}

type Path = WorkflowValue['path'];

/** Where the step stands that runs rollcall's command by an action; null where none does or more than one. */
function findStep(values: readonly WorkflowValue[], command: string): Path | null {
  const steps = values.filter(({ path, text }) => isCommand(path) && text === command).map(({ path }) => path.slice(0, 4));
  const [step] = steps;
  if (step === undefined || steps.length > 1) return null;
  return values.some((value) => value.path.length === 5 && value.path[4] === 'uses' && isBelow(value, step)) ? step : null;
}

function isCommand(path: Path): boolean {
  return path.length === 6 && path[0] === 'jobs' && path[2] === 'steps' && path[4] === 'with' && path[5] === 'command';
}

function isEnvironment({ path }: WorkflowValue, job: Path): boolean {
  const rest = path.slice(job.length).join('.');
  return isBelow({ path }, job) && (rest === 'environment' || rest === 'environment.name');
}

function isBelow({ path }: Pick<WorkflowValue, 'path'>, above: Path): boolean {
  return above.every((part, at) => path[at] === part);
}

/** GitHub's expressions, whose texts may hold the braces that end them; and what begins as one and does not end. */
const EXPRESSION = /\$\{\{((?:'[^']*'|[^'}]|\}(?!\}))*)\}\}|\$\{\{([\s\S]*)$/g;
/** A text in an expression, or the secrets: one by its name, or in whatever other way. GitHub reads both without regard to case. */
const SECRET = /'[^']*'|(?<![\w.-])secrets(?![\w-])(?:\s*\.\s*([\w-]+)|\s*\[\s*'([^']*)'\s*\])?/gi;

function mentionsIn({ path, text }: WorkflowValue, all: readonly string[]): Mention[] {
  if (path[0] === 'jobs' && path[2] === 'secrets' && path.length === 3 && text !== '{}') return [EVERY];
  const whole = path.at(-1) === 'if' ? [text] : [];
  const parts = [...path.map(String), text].flatMap((part) =>
    [...part.matchAll(EXPRESSION)].map(([, inside, rest]) => inside ?? rest ?? ''),
  );
  return [...whole, ...parts]
    .flatMap((part) => [...part.matchAll(SECRET)])
    .filter(([found]) => !found.startsWith("'"))
    .flatMap(([, dotted, indexed]): Mention[] => {
      const name = (dotted ?? indexed)?.toUpperCase();
      if (name === undefined) return [EVERY];
      if (name === 'GITHUB_TOKEN') return [];
      return [{ kind: all.includes(name) ? 'ours' : 'other', says: visible(name) }];
    });
}

const EVERY: Mention = { kind: 'all', says: 'every secret' };
