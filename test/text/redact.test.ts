import { describe, expect, test } from 'vitest';
import { redact } from '../../src/text/encode.ts';

const SECRET = "abc~def!ghi'(12)*/+ =";

describe('a secret is taken out of a text', () => {
  test.each<[string, string]>([
    ['as it is', SECRET],
    ['as a form carries it', new URLSearchParams({ '': SECRET }).toString().slice(1)],
    ['as a URL carries it', encodeURIComponent(SECRET)],
    [
      'as a strict URL carries it',
      encodeURIComponent(SECRET).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`),
    ],
    ['with its bytes escaped in lower case', encodeURIComponent(SECRET).toLowerCase()],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ])('%s', (_how, form) => {
    expect(redact(`client_secret=${form}&scope=x`, [SECRET])).toBe('client_secret=[secret]&scope=x');
  });

  test('whole, where another one is its beginning', () => {
    expect(redact('token-0001-and-more', ['token-0001', 'token-0001-and-more'])).toBe('[secret]');
  });

  test('unless it is so short that it would blot out ordinary words', () => {
    expect(redact('the account', ['account'])).toBe('the account');
  });
});
