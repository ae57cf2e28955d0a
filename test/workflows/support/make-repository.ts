import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Policies } from '../../scenarios/support/company.ts';
import { buildAction } from './build-action.ts';
import { git } from './check-out.ts';
import type { Started } from './execute-job.ts';

export interface Repository {
  readonly folder: string;
  /** The event of a pull request that makes these changes to the tree: texts by path, null to delete, `-> target` for a link. */
  pullRequest(changes: Readonly<Record<string, string | null>>): Promise<Started>;
  /** The event of a merge queue that tries the same. */
  mergeGroup(changes: Readonly<Record<string, string | null>>): Promise<Started>;
}

/** A repository as one that uses rollcall: its policies, action.yml and the bundle, on main. */
export async function makeRepository(policies: Policies): Promise<Repository> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-repository-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await git(folder, 'init', '--quiet');
  await buildAction(folder);
  await writeTree(folder, Object.fromEntries(Object.entries(policies).map(([file, text]) => [`policies/${file}`, text])));
  await commitAll(folder, 'Begin');
  const event = (name: string, ref: string, sha: string, payload: unknown): Started => ({
    repository: 'acme/access',
    repositoryId: 4242,
    origin: folder,
    apiUrl: 'http://127.0.0.1:9',
    serverUrl: 'http://127.0.0.1:9',
    event: name,
    payload,
    ref,
    sha,
    actor: 'ada',
    mint: () => 'ghs_readonly',
  });
  const merge = async (changes: Readonly<Record<string, string | null>>) => {
    const base = await git(folder, 'rev-parse', 'main');
    await git(folder, 'checkout', '--quiet', '-B', 'feature', 'main');
    await writeTree(folder, changes);
    await commitAll(folder, 'Change');
    const head = await git(folder, 'rev-parse', 'HEAD');
    await git(folder, 'checkout', '--quiet', '--detach', 'main');
    await git(folder, 'merge', '--quiet', '--no-ff', '-m', 'Merge', 'feature');
    return { base, head, merged: await git(folder, 'rev-parse', 'HEAD') };
  };
  return {
    folder,
    pullRequest: async (changes) => {
      const { base, head, merged } = await merge(changes);
      const pull = { number: 7, head: { sha: head, ref: 'feature' }, base: { sha: base, ref: 'main' } };
      return event('pull_request', 'refs/pull/7/merge', merged, { number: 7, pull_request: pull });
    },
    mergeGroup: async (changes) => {
      const { base, merged } = await merge(changes);
      const ref = `refs/heads/gh-readonly-queue/main/pr-7-${base}`;
      return event('merge_group', ref, merged, { merge_group: { head_sha: merged, base_sha: base, head_ref: ref } });
    },
  };
}

async function writeTree(folder: string, files: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    const whole = path.join(folder, file);
    await rm(whole, { force: true, recursive: true });
    await mkdir(path.dirname(whole), { recursive: true });
    if (text?.startsWith('-> ')) await symlink(text.slice(3), whole);
    else if (text !== null) await writeFile(whole, text);
  }
}

async function commitAll(folder: string, message: string): Promise<void> {
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '-m', message);
}
