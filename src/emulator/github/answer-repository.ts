import { type GithubReply, notFound, ok, refusal } from './github-reply.ts';
import { type Ask, pageOf, type Route } from './github-route.ts';
import type { Schemas } from './github-schemas.ts';
import { noticePushes } from './notice-pushes.ts';
import { readCommits } from './read-commits.ts';
import { runGit, tryGit } from './run-git.ts';
import { shapeCommit } from './shape-commit.ts';
import { apiUrl, htmlUrl, shapeRepository } from './shape-repository.ts';
import { shapeUser } from './shape-user.ts';

/** The repository itself, who may do what in it, and its history. */
export const REPOSITORY_ROUTES: readonly Route[] = [
  { method: 'GET', path: '', needs: ['read'], answer: ({ state, repository }) => ok(shapeRepository(state, repository)) },
  { method: 'GET', path: '/collaborators/:login/permission', needs: ['read'], answer: showPermission },
  { method: 'GET', path: '/commits/:ref', needs: ['read', 'contents'], answer: showCommit },
  { method: 'GET', path: '/compare/*range', needs: ['read', 'contents'], answer: compare },
];

/** The older `permission` knows four words, `role_name` all six. Source: docs.github.com/rest/collaborators. */
const PERMISSION_OF = { admin: 'admin', maintain: 'write', write: 'write', triage: 'read', read: 'read', none: 'none' } as const;

function showPermission({ state, repository, params }: Ask): GithubReply {
  const user = state.users.get((params['login'] ?? '').toLowerCase());
  if (user === undefined) return refusal(404, `${params['login']} is not a user`);
  const role = repository.roles.get(user.login.toLowerCase()) ?? (repository.isPrivate ? 'none' : 'read');
  const answer: Schemas['repository-collaborator-permission'] = {
    permission: PERMISSION_OF[role],
    role_name: role,
    user: { ...shapeUser(state, user), role_name: role },
  };
  return ok(answer);
}

async function showCommit(ask: Ask): Promise<GithubReply> {
  const { state, repository, params } = ask;
  await noticePushes(state, repository, null);
  const sha = await resolve(ask, params['ref'] ?? '');
  const [commit] = sha === null ? [] : await readCommits(repository, '-1', sha);
  return commit === undefined ? refusal(422, `No commit found for SHA: ${params['ref']}`) : ok(shapeCommit(state, repository, commit));
}

async function compare(ask: Ask): Promise<GithubReply> {
  const { state, repository, params, path } = ask;
  await noticePushes(state, repository, null);
  const [from = '', to = ''] = (params['range'] ?? '').split('...');
  const base = await resolve(ask, from);
  const head = await resolve(ask, to);
  if (base === null || head === null) return notFound();
  const mergeBase = (await tryGit(repository, ['merge-base', base, head])).stdout.trim();
  if (mergeBase === '') return refusal(404, `No common ancestor between ${from} and ${to}.`);
  const [behind = 0, ahead = 0] = (await runGit(repository, ['rev-list', '--left-right', '--count', `${base}...${head}`, '--']))
    .split(/\s+/)
    .map(Number);
  const [baseCommit, mergeBaseCommit] = await Promise.all(
    [base, mergeBase].map(async (sha) => (await readCommits(repository, '-1', sha))[0]),
  );
  if (baseCommit === undefined || mergeBaseCommit === undefined) return notFound();
  const { rows, headers } = pageOf(ask, await readCommits(repository, '--reverse', head, `^${base}`));
  const html = `${htmlUrl(state, repository)}/compare/${from}...${to}`;
  const answer: Schemas['commit-comparison'] = {
    url: `${state.origin}${path}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: shapeCommit(state, repository, baseCommit),
    merge_base_commit: shapeCommit(state, repository, mergeBaseCommit),
    status: behind > 0 ? (ahead > 0 ? 'diverged' : 'behind') : ahead > 0 ? 'ahead' : 'identical',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: rows.map((commit) => shapeCommit(state, repository, commit)),
    files: await changedFiles(ask, mergeBase, head),
  };
  return { ...ok(answer), headers };
}

const STATUS_OF = { A: 'added', D: 'removed', M: 'modified', T: 'changed' } as const;

async function changedFiles({ state, repository }: Ask, from: string, to: string): Promise<Schemas['diff-entry'][]> {
  const listing = await runGit(repository, ['diff-tree', '-r', '-z', '--no-renames', '--raw', '--no-abbrev', '--numstat', from, to]);
  const lines = new Map([...listing.matchAll(/(?:^|\0)(\d+|-)\t(\d+|-)\t([^\0]+)/g)].map(([, more, less, path]) => [path, [more, less]]));
  return [...listing.matchAll(/:\d{6} \d{6} [0-9a-f]{40} ([0-9a-f]{40}) ([ADMT])\0([^\0]+)/g)].map(
    ([, sha = '', letter, filename = '']) => {
      const [additions = 0, deletions = 0] = (lines.get(filename) ?? []).map((count) => Number(count) || 0);
      const where = `${htmlUrl(state, repository)}/blob/${to}/${filename}`;
      return {
        sha,
        filename,
        status: STATUS_OF[letter as keyof typeof STATUS_OF],
        additions,
        deletions,
        changes: additions + deletions,
        blob_url: where,
        raw_url: where,
        contents_url: `${apiUrl(state, repository)}/contents/${filename}?ref=${to}`,
      };
    },
  );
}

/** A branch, `owner:branch`, or a commit. */
async function resolve({ repository }: Ask, name: string): Promise<string | null> {
  const tip = repository.heads.get(name) ?? repository.heads.get(name.slice(name.indexOf(':') + 1));
  if (tip !== undefined) return tip;
  if (!/^[0-9a-f]{7,40}$/.test(name)) return null;
  const { code, stdout } = await tryGit(repository, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  return code === 0 ? stdout.trim() : null;
}
