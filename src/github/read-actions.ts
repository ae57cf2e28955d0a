import type { ActionsSettings, Answer, JobTokenSettings, SelectedActions } from '../protection.ts';
import { askAnswer, askRows } from './ask-answer.ts';
import type { Line } from './open-line.ts';

const ADMINS = 'administration: read';
const SECRETS = 'secrets: read';

/** Which actions may run; which of them `selected` means is asked only where that is set. */
export async function readActions(line: Line): Promise<Answer<ActionsSettings>> {
  const { rest, at } = line;
  const answer = await askAnswer(line, ADMINS, async () => {
    const { enabled, allowed_actions = 'all', sha_pinning_required } = (await rest.actions.getGithubActionsPermissionsRepository(at)).data;
    return { isEnabled: enabled !== false, allowed: allowed_actions, pinsCommits: sha_pinning_required ?? null };
  });
  if (answer.kind === 'unknown') return answer;
  const selected = answer.value.allowed === 'selected' ? await readSelected(line) : null;
  return { kind: 'known', value: { ...answer.value, selected } };
}

function readSelected(line: Line): Promise<Answer<SelectedActions>> {
  return askAnswer(line, ADMINS, async () => {
    const { data } = await line.rest.actions.getAllowedActionsRepository(line.at);
    const { github_owned_allowed: owned, verified_allowed: verified, patterns_allowed: patterns = [] } = data;
    return { githubOwned: owned === true, verified: verified === true, patterns };
  });
}

export function readJobToken(line: Line): Promise<Answer<JobTokenSettings>> {
  return askAnswer(line, ADMINS, async () => {
    const { data } = await line.rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository(line.at);
    return { writesByDefault: data.default_workflow_permissions !== 'read', mayPropose: data.can_approve_pull_request_reviews === true };
  });
}

export function readRepositorySecrets(line: Line): Promise<Answer<readonly string[]>> {
  return askRows(line, SECRETS, async (page) => {
    const { data } = await line.rest.actions.listRepoSecrets({ ...line.at, ...page });
    return data.secrets.map(({ name }) => name);
  });
}

export function readOrganizationSecrets(line: Line): Promise<Answer<readonly string[]>> {
  return askRows(line, SECRETS, async (page) => {
    const { data } = await line.rest.actions.listRepoOrganizationSecrets({ ...line.at, ...page });
    return data.secrets.map(({ name }) => name);
  });
}
