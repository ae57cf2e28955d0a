export interface GithubReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** A document goes out as JSON; bytes as they are. */
  readonly body: unknown;
}

const DOCUMENTATION = 'https://docs.github.com/rest';

export function ok(body: unknown, status = 200): GithubReply {
  return { status, headers: {}, body };
}

export function noContent(): GithubReply {
  return { status: 204, headers: {}, body: null };
}

/** GitHub's form of an error. Source: docs.github.com/rest, troubleshooting. */
export function refusal(status: number, message: string, more: object = {}): GithubReply {
  return { status, headers: {}, body: { message, ...more, documentation_url: DOCUMENTATION, status: String(status) } };
}

export function notFound(): GithubReply {
  return refusal(404, 'Not Found');
}

export interface FieldError {
  readonly resource: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  readonly field?: string;
  readonly message?: string;
}

export function invalid(...errors: readonly FieldError[]): GithubReply {
  return refusal(422, 'Validation Failed', { errors });
}

/** The limit of comments and issue bodies as GitHub's own message has it. */
const MAX_BODY_CHARACTERS = 65_536;

/** The refusal of a body that is not there or too long; null when it is good. */
export function refuseBody(resource: 'IssueComment' | 'Issue', body: unknown): GithubReply | null {
  if (typeof body !== 'string' || body.trim() === '') return invalid({ resource, code: 'missing_field', field: 'body' });
  if ([...body].length <= MAX_BODY_CHARACTERS) return null;
  const message = `Body is too long (maximum is ${MAX_BODY_CHARACTERS} characters)`;
  return invalid({ resource, code: 'unprocessable', field: 'data', message });
}
