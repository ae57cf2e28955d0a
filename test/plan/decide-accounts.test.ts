import { describe, expect, it } from 'vitest';
import type { History, LeftAlone, Plan, Reading } from '../../src/model.ts';
import { type AccountDecision, type DecideAccounts, decideAccounts, isOpen } from '../../src/plan/decide-accounts.ts';
import {
  ACCOUNT,
  approval,
  approve,
  changeFor,
  held,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  observationOf,
  owed,
  planOf,
  policyOf,
  stateOf,
  verdicts,
  type World,
  wants,
} from './support.ts';

const AS_IF_NEVER_READ = {
  decisions: [],
  guards: [],
  already: [],
  superseded: [],
  untouched: [],
  settled: new Map(),
  baseline: null,
  observation: null,
};

/** Ada and Bob are admins, Cleo becomes one and Dan goes. */
function team(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  world.wants.delete('dan');
  return world;
}

/** Six people whose grants have ended, where at most three may go a day. */
function sixLeavers(): World {
  const leavers = ['cleo', 'dan', 'eve', 'fay', 'gil', 'hal'];
  const world = inPeace({ ada: 'admin', bob: 'admin', ...Object.fromEntries(leavers.map((name) => [name, 'member' as const])) });
  for (const name of leavers) world.wants.set(name, wants(name, null, { ended: 'member' }));
  return world;
}

function historyIn(...worlds: readonly World[]): History {
  return { accounts: new Map(worlds.map((world) => [world.account, historyOf(world)])), commit: null, proposals: new Map() };
}

const readingOf = (world: World): Reading => ({ kind: 'complete', observation: observationOf(world) });

/** What a run decides that everybody agreed to, but for what a test says otherwise. */
function inputFor(world: World, mode: Plan['mode'] = 'change'): DecideAccounts {
  const plan = planOf(world, mode);
  return {
    capabilitiesOf: () => world.capabilities,
    nowMs: Date.parse(world.at),
    plan,
    mode,
    approved: approve(mode === 'change' ? plan.changes : []),
    desired: stateOf(world),
    readings: new Map([[world.account, readingOf(world)]]),
    history: historyIn(world),
    ancestry: world.ancestry,
  };
}

function decideIn(world: World, mode: Plan['mode'] = 'change', more: Partial<DecideAccounts> = {}): AccountDecision {
  return only(decideAccounts({ ...inputFor(world, mode), ...more }));
}

function only(decided: readonly AccountDecision[]): AccountDecision {
  const [first, ...others] = decided;
  if (first === undefined || others.length > 0) throw new Error(`expected one account, there are ${decided.length}`);
  return first;
}

describe('an account in which nothing stands in the way', () => {
  it('is open, and everything that was approved is made', () => {
    const world = team();
    const decision = decideIn(world);
    expect(decision).toMatchObject({ account: ACCOUNT, status: 'open', message: '', baseline: null, observation: observationOf(world) });
    expect(verdicts(decision.decisions)).toEqual({ cleo: 'make', dan: 'make' });
    expect(new Set(decision.guards.map((guard) => guard.verdict))).toEqual(new Set(['pass']));
    expect([decision.already, decision.superseded, decision.untouched]).toEqual([[], [], []]);
  });

  it('is open also when nothing is to be done there', () => {
    expect(decideIn(inPeace({ ada: 'admin', bob: 'admin' }))).toMatchObject({ status: 'open', decisions: [], settled: new Map() });
  });

  it('may be written to, as may one in which some changes are stopped, and no other', () => {
    const open = (['open', 'limited', 'blocked', 'incomplete'] as const).map((status) => isOpen({ ...decideIn(team()), status }));
    expect(open).toEqual([true, true, false, false]);
  });
});

