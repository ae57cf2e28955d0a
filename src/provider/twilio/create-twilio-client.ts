import type { Clock, Http, Random } from '../../ports.ts';
import type { Credential } from '../credential.ts';
import { createVendorClient, type VendorClient } from '../vendor-client.ts';
import type { VendorError } from '../vendor-error.ts';
import type { TwilioOrigins } from './twilio-origins.ts';

export interface TwilioWorld {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly origins: TwilioOrigins;
  /** Milliseconds since 1970 after which nothing is waited for. */
  readonly deadlineAt: number;
  readonly interrupted: AbortSignal;
  readonly graceOver: AbortSignal;
  /** Told of every read that was answered. */
  readonly onAnswer?: () => void;
}

/** One credential at the hosts that take it: OAuth at the two IAM hosts, account SID and token at the others and at `iam`. */
export interface TwilioClient {
  readonly iam: VendorClient;
  readonly previewIam: VendorClient;
  readonly api: VendorClient;
  readonly monitor: VendorClient;
  readonly requests: () => number;
}

export function createTwilioClient(world: TwilioWorld, credential: Credential): TwilioClient {
  const at = (host: keyof TwilioOrigins): VendorClient => {
    const client = createVendorClient({ ...world, origin: world.origins[host], credential, judge: judgeTwilioError });
    const get: VendorClient['get'] = async (path, options) => {
      const answer = await client.get(path, options);
      world.onAnswer?.();
      return answer;
    };
    return { ...client, get };
  };
  const [iam, previewIam, api, monitor] = [at('iam'), at('previewIam'), at('api'), at('monitor')];
  const requests = () => [iam, previewIam, api, monitor].reduce((sum, client) => sum + client.requests(), 0);
  return { iam, previewIam, api, monitor, requests };
}

/** The client of the account's own API, for keys, subaccounts and events: organization tokens do not open those. */
export function createTwilioAccountClient(world: TwilioWorld, accountSid: string, authToken: string): TwilioClient {
  return createTwilioClient(world, { kind: 'basic', user: accountSid, password: authToken });
}

/** 20429 too many requests; 25021 and 25109 the organization's rate limits (twilio.com/docs/api/errors). */
const LIMITED: ReadonlySet<string> = new Set(['20429', '25021', '25109']);
/** 25018 not authorized, 25105 and 25107 authentication: these are about who asks; every other 25xxx is about what was asked. */
const ABOUT_WHO_ASKS: ReadonlySet<string> = new Set(['25018', '25105', '25107']);

/** Twilio's code says more than its status: the owner who cannot be changed may come as 403, and that is no word on the credential. */
export function judgeTwilioError({ code }: VendorError): 'refused' | 'limited' | null {
  if (LIMITED.has(code)) return 'limited';
  return /^25\d{3}$/.test(code) && !ABOUT_WHO_ASKS.has(code) ? 'refused' : null;
}
