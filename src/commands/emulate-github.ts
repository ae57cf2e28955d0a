import { ACTIONS_APP_ID, ACTIONS_BOT, fullName, type GithubToken } from '../emulator/github/github-state.ts';
import { type GithubSeed, parseGithubSeed } from '../emulator/github/parse-github-seed.ts';
import { type RunningGithub, startGithub } from '../emulator/github/start-github.ts';
import type { ExitCode } from '../errors.ts';
import { listPolicyFiles } from '../policy/list-policy-files.ts';
import type { Clock } from '../ports.ts';
import { visible } from '../text/encode.ts';
import { readSeed } from './read-seed.ts';
import type { Run } from './run-context.ts';
import { type Emulated, serveEmulators } from './serve-emulators.ts';

export interface EmulateGithubFlags {
  readonly port: number;
  readonly seed: string | null;
}

/** GitHub on the loopback address, until it is interrupted. Its repositories lie in a folder that goes with it. */
export async function emulateGithub(run: Run, { port, seed: file }: EmulateGithubFlags): Promise<ExitCode> {
  const seed = file === null ? await makeGithubSeed(run) : await readSeed(run, file, parseGithubSeed);
  return serveEmulators(run, [await openEmulatedGithub(run, seed, port, run.clock)]);
}

export async function openEmulatedGithub({ world }: Run, seed: GithubSeed, port: number, clock: Clock): Promise<Emulated> {
  const { folder, discard } = await world.files.temporary();
  const github = await startGithub({ clock, random: world.random, git: world.git, folder, port, seed });
  return {
    ...describe(github, seed, folder),
    stop: async () => {
      await github.stop();
      await discard();
    },
  };
}

/** What somebody needs to paste and to know. */
function describe({ origin, serverUrl }: RunningGithub, { repositories, tokens }: GithubSeed, folder: string): Omit<Emulated, 'stop'> {
  const name = repositories[0] === undefined ? '' : visible(fullName(repositories[0]));
  const token = tokens.find((one) => one.kind === 'actions') ?? tokens[0];
  const people = tokens.filter((one) => one.kind === 'user').map((one) => `${visible(one.login)} with ${visible(one.value)}`);
  const clone = new URL(`/${name}.git`, serverUrl);
  clone.username = token === undefined ? '' : 'x-access-token';
  clone.password = token?.value ?? '';
  return {
    vendor: 'github',
    origin,
    controlOrigin: null,
    where: `GitHub is emulated at ${origin}; its repositories lie in ${visible(folder, 200)}`,
    env: {
      GITHUB_API_URL: origin,
      GITHUB_SERVER_URL: serverUrl,
      GITHUB_REPOSITORY: name,
      ...(token === undefined ? {} : { GITHUB_TOKEN: visible(token.value) }),
    },
    hints: [`git clone ${clone.href}`, ...(people.length === 0 ? [] : [`People act through the API: ${people.join(', ')}.`])],
  };
}

/** Without a seed: acme/access, private, with the policies at hand as its first commit, and two people who review each other. */
export async function makeGithubSeed(run: Run): Promise<GithubSeed> {
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
