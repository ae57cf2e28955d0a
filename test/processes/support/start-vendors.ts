import type { RequestRecord } from '../../../src/emulator/create-request-log.ts';
import { createTelnyxWorld, type TelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { ControlledWorld } from '../../../src/emulator/create-world.ts';
import type { Delivery } from '../../../src/emulator/deliver-with-fault.ts';
import type { TelnyxSeedAccount } from '../../../src/emulator/parse-telnyx-seed.ts';
import { startWorld } from '../../../src/emulator/start-world.ts';
import { createTwilioWorld, type TwilioWorld } from '../../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeed } from '../../../src/emulator/twilio/parse-twilio-seed.ts';
import { type EmulatedRequest, vendorError } from '../../../src/emulator/vendor-error.ts';
import type { Clock } from '../../../src/ports.ts';
import { createRandom } from '../../../src/text/create-random.ts';
import { telnyxKeyOf } from '../../scenarios/kinds/support/kinds-company.ts';

export interface VendorSeeds {
  readonly telnyx: readonly TelnyxSeedAccount[];
  readonly twilio: TwilioSeed;
}

/** Both vendors on loopback, in this process, so that a test sees each request in the instant in which it comes in. */
export interface Vendors {
  readonly telnyx: TelnyxWorld;
  readonly twilio: TwilioWorld;
  /** Origins and credentials, as an environment has them. */
  readonly env: Readonly<Record<string, string>>;
  /** Called when a request has come in and again when it has been handled, before its answer leaves. */
  watch: (at: 'arrived' | 'handled') => void;
  /** Called with each request that would change something, before the vendor sees it. */
  judge: (request: EmulatedRequest) => void;
  /** What becomes of an answer before it leaves; nothing unless set. */
  spoil: (delivery: Delivery) => Delivery;
  /** Requests that change something at the vendor, in their order; a token that is fetched changes nothing. */
  writes(): readonly RequestRecord[];
  stop(): Promise<void>;
}

export async function startVendors({ telnyx: accounts, twilio: seed }: VendorSeeds, clock: Clock): Promise<Vendors> {
  const telnyx = createTelnyxWorld({ clock, random: createRandom(7), seed: { accounts } });
  const twilio = createTwilioWorld({ clock, random: createRandom(11), seed });
  const watched = <World extends ControlledWorld>(world: World): World => ({
    ...world,
    deliver: (request) => {
      vendors.watch('arrived');
      if (request.method !== 'GET' && !request.path.endsWith('/token')) vendors.judge(request);
      const delivery = world.deliver(request);
      vendors.watch('handled');
      return vendors.spoil(delivery);
    },
  });
  const tooLarge = vendorError(413, '10015', 'The request body is larger than 1 MiB.');
  const [first, second] = await Promise.all([
    startWorld(watched(telnyx), { clock }, tooLarge),
    startWorld(watched(twilio), { clock }, tooLarge),
  ]);
  const vendors: Vendors = {
    telnyx,
    twilio,
    env: { ROLLCALL_TELNYX_ORIGIN: first.origin, ROLLCALL_TWILIO_ORIGIN: second.origin, ...credentialsOf(telnyx, twilio) },
    watch: () => undefined,
    judge: () => undefined,
    spoil: (delivery) => delivery,
    writes: () => [...telnyx.requests, ...twilio.requests].filter((one) => one.mutating && !one.path.endsWith('/token')),
    stop: async () => {
      await Promise.all([first.stop(), second.stop()]);
    },
  };
  return vendors;
}

function credentialsOf(telnyx: TelnyxWorld, twilio: TwilioWorld): Record<string, string> {
  const env: Record<string, string> = {};
  const variable = (account: string, suffix: string) => `${account.toUpperCase().replaceAll('-', '_')}_${suffix}`;
  for (const name of telnyx.accounts) env[variable(name, 'API_KEY')] = telnyxKeyOf(name);
  for (const name of twilio.accounts) {
    const { clientId, clientSecret } = twilio.credentials(name);
    env[variable(name, 'CLIENT_ID')] = clientId ?? '';
    env[variable(name, 'CLIENT_SECRET')] = clientSecret ?? '';
  }
  return env;
}
