import { isFields } from '../read-fields.ts';
import { type GithubReply, noContent, notFound, ok, refusal } from './github-reply.ts';
import { type Ask, type Route, textOf } from './github-route.ts';
import type { Schemas } from './github-schemas.ts';
import type { GithubState, Repository } from './github-state.ts';
import { signatureOf } from './merge-pull.ts';
import { moveBranch, noticePushes } from './notice-pushes.ts';
import { readCommits } from './read-commits.ts';
import { commitTree, hasCommit, isAncestor, runGit, type Signature, tryGit } from './run-git.ts';
import { shapeGitCommit } from './shape-commit.ts';
import { apiUrl } from './shape-repository.ts';
import { listTree, writeTree } from './write-tree.ts';

/** Refs, commits, trees and blobs. */
export const GIT_DATA_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/git/ref/heads/*branch', needs: ['read', 'contents'], answer: showRef },
  { method: 'POST', path: '/git/refs', needs: ['write', 'contents'], answer: makeRef },
  { method: 'PATCH', path: '/git/refs/heads/*branch', needs: ['write', 'contents'], answer: moveRef },
  { method: 'DELETE', path: '/git/refs/heads/*branch', needs: ['write', 'contents'], answer: dropRef },
  { method: 'GET', path: '/git/commits/:sha', needs: ['read', 'contents'], answer: showCommit },
  { method: 'POST', path: '/git/commits', needs: ['write', 'contents'], answer: makeCommit },
  { method: 'GET', path: '/git/trees/*sha', needs: ['read', 'contents'], answer: showTree },
  { method: 'POST', path: '/git/trees', needs: ['write', 'contents'], answer: makeTree },
  { method: 'GET', path: '/git/blobs/:sha', needs: ['read', 'contents'], answer: showBlob },
  { method: 'POST', path: '/git/blobs', needs: ['write', 'contents'], answer: makeBlob },
];

const SHA = /^[0-9a-f]{40}$/;
const BRANCH = /^refs\/heads\/(?!.*(\.\.|\/\/|@\{|\.lock$))[^\s~^:?*[\\]+$/;

async function showRef({ state, repository, params }: Ask): Promise<GithubReply> {
  await noticePushes(state, repository, null);
  const branch = params['branch'] ?? '';
  const sha = repository.heads.get(branch);
  return sha === undefined ? notFound() : ok(shapeRef(state, repository, branch, sha));
}

async function makeRef({ state, repository, user, body }: Ask): Promise<GithubReply> {
  await noticePushes(state, repository, null);
  const ref = textOf(body['ref']) ?? '';
  const sha = textOf(body['sha']) ?? '';
  const branch = ref.slice('refs/heads/'.length);
  if (!BRANCH.test(ref)) return refusal(422, `Reference name is not valid: ${ref}`);
  if (repository.heads.has(branch)) return refusal(422, 'Reference already exists');
  const isInTheWay = (head: string) => head.startsWith(`${branch}/`) || branch.startsWith(`${head}/`);
  if ([...repository.heads.keys()].some(isInTheWay)) return refusal(422, 'Reference update failed');
  if (!(await hasCommit(repository, sha))) return refusal(422, 'Object does not exist');
  await moveBranch(state, repository, branch, sha, user, '0'.repeat(40));
  return ok(shapeRef(state, repository, branch, sha), 201);
}

async function moveRef({ state, repository, user, params, body }: Ask): Promise<GithubReply> {
  await noticePushes(state, repository, null);
  const branch = params['branch'] ?? '';
  const sha = textOf(body['sha']) ?? '';
  const old = repository.heads.get(branch);
  if (old === undefined) return refusal(422, 'Reference does not exist');
  if (body['force'] === true || !(await isAncestor(repository, old, sha))) {
    if (!(await hasCommit(repository, sha))) return refusal(422, 'Object does not exist');
    if (body['force'] !== true) return refusal(422, 'Update is not a fast forward');
  }
  await moveBranch(state, repository, branch, sha, user, old);
  return ok(shapeRef(state, repository, branch, sha));
}

async function dropRef({ state, repository, user, params }: Ask): Promise<GithubReply> {
  await noticePushes(state, repository, null);
  const branch = params['branch'] ?? '';
  if (!repository.heads.has(branch)) return refusal(422, 'Reference does not exist');
  await moveBranch(state, repository, branch, null, user);
  return noContent();
}

async function showCommit({ state, repository, params }: Ask): Promise<GithubReply> {
  const sha = params['sha'] ?? '';
  if (!(await hasCommit(repository, sha))) return notFound();
  const [commit] = await readCommits(repository, '-1', sha);
  return commit === undefined ? notFound() : ok(shapeGitCommit(state, repository, commit));
}

async function makeCommit(ask: Ask): Promise<GithubReply> {
  const { state, repository, body } = ask;
  const message = textOf(body['message']) ?? '';
  const tree = textOf(body['tree']) ?? '';
  const parents = Array.isArray(body['parents']) ? body['parents'].map(String) : [];
  if (message === '' || !SHA.test(tree)) return refusal(422, 'Invalid request.\n\n"message" and "tree" have to be supplied.');
  const author = readSignature(ask, body['author']) ?? signatureOf(state, ask.user);
  const committer = readSignature(ask, body['committer']) ?? author;
  const sha = await commitTree(repository, tree, parents, message, author, committer).catch(() => null);
  if (sha === null) {
    const { code } = await tryGit(repository, ['cat-file', '-e', `${tree}^{tree}`]);
    return refusal(422, code === 0 ? 'Parent SHA does not exist or is not a commit object' : 'Tree SHA does not exist');
  }
  return ok(shapeGitCommit(state, repository, { sha, tree, parents, author, committer, message }), 201);
}

function readSignature({ state }: Ask, value: unknown): Signature | null {
  if (!isFields(value)) return null;
  const at = Date.parse(textOf(value['date']) ?? '');
  return { name: String(value['name']), email: String(value['email']), at: Number.isNaN(at) ? state.clock.now() : at };
}

async function showTree({ state, repository, params, query }: Ask): Promise<GithubReply> {
  const name = params['sha'] ?? '';
  const tree = await findTree(repository, repository.heads.get(name) ?? name);
  return tree === null ? notFound() : ok(await listTree(state, repository, tree, query.has('recursive')));
}

async function makeTree({ state, repository, body }: Ask): Promise<GithubReply> {
  const entries: readonly unknown[] | null = Array.isArray(body['tree']) ? body['tree'] : null;
  if (entries === null || entries.length === 0) return refusal(422, 'Invalid tree info');
  const base = textOf(body['base_tree']);
  const root = base === null ? null : await findTree(repository, base);
  if (base !== null && root === null) return refusal(422, 'base_tree is not a valid tree');
  const written = await writeTree(
    repository,
    root,
    entries.map((entry) => (isFields(entry) ? entry : {})),
  );
  return 'refused' in written ? refusal(422, written.refused) : ok(await listTree(state, repository, written.tree, false), 201);
}

/** A commit's id names its tree, too. */
async function findTree(repository: Repository, sha: string): Promise<string | null> {
  if (!SHA.test(sha)) return null;
  const { code, stdout } = await tryGit(repository, ['rev-parse', '--verify', '--quiet', `${sha}^{tree}`]);
  return code === 0 ? stdout.trim() : null;
}

