import type { Answer, Protection, ProtectionWanted } from '../protection.ts';
import { askAnswer } from './ask-answer.ts';
import type { ProtectionApi } from './github.ts';
import type { Line } from './open-line.ts';
import { readActions, readJobToken, readOrganizationSecrets, readRepositorySecrets } from './read-actions.ts';
import { readCheckMakers } from './read-check-makers.ts';
import { readEnvironment } from './read-environment.ts';
import { readBranch } from './read-rules.ts';
import { readWorkflows } from './read-workflows.ts';

/** How the repository is protected, each part by itself: what one token may not see keeps nothing else from being seen. */
export function readProtection(line: Line): ProtectionApi {
  return {
    read: async (wanted) => {
      const repository = await askAnswer(line, 'metadata: read', async () => {
        const { data } = await line.rest.repos.get(line.at);
        if (typeof data.default_branch !== 'string') throw new Error('the answer names no default branch');
        return {
          isPrivate: data.private === true,
          defaultBranch: data.default_branch,
          hasIssues: data.has_issues === true,
          isArchived: data.archived === true,
        };
      });
      // Whoever may not see the repository may see nothing in it, and need not ask twenty times.
      return repository.kind === 'unknown'
        ? nothing(repository)
        : { repository, ...(await readParts(line, repository.value.defaultBranch, wanted)) };
    },
  };
}

async function readParts(line: Line, defaultBranch: string, wanted: ProtectionWanted): Promise<Omit<Protection, 'repository'>> {
  const names = [defaultBranch, ...wanted.branches.filter((branch) => branch !== defaultBranch)];
  const [branches, environment, repositorySecrets, organizationSecrets, checks, actions, jobToken, workflows, codeowners] =
    await Promise.all([
      Promise.all(names.map((branch) => readBranch(line, branch))),
      readEnvironment(line, wanted.environment),
      readRepositorySecrets(line),
      readOrganizationSecrets(line),
      readCheckMakers(line, wanted.checks),
      readActions(line),
      readJobToken(line),
      readWorkflows(line, wanted),
      readCodeowners(line),
    ]);
  return { branches, environment, repositorySecrets, organizationSecrets, checks, actions, jobToken, ...workflows, codeowners };
}

function readCodeowners(line: Line): Promise<Protection['codeowners']> {
  return askAnswer(line, 'contents: read', async () => {
    const { errors } = (await line.rest.repos.codeownersErrors(line.at)).data;
    return errors.map(({ path, line: row, kind, suggestion }) => ({ path, line: row, what: kind, suggestion: suggestion ?? null }));
  });
}

function nothing(unknown: Extract<Answer<never>, { readonly kind: 'unknown' }>): Protection {
  return {
    repository: unknown,
    branches: [],
    environment: unknown,
    repositorySecrets: unknown,
    organizationSecrets: unknown,
    checks: unknown,
    actions: unknown,
    jobToken: unknown,
    workflows: unknown,
    scheduledRun: unknown,
    codeowners: unknown,
  };
}
