import { describe, expect, test } from 'vitest';
import { parseTelnyxSeed } from '../../src/emulator/parse-telnyx-seed.ts';
import { DEFAULT_TELNYX_SWITCHES, parseTelnyxSwitches } from '../../src/emulator/telnyx-switches.ts';
import { RollcallError } from '../../src/errors.ts';
import { ADA, failPlainly, SEED } from './world-for-tests.ts';

const ACCOUNT = { name: 'a', key: 'KEY1', owner: 'root@acme.example', users: [] };
const USER = { email: 'ada@acme.example', name: 'Ada', role: 'admin' };
const withUsers = (...users: unknown[]) => ({ accounts: [{ ...ACCOUNT, users }] });

describe('a seed', () => {
  test('is read as it stands, with or without its optional parts', () => {
    expect(parseTelnyxSeed(SEED).accounts[0]).toEqual(SEED.accounts[0]);
    expect(parseTelnyxSeed({ accounts: [ACCOUNT] })).toEqual({ accounts: [{ ...ACCOUNT, elsewhere: [] }], switches: {} });
    expect(parseTelnyxSeed({ accounts: [ACCOUNT], switches: { open: 3 } }).switches).toEqual({ open: 3 });
    const user = { ...USER, status: 'suspended', id: ADA, created_at: '2026-01-01' };
    expect(parseTelnyxSeed(withUsers(user)).accounts[0]?.users).toEqual([{ ...user, created_at: '2026-01-01T00:00:00.000Z' }]);
  });

  test.each([
    ['null', null, 'the seed is not an object'],
    ['no accounts', { accounts: [] }, 'accounts is not a list of at least one account'],
    ['a misspelt key', { accounts: [ACCOUNT], switch: {} }, 'the seed has an unknown key switch; known are accounts, switches'],
    ['an account that is a text', { accounts: ['a'] }, 'accounts[0] is not an object'],
    ['an account without a key', { accounts: [{ ...ACCOUNT, key: '' }] }, 'accounts[0].key is not a text of at least one character'],
    ['an account without an owner', { accounts: [{ ...ACCOUNT, owner: 'root' }] }, 'accounts[0].owner is not an e-mail address'],
    ['users that are no list', { accounts: [{ ...ACCOUNT, users: {} }] }, 'accounts[0].users is not a list'],
    ['elsewhere that is no list', { accounts: [{ ...ACCOUNT, elsewhere: 'x' }] }, 'accounts[0].elsewhere is not a list'],
    ['a user without a role', withUsers({ ...USER, role: undefined }), 'accounts[0].users[0].role is not a text of at least one character'],
    ['an id that is no UUID', withUsers({ ...USER, id: '7' }), 'accounts[0].users[0].id is not a UUID'],
    ['a time that is none', withUsers({ ...USER, created_at: 'soon' }), 'accounts[0].users[0].created_at is not an instant'],
    [
      'the owner among the users',
      withUsers({ ...USER, email: 'Root@acme.example' }),
      'accounts[0].users has the owner, who is no sub-user',
    ],
    [
      'two accounts of one name',
      { accounts: [ACCOUNT, { ...ACCOUNT, key: 'KEY2' }] },
      'two users or accounts have the same account name: a',
    ],
    ['two accounts with one key', { accounts: [ACCOUNT, { ...ACCOUNT, name: 'b' }] }, 'two accounts have the same key'],
    [
      'an e-mail twice, also by case',
      withUsers(USER, { ...USER, email: 'ADA@acme.example' }),
      'two users or accounts have the same e-mail in a: ada@acme.example',
    ],
    [
      'an id twice',
      withUsers({ ...USER, id: ADA }, { ...USER, email: 'b@acme.example', id: ADA }),
      `two users or accounts have the same id: ${ADA}`,
    ],
  ])('with %s is refused with the place and the reason', (_name, value, why) => {
    const read = () => parseTelnyxSeed(value, 'world.json');
    expect(read).toThrow(RollcallError);
    expect(read).toThrow(`world.json: not a seed for the emulator: ${why}.`);
  });

  test('may repeat an e-mail where the switch allows it', () => {
    const seed = { ...withUsers(USER, USER), switches: { unique_email: false } };
    expect(parseTelnyxSeed(seed).accounts[0]?.users).toHaveLength(2);
  });
});

describe('switches', () => {
  test('each accept their own values only', () => {
    expect(parseTelnyxSwitches(DEFAULT_TELNYX_SWITCHES, failPlainly)).toEqual(DEFAULT_TELNYX_SWITCHES);
    for (const key of Object.keys(DEFAULT_TELNYX_SWITCHES)) {
      expect(() => parseTelnyxSwitches({ [key]: 'nonsense' }, failPlainly)).toThrow(`switches.${key} is not`);
    }
    expect(() => parseTelnyxSwitches({ per_hour: -1 }, failPlainly)).toThrow('switches.per_hour is not a whole number of at least 0');
    expect(() => parseTelnyxSwitches({ toString: 1 }, failPlainly)).toThrow('switches has an unknown key toString');
    expect(() => parseTelnyxSwitches([], failPlainly)).toThrow('switches is not an object');
  });
});
