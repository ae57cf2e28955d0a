import { hash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import type { Digest } from '../model.ts';

/** SHA-256 over the RFC 8785 form of plain JSON: equal whatever the order of keys. */
export function digestOf(value: unknown): Digest {
  return digestOfBytes(canonicalize(value));
}

/** SHA-256 over bytes, or over the UTF-8 of a text. */
export function digestOfBytes(bytes: string | Uint8Array): Digest {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}

/** Orders text by code units: the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Cell = string | number | boolean | null | readonly Cell[];

/** The same as `digestOf` for nested lists without objects, where JSON as it is written already has its RFC 8785 form; linear and fast. */
export function digestOfRows(rows: readonly Cell[]): Digest {
  return digestOfBytes(JSON.stringify(rows));
}
