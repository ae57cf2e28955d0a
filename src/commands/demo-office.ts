import { makeKeyPair } from '../apply/signatures.ts';
import { ACTIONS_APP_ID, ACTIONS_BOT, type GithubToken } from '../emulator/github/github-state.ts';
import type { People } from '../emulator/github/open-people.ts';
import { type RunningGithub, startGithub } from '../emulator/github/start-github.ts';
import { type RunningTelnyx, startTelnyx } from '../emulator/start-telnyx.ts';
import type { DesiredState } from '../model.ts';
import { listPolicyFiles } from '../policy/list-policy-files.ts';
import type { Files, World } from '../ports.ts';
import { createRandom } from '../text/create-random.ts';
import type { StoryClock } from './demo-clock.ts';
import type { Teller } from './demo-scene.ts';
import { demoKeyOf, demoKeys, policySeed } from './demo-seed.ts';

export interface OfficeStory extends Teller {
  readonly clock: StoryClock;
  /** Where the policies of the story are read. */
  readonly files: Files;
  /** Access by policy on the day of the story. */
  readonly desired: DesiredState;
}

/** Acme on emulated GitHub and Telnyx: where the first two acts are told. */
export interface Office extends OfficeStory {
  readonly github: RunningGithub;
  readonly telnyx: RunningTelnyx;
  readonly people: People;
  /** The policies at the beginning, by path inside `policies/`. */
  readonly policies: Readonly<Record<string, string>>;
  /** The job that plans a pull request; it holds no vendor's key. */
  planJob(pull: number): World;
  /** A job on main, in the environment that holds the keys. */
  mainJob(event: 'push' | 'schedule' | 'workflow_dispatch'): Promise<World>;
}

export const REPOSITORY = 'acme/access';
const TOKEN = 'ghs_DEMO-actions';
const MEMBERS_TOKEN = 'ghs_DEMO-reads-members';

/** Opens the office, has the story told there, and leaves nothing behind. */
export async function withOffice(story: OfficeStory, tell: (office: Office) => Promise<void>): Promise<void> {
  const { outer, clock, desired } = story;
  const { folder, discard } = await outer.world.files.temporary();
  const keys = makeKeyPair();
  const telnyx = await startTelnyx({ clock, random: createRandom(1), seed: policySeed(desired, demoKeyOf) });
  try {
    const policies = await readPolicies(story);
    const seed = seedOf(policies, keys.publicLine);
    const github = await startGithub({ clock, random: createRandom(4), git: outer.world.git, folder, seed });
    try {
      const people = github.world.repository();
      const world = worldOf(story, github, folder);
      const secrets = { ...demoKeys(desired), ROLLCALL_TELNYX_ORIGIN: telnyx.origin, ROLLCALL_SIGNING_KEY: keys.privateKey };
      await tell({
        ...story,
        github,
        telnyx,
        people,
        policies,
        planJob: (pull) => planJob(world, pull),
        mainJob: async (event) => mainJob(world, event, { ...secrets, GITHUB_SHA: (await people.tip('main')) ?? '' }),
      });
    } finally {
      await github.stop();
    }
  } finally {
    await telnyx.stop();
    await discard();
  }
}

/** Paths as they stand in the repository. */
export function inPolicies(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`policies/${name}`, text]));
}

/** What Actions sets in every job. */
function worldOf({ outer, clock }: OfficeStory, github: RunningGithub, folder: string): World {
  return {
    ...outer.world,
    env: {
      GITHUB_API_URL: github.origin,
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_TOKEN: TOKEN,
      ROLLCALL_MEMBERS_TOKEN: MEMBERS_TOKEN,
      GITHUB_RUN_ID: '1',
      GITHUB_STEP_SUMMARY: `${folder}/summary.md`,
      RUNNER_TEMP: `${folder}/job`,
      GITHUB_EVENT_PATH: `${folder}/event.json`,
    },
    clock,
    random: createRandom(2),
    ask: null,
    prompt: null,
  };
}

function planJob(world: World, number: number): World {
  const event = JSON.stringify({ pull_request: { number } });
  return {
    ...world,
    env: { ...world.env, GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: `refs/pull/${number}/merge` },
    files: { ...world.files, readText: async (path, max) => (path.endsWith('event.json') ? event : world.files.readText(path, max)) },
  };
}

function mainJob(world: World, event: string, secrets: Readonly<Record<string, string>>): World {
  return { ...world, env: { ...world.env, ...secrets, GITHUB_EVENT_NAME: event, GITHUB_REF: 'refs/heads/main' } };
}

async function readPolicies({ files, outer: { flags } }: OfficeStory): Promise<Record<string, string>> {
  const source = files.policies(flags.policies);
  const listed = await listPolicyFiles(source, flags.policies);
  const texts: Record<string, string> = {};
  for (const { path } of listed.files) texts[path] = new TextDecoder().decode(await source.read(path));
  return texts;
}

function seedOf(policies: Readonly<Record<string, string>>, publicLine: string) {
  const bot = { kind: 'actions', userId: ACTIONS_BOT.id, login: ACTIONS_BOT.login, appId: ACTIONS_APP_ID, repository: REPOSITORY } as const;
  const permissions = { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'write' } as const;
  const tokens: GithubToken[] = [
    { ...bot, value: TOKEN, permissions },
    { ...bot, value: MEMBERS_TOKEN, kind: 'app', permissions: { members: 'read' } },
  ];
  const [owner = '', name = ''] = REPOSITORY.split('/');
  return {
    users: [{ login: 'ada' }, { login: 'grace' }],
    repositories: [
      {
        owner,
        name,
        isPrivate: true,
        files: { ...inPolicies(policies), '.github/rollcall.pub': `${publicLine}\n` },
        author: 'grace',
        roles: { ada: 'write', grace: 'maintain' },
      },
    ],
    tokens,
    teams: { 'acme/security': ['grace'] },
  } as const;
}
