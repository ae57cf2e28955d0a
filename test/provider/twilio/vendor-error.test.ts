import { describe, expect, test } from 'vitest';
import { normaliseVendorError } from '../../../src/provider/vendor-error.ts';
import { createRedactor } from '../../../src/text/encode.ts';

const SECRET = 'secret-canary-0001';

describe('every style of error is one error, with the code and the words of the vendor', () => {
  test.each<[string, number, unknown, object]>([
    [
      'Telnyx',
      422,
      {
        errors: [
          {
            code: '10012',
            title: 'Duplicate',
            detail: 'It is there.',
            source: { pointer: '/email' },
            meta: { url: 'https://developers.telnyx.com/docs/overview/errors/10012' },
          },
        ],
      },
      {
        code: '10012',
        message: 'Duplicate - It is there.',
        field: '/email',
        docsUrl: 'https://developers.telnyx.com/docs/overview/errors/10012',
        says: 'the vendor answered 422: Duplicate - It is there.',
      },
    ],
    [
      'SCIM, whose status is a text',
      404,
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        detail: 'User not found',
        status: '404',
        code: 25008,
        scimType: 'invalidValue',
      },
      { code: '25008', message: 'User not found', field: 'invalidValue', says: 'the vendor answered 404 (25008): User not found' },
    ],
    [
      'Twilio with more_info',
      404,
      { code: 20404, message: 'Not found', more_info: 'https://www.twilio.com/docs/errors/20404', status: 404 },
      { code: '20404', message: 'Not found', docsUrl: 'https://www.twilio.com/docs/errors/20404' },
    ],
    [
      'Twilio with moreInfo and texts',
      400,
      { code: '20001', message: 'Invalid', moreInfo: 'https://www.twilio.com/docs/errors/20001', status: '400' },
      { code: '20001', message: 'Invalid', docsUrl: 'https://www.twilio.com/docs/errors/20001' },
    ],
    [
      'RFC 9457',
      400,
      {
        type: 'https://www.twilio.com/docs/api/errors/20001',
        title: 'Invalid request',
        status: 400,
        detail: 'PageSize is too large',
        code: 20001,
        errors: [{ detail: 'too large', pointer: '#/PageSize' }],
      },
      { code: '20001', message: 'Invalid request - PageSize is too large', field: '\\u{23}/PageSize' },
    ],
    ['OAuth', 400, { error: 'invalid_client', error_description: 'unknown client' }, { code: 'invalid_client', message: 'unknown client' }],
  ])('%s', (_style, status, body, expected) => {
    expect(normaliseVendorError(status, body, createRedactor([]))).toMatchObject({ status, ...expected });
  });

  test('a body of no known shape is shown in part, without what may be a secret', () => {
    const { message } = normaliseVendorError(
      500,
      { auth_token: 'abc', nested: { secret: 'def' }, why: 'x'.repeat(500) },
      createRedactor([]),
    );
    expect(message).not.toMatch(/abc|def/);
    expect(message).toContain('why');
    expect(message.length).toBeLessThan(250);
  });

  test.each([[undefined], [null], ['text'], [[]], [{}], [{ errors: [] }], [7]])('%j says nothing, and the status stands', (body) => {
    expect(normaliseVendorError(500, body, createRedactor([]))).toEqual({
      status: 500,
      code: '',
      message: '',
      says: 'the vendor answered 500',
    });
  });

  test('what is hostile is made visible, what is secret is taken out, what is long is cut', () => {
    const hostile = `::error::\n\u001b[31m ${SECRET} ${Buffer.from(SECRET).toString('base64')} ${'z'.repeat(900)}`;
    for (const body of [
      { errors: [{ code: hostile, title: hostile, detail: hostile, source: { pointer: hostile }, meta: { url: hostile } }] },
      { detail: hostile, status: '400', code: hostile, scimType: hostile },
      { message: hostile, code: hostile, more_info: hostile },
      { title: hostile, detail: hostile, type: hostile },
      { other: hostile },
    ]) {
      const told = JSON.stringify(normaliseVendorError(400, body, createRedactor([SECRET])));
      expect(told).not.toMatch(/::error|\u001b|\\n|canary/);
      expect(told).not.toContain(Buffer.from(SECRET).toString('base64'));
      expect(told.length).toBeLessThan(1200);
    }
  });

  const OTHER = 'other-accounts-token-1';
  test.each<[string, unknown]>([
    ['in a list', { accounts: [{ sid: 'AC1', auth_token: OTHER }] }],
    ['in camel case', { authToken: OTHER, apiKey: OTHER, primaryAuthToken: OTHER }],
    ['in capitals', { 'Auth-Token': OTHER, API_KEY: OTHER }],
    ['in a text of JSON', { raw: `{"auth_token":"${OTHER}"}` }],
    ['in a text of escaped JSON', { raw: JSON.stringify(JSON.stringify({ auth_token: OTHER })) }],
    ['in a sentence', { code: 20001, message: `the account has auth_token: ${OTHER}, which is odd` }],
    ['in a form', { detail: `client_id=OQ1&client_secret=${OTHER}&scope=x` }],
    ['in a header', { errors: [{ title: 'Denied', detail: `Authorization: Bearer ${OTHER}` }] }],
    ['in a member that should be a text', { message: { auth_token: OTHER } }],
  ])("another account's token %s does not leave", (_where, body) => {
    expect(normaliseVendorError(400, body, createRedactor([])).says).not.toContain(OTHER);
  });

  test('what stands beside such a token stays', () => {
    const body = { message: `auth_token: ${OTHER}, and the account is closed` };
    expect(normaliseVendorError(400, body, createRedactor([])).message).toBe(
      'auth_token\\u{3a} \\u{5b}secret\\u{5d}, and the account is closed',
    );
  });

  test('of an own secret nothing leaves, wherever a long body of no known shape is cut', () => {
    const secret = 'client-secret-0123456789abcdefghijklmnop';
    for (let pad = 40; pad < 130; pad += 1) {
      const body = { pad: 'a'.repeat(pad), echo: `${secret} and more that makes the body longer than is shown` };
      expect(normaliseVendorError(400, body, createRedactor([secret])).says).not.toContain('client-secret');
    }
  });

  test('a body that is nested without end is shown in part like any other', () => {
    const body: unknown = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(normaliseVendorError(500, body, createRedactor([])).message).toContain('...');
  });
});
