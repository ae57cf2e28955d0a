import { expect, test } from 'vitest';
import { describeChange } from '../../src/report/describe-change.ts';
import { access, change } from './build-plan.ts';

test('an invitation says who and as what', () => {
  expect(describeChange(change({ action: 'invite', principal: 'ada@acme.example', after: access('admin') }))).toBe(
    'invite ada@acme.example as admin',
  );
});

test('a patch says from what to what', () => {
  expect(describeChange(change({ action: 'patch', principal: 'grace@acme.example' }))).toBe('patch grace@acme.example: member → admin');
});

test('a delete says what goes', () => {
  expect(describeChange(change({ action: 'delete', principal: 'eve@acme.example', before: access('admin') }))).toBe(
    'delete eve@acme.example (admin)',
  );
});

test('deleting an invitation says that it was one', () => {
  const before = access('member', { status: 'invited' });
  expect(describeChange(change({ action: 'delete', principal: 'eve@acme.example', before }))).toBe(
    'delete eve@acme.example (invited member)',
  );
});

test('a new name says the old one and the new one', () => {
  const renamed = change({
    action: 'patch',
    principal: 'ada@acme.example',
    before: access('member', { name: '' }),
    after: access('member', { name: 'Ada Lovelace' }),
    patch: [{ op: 'replace', path: '/name', value: 'Ada Lovelace' }],
  });
  expect(describeChange(renamed)).toBe('patch ada@acme.example: name (none) → Ada Lovelace');
  expect(describeChange({ ...renamed, after: access('admin', { name: 'Ada Lovelace' }) })).toBe(
    'patch ada@acme.example: member → admin, name (none) → Ada Lovelace',
  );
});

test('a change for a person to make begins with that', () => {
  expect(describeChange(change({ action: 'invite', principal: 'ada@acme.example', executor: 'manual' }))).toBe(
    'by hand: invite ada@acme.example as member',
  );
  expect(
    describeChange(change({ action: 'patch', principal: 'root@acme.example', executor: 'manual', reason_code: 'owner_transfer' })),
  ).toBe('by hand: make root@acme.example the owner');
});

test('the two halves of an e-mail change say why', () => {
  const why = { reason_code: 'email_changed' } as const;
  expect(describeChange(change({ action: 'invite', principal: 'grace@acme.example', ...why }))).toBe(
    'invite grace@acme.example as member, because the e-mail changed',
  );
  expect(describeChange(change({ action: 'delete', principal: 'grace.murray@acme.example', ...why }))).toBe(
    'delete grace.murray@acme.example (member), because the e-mail changed',
  );
});

test('groups stand beside roles, and nothing is called no access', () => {
  const groups = change({
    action: 'patch',
    principal: 'ada@acme.example',
    before: access('member', { roles: [] }),
    after: access('member', { groups: ['billing'] }),
  });
  expect(describeChange(groups)).toBe('patch ada@acme.example: no access → member + billing');
});
