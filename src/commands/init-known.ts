import { RollcallError } from '../errors.ts';
import { credentialVariables } from '../policy/credential-variables.ts';
import type { PolicySource } from '../ports.ts';
import { CODE_OWNERS_PLACES } from '../setup/check-code-owners.ts';
import type { KeyedAccount } from '../setup/compose-account.ts';
import type { ActionPin } from '../setup/compose-workflows.ts';
import { WORKFLOWS } from '../setup/repository-facts.ts';
import { visible } from '../text/encode.ts';
import { readPin, readSecurity } from './init-words.ts';
import { loadFindings } from './load-desired.ts';
import type { Run } from './run-context.ts';

const MAX_BYTES = 1024 * 1024;

/** What of a repository of policies is there already. */
export interface Known {
  readonly accounts: readonly KeyedAccount[];
  /** Also of account files that say too little to know their variables. */
  readonly names: readonly string[];
  readonly codeowners: string | null;
  /** Where the way to set all this up stands, or may stand. */
  readonly readme: string;
  readonly security: string | null;
  readonly action: ActionPin | null;
  readonly hasWorkflows: boolean;
  readonly branch: string;
  /** Whether git's repository begins in this folder: elsewhere workflows and CODEOWNERS are not found. */
  readonly isRepository: boolean;
}

/** Looks and writes nothing. Throws where the folder is none. */
export async function readKnown(run: Run, folder: string): Promise<Known> {
  const source = run.world.files.policies(folder);
  await refuseFile(run, folder, source);
  const [codeowners, accounts, git] = await Promise.all([
    findCodeowners(source),
    readAccountFiles(run, folder, source),
    readGit(run, folder),
  ]);
  const workflows = await Promise.all(WORKFLOWS.map(({ file }) => readKept(run, `${folder}/${file}`)));
  const action = workflows.map((text) => pinOf(text ?? '')).find((pin) => pin !== null) ?? null;
  const owners = codeowners === null ? '' : ((await readKept(run, `${folder}/${codeowners}`)) ?? '');
  const readme = /rollcall/i.test((await readKept(run, `${folder}/README.md`)) ?? 'rollcall') ? 'README.md' : 'ROLLCALL.md';
  const hasWorkflows = workflows.every((text) => text !== null);
  return { ...accounts, ...git, codeowners, readme, security: securityOf(owners), action, hasWorkflows };
}

/** A file's text; null where none is there, and `''` where what is there cannot be read as one. */
export async function readKept(run: Run, path: string): Promise<string | null> {
  return run.world.files.readText(path, MAX_BYTES).catch(() => '');
}

/** As findings name it. */
export function policiesOf(folder: string): string {
  return folder === '.' ? 'policies' : `${folder}/policies`;
}

async function refuseFile(run: Run, folder: string, source: PolicySource): Promise<void> {
  const isFolder = (await source.list('')) !== null;
  if (isFolder || (await readKept(run, folder)) === null) return;
  throw new RollcallError('initNoFolder', visible(folder, 200), 'it is no folder');
}

/** The first of the places where GitHub looks: the others do not count. */
async function findCodeowners(source: PolicySource): Promise<string | null> {
  for (const place of CODE_OWNERS_PLACES) {
    const [name = '', ...above] = place.split('/').toReversed();
    const entries = await source.list(above.join('/'));
    if (entries?.some((entry) => entry.name === name)) return place;
  }
  return null;
}

async function readAccountFiles(run: Run, folder: string, source: PolicySource): Promise<Pick<Known, 'accounts' | 'names'>> {
  const { desired } = await loadFindings({ ...run, flags: { ...run.flags, policies: policiesOf(folder) } });
  const accounts = [...(desired?.accounts.values() ?? [])].map(({ policy: { name, provider, api } }) => ({
    name,
    provider,
    api,
    variables: variablesOf(name, api),
  }));
  const names = ((await source.list('policies/accounts')) ?? []).flatMap(
    ({ name }) => /^([a-z0-9][a-z0-9-]{0,63})\.ya?ml$/.exec(name)?.[1] ?? [],
  );
  return { accounts, names };
}

export function variablesOf(name: string, api: KeyedAccount['api']): KeyedAccount['variables'] {
  const { required, optional } = credentialVariables(name, api);
  return [...required.map((one) => ({ name: one, isNeeded: true })), ...optional.map((one) => ({ name: one, isNeeded: false }))];
}

/** Who guards the accounts guards what is new as well. */
function securityOf(codeowners: string): string | null {
  const owner = /^[ \t]*\/?policies\/accounts\/\S*[ \t]+(\S+)/m.exec(codeowners)?.[1] ?? '';
  return orNull(() => readSecurity(owner));
}

function pinOf(workflow: string): ActionPin | null {
  const uses = [...workflow.matchAll(/^\s*(?:- )?uses:\s*([^\s#]+(?:[ \t]+#[ \t]*v\d+\.\d+\.\d+)?)[ \t]*$/gm)].map(
    (match) => match[1] ?? '',
  );
  return orNull(() => readPin(uses.find((one) => !one.startsWith('actions/')) ?? ''));
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** The branch that everything is bound to: the remote's default, or main, or the one that is checked out where there is no main. */
async function readGit(run: Run, folder: string): Promise<Pick<Known, 'branch' | 'isRepository'>> {
  const git = run.world.git(folder);
  const say = async (...args: string[]) => {
    const { code, stdout } = await git.run(args);
    return code === 0 ? new TextDecoder().decode(stdout).trim() : null;
  };
  const isRepository = (await say('rev-parse', '--show-prefix')) === '';
  if (!isRepository) return { branch: 'main', isRepository };
  const remote = (await say('symbolic-ref', '--short', 'refs/remotes/origin/HEAD'))?.replace(/^origin\//, '');
  const hasMain = (await say('rev-parse', '--verify', 'refs/heads/main')) !== null;
  const branch = remote ?? (hasMain ? 'main' : await say('symbolic-ref', '--short', 'HEAD'));
  return { branch: /^[A-Za-z0-9][\w./-]{0,99}$/.test(branch ?? '') ? (branch ?? 'main') : 'main', isRepository };
}
