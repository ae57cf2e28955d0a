import { expect } from 'vitest';
import { expectWhole, withoutCode } from '../comment/check-markdown.ts';

/** What GitHub does not show of a body. */
const HIDDEN = /^<!-- (?:set|unsaid|ledger) [\s\S]*?-->$/gm;

/** What people see is whole Markdown of ours, and what they do not see mentions nobody and ends where it should. */
export function expectIssueWhole(body: string): void {
  const hidden = [...body.matchAll(HIDDEN)].map(([text]) => text);
  for (const text of hidden) expect(text.slice(4, -3)).not.toMatch(/[@<>]/);
  expectWhole(body.replace(HIDDEN, ''));
  expect(withoutCode(body.replace(HIDDEN, ''))).not.toContain('<!--');
}