describe('an account that was not read', () => {
  const unread: Reading = {
    kind: 'incomplete',
    account: ACCOUNT,
    at: '2026-11-22T09:00:00.000Z',
    cause: 'unreadable',
    message: 'the list was cut',
    requests: 4,
    suspect: null,
  };

  it('has nothing decided in it, and says why, as the plan does', () => {
    const input = inputFor(team());
    const accounts = input.plan.accounts.map((one) => ({ ...one, observation: { ...one.observation, reason: 'the list was cut' } }));
    const decided = decideAccounts({ ...input, plan: { ...input.plan, accounts }, readings: new Map([[ACCOUNT, unread]]) });
    expect(decided).toEqual([{ ...AS_IF_NEVER_READ, account: ACCOUNT, status: 'incomplete', message: 'the list was cut' }]);
  });

  it('has nothing decided in it either when nobody says why, nor when policy has no such account', () => {
    const idle = { ...AS_IF_NEVER_READ, account: ACCOUNT, status: 'incomplete', message: 'it was not read' };
    expect(decideIn(team(), 'change', { readings: new Map() })).toEqual(idle);
    expect(decideIn(team(), 'change', { desired: { ...stateOf(team()), accounts: new Map() } })).toEqual(idle);
  });

  it('keeps nobody from what is due in the other accounts, each of which has its own changes', () => {
    const [first, second] = [team(), { ...sixLeavers(), account: 'telnyx-support' }];
    const third = { ...team(), account: 'telnyx-sandbox' };
    const quiet = { ...inPeace({ ada: 'admin', bob: 'admin' }), account: 'telnyx-quiet' };
    const worlds = [first, second, third, quiet];
    const plans = worlds.map((world) => planOf(world));
    const changes = plans.flatMap((plan) => plan.changes);
    const decided = decideAccounts({
      ...inputFor(first),
      plan: { ...planOf(first), accounts: plans.flatMap((plan) => plan.accounts), changes },
      approved: approve(changes),
      desired: { ...stateOf(first), accounts: new Map(worlds.flatMap((world) => [...stateOf(world).accounts])) },
      readings: new Map([first, second, quiet].map((world) => [world.account, readingOf(world)])),
      history: historyIn(...worlds),
    });
    expect(decided.map(({ account, status }) => [account, status])).toEqual([
      [ACCOUNT, 'open'],
      ['telnyx-support', 'blocked'],
      ['telnyx-sandbox', 'incomplete'],
      ['telnyx-quiet', 'open'],
    ]);
    expect(decided.map(({ decisions }) => decisions.map(({ change }) => change.principal.split('@')[0]))).toEqual([
      ['dan', 'cleo'],
      ['cleo', 'dan', 'eve', 'fay', 'gil', 'hal'],
      [],
      [],
    ]);
  });
});

it('goes no further where nobody knows what the account can do', () => {
  expect(() => decideIn(team(), 'change', { capabilitiesOf: () => null })).toThrow('an account of unknown kind reached a decision');
});

describe('an account in which a guard blocks', () => {
  it('is blocked as a whole, and says which guards and why', () => {
    const world = team();
    world.policy = { guards: { maxDeletes: 0, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [mail('dan')] } };
    world.baseline = null;
    const decision = decideIn(world);
    expect(decision).toMatchObject({ status: 'blocked', baseline: null });
    expect(decision.message.split('; ').filter((part) => /^[a-z_]+: /.test(part))).toEqual([
      'max_deletes: 1 deletes and lowered admins',
      'never_delete: dan@acme.example would lose access. Take them out of guards.never_delete of telnyx-production in an earlier pull request',
    ]);
    expect(verdicts(decision.decisions)).toEqual({ cleo: 'make', dan: 'make' });
  });

  it('is blocked by the settings from before the pull requests that are applied, where there are any', () => {
    const stage = { guards: { ...policyOf(team()).guards, maxDeletes: 0 }, approvals: [], covers: () => true };
    const stages = (account: string) => (account === ACCOUNT ? [stage] : undefined);
    expect(decideIn(team(), 'change', { stages }).status).toBe('blocked');
    expect(decideIn(team(), 'change', { stages: () => undefined }).status).toBe('open');
  });

  it('lets those in peace who are left alone: they are no admins that are left', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.live.set('cleo', live('cleo', 'admin', { note: 'signs in elsewhere' }));
    world.wants.delete('bob');
    world.wants.set('ada', wants('ada', 'member'));
    expect(decideIn(world)).toMatchObject({ status: 'blocked', message: expect.stringContaining('every admin but the owner') as string });
  });
});

describe('ends that come due together, found by a look at drift', () => {
  /** Six leave, and Mallory has come in. */
  function withIntruder(): World {
    const world = sixLeavers();
    world.live.set('mallory', live('mallory', 'member'));
    return world;
  }

  it('wait for a person, and do not keep an intruder in', () => {
    const world = withIntruder();
    world.baseline = new Map();
    const decision = decideIn(world, 'drift');
    expect(decision).toMatchObject({ status: 'limited', account: ACCOUNT, baseline: null, observation: observationOf(world) });
    expect(decision.message).toMatch(/^max_deletes: 6 deletes and lowered admins; the limit is 3 in 24 hours\./);
    const { mallory, ...others } = verdicts(decision.decisions);
    expect(mallory).toBe('make');
    expect(others).toEqual({ cleo: 'leave', dan: 'leave', eve: 'leave', fay: 'leave', gil: 'leave', hal: 'leave' });
    const words = new Map(decision.decisions.map(({ change, message }) => [change.principal, message]));
    expect([words.get(mail('cleo')), words.get(mail('mallory'))]).toEqual(['a guard blocks it', '']);
    expect(decision.decisions.find(({ change }) => change.principal === mail('cleo'))?.change).toMatchObject({ action: 'delete' });
  });

  it('are all made where an approval covers them', () => {
    const world = withIntruder();
    world.approvals = [approval('programme-ended', 12)];
    expect(decideIn(world, 'drift').status).toBe('open');
  });

  it('block everything where a guard of another kind blocks as well', () => {
    const world = withIntruder();
    world.policy = { guards: { ...policyOf(world).guards, neverDelete: [mail('cleo')] } };
    expect(decideIn(world, 'drift').status).toBe('blocked');
  });

  it('block everything in a run that changes something', () => {
    expect(decideIn(sixLeavers()).status).toBe('blocked');
  });

  it('are not what blocks when too many intruders came', () => {
    const world = inPeace({ ada: 'admin', bob: 'admin' });
    for (const name of ['m1', 'm2', 'm3', 'm4']) world.live.set(name, live(name, 'member'));
    expect(decideIn(world, 'drift').status).toBe('blocked');
  });
});

