import type { EnvironmentFacts, Protection, Answer as Told } from '../protection.ts';
import { visible } from '../text/encode.ts';
import { askFor } from './check-branches.ts';
import { type Check, checkStates, sayList } from './check-states.ts';
import { ENVIRONMENT } from './repository-facts.ts';

/** The variables that runs on GitHub read from secrets. */
export interface SecretNames {
  /** Without one of them an account cannot be read, or nothing can be written. */
  readonly needed: readonly string[];
  /** Every secret that opens an account or signs the ledger, the optional ones too. */
  readonly all: readonly string[];
}

type EnvironmentParts = Pick<Protection, 'environment' | 'repositorySecrets' | 'organizationSecrets'>;

/** Whether the keys lie where the default branch alone can use them, all of them, and nowhere else. */
export function checkEnvironment({ environment, ...secrets }: EnvironmentParts, defaultBranch: string, names: SecretNames): Check[] {
  return [checkBinding(environment, defaultBranch), checkSecrets(environment, names), checkLoose(secrets, names)];
}

function checkBinding(environment: Told<EnvironmentFacts | null>, defaultBranch: string): Check {
  const check = checkStates('repository', 'environment');
  if (environment.kind === 'unknown') return check.unknown(environment.why, askFor(environment.needs));
  const found = environment.value;
  const main = visible(defaultBranch, 100);
  if (found === null)
    return check.wrong(
      `there is no environment ${ENVIRONMENT}`,
      `Make it (Settings, Environments), bound to ${main}, and put the keys into it.`,
    );
  const { branches, adminsMayBypass, hasReviewers, waitMinutes } = found;
  if (branches.kind === 'unknown') return check.unknown(`which branches may use it: ${branches.why}`, askFor(branches.needs));
  const bind = `Set its deployment branches to selected ones, ${main} alone.`;
  if (branches.value === 'all') return check.wrong('every branch may use its keys', bind);
  if (branches.value === 'protected') return check.attention('every protected branch may use its keys', bind);
  const others = branches.value.filter((name) => name !== defaultBranch).map((name) => visible(name, 60));
  if (others.length > 0) return check.wrong(`${sayList(others)} may use its keys too`, bind);
  if (branches.value.length === 0) return check.wrong('no branch may use its keys', bind);
  if (adminsMayBypass === true)
    return check.attention('administrators may bypass its rules', 'Switch off "Allow administrators to bypass" in it.');
  if (hasReviewers || waitMinutes > 0)
    return check.attention(
      hasReviewers ? 'each run waits for a reviewer, drift every hour' : `each run waits ${waitMinutes} minutes`,
      'Take that rule off it: `apply` checks the reviews of each pull request itself.',
    );
  return check.ok(`${ENVIRONMENT}, for ${main} alone`);
}

function checkSecrets(environment: Told<EnvironmentFacts | null>, { needed, all }: SecretNames): Check {
  const check = checkStates('repository', 'secrets');
  const secrets = environment.kind === 'known' ? (environment.value?.secrets ?? null) : environment;
  if (secrets === null)
    return check.wrong(`no environment holds ${sayList(needed)}`, `Make the environment ${ENVIRONMENT} and store them in it.`);
  if (secrets.kind === 'unknown') return check.unknown(secrets.why, askFor(secrets.needs));
  const missing = needed.filter((name) => !secrets.value.includes(name));
  if (missing.length > 0)
    return check.wrong(
      `${ENVIRONMENT} lacks ${sayList(missing)}`,
      `Store ${missing.length === 1 ? 'it' : 'each'} as a secret of ${ENVIRONMENT}.`,
    );
  const optional = all.filter((name) => !name.startsWith('ROLLCALL_') && !needed.includes(name) && !secrets.value.includes(name));
  return check.ok(
    `${ENVIRONMENT} holds all that is needed${optional.length === 0 ? '' : `; not there, and optional: ${sayList(optional)}`}`,
  );
}

/** A key that any branch can read. */
function checkLoose({ repositorySecrets, organizationSecrets }: Omit<EnvironmentParts, 'environment'>, { all }: SecretNames): Check {
  const check = checkStates('repository', 'loose secrets');
  const loose = [
    ...namesIn(repositorySecrets, all).map((name) => `${name} (of the repository)`),
    ...namesIn(organizationSecrets, all).map((name) => `${name} (of the organization)`),
  ];
  if (loose.length > 0)
    return check.wrong(
      `any branch can read ${sayList(loose)}`,
      `Make a new key, store it in ${ENVIRONMENT} alone, and delete the secret that any branch can read.`,
    );
  const unseen = [repositorySecrets, organizationSecrets].find((one) => one.kind === 'unknown');
  if (unseen?.kind === 'unknown') return check.unknown(unseen.why, askFor(unseen.needs));
  return check.ok('no key is a secret of the repository or of the organization');
}

function namesIn(secrets: Told<readonly string[]>, all: readonly string[]): string[] {
  return secrets.kind === 'known' ? all.filter((name) => secrets.value.includes(name)) : [];
}
