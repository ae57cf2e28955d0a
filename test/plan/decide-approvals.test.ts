import { describe, expect, it } from 'vitest';
import type { ApprovedSet, Change, Decision, Plan } from '../../src/model.ts';
import { type DecideInput, decideChanges } from '../../src/plan/decide-changes.ts';
import {
  AT_MS,
  ago,
  approval,
  approve,
  changeFor,
  desiredOf,
  HOUR_MS,
  held,
  historyOf,
  inPeace,
  live,
  mail,
  observationOf,
  onlyChange,
  owed,
  planOf,
  verdicts,
  type World,
  wants,
} from './support.ts';

const MINUTE_MS = 60_000;

/** Cleo becomes admin and Dan goes. */
function twoChanges(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  world.wants.delete('dan');
  return world;
}

/** What a run decides over these changes, whoever made them, in a world. */
function decideOver(
  world: World,
  changes: readonly Change[],
  more: Partial<DecideInput> & { readonly mode?: Plan['mode'] } = {},
): readonly Decision[] {
  const { decisions } = decideChanges({
    mode: 'change',
    changes,
    approved: approve([]),
    desired: desiredOf(world),
    history: historyOf(world),
    observation: observationOf(world),
    capabilities: world.capabilities,
    ancestry: world.ancestry,
    nowMs: AT_MS,
    ...more,
  });
  return decisions;
}

const words = (decisions: readonly Decision[]) =>
  Object.fromEntries(decisions.map(({ change, verdict, message }) => [change.principal.split('@')[0], `${verdict}: ${message}`]));

const ofDan = (decisions: readonly Decision[]) => decisions.find(({ change }) => change.principal === mail('dan'));

describe('why something waits is said in words:', () => {
  /** Nora is invited, and what the ledger knows is all that holds her invitation back. */
  function invited(ledger: World['ledger'], more: Partial<World['policy']> = {}): World {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    world.wants.set('nora', wants('nora', 'member'));
    world.ledger = ledger;
    world.policy = more;
    return world;
  }
  const said = (world: World) => words(decideOver(world, planOf(world).changes, { approved: approve(planOf(world).changes) }));
  const refused = { failures: 1, until: ago(-HOUR_MS), message: 'refused' };
  const posts = { invitePosts: [ago(MINUTE_MS)] };

  it.each<[string, World['ledger'], Partial<World['policy']>, string]>([
    ['nothing holds it back', {}, {}, 'make: '],
    ['it failed before', { parked: new Map([[mail('nora'), refused]]) }, {}, 'wait: failed before and is tried again then'],
    ['the hour is used up', posts, { invites: { perHour: 1, open: 10 } }, 'wait: the hourly limit of invitations'],
    [
      'nobody knows yet what became of an earlier invitation',
      { unsettled: new Map([[mail('nora'), ago(MINUTE_MS)]]) },
      {},
      'wait: an earlier invitation may still turn up; until then none is sent',
    ],
    [
      'an invitation of somebody else is not settled, which is no reason',
      { ...posts, unsettled: new Map([[mail('otto'), ago(MINUTE_MS)]]) },
      { invites: { perHour: 1, open: 10 } },
      'wait: the hourly limit of invitations',
    ],
  ])('%s', (_why, ledger, policy, expected) => {
    expect(said(invited(ledger, policy))).toEqual({ nora: expected });
  });

  it('an invitation of our own that the list may only be late in showing', () => {
    const world = invited({});
    world.remembered.set('nora', held('nora', 'member', { status: 'invited' }));
    const applied = { since: ago(MINUTE_MS), how: 'applied', by: 'pull 12', pull: 12, approvedBy: null } as const;
    world.ledger = { provenance: new Map([[mail('nora'), applied]]) };
    expect(said(world)).toEqual({ nora: 'wait: an earlier invitation may still turn up; until then none is sent' });
  });

  it('all open invitations there may be are waiting for somebody', () => {
    const world = invited({}, { invites: { perHour: 10, open: 1 } });
    world.live.set('ada', live('ada', 'admin', { status: 'invited' }));
    expect(said(world)).toEqual({ nora: 'wait: waits for one of the open invitations to be accepted' });
  });

  it('the address that takes its place is not active yet', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    world.wants.delete('cleo');
    world.wants.set('clea', wants('clea', 'member', { previously: [mail('cleo')] }));
    expect(said(world)).toEqual({ clea: 'make: ', cleo: 'wait: waits until the address that takes its place is active' });
  });

  it('the vendor put off a delete, which no limit of invitations has to do with', () => {
    const world = twoChanges();
    const debt = changeFor(planOf(world), 'dan');
    world.ledger = { owed: new Map([[debt.principal, { ...owed(debt), outcome: 'deferred', postponedUntil: ago(-HOUR_MS) }]]) };
    expect(said(world)).toEqual({ cleo: 'make: ', dan: 'wait: the vendor put it off; it is tried again then' });
  });

  it('and it is made from that instant on, and not a moment before', () => {
    const world = twoChanges();
    world.ledger = { parked: new Map([[mail('dan'), refused]]) };
    const { changes } = planOf(world);
    const at = (nowMs: number) => ofDan(decideOver(world, changes, { approved: approve(changes), nowMs }))?.verdict;
    expect([at(AT_MS + HOUR_MS - 1), at(AT_MS + HOUR_MS), at(AT_MS + HOUR_MS + 1)]).toEqual(['wait', 'make', 'make']);
  });
});

