import type { Job, Step, Workflow } from './read-workflow.ts';

/** Every action of others that may run at all; each one more is one more that can be taken over. */
const ACTIONS = new Set(['actions/checkout', 'actions/setup-node', 'actions/upload-artifact']);
const BASE_REF = 'refs/heads/main';

export function checkPins({ jobs }: Workflow): string[] {
  return everyStep(jobs)
    .filter(
      ({ uses, version }) =>
        uses !== null && !isLocal(uses) && !(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/.test(uses) && /^v\d+\.\d+\.\d+$/.test(version)),
    )
    .map(({ uses }) => `${uses} is not a whole commit with its version beside it`);
}

export function checkActions({ jobs }: Workflow): string[] {
  const called = jobs.filter(({ keys }) => keys.includes('uses')).map(({ id }) => `${id} calls a workflow of somebody else's`);
  const unknown = everyStep(jobs).filter(({ uses }) => uses !== null && !isLocal(uses) && !ACTIONS.has(nameOf(uses)));
  return [...called, ...unknown.map(({ uses }) => `${uses} is not on the list of actions`)];
}

export function checkCredentialsKept({ jobs }: Workflow): string[] {
  return everyStep(jobs)
    .filter((step) => isCheckout(step) && String(step.with['persist-credentials']) !== 'false')
    .map(() => 'a checkout leaves the token behind in the work tree');
}

/** What a job runs of ours is the base branch's; of anything else it has at most the policies, as files. */
export function checkBaseCode({ jobs }: Workflow): string[] {
  return jobs.flatMap((job) => {
    const local = job.steps.flatMap(({ uses }) => (uses !== null && isLocal(uses) ? [uses] : []));
    const checkouts = job.steps.filter(isCheckout);
    // A job that runs the code of the pull request itself: nothing is within its reach.
    if (local.length === 0 && !job.isPrivileged) return [];
    const base = new Set(
      checkouts.filter(isOfBase).map((step) => (step.with['path'] === undefined ? './' : `./${String(step.with['path'])}`)),
    );
    const foreign = checkouts.filter((step) => !isOfBase(step) && !isPoliciesOnly(step, job)).length;
    return [
      ...(foreign === 0 ? [] : [`${job.id} checks out more of the pull request than its policies`]),
      ...local.filter((uses) => !base.has(uses)).map((uses) => `${job.id} runs ${uses}, which is not the base branch's`),
    ];
  });
}

export function checkRuns({ jobs }: Workflow): string[] {
  return jobs
    .filter((job) => job.isPrivileged && job.steps.some(({ run }) => run !== null))
    .map(({ id }) => `${id} may write, and runs a script`);
}

export function checkInstalls({ jobs }: Workflow): string[] {
  const adhoc = /\b(?:npm\s+(?:i|install|add|exec|x)|npx|pnpm|yarn|bunx?|pip3?|pipx|uvx?|gem|cargo|go|brew|apt|apt-get|curl|wget)\s/;
  return everyStep(jobs)
    .filter(({ run }) => run !== null && adhoc.test(`${run} `))
    .map(({ run }) => `${run} fetches what no lock file holds`);
}

export function checkCaches({ jobs }: Workflow): string[] {
  return everyStep(jobs).flatMap((step) => {
    if (step.uses?.startsWith('actions/cache')) return ['actions/cache restores what another run left'];
    if ('cache' in step.with) return [`${step.uses} restores a cache`];
    const automatic = step.uses?.startsWith('actions/setup-node@') && String(step.with['package-manager-cache']) !== 'false';
    return automatic ? ['setup-node may restore a cache of its own accord'] : [];
  });
}

export function checkContinuing({ texts, jobs }: Workflow): string[] {
  const keys = jobs.flatMap((job) => [job, ...job.steps]).filter((place) => place.keys.includes('continue-on-error'));
  const runs = texts.filter(({ path, text }) => /\.run$/.test(path) && /\|\|\s*(?:true|:)(?:\s|$)/.test(text));
  return [...keys.map(() => 'a job or a step'), ...runs.map(({ path }) => path)].map((place) => `${place} is green when it fails`);
}

export function checkRunners({ jobs }: Workflow): string[] {
  return jobs.flatMap(({ id, runsOn, keys }) => {
    const hosted = typeof runsOn === 'string' && /^ubuntu-\d\d\.04(?:-arm)?$/.test(runsOn);
    const boxed = keys.filter((key) => key === 'container' || key === 'services');
    return [
      ...(hosted ? [] : [`${id} runs on a machine that is not GitHub's own, or on no fixed one`]),
      ...boxed.map((key) => `${id} has a ${key}`),
    ];
  });
}

export function checkTimeouts({ jobs }: Workflow): string[] {
  return jobs
    .filter(({ timeoutMinutes }) => !(typeof timeoutMinutes === 'number' && timeoutMinutes >= 1 && timeoutMinutes <= 60))
    .map(({ id }) => `${id} may run for hours`);
}

function everyStep(jobs: readonly Job[]): Step[] {
  return jobs.flatMap(({ steps }) => steps);
}

function isLocal(uses: string): boolean {
  return uses.startsWith('./');
}

function nameOf(uses: string): string {
  return uses.split('@')[0] ?? '';
}

function isCheckout({ uses }: Step): boolean {
  return uses !== null && nameOf(uses) === 'actions/checkout';
}

function isOfBase({ with: inputs }: Step): boolean {
  const known = ['ref', 'path', 'persist-credentials'];
  return inputs['ref'] === BASE_REF && Object.keys(inputs).every((name) => known.includes(name));
}

function isPoliciesOnly({ with: inputs }: Step, job: Job): boolean {
  const known = ['ref', 'sparse-checkout', 'sparse-checkout-cone-mode', 'persist-credentials'];
  const sparse = inputs['sparse-checkout'] === '/policies/' && inputs['sparse-checkout-cone-mode'] === false;
  return sparse && !job.isPrivileged && Object.keys(inputs).every((name) => known.includes(name));
}
