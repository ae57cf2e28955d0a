import type { Api, Digest, LastGood, LivePrincipal, Observation, ProviderName, Reading, Suspect, Unread } from '../model.ts';
import type { Clock } from '../ports.ts';
import { compareText, digestOfRows } from '../text/digest.ts';

const READS = 3;
/** A vendor that answers, and never to an end, must not keep a run for ever. */
const READ_LASTS_MS = 600_000;
const SUSPICION_LASTS_MS = 3_600_000;

/** What one pass over all pages came to. */
export type Pass =
  /** Every page was whole and agreed with the others. `stated`: the vendor's own total confirmed the number of rows. */
  | { readonly kind: 'rows'; readonly rows: readonly LivePrincipal[]; readonly stated: boolean; readonly facts?: Facts }
  /** Pages are refused, or contradict each other or the documented shape; another pass may do better. */
  | { readonly kind: 'inconsistent'; readonly message: string }
  /** One page was tried as often as a page may be. */
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'credentials'; readonly message: string };

/** What a read tells beside who is there. */
export type Facts = Pick<Observation, 'scope' | 'without' | 'keys' | 'productRoles' | 'subaccounts' | 'reach' | 'notes'>;

export interface ReadOptions {
  readonly account: string;
  readonly provider: ProviderName;
  readonly api: Api;
  readonly clock: Clock;
  /** Reads all pages once; a page asked for after `expired` says true is one too many. */
  readonly pass: (expired: () => boolean) => Promise<Pass>;
  readonly requests: () => number;
  readonly lastGood: LastGood | null;
  readonly suspect: Suspect | null;
}

/**
 * A complete read or the reason why there is none. Complete means: every page whole, ids unique, rows equal to the stated total
 * (where none is stated: two agreeing passes), and not less than half of the last known good count, unless a read an hour ago agrees.
 */
export async function readComplete(options: ReadOptions): Promise<Reading> {
  const startedMs = options.clock.now();
  const at = new Date(startedMs).toISOString();
  const expired = () => options.clock.now() - startedMs > READ_LASTS_MS;
  const requestsBefore = options.requests();
  const requests = () => options.requests() - requestsBefore;
  const unread = (cause: Unread['cause'], message: string, suspect: Unread['suspect'] = null): Unread => ({
    kind: 'incomplete',
    account: options.account,
    at,
    cause,
    message,
    requests: requests(),
    suspect,
  });

  let unstated: Digest | null = null;
  let why = 'two reads in a row did not agree';
  for (let reads = 0; reads < READS; reads += 1) {
    const pass = await options.pass(expired);
    if (pass.kind === 'credentials') return unread('credentials', pass.message);
    if (pass.kind === 'unreachable') return unread('unreadable', pass.message);
    if (pass.kind === 'inconsistent') {
      why = pass.message;
      continue;
    }
    const principals = sortPrincipals(pass.rows);
    const without = sortPrincipals(pass.facts?.without ?? []);
    const digest = digestOfPrincipals(principals, without);
    if (!pass.stated && unstated !== digest) {
      unstated = digest;
      continue;
    }
    const { account, provider, api, lastGood } = options;
    if (lastGood !== null && principals.length * 2 < lastGood.principals && !agrees(digest, options)) {
      return unread('shrunk', shrunkMessage(principals.length, lastGood), { digest, principals: principals.length });
    }
    return {
      kind: 'complete',
      observation: {
        account,
        provider,
        api,
        at,
        principals,
        requests: requests(),
        digest,
        source: 'live',
        ...pass.facts,
        ...(without.length > 0 ? { without } : {}),
      },
    };
  }
  return unread('unreadable', `${why} (read ${READS} times)`);
}

/** Whether a read at least an hour ago came to the same rows. */
function agrees(digest: Digest, { suspect, clock }: ReadOptions): boolean {
  return suspect !== null && suspect.digest === digest && clock.now() - Date.parse(suspect.at) >= SUSPICION_LASTS_MS;
}

function shrunkMessage(count: number, lastGood: LastGood): string {
  return (
    `${count} principals where the last good read had ${lastGood.principals}: less than half, so it may be a partial answer. ` +
    'Nothing is done until a second read at least an hour later agrees (apply and drift --revert keep count)'
  );
}

function sortPrincipals(rows: readonly LivePrincipal[]): LivePrincipal[] {
  return rows.toSorted((a, b) => compareText(a.principal, b.principal) || compareText(a.principal_id, b.principal_id));
}

/** Over who is there and with what, in sorted order: equal whatever the order of pages and rows. */
export function digestOfPrincipals(sorted: readonly LivePrincipal[], without: readonly LivePrincipal[] = []): Digest {
  const rows = [...sorted, ...without].map((live) => [live.principal, live.principal_id, live.status, live.name, live.roles, live.groups]);
  return digestOfRows(without.length === 0 ? rows : [[sorted.length], ...rows]);
}
