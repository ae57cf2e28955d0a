import type { Prepared } from '../deliver-with-fault.ts';
import { jsonReply } from '../vendor-error.ts';
import { type Ask, onlyReply } from './twilio-ask.ts';
import { classicError } from './twilio-error.ts';
import type { Organization } from './twilio-state.ts';

/** The tokens that organizations' apps hold. */
export interface TokenOffice {
  /** Answers `POST /v2/token`: client credentials in the body, as the authorization server's metadata asks for. */
  answer(ask: Ask): Prepared;
  /** Whose token it is; null when it is over or was never given out. */
  ownerOf(token: string): Organization | null;
  /** Ends all that were given out. */
  revoke(organization: Organization): void;
}

export function openTokenOffice(now: () => number): TokenOffice {
  const tokens = new Map<string, { readonly organization: Organization; readonly until: number }>();
  return {
    answer: ({ request, state, needs, switches }) => {
      if (request.method !== 'POST') return onlyReply(classicError(405, 20_004, 'Method not allowed'));
      if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '')) {
        return onlyReply(classicError(415, 20_001, 'The body has to be application/x-www-form-urlencoded'));
      }
      const form = new URLSearchParams(request.body);
      if (form.get('grant_type') !== 'client_credentials') return onlyReply(classicError(400, 20_001, 'unsupported_grant_type'));
      const organization = state.organizations.find((one) => one.clientId === form.get('client_id'));
      if (!organization || organization.clientSecret !== form.get('client_secret')) {
        return onlyReply(classicError(401, 20_003, 'invalid_client'));
      }
      const token = `eyJ.${needs.newSid('').slice(0, 32)}.${needs.newSid('').slice(0, 32)}`;
      const expiresIn = switches.token_expires_in === 'absurd' ? 1_438_315_200_000 : switches.token_lifetime_s;
      tokens.set(token, { organization, until: now() + switches.token_lifetime_s * 1000 });
      const body = { access_token: token, id_token: null, token_type: 'Bearer', expires_in: expiresIn, refresh_token: null };
      return onlyReply(jsonReply(switches.token_status, body));
    },
    ownerOf: (token) => {
      const found = tokens.get(token);
      return found !== undefined && found.until > now() ? found.organization : null;
    },
    revoke: (organization) => {
      for (const [token, one] of tokens) {
        if (one.organization === organization) tokens.delete(token);
      }
    },
  };
}
