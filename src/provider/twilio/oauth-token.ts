import type { Credential, Token } from '../credential.ts';
import { type Answer, createVendorClient, isRecord } from '../vendor-client.ts';
import { judgeTwilioError, type TwilioWorld } from './create-twilio-client.ts';

/** docs/iam/oauth-apps/oauth-access-token: a form with the secret in it (RFC 8414 metadata: `client_secret_post`); 200, and 201 in older ones. */
const PATH = '/v2/token';
const EARLY_S = 60;
/** What is asked for again at least so often; one vendor example says 1,438,315,200,000 seconds. */
const LONGEST_S = 3_600;
const SHORTEST_S = 60;
const UNSTATED_S = 300;
/** A token that is refused so soon is refused for what it may not do, or for good. */
const YOUNG_MS = 30_000;

/**
 * The credential of an organization's OAuth app: a token by client credentials, fetched when it is first needed and again a minute before
 * it ends (of a token that ends sooner, at half its time). Requests that need it at once share it, and a client that was refused is not
 * tried again. Neither secret nor token leaves in any message.
 */
export function openOauth(world: TwilioWorld, clientId: string, clientSecret: string): Credential & { readonly kind: 'oauth' } {
  const secrets = [clientSecret];
  const credential: Credential = { kind: 'none', secrets };
  const client = createVendorClient({ ...world, origin: world.origins.oauth, credential, judge: judgeTwilioError });
  let current: { readonly token: Token; readonly sinceMs: number; readonly untilMs: number } | null = null;
  let coming: Promise<Token> | null = null;

  async function fetchToken(): Promise<Token> {
    const answer = await client.ask(PATH, { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
    const token = tokenOf(answer);
    if (token.kind === 'token') {
      secrets.push(token.token);
      const sinceMs = world.clock.now();
      current = { token, sinceMs, untilMs: sinceMs + lastsMs(answer) };
    }
    if (token.kind === 'credentials') current = { token, sinceMs: Number.POSITIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
    return token;
  }

  async function token(): Promise<Token> {
    if (current !== null && world.clock.now() < current.untilMs) return current.token;
    coming ??= fetchToken().finally(() => {
      coming = null;
    });
    return coming;
  }

  function drop(): boolean {
    const isOld = current !== null && world.clock.now() - current.sinceMs >= YOUNG_MS;
    if (isOld) current = null;
    return isOld;
  }

  return { kind: 'oauth', token, drop, secrets: () => secrets };
}

function tokenOf(answer: Answer): Token {
  if (answer.kind === 'ok') {
    const token = isRecord(answer.json) ? answer.json['access_token'] : undefined;
    // A header takes no other character, and nothing shorter could be kept out of messages.
    const isToken = typeof token === 'string' && /^[\x21-\x7e]{8,}$/.test(token);
    return isToken ? { kind: 'token', token } : { kind: 'unsent', message: 'no access token: the answer to the OAuth client has none' };
  }
  const message = `no access token: ${answer.message}`;
  // OAuth says `invalid_client` with 400 as well, and there is nothing else in the request that could be wrong.
  if (answer.kind === 'refused') return { kind: 'credentials', status: answer.status, message };
  // Whatever the token was wanted for was not sent, and a 404 here says nothing of what was asked for.
  return answer.kind === 'credentials' || answer.kind === 'limited' ? { ...answer, message } : { kind: 'unsent', message };
}

function lastsMs(answer: Answer): number {
  const stated = answer.kind === 'ok' && isRecord(answer.json) ? Number(answer.json['expires_in'] ?? UNSTATED_S) : UNSTATED_S;
  const lastsS = Number.isFinite(stated) ? Math.min(LONGEST_S, Math.max(SHORTEST_S, stated)) : UNSTATED_S;
  return Math.max(lastsS - EARLY_S, lastsS / 2) * 1000;
}
