import type { BranchProtection, BranchRules, CheckMaker, Answer as Told } from '../protection.ts';
import { visible } from '../text/encode.ts';
import { type Check, checkStates, sayList } from './check-states.ts';
import { REQUIRED_CHECKS } from './repository-facts.ts';

/** What a branch has to demand, and who may pass that by. The first is the default branch; rollcall alone writes the others. */
export function checkBranches(branches: readonly BranchProtection[]): Check[] {
  return branches.flatMap((one, at) => [checkRules(one, at === 0 ? DEFAULT_DEMANDS : STATE_DEMANDS), checkBypass(one)]);
}

/** Whether the default branch requires the checks by which nothing invalid or unseen is merged, and takes them from GitHub Actions alone. */
export function checkRequired(branch: BranchProtection | undefined, makers: Told<readonly CheckMaker[]>): Check {
  const check = checkStates('repository', 'required checks');
  if (branch === undefined) return check.unknown('the repository itself could not be seen', null);
  if (branch.rules.kind === 'unknown') return check.unknown(branch.rules.why, askFor(branch.rules.needs));
  const required = branch.rules.value.requiredChecks;
  const missing = REQUIRED_CHECKS.filter((name) => !required.some((one) => one.name === name));
  const place = visible(branch.branch, 100);
  if (missing.length > 0)
    return unlessSeen(
      branch,
      checkStates('repository', 'required checks'),
      `${place} does not require ${sayList(missing)}`,
      `Require ${sayList(REQUIRED_CHECKS)} in the ruleset of ${place}, from GitHub Actions.`,
    );
  const ours = required.filter(({ name }) => REQUIRED_CHECKS.some((one) => one === name));
  const made = makers.kind === 'known' ? makers.value : [];
  const other = ours.find(({ name, appId }) => appId !== null && made.some((maker) => maker.name === name && maker.appId !== appId));
  if (other !== undefined)
    return check.wrong(
      `${visible(other.name)} is required of an app that does not make it: nothing can be merged`,
      'Choose GitHub Actions as its source in the ruleset.',
    );
  const anybodys = ours.filter(({ appId }) => appId === null).map(({ name }) => visible(name));
  if (anybodys.length > 0)
    return check.attention(
      `${sayList(anybodys)} may come from anybody who can write a check`,
      'Choose GitHub Actions as the source of each in the ruleset.',
    );
  const unseen = REQUIRED_CHECKS.filter((name) => !made.some((maker) => maker.name === name));
  if (makers.kind === 'known' && makers.value.length > 0 && unseen.length > 0)
    return check.attention(
      `${sayList(unseen)} never ran on the last pull requests, although required`,
      'See that a job has that very name: a check that never comes blocks every merge.',
    );
  return check.ok(`${sayList(REQUIRED_CHECKS)}, from one app alone`);
}

type Demand = readonly [what: string, isMet: (rules: BranchRules) => boolean];

const KEEPS_HISTORY: readonly Demand[] = [
  ['no force push', ({ forbidsForcePush }) => forbidsForcePush],
  ['no deletion', ({ forbidsDeletion }) => forbidsDeletion],
];
const STATE_DEMANDS: readonly Demand[] = KEEPS_HISTORY;
const DEFAULT_DEMANDS: readonly Demand[] = [
  ['changes by pull request only', ({ pullRequest }) => pullRequest !== null],
  ['an approval', ({ pullRequest }) => (pullRequest?.approvals ?? 0) > 0],
  ['approval of code owners', ({ pullRequest }) => pullRequest?.codeOwners === true],
  ['approvals dismissed by a new push', ({ pullRequest }) => pullRequest?.dismissesStale === true],
  ['the last push approved by somebody else', ({ pullRequest }) => pullRequest?.lastPush === true],
  ...KEEPS_HISTORY,
];

function checkRules(branch: BranchProtection, demands: readonly Demand[]): Check {
  const place = visible(branch.branch, 100);
  const check = checkStates('repository', `rules of ${place}`);
  const { rules } = branch;
  if (rules.kind === 'unknown') return check.unknown(rules.why, askFor(rules.needs));
  const missing = demands.filter(([, isMet]) => !isMet(rules.value)).map(([what]) => what);
  if (missing.length === 0)
    return check.ok(demands.length > 2 ? 'pull request, code owners, last push approved, no force push' : 'no force push, no deletion');
  return unlessSeen(branch, check, `not demanded: ${missing.join('; ')}`, `Add it to a ruleset for ${place} (Settings, Rules).`);
}

/** What one kind of protection does not demand, the other may: while one of them was not seen, nobody knows. */
function unlessSeen(branch: BranchProtection, check: ReturnType<typeof checkStates>, says: string, fix: string): Check {
  if (branch.unseen === null) return check.wrong(says, fix);
  return check.unknown(`as far as was seen ${says}; not everything could be seen (${branch.unseen})`, fix);
}

function checkBypass({ branch, bypass }: BranchProtection): Check {
  const check = checkStates('repository', `bypass of ${visible(branch, 100)}`);
  if (bypass.kind === 'unknown') return check.unknown(bypass.why, askFor(bypass.needs));
  if (bypass.value.length === 0) return check.ok('nobody may bypass its rules');
  const words = bypass.value.map(({ who, mode, ruleset }) => {
    const where = ruleset === null ? 'classic protection' : `ruleset ${visible(ruleset, 60)}`;
    return `${visible(who)} (${where}${mode === 'pull_request' ? ', by pull request' : ''})`;
  });
  const says = `may bypass its rules: ${sayList(words)}`;
  const fix = 'Take them off the bypass list: what they merge or push was approved by nobody.';
  return bypass.value.every(({ mode }) => mode === 'pull_request') ? check.attention(says, fix) : check.wrong(says, fix);
}

/** What a token needs to be told. */
export function askFor(needs: string): string | null {
  return needs === '' ? null : `Set GITHUB_TOKEN to a token with ${needs}.`;
}
