import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import type { Change, Decision } from '../../src/model.ts';
import { applyChanges, deleteOf, inviteOf, openMemoryLedger, patchOf, personOf, watchStorage } from './ledger-world.ts';
import { openProviderWorld, type ProviderWorld, type ProviderWorldOptions } from './provider-world.ts';

export const invite = inviteOf('new@acme.example');
export const lower = patchOf(personOf(1), { role: 'member' });
export const raise = patchOf(personOf(2), { role: 'admin' });
export const removal = deleteOf(personOf(3));

export async function openApplyWorld(options: ProviderWorldOptions = {}) {
  const world = openProviderWorld(options);
  const sentences: string[] = [];
  const storage = watchStorage(openMemoryStorage(), (lines) => {
    for (const line of lines.trim().split('\n')) sentences.push(told(line, world));
  });
  const memory = await openMemoryLedger(world.clock, storage);
  return {
    ...world,
    ...memory,
    sentences,
    apply: (
      changes: readonly (Change | Decision)[],
      more: { interrupted?: AbortSignal; intentsPerAppend?: number; onResult?: () => void } = {},
    ) => applyChanges(changes, { provider: world.reopen(), ledger: memory.ledger, clock: world.clock, ...more }),
  };
}

/** A line of the ledger, with the writes that had reached the vendor when it was written. */
export function told(line: string, world: ProviderWorld): string {
  const { kind, outcome } = JSON.parse(line) as { kind: string; outcome?: string };
  return `${kind}${outcome === undefined ? '' : ` ${outcome}`} after ${writesOf(world).length} writes`;
}

export const writesOf = ({ vendor }: Pick<ProviderWorld, 'vendor'>) =>
  vendor.requests.filter((request) => request.mutating).map((request) => request.method);
export const outcomesOf = (applied: { results: readonly { outcome: string }[] }) => applied.results.map((result) => result.outcome);
export const methodOf = { invite: 'POST', patch: 'PATCH', delete: 'DELETE' } as const;
