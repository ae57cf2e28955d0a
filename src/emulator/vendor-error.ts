/** What a client sends, in plain values: no socket is needed to ask. */
export interface EmulatedRequest {
  readonly method: string;
  /** With the query, as it stands in the request line. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when there is none. */
  readonly body: string;
  /** The origin that absolute links in answers carry; the vendor's own when not given. */
  readonly origin?: string;
}

export interface EmulatedReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Telnyx's error codes that the emulator uses, with their titles. Source: developers.telnyx.com, API errors. */
export const VENDOR_TITLES = {
  '10004': 'Missing required parameter',
  '10005': 'Resource not found',
  '10006': 'Invalid ID',
  '10007': 'Unexpected error',
  '10009': 'Authentication failed',
  '10010': 'Authorization failed',
  '10011': 'Too many requests',
  '10012': 'Duplicate resource',
  '10015': 'Bad Request',
} as const;

export type VendorCode = keyof typeof VENDOR_TITLES;

/** An error in the vendor's form; `pointer` names the field at fault. */
export function vendorError(status: number, code: VendorCode, detail: string, pointer?: string): EmulatedReply {
  const error = {
    code,
    title: VENDOR_TITLES[code],
    detail,
    ...(pointer === undefined ? {} : { source: { pointer } }),
    meta: { url: `https://developers.telnyx.com/docs/overview/errors/${code}` },
  };
  return jsonReply(status, { errors: [error] });
}

export function jsonReply(status: number, document: unknown): EmulatedReply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(document) };
}

export function wrongMethod(allow: string): EmulatedReply {
  const reply = vendorError(405, '10015', 'This resource does not support this method.');
  return { ...reply, headers: { ...reply.headers, allow } };
}

export const NO_SUCH_RESOURCE = 'The requested resource or URL could not be found.';
