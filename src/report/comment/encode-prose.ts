import { encodeSentence } from '../../text/encode-sentence.ts';

/** What stands in quotes of either kind is one piece: it is there to be copied. */
const PIECE = /\(*`[^`]+`[.,;:)]*|\(*"[^"]*"[.,;:)]*|\S+/g;
const PLAIN = /^(?:[A-Za-z]+(?:['-][A-Za-z]+)*|\d[\d:.,-]*|[%–…])$/;
const OPENING = /^\(*/;
const ENDING = /[.,;:)]*$/;

/**
 * A sentence of ours as Markdown prose: plain words and numbers as they are, and whatever else stands in it (names, addresses, paths,
 * commands) in code spans, so that no Markdown, link or mention comes of it; brackets and punctuation around them stay outside. What
 * somebody else wrote whole goes into `codeSentence`.
 */
export function encodeProse(text: string): string {
  const words: string[] = [];
  let code: string[] = [];
  let before = '';
  const endCode = (ending: string) => {
    if (code.length > 0) words.push(`${before}\`${code.join(' ')}\`${ending}`);
    code = [];
    before = '';
  };
  for (const quoted of encodeSentence(text).replaceAll('|', '\\u{7c}').match(PIECE) ?? []) {
    const piece = quoted.replace(/^(\(*)`([^`]+)`/, '$1$2').replaceAll('`', "'");
    const opening = OPENING.exec(piece)?.[0] ?? '';
    const ending = ENDING.exec(piece.slice(opening.length))?.[0] ?? '';
    const word = piece.slice(opening.length, piece.length - ending.length);
    if (word === '' || (quoted === piece && PLAIN.test(word))) {
      endCode('');
      words.push(piece);
      continue;
    }
    if (opening !== '') {
      endCode('');
      before = opening;
    }
    code.push(word);
    if (ending !== '') endCode(ending);
  }
  endCode('');
  return words.join(' ');
}
