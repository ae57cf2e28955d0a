import { isMap, isScalar, parseDocument, visit } from 'yaml';

export interface Step {
  readonly uses: string | null;
  /** What stands behind `uses` as a comment. */
  readonly version: string;
  readonly run: string | null;
  readonly with: Fields;
  readonly env: Fields;
  readonly keys: readonly string[];
}

export interface Job {
  readonly id: string;
  readonly condition: string | null;
  readonly runsOn: unknown;
  readonly timeoutMinutes: unknown;
  readonly environment: unknown;
  /** Null where the job says nothing. */
  readonly permissions: readonly Permission[] | null;
  readonly steps: readonly Step[];
  readonly keys: readonly string[];
  /** Every text below the job, keys left out. */
  readonly texts: readonly Text[];
  /** Whether it may do more than read: an environment, a secret, or a permission to write. */
  readonly isPrivileged: boolean;
}

export interface Permission {
  readonly scope: string;
  readonly level: string;
  readonly reason: string;
}

/** A text and the keys that lead to it, `jobs.plan.steps.0.run`. */
export interface Text {
  readonly path: string;
  readonly text: string;
}

export interface Workflow {
  /** `plan.yml` */
  readonly file: string;
  readonly triggers: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency: Fields;
  readonly jobs: readonly Job[];
  readonly texts: readonly Text[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A workflow as the rules look at it. Throws on what is no YAML. */
export function readWorkflow(file: string, source: string): Workflow {
  const document = parseDocument(source);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Error(`${file}: ${problem.message}`);
  const root = fieldsOf(document.toJS());
  const texts = textsOf(root, '');
  const comments = commentsOf(document);
  const jobs = Object.entries(fieldsOf(root['jobs'])).map(([id, job]) => readJob(id, fieldsOf(job), texts, comments));
  const on = root['on'];
  const triggers =
    typeof on === 'string' ? { [on]: null } : Array.isArray(on) ? Object.fromEntries(on.map((name) => [name, null])) : fieldsOf(on);
  return { file, triggers, permissions: root['permissions'], concurrency: fieldsOf(root['concurrency']), jobs, texts };
}

/** The expressions of a text: what stands in `${{ }}`, and the whole of an `if`. */
export function expressionsOf({ path, text }: Text): string[] {
  const inside = [...text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].map(([, expression = '']) => expression);
  return inside.length === 0 && /(^|\.)if$/.test(path) ? [text] : inside;
}

function readJob(id: string, job: Fields, texts: readonly Text[], comments: ReadonlyMap<string, string>): Job {
  const place = `jobs.${id}`;
  const mine = texts.filter(({ path }) => path.startsWith(`${place}.`));
  const granted = job['permissions'];
  const permissions =
    typeof granted === 'string'
      ? [{ scope: '*', level: granted, reason: '' }]
      : granted === undefined
        ? null
        : Object.entries(fieldsOf(granted)).map(([scope, level]) => ({
            scope,
            level: String(level),
            reason: comments.get(`${place}.permissions.${scope}`) ?? '',
          }));
  const steps = Array.isArray(job['steps'])
    ? job['steps'].map((step, at) => readStep(fieldsOf(step), `${place}.steps.${at}`, comments))
    : [];
  const writes = permissions?.some(({ level }) => level !== 'read' && level !== 'none') ?? true;
  const namesSecret = mine.some((text) => expressionsOf(text).some((expression) => /\bsecrets\b/i.test(expression)));
  return {
    id,
    condition: textOf(job['if']),
    runsOn: job['runs-on'],
    timeoutMinutes: job['timeout-minutes'],
    environment: job['environment'],
    permissions,
    steps,
    keys: Object.keys(job),
    texts: mine,
    isPrivileged: writes || namesSecret || job['environment'] !== undefined,
  };
}

function readStep(step: Fields, place: string, comments: ReadonlyMap<string, string>): Step {
  return {
    uses: textOf(step['uses']),
    version: comments.get(`${place}.uses`) ?? '',
    run: textOf(step['run']),
    with: fieldsOf(step['with']),
    env: fieldsOf(step['env']),
    keys: Object.keys(step),
  };
}

function commentsOf(document: ReturnType<typeof parseDocument>): Map<string, string> {
  const comments = new Map<string, string>();
  visit(document, {
    Pair: (_, pair, ancestors) => {
      if (!isScalar(pair.value) || !pair.value.comment) return;
      const keys = [...ancestors, pair].flatMap((node, at, all) => {
        if ('key' in node && isScalar(node.key)) return [String(node.key.value)];
        const child = all[at + 1];
        return 'items' in node && !isMap(node) ? [String(node.items.indexOf(child as never))] : [];
      });
      comments.set(keys.join('.'), pair.value.comment.trim());
    },
  });
  return comments;
}

function textsOf(value: unknown, path: string): Text[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => textsOf(inside, path === '' ? key : `${path}.${key}`));
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
