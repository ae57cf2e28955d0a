import type { RunningGithub } from '../../../src/emulator/github/start-github.ts';
import type { Permissions, Started } from './execute-job.ts';

const ACTIONS = { kind: 'actions', userId: 41_898_282, login: 'github-actions[bot]', appId: 15_368, repository: 'acme/access' } as const;

/** What GitHub starts in acme/access. */
export interface Runs {
  /** When somebody pushes to main. */
  push(): Promise<Started>;
  /** For a pull request; for one from a fork, with a token that may read what the job may and write nothing. */
  pullRequest(number: number, fork?: boolean): Promise<Started>;
  /** For a merge queue that tries pull requests together. */
  mergeGroup(numbers: readonly number[]): Promise<Started>;
  /** By itself, in the name of whoever last changed the schedule. */
  schedule(): Promise<Started>;
  /** For somebody who starts a workflow by hand. */
  dispatch(inputs: Readonly<Record<string, string>>, by?: string): Promise<Started>;
}

/** `more` is what this company adds to each run; every token that is made joins the secrets. */
export function createRuns(github: RunningGithub, secrets: string[], more: () => Partial<Started>): Runs {
  const people = github.world.repository();
  const mint = (permissions: Permissions) => {
    const value = `ghs_token-canary-${secrets.length}`;
    github.world.addToken({ ...ACTIONS, value, permissions });
    secrets.push(value);
    return value;
  };
  const start = async (event: string, ref: string, payload: unknown): Promise<Started> => ({
    repository: 'acme/access',
    repositoryId: people.repository.id,
    origin: people.repository.folder,
    apiUrl: github.origin,
    serverUrl: github.serverUrl,
    event,
    payload,
    ref,
    sha: (await people.tip('main')) ?? '',
    actor: 'ada',
    mint,
    ...more(),
  });
  return {
    push: () => start('push', 'refs/heads/main', {}),
    pullRequest: async (number, fork = false) => ({
      ...(await start('pull_request', `refs/pull/${number}/merge`, { number, pull_request: { number } })),
      sha: await mergeOf(github, number, mint({ contents: 'read', 'pull-requests': 'read' })),
      ...(fork && { mint: (permissions) => mint(toReading(permissions)) }),
    }),
    mergeGroup: async (numbers) => {
      const { headSha, baseSha, ref } = await people.makeMergeGroup(numbers);
      const payload = { merge_group: { head_sha: headSha, base_sha: baseSha, head_ref: ref } };
      return { ...(await start('merge_group', ref, payload)), sha: headSha };
    },
    schedule: () => start('schedule', 'refs/heads/main', { schedule: '23 * * * *' }),
    dispatch: async (inputs, by = 'ada') => ({
      ...(await start('workflow_dispatch', 'refs/heads/main', { inputs, sender: { login: by } })),
      inputs,
      actor: by,
    }),
  };
}

/** The commit that merging would make, which a run for a pull request is of. A conflict has none, and GitHub starts nothing. */
async function mergeOf({ origin }: RunningGithub, number: number, token: string): Promise<string> {
  const reply = await fetch(`${origin}/repos/acme/access/pulls/${number}`, { headers: { authorization: `Bearer ${token}` } });
  const { merge_commit_sha: sha } = (await reply.json()) as { readonly merge_commit_sha?: string | null };
  if (typeof sha !== 'string') throw new Error(`pull request ${number} cannot be merged, so nothing runs for it`);
  return sha;
}

/** GitHub gives the job of a fork's pull request no permission to write, whatever the workflow says. */
function toReading(permissions: Permissions): Permissions {
  return Object.fromEntries(Object.entries(permissions).map(([name, level]) => [name, level === 'write' ? 'read' : level]));
}