describe('why something is withheld is said in words', () => {
  const nothing = (by: ApprovedSet['by']) => words(decideOver(twoChanges(), planOf(twoChanges()).changes, { approved: approve([], by) }));

  it.each<[ApprovedSet['by'], string]>([
    ['plan', 'not in the approved plan: live or policy changed since. Plan again and have that plan approved'],
    ['pulls', 'no approval that counts covers it; the next pull request lists it'],
    ['yes', 'no approval covers it'],
    ['terminal', 'no approval covers it'],
    ['none', 'no approval covers it'],
  ])('where approval was given by %s', (by, why) => {
    expect(nothing(by)).toEqual({ cleo: `withhold: ${why}`, dan: `withhold: ${why}` });
  });

  it('where an end only waits for another change of the same person', () => {
    const { ended, unapproved, world } = endAndMore();
    expect(decideOver(world, [ended, unapproved]).map(({ message }) => message)).toEqual([
      'another change of this person has no approval, so none is made',
      'not in the approved plan: live or policy changed since. Plan again and have that plan approved',
    ]);
  });
});

/** Cleo's grant has ended, and another change of hers is there beside it. */
function endAndMore(): { world: World; ended: Change; unapproved: Change } {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
  world.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
  const ended = onlyChange(planOf(world));
  return { world, ended, unapproved: { ...ended, id: `sha256:${'0'.repeat(64)}`, origin: 'git', reason_code: 'not_in_policy' } };
}

describe('an approval is not needed', () => {
  it('by drift in the way of an approved change: the one is left, the other made', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    world.wants.delete('cleo');
    const approved = onlyChange(planOf(world));
    const raised = { ...held('cleo', 'admin'), name: 'cleo' };
    const drift: Change = { ...approved, id: `sha256:${'1'.repeat(64)}`, action: 'patch', after: raised, origin: 'drift', tags: [] };
    const decisions = decideOver(world, [drift, approved], { approved: approve([approved]) });
    expect(decisions.map(({ verdict, message }) => [verdict, message])).toEqual([
      ['leave', 'drift, left to `rollcall drift`'],
      ['make', ''],
    ]);
  });

  it('from all that people approved for one person: it is enough that one of it covers the change', () => {
    const world = twoChanges();
    const { changes } = planOf(world);
    const fresh = changeFor(planOf(world), 'dan');
    const byHand: Change = { ...fresh, id: `sha256:${'3'.repeat(64)}`, executor: 'manual' };
    const raise: Change = { ...fresh, id: `sha256:${'4'.repeat(64)}`, action: 'patch', after: { ...held('dan', 'admin'), name: 'dan' } };
    const decided = (approved: readonly Change[]) => ofDan(decideOver(world, changes, { approved: approve(approved) }))?.verdict;
    expect([decided([byHand, raise]), decided([raise, byHand]), decided([raise])]).toEqual(['make', 'make', 'withhold']);
  });

  it('for more than one account: a change of the same person elsewhere approves nothing here', () => {
    const world = twoChanges();
    const { changes } = planOf(world);
    const elsewhere = changes.map((change): Change => ({ ...change, account: 'telnyx-support', id: `${change.id}-elsewhere` }));
    expect(verdicts(decideOver(world, changes, { approved: approve(elsewhere) }))).toEqual({ cleo: 'withhold', dan: 'withhold' });
  });
});

