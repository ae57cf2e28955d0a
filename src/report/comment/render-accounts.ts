import type { Change, LeftAlone, Pending, PlanAccount } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { countWords, formatNumber, listSome } from '../count-words.ts';
import { describeAccess, describeChange, describeHolding } from '../describe-change.ts';
import { describeForecast } from '../describe-forecast.ts';
import { describeKey, groupKeys } from '../describe-keys.ts';
import { formatInstant } from '../format-instant.ts';
import { groupByAccount } from '../group-by-account.ts';
import { mergeSteps } from '../merge-steps.ts';
import { nameAccount } from '../name-account.ts';
import type { CommentSize } from './comment-size.ts';
import { encodeProse } from './encode-prose.ts';
import { type Block, fitLines } from './fit-lines.ts';

const MOST_NAMES = 20;

/** Each account with its changes as a diff and with whom is not touched; in smaller sizes only counted. `changes` are without drift. */
export function renderAccounts(
  accounts: readonly PlanAccount[],
  changes: readonly Change[],
  size: Pick<CommentSize, 'diffs' | 'names'>,
  maxBytes: number,
): Block[] {
  const byAccount = groupByAccount(changes);
  const worthIt = accounts.filter((account) => wordsOf(account, byAccount.get(account.account) ?? []).length > 0);
  if (worthIt.length === 0) return [];
  if (size.names) return worthIt.map((account) => detailsOf(account, byAccount.get(account.account) ?? [], size.diffs));
  const lines = worthIt.map(
    (account) => `- ${codeSpan(nameAccount(account.account))}: ${wordsOf(account, byAccount.get(account.account) ?? []).join(' · ')}`,
  );
  return [['**By account**', '', ...fitLines(lines, maxBytes, (hidden) => `- and ${countWords(hidden, 'more account')}`)]];
}

/** When invitations go out, in each account where not all go now. */
export function renderForecasts(changes: readonly Change[], at: string, maxBytes: number): string[] {
  const lines = [...groupByAccount(changes)].flatMap(([account, mine]) => {
    const forecast = describeForecast(mine, at);
    return forecast === null ? [] : [`Invitations in ${codeSpan(nameAccount(account))}: ${forecast}.`];
  });
  return fitLines(lines, maxBytes, (hidden) => `Invitations wait in ${countWords(hidden, 'more account')}.`);
}

function wordsOf(account: PlanAccount, changes: readonly Change[]): string[] {
  const made = (action: Change['action']) => changes.filter((change) => change.executor === 'api' && change.action === action).length;
  const counts: [number, string][] = [
    [made('invite'), 'to invite'],
    [made('patch'), 'to patch'],
    [made('delete'), 'to delete'],
    [changes.filter(({ executor }) => executor === 'manual').length, 'by hand'],
    [account.pending.length, 'invited and not yet accepted'],
    [account.unmanaged.length, 'unmanaged, left alone'],
    [account.left_alone.length, 'not touched'],
    [account.converged.length, 'already the same'],
    [account.residual_keys.length, account.residual_keys.length === 1 ? 'API key that stays valid' : 'API keys that stay valid'],
    [account.notes.length, account.notes.length === 1 ? 'note' : 'notes'],
  ];
  return counts.filter(([count]) => count > 0).map(([count, words]) => `${formatNumber(count)} ${words}`);
}

function detailsOf(account: PlanAccount, changes: readonly Change[], diffs: boolean): string[] {
  const diff = diffs ? changes.flatMap(diffLines) : [];
  const lists = [
    ...listOf('Invited and not yet accepted', account.pending.map(pendingName)),
    ...mergeSteps(account.pending.filter(({ steps }) => steps.length > 0)).map((step) => `  - ${encodeProse(step)}`),
    ...listOf('Unmanaged, left alone', account.unmanaged.map(leftName)),
    ...listOf('Not touched', account.left_alone.map(leftName)),
    ...listOf('Already the same on both sides', account.converged.map(principalName)),
    ...groupKeys(account.residual_keys).flatMap(({ whose, keys }) =>
      listOf(
        `API keys that ${codeSentence(whose)} could read and that stay valid`,
        keys.map((key) => codeSentence(describeKey(key))),
      ),
    ),
    ...account.notes.map((note) => `- ${encodeProse(note)}`),
  ];
  const words = wordsOf(account, changes).join(' · ');
  if (diff.length + lists.length === 0) return [`${codeSpan(nameAccount(account.account))}: ${words}`];
  return [
    `<details><summary><code>${nameAccount(account.account)}</code>: ${words}</summary>`,
    ...(diff.length > 0 ? ['', '```diff', ...diff, '```'] : []),
    ...(lists.length > 0 ? ['', ...lists] : []),
    '',
    '</details>',
  ];
}

/** `visible()` lets no backtick through, so nothing ends the fence early. */
function diffLines(change: Change): string[] {
  const { before, after } = change;
  const who = encodePrincipal(change.principal);
  if (change.executor === 'manual') return [`! ${describeChange(change)}`];
  const renamed = before !== null && after !== null && before.name !== after.name;
  const words = (access: NonNullable<Change['before']>) =>
    (access.status === 'inactive' ? describeAccess(access) : describeHolding(access)) +
    (renamed ? `, name ${visible(access.name) || '(none)'}` : '');
  return [...(before === null ? [] : [`- ${who}: ${words(before)}`]), ...(after === null ? [] : [`+ ${who}: ${words(after)}`])];
}

function listOf(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`- ${title} (${formatNumber(names.length)}): ${listSome(names, MOST_NAMES)}`];
}

function principalName(principal: string): string {
  return codeSpan(encodePrincipal(principal));
}

function pendingName({ principal, roles, since }: Pending): string {
  const day = since === null ? '' : ` since ${formatInstant(since).slice(0, 10)}`;
  return `${principalName(principal)} (${codeSpan(describeHolding({ roles, groups: [] }))}${day})`;
}

function leftName(one: LeftAlone): string {
  const status = one.status === 'active' ? '' : `${visible(one.status)} `;
  const note = one.note === '' ? '' : `: ${codeSentence(one.note)}`;
  return `${principalName(one.principal)} (${codeSpan(status + describeHolding(one))}${note})`;
}
