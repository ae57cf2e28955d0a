import { describe, expect, it } from 'vitest';
import type { Holding } from '../../src/model.ts';
import { classifyOrigin, hasOutlived } from '../../src/plan/classify-origin.ts';

/** `a+b`: two roles; `/x+y` after it: two groups; `-`: nothing. */
function holds(words: string): Holding {
  const [roles = '', groups = ''] = words.split('/');
  const list = (text: string) => (text === '-' || text === '' ? [] : text.split('+'));
  return { roles: list(roles), groups: list(groups) };
}

describe('access has outlived its end', () => {
  it.each<[string, string, string, string, boolean]>([
    ['all of it is still there', 'a', '-', 'a', true],
    ['a part of it is still there', 'a+b', 'a', 'a+b+c', true],
    ['a group of it is still there', 'a/x', 'a', 'a/x', true],
    ['one of two groups is still there', 'a/x', 'a', 'a/x+y', true],
    ['what policy gives is there, and an ended group beside it', 'a/x+y', 'a/x', 'a/x+y+z', true],
    ['nothing is there that policy does not give', 'a', 'a', 'a+b', false],
    ['nothing has ended', 'a+b', 'a', 'a', false],
    ['nothing has ended and less is there', '-', 'a', 'a', false],
    ['something is there that never was given', 'a+d', 'a', 'a+b', false],
    ['something is there that never was given, beside a part of what was', 'b+d', '-', 'b+c', false],
    ['a group is there that never was given', 'a/y', 'a', 'a/x', false],
    ['a part of what policy gives is missing', 'b', 'a', 'a+b', false],
    ['one of the roles that policy gives is missing', 'a+c', 'a+b', 'a+b+c', false],
    ['a group that policy gives is missing', 'a/y', 'a/x', 'a/x+y', false],
  ])('or not: %s', (_what, live, desired, withoutEnds, expected) => {
    expect(hasOutlived(holds(live), holds(desired), holds(withoutEnds))).toBe(expected);
  });
});

describe('who made a difference', () => {
  it.each<[string, string | null, string, string, string, string]>([
    ['nobody: there is none', 'a', 'a', 'a', 'a', 'same'],
    ['nobody, as far as anybody knows', null, 'a', 'a', 'a', 'same'],
    ['both, and they came to the same', 'b', 'a', 'a', 'a', 'converged'],
    ['policy', 'a', 'a', 'b', 'b', 'git'],
    ['an end date', 'a', 'a', '-', 'a', 'end'],
    ['an end date, where nothing is recorded', null, 'a', '-', 'a', 'end'],
    ['nobody can tell', null, 'a', 'b', 'b', 'unrecorded'],
    ['somebody in the account', 'b', 'a', 'b', 'b', 'drift'],
    ['both', 'c', 'a', 'b', 'b', 'both'],
    ['both, whatever has ended since', 'c', 'a', '-', 'a', 'both'],
  ])('%s', (_what, lastApplied, live, desired, withoutEnds, expected) => {
    const corners = { live: holds(live), desired: holds(desired), desiredWithoutEnds: holds(withoutEnds) };
    expect(classifyOrigin({ ...corners, lastApplied: lastApplied === null ? null : holds(lastApplied) })).toBe(expected);
  });
});
