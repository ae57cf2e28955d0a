import type { Check } from '../../apply/open-ledger.ts';
import { readPublicKeys } from '../../apply/signatures.ts';
import { type CiConfig, readCiConfig } from '../../config.ts';
import { RollcallError } from '../../errors.ts';
import type { GitHub } from '../../github/github.ts';
import { type Objects, openObjects } from '../../github/open-objects.ts';
import { type CiEvent, readEvent } from '../../github/read-event.ts';
import { visible } from '../../text/encode.ts';
import type { Run } from '../run-context.ts';
import { createPolicyLoader, type PolicyLoader } from './create-policy-loader.ts';
import { STATE_REF } from './read-state.ts';
import type { Speech } from './speak.ts';

export interface CiFlags {
  readonly pull: number | null;
  /** Whether names and addresses may be written although the repository is public. */
  readonly isPublic: boolean;
}

/** One run in GitHub Actions: the repository, its objects, what happened, and against what signatures are held. */
export interface Ci {
  readonly run: Run;
  readonly config: CiConfig;
  readonly event: CiEvent;
  readonly github: GitHub;
  readonly objects: Objects;
  readonly policies: PolicyLoader;
  readonly repositoryId: string;
  readonly defaultBranch: string;
  /** The default branch's tip when this run began. */
  readonly tip: string;
  /** The tip of `rollcall-state`; null before the first run on the default branch. */
  readonly stateTip: string | null;
  /** Against which signatures are held; throws where the default branch has no public keys. */
  readonly check: () => Check;
  /** The folder of policies inside the repository. */
  readonly folder: string;
  readonly runUrl: string | null;
  /** Told of every plan that was spoken of, where standard output is for a program. */
  readonly tell?: (speech: Speech) => void;
  /** Adds to the job's summary; one job may plan many pull requests. */
  summarise(markdown: string): Promise<void>;
  close(): Promise<void>;
}

const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const MAX_KEYS_BYTES = 64 * 1024;
export const PUBLIC_KEYS = '.github/rollcall.pub';

/** Opens everything a `ci` command needs, and refuses a public repository before a word is written there. */
export async function openCi(run: Run, flags: CiFlags): Promise<Ci> {
  const { world } = run;
  const config = readCiConfig(world.env);
  const event = await readCiEvent(run, config, flags);
  const [http, { openGitHub }] = await Promise.all([world.openHttp(), import('../../github/open-github.ts')]);
  try {
    const github = openGitHub({
      ...config,
      http,
      clock: run.clock,
      identity: null,
      pace: !config.loopback,
      interrupted: world.graceOver,
    });
    const facts = await github.branches.facts();
    if (!facts.isPrivate && !flags.isPublic) throw new RollcallError('publicRepository', visible(config.repository, 200));
    const objects = await openObjects({
      git: world.git,
      folder: `${config.temp}/rollcall-objects.git`,
      url: github.url,
      token: config.token,
    });
    const ref = `refs/heads/${facts.defaultBranch}`;
    const fetched = await objects.bring([ref, STATE_REF]);
    const tip = fetched.get(ref) ?? null;
    if (tip === null) throw new RollcallError('objectsUnreadable', visible(config.repository, 200), 'the default branch has no commit');
    const folder = folderOf(run);
    const keys = (await objects.text(tip, PUBLIC_KEYS, MAX_KEYS_BYTES)) ?? '';
    return {
      run,
      config,
      event,
      github,
      objects,
      policies: createPolicyLoader(objects, folder),
      repositoryId: String(facts.id),
      defaultBranch: facts.defaultBranch,
      tip,
      stateTip: fetched.get(STATE_REF) ?? null,
      check: () => ({ repository: String(facts.id), verifier: readPublicKeys(keys) }),
      folder,
      runUrl: config.runId === null ? null : `${github.url}/actions/runs/${config.runId}`,
      summarise: summariesOf(run, config.summaryFile),
      close: () => http.close(),
    };
  } catch (error) {
    await http.close();
    throw error;
  }
}

async function readCiEvent(run: Run, { eventName, eventPath }: CiConfig, { pull }: CiFlags): Promise<CiEvent> {
  const text = eventPath === null ? null : await run.world.files.readText(eventPath, MAX_EVENT_BYTES);
  return readEvent(eventName, text, pull);
}

/** `--policies` as a folder inside the repository: nothing outside it can be meant. */
function folderOf(run: Run): string {
  const folder = run.flags.policies.replace(/^\.\//, '').replace(/^(.*[^/])?\/+$/s, '$1');
  if (folder === '' || folder.startsWith('/') || folder.split('/').includes('..')) {
    throw new RollcallError('usage', `--policies ${visible(run.flags.policies, 200)}: give a folder inside the repository`);
  }
  return folder;
}

/** GitHub drops a summary beyond 1 MiB whole. */
const SUMMARY_MAX_BYTES = 1_000_000;

function summariesOf(run: Run, file: string | null): Ci['summarise'] {
  let written = '';
  return async (markdown) => {
    const next = written === '' ? markdown : `${written}\n---\n\n${markdown}`;
    if (file === null || Buffer.byteLength(next) > SUMMARY_MAX_BYTES) return;
    written = next;
    await run.world.files.writeText(file, written);
  };
}
