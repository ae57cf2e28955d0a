import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { GithubWorld } from '../../../src/emulator/github/create-github-world.ts';
import type { People } from '../../../src/emulator/github/open-people.ts';
import { startGithub } from '../../../src/emulator/github/start-github.ts';
import { startTelnyx } from '../../../src/emulator/start-telnyx.ts';
import type { TwilioWorld } from '../../../src/emulator/twilio/create-twilio-world.ts';
import { startTwilio } from '../../../src/emulator/twilio/start-twilio.ts';
import { createRealWorld } from '../../../src/real-world.ts';
import { createRandom } from '../../../src/text/create-random.ts';
import { type Ended, run } from '../../cli/support/bundle.ts';
import { createJumpingClock } from '../../emulator/world-for-tests.ts';
import { MAIN, organizationSeed } from '../../scenarios/kinds/support/kinds-company.ts';
import { address, nameOf, OWNER, PRODUCTION } from '../../scenarios/support/company.ts';
import { buildAction } from './build-action.ts';
import { git } from './check-out.ts';
import { createRuns, type Runs } from './create-runs.ts';

const KEY = 'KEY0192-telnyx-production-canary';
const ADA_TOKEN = 'ghp_token-canary-of-ada';
const MEMBERS_TOKEN = 'ghs_token-canary-reads-members';
const IN_PRODUCTION = { ada: 'admin', grace: 'admin', bob: 'member' };
const IN_MAIN = { ada: ['administrator'], grace: ['administrator'], bob: ['developer'] };
const ALL = { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'write' } as const;
const never = new AbortController().signal;

/** Ada, who has an account at Telnyx, one at Twilio, an empty folder, and the empty repository acme/access on GitHub. */
export interface Newcomer extends Runs {
  readonly people: People;
  readonly telnyx: TelnyxWorld;
  readonly twilio: TwilioWorld;
  readonly github: GithubWorld;
  /** Her folder, which is to be the repository. */
  readonly access: string;
  /** What she could keep as a secret, by the names that rollcall reads; the signing key joins once she has made it. */
  readonly keys: Record<string, string>;
  /** Everything that no log may show. */
  readonly secrets: string[];
  /** What is in the environment rollcall-apply; nothing as long as nobody made it. */
  environment: Readonly<Record<string, string>> | null;
  advance(ms: number): void;
  /** rollcall in her terminal, with the keys of the accounts. */
  rollcall(argv: readonly string[], folder?: string): Promise<Ended>;
  git(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** `action` is the one commit of rollcall's action that GitHub has, `acme/rollcall@COMMIT`. */
export async function startNewcomer(action: string): Promise<Newcomer> {
  const home = await mkdtemp(path.join(tmpdir(), 'rollcall-newcomer-'));
  const [access, elsewhere, hub] = ['access', 'action', 'hub'].map((name) => path.join(home, name)) as [string, string, string];
  await Promise.all([mkdir(access), mkdir(hub), buildAction(elsewhere)]);
  const clock = createJumpingClock(Date.parse('2026-11-23T09:00:00Z'));
  const [telnyx, twilio, github] = await Promise.all([
    startTelnyx({ clock, random: createRandom(3), seed: telnyxSeed() }),
    startTwilio({ clock, random: createRandom(4), seed: organizationSeed({ people: IN_MAIN }) }),
    startGithub({ clock, random: createRandom(7), git: createRealWorld(process, never, never).git, folder: hub, seed: githubSeed() }),
  ]);
  const { clientId, clientSecret, accountSid, authToken } = twilio.world.credentials(MAIN);
  const accounts = {
    TELNYX_PRODUCTION_API_KEY: KEY,
    TWILIO_MAIN_CLIENT_ID: clientId ?? '',
    TWILIO_MAIN_CLIENT_SECRET: clientSecret ?? '',
    TWILIO_MAIN_ACCOUNT_SID: accountSid ?? '',
    TWILIO_MAIN_AUTH_TOKEN: authToken ?? '',
  };
  const secrets = [KEY, ADA_TOKEN, MEMBERS_TOKEN, accounts.TWILIO_MAIN_CLIENT_SECRET, accounts.TWILIO_MAIN_AUTH_TOKEN];
  const machine = () => ({
    ROLLCALL_TELNYX_ORIGIN: telnyx.origin,
    ROLLCALL_TWILIO_ORIGIN: twilio.origin,
    ROLLCALL_NOW: new Date(clock.now()).toISOString(),
  });
  const newcomer: Newcomer = {
    people: github.world.repository(),
    telnyx: telnyx.world,
    twilio: twilio.world,
    github: github.world,
    access,
    keys: { ...accounts, ROLLCALL_MEMBERS_TOKEN: MEMBERS_TOKEN },
    secrets,
    environment: null,
    advance: (ms) => clock.advance(ms),
    rollcall: (argv, folder = access) => run(argv, { cwd: folder, env: { ...accounts, ...machine() } }),
    // Said at once, as a stored credential is: the refusals that GitHub noted are then those of jobs alone.
    git: (...args) => git(access, '-c', `http.extraHeader=Authorization: Basic ${btoa(`x-access-token:${ADA_TOKEN}`)}`, ...args),
    stop: async () => {
      await Promise.all([github.stop(), telnyx.stop(), twilio.stop()]);
      await rm(home, { recursive: true, force: true });
    },
    ...createRuns(github, secrets, () => ({
      hasOwnWorkflows: true,
      actions: { [action]: elsewhere },
      environments: newcomer.environment === null ? {} : { 'rollcall-apply': { ref: 'refs/heads/main', secrets: newcomer.environment } },
      machine: machine(),
    })),
  };
  await git(access, 'init', '--quiet');
  await git(access, 'remote', 'add', 'origin', `${github.serverUrl}/acme/access.git`);
  return newcomer;
}

function telnyxSeed() {
  const users = Object.entries(IN_PRODUCTION).map(([person, role]) => ({ email: address(person), name: nameOf(person), role }));
  return { accounts: [{ name: PRODUCTION, key: KEY, owner: OWNER, users }] };
}

function githubSeed() {
  const ofAda = { value: ADA_TOKEN, kind: 'user', userId: 101, login: 'ada', appId: null, permissions: ALL } as const;
  const ofMembers = { value: MEMBERS_TOKEN, kind: 'app', userId: 777, login: 'members[bot]', appId: 4242 } as const;
  return {
    users: [{ login: 'ada', id: 101 }],
    repositories: [{ owner: 'acme', name: 'access', isPrivate: true, roles: { ada: 'write', grace: 'maintain' } as const }],
    tokens: [
      { ...ofAda, repository: 'acme/access' },
      { ...ofMembers, permissions: { members: 'read' as const }, repository: 'acme/access' },
    ],
    teams: { 'acme/security': ['grace'] },
  };
}
