import type { AccountWatch } from '../../watch.ts';

const PLACE = /^<!-- ledger (\d{1,15}) (sha256:[0-9a-f]{64}) -->\r?$/m;

/** The newest place in the ledger that an issue's body names; null where it names none. Never throws. */
export function readLedgerPlace(body: string): { readonly seq: number; readonly hash: string } | null {
  const [, seq, hash] = PLACE.exec(body) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}

/** The line that says it, out of sight. */
export function writeLedgerPlace(ledger: AccountWatch['ledger']): string[] {
  return ledger === null ? [] : [`<!-- ledger ${ledger.seq} ${ledger.hash} -->`];
}
