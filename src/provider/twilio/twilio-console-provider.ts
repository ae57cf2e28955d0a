import type { AccountPolicy, KeysReading, LivePrincipal, Probe, ProbedAbility, Provider, Roster, RosterRow, Unread } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import { visible } from '../../text/encode.ts';
import { readComplete } from '../read-complete.ts';
import type { TwilioClient } from './create-twilio-client.ts';
import { readTwilioEvents } from './read-twilio-events.ts';
import { readTwilioKeys } from './read-twilio-keys.ts';
import { TWILIO_CONSOLE } from './twilio-console-capabilities.ts';

const DAY_MS = 86_400_000;
const BELIEVED_DAYS = 30;

export interface TwilioConsoleOptions {
  readonly policy: AccountPolicy;
  readonly roster: Roster | null;
  /** The account's own credential, which tells keys and events; null without `ACCOUNT_SID` and `AUTH_TOKEN`. */
  readonly keysClient: TwilioClient | null;
  readonly clock: Clock;
}

const NO_CREDENTIAL = 'ACCOUNT_SID and AUTH_TOKEN of this account are not given';
const NO_KEYS: KeysReading = { kind: 'not_read', why: NO_CREDENTIAL };
const NO_API = 'Twilio has no API for the people of an account without an organization; an attested roster tells who they are';

/** An account whose people only the Console shows: what somebody attested stands for a read, and nothing can be written. */
export function createTwilioConsoleProvider(options: TwilioConsoleOptions): Provider {
  const { policy, roster, keysClient, clock } = options;
  const account = policy.name;
  const keys = async () => (keysClient === null || policy.scope === null ? NO_KEYS : readTwilioKeys(keysClient, policy.scope));
  const believed = () => believedRows(account, roster, clock.now());
  return {
    reader: {
      account,
      capabilities: TWILIO_CONSOLE,
      read: async (lastGood, suspect) => {
        const rows = believed();
        if (typeof rows === 'string') return unverified(account, rows, clock.now());
        const facts = async () => ({
          ...(policy.scope === null ? {} : { scope: policy.scope }),
          keys: await keys(),
          notes: [attestedWords(roster)],
        });
        const reading = await readComplete({
          account,
          provider: 'twilio',
          api: 'console',
          clock,
          pass: async () => ({ kind: 'rows', rows, stated: true, facts: await facts() }),
          requests: () => keysClient?.requests() ?? 0,
          lastGood,
          suspect,
        });
        return reading.kind === 'incomplete' ? reading : { kind: 'complete', observation: { ...reading.observation, source: 'roster' } };
      },
      readOne: async (principalId) => {
        const rows = believed();
        if (typeof rows === 'string') return { kind: 'unreadable', message: rows };
        const live = rows.find((row) => row.principal_id === principalId);
        return live === undefined ? { kind: 'absent' } : { kind: 'present', live };
      },
      probe: async () => probe(keysClient, policy.scope, believed()),
      events: async (since) =>
        keysClient === null ? { kind: 'unavailable', why: NO_CREDENTIAL } : readTwilioEvents(keysClient, clock, since),
    },
    writer: { invite: refuse, patch: refuse, assign: refuse, unassign: refuse, delete: refuse },
  };
}

/** Every change of such an account is manual, so that this is reached by a mistake of ours alone. */
async function refuse(): Promise<never> {
  throw new Error('an account that only the Console manages was written to');
}

/** The people of the roster, or in one sentence why it is not believed. */
function believedRows(account: string, roster: Roster | null, nowMs: number): readonly LivePrincipal[] | string {
  const again = `Look at the users page and the invited page, attest them with \`rollcall roster --account ${account}\`, and merge policies/rosters/${account}.yaml`;
  if (roster?.rows == null) return `only the Console shows who is in this account, and no roster attests it. ${again}`;
  const { attestedBy, attestedOn, rows } = roster;
  const who = `${visible(attestedBy, Number.POSITIVE_INFINITY)} attested on ${attestedOn}`;
  const days = Math.floor(nowMs / DAY_MS) - Math.floor(Date.parse(`${attestedOn}T00:00:00Z`) / DAY_MS);
  if (Number.isNaN(days) || days < 0) return `the roster that ${who} is dated in the future, so nobody can have looked yet. ${again}`;
  if (days > BELIEVED_DAYS) return `the roster that ${who} is ${days} days old, and one is believed for ${BELIEVED_DAYS} days. ${again}`;
  return rows.map(toLive);
}

function attestedWords(roster: Roster | null): string {
  return `Who is in this account is what ${visible(roster?.attestedBy ?? '', Number.POSITIVE_INFINITY)} attested on ${roster?.attestedOn ?? ''}; no API shows it.`;
}

/**
 * The Console shows no id that outlives an address, so the address stands for it. A role that rollcall does not know shields itself alone:
 * what is held beside it is held to policy.
 */
function toLive({ principal, roles, status }: RosterRow): LivePrincipal {
  const isKnown = (role: string) => role === TWILIO_CONSOLE.ownerRole || TWILIO_CONSOLE.roles.includes(role);
  const strange = roles.filter((role) => !isKnown(role)).map((role) => visible(role));
  const known = roles.filter(isKnown).toSorted();
  const live = { principal, principal_id: principal, status, name: '', since: null, groups: [] };
  if (strange.length === 0) return { ...live, roles: known };
  const words = `holds ${strange.join(', ')}, which rollcall does not give or take`;
  return known.length > 0 ? { ...live, roles: known, remarks: [words] } : { ...live, roles: [...roles].toSorted(), note: words };
}

function unverified(account: string, message: string, nowMs: number): Unread {
  const at = new Date(nowMs).toISOString();
  return { kind: 'incomplete', account, at, cause: 'unverified', message, requests: 0, suspect: null };
}

async function probe(client: TwilioClient | null, scope: string | null, rows: readonly LivePrincipal[] | string): Promise<Probe> {
  const people = { what: 'list people', answer: 'no', words: typeof rows === 'string' ? rows : NO_API } as const;
  const change = { what: 'change people', answer: 'no', words: NO_API } as const;
  const say = (credential: Probe['credential'], answer: ProbedAbility['answer'], words: string): Probe => {
    return { credential, words, abilities: [people, change, { what: 'list API keys', answer, words }], otherApi: null };
  };
  if (client === null || scope === null) return say('unknown', 'not tried', NO_CREDENTIAL);
  const answer = await client.iam.get(`/v1/Keys?AccountSid=${encodeURIComponent(scope)}&PageSize=1`, { mayBeRefused: true });
  if (answer.kind === 'ok') return say('works', 'yes', 'Twilio listed the API keys of the account');
  const words = answer.kind === 'absent' ? 'Twilio knows no such account' : answer.message;
  return say(answer.kind === 'credentials' ? 'refused' : 'unknown', 'no', words);
}
