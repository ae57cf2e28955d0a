import { describe, expect, test } from 'vitest';
import { type CodeOwnersFacts, checkCodeOwners } from '../../src/setup/check-code-owners.ts';

const NO_ERRORS = { kind: 'known', value: [] } as const;

function judge(text: string | null, more: Partial<CodeOwnersFacts> = {}) {
  const file = text === null ? null : { path: '.github/CODEOWNERS', text };
  return checkCodeOwners({ file, guarded: ['policies/accounts/'], files: [], errors: NO_ERRORS, ...more });
}

/** Whether a line of CODEOWNERS reaches a path. */
function reaches(pattern: string, path: string): boolean {
  return judge(`${pattern} @acme/security`, { guarded: [], files: [path] }).state === 'ok';
}

describe('code owners', () => {
  test('are well where everything that decides who gets in has owners of its own', () => {
    expect(judge('* @acme/platform\n/policies/accounts/ @acme/security # who guards\n')).toMatchObject({
      state: 'ok',
      says: 'everything that decides who gets in has owners',
      fix: null,
    });
  });

  test('are wrong where there is no such file', () => {
    expect(judge(null)).toMatchObject({ state: 'wrong', fix: 'Write .github/CODEOWNERS; `rollcall init .` does.' });
  });

  test('are wrong where the last line that matches names nobody, whatever stood before it', () => {
    const check = judge('/policies/accounts/ @acme/security\n/policies/ @acme/people\n/policies/accounts/\n');
    expect(check).toMatchObject({ state: 'wrong', says: 'nobody owns policies/accounts/' });
    expect(check.fix).toBe('Give each a line in .github/CODEOWNERS: the last line that matches a path decides.');
  });

  test("are wrong where one team's file has no owner, and the file is named", () => {
    const files = ['policies/teams/voice.yaml', 'policies/teams/finance.yaml'];
    const text = '/policies/accounts/ @acme/security\n/policies/teams/finance.yaml @acme/finance\n';
    expect(judge(text, { files }).says).toBe('nobody owns policies/teams/voice.yaml');
  });

  test('need attention where what guards the others has only the owners of everything', () => {
    expect(judge('* @acme/platform')).toMatchObject({ state: 'attention', says: 'policies/accounts/ has only the owners of everything' });
  });

  test('pass over lines that GitHub passes over: a negation, a range, an owner that is none', () => {
    for (const line of ['!/policies/accounts/ @acme/security', '/policies/[a-z]*/ @acme/security', '/policies/accounts/ security'])
      expect(judge(line).says).toBe('nobody owns policies/accounts/');
  });

  test('are wrong where GitHub itself finds an error, and its words cannot make a sentence of their own', () => {
    const errors = { kind: 'known', value: [{ line: 3, what: 'Unknown owner\u202e::error' }] } as const;
    const check = judge('/policies/accounts/ @acme/security', { errors });
    expect(check.state).toBe('wrong');
    expect(check.says).toBe('GitHub finds an error in .github/CODEOWNERS (line 3: Unknown owner\\u{202e}\\u{3a}\\u{3a}error)');
  });

  test('say where GitHub did not tell whether it knows them', () => {
    const check = judge('/policies/accounts/ @acme/security', { errors: { kind: 'unknown', why: 'no token' } });
    expect(check).toMatchObject({
      state: 'ok',
      says: 'everything that decides who gets in has owners; whether GitHub knows each of them is not known',
    });
  });
});

describe('a pattern', () => {
  test.each([
    ['*', 'policies/accounts/a.yaml', true],
    ['**', 'policies/accounts/a.yaml', true],
    ['*.yaml', 'policies/accounts/a.yaml', true],
    ['*.js', 'policies/accounts/a.yaml', false],
    ['/policies/', 'policies/accounts/a.yaml', true],
    ['policies/', 'deep/policies/accounts/a.yaml', true],
    ['/policies/', 'deep/policies/accounts/a.yaml', false],
    ['accounts', 'policies/accounts/a.yaml', true],
    ['/accounts', 'policies/accounts/a.yaml', false],
    ['policies/accounts', 'policies/accounts/a.yaml', true],
    ['/policies/*', 'policies/a.yaml', true],
    ['/policies/*', 'policies/accounts/a.yaml', false],
    ['/*', 'README.md', true],
    ['/*', 'policies/a.yaml', false],
    ['/policies/**', 'policies/accounts/a.yaml', true],
    ['**/accounts/', 'policies/accounts/a.yaml', true],
    ['/policies/**/a.yaml', 'policies/a.yaml', true],
    ['/policies/a?.yaml', 'policies/ab.yaml', true],
    ['/policies/a.yaml', 'policies/aXyaml', false],
    ['/policies/with\\ space.yaml', 'policies/with space.yaml', true],
    ['/policies/a.yaml/', 'policies/a.yaml', false],
    ['/Policies/', 'policies/a.yaml', false],
  ])('%s and the path %s: %s', (pattern, path, is) => {
    expect(reaches(pattern, path)).toBe(is);
  });
});
