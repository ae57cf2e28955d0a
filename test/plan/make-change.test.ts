import { describe, expect, it } from 'vitest';
import type { Access, Change, Risk, Tag } from '../../src/model.ts';
import { type Draft, makeChange } from '../../src/plan/make-change.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { ACCOUNT, holding, mail, place } from './support.ts';

function access(role: string | null, more: Partial<Access> = {}): Access {
  return { ...holding(role), status: 'active', name: 'cleo', ...more };
}

function change(before: Access | null, after: Access | null, more: Partial<Draft> = {}): Change {
  const action = before === null ? 'invite' : after === null ? 'delete' : 'patch';
  const who = { account: ACCOUNT, principal: mail('cleo'), principal_id: 'id-cleo' };
  const draft: Draft = { ...who, action, before, after, executor: 'api', origin: 'git', reason_code: 'granted', source: place(), ...more };
  return makeChange(draft, TELNYX_SUB_USERS);
}

describe('a change', () => {
  it('that nobody says more about has no tags and no steps', () => {
    expect(change(access('member'), access('member', { name: 'Cleo M' }))).toMatchObject({ tags: [], steps: [], not_before: null });
  });

  it('has its own tags first, then those that are given, each once', () => {
    const more: Partial<Draft> = { tags: ['irreversible', 'drift_gained'], steps: ['Look first.'] };
    const made = change(access('admin'), null, more);
    expect(made.tags).toEqual(['privilege_lost', 'irreversible', 'drift_gained']);
    expect(made.steps).toEqual(['Look first.']);
    expect(made).not.toHaveProperty('keys_left');
  });

  it.each<[string, Access | null, Access | null, Change['patch']]>([
    ['somebody new', null, access('member'), [{ op: 'add', path: '', value: access('member') }]],
    ['somebody who goes', access('member'), null, [{ op: 'replace', path: '', value: null }]],
    ['a role', access('member'), access('admin'), [{ op: 'replace', path: '/roles', value: ['admin'] }]],
    ['a name', access('member'), access('member', { name: 'Cleo M' }), [{ op: 'replace', path: '/name', value: 'Cleo M' }]],
    ['a status', access('member', { status: 'inactive' }), access('member'), [{ op: 'replace', path: '/status', value: 'active' }]],
    [
      'groups, as one list',
      access('member', { groups: ['billing'] }),
      access('member', { groups: ['billing', 'voice'] }),
      [{ op: 'replace', path: '/groups', value: ['billing', 'voice'] }],
    ],
    ['the last role', access('member'), access(null), [{ op: 'replace', path: '/roles', value: [] }]],
    ['nothing', access('member'), access('member'), []],
  ])('shows in its patch %s', (_what, before, after, patch) => {
    expect(change(before, after).patch).toEqual(patch);
  });

  it.each<[string, Access | null, Access | null, Risk, readonly Tag[]]>([
    ['somebody new', null, access('member'), 'medium', []],
    ['a new admin', null, access('admin'), 'high', ['privilege_gained']],
    ['a raise', access('member'), access('admin'), 'high', ['privilege_gained']],
    ['a lowering', access('admin'), access('member'), 'medium', ['privilege_lost']],
    ['a new name', access('member'), access('member', { name: 'Cleo M' }), 'low', []],
    ['a new name of an admin', access('admin'), access('admin', { name: 'Cleo M' }), 'medium', []],
    ['a delete', access('member'), null, 'high', ['irreversible']],
    ['an inactive admin who comes back as one', access('admin', { status: 'inactive' }), access('admin'), 'high', ['privilege_gained']],
    ['an inactive admin who comes back as less', access('admin', { status: 'inactive' }), access('member'), 'medium', []],
  ])('says how much is at stake: %s', (_what, before, after, risk, tags) => {
    expect(change(before, after)).toMatchObject({ risk, tags, reversible: after !== null });
  });

  it.each(['owner_transfer', 'stranger', 'raised'] as const)('is at high risk wherever its reason is %s', (reason_code) => {
    expect(change(access('member'), access('member'), { reason_code }).risk).toBe('high');
  });
});
