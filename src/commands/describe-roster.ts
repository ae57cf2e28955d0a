import type { AccountPolicy, Day } from '../model.ts';
import type { ConsolePages, Remark } from '../policy/read-console-pages.ts';
import { countWords } from '../report/count-words.ts';
import { toJson } from '../report/to-json.ts';
import { visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';

interface Written {
  readonly file: string;
  readonly attestedBy: string;
  readonly attestedOn: Day;
}

/** What was written, what of the pasted text was not needed, and what to do next. */
export function describeRoster(pages: ConsolePages, policy: AccountPolicy, written: Written): string {
  const { rows, notes } = pages;
  const widest = Math.max(...rows.map(({ email }) => email.length));
  const lines = rows.map(
    ({ email, roles, status }) => `  ${status.padEnd(7)}  ${email.padEnd(widest)}  ${roles.map((role) => visible(role)).join(', ')}`,
  );
  const head = `${visible(written.file, 200)}: ${countWords(rows.length, 'row')}, attested by ${written.attestedBy} on ${written.attestedOn}.`;
  const aside = notes.length === 0 ? [] : ['', 'Beside that was pasted:', notes.map(describeRemark).join('').trimEnd()];
  const ownerless = rows.some(({ email }) => email === policy.owner)
    ? []
    : ['', `The owner ${policy.owner} is not among them. Does the users page show another owner?`];
  return [
    head,
    '',
    ...lines,
    ...aside,
    ...ownerless,
    '',
    `Hold it against the Console and have it merged: it stands for a read of ${policy.name} for 30 days.`,
  ].join('\n');
}

export function rosterToJson({ rows, notes }: ConsolePages, { name, owner }: AccountPolicy, written: Written): string {
  return toJson({
    format_version: '1.0',
    file: written.file,
    account: name,
    attested_by: written.attestedBy,
    attested_on: written.attestedOn,
    rows: rows.map(({ email, status, roles }) => ({ email, status, roles })),
    has_owner: rows.some(({ email }) => email === owner),
    not_needed: notes.map(({ line, text, why }) => ({ line, text, why })),
  });
}

/** A pasted line, made visible, and what about it. */
export function describeRemark({ line, text, why }: Remark): string {
  return `  line ${line}: ${visible(text.trim().replaceAll('\t', '  '))}\n    ${encodeSentence(why)}\n`;
}
