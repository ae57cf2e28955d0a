import { type CiConfig, readCiConfig } from '../config.ts';
import { RollcallError } from '../errors.ts';
import { STATE_BRANCH } from '../github/open-state-branch.ts';
import type { Protection } from '../protection.ts';
import { checkActions, checkRepository } from '../setup/check-actions.ts';
import { askFor, checkBranches, checkRequired } from '../setup/check-branches.ts';
import { checkEnvironment, type SecretNames } from '../setup/check-environment.ts';
import { type Check, checkStates } from '../setup/check-states.ts';
import { ENVIRONMENT, REQUIRED_CHECKS, WORKFLOWS } from '../setup/repository-facts.ts';
import { visible } from '../text/encode.ts';
import { doctorGit } from './doctor-git.ts';
import type { Run } from './run-context.ts';

export interface ExaminedGithub {
  /** `acme/access`; null where nothing says which. */
  readonly repository: string | null;
  readonly checks: readonly Check[];
  /** What GitHub finds wrong in CODEOWNERS. */
  readonly codeowners: Protection['codeowners'];
}

const MONTH_MS = 30 * 24 * 3_600_000;

/** How GitHub protects the repository, as far as the token at hand may see it. Only reads. */
export async function doctorGithub(run: Run, asked: string | null, names: SecretNames): Promise<ExaminedGithub> {
  const check = checkStates('repository', 'GitHub');
  const found = await findRepository(run, asked);
  const notAsked = (repository: string | null, one: Check): ExaminedGithub => ({ repository, checks: [one], codeowners: NOT_ASKED });
  if (found === null)
    return notAsked(null, check.unknown('it was not asked: no remote says which repository', 'Give --repository OWNER/NAME.'));
  const shown = visible(found.repository, 200);
  const token = tokenOf(run);
  if (token === null)
    return notAsked(
      found.repository,
      check.unknown(`it was not asked about ${shown}`, 'Set GITHUB_TOKEN to a token that may read the repository and its administration.'),
    );
  try {
    const config = configOf(run, found.repository, token);
    if (found.host !== null && found.host !== hostOf(config.serverUrl, found.hasPort))
      return notAsked(
        null,
        check.unknown(`it was not asked: the remote of this clone is on ${visible(found.host)}`, 'Give --repository OWNER/NAME.'),
      );
    return { repository: found.repository, ...toChecks(run, await readProtectionOf(run, config), names) };
  } catch (error) {
    if (!(error instanceof RollcallError) || asked !== null) throw error;
    return notAsked(found.repository, check.unknown(error.message.replace(/\.$/, ''), null));
  }
}

const NOT_ASKED = { kind: 'unknown', why: 'GitHub was not asked', needs: '' } as const;

function toChecks(run: Run, protection: Protection, names: SecretNames): Omit<ExaminedGithub, 'repository'> {
  const { repository, branches, checks, codeowners } = protection;
  if (repository.kind === 'unknown') {
    const check = checkStates('repository', 'GitHub');
    return { checks: [check.unknown(repository.why, askFor(repository.needs))], codeowners };
  }
  const { defaultBranch } = repository.value;
  return {
    codeowners,
    checks: [
      ...checkRepository(repository.value),
      ...checkBranches(branches),
      checkRequired(branches[0], checks),
      ...checkEnvironment(protection, defaultBranch, names),
      ...checkActions(protection, new Date(run.clock.now()).toISOString()),
    ],
  };
}

async function readProtectionOf(run: Run, config: CiConfig): Promise<Protection> {
  const { world, clock } = run;
  const [http, { openGitHub }] = await Promise.all([world.openHttp(), import('../github/open-github.ts')]);
  const wanted = {
    branches: [STATE_BRANCH],
    environment: ENVIRONMENT,
    checks: REQUIRED_CHECKS,
    workflows: WORKFLOWS.map(({ file }) => file),
    scheduled: WORKFLOWS.find(({ command }) => command === 'drift')?.file ?? '',
    since: new Date(clock.now() - MONTH_MS).toISOString(),
  };
  try {
    const github = openGitHub({
      ...config,
      membersToken: null,
      http,
      clock,
      identity: null,
      pace: !config.loopback,
      interrupted: world.interrupted,
    });
    return await github.protection.read(wanted);
  } finally {
    await http.close();
  }
}

/** Of a run in Actions only where GitHub is and the repository matter here. */
function configOf({ world }: Run, repository: string, token: string): CiConfig {
  return readCiConfig({ ...world.env, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token, GITHUB_EVENT_NAME: 'doctor' });
}

function tokenOf({ world: { env } }: Run): string | null {
  return env['GITHUB_TOKEN']?.trim() || env['GH_TOKEN']?.trim() || null;
}

interface Found {
  readonly repository: string;
  /** Where the remote of the clone is; null where somebody named the repository. */
  readonly host: string | null;
  readonly hasPort: boolean;
}

/** By address over https, by ssh, and in git's short form for ssh. */
const REMOTE = /^(?:(https?|ssh):\/\/(?:[^@/\s]*@)?|[^@/:\s]+@)([^/:\s]+)(:\d+)?[/:]([^/\s]+\/[^/\s]+?)(?:\.git)?\/?$/;

async function findRepository(run: Run, asked: string | null): Promise<Found | null> {
  const named = asked ?? (run.world.env['GITHUB_REPOSITORY']?.trim() || null);
  if (named !== null) return { repository: named, host: null, hasPort: false };
  const remote = await doctorGit(run, 'remote', 'get-url', 'origin');
  const [, scheme, host, port = '', repository] = REMOTE.exec(remote ?? '') ?? [];
  if (host === undefined || repository === undefined) return null;
  // The port of ssh says nothing of where the pages are.
  const hasPort = scheme === 'http' || scheme === 'https';
  return { repository, host: hasPort ? `${host}${port}` : host, hasPort };
}

function hostOf(serverUrl: string, hasPort: boolean): string {
  const { host, hostname } = new URL(serverUrl);
  return hasPort ? host : hostname;
}
