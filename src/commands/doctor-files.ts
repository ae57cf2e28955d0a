import type { DesiredState } from '../model.ts';
import { readWorkflow } from '../policy/read-workflow.ts';
import type { CodeownersError, Answer as Told } from '../protection.ts';
import { ACCOUNT_NAMES, checkAccountNames } from '../setup/check-account-names.ts';
import { CODE_OWNERS_PLACES, checkCodeOwners } from '../setup/check-code-owners.ts';
import type { SecretNames } from '../setup/check-environment.ts';
import { type Check, checkStates } from '../setup/check-states.ts';
import { checkWorkflowFiles } from '../setup/check-workflow-files.ts';
import { GUARDED_PATHS } from '../setup/repository-facts.ts';
import type { PlaceAtHand } from './doctor-place.ts';
import type { Run } from './run-context.ts';

const MAX_BYTES = 3 * 1024 * 1024;
const WORKFLOW_FOLDER = '.github/workflows/';

/** What the folder at hand says of itself: owners, workflows, and what editors propose. */
export async function doctorFiles(
  run: Run,
  desired: DesiredState,
  place: PlaceAtHand,
  names: SecretNames,
  errors: Told<readonly CodeownersError[]>,
): Promise<Check[]> {
  if (!place.hasGithubFiles) return [withoutFiles(place)];
  const { root, prefix } = place;
  const read = (path: string) => run.world.files.readText(`${root}${path}`, MAX_BYTES).catch(() => null);
  const guarded = GUARDED_PATHS.map((path) => path.replace(/^policies\//, prefix));
  const folders = [...guarded.filter((path) => path !== '.github/'), '.github/', WORKFLOW_FOLDER, `${prefix}teams/`];
  const [owners, listed, names_] = await Promise.all([
    Promise.all(CODE_OWNERS_PLACES.map(async (path) => ({ path, text: await read(path) }))),
    Promise.all(folders.map((folder) => listFiles(run, root, folder))),
    read(ACCOUNT_NAMES),
  ]);
  const files = listed.flat();
  const file = owners.find((one): one is { path: (typeof CODE_OWNERS_PLACES)[number]; text: string } => one.text !== null) ?? null;
  const workflows = files.filter((path) => path.startsWith(WORKFLOW_FOLDER) && /\.ya?ml$/.test(path));
  const entries = workflows.map(async (path) => {
    const text = await read(path);
    return [path, text === null ? null : await readWorkflow(text)] as const;
  });
  return [
    ...(place.isClone ? [] : [withoutFiles(place)]),
    checkCodeOwners({ file, guarded, files, errors }),
    checkAccountNames(names_, [...desired.accounts.keys()].toSorted()),
    ...checkWorkflowFiles({ workflows: new Map(await Promise.all(entries)), ...names }),
  ];
}

function withoutFiles({ isClone }: PlaceAtHand): Check {
  const check = checkStates('repository', 'files');
  if (!isClone)
    return check.unknown('the policies are in no clone, so nothing runs on GitHub from here', 'Run `git init -b main` beside them.');
  return check.unknown(
    'there is no .github beside the policies, so nothing runs on GitHub from here',
    'Run `rollcall init .`, which writes what is missing.',
  );
}

async function listFiles(run: Run, root: string, folder: string): Promise<string[]> {
  const entries = await run.world.files
    .policies(`${root}${folder}`)
    .list('')
    .catch(() => null);
  return (entries ?? []).filter(({ kind }) => kind === 'file').map(({ name }) => `${folder}${name}`);
}
