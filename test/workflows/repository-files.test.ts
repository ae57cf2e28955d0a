import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { credentialVariables } from '../../src/policy/credential-variables.ts';
import { ROOT } from '../cli/support/bundle.ts';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface Rule {
  readonly pattern: string;
  readonly owners: readonly string[];
}

const OWNERS: readonly Rule[] = read('.github/CODEOWNERS')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [pattern = '', ...owners] = line.split(/\s+/);
    return { pattern, owners };
  });

/** The last match wins; our patterns are `*`, whole folders and whole files. */
function ownersOf(file: string): readonly string[] {
  const matches = OWNERS.filter(
    ({ pattern }) => pattern === '*' || `/${file}` === pattern || (pattern.endsWith('/') && `/${file}`.startsWith(pattern)),
  );
  return matches.at(-1)?.owners ?? [];
}

describe('CODEOWNERS', () => {
  test.each([
    'policies/accounts/telnyx-production.yaml',
    'policies/approvals/2026-11-contractors.yaml',
    'policies/rosters/twilio-labs.yaml',
    '.github/workflows/apply.yml',
    '.github/CODEOWNERS',
    '.github/rollcall.pub',
    '.ci/run',
    '.gitattributes',
    'action.yml',
    'dist/main.cjs',
    'package-lock.json',
    'package.json',
    'schemas/team.schema.json',
    'scripts/build.mjs',
    'src/plan/check-guards.ts',
  ])('has security approve a change of %s', (file) => {
    expect(ownersOf(file)).toEqual(['@acme/security']);
  });

  test('gives every file an owner, and a team its own file', () => {
    expect(ownersOf('README.md')).toEqual(['@acme/platform']);
    expect(ownersOf('policies/teams/voice.yaml')).toEqual(['@acme/voice']);
    expect(OWNERS.filter(({ owners }) => owners.length !== 1)).toEqual([]);
  });

  test('names places that are there', () => {
    const places = OWNERS.map(({ pattern }) => pattern).filter((pattern) => pattern !== '*');
    expect(places.filter((place) => !existsSync(path.join(ROOT, place)))).toEqual([]);
  });
});

test('Dependabot proposes nothing that is less than a week old', () => {
  const { updates } = parse(read('.github/dependabot.yml'));
  const rows = updates.map((update: Record<string, unknown>) => [update['package-ecosystem'], update['cooldown']]);
  expect(rows).toEqual([
    ['npm', { 'default-days': 7, 'semver-major-days': 30 }],
    ['github-actions', { 'default-days': 7 }],
  ]);
});

test.each(['apply', 'drift'])('every account of the policies has its key on the one step of %s that needs it', (name) => {
  const { jobs } = parse(read(`.github/workflows/${name}.yml`));
  const [step] = jobs[name].steps.filter((one: Record<string, unknown>) => one['uses'] === './');
  const keys = readdirSync(path.join(ROOT, 'policies/accounts')).flatMap((file) => {
    const { required, optional } = credentialVariables(file.replace(/\.yaml$/, ''), parse(read(`policies/accounts/${file}`)).api);
    return [...required, ...optional];
  });
  expect(keys.length).toBeGreaterThan(1);
  expect(Object.keys(step.env).sort()).toEqual(['ROLLCALL_MEMBERS_TOKEN', 'ROLLCALL_SIGNING_KEY', ...keys].sort());
});

describe('dependencies', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const lock: Record<string, { version: string; integrity?: string; hasInstallScript?: boolean }> = JSON.parse(
    read('package-lock.json'),
  ).packages;
  const installed = Object.entries(lock).filter(([folder]) => folder !== '');

  test('are exact versions, and the lock file holds the digest of every one', () => {
    const versions = Object.values<string>({ ...dependencies, ...devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(installed.length).toBeGreaterThan(200);
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  test('may run a script on installation in one case: the bundler; the other package that has one is read as data', () => {
    const having = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([folder]) => folder);
    expect(having).toEqual(['node_modules/@twilio/cli-core', 'node_modules/esbuild']);
    expect(JSON.parse(read('package.json')).allowScripts).toEqual({ esbuild: true });
  });
});

test('no key that signs is in the repository, and the file of public keys says how to make one', () => {
  const lines = read('.github/rollcall.pub').trim().split('\n');
  expect(lines.join(' ')).toContain('rollcall keygen');
  expect(lines.filter((line) => !/^(?:#.*|[0-9a-f]{16} [A-Za-z0-9+/]+=*)$/.test(line))).toEqual([]);
});

test('the committed bundle is not taken for text, and nothing hides it from Git', () => {
  expect(read('.gitattributes')).toContain('/dist/*.cjs -text');
  expect(read('.gitignore').split('\n')).not.toContain('dist/');
});
