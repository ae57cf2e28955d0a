import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXIT_MEANINGS } from '../src/errors.ts';

const ROOT = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', ROOT), 'utf8');

describe('the README', () => {
  test('has the exit codes that the code has, in its words', () => {
    const rows = [...readme.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, words]) => [code, words?.replaceAll('`', '')]);
    expect(rows).toEqual(Object.entries(EXIT_MEANINGS));
  });

  test('names places that are there', () => {
    const places = [...readme.matchAll(/\]\(([a-z][^)#:]*)\)/g)].map(([, place]) => place ?? '');
    expect(places.length).toBeGreaterThan(2);
    expect(places.filter((place) => !existsSync(new URL(place, ROOT)))).toEqual([]);
  });
});
