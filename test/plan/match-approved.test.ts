import { describe, expect, it } from 'vitest';
import type { Access, AccountHistory, Change } from '../../src/model.ts';
import { type Draft, makeChange } from '../../src/plan/make-change.ts';
import { isHalfway, isLapsed, matchApproved, owedFor } from '../../src/plan/match-approved.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { ACCOUNT, held, historyOf, holding, inPeace, mail, owed, place } from './support.ts';

const NOTHING_KNOWN = historyOf(inPeace({}));

function access(role: string, more: Partial<Access> = {}): Access {
  return { ...holding(role), status: 'active', name: 'cleo', ...more };
}

/** Cleo, a member, becomes admin, but for what a test says otherwise. */
function change(more: Partial<Draft> = {}): Change {
  const draft: Draft = {
    account: ACCOUNT,
    action: 'patch',
    principal: mail('cleo'),
    principal_id: 'id-cleo',
    before: access('member'),
    after: access('admin'),
    executor: 'api',
    origin: 'git',
    reason_code: 'role_differs',
    source: place(),
    ...more,
  };
  return makeChange(draft, TELNYX_SUB_USERS);
}

/** A ledger that last wrote something for Cleo, or remembers what a change that was cut off has left her with. */
function knowing(more: Partial<AccountHistory>): AccountHistory {
  return { ...NOTHING_KNOWN, ...more };
}

const wroteOwner = knowing({ lastApplied: new Map([[mail('cleo'), held('cleo', 'member', holding('owner'))]]) });
const wroteMember = knowing({ lastApplied: new Map([[mail('cleo'), held('cleo', 'member')]]) });

describe('an approved change stands behind', () => {
  it('itself', () => {
    expect(matchApproved(change(), change(), NOTHING_KNOWN)).toBe('same');
    const invite = change({ action: 'invite', before: null, principal_id: null });
    expect(matchApproved(invite, { ...invite }, NOTHING_KNOWN)).toBe('same');
    // One id is one step, whatever else a vendor says of whoever it is about.
    const renamed = { ...change(), before: access('owner') };
    expect(matchApproved(renamed, change(), NOTHING_KNOWN)).toBe('same');
  });

  it.each<[string, Partial<Draft>, Partial<Draft>]>([
    ['the same step', {}, {}],
    ['the same step, of somebody who is to come', { action: 'invite', before: null, principal_id: null }, {}],
    ['the same step, of somebody who is to go', { action: 'delete', after: null }, {}],
    ['the same step, whatever name the vendor shows by now', name('Cleo M', 'Cleo M'), name('cleo', 'cleo')],
    ['the same new name', name('cleo', 'Cleo M'), name('cleo', 'Cleo M')],
    ['the rest of it, when the new name is there already', name('Cleo M', 'Cleo M'), name('cleo', 'Cleo M')],
  ])('by other hands: %s', (_what, fresh, approved) => {
    const byHand = change({ ...fresh, executor: 'manual' });
    expect(matchApproved(byHand, change({ ...fresh, executor: 'api', ...approved }), NOTHING_KNOWN)).toBe('rebased');
  });

  it('what is left of it, when our own ledger wrote what lies between', () => {
    const fresh = change({ before: access('owner') });
    expect(matchApproved(fresh, change(), wroteOwner)).toBe('rebased');
    expect(matchApproved(fresh, change(), wroteMember)).toBeNull();
    expect(matchApproved(fresh, change(), knowing({ lastApplied: new Map([[mail('cleo'), null]]) }))).toBeNull();
    expect(matchApproved(fresh, change(), NOTHING_KNOWN)).toBeNull();
  });

  it('what is left of it, when a change of ours that was cut off left them so', () => {
    const fresh = change({ before: access('owner') });
    expect(matchApproved(fresh, change(), knowing({ halfway: new Map([[mail('cleo'), [holding('owner')]]]) }))).toBe('rebased');
    expect(matchApproved(fresh, change(), knowing({ halfway: new Map([[mail('cleo'), [holding('member')]]]) }))).toBeNull();
    expect(matchApproved(fresh, change(), knowing({ halfway: new Map([[mail('dan'), [holding('owner')]]]) }))).toBeNull();
  });
});

function name(before: string, after: string): Partial<Draft> {
  return { before: access('member', { name: before }), after: access('admin', { name: after }) };
}

describe('an approved change does not stand behind', () => {
  it.each<[string, Partial<Draft>]>([
    ['the same in another account', { account: 'telnyx-support' }],
    ['the same for another person', { principal: mail('dan') }],
    ['the same for another person in another account', { account: 'telnyx-support', principal: mail('dan') }],
    ['the same for another login of the same person', { principal_id: 'id-other' }],
    ['another action', { action: 'invite' }],
    ['another action on another login', { action: 'invite', principal_id: 'id-other' }],
    ['what gives something else', { after: access('owner') }],
    ['what takes everything', { action: 'delete', after: null }],
    ['what is begun from something else', { before: access('owner') }],
  ])('%s', (_what, more) => {
    const fresh = change(more);
    expect(fresh.id).not.toBe(change().id);
    expect(matchApproved(fresh, change(), NOTHING_KNOWN)).toBeNull();
    expect(matchApproved(change(), fresh, NOTHING_KNOWN)).toBeNull();
  });

  it('what gives another name than was approved', () => {
    expect(matchApproved(change(name('cleo', 'Cleo B')), change(name('cleo', 'Cleo A')), NOTHING_KNOWN)).toBeNull();
  });

  it('letting somebody in again who was shut out, also where it was approved to invite them', () => {
    const invite = change({ action: 'invite', before: null, principal_id: null });
    const activate = change({ before: access('member', { status: 'inactive' }) });
    expect(matchApproved(activate, invite, wroteMember)).toBeNull();
    expect(matchApproved(activate, change(), wroteMember)).toBeNull();
    expect(matchApproved(activate, change({ before: activate.before, executor: 'manual' }), NOTHING_KNOWN)).toBe('rebased');
  });

  it('inviting somebody whom somebody else took out, whatever our ledger wrote last', () => {
    const invite = change({ action: 'invite', before: null, principal_id: null });
    expect(matchApproved(invite, change(), wroteMember)).toBeNull();
    expect(matchApproved(invite, change(), knowing({ ...wroteMember, halfway: new Map([[mail('cleo'), [holding(null)]]]) }))).toBeNull();
  });
});

describe('what the ledger owes', () => {
  const owing = knowing({ owed: new Map([[mail('cleo'), owed(change())]]) });

  it('is the change that comes to the same, by whosever hands', () => {
    expect(owedFor(change({ executor: 'manual' }), owing)).toEqual(change());
    expect(owedFor(change(), NOTHING_KNOWN)).toBeNull();
    expect(owedFor(change({ after: access('owner') }), owing)).toBeNull();
  });

  it('is an invitation that lapsed, where people once approved it, and no other', () => {
    const lapsed = change({ reason_code: 'invitation_lapsed' });
    expect(isLapsed(lapsed)).toBe(true);
    expect(isLapsed(change({ reason_code: 'invitation_lapsed', origin: 'unrecorded' }))).toBe(false);
    expect(isLapsed(change())).toBe(false);
  });

  it('is left half way by any of the steps of a change that was cut off', () => {
    const halfway = knowing({ halfway: new Map([[mail('cleo'), [holding(null), holding('member')]]]) });
    expect([null, 'member', 'admin'].map((role) => isHalfway(holding(role), mail('cleo'), halfway))).toEqual([true, true, false]);
    expect(isHalfway(holding('member'), mail('dan'), halfway)).toBe(false);
  });
});
