import type { Check } from '../apply/open-ledger.ts';
import { readPublicKeys, type Verifier } from '../apply/signatures.ts';
import { RollcallError } from '../errors.ts';
import { type Objects, openObjects } from '../github/open-objects.ts';
import { readStateFiles, STATE_BRANCH } from '../github/open-state-branch.ts';
import type { DesiredState, History, Instant, Reading } from '../model.ts';
import { fanOut } from '../plan/fan-out.ts';
import { isOf } from '../plan/is-of.ts';
import type { Git } from '../ports.ts';
import { PUBLIC_KEYS } from '../setup/repository-facts.ts';
import { visible } from '../text/encode.ts';
import { newestInstant, readState, type StateAt } from './ci/read-state.ts';
import { DEFAULT_LEDGER, type Run } from './run-context.ts';

/** What a clone has of the state branch, with every signature checked; or in words why there is nothing to go by. */
export type LocalState =
  | {
      readonly kind: 'found';
      readonly history: History;
      /** The newest observations of the accounts of policy. */
      readonly readings: ReadonlyMap<string, Reading>;
      /** How new it is; null where nothing was observed yet. */
      readonly at: Instant | null;
      readonly commit: string;
    }
  | { readonly kind: 'missing' | 'unverified'; readonly why: string };

/** The branch as the clone has it, nothing of it checked yet. */
export interface LocalBranch {
  readonly commit: string;
  readonly objects: Objects;
  readonly ledgerText: string;
  /** The id of the repository that the first record names: GitHub alone knows it for sure, and all others have to name the same. */
  readonly repository: string | null;
  /** Against what its signatures are held; throws where the commit at hand has no public keys. */
  readonly check: () => Promise<Check>;
}

const PARTIAL = `this clone has left out objects of ${STATE_BRANCH}: clone it without a filter, or give --ledger and --observation`;
const EMPTY = 'there is no record on it';
const MAX_KEYS_BYTES = 64 * 1024;
/** What was fetched last, then what somebody made of it here. */
const REFS = [`refs/remotes/origin/${STATE_BRANCH}`, `refs/heads/${STATE_BRANCH}`];

/** Whether this run names no ledger and has none at the usual place, so that the clone's state branch counts. */
export async function isWithoutLedger({ world, flags: { ledger } }: Run): Promise<boolean> {
  return ledger === DEFAULT_LEDGER && (await world.openStorage(ledger).read()).text === '';
}

/** Reads the state branch out of the clone that holds the policies. Nothing is fetched and nothing is written; it never throws for what lies there. */
export async function readLocalState(run: Run, desired: DesiredState): Promise<LocalState> {
  try {
    const branch = await openLocalBranch(run);
    if (branch === null) return { kind: 'missing', why: await whyMissing(run) };
    // A branch that was made has had a record since.
    if (branch.ledgerText === '') return { kind: 'unverified', why: EMPTY };
    const state = await readState(branch.objects, branch.commit, await branch.check());
    const { history, commit } = state;
    return { kind: 'found', history, commit, at: newestInstant(state), readings: readingsOf(run, desired, state.observations) };
  } catch (error) {
    if (error instanceof RollcallError && error.code === 'objectsUnreadable') return { kind: 'missing', why: PARTIAL };
    if (error instanceof RollcallError) return { kind: 'unverified', why: error.message };
    throw error;
  }
}

/** Null where the policies stand in no clone, or the clone has no such branch. */
export async function openLocalBranch(run: Run): Promise<LocalBranch | null> {
  const git = run.world.git(run.flags.policies);
  const folder = await gitFolder(git);
  if (folder === null) return null;
  const commits = await Promise.all(REFS.map((ref) => commitAt(git, ref)));
  const commit = commits.find((one) => one !== null) ?? null;
  if (commit === null) return null;
  const objects = await openClone(run, folder);
  const { ledgerText } = readStateFiles(await objects.files(commit));
  const repository = /^[^\n]*?"repository":"([^"\\]{1,40})"/.exec(ledgerText)?.[1] ?? null;
  return { commit, objects, ledgerText, repository, check: async () => ({ repository, verifier: await readKeys(git, objects) }) };
}

/** No program of a setting is run, and what a clone left out is not fetched behind anybody's back. */
const OFFLINE = ['-c', 'log.showSignature=false', '-c', 'protocol.allow=never'];

/** The objects of the clone itself: it is there already, so nothing is made. */
function openClone({ world }: Run, folder: string): Promise<Objects> {
  const gitIn = (inside: string): Git => ({
    run: async (args, stdin, env) =>
      args[0] === 'init' ? { code: 0, stdout: new Uint8Array() } : world.git(inside).run([...OFFLINE, ...args], stdin, env),
  });
  return openObjects({ git: gitIn, folder, url: '', token: '' });
}

async function readKeys(git: Git, objects: Objects): Promise<Verifier> {
  const head = await commitAt(git, 'HEAD');
  const keys = head === null ? null : await objects.text(head, PUBLIC_KEYS, MAX_KEYS_BYTES);
  return readPublicKeys(keys ?? '');
}

function readingsOf({ flags }: Run, desired: DesiredState, observations: StateAt['observations']): Map<string, Reading> {
  const all = new Map<string, Reading>([...observations].map(([account, observation]) => [account, { kind: 'complete', observation }]));
  const readings = new Map<string, Reading>();
  for (const { policy } of fanOut(desired, all).accounts.values()) {
    const observation = observations.get(policy.name);
    const isAsked = flags.account.length === 0 || flags.account.includes(policy.name) || flags.account.includes(policy.file);
    if (isAsked && observation !== undefined && isOf(observation, policy)) readings.set(policy.name, { kind: 'complete', observation });
  }
  return readings;
}

/** A clause for people: why there is no state branch to read, and how to get one. */
export async function whyMissing(run: Run): Promise<string> {
  const folder = await gitFolder(run.world.git(run.flags.policies));
  return folder === null
    ? `${visible(run.flags.policies, 200)} is in no git repository`
    : `this clone has no branch ${STATE_BRANCH}: \`git fetch origin ${STATE_BRANCH}:${REFS[0]}\` brings it once the first run on GitHub has made it`;
}

async function gitFolder(git: Git): Promise<string | null> {
  const folder = await ask(git, ['rev-parse', '--absolute-git-dir']);
  return /^(\/|[A-Za-z]:)/.test(folder) ? folder : null;
}

async function commitAt(git: Git, ref: string): Promise<string | null> {
  const commit = await ask(git, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit) ? commit : null;
}

/** What git answers in one line; empty where it has no answer. */
async function ask(git: Git, args: readonly string[]): Promise<string> {
  const { code, stdout } = await git.run(args);
  return code === 0 ? new TextDecoder().decode(stdout).trim() : '';
}
