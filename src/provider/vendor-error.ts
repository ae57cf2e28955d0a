import { visible } from '../text/encode.ts';

const MAX_WORDS = 200;
const MAX_UNKNOWN = 120;
/** A body may be nested as deep as it is long; what is shown of it is not. */
const MAX_DEPTH = 20;
/** How the members end that carry secrets at Telnyx or Twilio, wherever they turn up; without what separates their words. */
const SECRET_MEMBER = /(?:apikey|privatekey|token|secret|password|authorization)$/;
/** The same inside a text: the name, what may stand between, and the value with its quotes. */
const SECRET_IN_TEXT =
  /((?:(?:api|private)[_ -]?key|(?:api|auth|access|refresh|id)[_ -]?token|secret|password|authorization)\\*["']?\s*[:=]\s*)(?:\\*"[^"]*"?|'[^']*'?|(?:(?:bearer|basic)\s+)?[^\s,;&"'})\]]+)/gi;

/** What a vendor says of a request that it did not do; every text has passed a redactor whole, and then `visible()`. */
export interface VendorError {
  readonly status: number;
  /** The vendor's own code; empty where it gives none. */
  readonly code: string;
  /** The vendor's own sentence; empty where it gives none. */
  readonly message: string;
  /** Which member of the request it is about. */
  readonly field?: string;
  readonly docsUrl?: string;
  /** A whole phrase for people: the status, the code where people look errors up by it, and the sentence. */
  readonly says: string;
}

interface Told {
  readonly code?: unknown;
  readonly words: readonly unknown[];
  readonly field?: unknown;
  readonly docsUrl?: unknown;
  /** Telnyx's sentences stand for themselves; Twilio's codes are what its documentation is sorted by. */
  readonly showsCode: boolean;
}

/**
 * One error out of every body that the vendors answer with: Telnyx's `errors[]`; SCIM's `detail` (its `status` is a text); Twilio's
 * classic `message` with `more_info` or `moreInfo`; RFC 9457's `title` and `detail`; OAuth's `error`. A body of no known shape is shown
 * in part. `json` is undefined for what was not JSON;
 * `redact` takes known secrets out of a text.
 */
export function normaliseVendorError(status: number, json: unknown, redact: (text: string) => string): VendorError {
  // All of it before any of it is cut: half a secret is not found any more.
  const told = tell(withoutSecrets(json, redact, 0));
  const code = visible(textOf(told.code));
  const words = told.words.map(textOf).filter((word) => word !== '');
  const message = visible(words.join(' - '), MAX_WORDS);
  const field = visible(textOf(told.field));
  const docsUrl = textOf(told.docsUrl);
  const head = `the vendor answered ${status}${told.showsCode && code !== '' ? ` (${code})` : ''}`;
  return {
    status,
    code,
    message,
    ...(field === '' ? {} : { field }),
    ...(/^https:\/\/[A-Za-z0-9./_-]{1,200}$/.test(docsUrl) ? { docsUrl } : {}),
    says: message === '' ? head : `${head}: ${message}`,
  };
}

function tell(json: unknown): Told {
  if (!isObject(json)) return { words: [], showsCode: false };
  if (json['code'] === undefined && 'errors' in json && json['title'] === undefined) return telnyxError(json['errors']);
  const { code, detail, message, title, scimType, error } = json;
  const docsUrl = json['more_info'] ?? json['moreInfo'] ?? json['type'];
  if (isText(title)) return { code, words: [title, detail], field: pointerOf(json['errors']), docsUrl, showsCode: true };
  if (isText(detail)) return { code, words: [detail], field: scimType, docsUrl, showsCode: true };
  if (isText(message) || code !== undefined) return { code, words: [message], docsUrl, showsCode: true };
  if (isText(error)) return { code: error, words: [json['error_description']], showsCode: true };
  return { words: Object.keys(json).length === 0 ? [] : [unknownBody(json)], showsCode: false };
}

/** The first of them: `code` is a text, every member is optional. */
function telnyxError(errors: unknown): Told {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (!isObject(first)) return { words: [], showsCode: false };
  const { code, title, detail, source, meta } = first;
  return {
    code,
    words: [title, detail].filter(isText),
    field: isObject(source) ? source['pointer'] : undefined,
    docsUrl: isObject(meta) ? meta['url'] : undefined,
    showsCode: false,
  };
}

function pointerOf(errors: unknown): unknown {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isObject(first) ? first['pointer'] : undefined;
}

function unknownBody(json: object): string {
  const text = JSON.stringify(json);
  return text.length > MAX_UNKNOWN ? `${text.slice(0, MAX_UNKNOWN)}...` : text;
}

/** The same body without known secrets and without the values of members that carry others. */
function withoutSecrets(value: unknown, redact: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return redact(value).replace(SECRET_IN_TEXT, '$1[secret]');
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '...';
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, redact, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const isSecret = SECRET_MEMBER.test(name.toLowerCase().replace(/[^a-z]/g, ''));
      return [redact(name), isSecret ? '[secret]' : withoutSecrets(one, redact, depth + 1)];
    }),
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
