import type { AccountPolicy, Provider } from '../model.ts';
import type { Clock, Http, Random } from '../ports.ts';
import { createTelnyxProvider } from './telnyx/telnyx-provider.ts';
import { createVendorClient } from './vendor-client.ts';

export interface ProviderWorld {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly telnyxOrigin: string;
  readonly deadlineAt: number;
  readonly interrupted: AbortSignal;
  readonly graceOver: AbortSignal;
}

/** The provider of one account, opened with its own key and no other. */
export function createProvider(policy: AccountPolicy, apiKey: string, world: ProviderWorld): Provider {
  const { http, clock, random, telnyxOrigin, deadlineAt, interrupted, graceOver } = world;
  const client = createVendorClient({ http, clock, random, origin: telnyxOrigin, bearer: apiKey, deadlineAt, interrupted, graceOver });
  switch (policy.provider) {
    case 'telnyx':
      return createTelnyxProvider(policy.name, client, clock);
    case 'twilio':
      throw new Error('no Twilio yet');
    default:
      return policy.provider satisfies never;
  }
}
