import type { EmulatedRequest } from '../../../src/emulator/vendor-error.ts';

interface LedgerRecord {
  readonly kind: string;
  readonly change?: string | { readonly id: string; readonly principal: string; readonly principal_id: string | null };
}

/** Null where the ledger on disk has said, before the request came in, that it would come, and knows no outcome yet; otherwise what is wrong. */
export function judgeWrite(ledger: string, { method, path, body }: EmulatedRequest): string | null {
  const words = `${method} ${path} ${body}`;
  const records = ledger
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LedgerRecord);
  const at = records.findLastIndex(({ kind }) => kind === 'intent');
  const change = records[at]?.change;
  if (typeof change !== 'object') return `${words}: no intent is in the ledger`;
  if (records.slice(at).some((one) => one.kind === 'outcome' && one.change === change.id)) return `${words}: its intent has an outcome`;
  // At Twilio a request may name an assignment, which is one of the parts of what was announced.
  const isNamed = path.includes('RoleAssignments') || words.includes(change.principal_id ?? change.principal);
  return isNamed ? null : `${words}: what was announced is ${change.principal}`;
}
