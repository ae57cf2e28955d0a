import type { Instant } from '../model.ts';
import type { Protection, RepositoryFacts } from '../protection.ts';
import { visible } from '../text/encode.ts';
import { askFor } from './check-branches.ts';
import { type Check, checkStates, sayCount, sayLength, sayList } from './check-states.ts';
import { WORKFLOWS } from './repository-facts.ts';

type ActionsParts = Pick<Protection, 'actions' | 'jobToken' | 'workflows' | 'scheduledRun'>;

const HOUR_MS = 3_600_000;
/** GitHub Free has so many for private repositories, by "GitHub Actions billing". */
const FREE_MINUTES = 2000;

/** What GitHub lets workflows do, and whether the hourly one is alive. */
export function checkActions(parts: ActionsParts, now: Instant): Check[] {
  return [checkSettings(parts), checkWorkflowStates(parts), checkSchedule(parts, now), checkMinutes(parts)];
}

/** Names and addresses belong into no public repository, and what `drift` finds into issues. */
export function checkRepository({ isPrivate, hasIssues, isArchived }: RepositoryFacts): Check[] {
  const [visibility, issues] = [checkStates('repository', 'visibility'), checkStates('repository', 'issues')];
  return [
    isPrivate
      ? visibility.ok(isArchived ? 'private, and archived' : 'private')
      : visibility.wrong(
          'public: a plan names people and addresses, so runs refuse to write there',
          'Make it private (Settings, General).',
        ),
    hasIssues
      ? issues.ok('switched on')
      : issues.wrong('switched off: nobody reads what drift finds', 'Switch them on (Settings, General, Features).'),
    ...(isArchived
      ? [checkStates('repository', 'archive').wrong('archived: nothing can be written', 'Unarchive it (Settings, General).')]
      : []),
  ];
}

function checkSettings({ actions, jobToken }: ActionsParts): Check {
  const check = checkStates('workflows', 'settings');
  if (actions.kind === 'unknown') return check.unknown(actions.why, askFor(actions.needs));
  const { isEnabled, allowed, pinsCommits } = actions.value;
  if (!isEnabled) return check.wrong('Actions are switched off: nothing runs', 'Allow them (Settings, Actions, General).');
  if (jobToken.kind === 'unknown') return check.unknown(jobToken.why, askFor(jobToken.needs));
  const loose = [
    ...(allowed === 'all' ? ["anybody's actions may run"] : []),
    ...(pinsCommits === false ? ['actions need not be named by whole commits'] : []),
    ...(jobToken.value.writesByDefault ? ['a job that names no permissions may write'] : []),
  ];
  if (loose.length > 0) return check.attention(loose.join('; '), 'Tighten it (Settings, Actions, General).');
  return check.ok(jobToken.value.mayPropose ? 'drift may open its proposals itself' : 'drift proposes by a link that a person opens');
}

function checkWorkflowStates({ workflows }: ActionsParts): Check {
  const check = checkStates('workflows', 'on GitHub');
  if (workflows.kind === 'unknown') return check.unknown(workflows.why, askFor(workflows.needs));
  const missing = WORKFLOWS.filter(({ file }) => !workflows.value.some(({ path }) => path === file)).map(({ command }) => command);
  if (missing.length > 0) return check.wrong(`GitHub knows no workflow ${sayList(missing)}`, 'Push the workflows to the default branch.');
  const idle = workflows.value.filter(({ state }) => state !== 'active').map(({ path, state }) => `${visible(path)} (${visible(state)})`);
  return idle.length === 0
    ? check.ok('every workflow is active')
    : check.wrong(`not active: ${sayList(idle)}`, 'Enable it again (Actions, the workflow, Enable workflow).');
}

function checkSchedule({ scheduledRun }: ActionsParts, now: Instant): Check {
  const check = checkStates('workflows', 'schedule');
  if (scheduledRun.kind === 'unknown') return check.unknown(scheduledRun.why, askFor(scheduledRun.needs));
  if (scheduledRun.value === null)
    return check.attention(
      'drift never ran by its schedule',
      'It begins within an hour or two of the push to the default branch; dispatch `drift` to begin now.',
    );
  const { at, status, conclusion } = scheduledRun.value;
  const ageMs = Math.max(0, Date.parse(now) - Date.parse(at));
  const says = `last begun ${sayLength(ageMs)} ago`;
  const revive = 'See Actions, drift: enable it or dispatch it; GitHub stops schedules whose owner has left.';
  if (ageMs > 24 * HOUR_MS) return check.wrong(says, revive);
  if (ageMs > 3 * HOUR_MS) return check.attention(`${says}, although it runs every hour`, revive);
  if (conclusion !== null && conclusion !== 'success')
    return check.attention(
      `${says}, and ended as ${visible(conclusion)}`,
      "See its log and the accounts' issues: it is red also while a difference is left or something is owed.",
    );
  return check.ok(conclusion === null ? `${says}, now ${visible(status)}` : says);
}

function checkMinutes({ workflows }: ActionsParts): Check {
  const check = checkStates('workflows', 'minutes');
  if (workflows.kind === 'unknown') return check.unknown(workflows.why, askFor(workflows.needs));
  let [minutes, runs, isCut] = [0, 0, false];
  for (const { used } of workflows.value) {
    if (used.kind === 'unknown') return check.unknown(used.why, askFor(used.needs));
    minutes += used.value.minutes;
    runs += used.value.runs;
    isCut ||= used.value.isCut;
  }
  const says = `${isCut ? 'more than' : 'about'} ${sayCount(minutes)} in 30 days, for ${sayCount(runs)} run${runs === 1 ? '' : 's'}`;
  if (minutes <= FREE_MINUTES) return check.ok(says);
  return check.attention(
    `${says}: GitHub Free has ${sayCount(FREE_MINUTES)} a month`,
    'Where that is too much, let drift run less often, but at least every 3 hours.',
  );
}
