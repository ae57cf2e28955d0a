import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { makeKeyPair } from '../../../src/apply/signatures.ts';
import type { TelnyxWorld, VirtualClock } from '../../../src/emulator/create-telnyx-world.ts';
import type { GithubWorld } from '../../../src/emulator/github/create-github-world.ts';
import type { People } from '../../../src/emulator/github/open-people.ts';
import { startGithub } from '../../../src/emulator/github/start-github.ts';
import { startTelnyx } from '../../../src/emulator/start-telnyx.ts';
import { createRealWorld } from '../../../src/real-world.ts';
import { createRandom } from '../../../src/text/create-random.ts';
import { createJumpingClock } from '../../emulator/world-for-tests.ts';
import { address, company, nameOf, OWNER, PRODUCTION, peopleFile } from '../../scenarios/support/company.ts';
import { readAction } from './build-action.ts';
import { createRuns, type Runs } from './create-runs.ts';

const KEY = 'KEY0192-telnyx-production-canary';
const PEOPLE = { admin: ['ada', 'ben'], member: ['cy'] };

export interface Company extends Runs {
  readonly people: People;
  readonly telnyx: TelnyxWorld;
  readonly github: GithubWorld;
  /** Everything that no log may show. */
  readonly secrets: readonly string[];
  advance(ms: number): void;
}

/** acme/access on an emulated GitHub and its account at an emulated Telnyx, which holds what the policies say; dan is a person without access. */
export async function startCompany(): Promise<Company> {
  const clock = createJumpingClock(Date.parse('2026-11-23T09:00:00Z'));
  const { privateKey, publicLine } = makeKeyPair();
  const telnyx = await startVendor(clock);
  const github = await startRepository(clock, publicLine);
  onTestFinished(async () => {
    await Promise.all([github.stop(), telnyx.stop()]);
  });
  const people = github.world.repository();
  const secrets = [KEY, privateKey];
  const runs = createRuns(github, secrets, () => ({
    environments: {
      'rollcall-apply': { ref: 'refs/heads/main', secrets: { ROLLCALL_SIGNING_KEY: privateKey, TELNYX_PRODUCTION_API_KEY: KEY } },
    },
    machine: { ROLLCALL_TELNYX_ORIGIN: telnyx.origin, ROLLCALL_NOW: new Date(clock.now()).toISOString() },
  }));
  return {
    people,
    telnyx: telnyx.world,
    github: github.world,
    secrets,
    advance: (ms) => clock.advance(ms),
    ...runs,
  };
}

function startVendor(clock: VirtualClock) {
  const users = Object.entries(PEOPLE).flatMap(([role, persons]) =>
    persons.map((person) => ({ email: address(person), name: nameOf(person), role })),
  );
  return startTelnyx({ clock, random: createRandom(3), seed: { accounts: [{ name: PRODUCTION, key: KEY, owner: OWNER, users }] } });
}

async function startRepository(clock: VirtualClock, publicLine: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-company-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const never = new AbortController().signal;
  const people = ['ada', 'ben', 'cy', 'dan', 'grace'];
  // Whoever is known by both names can be told from the people whom a proposal is about.
  const known = peopleFile(people).replaceAll(/^ {2}name: (Ben|Grace)$/gm, (line, name) => `${line}\n  github: ${name.toLowerCase()}`);
  const texts = { ...company({ [PRODUCTION]: PEOPLE }, people), 'people/everybody.yaml': known };
  const policies = Object.entries(texts).map(([file, text]) => [`policies/${file}`, text]);
  const files = { ...(await readAction()), '.github/rollcall.pub': `${publicLine}\n`, ...Object.fromEntries(policies) };
  const roles = { ada: 'write', grace: 'maintain' } as const;
  return startGithub({
    clock,
    random: createRandom(7),
    git: createRealWorld(process, never, never).git,
    folder,
    seed: {
      repositories: [{ owner: 'acme', name: 'access', isPrivate: true, files, author: 'ada', roles }],
      tokens: [],
    },
  });
}
