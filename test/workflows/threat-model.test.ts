import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../cli/support/bundle.ts';

const page = readFileSync(path.join(ROOT, 'docs/threat-model.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| T\d+ \|/.test(line));
const isThere = (file: string) => existsSync(path.join(ROOT, file));

test('every threat stands there once, in order', () => {
  expect(rows.map((row) => row.split(' ')[1])).toEqual(Array.from({ length: 54 }, (_, at) => `T${at + 1}`));
});

test('every row says what shows it: a test, or that there is none', () => {
  const table = page.split('\n').filter((line) => /^\| .* \|$/.test(line) && line.split('|').length > 4);
  const shown = table.filter((line) => /(?:`test\/[^`]+`|no test) \|$/.test(line));
  const heads = table.filter((line) => /\| (?:shown by|may not) \|$/.test(line) || /^\|-/.test(line));
  const actors = page.slice(page.indexOf('## Who may do what'), page.indexOf('## What a merged policy')).split('\n');
  expect(table.filter((line) => !shown.includes(line) && !heads.includes(line) && !actors.includes(line))).toEqual([]);
});

test('every test it names is there', () => {
  const named = [...page.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
  expect(named.length).toBeGreaterThan(80);
  expect(named.filter((file) => !isThere(file))).toEqual([]);
});

test('the pages name places that are there', () => {
  const guide = readFileSync(path.join(ROOT, 'docs/github.md'), 'utf8');
  const links = [...`${page}${guide}`.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, place = '']) => path.join('docs', place));
  const sources = [...page.matchAll(/`((?:src|\.github)\/[^`]*)`/g)].map(([, place = '']) => place);
  expect(links.length).toBeGreaterThan(4);
  expect([...links, ...sources].filter((place) => !isThere(place))).toEqual([]);
});
