import type { Answer, EnvironmentFacts } from '../protection.ts';
import { askMaybe, askRows } from './ask-answer.ts';
import type { Line } from './open-line.ts';

const NEEDS = 'actions: read';

/** One environment, or null. Which branches may deploy stands in a list of its own, and its secrets need a permission of their own. */
export async function readEnvironment(line: Line, name: string): Promise<Answer<EnvironmentFacts | null>> {
  const at = { ...line.at, environment_name: name };
  const call = async () => toWire((await line.rest.repos.getEnvironment(at)).data);
  const answer = await askMaybe(line, NEEDS, call, () => true);
  if (answer.kind === 'unknown') return answer;
  if (answer.value === null) return { kind: 'known', value: null };
  const { branches, ...facts } = answer.value;
  const [patterns, secrets] = await Promise.all([
    branches === 'named' ? readPatterns(line, at) : ({ kind: 'known', value: branches } as const),
    askRows(line, 'environments: read', async (page) => {
      const { data } = await line.rest.actions.listEnvironmentSecrets({ ...at, ...page });
      return data.secrets.map((secret) => secret.name);
    }),
  ]);
  return { kind: 'known', value: { ...facts, branches: patterns, secrets } };
}

interface WireEnvironment {
  readonly name: string;
  readonly protection_rules?: readonly { readonly type: string; readonly wait_timer?: number }[];
  readonly deployment_branch_policy?: { readonly protected_branches: boolean } | null;
}

/** `can_admins_bypass` stands in every answer of github.com, but not in its published description. */
function toWire(wire: WireEnvironment & { readonly can_admins_bypass?: boolean }) {
  const { protection_rules: rules = [], deployment_branch_policy: policy } = wire;
  const branches: 'all' | 'protected' | 'named' = policy?.protected_branches === true ? 'protected' : 'named';
  return {
    name: wire.name,
    branches: policy === null || policy === undefined ? ('all' as const) : branches,
    adminsMayBypass: wire.can_admins_bypass ?? null,
    hasReviewers: rules.some(({ type }) => type === 'required_reviewers'),
    waitMinutes: rules.reduce((minutes, { wait_timer = 0 }) => minutes + wait_timer, 0),
  };
}

function readPatterns(line: Line, at: Line['at'] & { readonly environment_name: string }): Promise<Answer<readonly string[]>> {
  return askRows(line, NEEDS, async (page) => {
    const { data } = await line.rest.repos.listDeploymentBranchPolicies({ ...at, ...page });
    return data.branch_policies.map(({ name = '', type }) => (type === 'tag' ? `tag ${name}` : name));
  });
}
