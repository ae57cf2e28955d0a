import { makeKeyPair } from '../apply/signatures.ts';
import { ACTIONS_APP_ID, ACTIONS_BOT, type GithubToken } from '../emulator/github/github-state.ts';
import type { People } from '../emulator/github/open-people.ts';
import { type RunningGithub, startGithub } from '../emulator/github/start-github.ts';
import { type RunningTelnyx, startTelnyx } from '../emulator/start-telnyx.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { DesiredState } from '../model.ts';
import { listPolicyFiles } from '../policy/list-policy-files.ts';
import type { World } from '../ports.ts';
import { showMarkdown } from '../report/show-markdown.ts';
import { createRandom } from '../text/create-random.ts';
import type { StoryClock } from './demo-clock.ts';
import { policySeed } from './demo-seed.ts';
import type { Run } from './run-context.ts';

export interface GithubAct {
  readonly outer: Run;
  readonly clock: StoryClock;
  /** Access by policy on the day of the story. */
  readonly desired: DesiredState;
  /** Runs one command of the story in a world and prints it as a user would type it. */
  readonly scene: (world: World, why: string, argv: readonly string[], expected: readonly ExitCode[]) => Promise<void>;
  readonly say: (text: string) => void;
}

const TOKEN = 'ghs_DEMO-actions';
const MEMBERS_TOKEN = 'ghs_DEMO-reads-members';
const REPOSITORY = 'acme/access';
const BRANCH = 'ada/on-call';
const MINUTE_MS = 60_000;

/** What Ada proposes. Paths are inside `policies/`. */
const PROPOSAL: Readonly<Record<string, string>> = {
  'people/new-hires.yaml': '- email: iris.vale@acme.example\n  name: Iris Vale\n',
  'teams/on-call.yaml': [
    'members:',
    '  - mina.park@acme.example',
    'grants:',
    '  - { account: telnyx-production, role: admin, reason: Second on call over the holidays (OPS-1501), until: 2027-01-15 }',
    '',
  ].join('\n'),
  'teams/porting.yaml': [
    'members:',
    '  - iris.vale@acme.example',
    'grants:',
    '  - { account: telnyx-production, role: member, reason: Ports numbers (HR-240) }',
    '',
  ].join('\n'),
};

/** The first act: proposed in a pull request, shown there, approved, merged and made true, on emulated GitHub and Telnyx. */
export async function tellOnGithub(act: GithubAct): Promise<void> {
  const { outer, clock } = act;
  const { folder, discard } = await outer.world.files.temporary();
  const keys = makeKeyPair();
  const telnyx = await startTelnyx({ clock, random: createRandom(1), seed: policySeed(act.desired, (account) => `KEY-DEMO-${account}`) });
  try {
    const seed = await seedOf(outer, keys.publicLine);
    const github = await startGithub({ clock, random: createRandom(4), git: outer.world.git, folder, seed });
    try {
      await tell({ act, github, telnyx, folder, signingKey: keys.privateKey });
    } finally {
      await github.stop();
    }
  } finally {
    await telnyx.stop();
    await discard();
  }
}

interface Stage {
  readonly act: GithubAct;
  readonly github: RunningGithub;
  readonly telnyx: RunningTelnyx;
  readonly folder: string;
  readonly signingKey: string;
}

