import { visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';
import { type Asked, type Check, checkStates, sayCount, sayList } from './check-states.ts';
import { matchOwnedPath } from './match-owned-path.ts';

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
  const inside = rules.filter((rule) => guarded.some((folder) => meantIn(rule, folder).length > 0)).length;
  if (inside > MOST_LINES)
    return check.attention(
      `${visible(file.path)} has ${sayCount(inside)} lines about what guards the others, too many to judge`,
      'Give each of those folders one line, the last about it.',
    );
  const found = listProbes(guarded, files, rules).map((probe) => ({
    ...probe,
    rule: rules.findLast(({ matches }) => matches(probe.path)) ?? null,
  }));
  const unowned = found.filter(({ rule }) => rule === null || rule.owners.length === 0).map(({ words }) => words);
  const place = visible(file.path);
  if (unowned.length > 0)
    return check.wrong(
      `nobody owns ${sayList([...new Set(unowned)])}`,
      `Give each a line in ${place}: the last line that matches a path decides.`,
    );
  if (errors.kind === 'known' && errors.value.length > 0) {
    const said = errors.value.map(({ line, what }) => `line ${line}: ${visible(what, 120)}`);
    return check.wrong(
      `GitHub finds ${said.length === 1 ? 'an error' : `${said.length} errors`} in ${place} (${sayList(said)})`,
      'Correct it: GitHub passes over a line that it cannot read.',
    );
  }
  const common = found.filter(({ folder, rule }) => folder !== null && rule?.isForAll === true).map(({ words }) => words);
  if (common.length > 0)
    return check.attention(
      `${sayList([...new Set(common)])} ${new Set(common).size === 1 ? 'has' : 'have'} only the owners of everything`,
      `Give what guards the others owners of its own in ${place}.`,
    );
  const changed = guarded.flatMap((folder) => listChanges(folder, rules, found));
  if (changed.length > 0)
    return check.attention(
      `other owners inside what guards the others: ${sayList([...new Set(changed)])}`,
      `Where that is not meant, take the line out of ${place}: the last line that matches a path decides.`,
    );
  const unasked = errors.kind === 'unknown' ? '; whether GitHub knows each of them is not known' : '';
  return check.ok(`everything that decides who gets in has owners${unasked}`);
}

interface Rule {
  readonly line: number;
  readonly pattern: string;
  readonly matches: (path: string) => boolean;
  readonly owners: readonly string[];
  readonly isForAll: boolean;
}

/** A path that has to be owned, there already or yet to come. */
interface Probe {
  readonly path: string;
  /** The guarded folder that it is in; null for a file that somebody else may own. */
  readonly folder: string | null;
  readonly words: string;
}

/** What is there, names that could come into each guarded folder, and what every pattern could mean inside of it. */
function listProbes(guarded: readonly string[], files: readonly string[], rules: readonly Rule[]): Probe[] {
  // `.github/` without a slash before it also means a folder of that name anywhere else, which nobody has in mind.
  const tops = new Set(guarded.map((path) => path.split('/')[0]));
  const telling = rules.filter(({ pattern }) => !tops.has(pattern.replace(/\/$/, '')));
  const probes = guarded.flatMap((folder): Probe[] => {
    const words = visible(folder, 120);
    if (!folder.endsWith('/')) return [{ path: folder, folder, words }];
    const invented = [`${NEW}.yaml`, `${NEW}.yml`, `${NEW}/${NEW}.yaml`].map((name) => ({ path: `${folder}${name}`, folder, words }));
    const meant = telling.flatMap((rule) => meantIn(rule, folder).map((path) => ({ path, folder, words: sayRule(rule) })));
    // A line that decides for the folder as a whole says nothing more by its own name.
    const whole = new Set(invented.map(({ path }) => rules.findLast(({ matches }) => matches(path))));
    return [...invented, ...meant.filter(({ path }) => !whole.has(rules.findLast(({ matches }) => matches(path))))];
  });
  const there = files.map((path) => ({
    path,
    folder: guarded.find((folder) => path.startsWith(folder)) ?? null,
    words: visible(path, 120),
  }));
  return [...probes, ...there];
}

const NEW = 'a-new-one';
/** Each is held against each; nobody reads as many. */
const MOST_LINES = 1000;

/** Paths that a pattern matches inside a folder, with names invented for what it leaves open; none where it cannot reach into it. */
function meantIn({ pattern, matches }: Rule, folder: string): string[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  const isAnchored = pattern.startsWith('/') || parts.length > 1;
  const above = folder.split('/').filter((part) => part !== '');
  const rest = [...above];
  const names = parts.flatMap((part): string[] => {
    if (part === '**') return rest.splice(0);
    const given = isAnchored ? rest.shift() : undefined;
    return [given !== undefined && matchOwnedPath(`/${part}`)(given) ? given : part.replace(/\*+/g, NEW).replaceAll('?', 'n')];
  });
  const start = isAnchored ? '' : folder;
  const path = `${start}${names.join('/')}`;
  return [path, `${path}/${NEW}`].filter((one) => one.startsWith(folder) && matches(one));
}

/** Lines by which a part of a folder has other owners than the folder; also one that comes before and counts no more. */
function listChanges(folder: string, rules: readonly Rule[], found: readonly (Probe & { readonly rule: Rule | null })[]): string[] {
  const deciding = new Set(found.filter((probe) => probe.folder === folder).map(({ rule }) => rule));
  const reaching = rules.filter((rule) => deciding.has(rule) || (rule.pattern.includes(folder) && meantIn(rule, folder).length > 0));
  const [first, ...others] = reaching;
  return others
    .filter(({ owners }) => owners.join(' ') !== first?.owners.join(' '))
    .map((rule) => `${sayRule(rule)} to ${sayOwners(rule)}`);
}

function sayRule({ line, pattern }: Rule): string {
  return `${encodeSentence(pattern.length > 100 ? `${pattern.slice(0, 100)}…` : pattern)} (line ${line})`;
}

function sayOwners({ owners }: Rule): string {
  return owners.length === 0 ? 'nobody' : owners.map((owner) => visible(owner)).join(' and ');
}

/** A user, a team or an e-mail. */
const OWNER = /^(@[A-Za-z0-9][\w-]*(\/[\w.-]+)?|[^\s@]+@[^\s@]+)$/;
const FOR_ALL = /^\/?\*{1,2}(\/\*{1,2})?$/;

function readRules(text: string): Rule[] {
  return text.split(/\r?\n/).flatMap((line, at): Rule[] => {
    const [pattern, ...rest] = line.trim().match(/(?:\\.|\S)+/g) ?? [];
    const end = rest.findIndex((word) => word.startsWith('#'));
    const owners = end === -1 ? rest : rest.slice(0, end);
    // GitHub knows no negation, no ranges of characters and no escaped number sign here.
    if (pattern === undefined || /^#|^!|^\\#|[[\]]/.test(pattern) || !owners.every((owner) => OWNER.test(owner))) return [];
    const plain = pattern.replace(/\\(.)/g, '$1');
    return [{ line: at + 1, pattern: plain, matches: matchOwnedPath(plain), owners, isForAll: FOR_ALL.test(pattern) }];
  });
}
