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

const GUARDED = ['policies/accounts/', 'policies/approvals/', '.github/'];
const WELL = ['* @acme/platform', ...GUARDED.map((path) => `/${path} @acme/security`)].join('\n');

describe('a last line inside what guards the others', () => {
  test('is well where it is not there', () => {
    expect(judge(WELL, { guarded: GUARDED }).state).toBe('ok');
  });

  test.each([
    '/policies/accounts/*.yml',
    '/policies/approvals/2026*',
    '/policies/*/2026-??-*',
    '/policies/**/2026*',
    '/.github/workflows/new*',
    '/.github/actions/',
    '*.yml',
    'dependabot.yml',
    '**/actions/',
  ])('that names nobody is wrong, and the line is said: %s', (line) => {
    const check = judge(`${WELL}\n${line}\n`, { guarded: GUARDED });
    expect(check.state).toBe('wrong');
    expect(check.says).toMatch(/^nobody owns /);
  });

  test('is said by its pattern and line, in words', () => {
    expect(judge(`${WELL}\n/policies/approvals/2026*`, { guarded: GUARDED }).says).toBe('nobody owns /policies/approvals/2026* (line 5)');
  });

  test.each([
    ['/policies/accounts/* @mallory', '/policies/accounts/* (line 5) to @mallory'],
    ['/policies/accounts/ @mallory', '/policies/accounts/ (line 5) to @mallory'],
    ['/.github/workflows/new* @mallory', '/.github/workflows/new* (line 5) to @mallory'],
    ['*.yaml @mallory @acme/security', '*.yaml (line 5) to @mallory and @acme/security'],
  ])('that gives a part to others needs attention: %s', (line, says) => {
    const check = judge(`${WELL}\n${line}\n`, { guarded: GUARDED });
    expect(check).toMatchObject({ state: 'attention', says: `other owners inside what guards the others: ${says}` });
  });

  test('is not well where there are more than anybody can judge', () => {
    const many = Array.from({ length: 1001 }, (_, at) => `/policies/accounts/*${at} @acme/security`).join('\n');
    const check = judge(`${WELL}\n${many}`, { guarded: GUARDED });
    expect(check.state).toBe('attention');
    expect(check.says).toContain('lines about what guards the others, too many to judge');
  });

  test('with the same owners is well, and so is one elsewhere', () => {
    const more = '/.github/workflows/ @acme/security\n/policies/teams/ @acme/people\n/policies/people/*.yaml @acme/people\n';
    expect(judge(`${WELL}\n${more}`, { guarded: GUARDED }).state).toBe('ok');
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
