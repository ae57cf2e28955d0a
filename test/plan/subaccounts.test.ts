import { describe, expect, test } from 'vitest';
import type { Accepted, DesiredAccount, DesiredState } from '../../src/model.ts';
import { attributeDrift } from '../../src/plan/attribute-drift.ts';
import { accountOf, fanOutTo, fileOfSubaccount, nameSubaccount } from '../../src/plan/fan-out.ts';
import { holdToAccepted } from '../../src/plan/hold-to-accepted.ts';
import { nextAccepted } from '../../src/plan/next-accepted.ts';
import type { AccountEvent } from '../../src/watch.ts';
import { ACCOUNT, ago, changeFor, inPeace, live, observationOf, planOf, stateOf } from './support.ts';

const ABOVE = `AC${'a'.repeat(32)}`;
const EAST = `AC${'e'.repeat(32)}`;
const EAST_NAME = nameSubaccount(ACCOUNT, { sid: EAST });

/** One account that fans out, whatever else its file says. */
function company(settings: Partial<DesiredAccount['policy']> = {}): DesiredState {
  const state = stateOf(inPeace({ ada: 'admin', bob: 'member' }));
  const account = state.accounts.get(ACCOUNT) as DesiredAccount;
  const policy = { ...account.policy, scope: ABOVE, subaccounts: 'all' as const, ...settings };
  return { ...state, accounts: new Map([[ACCOUNT, { ...account, policy }]]) };
}

const listing = () => [{ sid: EAST }];
const namesOf = ({ accounts }: DesiredState) => [...accounts.keys()].toSorted();

describe('the subaccounts of a file', () => {
  test('have names that say whose they are, and no other name does', () => {
    expect(fileOfSubaccount(EAST_NAME)).toBe(ACCOUNT);
    expect([ACCOUNT, `${ACCOUNT}-ac123`, EAST].map(fileOfSubaccount)).toEqual([null, null, null]);
  });

  test('are held to settings that people agreed to, through the account above them', () => {
    const accepted = company();
    const pushed = company({ unmanaged: 'delete', subaccounts: 'none' });
    const held = holdToAccepted(pushed, (name) => accountOf(accepted, name) ?? null, [ACCOUNT, EAST_NAME]);
    expect(namesOf(fanOutTo(held, listing))).toEqual([ACCOUNT, EAST_NAME]);
    expect(accountOf(held, EAST_NAME)?.policy.unmanaged).toBe(accepted.accounts.get(ACCOUNT)?.policy.unmanaged);
  });

  test('are gone with the account above them once people agreed to that', () => {
    const agreed = company({ subaccounts: 'none' });
    const held = holdToAccepted(agreed, (name) => accountOf(agreed, name) ?? null, [ACCOUNT, EAST_NAME]);
    expect(namesOf(fanOutTo(held, listing))).toEqual([ACCOUNT]);
  });

  test('stay with the account above them whatever file of their own a push brings', () => {
    const accepted = company();
    const above = accepted.accounts.get(ACCOUNT) as DesiredAccount;
    const own = { ...above, policy: { ...above.policy, name: 'east', file: 'east', scope: EAST, subaccounts: 'none' as const } };
    const pushed = { ...accepted, accounts: new Map([...accepted.accounts, ['east', own]]) };
    const held = holdToAccepted(pushed, (name) => accountOf(accepted, name) ?? null, new Set([ACCOUNT, EAST_NAME]).values());
    expect(namesOf(fanOutTo(held, listing))).toEqual([ACCOUNT, EAST_NAME]);
  });

  test('have the settings that were approved for their file', () => {
    const known: Accepted = { commit: 'first', except: new Map(), settings: 'first', pending: new Map() };
    const [before, head] = [company(), company({ unmanaged: 'delete' })];
    const step = (name: string, approvedFor: string) =>
      nextAccepted({
        known,
        before: accountOf(before, name) as DesiredAccount,
        now: accountOf(head, name) as DesiredAccount,
        head,
        commit: 'second',
        withheld: new Set(),
        approved: [
          {
            touched: new Map(),
            desired: null,
            settings: [{ account: approvedFor, setting: 'unmanaged', before: 'report', after: 'delete', loosens: true, source: null }],
          },
        ],
      }).settings;
    expect([step(ACCOUNT, ACCOUNT), step(EAST_NAME, ACCOUNT), step(EAST_NAME, 'telnyx-support')]).toEqual(['second', 'second', 'first']);
  });
});

describe('a log that says nothing of what an event led to', () => {
  const MINUTE_MS = 60_000;
  const bare = (actorId: string, minutesAgo: number): AccountEvent => ({
    id: `${actorId}-${minutesAgo}`,
    at: ago(minutesAgo * MINUTE_MS),
    actorId,
    actor: null,
    actorKind: 'user',
    targetId: 'id-bob',
    what: 'user.updated',
    fields: [],
  });
  const world = inPeace({ ada: 'admin', bob: 'member' });
  world.live.set('bob', live('bob', 'admin'));
  const plan = planOf(world, 'drift');
  const likely = (...events: AccountEvent[]) => {
    const ours = [{ principalId: 'id-bob', at: ago(0), isFresh: true as const }];
    const found = attributeDrift(plan.changes, observationOf(world), { kind: 'events', events }, ours);
    return found.get(changeFor(plan, 'bob').id)?.actor ?? 'nobody';
  };

  test('names who made the difference, and not the credential that took it back', () => {
    expect(likely(bare('id-ada', 60), bare(ABOVE, 0))).toBe('ada@acme.example');
    expect(likely(bare(ABOVE, 0))).toBe('nobody');
  });

  test('names a person who made it a minute before it was taken back', () => {
    expect(likely(bare('id-ada', 1), bare(ABOVE, 0))).toBe('ada@acme.example');
  });

  test('names a credential that made it long before', () => {
    expect(likely(bare(ABOVE, 60), bare(ABOVE, 0))).toBe(ABOVE);
  });
});
