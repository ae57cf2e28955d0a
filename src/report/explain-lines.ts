import type { Provenance } from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import type { Style } from './create-style.ts';
import { describeBacking, describeProvenance } from './describe-provenance.ts';
import { describePlace } from './describe-reason.ts';
import { wrapAfter } from './fit-text.ts';
import { formatInstant } from './format-instant.ts';
import type { ExplainedGrant, ExplainedLive, ExplainedOwed } from './render-explain.ts';

/** Blocks of lines with an empty line between them; a block without lines is none. */
export function joinBlocks(blocks: readonly (readonly string[])[]): string {
  const full = blocks.filter((block) => block.length > 0);
  return `${full.map((block) => block.join('\n')).join('\n\n')}\n`;
}

export function personLines(
  indent: string,
  { principal, name }: { readonly principal: string; readonly name: string },
  style: Style,
): string[] {
  const who = encodePrincipal(principal);
  const lines = wrapAfter(indent, name === '' ? who : `${who} (${visible(name)})`, style.columns);
  return lines.map((line, at) => (at === 0 ? style.bold(line) : line));
}

export function grantLines(grant: ExplainedGrant, indent: string, style: Style): string[] {
  const what = grant.role === null ? `group ${visible(grant.group ?? '')}` : visible(grant.role);
  const until = grant.until === null ? '' : grant.ended ? `, ended ${visible(grant.until)}` : `, until ${visible(grant.until)}`;
  const paint = grant.ended ? style.dim : (text: string) => text;
  return [
    ...wrapAfter(`${indent}· `, `${what} through team ${visible(grant.team)}${until}: ${visible(grant.reason, 400)}`, style.columns).map(
      paint,
    ),
    ...wrapAfter(`${indent}  `, describePlace(grant.place), style.columns).map(style.dim),
  ];
}

/** Since when, or when it ended, and who stands behind it; nothing where the ledger does not tell. */
export function sinceLines(provenance: Provenance | null, isGone: boolean, indent: string, style: Style): string[] {
  if (provenance === null) return [];
  const words = describeProvenance(provenance, isGone);
  return wrapAfter(indent, encodeSentence(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`), style.columns);
}

export function owedLines(owed: ExplainedOwed, indent: string, style: Style): string[] {
  const by = describeBacking(owed);
  const words = [
    owed.what,
    `since ${formatInstant(owed.since)}${by === '' ? '' : ` ${by}`}`,
    ...(owed.notBefore === null ? [] : [`from ${formatInstant(owed.notBefore)} on`]),
  ].join(', ');
  const text = owed.message === '' ? words : `${words}: ${owed.message}`;
  return wrapAfter(`${indent}Owed: `, encodeSentence(text), style.columns).map(style.yellow);
}

export function pendingLines(live: ExplainedLive | null, indent: string, style: Style): string[] {
  if (live?.status !== 'invited') return [];
  return wrapAfter(`${indent}Pending: `, `invited, and not accepted as of ${formatInstant(live.at)}`, style.columns).map(style.yellow);
}

export function noteLines(notes: readonly string[], indent: string, style: Style): string[] {
  return notes.flatMap((note) => wrapAfter(`${indent}Note: `, encodeSentence(note), style.columns)).map(style.dim);
}