async function tell(stage: Stage): Promise<void> {
  const { act, github } = stage;
  const { say, scene, clock } = act;
  const people = github.world.repository();
  say(
    `Acme keeps who may do what in the repository ${REPOSITORY}, and changes it by pull request. GitHub is emulated at ${github.origin}.`,
  );
  await scene(
    await applyWorld(stage, people, 'workflow_dispatch'),
    'The first run on main reads both accounts, signs what it saw and keeps it on the branch rollcall-state.',
    ['ci', 'apply'],
    [EXIT.ok],
  );
  await people.commitFiles(BRANCH, inPolicies(PROPOSAL), 'Mina is second on call, Iris ports numbers', 'ada');
  const number = await people.openPull({ head: BRANCH, base: 'main', title: 'Mina is second on call, Iris ports numbers', author: 'ada' });
  clock.advance(20 * MINUTE_MS);
  say(`Ada opens pull request ${number}. The job that plans it holds no vendor's key: it plans on what main last observed.`);
  await scene(planWorld(stage, number), 'What would it do?', ['ci', 'plan'], [EXIT.ok]);
  showComment(stage, people, number);

  await people.review(number, { by: 'grace', state: 'approved' });
  clock.advance(MINUTE_MS);
  await people.merge(number, { method: 'squash', by: 'grace' });
  say('Grace, who is in @acme/security, approves, and it is merged.');
  await scene(
    await applyWorld(stage, people, 'push'),
    'Apply works out anew what was approved, reads the account, and makes that true and nothing else.',
    ['ci', 'apply'],
    [EXIT.ok],
  );
  showComment(stage, people, number);
}

/** The comment, as people find it on the pull request. */
function showComment({ act: { outer } }: Stage, people: People, number: number): void {
  const ours = [...people.repository.comments.values()].find((one) => one.issue === number);
  const body = ours?.body.replace(/^<!--.*?-->\n/, '') ?? '';
  const { style } = outer;
  outer.print(style.dim(`\nThe comment on pull request ${number}:\n`));
  outer.print(showMarkdown(body, { ...style, columns: style.columns - 4 }).replaceAll(/^(?=.)/gm, '    '));
}

/** What Actions sets in every job. */
function worldOf({ act, github, folder }: Stage, env: Readonly<Record<string, string>>): World {
  const { world } = act.outer;
  return {
    ...world,
    env: {
      ...env,
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
    clock: act.clock,
    random: createRandom(2),
    ask: null,
  };
}

function planWorld(stage: Stage, number: number): World {
  const world = worldOf(stage, { GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: `refs/pull/${number}/merge` });
  const event = JSON.stringify({ pull_request: { number } });
  return {
    ...world,
    files: { ...world.files, readText: async (path, max) => (path.endsWith('event.json') ? event : world.files.readText(path, max)) },
  };
}

async function applyWorld(stage: Stage, people: People, event: 'push' | 'workflow_dispatch'): Promise<World> {
  const secrets = [...stage.act.desired.accounts.keys()].map((name) => [
    `${name.toUpperCase().replaceAll('-', '_')}_API_KEY`,
    `KEY-DEMO-${name}`,
  ]);
  return worldOf(stage, {
    ...Object.fromEntries(secrets),
    ROLLCALL_TELNYX_ORIGIN: stage.telnyx.origin,
    ROLLCALL_SIGNING_KEY: stage.signingKey,
    GITHUB_EVENT_NAME: event,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: (await people.tip('main')) ?? '',
  });
}

async function seedOf({ world, flags }: Run, publicLine: string) {
  const source = world.files.policies(flags.policies);
  const { files } = await listPolicyFiles(source, flags.policies);
  const texts: Record<string, string> = {};
  for (const { path } of files) texts[path] = new TextDecoder().decode(await source.read(path));
  const bot = { kind: 'actions', userId: ACTIONS_BOT.id, login: ACTIONS_BOT.login, appId: ACTIONS_APP_ID, repository: REPOSITORY } as const;
  const tokens: GithubToken[] = [
    { ...bot, value: TOKEN, permissions: { contents: 'write', 'pull-requests': 'write', checks: 'write' } },
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
        files: { ...inPolicies(texts), '.github/rollcall.pub': `${publicLine}\n` },
        author: 'grace',
        roles: { ada: 'write', grace: 'maintain' },
      },
    ],
    tokens,
    teams: { 'acme/security': ['grace'] },
  } as const;
}

function inPolicies(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`policies/${name}`, text]));
}