describe('supervision', () => {
  /** Nobody looked after this account before, and Zoe is there without policy saying so. */
  function unsupervised(world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' })): World {
    world.baseline = null;
    world.live.set('zoe', live('zoe', 'member'));
    return world;
  }
  const withZoe = new Map([[mail('zoe'), holding('member')]]);

  it('begins with a run whose whole plan was accepted, and remembers who was there beside policy', () => {
    expect(decideIn(unsupervised()).baseline).toEqual(withZoe);
  });

  it('remembers also whom that very run is to delete, since that may fail', () => {
    expect(decideIn(unsupervised(team())).baseline).toEqual(new Map([[mail('dan'), holding('member')], ...withZoe]));
  });

  it('begins where the ledger has never heard of the account', () => {
    const world = unsupervised();
    world.ledger = { recorded: false };
    world.remembered.clear();
    const nothing: History = { accounts: new Map(), commit: null, proposals: new Map() };
    expect(decideIn(world, 'change', { history: nothing }).baseline).toEqual(withZoe);
  });

  it('does not begin while a part of the plan lacks an approval', () => {
    const world = unsupervised(team());
    const { changes } = planOf(world);
    const decision = decideIn(world, 'change', { approved: approve([changeFor(planOf(world), 'dan')]) });
    expect(changes).toHaveLength(2);
    expect(verdicts(decision.decisions)).toEqual({ cleo: 'withhold', dan: 'make' });
    expect(decision).toMatchObject({ status: 'open', baseline: null });
  });

  it('begins with a look at drift only where policy and account agree on everybody', () => {
    expect(decideIn(unsupervised(), 'drift').baseline).toEqual(withZoe);
    const behind = unsupervised();
    behind.wants.set('eve', wants('eve', 'member'));
    const decision = decideIn(behind, 'drift');
    expect(decision.decisions).toEqual([]);
    expect(decision.baseline).toBeNull();
  });

  it('begins once', () => {
    const world = unsupervised();
    world.baseline = new Map([[mail('zoe'), holding('member')]]);
    expect([decideIn(world).baseline, decideIn(world, 'drift').baseline]).toEqual([null, null]);
  });
});

describe('what a run learns without doing anything', () => {
  /** Cleo became admin in the portal, and policy says so by now. */
  function followed(): World {
    const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'admin' });
    world.remembered.set('cleo', held('cleo', 'member'));
    return world;
  }

  it('is what is true by now, where whoever runs it agrees', () => {
    expect(decideIn(followed()).settled).toEqual(new Map([[mail('cleo'), held('cleo', 'admin')]]));
  });

  it('is what people agreed to, in this very account and for this very person', () => {
    const agreesTo = (account: string, name: string) => (one: string, principal: string) => one === account && principal === mail(name);
    const learns = (isAgreed: DecideAccounts['isAgreed']) => [...decideIn(followed(), 'change', { isAgreed }).settled.keys()];
    expect(learns(agreesTo(ACCOUNT, 'cleo'))).toEqual([mail('cleo')]);
    expect(learns(agreesTo('telnyx-support', 'cleo'))).toEqual([]);
    expect(learns(agreesTo(ACCOUNT, 'dan'))).toEqual([]);
  });

  it('is that somebody did by hand what was approved', () => {
    const world = team();
    const approved = approve(planOf(world).changes);
    world.live.delete('dan');
    expect(decideIn(world, 'change', { approved }).already.map((change) => change.principal)).toEqual([mail('dan')]);
  });

  it('is that something is owed no longer, once people have agreed to something else', () => {
    const world = team();
    const debt = changeFor(planOf(world), 'dan');
    world.ledger = { owed: new Map([[debt.principal, owed(debt)]]) };
    world.wants.set('dan', wants('dan', 'member'));
    const ended = (isAgreed: boolean) => decideIn(world, 'change', { isAgreed: () => isAgreed }).superseded;
    expect(ended(true)).toEqual([debt]);
    expect(ended(false)).toEqual([]);
    expect(decideIn(world).superseded).toEqual([debt]);
  });

  it('is that somebody is left alone whom an approved change is about', () => {
    const world = team();
    const approved = approve(planOf(world).changes);
    world.live.set('dan', live('dan', 'member', { note: 'signs in elsewhere' }));
    const leftAlone: LeftAlone[] = [...(planOf(world).accounts[0]?.left_alone ?? [])];
    expect(leftAlone.map(({ principal }) => principal)).toEqual([mail('dan')]);
    expect(decideIn(world, 'change', { approved }).untouched.map(({ change, message }) => [change.principal, message])).toEqual([
      [mail('dan'), 'this person is left alone: signs in elsewhere'],
    ]);
  });
});
