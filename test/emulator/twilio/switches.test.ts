import { describe, expect, test } from 'vitest';
import { DEFAULT_TWILIO_SWITCHES, parseTwilioSwitches, type TwilioSwitches } from '../../../src/emulator/twilio/twilio-switches.ts';
import { failPlainly } from '../world-for-tests.ts';
import { ADA, ASSIGNMENTS, GRACE, MAIN, newScimUser, OR, openTwilio, patchOf, USERS } from './twilio-for-tests.ts';

const SUPPORT = 'IX00000000000000000000000000000105';
const rename = patchOf(
  { op: 'replace', path: 'userName', value: 'ada.king@acme.example' },
  { op: 'replace', path: 'emails[primary eq true].value', value: 'ada.king@acme.example' },
);

/** What one request is answered, as it is unless told otherwise and with the switch. */
const CASES: readonly (readonly [string, Partial<TwilioSwitches>, readonly [string, string, unknown?], unknown, unknown])[] = [
  ['a duplicate', { duplicate_user_status: 400 }, ['POST', USERS, newScimUser('ada@acme.example')], [409, 25022], [400, 25022]],
  [
    'somebody of another organization',
    { elsewhere_code: 25019 },
    ['POST', USERS, newScimUser('own@acme.example')],
    [409, 25022],
    [400, 25019],
  ],
  ['one user too many', { max_users: 3 }, ['POST', USERS, newScimUser('new@acme.example')], [201, undefined], [400, 25007]],
  ['a change of address', { email_change: 'refused' }, ['PATCH', `${USERS}/${ADA}`, rename], [200, undefined], [400, 25012]],
  [
    'an organization role',
    { org_scope_assignable: true },
    ['POST', ASSIGNMENTS, { role_sid: 'IX00000000000000000000000000000002', scope: OR, identity: ADA }],
    [400, 25200],
    [201, undefined],
  ],
  [
    'the preview paths',
    { preview_paths: 'missing' },
    ['GET', `https://preview-iam.twilio.com/Organizations/${OR}/scim/Users`],
    [200, undefined],
    [404, 20404],
  ],
];

describe('a switch', () => {
  test.each(CASES)('changes what Twilio says to %s', (_what, switches, [method, url, body], usual, switched) => {
    const answerOf = (some: Partial<TwilioSwitches>) => {
      const { status, body: document } = openTwilio(some).ask(method, url, body);
      return [status, document['code']];
    };
    expect(answerOf({})).toEqual(usual);
    expect(answerOf(switches)).toEqual(switched);
  });

  test('keeps roles from whoever is inactive', () => {
    const give = (assign_inactive: TwilioSwitches['assign_inactive']) => {
      const { ask } = openTwilio({ assign_inactive });
      ask('DELETE', `${USERS}/${GRACE}`);
      return ask('POST', ASSIGNMENTS, { role_sid: SUPPORT, scope: MAIN, identity: GRACE }).status;
    };
    expect([give('accepted'), give('refused')]).toEqual([201, 400]);
  });

  test('says how long to wait', () => {
    const { ask } = openTwilio({ requests_per_minute: 1, retry_after_s: 7 });
    ask('GET', USERS);
    expect(ask('GET', USERS).headers['retry-after']).toBe('7');
  });

  test('can be set for each that there is, to what it is and to nothing else', () => {
    expect(parseTwilioSwitches({ ...DEFAULT_TWILIO_SWITCHES }, failPlainly)).toEqual(DEFAULT_TWILIO_SWITCHES);
    for (const name of Object.keys(DEFAULT_TWILIO_SWITCHES)) {
      expect(() => parseTwilioSwitches({ [name]: 'no such setting' }, failPlainly)).toThrow(`switches.${name} is not`);
    }
  });

  test('may be turned while the world runs', () => {
    const { ask, world } = openTwilio();
    world.setSwitches({ iam_paths: 'missing' });
    expect(ask('GET', USERS).status).toBe(404);
  });
});

test('tokens that are revoked open nothing any more', () => {
  const { ask, world } = openTwilio();
  expect(ask('GET', USERS).status).toBe(200);
  world.revokeTokens();
  expect(ask('GET', USERS).status).toBe(401);
});
