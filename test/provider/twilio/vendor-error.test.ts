import { describe, expect, test } from 'vitest';
import { normaliseVendorError } from '../../../src/provider/vendor-error.ts';

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
    expect(normaliseVendorError(status, body, [])).toMatchObject({ status, ...expected });
  });

  test('a body of no known shape is shown in part, without what may be a secret', () => {
    const { message } = normaliseVendorError(500, { auth_token: 'abc', nested: { secret: 'def' }, why: 'x'.repeat(500) }, []);
    expect(message).not.toMatch(/abc|def/);
    expect(message).toContain('why');
    expect(message.length).toBeLessThan(250);
  });

  test.each([[undefined], [null], ['text'], [[]], [{}], [{ errors: [] }], [7]])('%j says nothing, and the status stands', (body) => {
    expect(normaliseVendorError(500, body, [])).toEqual({ status: 500, code: '', message: '', says: 'the vendor answered 500' });
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
      const told = JSON.stringify(normaliseVendorError(400, body, [SECRET]));
      expect(told).not.toMatch(/::error|\u001b|\\n|canary/);
      expect(told).not.toContain(Buffer.from(SECRET).toString('base64'));
      expect(told.length).toBeLessThan(1200);
    }
  });
});
