import { expect } from 'vitest';
import type { LedgerStorage } from '../../src/ports.ts';
import { openPartsWorld, type PartsWorld } from '../support/parts-world.ts';

/** An invitation, a raise, a lowering, two swaps, two deletes, of which one leaves the login, and somebody who comes back. */
export async function startWithWork(storage?: LedgerStorage): Promise<PartsWorld> {
  const kept = { yan: ['administrator'], zoe: ['administrator'] };
  const world = await openPartsWorld(
    {
      ...kept,
      ada: ['administrator'],
      bob: ['support'],
      cleo: ['developer', 'support'],
      dan: ['developer'],
      fay: ['billing_manager', 'developer'],
      gus: ['developer'],
      jo: ['support'],
    },
    storage === undefined ? {} : { storage },
  );
  world.vendor.of('fay').elsewhere = true;
  world.vendor.of('jo').active = false;
  world.want({
    ...kept,
    ada: ['developer', 'support'],
    bob: ['billing_manager', 'developer', 'support'],
    cleo: ['billing_manager'],
    gus: ['administrator'],
    jo: ['developer'],
    new: ['developer', 'support'],
  });
  return world;
}

export const LIVE = [
  'ada developer+support',
  'bob billing_manager+developer+support',
  'cleo billing_manager',
  'fay nothing',
  'gus administrator',
  'jo developer',
  'new developer+support',
  'yan administrator',
  'zoe administrator',
];
export const DONE = [
  ...['assign administrator to gus', 'assign billing_manager to bob', 'assign billing_manager to cleo', 'assign developer to ada'],
  ...['assign developer to bob', 'assign developer to jo', 'assign developer to new', 'assign support to ada', 'assign support to new'],
  ...['deactivate dan', 'invite new', 'patch active of jo', 'unassign administrator from ada', 'unassign billing_manager from fay'],
  ...['unassign developer from cleo', 'unassign developer from dan', 'unassign developer from fay', 'unassign developer from gus'],
  ...['unassign support from cleo', 'unassign support from jo'],
];

/** Everybody has what policy says, and the ledger knows it and owes nothing. */
export async function expectSettled(world: PartsWorld, where: string): Promise<void> {
  expect(world.vendor.live(), where).toEqual(LIVE);
  const { owed, openIntents, halfway, lastApplied } = await world.history();
  expect([...owed.keys(), ...openIntents.map(({ change }) => change.principal), ...halfway.keys()], where).toEqual([]);
  expect(lastApplied.get('dan@acme.example'), where).toBeNull();
}
