import type { Instant } from '../model.ts';
import { visible } from '../text/encode.ts';
import { type Asked, type Check, checkStates, sayLength } from './check-states.ts';
import { PUBLIC_KEYS } from './repository-facts.ts';

export interface PublicKeyFacts {
  readonly now: Instant;
  /** Each key of the file with the instant of the commit that brought it; null where no commit has. Or in whose words it cannot be read. */
  readonly keys: Asked<readonly { readonly keyId: string; readonly since: Asked<Instant | null> }[]>;
}

const YEAR_MS = 365 * 24 * 3_600_000;

/** The public keys that the ledger is held against, and how old the youngest is: older ones stay to prove the past. */
export function checkSigningKey({ now, keys }: PublicKeyFacts): Check {
  const check = checkStates('ledger', 'signing key');
  if (keys.kind === 'unknown')
    return check.wrong(keys.why, `Run \`rollcall keygen --out key >> ${PUBLIC_KEYS}\`, and commit that on the default branch.`);
  const ages: { readonly keyId: string; readonly ageMs: number }[] = [];
  for (const { keyId, since } of keys.value) {
    if (since.kind === 'unknown') return check.unknown(`how old ${visible(keyId)} is: ${since.why}`, null);
    if (since.value === null)
      return check.attention(`${visible(keyId)} is in no commit`, `Commit ${PUBLIC_KEYS} on the default branch: runs read it there.`);
    ages.push({ keyId, ageMs: Date.parse(now) - Date.parse(since.value) });
  }
  const [youngest] = ages.toSorted((a, b) => a.ageMs - b.ageMs);
  if (youngest === undefined) throw new Error('a file of public keys without a key was read as one with keys');
  const says = `${visible(youngest.keyId)}, ${sayLength(Math.max(0, youngest.ageMs))} old`;
  if (youngest.ageMs <= YEAR_MS) return check.ok(says);
  return check.attention(
    says,
    `Run \`rollcall keygen --out key\`, add its line to ${PUBLIC_KEYS} and keep the old one, then replace ROLLCALL_SIGNING_KEY.`,
  );
}
