import { visible } from '../text/encode.ts';
import { type Check, checkStates, sayList } from './check-states.ts';
import { ENVIRONMENT, WORKFLOWS } from './repository-facts.ts';

export interface WorkflowFiles {
  /** Every file of `.github/workflows`, by its path in the repository. */
  readonly texts: ReadonlyMap<string, string>;
  /** The variables of every account and of the ledger's signing, by whether a run needs them. */
  readonly needed: readonly string[];
  readonly all: readonly string[];
}

/** The workflows at hand: what they run is named by whole commits, and keys stand on the one step that needs them. */
export function checkWorkflowFiles(files: WorkflowFiles): Check[] {
  return [...(files.texts.size > 0 ? [checkPins(files)] : []), checkVariables(files)];
}

const USES = /^\s*(?:- +)?uses:\s*['"]?([^\s'"#]+)['"]?\s*(?:#\s*(\S.*))?$/;
const WHOLE_COMMIT = /^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40}$/;
const WHOLE_IMAGE = /^docker:\/\/[^@]+@sha256:[0-9a-f]{64}$/;

function checkPins({ texts }: WorkflowFiles): Check {
  const check = checkStates('workflows', 'pins');
  const uses = [...texts].flatMap(([path, text]) => listUses(path, text));
  const loose = uses.filter(({ used }) => !WHOLE_COMMIT.test(used) && !WHOLE_IMAGE.test(used)).map(({ words }) => words);
  const nameless = uses.filter(({ hasVersion }) => !hasVersion).map(({ words }) => words);
  if (loose.length > 0)
    return check.wrong(
      `not named by a whole commit: ${sayList(loose)}`,
      'Write OWNER/NAME@COMMIT with all 40 digits: whoever moves a tag or branch changes what runs with your keys.',
    );
  if (nameless.length > 0)
    return check.attention(
      `no version beside the commit: ${sayList(nameless)}`,
      'Write it as a comment (# v1.2.3), so that updates can be read.',
    );
  if (uses.length === 0) return check.ok('only actions of this repository');
  return check.ok(`${uses.length === 1 ? 'the one action is' : `all ${uses.length} actions are`} named by whole commits`);
}

/** What a workflow runs from elsewhere; actions of the repository itself are those of the default branch. */
function listUses(path: string, text: string): { readonly used: string; readonly hasVersion: boolean; readonly words: string }[] {
  return text.split('\n').flatMap((line, at) => {
    const [, used, version] = USES.exec(line.trimEnd()) ?? [];
    if (used === undefined || used.startsWith('./')) return [];
    return [{ used, hasVersion: version !== undefined, words: `${visible(path)}, line ${at + 1} (${visible(used, 60)})` }];
  });
}

function checkVariables({ texts, needed, all }: WorkflowFiles): Check {
  const check = checkStates('workflows', 'variables');
  const missing = WORKFLOWS.filter(({ file }) => !texts.has(file)).map(({ file }) => file);
  if (missing.length > 0) return check.wrong(`there is no ${sayList(missing)}`, 'Run `rollcall init .`, which writes what is missing.');
  const lacking: string[] = [];
  const misplaced: string[] = [];
  for (const { file, command, holdsKeys } of WORKFLOWS) {
    const text = texts.get(file) ?? '';
    const given = holdsKeys ? secretsOn(stepOf(text, command)) : new Set<string>();
    const everywhere = secretsIn(text);
    lacking.push(...(holdsKeys ? needed.filter((name) => !given.has(name)).map((name) => `${name} in ${command}.yml`) : []));
    misplaced.push(...all.filter((name) => everywhere.has(name) && !given.has(name)).map((name) => `${name} in ${command}.yml`));
    if (holdsKeys && !new RegExp(`^\\s*(?:environment|name):\\s*['"]?${ENVIRONMENT}['"]?\\s*(?:#.*)?$`, 'm').test(text))
      lacking.push(`environment: ${ENVIRONMENT} in ${command}.yml`);
  }
  if (misplaced.length > 0)
    return check.wrong(
      `a key stands elsewhere than on the step that runs rollcall: ${sayList(misplaced)}`,
      'Take it away there: every other step could read it.',
    );
  if (lacking.length > 0)
    return check.wrong(
      `missing: ${sayList(lacking)}`,
      'Add each under `env:` of the step that runs rollcall, from the secret of the same name.',
    );
  return check.ok('every key stands on the step that needs it, in apply and drift, and nowhere else');
}

/** The lines of the step that runs rollcall's command; none where no step does. */
function stepOf(text: string, command: string): readonly string[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => new RegExp(`^\\s+command:\\s*['"]?${command}['"]?\\s*(?:#.*)?$`).test(line));
  const start = lines.findLastIndex((line, index) => index < at && /^\s*- /.test(line) && indentOf(line) < indentOf(lines[at] ?? ''));
  if (at === -1 || start === -1) return [];
  const indent = indentOf(lines[start] ?? '');
  const end = lines.findIndex((line, index) => index > start && line.trim() !== '' && indentOf(line) <= indent);
  return lines.slice(start, end === -1 ? lines.length : end);
}

/** Variables that hold the secret of the same name. */
function secretsOn(step: readonly string[]): Set<string> {
  const names = step.map((line) => /^\s+([A-Z][A-Z0-9_]*):\s*['"]?\$\{\{\s*secrets\.(\w+)\s*\}\}['"]?\s*(?:#.*)?$/.exec(line));
  return new Set(names.flatMap((found) => (found?.[1] !== undefined && found[1] === found[2] ? [found[1]] : [])));
}

/** Secrets that are mentioned anywhere but in a comment line. */
function secretsIn(text: string): Set<string> {
  const said = text.split('\n').filter((line) => !/^\s*#/.test(line));
  return new Set(said.flatMap((line) => [...line.matchAll(/secrets(?:\.|\[['"])(\w+)/g)].map(([, name]) => name ?? '')));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
