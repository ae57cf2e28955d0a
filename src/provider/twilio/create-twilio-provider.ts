import type { AccountPolicy, Provider } from '../../model.ts';
import { readComplete } from '../read-complete.ts';
import { createTwilioAccountClient, createTwilioClient, type TwilioWorld } from './create-twilio-client.ts';
import type { TwilioOrganization } from './open-twilio-organization.ts';
import { probeTwilio } from './probe-twilio.ts';
import { NO_CREDENTIAL, readTwilioAccount, wrongAccount } from './read-twilio-account.ts';
import { readTwilioEvents } from './read-twilio-events.ts';
import { readTwilioPrincipal } from './read-twilio-principal.ts';
import type { TwilioAccount } from './twilio-account.ts';
import { sidOf } from './twilio-api.ts';
import { TWILIO_ORGANIZATION } from './twilio-organization-capabilities.ts';
import { createTwilioWriter } from './write-twilio-account.ts';

export interface TwilioProviderOptions {
  readonly policy: Pick<AccountPolicy, 'name' | 'owner' | 'scope' | 'subaccounts'>;
  /** The account above a subaccount that a policy fans out to: whose credentials these are. */
  readonly above?: string | null;
  /** Shared by the accounts of one organization and OAuth client, for one run. */
  readonly organization: TwilioOrganization;
  /** For keys, events and subaccounts; without both these are not read. */
  readonly accountSid: string | null;
  readonly authToken: string | null;
  /** Whether policy gives this address something in another account of the organization, so that the login has to stay. */
  readonly isWantedElsewhere?: (email: string) => boolean;
  readonly world: TwilioWorld;
}

/** One account of a Twilio organization behind the provider interface: wire in, model out. */
export function createTwilioOrganizationProvider(options: TwilioProviderOptions): Provider {
  const { policy, organization, above = null, accountSid, authToken, isWantedElsewhere = () => false, world } = options;
  const own = accountSid === null || authToken === null ? null : createTwilioAccountClient(world, accountSid, authToken);
  const account: TwilioAccount = {
    policy,
    scope: sidOf('AC', policy.scope ?? ''),
    above,
    organization,
    client: createTwilioClient(world, organization.credential),
    own: own === null || accountSid === null ? null : { client: own, sid: accountSid },
    isWantedElsewhere,
    clock: world.clock,
    seen: new Map(),
    remembered: {},
  };
  return {
    reader: {
      account: policy.name,
      capabilities: TWILIO_ORGANIZATION,
      read: (lastGood, suspect, begun = []) =>
        readComplete({
          account: policy.name,
          provider: TWILIO_ORGANIZATION.provider,
          api: TWILIO_ORGANIZATION.api,
          clock: world.clock,
          pass: (expired) => readTwilioAccount(account, begun, expired),
          requests: () => account.client.requests() + (own?.requests() ?? 0),
          lastGood,
          suspect,
        }),
      readOne: (principalId) => readTwilioPrincipal(account, principalId),
      probe: () => probeTwilio(account),
      events: async (since) => {
        const why = wrongAccount(account);
        if (own === null || why !== null) return { kind: 'unavailable', why: why ?? NO_CREDENTIAL };
        return readTwilioEvents(own, world.clock, since);
      },
    },
    writer: createTwilioWriter(account),
  };
}