describe('a run that takes drift back', () => {
  it('makes nothing that policy and account changed both, also when somebody approved it', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
    world.live.set('cleo', live('cleo', 'admin'));
    world.wants.delete('cleo');
    const { changes } = planOf(world, 'drift');
    expect(changes.map(({ origin }) => origin)).toEqual(['both']);
    expect(verdicts(decideOver(world, changes, { mode: 'drift', approved: approve(changes) }))).toEqual({ cleo: 'withhold' });
  });

  it('lets drift that the account only reports keep nobody from what has ended', () => {
    const { world, ended } = endAndMore();
    world.policy = { drift: { gained: 'report', lost: 'report' } };
    const drift: Change = { ...ended, id: `sha256:${'1'.repeat(64)}`, origin: 'drift', tags: ['drift_gained'] };
    expect(decideOver(world, [drift, ended], { mode: 'drift' }).map(({ verdict, message }) => [verdict, message])).toEqual([
      ['leave', 'reported, as the account file says'],
      ['make', ''],
    ]);
  });

  it('waits, and asks for no approval, where what has ended waits for its replacement', () => {
    const { world, ended } = endAndMore();
    const waiting: Change = { ...ended, tags: ['waits_for_replacement'] };
    expect(words(decideOver(world, [waiting], { mode: 'drift' }))).toEqual({
      cleo: 'wait: waits until the address that takes its place is active',
    });
  });

  it('waits in the same way with what is owed, and withholds what nobody owes', () => {
    const { world, unapproved } = endAndMore();
    const verdict = (tags: Change['tags']) => decideOver(world, [{ ...unapproved, tags }], { mode: 'drift' }).map((one) => one.verdict);
    expect(verdict(['waits_for_replacement', 'owed'])).toEqual(['wait']);
    expect(verdict(['waits_for_replacement'])).toEqual(['withhold']);
    expect(verdict(['owed'])).toEqual(['make']);
  });
});

describe('an approval file is spent', () => {
  const spends = (decisions: readonly Decision[]) =>
    Object.fromEntries(decisions.map(({ change, approvals }) => [change.principal.split('@')[0], approvals]));

  it('by what is made, and not by what is withheld', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
    world.wants.delete('cleo');
    world.wants.delete('dan');
    world.approvals = [approval('leavers', 5)];
    const { changes } = planOf(world);
    const decisions = decideOver(world, changes, { approved: approve([changeFor(planOf(world), 'dan')]) });
    expect(verdicts(decisions)).toEqual({ cleo: 'withhold', dan: 'make' });
    expect(spends(decisions)).toEqual({ cleo: [], dan: ['leavers'] });
  });

  it('by no stranger, as long as strangers keep within their own limit, however many admins there are and people leave', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin', dan: 'member', eve: 'member', fay: 'member', gil: 'member' });
    for (const name of ['dan', 'eve', 'fay', 'gil']) world.wants.set(name, wants(name, null, { ended: 'member' }));
    world.live.set('mallory', live('mallory', 'member'));
    world.approvals = [approval('leavers', 9)];
    const { changes } = planOf(world, 'drift');
    const each = ['leavers'];
    expect(spends(decideOver(world, changes, { mode: 'drift' }))).toEqual({ dan: each, eve: each, fay: each, gil: each, mallory: [] });
  });

  it('by strangers where they are more than their own limit', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    for (const name of ['m1', 'm2', 'm3', 'm4']) world.live.set(name, live(name, 'member'));
    world.approvals = [approval('intruders', 9)];
    // Cleo was taken out in the account, and is let in again: nobody loses anything by that.
    world.policy = { drift: { gained: 'revert', lost: 'revert' } };
    world.wants.set('cleo', wants('cleo', 'member'));
    world.remembered.set('cleo', held('cleo', 'member'));
    const { changes } = planOf(world, 'drift');
    const each = ['intruders'];
    const decisions = decideOver(world, changes, { mode: 'drift' });
    expect(new Set(Object.values(verdicts(decisions)))).toEqual(new Set(['make']));
    expect(spends(decisions)).toEqual({ m1: each, m2: each, m3: each, m4: each, cleo: [] });
  });

  it('of the last pull request where several are applied, and of the account where none is', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', dan: 'member' });
    world.wants.delete('dan');
    world.approvals = [approval('of-the-account', 5)];
    const { changes } = planOf(world);
    const { guards } = desiredOf(world).policy;
    const stage = (name: string) => ({ guards, approvals: [approval(name, 5)], covers: () => true });
    const spentIn = (stages: DecideInput['stages']) => ofDan(decideOver(world, changes, { approved: approve(changes), stages }))?.approvals;
    expect(spentIn([stage('first'), stage('second'), stage('last')])).toEqual(['last']);
    expect(spentIn([stage('only')])).toEqual(['only']);
    expect(spentIn([])).toEqual(['of-the-account']);
    expect(spentIn(undefined)).toEqual(['of-the-account']);
  });
});

describe('what an approved change says to the ledger', () => {
  it('is that people agreed to it, and that it takes no drift back', () => {
    const world = twoChanges();
    const { changes } = planOf(world);
    expect(decideOver(world, changes, { approved: approve(changes) }).map(({ approved, reverts }) => [approved, reverts])).toEqual([
      [true, null],
      [true, null],
    ]);
  });
});
