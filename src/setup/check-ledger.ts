import type { Instant } from '../model.ts';
import { visible } from '../text/encode.ts';
import { type Check, checkStates, sayCount, sayLength, sayList } from './check-states.ts';

/** One ledger, read from its first record to its last. */
export type LedgerFacts =
  | { readonly kind: 'verified'; readonly records: number; readonly isSigned: boolean; readonly tornBytes: number }
  | { readonly kind: 'absent' }
  /** It does not verify, or could not be read; in whose words. */
  | { readonly kind: 'broken'; readonly why: string }
  /** It could not be looked for. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface SightingFacts {
  readonly now: Instant;
  /** The newest observation of each account that policy names; null where there is none. */
  readonly observed: ReadonlyMap<string, Instant | null>;
  /** When the drift run was last alive; null where it never was, or where its sign of life is not kept. */
  readonly heartbeat: Instant | null;
}

const HOUR_MS = 3_600_000;
const LATE_MS = 3 * HOUR_MS;
/** No approval rests on an observation older than this. */
const TOO_OLD_MS = 24 * HOUR_MS;
const FETCH = 'Run `git fetch`, then `rollcall doctor` again; where it stays so, dispatch `drift` on the default branch.';

/** The ledger of runs on this machine. */
export function checkLocalLedger(file: string, facts: LedgerFacts): Check {
  const check = checkStates('ledger', 'local ledger');
  const place = visible(file, 200);
  if (facts.kind === 'broken') return check.wrong(facts.why, `Put ${place} back from a copy that \`rollcall ledger verify\` proves.`);
  if (facts.kind === 'unknown') return check.unknown(facts.why, null);
  if (facts.kind === 'absent') return check.ok(`none at ${place}: nothing was applied from this machine`);
  const says = sayRecords(facts);
  if (facts.tornBytes === 0) return check.ok(says);
  return check.attention(
    `${says}, then a torn last line`,
    'The next run that writes cuts the torn line and notes it; nothing else is lost.',
  );
}

/** The ledger of runs on GitHub, on its own branch. */
export function checkStateBranch(branch: string, facts: LedgerFacts): Check {
  const check = checkStates('ledger', branch);
  switch (facts.kind) {
    case 'verified':
      return check.ok(sayRecords(facts));
    case 'absent':
      return check.attention(
        'it is not in this clone',
        `Run \`git fetch origin ${branch}:refs/remotes/origin/${branch}\`; where GitHub has no such branch either, dispatch \`drift\` on the default branch: its first run begins the ledger.`,
      );
    case 'unknown':
      return check.unknown(facts.why, 'Run this in a clone of the repository that holds the policies.');
    default:
      return check.wrong(
        facts.why,
        `Nothing is written until it verifies: put ${branch} back to the commit before the forged one, by force, with its ruleset lifted for that moment.`,
      );
  }
}

/** How old the newest complete read of each account is. */
export function checkObservations({ now, observed }: SightingFacts): Check {
  const check = checkStates('ledger', 'observations');
  const ages = [...observed].map(([account, at]) => ({ account, ageMs: at === null ? null : Date.parse(now) - Date.parse(at) }));
  if (ages.length === 0) return check.ok('there is no account to observe');
  const never = ages.filter(({ ageMs }) => ageMs === null).map(({ account }) => visible(account));
  const oldest = Math.max(0, ...ages.map(({ ageMs }) => ageMs ?? 0));
  const old = ages.filter(({ ageMs }) => ageMs !== null && ageMs > LATE_MS).map(({ account }) => visible(account));
  if (never.length === ages.length)
    return check.attention('no account was ever observed', 'Dispatch `drift` on the default branch: its first run observes every account.');
  if (oldest > TOO_OLD_MS) return check.wrong(`the oldest is ${sayLength(oldest)} old (${sayList(old)}): no approval counts on it`, FETCH);
  if (never.length > 0)
    return check.attention(
      `never observed: ${sayList(never)}`,
      'See whether its variable stands in apply.yml and drift.yml, then dispatch `drift`.',
    );
  if (oldest > LATE_MS) return check.attention(`the oldest is ${sayLength(oldest)} old (${sayList(old)})`, FETCH);
  return check.ok(`of ${ages.length === 1 ? 'one account' : `all ${ages.length} accounts`}, the oldest ${sayLength(oldest)} ago`);
}

/** How long ago the drift run was last alive. */
export function checkHeartbeat({ now, heartbeat }: SightingFacts): Check {
  const check = checkStates('ledger', 'drift run');
  if (heartbeat === null) return check.attention('it was never seen alive', 'Dispatch `drift` on the default branch.');
  const ageMs = Date.parse(now) - Date.parse(heartbeat);
  const says = `last alive ${sayLength(Math.max(0, ageMs))} ago`;
  if (ageMs > TOO_OLD_MS) return check.wrong(`${says}: no check of a plan passes`, FETCH);
  return ageMs > LATE_MS ? check.attention(`${says}, although it runs every hour`, FETCH) : check.ok(says);
}

function sayRecords({ records, isSigned }: Extract<LedgerFacts, { kind: 'verified' }>): string {
  return `${sayCount(records)} record${records === 1 ? '' : 's'}, each bound to the one before${isSigned ? ' and signed' : ''}`;
}
