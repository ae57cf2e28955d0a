import type { Digest } from '../model.ts';
import { digestOf } from '../text/digest.ts';
import { visible } from '../text/encode.ts';
import type { Check, Seal } from './open-ledger.ts';

/**
 * A document that stands on its own, signed: JSON of kind, repository, body, key and sig. The signature is over the SHA-256 of the
 * canonical JSON of the first three. The kind says which document it is, so that none passes for another.
 */
export function sealDocument(kind: string, body: unknown, { repository, signer }: Seal): string {
  const sig = signer.sign(digestOfDocument(kind, repository, body));
  return `${JSON.stringify({ kind, repository, body, key: signer.keyId, sig }, null, 2)}\n`;
}

/** What was sealed, or in words why it counts for nothing. */
export function openSealed(text: string, kind: string, check: Check): { readonly body: unknown } | { readonly why: string } {
  try {
    const sealed: unknown = JSON.parse(text);
    if (!isSealed(sealed)) return { why: 'it is no signed document' };
    if (sealed.kind !== kind) return { why: `it is another document (${visible(sealed.kind)})` };
    if (check.repository !== null && sealed.repository !== check.repository) {
      return { why: `it belongs to another repository (${visible(sealed.repository)})` };
    }
    if (!check.verifier.keyIds.includes(sealed.key)) return { why: `it is signed by a key that is not known (${visible(sealed.key)})` };
    const digest = digestOfDocument(sealed.kind, sealed.repository, sealed.body);
    return check.verifier.verify(sealed.key, digest, sealed.sig) ? { body: sealed.body } : { why: 'its signature does not verify' };
  } catch {
    // Also nesting that is too deep for the canonical form.
    return { why: 'it is not JSON' };
  }
}

interface Sealed {
  readonly kind: string;
  readonly repository: string;
  readonly body: unknown;
  readonly key: string;
  readonly sig: string;
}

function isSealed(value: unknown): value is Sealed {
  if (typeof value !== 'object' || value === null || !('body' in value)) return false;
  return ['kind', 'repository', 'key', 'sig'].every((name) => typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'string');
}

/** Its canonical form begins with `body` and a ledger record's with `v`, so that no signature of one is ever a signature of the other. */
function digestOfDocument(kind: string, repository: string, body: unknown): Digest {
  return digestOf({ kind, repository, body });
}
