import { RollcallError } from './errors.ts';
import type { ProviderName } from './model.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Telnyx's API. A constant: nothing in a policy, a plan or an answer can name another host. */
const TELNYX_ORIGIN = 'https://api.telnyx.com';

export interface Config {
  readonly telnyxOrigin: string;
  /** The one origin that stands for all of Twilio's; null for Twilio's own. */
  readonly twilioOrigin: string | null;
  /** Vendors whose own hosts would be asked. */
  readonly real: ReadonlySet<ProviderName>;
  /** The instant that `ROLLCALL_NOW` sets, in milliseconds since 1970, or null for the real clock. */
  readonly nowMs: number | null;
}

/** Reads what the environment may set, and refuses what would send a credential anywhere but to the vendor or to this machine. */
export function readConfig(env: Env): Config {
  const telnyx = readOrigin(env, 'ROLLCALL_TELNYX_ORIGIN');
  const twilio = readOrigin(env, 'ROLLCALL_TWILIO_ORIGIN');
  const real = new Set<ProviderName>([...(telnyx === null ? ['telnyx' as const] : []), ...(twilio === null ? ['twilio' as const] : [])]);
  const origins = { telnyxOrigin: telnyx ?? TELNYX_ORIGIN, twilioOrigin: twilio, real };
  const now = env['ROLLCALL_NOW'];
  if (now === undefined || now === '') return { ...origins, nowMs: null };
  // Which vendors are in use is known once policies are; without any emulator the clock cannot be meant for one.
  if (real.size === 2) throw new RollcallError('nowNeedsLoopback');
  const nowMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})$/.test(now) ? Date.parse(now) : Number.NaN;
  const day = Date.parse(`${now.slice(0, 10)}T00:00:00Z`);
  // Date.parse takes 31 February for 3 March.
  const isDay = !Number.isNaN(day) && new Date(day).toISOString().startsWith(now.slice(0, 10));
  if (Number.isNaN(nowMs) || !isDay) throw new RollcallError('nowNotAnInstant');
  return { ...origins, nowMs };
}

/** What GitHub Actions sets, and the secrets that jobs of the protected environment hold. */
export interface CiConfig {
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** `acme/access`. */
  readonly repository: string;
  readonly token: string;
  /** May read who is in a team, which the Actions token may not. */
  readonly membersToken: string | null;
  readonly eventName: string;
  /** The login of whoever dispatched the run, or of whoever last changed the schedule; and of whoever started it again. */
  readonly actor: string | null;
  readonly triggeringActor: string | null;
  readonly eventPath: string | null;
  readonly ref: string;
  readonly sha: string;
  readonly runId: string | null;
  readonly summaryFile: string | null;
  readonly outputFile: string | null;
  /** Where files of one job may lie. */
  readonly temp: string;
  readonly signingKey: string | null;
  /** Whether GitHub itself, its API and its git, is an emulator on this machine. */
  readonly loopback: boolean;
}

const GITHUB_API = 'https://api.github.com';
const GITHUB_SERVER = 'https://github.com';
/** A name of dots alone would be a way up and not a repository. */
const REPOSITORY = /^[A-Za-z0-9][\w-]{0,99}\/(?!\.+$)[\w.-]{1,100}$/;

/** Reads what Actions says of a run; only an https or a loopback origin ever gets the token. */
export function readCiConfig(env: Env): CiConfig {
  const need = (variable: string): string => {
    const value = env[variable]?.trim() ?? '';
    if (value === '') throw new RollcallError('ciVariableMissing', variable);
    return value;
  };
  const may = (variable: string): string | null => {
    const value = env[variable]?.trim() ?? '';
    return value === '' ? null : value;
  };
  const apiUrl = safeUrl('GITHUB_API_URL', may('GITHUB_API_URL') ?? GITHUB_API);
  const serverUrl = safeUrl('GITHUB_SERVER_URL', may('GITHUB_SERVER_URL') ?? GITHUB_SERVER);
  const loopback = [apiUrl, serverUrl].every((url) => isLoopback(new URL(url).hostname));
  if (may('ROLLCALL_NOW') !== null && !loopback) throw new RollcallError('nowNeedsLoopback');
  const repository = need('GITHUB_REPOSITORY');
  if (!REPOSITORY.test(repository)) throw new RollcallError('githubRepositoryUnreadable', 'no owner with a name');
  return {
    apiUrl,
    serverUrl,
    repository,
    token: need('GITHUB_TOKEN'),
    membersToken: may('ROLLCALL_MEMBERS_TOKEN'),
    eventName: need('GITHUB_EVENT_NAME'),
    actor: may('GITHUB_ACTOR'),
    triggeringActor: may('GITHUB_TRIGGERING_ACTOR'),
    eventPath: may('GITHUB_EVENT_PATH'),
    ref: env['GITHUB_REF'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    runId: /^\d{1,20}$/.exec(env['GITHUB_RUN_ID'] ?? '')?.[0] ?? null,
    summaryFile: may('GITHUB_STEP_SUMMARY'),
    outputFile: may('GITHUB_OUTPUT'),
    temp: may('RUNNER_TEMP') ?? '.rollcall/tmp',
    signingKey: may('ROLLCALL_SIGNING_KEY'),
    loopback,
  };
}

/** As a URL parser reads it and not as it was written, so that every reader of it means the same host. */
function safeUrl(variable: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  const plain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const safe = plain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
  if (!safe) throw new RollcallError('githubOriginUnsafe', variable);
  return `${url.origin}${url.pathname}`.replace(/^(.*[^/])?\/+$/s, '$1');
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
