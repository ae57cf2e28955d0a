import { foldHistory } from '../apply/fold-history.ts';
import type { LedgerRecord } from '../apply/ledger-records.ts';
import { type Check, parseLedger } from '../apply/open-ledger.ts';
import { readPublicKeys } from '../apply/signatures.ts';
import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import { STATE_BRANCH } from '../github/open-state-branch.ts';
import { LEDGER_FOLDER, readSegments } from '../github/state-segments.ts';
import type { Part } from '../model.ts';
import { countWords, listSome } from '../report/count-words.ts';
import { describeChange } from '../report/describe-change.ts';
import { countKeys } from '../report/describe-keys.ts';
import { describePart } from '../report/describe-part.ts';
import { formatInstant } from '../report/format-instant.ts';
import { type LedgerLine, ledgerToJson, renderLedger } from '../report/render-ledger.ts';
import { toJson } from '../report/to-json.ts';
import { PUBLIC_KEYS } from '../setup/repository-facts.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal } from '../text/encode-sentence.ts';
import { checkAppendOnly } from './ci/read-state.ts';
import { isWithoutLedger, openLocalBranch, whyMissing } from './read-local-state.ts';
import type { Run } from './run-context.ts';

/** What a ledger is held against beside its own chain. */
export interface LedgerChecks {
  /** A file of public keys: every record has to be signed by one of them. */
  readonly keys: string | null;
  /** The id of the repository that every record has to name; needs `keys`. */
  readonly repository: string | null;
}

const CHAIN_ONLY: LedgerChecks = { keys: null, repository: null };
const MAX_KEYS_BYTES = 64 * 1024;
/** Git and GitHub allow a branch so many bytes. */
const MAX_BRANCH = 255;
const MOST_NAMES = 5;

/** Proves the chain from the first record to the last, or names the record where it breaks. */
export async function ledgerVerify(run: Run, checks: LedgerChecks = CHAIN_ONLY): Promise<ExitCode> {
  const source = await openSource(run, checks);
  const { records, tornBytes } = parseLedger(source.name, source.text, source.check);
  // An older ledger that somebody pushed on top verifies, every record of it; the branch tells that it once had more.
  await source.checkWhole();
  const head = records.at(-1)?.hash ?? null;
  if (run.flags.format === 'json') {
    const signatures = source.check === null ? 'unchecked' : 'verified';
    const from = source.commit === null ? {} : { commit: source.commit };
    await run.deliver(toJson({ records: records.length, head, torn_bytes: tornBytes, signatures, ...from }));
    return EXIT.ok;
  }
  const torn = tornBytes === 0 ? '' : `\nA torn last line of ${tornBytes} bytes follows; the next run that writes cuts it and notes it.`;
  const signed = source.keys === null ? '' : ` and signed by a key of ${source.keys}`;
  const unchecked =
    source.check === null && records.some((record) => record.repository !== undefined)
      ? '\nIts signatures were not checked: --keys FILE checks them too.'
      : '';
  const whole =
    head === null
      ? `There is no ledger at ${source.name} yet, or it is empty: nothing was applied.`
      : `${countWords(records.length, 'record')}, each bound to the one before${signed}. Head: ${head}`;
  const where = source.commit === null ? source.hint : `\n${cloneWords(source.commit, records)}`;
  const said = `${head === null ? whole : `${run.style.green('Verified.')} ${whole}`}${unchecked}${torn}${where}`;
  await run.deliver(run.wrap(said));
  return EXIT.ok;
}

/** What happened, oldest first, and what is owed. */
export async function ledgerShow(run: Run, checks: LedgerChecks = CHAIN_ONLY): Promise<ExitCode> {
  const source = await openSource(run, checks);
  const { records } = parseLedger(source.name, source.text, source.check);
  if (source.keys !== null) run.log(`Every record is signed by a key of ${source.keys}.`);
  if (source.commit !== null) run.log(cloneWords(source.commit, records));
  const shown = records.filter(
    (record) => run.flags.account.length === 0 || ('account' in record && run.flags.account.includes(record.account)),
  );
  const accounts = [...foldHistory(records).accounts].filter(
    ([name]) => run.flags.account.length === 0 || run.flags.account.includes(name),
  );
  const owed = accounts.flatMap(([, account]) => [...account.owed.values()]);
  const offboarding = accounts.flatMap(([name, known]) =>
    [...known.offboarding.values()].map((one) => ({ account: name, offboarding: one })),
  );
  const report = { entries: shown.map(lineOf), owed, offboarding };
  await run.deliver(run.flags.format === 'json' ? ledgerToJson(report) : renderLedger(report, run.style));
  return EXIT.ok;
}

