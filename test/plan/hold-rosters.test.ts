import { describe, expect, test } from 'vitest';
import type { Accepted, Day, DesiredAccount, DesiredState, History, Roster } from '../../src/model.ts';
import { holdRosters } from '../../src/plan/hold-rosters.ts';
import { holdToAccepted } from '../../src/plan/hold-to-accepted.ts';
import { EMPTY_HISTORY } from '../../src/plan/make-plan.ts';
import { ACCOUNT, inPeace, mail, place, stateOf } from './support.ts';

const KNOWN: Accepted = { commit: 'first', except: new Map(), settings: 'first', pending: new Map() };

function attestedOn(day: Day): Roster {
  return {
    account: ACCOUNT,
    attestedBy: mail('ada'),
    attestedOn: day,
    rows: null,
    rotated: new Map(),
    reviewed: new Map(),
    source: place(),
  };
}

function company(roster: Roster | null, settings: Partial<DesiredAccount['policy']> = {}): DesiredState {
  const state = stateOf(inPeace({ ada: 'admin', bob: 'member' }));
  const account = state.accounts.get(ACCOUNT) as DesiredAccount;
  return { ...state, accounts: new Map([[ACCOUNT, { ...account, roster, policy: { ...account.policy, ...settings } }]]) };
}

const [MONDAY, TUESDAY] = [attestedOn('2026-11-23'), attestedOn('2026-11-24')];
const dayOf = ({ accounts }: DesiredState) => accounts.get(ACCOUNT)?.roster?.attestedOn;
const knowing = (accepted: Accepted | null): History => ({
  accounts: new Map([[ACCOUNT, { ...EMPTY_HISTORY, accepted }]]),
  commit: null,
  proposals: new Map(),
});

/** The day of the roster by which an account is read, where a commit brings Tuesday's and Monday's was agreed to. */
function readBy(head: DesiredState, agreed: Readonly<Record<string, string>> = {}, known: Accepted | null = KNOWN): Day | undefined {
  const settings = Object.entries(agreed).map(([setting, after]) => {
    return { account: ACCOUNT, setting, before: null, after, loosens: false, source: null };
  });
  const accepted = company(MONDAY).accounts.get(ACCOUNT) ?? null;
  const approved = [{ touched: new Map(), settings, desired: null }];
  return dayOf(holdRosters({ head, commit: 'second', approved, history: knowing(known), accepted: () => accepted }));
}

const TUESDAYS = { roster: `${mail('ada')} on 2026-11-24` };

describe('an account is read by', () => {
  test('the roster that people agreed to, where a push brought another', () => {
    expect(readBy(company(TUESDAY))).toBe('2026-11-23');
    expect(readBy(company(null))).toBe('2026-11-23');
  });

  test('the roster of a pull request that people approved', () => {
    expect(readBy(company(TUESDAY), TUESDAYS)).toBe('2026-11-24');
  });

  test('the roster before it as long as a setting beside it waits', () => {
    const pushed = company(TUESDAY, { unmanaged: 'delete' });
    expect(readBy(pushed, TUESDAYS)).toBe('2026-11-23');
    expect(readBy(pushed, { ...TUESDAYS, unmanaged: 'delete' })).toBe('2026-11-24');
  });

  test('the roster that is there, as long as nothing was agreed to', () => {
    expect(readBy(company(TUESDAY), {}, null)).toBe('2026-11-24');
  });

  test('the roster that people agreed to at night, whatever a push brought', () => {
    const accepted = company(MONDAY).accounts.get(ACCOUNT) ?? null;
    expect(dayOf(holdToAccepted(company(TUESDAY), () => accepted, [ACCOUNT]))).toBe('2026-11-23');
  });
});
