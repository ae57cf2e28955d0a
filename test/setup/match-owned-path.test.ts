import { expect, test } from 'vitest';
import { matchOwnedPath } from '../../src/setup/match-owned-path.ts';

test.each<[pattern: string, path: string, matches: boolean]>([
  ['*', 'policies/teams/voice.yaml', true],
  ['/*', 'policies/teams/voice.yaml', false],
  ['/*', 'README.md', true],
  ['*.yaml', 'policies/teams/voice.yaml', true],
  ['*.yaml', 'policies/teams/voice.yml', false],
  ['teams', 'policies/teams/voice.yaml', true],
  ['/teams', 'policies/teams/voice.yaml', false],
  ['policies/', 'policies/teams/voice.yaml', true],
  ['policies/', 'policies', false],
  ['/policies/*', 'policies/teams/voice.yaml', false],
  ['/policies/**', 'policies/teams/voice.yaml', true],
  ['/policies/**/voice.yaml', 'policies/voice.yaml', true],
  ['/policies/**/voice.yaml', 'policies/a/b/voice.yaml', true],
  ['/policies/**/**/voice.yaml', 'policies/a/b/voice.yaml', true],
  ['/policies/t?ams/', 'policies/teams/voice.yaml', true],
  ['/policies?teams/', 'policies/teams/voice.yaml', false],
  ['/p**.yaml', 'policies/teams/voice.yaml', true],
  ['/policies/(a|b)+.yaml', 'policies/a.yaml', false],
  ['constructor', 'policies/constructor', true],
  ['constructor', 'policies/teams/voice.yaml', false],
])('the pattern %s and the path %s: %s', (pattern, path, matches) => {
  expect(matchOwnedPath(pattern)(path)).toBe(matches);
});

test('stars without number end as soon as any others', () => {
  expect(matchOwnedPath(`/${'*a'.repeat(200)}b`)('a'.repeat(2_000))).toBe(false);
  expect(matchOwnedPath(`/${'**/a/'.repeat(100)}b`)('a/'.repeat(1_000))).toBe(false);
  expect(matchOwnedPath(`/${'*a'.repeat(200)}`)('a'.repeat(2_000))).toBe(true);
});
