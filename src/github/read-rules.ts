import type { Answer, BranchProtection, BranchRules, BypassActor, PullRequestRule, RequiredCheck } from '../protection.ts';
import { visible } from '../text/encode.ts';
import { askAnswer, askMaybe, askRows } from './ask-answer.ts';
import type { Line } from './open-line.ts';
import { type Classic, readClassic } from './read-classic.ts';

const NOTHING: BranchRules = { pullRequest: null, requiredChecks: [], forbidsForcePush: false, forbidsDeletion: false };

/**
 * What holds for one branch. Rulesets are seen by whoever sees the repository, those of the organization too; classic protection by
 * administrators alone, but for whether there is any. Source: docs.github.com/rest/repos/rules and /rest/branches.
 */
export async function readBranch(line: Line, branch: string): Promise<BranchProtection> {
  const { rest, at } = line;
  const getBranch = async () => (await rest.repos.getBranch({ ...at, branch })).data.protected !== false;
  const [active, isProtected] = await Promise.all([
    askRows(line, 'metadata: read', async (page) => (await rest.repos.getBranchRules({ ...at, ...page, branch })).data.map(toRule)),
    askMaybe(line, 'contents: read', getBranch, (says) => says === 'Branch not found'),
  ]);
  // A branch that is not protected at all has no classic protection either, whoever asks.
  const isBare = isProtected.kind === 'known' && isProtected.value !== true;
  const classic: Answer<Classic | null> = isBare ? { kind: 'known', value: null } : await readClassic(line, branch);
  const rulesets =
    active.kind === 'known' ? { kind: 'known' as const, value: combine(active.value.map(({ demands }) => demands)) } : active;
  const rules = together(rulesets, classic);
  return {
    branch,
    exists: isProtected.kind === 'known' ? isProtected.value !== null : null,
    rules,
    unseen: rulesets.kind === 'unknown' ? rulesets.why : classic.kind === 'unknown' ? classic.why : null,
    bypass: rules.kind === 'unknown' ? rules : await readBypass(line, active, rules.value, classic),
  };
}

function together(rulesets: Answer<BranchRules>, classic: Answer<Classic | null>): Answer<BranchRules> {
  const others = classic.kind === 'known' && classic.value !== null ? [classic.value.demands] : [];
  if (rulesets.kind === 'known') return { kind: 'known', value: combine([rulesets.value, ...others]) };
  return others.length === 0 ? rulesets : { kind: 'known', value: combine(others) };
}

interface Rule {
  /** Null where GitHub names no ruleset. */
  readonly ruleset: number | null;
  readonly demands: BranchRules;
}

interface WireRule {
  readonly type: string;
  readonly ruleset_id?: number;
  readonly parameters?: object;
}

function toRule(wire: WireRule): Rule {
  return { ruleset: wire.ruleset_id ?? null, demands: { ...NOTHING, ...demandsOf(wire) } };
}

function demandsOf({ type, parameters = {} }: WireRule): Partial<BranchRules> {
  if (type === 'non_fast_forward') return { forbidsForcePush: true };
  if (type === 'deletion') return { forbidsDeletion: true };
  if (type === 'pull_request') return { pullRequest: toPullRequest(parameters) };
  return type === 'required_status_checks' ? { requiredChecks: toChecks(parameters) } : {};
}

function toPullRequest(wire: {
  readonly required_approving_review_count?: number;
  readonly require_code_owner_review?: boolean;
  readonly dismiss_stale_reviews_on_push?: boolean;
  readonly require_last_push_approval?: boolean;
}): PullRequestRule {
  return {
    approvals: wire.required_approving_review_count ?? 0,
    codeOwners: wire.require_code_owner_review === true,
    dismissesStale: wire.dismiss_stale_reviews_on_push === true,
    lastPush: wire.require_last_push_approval === true,
  };
}

function toChecks(wire: {
  readonly required_status_checks?: readonly { readonly context: string; readonly integration_id?: number | null }[];
}): RequiredCheck[] {
  return (wire.required_status_checks ?? []).map(({ context, integration_id }) => ({ name: context, appId: integration_id ?? null }));
}

