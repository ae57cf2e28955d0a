import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXIT_MEANINGS } from '../src/errors.ts';
import { buildProgram } from '../src/run-cli.ts';
import { openPolicyWorld } from './commands/open-policy-world.ts';

const ROOT = new URL('../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');
const readme = read('README.md');

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

  test('shows what import prints in the story of the first ten minutes', () => {
    const printed = read('test/scenarios/bootstrap/golden/3-import.txt')
      .replace(/exit 0\n$/, '')
      .trim();
    expect(printed).toContain('The plan is empty now.');
    expect(readme).toContain(printed);
  });

  test('has a row for every command', () => {
    const commands = buildProgram(openPolicyWorld({}, '2026-11-22T12:00:00.000Z').run().world, () => undefined).commands;
    expect(commands.length).toBeGreaterThan(12);
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    expect(commands.map((one) => one.name()).filter((name) => !rows.some((row) => row.includes(`\`${name}`)))).toEqual([]);
  });

  test('shows what an editor says as docs/editors.md does, which is held to a language server', () => {
    const [shown = ''] = /```yaml\nmembers:[\s\S]*?```text\n[\s\S]*?```\n/.exec(readme) ?? [];
    expect(shown).toContain('Property rol is not allowed.');
    expect(read('docs/editors.md')).toContain(shown);
  });

  test('shows the comment as it is: `npm run picture` draws it anew when this fails', () => {
    const [digest, source = ''] = read('docs/comment.png.sha256').trim().split('  ');
    expect(digest).toBe(createHash('sha256').update(read(source)).digest('hex'));
    expect(readme).toContain('](docs/comment.png)');
  });
});
