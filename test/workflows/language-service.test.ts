import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadGitHubLibrary } from './support/load-github-library.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FILES = ['action.yml', ...readdirSync(path.join(ROOT, '.github/workflows')).map((file) => `.github/workflows/${file}`)];

const { validate, TextDocument } = await loadGitHubLibrary();
let documents = 0;

/** Each text under an address of its own: the library remembers what it parsed by address. */
async function diagnose(file: string, text: string): Promise<string[]> {
  documents += 1;
  const found = await validate(TextDocument.create(`file:///${documents}/${file}`, 'yaml', 1, text));
  return found.map(({ message }) => String(message));
}

describe("GitHub's own language service", () => {
  test.each(FILES)('has nothing to say about %s', async (file) => {
    expect(await diagnose(file, readFileSync(path.join(ROOT, file), 'utf8'))).toEqual([]);
  });

  test.each([
    ['action.yml', 'using: node24', 'using: node99'],
    ['.github/workflows/apply.yml', 'queue: max', 'queue: most'],
    ['.github/workflows/plan.yml', 'checks: write', 'checks: much'],
    ['.github/workflows/plan.yml', 'inputs.pull }}', 'inputs.pull'],
    ['.github/workflows/drift.yml', "cron: '23 * * * *'", "cron: '23 * * *'"],
    ['.github/workflows/drift.yml', 'issues: write', 'issue: write'],
    ['.github/workflows/drift.yml', 'type: boolean', 'type: bool'],
    ['.github/workflows/drift.yml', 'inputs.adopt', 'inputs.adapt'],
    ['.github/workflows/validate.yml', 'merge_group:', 'merge_grope:'],
  ])('would see a mistake in %s: %s written %s', async (file, right, wrong) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    expect(await diagnose(file, text.replace(right, wrong))).not.toEqual([]);
  });
});
