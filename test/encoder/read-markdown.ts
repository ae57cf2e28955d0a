import { lexer, type Token, type Tokens } from 'marked';

/** What GitHub makes of a Markdown text: its blocks, and what stands in them outside of code. */
interface Page {
  /** Blocks, rows and cells; where a cell or a paragraph has text, only that it has. */
  readonly blocks: readonly string[];
  /** The same with every word outside of code, and every piece of code as `CODE`. */
  readonly words: readonly string[];
  /** Everything that no text of ours has. */
  readonly faults: readonly string[];
}

/** The only tags that are ours. */
const TAGS = /<\/?(?:details|summary|sub|code)>/g;
/** Pieces of code in a block of HTML, where no Markdown is read. */
const HTML_CODE = /<code>([^<>&]*)<\/code>/g;
const COMMENT = /^<!-- (?:set|unsaid|ledger|rollcall:4711)[^<>@]* ?-->\n*$/;
/** A mention, an issue, an address, a short code, a formula, a footnote, an entity: what GitHub makes more of than text. */
const ALIVE = /@|#\d|GH-\d|\/\/|www\.\w|:[a-z0-9_+-]+:|\$|\[\^|&[#\w]|[<>`\\]|\b[0-9a-f]{40}\b/i;
const OURS = /^https:\/\/github\.com\/acme\/access\/[\w./%#-]*$/;
const PULL = /^https:\/\/github\.com\/acme\/access\/pull\/\d+$/;

export function readMarkdown(text: string): Page {
  const page = { blocks: [] as string[], words: [] as string[], faults: [] as string[] };
  for (const token of lexer(text, { gfm: true })) readBlock(token, page);
  return page;
}

type Draft = { readonly [key in keyof Page]: string[] };

function readBlock(token: Token, page: Draft): void {
  switch (token.type) {
    case 'space':
      break;
    case 'heading':
      say(page, `heading ${(token as Tokens.Heading).depth}`, readInline(token.tokens ?? [], page));
      break;
    case 'paragraph':
    case 'text':
      say(page, 'text', readInline(token.tokens ?? [], page));
      break;
    case 'code':
      say(page, `fence ${(token as Tokens.Code).lang ?? ''} ${(token as Tokens.Code).text.split('\n').length}`, '');
      break;
    case 'html':
      readHtml(token.raw, page);
      break;
    case 'blockquote':
      readChildren('quote', (token as Tokens.Blockquote).tokens, page);
      break;
    case 'list':
      for (const item of (token as Tokens.List).items) readChildren(`item ${item.task ? 'to do' : ''}`, item.tokens, page);
      break;
    case 'table':
      readTable(token as Tokens.Table, page);
      break;
    default:
      page.faults.push(`a block that is none of ours: ${token.type}`);
  }
}

function readChildren(name: string, tokens: readonly Token[], page: Draft): void {
  say(page, name, '');
  for (const token of tokens) if (token.type !== 'checkbox') readBlock(token, page);
  say(page, `end of ${name}`, '');
}

function readTable({ header, rows }: Tokens.Table, page: Draft): void {
  for (const row of [header, ...rows]) {
    const cells = row.map((cell) => readInline(cell.tokens, page));
    say(page, `row of ${cells.length}`, cells.join(' | '));
  }
}

function readHtml(raw: string, page: Draft): void {
  const shown = raw.replace(HTML_CODE, 'CODE');
  say(page, COMMENT.test(raw) ? 'comment' : 'html', COMMENT.test(raw) ? '' : shown.trim());
  if (COMMENT.test(raw)) return;
  const rest = shown.replace(TAGS, '');
  if (/[<>&`]/.test(rest)) page.faults.push(`HTML that is none of ours: ${raw.slice(0, 80)}`);
}

function say(page: Draft, block: string, words: string): void {
  page.blocks.push(block);
  page.words.push(words === '' ? block : `${block}: ${words}`);
}

function readInline(tokens: readonly Token[], page: Draft): string {
  return tokens.map((token) => readPiece(token, page)).join('');
}

function readPiece(token: Token, page: Draft): string {
  switch (token.type) {
    case 'codespan':
      return 'CODE';
    case 'text':
    case 'escape': {
      if ('tokens' in token && token.tokens) return readInline(token.tokens, page);
      const text = (token as Tokens.Text).text;
      if (ALIVE.test(text)) page.faults.push(`outside of code: ${text.slice(0, 80)}`);
      return text;
    }
    case 'strong':
    case 'em':
      return `*${readInline((token as Tokens.Strong).tokens, page)}*`;
    case 'link': {
      const { href, tokens: inner } = token as Tokens.Link;
      if (!OURS.test(href)) page.faults.push(`a link to ${href}`);
      // `#12` where it leads to the pull request 12 itself.
      return PULL.test(href) ? (token as Tokens.Link).text : readInline(inner, page);
    }
    case 'html': {
      if (token.raw.replace(TAGS, '') !== '') page.faults.push(`a tag that is none of ours: ${token.raw}`);
      return token.raw;
    }
    default:
      page.faults.push(`a piece that is none of ours: ${token.type}`);
      return '';
  }
}
