import type { Place } from '../model.ts';

/** A parsed policy file in which every value and every key knows its offset: what both readers give. */
export type Marked = MarkedScalar | MarkedList | MarkedMap;

export interface MarkedScalar {
  readonly kind: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
}
interface MarkedList {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly Marked[];
}
interface MarkedMap {
  readonly kind: 'map';
  readonly at: number;
  readonly entries: readonly MarkedEntry[];
}
export interface MarkedEntry {
  readonly key: string;
  readonly keyAt: number;
  readonly value: Marked;
}

/** The kinds of policy files; the folder decides which. */
export type PolicyKind = 'account' | 'people' | 'team' | 'approval' | 'roster';

/** Where an entry comes from. It outlives the file's tree. */
export interface Origin {
  readonly kind: PolicyKind;
  /** The file's stem. */
  readonly name: string;
  readonly placeOf: (at: number) => Place;
}

/** One policy file, read. */
export interface PolicyDocument {
  readonly origin: Origin;
  readonly root: Marked;
}

export const LIMITS = { files: 500, bytes: 256 * 1024, nodes: 20_000, depth: 16, textLength: 2_000, findings: 200 } as const;

/** Keys that would reach an object's prototype in careless hands. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The value without its places, for the validators. */
export function plainValue(node: Marked): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  const value: Record<string, unknown> = {};
  for (const entry of node.entries) value[entry.key] = plainValue(entry.value);
  return value;
}

export function entryOf(node: Marked | undefined, key: string): MarkedEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function itemsOf(node: Marked | undefined): readonly Marked[] {
  return node?.kind === 'list' ? node.items : [];
}

/** Turns offsets into lines and columns, both from 1; a column counts UTF-16 units, as editors do. */
export function createLocator(file: string, text: string): (at: number) => Place {
  let starts: number[] | null = null;
  return (at) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
