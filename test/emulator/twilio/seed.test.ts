import { describe, expect, test } from 'vitest';
import { parseTwilioSeed } from '../../../src/emulator/twilio/parse-twilio-seed.ts';
import { openTwilio, TWILIO_SEED } from './twilio-for-tests.ts';

const organization = TWILIO_SEED.organizations?.[0];
const withOrganization = (more: object) => ({ organizations: [{ ...organization, ...more }] });
const withUser = (more: object) => withOrganization({ users: [{ email: 'ada@acme.example', name: 'Ada', ...more }], externals: [] });

describe('a seed', () => {
  test('survives being written as JSON', () => {
    const parsed = parseTwilioSeed(JSON.parse(JSON.stringify(TWILIO_SEED)));
    expect(openTwilio({}, parsed).world.state('twilio-main')).toEqual(openTwilio().world.state('twilio-main'));
  });

  test.each([
    ['no account', {}, 'neither organizations nor consoles has an account'],
    ['a misspelt key', withUser({ rolls: [] }), 'organizations[0].users[0] has an unknown key rolls'],
    ['an address that is none', withUser({ email: 'ada' }), 'organizations[0].users[0].email is not an e-mail address'],
    [
      'a role that is not there',
      withUser({ roles: [{ role: 'viewer', scope: 'twilio-main' }] }),
      'users[0].roles[0].role is no role: viewer',
    ],
    [
      'a role for no account of its',
      withUser({ roles: [{ role: 'support', scope: 'twilio-labs' }] }),
      'no account of the organization is called twilio-labs',
    ],
    ['a SID of another kind', withUser({ sid: `AC${'1'.repeat(32)}` }), 'users[0].sid is not US and 32 hexadecimal digits'],
    ['a status that is none', withUser({ status: 'gone' }), 'users[0].status is not one of active, inactive, suspended'],
    ['an instant that is none', withUser({ created_at: 'yesterday' }), 'users[0].created_at is not an instant'],
    [
      'a parent that is not there',
      withOrganization({ accounts: [{ name: 'x', auth_token: 't', parent: 'y' }], users: [], externals: [] }),
      'no account of the organization is called y',
    ],
    [
      'one person twice',
      withOrganization({
        users: [
          { email: 'a@acme.example', name: 'A' },
          { email: 'A@acme.example', name: 'A' },
        ],
      }),
      'two have the same e-mail: a@acme.example',
    ],
    ['one name twice', { consoles: [TWILIO_SEED.consoles?.[0], TWILIO_SEED.consoles?.[0]] }, 'two have the same account name: twilio-labs'],
    ['a switch that is none', { ...TWILIO_SEED, switches: { token_status: 500 } }, 'switches.token_status is not one of 200, 201'],
  ])('with %s is refused', (_what, seed, why) => {
    expect(() => parseTwilioSeed(seed, 'world.json')).toThrow(why);
  });

  test('says which file was wrong', () => {
    expect(() => parseTwilioSeed([], 'world.json')).toThrow('world.json');
  });

  test('without SIDs gives the same ones every time', () => {
    const drawn = { consoles: [{ name: 'twilio-labs', auth_token: 't', owner: 'root@acme.example', members: [] }] };
    const sid = (): string => openTwilio({}, drawn).world.state().sid;
    expect(sid()).toMatch(/^AC[0-9a-f]{32}$/);
    expect(sid()).toBe(sid());
  });
});
