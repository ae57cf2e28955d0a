import type { Clock } from '../../ports.ts';
import type { Credential } from '../credential.ts';
import type { Answer, VendorClient } from '../vendor-client.ts';
import type { TwilioClient, TwilioWorld } from './create-twilio-client.ts';
import { openOauth } from './oauth-token.ts';
import type { Listing } from './read-twilio-pages.ts';
import { assignmentsPath, type Home, usersPath } from './twilio-api.ts';

/** Accounts of one run are read side by side; what began longer ago than this is another read. */
const SHARED_FOR_MS = 10_000;

/** What several accounts of one organization have in common within a run: the token, where its surfaces live, and what was just read. */
export interface TwilioOrganization {
  /** `OR…`. */
  readonly sid: string;
  readonly credential: Credential & { readonly kind: 'oauth' };
  /** Which of the two homes answers, decided by the first list and kept for the run. */
  homeOf(surface: Surface): Home;
  /** Runs a list where the surface lives; a first one that is not there, or refused, is tried at the older home as well. */
  listAt<Row>(surface: Surface, client: TwilioClient, list: (place: Place) => Promise<Listing<Row>>): Promise<Listing<Row>>;
  /**
   * What a read may share with another account's of the same instant. `seen` belongs to one account and remembers what it has had, so
   * that no account takes one answer for two reads.
   */
  share<Value>(what: string, seen: Map<string, number>, read: () => Promise<Value>): Promise<Value>;
  /** What was read before a write is no news any more. */
  forget(): void;
}

export type Surface = 'users' | 'assignments';

export interface Place {
  readonly client: VendorClient;
  readonly path: string;
  /** Whether the answer decides where the surface lives, and is therefore no word on the credential. */
  readonly isFirst: boolean;
}

interface Shared {
  readonly number: number;
  readonly atMs: number;
  readonly value: Promise<unknown>;
}

/** Opens what the accounts of one organization share, for one run. */
export function openTwilioOrganization(
  world: TwilioWorld,
  organization: string,
  clientId: string,
  clientSecret: string,
): TwilioOrganization {
  const homes = new Map<Surface, Home>();
  return {
    sid: organization,
    credential: openOauth(world, clientId, clientSecret),
    homeOf: (surface) => homes.get(surface) ?? 'iam',
    listAt: async (surface, client, list) => {
      const known = homes.get(surface);
      const at = (home: Home, isFirst: boolean) => list(placeOf(surface, home, client, organization, isFirst));
      if (known !== undefined) return at(known, false);
      const first = await at('iam', true);
      if (first.kind === 'rows') homes.set(surface, 'iam');
      if (!isElsewhere(first)) return first;
      const second = await at('preview', true);
      if (second.kind === 'rows') homes.set(surface, 'preview');
      // Two refusals: those of the documented home are the ones that people can look up, unless the older one knows more.
      return second.kind === 'rows' || (second.kind === 'failed' && second.answer.kind === 'refused') ? second : first;
    },
    ...createSharing(world.clock),
  };
}

function createSharing(clock: Clock): Pick<TwilioOrganization, 'share' | 'forget'> {
  const shared = new Map<string, Shared>();
  let reads = 0;
  return {
    share: async <Value>(what: string, seen: Map<string, number>, read: () => Promise<Value>) => {
      const known = shared.get(what);
      const isNews = known !== undefined && known.number > (seen.get(what) ?? 0) && clock.now() - known.atMs <= SHARED_FOR_MS;
      if (known !== undefined && isNews) {
        seen.set(what, known.number);
        return (await known.value) as Value;
      }
      reads += 1;
      const fresh = { number: reads, atMs: clock.now(), value: read() };
      shared.set(what, fresh);
      seen.set(what, fresh.number);
      return (await fresh.value) as Value;
    },
    forget: () => shared.clear(),
  };
}

export function placeOf(surface: Surface, home: Home, client: TwilioClient, organization: string, isFirst: boolean): Place {
  const path = surface === 'users' ? usersPath(home, organization) : assignmentsPath(home, organization);
  return { client: home === 'iam' ? client.iam : client.previewIam, path, isFirst };
}

/** 404 and 403 say that the documented home is not open to this credential, unless the code says what it is about. */
function isElsewhere(listing: Listing<unknown>): boolean {
  if (listing.kind !== 'failed') return false;
  const { answer } = listing;
  return (answer.kind === 'absent' && !namesScope(answer)) || (answer.kind === 'credentials' && answer.status === 403);
}

/** 25101 and 25200: the account is not managed by this organization; 25100: there is no such organization. */
export function namesScope(answer: Answer): boolean {
  return (answer.kind === 'absent' || answer.kind === 'refused') && ['25100', '25101', '25200'].includes(answer.code);
}
