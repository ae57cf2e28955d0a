import type { LedgerEntry } from '../../src/apply/ledger-records.ts';
import type { Seal } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { createSigner, makeKeyPair, readPublicKeys } from '../../src/apply/signatures.ts';
import type { LedgerStorage } from '../../src/ports.ts';
import { inviteOf, NO_FACTS } from '../support/ledger-world.ts';
import { ACCOUNT } from '../support/provider-world.ts';

export const REPOSITORY = '4711';

/** A seal with a key of its own, which knows the public keys of the others too. */
export function makeSeal(repository = REPOSITORY, ...others: readonly string[]): Seal & { readonly publicLine: string } {
  const { privateKey, publicLine } = makeKeyPair();
  const verifier = readPublicKeys([publicLine, ...others].join('\n'));
  return { repository, signer: createSigner(privateKey), verifier, publicLine };
}

export interface SharedStorage extends LedgerStorage {
  text(): string;
  setText(text: string): void;
  /** What becomes of the next appends, one each, oldest first. */
  readonly fates: Fate[];
}

/** The push is lost, fails without having arrived, arrives without an answer, or arrives and is called lost. */
export type Fate = 'well' | 'lost' | 'fails' | 'arrives unanswered' | 'arrives as lost';

/** A ledger in memory as a branch keeps it: nobody holds it, outcomes wait, and who is late goes behind the others. */
export function openSharedStorage(more: Partial<LedgerStorage> = {}): SharedStorage {
  let inner = openMemoryStorage();
  let text = '';
  const fates: Fate[] = [];
  const setText = (next: string) => {
    inner = openMemoryStorage();
    text = next;
    void inner.append(next, '0');
  };
  return {
    intentsPerAppend: 20,
    outcomesWait: true,
    whenLost: 'merge',
    acquire: async () => ({ kind: 'acquired', note: null }),
    read: () => inner.read(),
    append: async (lines, version) => {
      const fate = fates.shift() ?? 'well';
      if (fate === 'lost') return { kind: 'lost' };
      if (fate === 'fails') throw new Error('the network is gone');
      const answer = await inner.append(lines, version);
      if (answer.kind === 'stored') text += lines;
      if (fate === 'arrives unanswered') throw new Error('the network is gone');
      return fate === 'arrives as lost' ? { kind: 'lost' } : answer;
    },
    truncate: () => Promise.reject(new Error('nothing is torn here')),
    release: async () => undefined,
    ...more,
    text: () => text,
    setText,
    fates,
  };
}

export const note = (text: string): LedgerEntry => ({ kind: 'note', text });
export const intentOf = (email: string): LedgerEntry => ({ kind: 'intent', account: ACCOUNT, change: inviteOf(email), facts: NO_FACTS });

/** What the lines say, in order. */
export function storyOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const { kind, text: said, outcome } = JSON.parse(line);
      return said ?? (outcome === undefined ? kind : `${kind} ${outcome}`);
    });
}
