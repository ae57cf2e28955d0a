import { RollcallError } from '../errors.ts';
import type { Http, HttpRequest } from '../ports.ts';
import { encodeSentence } from '../text/encode-sentence.ts';

const TIMEOUT_MS = 30_000;
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const API_VERSION = '2022-11-28';
/** Statuses that carry no body, in HTTP and so in `Response`. */
const BODILESS: readonly number[] = [204, 205, 304];
/** A name of dots between two slashes, which would ask another endpoint than the one that was meant. */
const CLIMBS = /\/(\.|%2e){1,2}([/?#]|$)/i;
/** What the plugins and our sentences read. `Link` is left out: it may name any host, and pages are counted here. */
const KEPT_HEADERS = ['retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

interface FetchOptions {
  readonly method: HttpRequest['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/**
 * What Octokit sends with: our own port. Only the API's origin is ever asked, no path climbs and no redirect is followed (each a
 * `RollcallError`); an answer that is missing, cut or no JSON is a plain error that says why.
 */
export function createFetch(http: Http, origin: string): (url: string, options: FetchOptions) => Promise<Response> {
  return async (url, { method, headers, body }) => {
    // Octokit escapes the slash of a ref; proxies in front of a server of one's own may refuse that.
    const address = url.replace(/(\/git\/refs?\/heads)%2F/, '$1/');
    const asked = encodeSentence(`${method} ${new URL(address).pathname}`);
    if (new URL(address).origin !== origin || CLIMBS.test(address)) throw new RollcallError('githubElsewhere', asked);
    const reply = await http.send({
      method,
      url: address,
      headers: { ...headers, 'user-agent': 'rollcall', 'x-github-api-version': API_VERSION },
      ...(body === undefined ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    if (reply.kind !== 'reply') throw new Error(reply.kind === 'unsent' ? `nothing was sent, ${reply.reason}` : reply.reason);
    if (reply.status >= 300 && reply.status < 400) throw new RollcallError('githubMoved', asked, String(reply.status));
    return toResponse(reply.status, reply.headers, reply.body);
  };
}

function toResponse(status: number, headers: Readonly<Record<string, string>>, body: string): Response {
  const kept = new Headers(
    KEPT_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as [string, string]])),
  );
  if (BODILESS.includes(status)) return new Response(null, { status, headers: kept });
  const json = (headers['content-type'] ?? '').toLowerCase().includes('json') && isJson(body);
  // Octokit hands on a cut JSON as a text, which would be taken for an answer.
  if (!json && status < 300) throw new Error(`the answer (${status}) was not whole JSON`);
  kept.set('content-type', json ? 'application/json' : 'text/plain');
  return new Response(body, { status, headers: kept });
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
