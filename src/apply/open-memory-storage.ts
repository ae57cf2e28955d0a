import type { LedgerStorage } from '../ports.ts';

/** A ledger that lives as long as the process: for the demo, and wherever no disk is wanted. */
export function openMemoryStorage(): LedgerStorage {
  let stored = '';
  let held = false;
  return {
    intentsPerAppend: 1,
    outcomesWait: false,
    whenLost: 'stop',
    acquire: async () => {
      if (held) return { kind: 'held', by: 'this process' };
      held = true;
      return { kind: 'acquired', note: null };
    },
    read: async () => ({ text: stored, version: String(stored.length) }),
    append: async (lines, version) => {
      if (version !== String(stored.length)) return { kind: 'lost' };
      stored += lines;
      return { kind: 'stored', version: String(stored.length) };
    },
    truncate: async (bytes) => {
      stored = Buffer.from(stored).subarray(0, bytes).toString();
      return { version: String(stored.length) };
    },
    release: async () => {
      held = false;
    },
  };
}
