import { isEmpty, NOTHING } from '../holding.ts';
import type { AccountPolicy, DesiredAccount, Provider } from '../model.ts';
import type { Clock, Http, Random } from '../ports.ts';
import type { Credentials } from './credentials.ts';
import { createTelnyxOrganizationsProvider } from './telnyx/telnyx-organizations-provider.ts';
import { createTelnyxProvider } from './telnyx/telnyx-provider.ts';
import { createTwilioAccountClient, type TwilioWorld } from './twilio/create-twilio-client.ts';
import { createTwilioOrganizationProvider } from './twilio/create-twilio-provider.ts';
import { openTwilioOrganization, type TwilioOrganization } from './twilio/open-twilio-organization.ts';
import { createTwilioConsoleProvider } from './twilio/twilio-console-provider.ts';
import { twilioOrigins } from './twilio/twilio-origins.ts';
import { createVendorClient } from './vendor-client.ts';

export interface ProviderWorld {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly telnyxOrigin: string;
  /** The one origin that stands for all of Twilio's; null for Twilio's own. */
  readonly twilioOrigin: string | null;
  readonly deadlineAt: number;
  readonly interrupted: AbortSignal;
  readonly graceOver: AbortSignal;
  /** Told of every page that came; `total` is null where the vendor states none. */
  readonly onPage?: OnPage;
}

export type OnPage = (account: string, done: number, total: number | null) => void;

/** Opens one account with its own credentials and no other. `others` are the accounts by policy at this moment, itself among them. */
export type OpenProvider = (account: DesiredAccount, credentials: Credentials, others: () => Iterable<DesiredAccount>) => Provider;

/** The providers of one run. Accounts of one Twilio organization share what is read of it. */
export function openProviders(world: ProviderWorld): OpenProvider {
  const twilio: TwilioWorld = { ...world, origins: twilioOrigins(world.twilioOrigin) };
  const organizations = new Map<string, TwilioOrganization>();
  return (account, credentials, others) => {
    if (credentials.provider === 'telnyx') return openTelnyx(account.policy, credentials.apiKey, world);
    return account.policy.api === 'console'
      ? openConsole(account, credentials, twilio)
      : openManaged(account, credentials, { ...twilio, onAnswer: countPages(account.policy.name, world.onPage) }, organizations, others);
  };
}

/** No list of Twilio's states a total, and nearly every answer is a page. */
function countPages(account: string, onPage: OnPage = () => undefined): () => void {
  let done = 0;
  return () => {
    done += 1;
    onPage(account, done, null);
  };
}

type TwilioCredentials = Extract<Credentials, { provider: 'twilio' }>;

function openManaged(
  { policy }: DesiredAccount,
  { client, account }: TwilioCredentials,
  world: TwilioWorld,
  organizations: Map<string, TwilioOrganization>,
  others: () => Iterable<DesiredAccount>,
): Provider {
  if (client === null || policy.organization === null) throw new Error('an account of an organization was opened without its client');
  const key = JSON.stringify([policy.organization, client.id, client.secret]);
  const organization = organizations.get(key) ?? openTwilioOrganization(world, policy.organization, client.id, client.secret);
  organizations.set(key, organization);
  const own = { accountSid: account?.sid ?? null, authToken: account?.authToken ?? null };
  const above = policy.name === policy.file ? null : own.accountSid;
  const isWantedElsewhere = (email: string) =>
    [...others()].some(
      (other) =>
        other.policy.organization === policy.organization &&
        other.policy.name !== policy.name &&
        !isEmpty(other.principals.get(email)?.holding ?? NOTHING),
    );
  return createTwilioOrganizationProvider({ policy, above, organization, ...own, isWantedElsewhere, world });
}

function openConsole({ policy, roster }: DesiredAccount, { account }: TwilioCredentials, world: TwilioWorld): Provider {
  const keysClient = account === null ? null : createTwilioAccountClient(world, account.sid, account.authToken);
  return createTwilioConsoleProvider({ policy, roster, keysClient, clock: world.clock });
}

function openTelnyx({ name, api }: AccountPolicy, apiKey: string, world: ProviderWorld): Provider {
  const { http, clock, random, telnyxOrigin, deadlineAt, interrupted, graceOver, onPage } = world;
  const client = createVendorClient({ http, clock, random, origin: telnyxOrigin, bearer: apiKey, deadlineAt, interrupted, graceOver });
  if (api === 'organizations') return createTelnyxOrganizationsProvider(name, client, clock);
  return createTelnyxProvider(name, client, clock, (done, total) => onPage?.(name, done, total));
}
