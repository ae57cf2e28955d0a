import { describe, expect, test } from 'vitest';
import { makeRoleBook } from '../../../src/provider/twilio/make-role-book.ts';
import type { WireRole } from '../../../src/provider/twilio/twilio-api.ts';

const sid = (number: number) => `IX${String(number).padStart(32, '0')}`;
const role = (number: number, name: string, productGroup: string | null = null, level = 'ACCOUNT'): WireRole => ({
  sid: sid(number),
  name,
  productGroup,
  level,
});

describe('the words of roles', () => {
  test('general roles are known by the published SIDs, whatever they are called', () => {
    const book = makeRoleBook([role(102, 'Admin'), role(103, 'Builder')]);
    expect([book.wordOf(sid(102)), book.wordOf(sid(103))]).toEqual(['administrator', 'developer']);
    expect(book.sidOf('administrator')).toBe(sid(102));
    expect(book.sidOf('support')).toBeNull();
  });

  test('and by name where they belong to no product', () => {
    const book = makeRoleBook([role(7, 'Billing Manager'), role(8, 'Support', 'Flex'), role(9, 'Owner')]);
    expect([book.wordOf(sid(7)), book.wordOf(sid(8)), book.wordOf(sid(9))]).toEqual(['billing_manager', 'Support', 'owner']);
    expect(book.productRoles).toEqual(['Support']);
    expect(book.sidOf('owner')).toBeNull();
  });

  test('a role that is called like a word of ours has none', () => {
    const book = makeRoleBook([role(102, 'Administrator'), role(7, 'administrator', 'Studio'), role(8, 'owner', 'Studio')]);
    expect(book.sidOf('administrator')).toBe(sid(102));
    expect([book.wordOf(sid(7)), book.wordOf(sid(8))]).toEqual([null, null]);
  });

  test('two roles of one name have no word', () => {
    const book = makeRoleBook([role(7, 'Viewer', 'Studio'), role(8, 'Viewer', 'Numbers'), role(9, 'Studio Admin', 'Studio')]);
    expect([book.wordOf(sid(7)), book.sidOf('Viewer'), book.productRoles]).toEqual([null, null, ['Studio Admin']]);
  });

  test('roles of the organization are known and never given', () => {
    const book = makeRoleBook([role(2, 'Organization Admin', null, 'ORGANIZATION')]);
    expect([book.wordOf(sid(2)), book.sidOf('Organization Admin'), book.productRoles]).toEqual(['Organization Admin', null, []]);
  });

  test('names of the language mean nothing', () => {
    const book = makeRoleBook(null);
    expect([book.sidOf('constructor'), book.sidOf('__proto__'), book.sidOf('support')]).toEqual([null, null, sid(105)]);
  });
});
