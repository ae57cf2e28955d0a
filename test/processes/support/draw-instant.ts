import { statSync, watch } from 'node:fs';
import path from 'node:path';
import type { Random } from '../../../src/ports.ts';
import type { Prepared, Stage } from './open-stage.ts';

/** When somebody interferes with a process, and how to say so. */
export type Instant =
  | { readonly at: 'arrived' | 'handled'; readonly request: number }
  | { readonly at: 'grown'; readonly bytes: number }
  /** So many changes of the ledger's folder: its lock is made in three. */
  | { readonly at: 'stirred'; readonly changes: number }
  | { readonly at: 'waited'; readonly ms: number };

export const KINDS = ['arrived', 'handled', 'grown', 'stirred', 'waited'] as const satisfies readonly Instant['at'][];

/** A random instant of this kind within the life of the story's command. */
export function drawInstant(kind: Instant['at'], { undisturbed }: Prepared, random: Random): Instant {
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  if (kind === 'grown') return { at: kind, bytes: undisturbed.ledgerBytes + upTo(undisturbed.grownBytes) };
  if (kind === 'stirred') return { at: kind, changes: upTo(8) };
  if (kind === 'waited') return { at: kind, ms: upTo(undisturbed.lastsMs * 1.1) };
  return { at: kind, request: upTo(undisturbed.requests) };
}

/** Calls `interfere` once, in that instant of the process that is about to start; returns how to stop looking out for it. */
export function lookOutFor(instant: Instant, { vendors, ledger }: Stage, interfere: () => void): () => void {
  if (instant.at === 'waited') {
    const timer = setTimeout(interfere, instant.ms);
    return () => clearTimeout(timer);
  }
  if (instant.at === 'grown' || instant.at === 'stirred') {
    let changes = 0;
    const watcher = watch(path.dirname(ledger), () => {
      changes += 1;
      if (instant.at === 'stirred' ? changes < instant.changes : sizeOf(ledger) < instant.bytes) return;
      watcher.close();
      interfere();
    });
    return () => watcher.close();
  }
  let seen = 0;
  vendors.watch = (at) => {
    if (at === instant.at) seen += 1;
    if (at === instant.at && seen === instant.request) interfere();
  };
  return () => {
    vendors.watch = () => undefined;
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
