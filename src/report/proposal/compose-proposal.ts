import type { Instant } from '../../model.ts';
import { type Block, countBytes, joinBlocks } from '../comment/fit-lines.ts';
import { COMMENT_MAX_BYTES } from '../comment/render-comment.ts';
import { endOfFooter } from '../comment/render-freshness.ts';
import { wrapText } from '../fit-text.ts';
import { fitSections, type Section } from '../issue/fit-sections.ts';
import { type Barred, describeBarred } from './describe-barred.ts';

/** The words of a pull request that rollcall opens itself. */
export interface ProposalText {
  /** Plain text, at most 120 characters. */
  readonly title: string;
  /** Markdown of at most 60,000 bytes in UTF-8, the marker first. */
  readonly body: string;
  /** Plain text: a subject of at most 72 characters, an empty line, lines of at most 72 columns. */
  readonly message: string;
}

/** What the words of every proposal need beside what is proposed. */
export interface ProposalFrame {
  /** A line of HTML comment that the body begins with. */
  readonly marker: string;
  /** Who may not approve it, as the ledger's record of it says. */
  readonly barred: Barred;
  /** The run that makes it, for a link; null outside Actions. */
  readonly runUrl: string | null;
  readonly at: Instant;
}

interface ProposalParts {
  /** From the most telling to the shortest: the first that fits is the title, and so for the commit's subject; the last always does. */
  readonly titles: readonly string[];
  /** What the commit says below its subject. */
  readonly message: string;
  readonly opening: readonly Block[];
  /** Cut on a row where they do not fit, and counted. */
  readonly sections: readonly Section[];
  readonly closing: readonly Block[];
}

const TITLE_MAX = 120;
const SUBJECT_MAX = 72;
const BARRED_MAX_BYTES = 8000;

export function composeProposal(frame: ProposalFrame, parts: ProposalParts): ProposalText {
  const before = [[frame.marker], ...parts.opening];
  const after = [...parts.closing, barredLines(frame.barred), [`<sub>${endOfFooter(frame.runUrl, frame.at).join(' · ')}</sub>`]];
  const left = COMMENT_MAX_BYTES - countBytes(joinBlocks([...before, ...after])) - 1;
  return {
    title: firstOf(parts.titles, TITLE_MAX),
    body: joinBlocks([...before, ...fitSections(parts.sections, left), ...after]),
    message: [firstOf(parts.titles, SUBJECT_MAX), '', ...wrapText(parts.message, SUBJECT_MAX), ''].join('\n'),
  };
}

/**
 * The text where every foreign word in it is a plain one, and else nothing: titles and commit messages know no code span, and a mention in
 * them notifies, so what would need escaping is counted there and named in the body.
 */
export function sayPlain(text: string, foreign: readonly string[]): string[] {
  return foreign.every((word) => PLAIN.test(word)) ? [text] : [];
}

/** An e-mail, a name of an account or a role, a path, a login, a day. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._%+/-]*(?:@[A-Za-z0-9][A-Za-z0-9.-]*)?$/;

function firstOf(texts: readonly string[], max: number): string {
  return texts.find((text) => text.length <= max) ?? '';
}

function barredLines(barred: Barred): string[] {
  const who = describeBarred(barred, BARRED_MAX_BYTES);
  if (who === '') return [];
  return [
    '#### Who may not approve this',
    '',
    `${who} \`people/\` on the default branch says whose GitHub login is whose (\`github: LOGIN\`). An approval counts where it says so of the approver, or of all who may not: otherwise nobody can tell them apart.`,
  ];
}
