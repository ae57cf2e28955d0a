import { expect, it } from 'vitest';
import type { Capabilities, Grant } from '../../src/model.ts';
import { findMovedEnds } from '../../src/plan/find-moved-ends.ts';
import { groups, OF_GROUPS, OF_SETS, roles } from './other-providers.ts';
import { ACCOUNT, inPeace, mail, place, stateOf, wants } from './support.ts';

/** Ada holds each of these until the day on the base branch, and as long as she likes once the pull request is merged. */
function movedTo(words: readonly string[], capabilities: Capabilities): string[] {
  const inGroups = capabilities.groups;
  const holding = inGroups ? groups(words.join('+')) : roles(words.join('+'));
  const sideOf = (until: string | null) => {
    const world = inPeace({});
    const grants = words.map((word): Grant => {
      const what = inGroups ? { role: null, group: word } : { role: word, group: null };
      return { account: ACCOUNT, team: 'voice', reason: 'x', until, source: place(), ...what };
    });
    world.wants.set('ada', wants('ada', null, { holding, holdingWithoutEnds: holding, grants }));
    return stateOf(world);
  };
  const touched = new Map([[ACCOUNT, new Set([mail('ada')])]]);
  const ends = findMovedEnds({ touched, merged: sideOf(null), baseTip: sideOf('2026-12-31'), capabilitiesOf: () => capabilities });
  return ends.map(({ role, privileged }) => `${role}${privileged ? ' privileged' : ''}`);
}

it('of roles that add up each has an end of its own, and privilege that goes on comes first', () => {
  const privileged = { ...OF_SETS, privilegedRoles: ['administrator', 'support'] };
  expect(movedTo(['developer', 'support'], privileged)).toEqual(['support privileged', 'developer']);
});

it('groups that make somebody privileged come first, and the role they bring along is none of its own', () => {
  expect(movedTo(['billing', 'owners'], OF_GROUPS)).toEqual(['owners privileged', 'billing']);
});
