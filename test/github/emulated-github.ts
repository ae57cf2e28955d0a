import type { GitHub } from '../../src/github/github.ts';
import { openGitHub } from '../../src/github/open-github.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { type Stage, startStage, TOKEN } from '../emulator/github/github-for-tests.ts';
import { createJumpingClock } from '../support/provider-world.ts';

export interface EmulatedGithub {
  readonly stage: Stage;
  /** rollcall's GitHub over real HTTP on loopback; with the token of the job when none is given. */
  open(token?: string): GitHub;
  /** The writes that arrived, faults or not: `POST /pulls`. */
  writes(): string[];
  stop(): Promise<void>;
}

/** An emulated GitHub with acme/access in it. */
export async function startEmulated(): Promise<EmulatedGithub> {
  const stage = await startStage();
  const http = createHttpClient(4 * 1024 * 1024);
  const { origin, serverUrl, world } = stage.github;
  const where = { apiUrl: origin, serverUrl, repository: 'acme/access', membersToken: null, identity: null };
  const how = { http, clock: createJumpingClock(), pace: false, interrupted: new AbortController().signal };
  return {
    stage,
    open: (token = TOKEN) => openGitHub({ ...where, ...how, token }),
    writes: () =>
      world.requests.filter(({ mutating }) => mutating).map(({ method, path }) => `${method} ${path.replace('/repos/acme/access', '')}`),
    stop: async () => {
      await stage.stop();
      await http.close();
    },
  };
}
