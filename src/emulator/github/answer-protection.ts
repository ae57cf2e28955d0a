import { isAdministrator } from './authorise.ts';
import { type GithubReply, notFound, ok, refusal } from './github-reply.ts';
import { type Ask, pageOf, type Route } from './github-route.ts';
import type { Schemas } from './github-schemas.ts';
import { fullName, type Repository } from './github-state.ts';
import { noticePushes } from './notice-pushes.ts';
import type { Ruleset } from './protection-state.ts';
import { readCommits } from './read-commits.ts';
import { tryGit } from './run-git.ts';
import { shapeCommit } from './shape-commit.ts';
import { apiUrl, htmlUrl } from './shape-repository.ts';

/** What holds for a branch: rulesets, and the older protection by its own settings; and what is wrong in CODEOWNERS. */
export const PROTECTION_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/rules/branches/:branch', needs: ['read'], answer: listRules },
  { method: 'GET', path: '/rulesets/:id', needs: ['read'], answer: showRuleset },
  { method: 'GET', path: '/branches/:branch', needs: ['read', 'contents'], answer: showBranch },
  { method: 'GET', path: '/branches/:branch/protection', needs: ['read', 'administration'], answer: showClassic },
  { method: 'GET', path: '/codeowners/errors', needs: ['read', 'contents'], answer: listCodeownersErrors },
];

function rulesetsOf(repository: Repository, branch: string): readonly Ruleset[] {
  const holds = (name: string) => name === branch || (name === '~DEFAULT_BRANCH' && branch === repository.defaultBranch);
  return repository.protection.rulesets.filter(({ enforcement, branches }) => enforcement === 'active' && branches.some(holds));
}

/** The branch need not exist. */
function listRules(ask: Ask): GithubReply {
  const all = rulesetsOf(ask.repository, ask.params['branch'] ?? '').flatMap(({ id, rules }) =>
    rules.map((rule) => ({
      ...rule,
      ruleset_source_type: 'Repository' as const,
      ruleset_source: fullName(ask.repository),
      ruleset_id: id,
    })),
  );
  const { rows, headers } = pageOf(ask, all satisfies Schemas['repository-rule-detailed'][]);
  return { ...ok(rows), headers };
}

/** Who may bypass it is told to those who may change it. */
function showRuleset({ state, repository, token, params }: Ask): GithubReply {
  const ruleset = repository.protection.rulesets.find(({ id }) => id === Number(params['id']));
  if (ruleset === undefined) return notFound();
  const { id, name, enforcement, branches, rules, bypass } = ruleset;
  const mayEdit = token !== null && token.permissions.administration === 'write' && isAdministrator(repository, token);
  const answer: Schemas['repository-ruleset'] = {
    id,
    name,
    target: 'branch',
    source_type: 'Repository',
    source: fullName(repository),
    enforcement,
    conditions: {
      ref_name: { include: branches.map((branch) => (branch.startsWith('~') ? branch : `refs/heads/${branch}`)), exclude: [] },
    },
    rules: [...rules],
    ...(mayEdit ? { bypass_actors: [...bypass] } : {}),
    node_id: `RRS_${id}`,
    _links: { self: { href: `${apiUrl(state, repository)}/rulesets/${id}` }, html: { href: `${htmlUrl(state, repository)}/rules/${id}` } },
  };
  return ok(answer);
}

async function showBranch({ state, repository, params }: Ask): Promise<GithubReply> {
  await noticePushes(state, repository, null);
  const name = params['branch'] ?? '';
  const sha = repository.heads.get(name);
  const [commit] = sha === undefined ? [] : await readCommits(repository, '-1', sha);
  if (commit === undefined) return refusal(404, 'Branch not found');
  const classic = repository.protection.classic[name];
  const url = `${apiUrl(state, repository)}/branches/${encodeURIComponent(name)}`;
  const answer: Schemas['branch-with-protection'] = {
    name,
    commit: shapeCommit(state, repository, commit),
    _links: { html: `${htmlUrl(state, repository)}/tree/${name}`, self: url },
    protected: classic !== undefined || rulesetsOf(repository, name).length > 0,
    protection: { enabled: classic !== undefined },
    protection_url: `${url}/protection`,
  };
  return ok(answer);
}

async function showClassic({ state, repository, params }: Ask): Promise<GithubReply> {
  await noticePushes(state, repository, null);
  const name = params['branch'] ?? '';
  if (!repository.heads.has(name)) return refusal(404, 'Branch not found');
  const classic = repository.protection.classic[name];
  return classic === undefined ? refusal(404, 'Branch not protected') : ok(classic);
}

const CODEOWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

async function listCodeownersErrors({ state, repository }: Ask): Promise<GithubReply> {
  await noticePushes(state, repository, null);
  const { code, stdout } = await tryGit(repository, ['ls-tree', '-z', '--name-only', repository.defaultBranch, '--', ...CODEOWNERS]);
  if (code !== 0 || stdout === '') return notFound();
  const answer: Schemas['codeowners-errors'] = { errors: [...repository.protection.codeownersErrors] };
  return ok(answer);
}