function cloneWords(commit: string, records: readonly LedgerRecord[]): string {
  const newest = records.at(-1)?.at;
  const at = newest === undefined ? '' : `; its newest record is of ${formatInstant(newest)}`;
  return `This is ${STATE_BRANCH} as this clone has it, commit ${commit.slice(0, 12)}${at}. \`git fetch\` brings what is newer.`;
}

/** A ledger's lines, and against what they are held. */
interface LedgerSource {
  /** As a person would look for it. */
  readonly name: string;
  readonly text: string;
  readonly check: Check | null;
  /** Where the public keys stand; null where signatures are not checked. */
  readonly keys: string | null;
  /** The commit of the state branch it was read from; null for a file or a folder. */
  readonly commit: string | null;
  /** Where there is none at all: where else one could be. */
  readonly hint: string;
  /** Throws where the branch once had more than it has. */
  readonly checkWhole: () => Promise<void>;
}

/** The ledger that the flags name, a folder of segments or a file; without one, what this clone has of the state branch. */
async function openSource(run: Run, checks: LedgerChecks): Promise<LedgerSource> {
  const { ledger } = run.flags;
  const given = await readCheck(run, checks);
  const keys = checks.keys === null ? null : visible(checks.keys, 200);
  const folder = await readFolder(run);
  const isOpen = folder === null && (await isWithoutLedger(run));
  const branch = isOpen ? await openLocalBranch(run) : null;
  if (branch === null) {
    const text = folder ?? (await run.world.openStorage(ledger).read()).text;
    const hint = text === '' && isOpen ? `\nAnd ${await whyMissing(run)}.` : '';
    return { name: visible(ledger, 200), text, check: given, keys, commit: null, hint, checkWhole: async () => undefined };
  }
  if (branch.ledgerText === '') throw new RollcallError('stateForged', LEDGER_FOLDER, 'it is not there');
  const check = given === null ? await branch.check() : { ...given, repository: given.repository ?? branch.repository };
  return {
    name: STATE_BRANCH,
    text: branch.ledgerText,
    check,
    keys: keys ?? `${PUBLIC_KEYS} at HEAD`,
    commit: branch.commit,
    hint: '',
    checkWhole: () => checkAppendOnly(branch.objects, branch.commit),
  };
}

async function readCheck(run: Run, { keys, repository }: LedgerChecks): Promise<Check | null> {
  if (keys === null && repository !== null)
    throw new RollcallError('usage', '--repository needs --keys FILE: unsigned, anybody can name one');
  if (keys === null) return null;
  const text = await run.world.files.readText(keys, MAX_KEYS_BYTES);
  return { repository, verifier: readPublicKeys(text ?? '', keys) };
}

/** The segments in a folder: the checked out `ledger/` of the state branch. Null where it is no folder. */
async function readFolder({ world, flags: { ledger } }: Run): Promise<string | null> {
  const folder = world.files.policies(ledger);
  const entries = await folder.list('');
  if (entries === null) return null;
  if (entries.length === 0) throw new RollcallError('fileUnreadable', visible(ledger, 200), 'it is an empty folder');
  const files = new Map<string, string>();
  for (const { name, kind } of entries) {
    files.set(`${LEDGER_FOLDER}${name}`, kind === 'file' ? Buffer.from(await folder.read(name)).toString('utf8') : '');
  }
  return readSegments(ledger, files).text;
}

function lineOf(record: LedgerRecord): LedgerLine {
  const { seq, at, kind } = record;
  return { seq, at, kind, account: 'account' in record ? record.account : null, text: wordsOf(record) };
}

