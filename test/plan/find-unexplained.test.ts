import { describe, expect, it } from 'vitest';
import { describeUnexplained, findUnexplained } from '../../src/plan/find-unexplained.ts';
import { OF_SETS, roles } from './other-providers.ts';
import { desiredOf, held, historyOf, holding, inPeace, live, mail, OWNER, observationOf, planOf, type World } from './support.ts';

const NOTE = 'two logins have this address';

/** Ada, whom policy grants nothing and of whom the provider has a word, beside Bob, who is as policy says. */
function withAda(more: Parameters<typeof live>[2]): World {
  const world = inPeace({ bob: 'member' });
  world.capabilities = OF_SETS;
  world.live.set('bob', live('bob', null, roles('support')));
  world.remembered.set('bob', held('bob', 'member', roles('support')));
  world.live.set('ada', live('ada', null, { ...roles('developer'), note: NOTE, ...more }));
  return world;
}

function said(world: World): string[] {
  const [desired, observation, history] = [desiredOf(world), observationOf(world), historyOf(world)];
  return findUnexplained({ desired, observation, history, capabilities: OF_SETS }).map(describeUnexplained);
}

const ADA = `${mail('ada')} has access that nobody agreed to (developer) and is left alone: ${NOTE}.`;

describe('whoever is left alone is told of', () => {
  it('who came after supervision began, in a sentence that the plan has too', () => {
    const world = withAda({});
    expect(said(world)).toEqual([ADA]);
    expect(planOf(world).accounts[0]?.notes).toContain(ADA);
  });

  it('who was there when it began and has more by now', () => {
    const world = withAda(roles('administrator'));
    world.baseline?.set('ada', { ...holding(null), ...roles('developer') });
    expect(said(world)).toEqual([expect.stringContaining('nobody agreed to (administrator)')]);
  });

  it('who has the access by a word that nobody understands', () => {
    expect(said(withAda({ status: 'unknown' }))).toEqual([ADA]);
  });

  it('who the vendor says is the owner against policy, whatever was so before', () => {
    const world = withAda({});
    world.live.set('ada', live('ada', null, roles('owner')));
    world.baseline?.set('ada', { ...holding(null), ...roles('owner') });
    expect(said(world)).toEqual([
      `${mail('ada')} has access that nobody agreed to (owner) and is left alone: the vendor names this person as the account's owner, policy names ${OWNER}.`,
    ]);
  });
});

describe('whoever is left alone is not told of', () => {
  it.each(['suspended', 'disabled', 'blocked', 'inactive'] as const)('who is %s', (status) => {
    expect(said(withAda({ status }))).toEqual([]);
  });

  it('who holds what they held when supervision began, or what was last applied', () => {
    const world = withAda({});
    world.baseline?.set('ada', { ...holding(null), ...roles('developer') });
    expect(said(world)).toEqual([]);
    world.baseline?.delete('ada');
    world.remembered.set('ada', held('ada', 'member', roles('developer')));
    expect(said(world)).toEqual([]);
  });

  it('who is there before anything was recorded', () => {
    const world = withAda({});
    world.ledger = { recorded: false };
    expect(said(world)).toEqual([]);
  });
});
