import { expect } from 'vitest';

const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\u00ad]/u;
/** The only HTML that is ours. */
const OUR_TAGS = /<\/?(?:details|summary|sub|code)>/g;

export function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** What is left of Markdown when its code is taken away: all of it has to be ours. */
export function withoutCode(markdown: string): string {
  return markdown
    .replace(/^```diff\n[\s\S]*?\n```$/gm, 'FENCE')
    .replace(/<code>[^<]*<\/code>/g, 'CODE')
    .replace(/`[^`\n]+`/g, 'CODE');
}

/** Every fence and every fold is closed, every row has the cells of its table, and nothing foreign stands outside code. */
export function expectWhole(markdown: string): void {
  expect(markdown).not.toMatch(DANGEROUS);
  expect(markdown).not.toContain('##[');
  expect(markdown.endsWith('\n')).toBe(true);
  expectClosed(markdown);
  expectTables(markdown);
  const rest = withoutCode(markdown);
  expect(rest).not.toContain('@');
  expect(rest).not.toContain('`');
  expect(rest.replace(OUR_TAGS, '')).not.toMatch(/</);
  expect(rest).not.toContain('![');
  for (const [, target = ''] of rest.matchAll(/\]\(([^)]*)\)/g)) expect(target).toMatch(/^https:\/\/github\.com\/acme\/access\//);
  for (const line of rest.split('\n')) expect(line.trimStart()).not.toMatch(/^::/);
  expect(rest.match(/^> \[!/gm)?.length ?? 0).toBeLessThanOrEqual(1);
}

function expectClosed(markdown: string): void {
  let [fence, fold] = [false, false];
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) fence = !fence;
    if (fence) continue;
    if (line.startsWith('<details>')) {
      expect(fold).toBe(false);
      expect(line).toMatch(/^<details><summary>.*<\/summary>$/);
      fold = true;
    }
    if (line === '</details>') {
      expect(fold).toBe(true);
      fold = false;
    }
  }
  expect({ fence, fold }).toEqual({ fence: false, fold: false });
}

function expectTables(markdown: string): void {
  let cells: number | null = null;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      cells = null;
      continue;
    }
    const mine = line.split('|').length;
    cells ??= mine;
    expect(mine).toBe(cells);
  }
}