/** All hold at once, so of each demand the strictest does. */
function combine(all: readonly BranchRules[]): BranchRules {
  const pulls = all.flatMap(({ pullRequest }) => (pullRequest === null ? [] : [pullRequest]));
  const checks = new Map(all.flatMap(({ requiredChecks }) => requiredChecks).map((check) => [JSON.stringify(check), check]));
  return {
    pullRequest: pulls.length === 0 ? null : strictest(pulls),
    requiredChecks: [...checks.values()],
    forbidsForcePush: all.some(({ forbidsForcePush }) => forbidsForcePush),
    forbidsDeletion: all.some(({ forbidsDeletion }) => forbidsDeletion),
  };
}

function strictest(pulls: readonly PullRequestRule[]): PullRequestRule {
  return {
    approvals: Math.max(...pulls.map(({ approvals }) => approvals)),
    codeOwners: pulls.some(({ codeOwners }) => codeOwners),
    dismissesStale: pulls.some(({ dismissesStale }) => dismissesStale),
    lastPush: pulls.some(({ lastPush }) => lastPush),
  };
}

/** Who walks around a ruleset that holds here, and around classic protection where that demands what no ruleset does. */
async function readBypass(
  line: Line,
  active: Answer<readonly Rule[]>,
  rules: BranchRules,
  classic: Answer<Classic | null>,
): Promise<Answer<readonly BypassActor[]>> {
  const fromRulesets = active.kind === 'known' ? active.value : [];
  const ids = new Set(fromRulesets.flatMap(({ ruleset }) => (ruleset === null ? [] : [ruleset])));
  const answers = await Promise.all([...ids].map((id) => readRuleset(line, id)));
  const unknown = answers.find((answer) => answer.kind === 'unknown');
  if (unknown !== undefined) return unknown;
  const isNeeded = JSON.stringify(rules) !== JSON.stringify(combine(fromRulesets.map(({ demands }) => demands)));
  const around = isNeeded && classic.kind === 'known' ? (classic.value?.bypass ?? []) : [];
  return { kind: 'known', value: [...answers.flatMap((answer) => (answer.kind === 'known' ? answer.value : [])), ...around] };
}

const EDITORS = 'administration: write';

async function readRuleset({ rest, at, ...line }: Line, id: number): Promise<Answer<readonly BypassActor[]>> {
  const call = async () => {
    const { name, bypass_actors } = (await rest.repos.getRepoRuleset({ ...at, ruleset_id: id })).data;
    return { name, actors: bypass_actors?.map((actor) => toActor(actor, name)) ?? null };
  };
  const answer = await askAnswer({ rest, at, ...line }, 'metadata: read', call);
  if (answer.kind === 'unknown') return answer;
  const { name, actors } = answer.value;
  if (actors !== null) return { kind: 'known', value: actors };
  const why = `GitHub shows who may bypass the ruleset ${visible(name)} only to those who may edit it`;
  return { kind: 'unknown', why, needs: EDITORS };
}

/** The built-in roles that a ruleset can name, by id. Source: registry.terraform.io, github_repository_ruleset. */
const ROLES: Readonly<Record<number, string>> = { 2: 'maintain', 4: 'write', 5: 'admin' };

const ACTORS: Readonly<Record<string, (id: number) => string>> = {
  RepositoryRole: (id) => `the repository role ${ROLES[id] ?? id}`,
  OrganizationAdmin: () => 'the owners of the organization',
  DeployKey: () => 'every deploy key',
  Team: (id) => `the team ${id}`,
  Integration: (id) => `the app ${id}`,
  User: (id) => `the user ${id}`,
};

function toActor(
  wire: { readonly actor_id?: number | null; readonly actor_type: string; readonly bypass_mode?: BypassActor['mode'] },
  ruleset: string,
): BypassActor {
  const who = ACTORS[wire.actor_type]?.(wire.actor_id ?? 0) ?? `${wire.actor_type} ${wire.actor_id ?? ''}`.trim();
  return { who, mode: wire.bypass_mode ?? 'always', ruleset };
}
