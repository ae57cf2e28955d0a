import { describe, expect, test } from 'vitest';
import { readWorkflow } from '../../src/policy/read-workflow.ts';

describe('a workflow', () => {
  test('is read into its values, each with its place, its line and what is said beside it', async () => {
    const text =
      'on:\n  push:\npermissions: {}\njobs:\n  a:\n    steps:\n      - uses: x/y@1 # v1\n      - run: |\n          one\n          two\n';
    expect(await readWorkflow(text)).toEqual([
      { path: ['on', 'push'], text: '', line: 2, comment: null },
      { path: ['permissions'], text: '{}', line: 3, comment: null },
      { path: ['jobs', 'a', 'steps', 0, 'uses'], text: 'x/y@1', line: 7, comment: 'v1' },
      { path: ['jobs', 'a', 'steps', 1, 'run'], text: 'one\ntwo\n', line: 8, comment: null },
    ]);
  });

  test('keeps the version beside an action in braces', async () => {
    const [uses] = (await readWorkflow('- { "uses" : x/y@1 } # v1\n')) ?? [];
    expect(uses).toMatchObject({ path: [0, 'uses'], comment: 'v1' });
  });

  test.each([
    ['an alias', 'a: &x 1\nb: *x\n'],
    ['an anchor on a key', '&x a: 1\n'],
    ['an alias as a key', 'a: &x b\n*x : 1\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a merge', 'a: { b: 1 }\n<<: { c: 1 }\n'],
    ['a key that stands twice', 'a: 1\na: 2\n'],
    ['a key that is a list', '? [a]\n: 1\n'],
    ['a directive', '%YAML 1.1\n---\na: 1\n'],
    ['a second document', 'a: 1\n---\nb: 1\n'],
    ['what is no YAML', 'a: [\n'],
    ['braces without an end', '['.repeat(20_000)],
    ['what nests deeper than anybody writes', `${'['.repeat(40)}${']'.repeat(40)}`],
    ['more values than anybody writes', '- 1\n'.repeat(20_001)],
    ['more text than anybody writes', `a: ${'x'.repeat(300_000)}\n`],
  ])('is not understood with %s', async (_, text) => {
    expect(await readWorkflow(text)).toBe(null);
  });
});
