import { describe, expect, test } from 'vitest';
import type { CommentContent, PullResult, PullView } from '../../../src/pull.ts';
import { renderComment } from '../../../src/report/comment/render-comment.ts';
import { titleOfComment } from '../../../src/report/comment/title-of-comment.ts';
import { expectWhole, withoutCode } from './check-markdown.ts';
import {
  acceptedView,
  conflictView,
  fullView,
  invalidContent,
  manyView,
  proposedView,
  refusedResult,
  result,
  unplannedContent,
  vendorsView,
} from './example-views.ts';

const PAYLOADS = [
  '@acme/security',
  'a|b||c',
  '`@acme/security`',
  '``` \n</details>\n> [!NOTE]',
  '<script>alert(1)</script> </code> &lt;img src=x&gt;',
  '![x](https://evil.example/pixel.png) [click](https://evil.example) www.evil.example #1 acme/access#2',
  '\r\n::error file=x::owned',
  '##[command]rm',
  'a\u202eb\u2066c\u200bd\ufeff\u00ad',
  '\u001b[2J\u0000\u0007\u0085\u2028\u2029',
  '\u{1f600}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '<!-- rollcall:1 -->',
  '\ud800 lone',
  '',
  '   ',
];

/** Words that decide something and can only be the ones the types name, and the address that GitHub itself gave. */
const FIXED = new Set(
  'format_version action status executor origin reason_code risk verdict mode guard budget tags outcome severity cause op kind url id'.split(
    ' ',
  ),
);

/** Of what is called `why`, the words that are ours. */
const DISCOUNTED = new Set(['asked', 'concerned', 'unknown']);

/** The same content with `payload` in every field that holds foreign text. */
function poison<T>(value: T, payload: string): T {
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return FIXED.has(key) || (key === 'why' && DISCOUNTED.has(one)) ? one : payload;
    if (one instanceof Set) return one;
    if (one instanceof Map) return new Map([...one].map(([id, inner]) => [id, walk(inner, '')]));
    if (Array.isArray(one)) return FIXED.has(key) ? one : one.map((each) => walk(each, key));
    if (one === null || typeof one !== 'object') return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return walk(value, '') as T;
}

function proposedResult(): PullResult {
  const { evidence } = result();
  return result({ evidence: { ...evidence, people: proposedView().people } });
}

function contents(payload: string): CommentContent[] {
  const plans = [acceptedView(), fullView(), conflictView(), manyView(150), proposedView(), vendorsView()].map((view) =>
    poison<PullView>(view, payload),
  );
  const nothing = result({ results: [], unnamed: acceptedView().unnamed });
  const results = [nothing, result(), proposedResult(), refusedResult()].map((one) => poison<PullResult>(one, payload));
  return [
    ...plans.map((view) => ({ kind: 'plan', view }) as const),
    ...results.map((one) => ({ kind: 'result', result: one }) as const),
    poison(invalidContent(60), payload),
    poison(unplannedContent(), payload),
  ];
}

const shapeOf = (markdown: string) => ({
  lines: markdown.split('\n').length,
  cells: markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').length),
});

describe.each(PAYLOADS)('foreign text such as %j', (payload) => {
  test('mentions nobody, links nowhere, breaks no table, fence or fold', () => {
    for (const content of contents(payload)) {
      const text = renderComment(content, Number.POSITIVE_INFINITY);
      expectWhole(text);
      expect(withoutCode(text)).not.toMatch(/evil\.example|script|#1\b|access#2/);
      for (const maxBytes of [59_800, 25_000, 9000, 2000]) expectWhole(renderComment(content, maxBytes));
    }
  });

  test('changes nothing about the lines and cells of a comment', () => {
    const shapes = (text: string) => contents(text).map((content) => shapeOf(renderComment(content, Number.POSITIVE_INFINITY)));
    expect(shapes(payload)).toEqual(shapes(payload.trim() === '' ? payload : 'plain'));
  });

  test('does not stand in the title of a check run', () => {
    for (const content of contents(payload)) {
      const title = titleOfComment(content);
      expect(title).toMatch(/^Access (plan|apply): [A-Za-z0-9,_()·🔴 ]+$/u);
      expect(title.length).toBeLessThan(300);
    }
  });
});

test('a policy file with an odd name is shown and not linked, and any other path is linked segment by segment', () => {
  const { findings, ...rest } = invalidContent(1);
  const at = (file: string) => renderComment({ ...rest, findings: findings.map((finding) => ({ ...finding, file })) });
  expect(at('policies/teams/a b(1)é.yaml')).toContain('/policies/teams/a%20b%281%29%C3%A9.yaml#L1)');
  expect(at('policies/teams/\\u{202e}a.yaml')).toContain('| `teams/\\u{202e}a.yaml:1` |');
  expect(at('policies/teams/\u202ea.yaml')).toContain('| `teams/\\u{202e}a.yaml:1` |');
});

test('an address that is none is left out of the comment', () => {
  const { runUrl: _, ...rest } = unplannedContent();
  expect(renderComment({ ...rest, runUrl: 'javascript:alert(1)' })).toContain('· run ·');
  expect(renderComment({ ...rest, runUrl: 'https://github.com/acme) [x](https://evil.example' })).not.toContain('evil');
});

test('a team is named without a notification', () => {
  const text = renderComment({ kind: 'plan', view: fullView() });
  expect(text).toContain('⏳ One of `@acme/security`, `@grace` has to approve');
  expect(withoutCode(text)).not.toContain('@');
});
