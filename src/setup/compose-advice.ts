import { ACCOUNT_NAMES } from './check-account-names.ts';
import { CODE_OWNERS_PLACES, checkCodeOwners } from './check-code-owners.ts';
import { guardedLine } from './compose-codeowners.ts';
import { type Blueprint, IGNORED, variablesOf } from './compose-repository.ts';
import { EDITOR_SETTINGS } from './compose-schemas.ts';
import { OWN_SECRETS, secretLine } from './compose-workflows.ts';
import { GUARDED_PATHS, WORKFLOWS } from './repository-facts.ts';

/** What to do by hand where a file stays as it is: a sentence, and the lines of it that are missing. */
export interface Advice {
  readonly what: string;
  readonly lines: readonly string[];
}

const HOLDS_KEYS: ReadonlySet<string> = new Set(WORKFLOWS.filter(({ holdsKeys }) => holdsKeys).map(({ file }) => file));
const CODEOWNERS: ReadonlySet<string> = new Set(CODE_OWNERS_PLACES);

/** What matters and is not in a file that is kept: null where nothing does. `composed` is what would have been written. */
export function composeAdvice(path: string, kept: string, composed: string, blueprint: Blueprint): Advice | null {
  const workflow = WORKFLOWS.find(({ file }) => file === path);
  if (workflow !== undefined && !new RegExp(`^[ \\t]*command: ${workflow.command}[ \\t]*\\r?$`, 'm').test(kept))
    return otherWorkflow(workflow.command);
  const what = whatOf(path);
  if (what === null) return null;
  const has = new Set(kept.split('\n').map((line) => line.trim()));
  const lines = linesOf(path, kept, composed, blueprint).filter((line) => !has.has(line.trim()));
  return lines.length === 0 ? null : { what, lines };
}

/** A file of that name that does something else. */
function otherWorkflow(command: string): Advice {
  return {
    what: `It does not run \`${command}\` of rollcall, which has to run here: give it another name, and init writes ours.`,
    lines: [],
  };
}

function whatOf(path: string): string | null {
  if (HOLDS_KEYS.has(path)) return 'Add by hand on the step that runs rollcall, under env, or its account cannot be read there:';
  if (CODEOWNERS.has(path)) return 'Add by hand at the end, so that no line before it opens what guards the others:';
  if (path === EDITOR_SETTINGS) return 'Add by hand under "yaml.schemas", for editors:';
  if (path === ACCOUNT_NAMES)
    return 'Add by hand to its "enum", so that editors propose them; or delete the file, and init writes it anew:';
  if (path === '.gitignore') return 'Add by hand, so that no key and no list of people is committed:';
  return null;
}

function linesOf(path: string, kept: string, composed: string, blueprint: Blueprint): string[] {
  if (HOLDS_KEYS.has(path)) {
    return [...OWN_SECRETS, ...variablesOf(blueprint)]
      .filter((variable) => !new RegExp(`\\bsecrets\\.${variable}\\b`).test(kept))
      .map((variable) => secretLine(variable).trim());
  }
  if (CODEOWNERS.has(path)) {
    const errors = { kind: 'unknown', why: 'GitHub was not asked' } as const;
    if (checkCodeOwners({ file: { path, text: kept }, guarded: GUARDED_PATHS, files: [], errors }).state === 'ok') return [];
    const owned = new Set(kept.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? ''));
    return GUARDED_PATHS.filter((guarded) => !owned.has(`/${guarded}`)).map((guarded) => guardedLine(guarded, blueprint.security));
  }
  if (path === EDITOR_SETTINGS) return missingGlobs(kept, composed);
  if (path === ACCOUNT_NAMES) return blueprint.names.filter((name) => !kept.includes(`"${name}"`)).map((name) => `"${name}"`);
  return [...IGNORED];
}

/** Read as text and not as JSON: editors allow comments in it. */
function missingGlobs(kept: string, composed: string): string[] {
  const schemas: Readonly<Record<string, unknown>> = JSON.parse(composed)['yaml.schemas'];
  return Object.entries(schemas)
    .filter(([schema]) => !kept.includes(schema.replace(/^\.\//, '')))
    .map(([schema, globs]) => `${JSON.stringify(schema)}: ${JSON.stringify(globs)},`);
}
