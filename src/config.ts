import { RollcallError } from './errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Telnyx's API. A constant: nothing in a policy, a plan or an answer can name another host. */
const TELNYX_ORIGIN = 'https://api.telnyx.com';

export interface Config {
  readonly telnyxOrigin: string;
  /** The instant that `ROLLCALL_NOW` sets, in milliseconds since 1970, or null for the real clock. */
  readonly nowMs: number | null;
}

/** Reads what the environment may set, and refuses what would send a credential anywhere but to the vendor or to this machine. */
export function readConfig(env: Env): Config {
  const telnyx = readOrigin(env, 'ROLLCALL_TELNYX_ORIGIN');
  // No account of that vendor is known yet; a wrong origin is a mistake all the same.
  readOrigin(env, 'ROLLCALL_TWILIO_ORIGIN');
  const now = env['ROLLCALL_NOW'];
  if (now === undefined || now === '') return { telnyxOrigin: telnyx ?? TELNYX_ORIGIN, nowMs: null };
  if (telnyx === null) throw new RollcallError('nowNeedsLoopback');
  const nowMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})$/.test(now) ? Date.parse(now) : Number.NaN;
  const day = Date.parse(`${now.slice(0, 10)}T00:00:00Z`);
  // Date.parse takes 31 February for 3 March.
  const isDay = !Number.isNaN(day) && new Date(day).toISOString().startsWith(now.slice(0, 10));
  if (Number.isNaN(nowMs) || !isDay) throw new RollcallError('nowNotAnInstant');
  return { telnyxOrigin: telnyx, nowMs };
}

/** The value of a credential's variable; null when it is missing or empty. */
export function readCredential(env: Env, variable: string): string | null {
  const value = env[variable]?.trim() ?? '';
  return value === '' ? null : value;
}

function readOrigin(env: Env, variable: string): string | null {
  const value = env[variable];
  if (value === undefined || value === '') return null;
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw new RollcallError('originNotLoopback', variable);
  }
  const plain = url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === '';
  if (!plain || !isLoopback(url.hostname) || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new RollcallError('originNotLoopback', variable);
  }
  return url.origin;
}

/** `localhost` is a name that a hosts file can send elsewhere, so only addresses count. */
function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.test(hostname);
}
