import { createTelnyxWorld, type TelnyxWorld } from '../../../../src/emulator/create-telnyx-world.ts';
import type { TelnyxSeedAccount } from '../../../../src/emulator/parse-telnyx-seed.ts';
import { createTwilioWorld, type TwilioWorld } from '../../../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeed } from '../../../../src/emulator/twilio/parse-twilio-seed.ts';
import type { Clock, Http } from '../../../../src/ports.ts';
import { createRandom } from '../../../../src/text/create-random.ts';
import { ORIGIN } from '../../support/create-scenario.ts';

export const TWILIO_ORIGIN = 'http://127.0.0.1:4020';

export interface Vendors {
  readonly telnyx: TelnyxWorld;
  readonly twilio: TwilioWorld;
  /** Both behind one connection. */
  readonly http: Http;
  /** What Actions would set, by the names of the accounts. */
  readonly env: Readonly<Record<string, string>>;
  /** `ada administrator`, sorted; with the status where it is not active. */
  live(account: string): string[];
}

/** An emulated Telnyx and an emulated Twilio on one clock. */
export function openVendors(clock: Clock, accounts: readonly TelnyxSeedAccount[], seed: TwilioSeed): Vendors {
  const telnyx = createTelnyxWorld({ clock, random: createRandom(7), seed: { accounts } });
  const twilio = createTwilioWorld({ clock, random: createRandom(11), seed });
  const [first, second] = [telnyx.http({ origin: ORIGIN }), twilio.http({ origin: TWILIO_ORIGIN })];
  const grouped = new Set(accounts.flatMap(({ name, api }) => (api === 'organizations' ? [name] : [])));
  return {
    telnyx,
    twilio,
    http: {
      send: (request) => (request.url.startsWith(`${TWILIO_ORIGIN}/`) ? second : first).send(request),
      close: async () => {
        await first.close();
        await second.close();
      },
    },
    env: { ROLLCALL_TELNYX_ORIGIN: ORIGIN, ROLLCALL_TWILIO_ORIGIN: TWILIO_ORIGIN, ...credentialsOf(accounts, twilio) },
    live: (account) => {
      if (telnyx.accounts.includes(account)) {
        const { users, groups } = telnyx.state(account);
        const groupsOf = (email: string) => groups.flatMap(({ name, members }) => (members.includes(email) ? [name] : []));
        return users.map(({ email, role, status }) => say(email, grouped.has(account) ? groupsOf(email) : [role], status)).toSorted();
      }
      const { people } = twilio.state(account);
      return people.flatMap(({ email, roles, status }) => (roles.length === 0 ? [] : [say(email, roles, status)])).toSorted();
    },
  };
}

function say(email: string, held: readonly string[], status: string): string {
  const what = held.length > 0 ? [held.toSorted().join('+')] : [];
  return [email.replace(/@acme\.example$/, ''), ...what, ...(status === 'active' ? [] : [status])].join(' ');
}

function credentialsOf(accounts: readonly TelnyxSeedAccount[], twilio: TwilioWorld): Record<string, string> {
  const env: Record<string, string> = {};
  const set = (account: string, suffix: string, value: string | null): void => {
    if (value !== null) env[`${account.toUpperCase().replaceAll('-', '_')}_${suffix}`] = value;
  };
  for (const { name, key } of accounts) set(name, 'API_KEY', key);
  for (const name of twilio.accounts) {
    const { clientId, clientSecret, accountSid, authToken } = twilio.credentials(name);
    set(name, 'CLIENT_ID', clientId);
    set(name, 'CLIENT_SECRET', clientSecret);
    set(name, 'ACCOUNT_SID', accountSid);
    set(name, 'AUTH_TOKEN', authToken);
  }
  return env;
}
