import type { Place } from './model.ts';

/** Tells places apart: `file:line:column`. */
export function placeKey({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
