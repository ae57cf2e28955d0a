import { visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';
import { type Check, checkStates, sayList } from './check-states.ts';
import { checkPermissions, checkTimetable, checkTriggers } from './check-workflow-rights.ts';
import { checkVariables } from './check-workflow-secrets.ts';

/** One value of a workflow, by where it stands: `jobs`, `apply`, `steps`, 0, `uses`. */
export interface WorkflowValue {
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly line: number;
  readonly comment: string | null;
}

export interface WorkflowFiles {
  /** Every file of `.github/workflows`, by its path in the repository; null for one that cannot be understood. */
  readonly workflows: ReadonlyMap<string, readonly WorkflowValue[] | null>;
  /** The variables of every account and of the ledger's signing, by whether a run needs them. */
  readonly needed: readonly string[];
  readonly all: readonly string[];
}

/** The workflows at hand: what they run, for whom and with which rights, and that keys stand on the one step that needs them. */
export function checkWorkflowFiles(files: WorkflowFiles): Check[] {
  if (files.workflows.size === 0) return [checkVariables(files)];
  const unread = [...files.workflows].filter(([, values]) => values === null).map(([path]) => visible(path));
  const judged = [checkPins(files), checkVariables(files), checkTriggers(files), checkPermissions(files), ...checkTimetable(files)];
  if (unread.length === 0) return judged;
  return judged.map((check) =>
    check.state === 'wrong'
      ? check
      : checkStates(check.group, check.name).attention(
          `${sayList(unread)} could not be understood`,
          'Write it as plain YAML without anchors, aliases and tags; what it does cannot be told from here.',
        ),
  );
}

const WHOLE_COMMIT = /^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40}$/;
const WHOLE_IMAGE = /^docker:\/\/[^@]+@sha256:[0-9a-f]{64}$/;

function checkPins({ workflows }: WorkflowFiles): Check {
  const check = checkStates('workflows', 'pins');
  const uses = [...workflows].flatMap(([path, values]) => listUses(path, values ?? []));
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
function listUses(path: string, values: readonly WorkflowValue[]): { used: string; hasVersion: boolean; words: string }[] {
  return values
    .filter((value) => String(value.path.at(-1)).toLowerCase() === 'uses')
    .map((value) => ({ ...value, used: value.text.trim() }))
    .filter(({ used }) => !used.startsWith('./'))
    .map(({ used, line, comment }) => ({
      used,
      hasVersion: comment !== null,
      words: `${visible(path)}, line ${line} (${encodeSentence(used.length > 80 ? `${used.slice(0, 80)}…` : used)})`,
    }));
}
