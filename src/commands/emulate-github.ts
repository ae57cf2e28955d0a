import { ACTIONS_APP_ID, ACTIONS_BOT, fullName, type GithubToken } from '../emulator/github/github-state.ts';
import { type GithubSeed, parseGithubSeed } from '../emulator/github/parse-github-seed.ts';
import { type RunningGithub, startGithub } from '../emulator/github/start-github.ts';
import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import { listPolicyFiles } from '../policy/list-policy-files.ts';
import { visible } from '../text/encode.ts';
import type { Run } from './run-context.ts';

const MAX_SEED_BYTES = 64 * 1024 * 1024;

export interface EmulateGithubFlags {
  readonly port: number;
  readonly seed: string | null;
}

/** GitHub on the loopback address, until it is interrupted. Its repositories lie in a folder that goes with it. */
export async function emulateGithub(run: Run, { port, seed: file }: EmulateGithubFlags): Promise<ExitCode> {
  const seed = file === null ? await seedFromPolicies(run) : await readSeed(run, file);
  const { folder, discard } = await run.world.files.temporary();
  const { clock, world } = run;
  const github = await startGithub({ clock, random: world.random, git: world.git, folder, port, seed });
  for (const line of describe(github, seed, folder)) run.print(line);
  await new Promise<void>((resolve) => {
    if (world.interrupted.aborted) resolve();
    world.interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await github.stop();
  await discard();
  return EXIT.ok;
}

/** What somebody needs to paste and to know. */
function describe({ origin, serverUrl }: RunningGithub, { repositories, tokens }: GithubSeed, folder: string): readonly string[] {
  const name = repositories[0] === undefined ? '' : visible(fullName(repositories[0]));
  const token = tokens.find((one) => one.kind === 'actions') ?? tokens[0];
  const people = tokens.filter((one) => one.kind === 'user').map((one) => `${visible(one.login)} with ${visible(one.value)}`);
  const clone = new URL(`/${name}.git`, serverUrl);
  clone.username = token === undefined ? '' : 'x-access-token';
  clone.password = token?.value ?? '';
  return [
    `GitHub is emulated at ${origin}; its repositories lie in ${visible(folder, 200)}`,
    '',
    `export GITHUB_API_URL=${origin}`,
    `export GITHUB_SERVER_URL=${serverUrl}`,
    `export GITHUB_REPOSITORY=${name}`,
    ...(token === undefined ? [] : [`export GITHUB_TOKEN=${visible(token.value)}`]),
    '',
    `git clone ${clone.href}`,
    ...(people.length === 0 ? [] : [`People act through the API: ${people.join(', ')}.`]),
    'Stop with Ctrl-C.',
  ];
}

/** Without a seed: acme/access, private, with the policies at hand as its first commit, and two people who review each other. */
async function seedFromPolicies(run: Run): Promise<GithubSeed> {
  const source = run.world.files.policies(run.flags.policies);
  const { files } = await listPolicyFiles(source, run.flags.policies);
  const texts = await Promise.all(
    files.map(async ({ path }) => [`policies/${path}`, new TextDecoder().decode(await source.read(path))] as const),
  );
  const all = { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'write', actions: 'write' } as const;
  const bot = { kind: 'actions', userId: ACTIONS_BOT.id, login: ACTIONS_BOT.login, appId: ACTIONS_APP_ID } as const;
  const person = (login: string, userId: number): GithubToken => ({
    value: `ghp_EMULATED-${login}`,
    kind: 'user',
    userId,
    login,
    appId: null,
    permissions: { ...all, members: 'read' },
    repository: 'acme/access',
  });
  return {
    repositories: [
      {
        owner: 'acme',
        name: 'access',
        isPrivate: true,
        files: { 'README.md': 'Who may do what at acme.example.\n', ...Object.fromEntries(texts) },
        author: 'ada',
        roles: { ada: 'admin', grace: 'admin' },
      },
    ],
    tokens: [
      { ...bot, value: 'ghs_EMULATED-actions', permissions: all, repository: 'acme/access' },
      person('ada', 101),
      person('grace', 102),
    ],
    teams: { 'acme/security': ['ada', 'grace'] },
  };
}

async function readSeed(run: Run, file: string): Promise<GithubSeed> {
  const text = await run.world.files.readText(file, MAX_SEED_BYTES);
  if (text === null) throw new RollcallError('seedInvalid', visible(file), 'there is no such file');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RollcallError('seedInvalid', visible(file), 'it is not JSON');
  }
  return parseGithubSeed(value, visible(file));
}
