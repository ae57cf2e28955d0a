import type { Api, Probe, ProbedAbility, ProviderName } from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';
import { countWords, formatNumber } from './count-words.ts';
import type { Paint, Style } from './create-style.ts';
import { padText, textWidth, wrapAfter } from './fit-text.ts';
import { type CapabilityRow, LISTING } from './list-capabilities.ts';
import { nameAccount } from './name-account.ts';
import { renderTable } from './render-table.ts';
import { toJson } from './to-json.ts';

/** What `doctor` found: each account with its credential, and what each kind of account can do. */
export interface DoctorReport {
  readonly accounts: readonly DoctorAccount[];
  readonly kinds: readonly { readonly provider: ProviderName; readonly api: Api; readonly rows: readonly CapabilityRow[] }[];
}

export interface DoctorAccount {
  readonly account: string;
  readonly provider: ProviderName;
  readonly api: Api;
  /** Which variables hold something; never what. */
  readonly variables: readonly { readonly name: string; readonly isSet: boolean; readonly isNeeded: boolean }[];
  /** `missing`: no vendor was asked. `not needed`: everything here is done by hand, and nothing optional is given. */
  readonly credential: Probe['credential'] | 'missing' | 'not needed';
  /** The vendor's own words, or ours where nobody was asked. */
  readonly words: string;
  readonly abilities: readonly ProbedAbility[];
  /** The API of the same vendor that the credential answers to, where policy names another. */
  readonly otherApi: Api | null;
}

export function renderDoctor({ accounts, kinds }: DoctorReport, style: Style): string {
  const head = ['', ...kinds.map(({ provider, api }) => `${visible(provider)} ${visible(api)}`)];
  const rows = (kinds[0]?.rows ?? []).map(({ what }, at) => [encodeSentence(what), ...kinds.map((kind) => cellOf(kind.rows[at]))]);
  const title = 'What each kind of account can do, as declared; ✓ and ✗ as probed';
  const blocks = [
    ...accounts.map((account) => accountLines(account, style)),
    [...wrapAfter('', title, style.columns).map(style.bold), ...renderTable(head, rows, 1, style)],
    endLines(accounts, style),
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

export function doctorToJson({ accounts, kinds }: DoctorReport): string {
  return toJson({
    format_version: '1.0',
    accounts: accounts.map(({ account, provider, api, variables, credential, words, abilities, otherApi }) => ({
      account,
      provider,
      api,
      variables: variables.map(({ name, isSet, isNeeded }) => ({ name, set: isSet, needed: isNeeded })),
      credential,
      words,
      abilities: abilities.map(({ what, answer, words: said }) => ({ what, answer, words: said })),
      other_api: otherApi,
    })),
    capabilities: kinds.map(({ provider, api, rows }) => ({
      provider,
      api,
      rows: rows.map(({ what, declared, probed }) => ({ what, declared, probed })),
    })),
  });
}

/** Whether a credential that works may not list what has to be read. Where a roster tells who is there, nothing has to be listed. */
export function isBlind({ api, abilities }: DoctorAccount): boolean {
  return api !== 'console' && abilities.some(({ what, answer }) => answer === 'no' && LISTING.test(what));
}

const CREDENTIALS = {
  works: '✓ the credential works',
  refused: '✗ the credential is refused',
  missing: '✗ no credential',
  unknown: '? whether the credential works is not known',
  'not needed': '· no credential is needed',
} satisfies Record<DoctorAccount['credential'], string>;
const ANSWERS = { yes: '✓', no: '✗', 'not tried': '·' } satisfies Record<ProbedAbility['answer'], string>;

function accountLines(account: DoctorAccount, style: Style): string[] {
  const { provider, api, variables, credential, words, abilities, otherApi } = account;
  const width = Math.max(0, ...variables.map(({ name }) => textWidth(name)));
  const [symbol = '', ...said] = CREDENTIALS[credential].split(' ');
  const paint: Paint = otherApi !== null || credential === 'unknown' ? style.yellow : (PAINTS[symbol]?.(style) ?? plain);
  return [
    ...wrapAfter('', `${nameAccount(account.account)}  ${visible(provider)} ${visible(api)}`, style.columns).map(style.bold),
    ...variables.flatMap(({ name, isSet, isNeeded }) => {
      const state = isSet ? 'set' : isNeeded ? 'not set, and needed' : 'not set; optional';
      return wrapAfter('  ', `${padText(visible(name, 120), width)} ${state}`, style.columns).map(
        isSet || !isNeeded ? style.dim : style.red,
      );
    }),
    ...wrapAfter(`  ${symbol} `, sentenceOf(said.join(' '), words), style.columns).map(paint),
    ...abilities.flatMap(({ what, answer, words: why }) => {
      const line = sentenceOf(`${visible(what)}${answer === 'not tried' ? ' (not tried)' : ''}`, why);
      return wrapAfter(`  ${ANSWERS[answer]} `, line, style.columns).map(PAINTS[ANSWERS[answer]]?.(style) ?? plain);
    }),
  ];
}

const PAINTS: Readonly<Record<string, (style: Style) => Paint>> = {
  '✓': ({ green }) => green,
  '✗': ({ red }) => red,
  '·': ({ dim }) => dim,
};
const plain: Paint = (text) => text;

function sentenceOf(what: string, words: string): string {
  return words === '' ? what : `${what}: ${encodeSentence(words)}`;
}

function cellOf(row: CapabilityRow | undefined): string {
  if (row === undefined) return '';
  const declared = encodeSentence(row.declared);
  return row.probed === null ? declared : `${declared} ${ANSWERS[row.probed]}`;
}

function endLines(accounts: readonly DoctorAccount[], style: Style): string[] {
  const needed = accounts.filter(({ credential }) => credential !== 'not needed');
  const bad = needed.filter((account) => account.credential !== 'works' || account.otherApi !== null || isBlind(account));
  if (bad.length === 0)
    return wrapAfter('', `All is well: ${countWords(needed.length, 'credential works', 'credentials work')}.`, style.columns).map(
      style.green,
    );
  const names = bad.map(({ account }) => nameAccount(account)).join(', ');
  return wrapAfter(
    '',
    `${formatNumber(bad.length)} of ${countWords(needed.length, 'account')} cannot be read as the policies have it: ${names}.`,
    style.columns,
  ).map(style.red);
}
