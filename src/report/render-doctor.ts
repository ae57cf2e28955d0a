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

/** What `doctor` found: each account with its credential, everything else it looked at, and what each kind of account can do. */
export interface DoctorReport {
  readonly accounts: readonly DoctorAccount[];
  /** `acme/access`, as it was asked about; null where nothing says which. */
  readonly repository: string | null;
  /** One for each account, in their order, and all the others. */
  readonly checks: readonly DoctorCheck[];
  readonly kinds: readonly { readonly provider: ProviderName; readonly api: Api; readonly rows: readonly CapabilityRow[] }[];
}

/** One thing that was looked at, and in a whole sentence what a person does about it. */
export interface DoctorCheck {
  readonly group: 'accounts' | 'machine' | 'ledger' | 'repository' | 'workflows';
  readonly name: string;
  readonly state: 'ok' | 'attention' | 'wrong' | 'unknown';
  readonly says: string;
  /** Null where there is nothing to do, or where `says` has the way out. */
  readonly fix: string | null;
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
  /** Null where there is nothing to do, or where the words have the way out. */
  readonly fix: string | null;
}

export function renderDoctor(report: DoctorReport, style: Style): string {
  const { kinds, checks, repository } = report;
  const head = ['', ...kinds.map(({ provider, api }) => `${visible(provider)} ${visible(api)}`)];
  const rows = (kinds[0]?.rows ?? []).map(({ what }, at) => [encodeSentence(what), ...kinds.map((kind) => cellOf(kind.rows[at]))]);
  const title = 'What each kind of account can do, as declared; ✓ and ✗ as probed';
  const blocks = [
    ...accountBlocks(report, style),
    ...Object.entries(GROUPS).map(([group, heading]) => {
      const of = group === 'repository' && repository !== null ? ` ${visible(repository, 200)}` : '';
      const inside = checks.filter((check) => check.group === group);
      return inside.length === 0 ? [] : [...wrapAfter('', `${heading}${of}`, style.columns).map(style.bold), ...checkLines(inside, style)];
    }),
    [...wrapAfter('', title, style.columns).map(style.bold), ...renderTable(head, rows, 1, style)],
    [...endLines(report, style), ...countLines(checks, style)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

export function doctorToJson({ accounts, kinds, checks, repository }: DoctorReport): string {
  return toJson({
    format_version: '1.0',
    repository,
    checks: checks.map(({ group, name, state, says, fix }) => ({ group, name, state, says, fix })),
    counts: Object.fromEntries(STATES.map((state) => [state, checks.filter((check) => check.state === state).length])),
    accounts: accounts.map(({ account, provider, api, variables, credential, words, abilities, otherApi, fix }) => ({
      account,
      provider,
      api,
      variables: variables.map(({ name, isSet, isNeeded }) => ({ name, set: isSet, needed: isNeeded })),
      credential,
      words,
      fix,
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
/** In the order of the screen; accounts come first. */
const GROUPS = { machine: 'This machine', ledger: 'Ledger and observations', repository: 'Repository', workflows: 'Workflows' } as const;
const STATES = ['ok', 'attention', 'wrong', 'unknown'] as const satisfies readonly DoctorCheck['state'][];
const SYMBOLS = { ok: '✓', attention: '!', wrong: '✗', unknown: '?' } satisfies Record<DoctorCheck['state'], string>;
const ANSWERS = { yes: '✓', no: '✗', 'not tried': '·' } satisfies Record<ProbedAbility['answer'], string>;

/** A line an account, so that many fit on a screen; in full what is not well, and an account that is looked at alone. */
function accountBlocks({ accounts, checks }: DoctorReport, style: Style): string[][] {
  const own = checks.filter(({ group }) => group === 'accounts');
  const isAlone = accounts.length === 1;
  const full = accounts.filter((_, at) => isAlone || own[at]?.state !== 'ok');
  const well = own.flatMap((check, at) => {
    const account = accounts[at];
    if (isAlone || account === undefined || check.state !== 'ok') return [];
    return [{ ...check, says: `${account.provider} ${account.api} · ${check.says}` }];
  });
  const hint = wrapAfter('  ', '--account NAME shows all that one credential may do.', style.columns).map(style.dim);
  const short = well.length === 0 ? [] : [style.bold('Accounts'), ...checkLines(well, style), ...hint];
  return [short, ...full.map((account) => accountLines(account, style))];
}

function accountLines(account: DoctorAccount, style: Style): string[] {
  const { provider, api, variables, credential, words, abilities, otherApi, fix } = account;
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
    ...fixLines(fix, style),
  ];
}

/** Below this the name stands before the words, and not in a column of its own. */
const ROOM_FOR_NAMES = 72;

/** A line a check, and under it how it is mended; what mends several in a row stands once, under the last of them. */
function checkLines(checks: readonly DoctorCheck[], style: Style): string[] {
  const width = Math.max(...checks.map(({ name }) => textWidth(encodeSentence(name))));
  return checks.flatMap(({ name, state, says, fix }, at) => {
    const shown = encodeSentence(name);
    const isWide = style.columns >= ROOM_FOR_NAMES && width <= style.columns / 3;
    const lead = isWide ? `  ${SYMBOLS[state]} ${padText(shown, width)}  ` : `  ${SYMBOLS[state]} `;
    const lines = wrapAfter(lead, `${isWide ? '' : `${shown}: `}${encodeSentence(says)}`, style.columns);
    const isLast = checks[at + 1]?.fix !== fix;
    return [...lines.map(PAINTS[SYMBOLS[state]]?.(style) ?? plain), ...fixLines(isLast ? fix : null, style)];
  });
}

function fixLines(fix: string | null, style: Style): string[] {
  return fix === null ? [] : wrapAfter('    → ', encodeSentence(fix), style.columns);
}

function countLines(checks: readonly DoctorCheck[], style: Style): string[] {
  const [ok = 0, attention = 0, wrong = 0, unknown = 0] = STATES.map((state) => checks.filter((check) => check.state === state).length);
  const said =
    `${countWords(ok, 'check is', 'checks are')} well, ${formatNumber(attention)} ${attention === 1 ? 'needs' : 'need'} attention, ` +
    `${formatNumber(wrong)} ${wrong === 1 ? 'is' : 'are'} wrong, ${formatNumber(unknown)} could not be made.`;
  return wrapAfter('', said, style.columns).map(wrong > 0 ? style.red : attention + unknown > 0 ? style.yellow : style.green);
}

const PAINTS: Readonly<Record<string, (style: Style) => Paint>> = {
  '✓': ({ green }) => green,
  '✗': ({ red }) => red,
  '·': ({ dim }) => dim,
  '!': ({ yellow }) => yellow,
  '?': ({ yellow }) => yellow,
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

function endLines({ accounts, checks }: DoctorReport, style: Style): string[] {
  const needed = accounts.filter(({ credential }) => credential !== 'not needed');
  const bad = needed.filter((account) => account.credential !== 'works' || account.otherApi !== null || isBlind(account));
  if (bad.length === 0) {
    const isAll = checks.every(({ state }) => state === 'ok');
    const said = `${isAll ? 'All is well: ' : ''}${countWords(needed.length, 'credential works', 'credentials work')}.`;
    return wrapAfter('', said, style.columns).map(style.green);
  }
  const names = bad.map(({ account }) => nameAccount(account)).join(', ');
  return wrapAfter(
    '',
    `${formatNumber(bad.length)} of ${countWords(needed.length, 'account')} cannot be read as the policies have it: ${names}.`,
    style.columns,
  ).map(style.red);
}
