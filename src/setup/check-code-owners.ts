import { visible } from '../text/encode.ts';
import { type Asked, type Check, checkStates, sayList } from './check-states.ts';

export interface CodeOwnersFacts {
  /** The file that GitHub reads, the first of `CODE_OWNERS_PLACES` that is there. */
  readonly file: { readonly path: string; readonly text: string } | null;
  /** What can change who gets in: folders end in a slash, files do not. Everything in a folder has to be owned. */
  readonly guarded: readonly string[];
  /** Files that are there, below the guarded folders and in `teams/`. */
  readonly files: readonly string[];
  /** What GitHub finds wrong in it. */
  readonly errors: Asked<readonly { readonly line: number; readonly what: string }[]>;
}

/** In the order GitHub looks for it. */
export const CODE_OWNERS_PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/**
 * Whether everything that can change who gets in has owners of its own. Rules are GitHub's, from "About code owners": the last line that
 * matches a path decides, also one without an owner; a line with a pattern or an owner that GitHub does not understand counts for nothing.
 */
export function checkCodeOwners(facts: CodeOwnersFacts): Check {
  const check = checkStates('repository', 'code owners');
  const { file, guarded, files, errors } = facts;
  if (file === null)
    return check.wrong(
      'there is no CODEOWNERS: whoever may approve anything may approve everything',
      `Write ${CODE_OWNERS_PLACES[0]}; \`rollcall init .\` does.`,
    );
  const rules = readRules(file.text);
  // A file that is yet to come in a folder has to be owned as well.
  const paths = [...new Set([...guarded.map((path) => (path.endsWith('/') ? `${path}new.yaml` : path)), ...files])].toSorted();
  const found = paths.map((path) => ({ path, rule: rules.findLast(({ matches }) => matches.test(path)) ?? null }));
  const unowned = found.filter(({ rule }) => rule === null || rule.owners.length === 0).map(({ path }) => shown(path));
  const place = visible(file.path);
  if (unowned.length > 0)
    return check.wrong(`nobody owns ${sayList(unowned)}`, `Give each a line in ${place}: the last line that matches a path decides.`);
  if (errors.kind === 'known' && errors.value.length > 0) {
    const said = errors.value.map(({ line, what }) => `line ${line}: ${visible(what, 120)}`);
    return check.wrong(
      `GitHub finds ${said.length === 1 ? 'an error' : `${said.length} errors`} in ${place} (${sayList(said)})`,
      'Correct it: GitHub passes over a line that it cannot read.',
    );
  }
  const common = found.filter(({ path, rule }) => guarded.some((guard) => path.startsWith(guard)) && rule?.isForAll === true);
  if (common.length > 0)
    return check.attention(
      `${sayList(common.map(({ path }) => shown(path)))} ${common.length === 1 ? 'has' : 'have'} only the owners of everything`,
      `Give what guards the others owners of its own in ${place}.`,
    );
  const unasked = errors.kind === 'unknown' ? '; whether GitHub knows each of them is not known' : '';
  return check.ok(`everything that decides who gets in has owners${unasked}`);
}

interface Rule {
  readonly matches: RegExp;
  readonly owners: readonly string[];
  readonly isForAll: boolean;
}

/** A user, a team or an e-mail. */
const OWNER = /^(@[A-Za-z0-9][\w-]*(\/[\w.-]+)?|[^\s@]+@[^\s@]+)$/;
const FOR_ALL = /^\/?\*{1,2}(\/\*{1,2})?$/;

function readRules(text: string): Rule[] {
  return text.split(/\r?\n/).flatMap((line): Rule[] => {
    const [pattern, ...rest] = line.trim().match(/(?:\\.|\S)+/g) ?? [];
    const end = rest.findIndex((word) => word.startsWith('#'));
    const owners = end === -1 ? rest : rest.slice(0, end);
    // GitHub knows no negation, no ranges of characters and no escaped number sign here.
    if (pattern === undefined || /^#|^!|^\\#|[[\]]/.test(pattern) || !owners.every((owner) => OWNER.test(owner))) return [];
    return [{ matches: toRegExp(pattern.replace(/\\(.)/g, '$1')), owners, isForAll: FOR_ALL.test(pattern) }];
  });
}

function toRegExp(pattern: string): RegExp {
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const isAnchored = pattern.startsWith('/') || body.includes('/');
  const core = body
    .replace(/(?:\*\*\/)+/g, '**/')
    .split(/(\*\*\/|\/\*\*$|\*+|\?)/)
    .map((part) => WILD[part] ?? (/^\*+$/.test(part) ? '[^/]*' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
  // `docs/*` reaches the files of that folder and none below; what names a folder reaches everything in it.
  const end = pattern.endsWith('/') ? '/.+' : /\/\*$/.test(body) || (isAnchored && body === '*') ? '' : '(?:/.*)?';
  return new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${core}${end}$`, 's');
}

const WILD: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '/**': '/.+', '**': '.*', '?': '[^/]' };

function shown(path: string): string {
  return visible(path.replace(/\/new\.yaml$/, '/'), 120);
}
