import type { Instant, PlanAccount } from '../../model.ts';
import type { Heartbeat, PullView } from '../../pull.ts';
import { compareText } from '../../text/digest.ts';
import { codeSpan } from '../../text/encode-sentence.ts';
import { countWords } from '../count-words.ts';
import { formatInstant } from '../format-instant.ts';
import { nameAccount } from '../name-account.ts';
import { shortDigest } from '../summarise-plan.ts';
import { describeAge } from './describe-age.ts';
import { fitLines } from './fit-lines.ts';
import { linkTo, shortCommit } from './link-place.ts';

const MOST_ACCOUNTS = 10;

/** What the plan rests on: each account as it was observed, the oldest first, and whether the drift run is alive. */
export function renderFreshness({ plan, heartbeat, at }: Pick<PullView, 'plan' | 'heartbeat' | 'at'>, maxBytes: number): string[] {
  const lines = oldestFirst(plan.accounts).map((account) => observedLine(account, at));
  const shown = lines.length > MOST_ACCOUNTS ? [...lines.slice(0, MOST_ACCOUNTS), moreLine(lines.length - MOST_ACCOUNTS)] : lines;
  return [
    '**What this rests on**',
    '',
    ...fitLines(shown, maxBytes, (hidden) => moreLine(lines.length - shown.length + hidden)),
    `- ${heartbeatWords(heartbeat, at)}`,
  ];
}

/** Said where the data is too old for an approval to rest on it. */
export function staleLine({ plan, at }: Pick<PullView, 'plan' | 'at'>): string {
  const oldest = oldestFirst(plan.accounts)[0]?.observation.at ?? plan.at;
  return `**Stale**: what this rests on was observed ${formatInstant(oldest)}, ${describeAge(oldest, at)}. No approval can rest on data older than 24 hours. Dispatch the workflow \`drift\` on the default branch: it observes again, and plans every open pull request again.`;
}

/** What a person needs to tell one plan from another. */
export function renderFooter({ plan, on, runUrl, at }: Pick<PullView, 'plan' | 'on' | 'runUrl' | 'at'>): string {
  const parts = [
    `Plan ${codeSpan(shortDigest(plan.digest))}`,
    `head ${shortCommit(on.head)}`,
    `base ${shortCommit(on.baseTip)}`,
    ...endOfFooter(runUrl, at),
  ];
  return `<sub>${parts.join(' · ')}</sub>`;
}

/** The run that speaks, and when it did. */
export function endOfFooter(runUrl: string | null, at: Instant): string[] {
  return [...(runUrl === null ? [] : [linkTo('run', runUrl)]), formatInstant(at)];
}

function observedLine({ account, observation }: PlanAccount, at: Instant): string {
  const name = codeSpan(nameAccount(account));
  const when = `${formatInstant(observation.at)}, ${describeAge(observation.at, at)}`;
  if (observation.cause === 'unverified') return `- ${name} is unverified (${when})`;
  if (!observation.complete) return `- ${name} was not read completely (${when})`;
  const how = observation.source === 'roster' ? 'is known by its roster, compared' : 'was observed';
  return `- ${name} ${how} ${when}: ${countWords(observation.principals, 'person', 'people')}, complete`;
}

function moreLine(count: number): string {
  return `- and ${countWords(count, 'account')}, observed later`;
}

function heartbeatWords({ at: alive, late, dead }: Heartbeat, at: Instant): string {
  if (alive === null && dead)
    return '🔴 **No drift run was ever seen here.** Until there is one, nobody notices drift, and no check passes.';
  if (alive === null) return 'No drift run has been seen yet: drift is noticed only when somebody looks.';
  const last = `last alive ${formatInstant(alive)}, ${describeAge(alive, at)}`;
  const until = dead ? 'Until it is back, nobody notices drift, and no check passes.' : 'Until it is back, nobody notices drift.';
  return late ? `🔴 **The drift run is late**: ${last}. ${until}` : `Drift run: ${last}`;
}

function oldestFirst(accounts: readonly PlanAccount[]): PlanAccount[] {
  return accounts.toSorted((a, b) => compareText(a.observation.at, b.observation.at) || compareText(a.account, b.account));
}
