import { describe, expect, it } from 'vitest';
import { findEndedOwed } from '../../src/plan/find-ended-owed.ts';
import { findBaseline, findSettled } from '../../src/plan/find-settled.ts';
import {
  ACCOUNT,
  approve,
  desiredOf,
  held,
  historyOf,
  holding,
  inPeace,
  live,
  mail,
  observationOf,
  onlyChange,
  owed,
  planOf,
  type World,
  wants,
} from './support.ts';

const team = () => inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });

/** What becomes of a change that was approved, or is owed, in a world that moved on. */
function ended(world: World, change: ReturnType<typeof onlyChange>, isOwed: boolean, agrees = true) {
  if (isOwed) world.ledger = { owed: new Map([[change.principal, owed(change)]]) };
  const { changes, accounts } = planOf(world);
  const shown = accounts[0] ?? { left_alone: [], unmanaged: [] };
  const found = findEndedOwed({
    account: ACCOUNT,
    fresh: changes,
    shown,
    approved: approve(isOwed ? [] : [change]),
    history: historyOf(world),
    observation: observationOf(world),
    desired: desiredOf(world),
    isAgreed: () => agrees,
  });
  return { already: found.already.map((one) => one.principal), superseded: found.superseded.map((one) => one.principal) };
}

describe('a change that was agreed to and that the fresh plan no longer has', () => {
  const deletion = () => {
    const world = team();
    world.wants.delete('cleo');
    return { world, change: onlyChange(planOf(world)) };
  };

  it('is already true when somebody did it by hand', () => {
    const { world, change } = deletion();
    world.live.delete('cleo');
    expect(ended(world, change, false)).toEqual({ already: [mail('cleo')], superseded: [] });
  });

  it('is superseded when it is owed and policy wants something else by now', () => {
    const { world, change } = deletion();
    world.wants.set('cleo', wants('cleo', 'member'));
    expect(ended(world, change, true)).toEqual({ already: [], superseded: [mail('cleo')] });
  });

  it('is neither while the plan still has it', () => {
    const { world, change } = deletion();
    expect(ended(world, change, true)).toEqual({ already: [], superseded: [] });
  });

  it('stays owed while its principal is suspended, which counts as no access and can be lifted again', () => {
    const { world, change } = deletion();
    world.live.set('cleo', live('cleo', 'member', { status: 'suspended' }));
    expect(ended(world, change, true)).toEqual({ already: [], superseded: [] });
  });

  it('is not already true because a suspended principal has the role', () => {
    const world = team();
    world.wants.set('dan', wants('dan', 'member'));
    const change = onlyChange(planOf(world));
    world.live.set('dan', live('dan', 'member', { status: 'suspended' }));
    expect(ended(world, change, false)).toEqual({ already: [], superseded: [] });
  });

  it('is not already true as long as the name differs, where the name was what changed', () => {
    const world = team();
    world.wants.set('cleo', wants('cleo', 'member', { name: 'Cleo M' }));
    const change = onlyChange(planOf(world));
    world.wants.set('cleo', wants('cleo', 'member'));
    expect(ended(world, change, true)).toEqual({ already: [], superseded: [mail('cleo')] });
  });
});

describe('what last-applied state learns without anything being done', () => {
  const settled = (world: World, agrees = true) =>
    findSettled({
      desired: desiredOf(world),
      observation: observationOf(world),
      history: historyOf(world),
      changes: planOf(world).changes,
      capabilities: world.capabilities,
      isAgreed: () => agrees,
    });

  it('is nothing at peace', () => {
    expect(settled(team())).toEqual(new Map());
  });

  it('is who holds what policy says and is not remembered so', () => {
    const world = team();
    world.remembered.delete('cleo');
    world.remembered.set('ada', held('ada', 'member'));
    expect(settled(world)).toEqual(
      new Map([
        [mail('ada'), held('ada', 'admin')],
        [mail('cleo'), held('cleo', 'member')],
      ]),
    );
  });

  it('is that an invitation was accepted', () => {
    const world = team();
    world.remembered.set('cleo', held('cleo', 'member', { status: 'invited' }));
    expect(settled(world)).toEqual(new Map([[mail('cleo'), held('cleo', 'member')]]));
  });

  it('is that somebody is gone whom policy no longer wants', () => {
    const world = team();
    world.live.delete('cleo');
    world.wants.delete('cleo');
    expect(settled(world)).toEqual(new Map([[mail('cleo'), null]]));
  });

  it('is not that somebody gained what nobody agreed to, though policy says so by now', () => {
    const world = team();
    world.remembered.set('cleo', held('cleo', 'member'));
    world.live.set('cleo', live('cleo', 'admin'));
    world.wants.set('cleo', wants('cleo', 'admin'));
    world.remembered.delete('bob');
    expect(settled(world, false)).toEqual(new Map());
    expect([...settled(world).keys()]).toEqual([mail('bob'), mail('cleo')]);
  });

  it('is who holds what was owed to them, and who has less, whether anybody agreed or not', () => {
    const world = team();
    world.remembered.delete('cleo');
    const before = team();
    before.live.delete('cleo');
    before.remembered.delete('cleo');
    world.ledger = { owed: new Map([[mail('cleo'), owed(onlyChange(planOf(before)))]]) };
    world.remembered.set('bob', held('bob', 'admin'));
    world.live.set('bob', live('bob', 'member'));
    world.wants.set('bob', wants('bob', 'member'));
    expect([...settled(world, false).keys()].toSorted()).toEqual([mail('bob'), mail('cleo')]);
  });

  it('is nothing about whom a change is planned for, or who is suspended', () => {
    const world = team();
    world.remembered.clear();
    world.wants.set('cleo', wants('cleo', 'admin'));
    world.live.set('ada', live('ada', 'admin', { status: 'suspended' }));
    expect([...settled(world).keys()]).toEqual([mail('bob')]);
  });
});

it('remembers at the baseline everybody who is there without a grant, but the owner', () => {
  const world = team();
  world.live.set('gus', live('gus', 'admin'));
  world.live.set('root', live('root', 'owner'));
  world.wants.set('cleo', wants('cleo', null, { ended: 'member' }));
  expect(findBaseline(desiredOf(world), observationOf(world))).toEqual(
    new Map([
      [mail('cleo'), holding('member')],
      [mail('gus'), holding('admin')],
    ]),
  );
});
