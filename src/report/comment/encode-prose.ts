import { encodeSentence } from '../../text/encode-sentence.ts';

/** What stands in quotes of either kind is one piece: it is there to be copied. */
const PIECE = /`[^`]+`[.,;:)]*|"[^"]*"[.,;:)]*|\S+/g;
const PLAIN = /^\(?(?:[A-Za-z]+(?:['-][A-Za-z]+)*|\d[\d:.,-]*|[%–…])\)?$/;
const ENDING = /[.,;:)]*$/;

/**
 * A sentence of ours as Markdown prose: plain words and numbers as they are, and whatever else stands in it (names, addresses, paths,
 * commands) in code spans, so that no Markdown, link or mention comes of it. What somebody else wrote whole goes into `codeSentence`.
 */
export function encodeProse(text: string): string {
  const words: string[] = [];
  let code: string[] = [];
  const endCode = (ending: string) => {
    if (code.length > 0) words.push(`\`${code.join(' ')}\`${ending}`);
    code = [];
  };
  for (const quoted of encodeSentence(text).replaceAll('|', '\\u{7c}').match(PIECE) ?? []) {
    const piece = quoted.replace(/^`([^`]+)`/, '$1').replaceAll('`', "'");
    const ending = ENDING.exec(piece)?.[0] ?? '';
    const word = piece.slice(0, piece.length - ending.length);
    if (quoted === piece && (word === '' || PLAIN.test(word))) {
      endCode('');
      words.push(piece);
      continue;
    }
    code.push(ending === '' ? piece : word);
    if (ending !== '') endCode(ending);
  }
  endCode('');
  return words.join(' ');
}