function wordsOf(record: LedgerRecord): string {
  switch (record.kind) {
    case 'observation':
      return `${countWords(record.principals, 'principal')} read${record.suspect ? ', too few to be believed yet' : ''}`;
    case 'baseline':
      return `supervision begins; ${countWords(Object.keys(record.principals).length, 'principal')} there without a grant`;
    case 'approval':
      return `${countWords(record.changes.length, 'change')} approved (${APPROVED_BY[record.by] ?? visible(record.by).replace(/^pull /, 'pull request ')}): ${record.changes.slice(0, 3).map(describeChange).join('; ')}${record.changes.length > 3 ? '; ...' : ''}`;
    case 'intent':
      return `${describeChange(record.change)}${(record.parts ?? []).length > 1 ? `, in ${listParts(record.parts ?? [])}` : ''}`;
    case 'part':
      return partWords(record);
    case 'offboarding':
      return offboardingWords(record);
    case 'outcome':
      return `${record.outcome}: ${record.action} ${visible(record.principal)}${record.message === '' ? '' : ` (${record.message})`}`;
    case 'state':
      return `${countWords(Object.keys(record.principals).length, 'principal')} as policy says`;
    case 'superseded':
      return `${visible(record.principal)}: no longer owed, policy says otherwise now`;
    case 'calm':
      return `${visible(record.principal)}: an hour without a change, ${record.field} is watched again`;
    case 'war':
      return `${visible(record.principal)}: ${record.field} changed again and was left alone`;
    case 'released':
      return 'left policy; nobody is watched here any more';
    case 'taken':
      return `pull request ${record.pull} taken in${record.by.length === 0 ? '' : ` (approved by ${record.by.map((login) => visible(login)).join(', ')})`}`;
    case 'drift':
      return `${countWords(record.seen.length, 'difference')} that somebody made ${record.seen.length === 1 ? 'stands' : 'stand'}`;
    case 'proposed':
      return proposedWords(record);
    case 'accepted':
      return `policies of ${visible(record.commit)} accepted here`;
    case 'commit':
      return `policies of ${visible(record.commit)} applied`;
    case 'note':
      return record.text;
    default:
      return record satisfies never;
  }
}

function listParts(parts: readonly Part[]): string {
  return `${countWords(parts.length, 'request')}: ${parts.map(describePart).join(', then ')}`;
}

function partWords({ principal, part, done, message, compensates }: LedgerRecord & { readonly kind: 'part' }): string {
  const back = compensates === true ? ', to give back what was taken' : '';
  return `${PART_DONE[done]}: ${describePart(part)} for ${encodePrincipal(principal)}${back}${message === '' ? '' : ` (${message})`}`;
}

const PART_DONE = { accepted: 'accepted', refused: 'refused', unknown: 'may have happened' } as const;

function offboardingWords({ principals }: LedgerRecord & { readonly kind: 'offboarding' }): string {
  const words = Object.entries(principals).map(([principal, open]) =>
    open === null ? `${encodePrincipal(principal)} is wholly gone` : `${encodePrincipal(principal)} leaves behind: ${countKeys(open)}`,
  );
  return listSome(words, MOST_NAMES);
}

function proposedWords({ branch, commit, logins, principals }: LedgerRecord & { readonly kind: 'proposed' }): string {
  const asked =
    logins.length === 0
      ? ''
      : `, asked for by ${listSome(
          logins.map((login) => visible(login)),
          MOST_NAMES,
        )}`;
  const about = principals.length === 0 ? '' : `; about ${listSome(principals.map(encodePrincipal), MOST_NAMES)}`;
  const barred = asked === '' && about === '' ? '' : '; none of them may be the one to approve it';
  return `pull request from ${visible(branch, MAX_BRANCH)} at ${visible(commit)} proposed${asked}${about}${barred}`;
}

const APPROVED_BY: Readonly<Record<string, string>> = {
  plan: 'plan file',
  yes: '--yes',
  terminal: 'asked on the terminal',
  none: 'agreed to earlier',
  pulls: 'agreed to earlier',
};
