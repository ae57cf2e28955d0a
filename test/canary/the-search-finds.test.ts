import { describe, expect, test } from 'vitest';
import { visible } from '../../src/text/encode.ts';
import { findSecrets, formsOf } from './support/forms-of.ts';

const SECRET = 'KEY01Zq7VwXk3Pm9H/t5RbLc8Wd2Nf+6TgYj2Sv4BxM="8zKvQ1nG5hJ&d3FsRp7\\';

describe('the search through the sinks finds a secret that is there', () => {
  const planted: readonly [string, (form: string) => string][] = [
    ['alone', (form) => form],
    ['in a sentence', (form) => `the vendor answered 401: Bearer ${form} is not known`],
    ['over two lines', (form) => `${form.slice(0, 17)}\n           ${form.slice(17)}`],
    ['over two cells', (form) => `| ${form.slice(0, 15)} | ${form.slice(15)} |`],
    ['cut off', (form) => `${form.slice(0, 20)}...(0123abcd)`],
    ['without its beginning', (form) => form.slice(9)],
    ['encoded for a sink', (form) => visible(form, 1000)],
    ['in JSON', (form) => JSON.stringify({ message: form })],
  ];
  const cases = [...formsOf(SECRET)].flatMap(([form, value]) => planted.map(([where, plant]) => ({ form, where, text: plant(value) })));
  test.each(cases)('$form, $where', ({ text }) => {
    expect(findSecrets(`telnyx-production ${text} Applied 0.`, [SECRET])).not.toEqual([]);
  });

  test('and nothing where there is none', () => {
    expect(findSecrets('Applied 3, already 1: KEY01 [secret] sha256:0123456789abcdef0123456789abcdef', [SECRET])).toEqual([]);
  });
});
