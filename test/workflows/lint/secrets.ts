import { expressionsOf, type Job, type Step, type Workflow } from './read-workflow.ts';

/** The environments that accept the default branch alone. */
const ENVIRONMENTS = new Set<unknown>(['rollcall-apply']);
/** What makes a process run other code, talk to another host, or believe another time or event. */
const TAMPERING =
  /^(?:NODE_.*|LD_.*|DYLD_.*|GIT_.*|GITHUB_.*|RUNNER_.*|INPUT_.*|(?:HTTPS?|ALL|NO)_PROXY|SSL_.*|PATH|BASH_ENV|SHELL|ROLLCALL_\w*_ORIGIN|ROLLCALL_NOW)$/i;

export function checkSecretsOutsideEnvironment({ jobs, texts }: Workflow): string[] {
  const above = texts
    .filter((text) => !text.path.startsWith('jobs.') && namesSecret(text))
    .map(({ path }) => `${path} gives a secret to every job`);
  const outside = jobs
    .filter((job) => job.texts.some(namesSecret) && !ENVIRONMENTS.has(job.environment))
    .map(({ id }) => `${id} names a secret and stands in no environment of the default branch`);
  const unknown = jobs
    .filter((job) => job.environment !== undefined && !ENVIRONMENTS.has(job.environment))
    .map(({ id }) => `${id} stands in an environment that is not on the list`);
  return [...above, ...outside, ...unknown];
}

/** A secret is the value of the variable of its own name, on one step, and that step runs our own code. */
export function checkSecretsOnOneStep({ jobs }: Workflow): string[] {
  return jobs.flatMap((job) => {
    const holders = job.steps.filter((step) => holdsSecret(step));
    const inEnv = job.texts.filter((text) => namesSecret(text) && isOwnSecret(text, job)).length;
    const all = job.texts.filter(namesSecret).length;
    return [
      ...(holders.length <= 1 ? [] : [`${job.id} gives secrets to ${holders.length} steps`]),
      ...(all === inEnv ? [] : [`${job.id} puts a secret elsewhere than in the variable of its name on a step`]),
      ...holders.filter(({ uses }) => !uses?.startsWith('./')).map(({ uses }) => `${job.id} gives secrets to ${uses ?? 'a script'}`),
    ];
  });
}

/** A pull request brings its own workflow file, so none that it can start has anything to take. */
export function checkSecretsOfPullRequests({ triggers, jobs }: Workflow): string[] {
  if (!('pull_request' in triggers) && !('merge_group' in triggers)) return [];
  return jobs
    .filter((job) => job.environment !== undefined || job.texts.some(namesSecret))
    .map(({ id }) => `${id} runs for pull requests and has a secret or an environment`);
}

export function checkAllSecrets({ jobs, texts }: Workflow): string[] {
  const whole = texts.filter((text) => expressionsOf(text).some((expression) => /\bsecrets\b(?!\s*\.\s*\w)/i.test(expression)));
  return [
    ...whole.map(({ path }) => `${path} reaches for more than one secret`),
    ...jobs.filter(({ keys }) => keys.includes('secrets')).map(({ id }) => `${id} hands its secrets on`),
  ];
}

export function checkRedaction({ texts }: Workflow): string[] {
  return texts
    .filter((text) => expressionsOf(text).some((expression) => /\w+\s*\([^)]*\bsecrets\b/i.test(expression)))
    .map(({ path }) => `${path} makes a part of a secret that the log would show`);
}

export function checkEnvironmentFiles({ texts }: Workflow): string[] {
  return texts
    .filter(({ path, text }) => /\.run$/.test(path) && /GITHUB_(?:ENV|PATH)\b|::(?:set-env|add-path)/.test(text))
    .map(({ path }) => `${path} changes the environment of later steps`);
}

export function checkInsecureCommands({ texts, jobs }: Workflow): string[] {
  const named = texts.filter(({ path, text }) => `${path} ${text}`.includes('ACTIONS_ALLOW_UNSECURE_COMMANDS')).map(({ path }) => path);
  const onSteps = jobs.flatMap(({ steps }) => steps).filter(({ env }) => 'ACTIONS_ALLOW_UNSECURE_COMMANDS' in env);
  return [...named, ...onSteps.map(() => 'a step')].map((where) => `${where} lets a line of output set variables`);
}

export function checkTampering({ texts, jobs }: Workflow): string[] {
  const above = texts.filter(({ path }) => /(?:^|^jobs\.[^.]+\.)env\.[^.]+$/.test(path)).map(({ path }) => path.split('.').at(-1) ?? '');
  const names = [...above, ...jobs.flatMap(({ steps }) => steps).flatMap(({ env }) => Object.keys(env))];
  return names.filter((name) => TAMPERING.test(name)).map((name) => `${name} is set by the workflow`);
}

function namesSecret(text: { readonly path: string; readonly text: string }): boolean {
  return expressionsOf(text).some((expression) => /\bsecrets\b/i.test(expression));
}

function holdsSecret({ env, with: inputs, run }: Step): boolean {
  const texts = [...Object.values(env), ...Object.values(inputs), run ?? ''].map(String);
  return texts.some((text) => namesSecret({ path: '', text }));
}

function isOwnSecret({ path, text }: { readonly path: string; readonly text: string }, job: Job): boolean {
  const match = new RegExp(`^jobs\\.${job.id}\\.steps\\.\\d+\\.env\\.([A-Z0-9_]+)$`).exec(path);
  return match !== null && text === `\${{ secrets.${match[1]} }}`;
}
