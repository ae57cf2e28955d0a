import { foldHistory } from '../apply/fold-history.ts';
import type { LedgerRecord } from '../apply/ledger-records.ts';
import { parseLedger } from '../apply/open-ledger.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { countWords } from '../report/count-words.ts';
import { describeChange } from '../report/describe-change.ts';
import { type LedgerLine, ledgerToJson, renderLedger } from '../report/render-ledger.ts';
import { toJson } from '../report/to-json.ts';
import { visible } from '../text/encode.ts';
import type { Run } from './run-context.ts';

/** Proves the chain from the first record to the last, or names the record where it breaks. */
export async function ledgerVerify(run: Run): Promise<ExitCode> {
  const { records, tornBytes } = await parse(run);
  const head = records.at(-1)?.hash ?? null;
  if (run.flags.format === 'json') {
    await run.deliver(toJson({ records: records.length, head, torn_bytes: tornBytes }));
    return EXIT.ok;
  }
  const torn = tornBytes === 0 ? '' : `\nA torn last line of ${tornBytes} bytes follows; the next run that writes cuts it and notes it.`;
  const whole =
    head === null
      ? `There is no ledger at ${visible(run.flags.ledger, 200)} yet, or it is empty: nothing was applied.`
      : `${countWords(records.length, 'record')}, each bound to the one before. Head: ${head}`;
  await run.deliver(head === null ? `${whole}${torn}` : `${run.style.green('Verified.')} ${whole}${torn}`);
  return EXIT.ok;
}

/** What happened, oldest first, and what is owed. */
export async function ledgerShow(run: Run): Promise<ExitCode> {
  const { records } = await parse(run);
  const shown = records.filter(
    (record) => run.flags.account.length === 0 || ('account' in record && run.flags.account.includes(record.account)),
  );
  const owed = [...foldHistory(records).accounts]
    .filter(([name]) => run.flags.account.length === 0 || run.flags.account.includes(name))
    .flatMap(([, account]) => [...account.owed.values()]);
  const report = { entries: shown.map(lineOf), owed };
  await run.deliver(run.flags.format === 'json' ? ledgerToJson(report) : renderLedger(report, run.style));
  return EXIT.ok;
}

async function parse(run: Run): Promise<ReturnType<typeof parseLedger>> {
  const { ledger } = run.flags;
  return parseLedger(ledger, (await run.world.openStorage(ledger).read()).text);
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
      return `${countWords(record.changes.length, 'change')} approved (${APPROVED_BY[record.by] ?? visible(record.by)}): ${record.changes.slice(0, 3).map(describeChange).join('; ')}${record.changes.length > 3 ? '; ...' : ''}`;
    case 'intent':
      return describeChange(record.change);
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
    case 'commit':
      return `policies of ${visible(record.commit)} applied`;
    case 'note':
      return record.text;
    default:
      return record satisfies never;
  }
}

const APPROVED_BY: Readonly<Record<string, string>> = { plan: 'plan file', yes: '--yes', terminal: 'asked on the terminal' };