async function showBlob({ state, repository, params }: Ask): Promise<GithubReply> {
  const sha = params['sha'] ?? '';
  const { code, stdout } = SHA.test(sha)
    ? await repository.git.run(['cat-file', 'blob', sha], '', { GIT_DIR: '.' })
    : { code: 1, stdout: Buffer.of() };
  if (code !== 0) return notFound();
  const blob: Schemas['blob'] = {
    content: Buffer.from(stdout).toString('base64'),
    encoding: 'base64',
    url: `${apiUrl(state, repository)}/git/blobs/${sha}`,
    sha,
    size: stdout.length,
    node_id: `B_${sha}`,
  };
  return ok(blob);
}

async function makeBlob({ state, repository, body }: Ask): Promise<GithubReply> {
  const content = textOf(body['content']);
  if (content === null) return refusal(422, 'Invalid request.\n\n"content" wasn\'t supplied.');
  const bytes = Buffer.from(content, body['encoding'] === 'base64' ? 'base64' : 'utf8');
  const sha = (await runGit(repository, ['hash-object', '-w', '--stdin'], bytes)).trim();
  const blob: Schemas['short-blob'] = { url: `${apiUrl(state, repository)}/git/blobs/${sha}`, sha };
  return ok(blob, 201);
}

function shapeRef(state: GithubState, repository: Repository, branch: string, sha: string): Schemas['git-ref'] {
  const url = apiUrl(state, repository);
  return {
    ref: `refs/heads/${branch}`,
    node_id: `REF_${branch}`,
    url: `${url}/git/refs/heads/${branch}`,
    object: { type: 'commit', sha, url: `${url}/git/commits/${sha}` },
  };
}
