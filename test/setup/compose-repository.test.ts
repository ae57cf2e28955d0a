import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPolicies } from '../../src/policy/load-policies.ts';
import { readWorkflow } from '../../src/policy/read-workflow.ts';
import { capabilitiesOf } from '../../src/provider/capabilities.ts';
import { checkAccountNames } from '../../src/setup/check-account-names.ts';
import { checkCodeOwners } from '../../src/setup/check-code-owners.ts';
import { checkWorkflowFiles } from '../../src/setup/check-workflow-files.ts';
import type { NewAccount } from '../../src/setup/compose-account.ts';
import { composeAdvice } from '../../src/setup/compose-advice.ts';
import { type Blueprint, composeRepository } from '../../src/setup/compose-repository.ts';
import { OWN_SECRETS } from '../../src/setup/compose-workflows.ts';
import { GUARDED_PATHS } from '../../src/setup/repository-facts.ts';
import { memorySource, places } from '../policy/memory-source.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const TELNYX: NewAccount = {
  name: 'telnyx-production',
  provider: 'telnyx',
  api: 'sub-users',
  owner: 'root@acme.example',
  organization: null,
  scope: null,
  topRole: 'admin',
  variables: [{ name: 'TELNYX_PRODUCTION_API_KEY', isNeeded: true }],
};
const TWILIO: NewAccount = {
  name: 'twilio-main',
  provider: 'twilio',
  api: 'organization',
  owner: 'root@acme.example',
  organization: `OR${'0'.repeat(31)}1`,
  scope: `AC${'0'.repeat(31)}1`,
  topRole: 'administrator',
  variables: [
    { name: 'TWILIO_MAIN_CLIENT_ID', isNeeded: true },
    { name: 'TWILIO_MAIN_CLIENT_SECRET', isNeeded: true },
    { name: 'TWILIO_MAIN_ACCOUNT_SID', isNeeded: false },
    { name: 'TWILIO_MAIN_AUTH_TOKEN', isNeeded: false },
  ],
};
const BLUEPRINT: Blueprint = {
  added: [TELNYX, TWILIO],
  accounts: [TELNYX, TWILIO],
  names: ['twilio-main', 'telnyx-production'],
  security: '@acme/security',
  action: { repository: 'acme/rollcall', commit: '0123456789abcdef0123456789abcdef01234567', version: 'v1.2.3' },
  branch: 'main',
  readme: 'README.md',
  codeowners: '.github/CODEOWNERS',
};
const FILES = composeRepository(BLUEPRINT);
const loadAs = (policies: Record<string, string>) =>
  loadPolicies({ source: memorySource(policies), folder: 'policies', today: '2026-11-23', capabilitiesOf, commit: null });
const textOf = (file: string) => FILES.get(file) ?? '';

describe('a new repository of one Telnyx and one Twilio account', () => {
  test('has these files with these words', async () => {
    const shown = [...FILES].map(([file, text]) => (file.startsWith('schemas/') ? `=== ${file}` : `=== ${file}\n${text}`));
    await expect(`${shown.join('\n')}\n`).toMatchFileSnapshot('./compose-repository.golden.txt');
  });

  test('has the schemas of this rollcall', () => {
    for (const kind of ['account', 'approval', 'people', 'roster', 'team']) {
      const file = `schemas/${kind}.schema.json`;
      expect(JSON.parse(textOf(file))).toEqual(JSON.parse(read(file)));
    }
    expect(JSON.parse(textOf('schemas/account-names.schema.json')).enum).toEqual(['telnyx-production', 'twilio-main']);
  });

  test('has the settings for editors of this rollcall, which name only schemas that are there', () => {
    const schemas = JSON.parse(textOf('.vscode/settings.json'))['yaml.schemas'];
    expect(schemas).toEqual(JSON.parse(read('.vscode/settings.json'))['yaml.schemas']);
    expect(Object.keys(schemas).filter((schema) => !FILES.has(schema.replace('./', '')))).toEqual([]);
  });

  test('says of public keys what ours says', () => {
    expect(read('.github/rollcall.pub').startsWith(textOf('.github/rollcall.pub'))).toBe(true);
  });

  test('has security approve everything that can let somebody in', () => {
    const owners = textOf('.github/CODEOWNERS');
    const patterns = owners.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(patterns.map((line) => line.split(/\s+/))).toEqual([
      ['*', '@acme/security'],
      ...GUARDED_PATHS.map((guarded) => [`/${guarded}`, '@acme/security']),
    ]);
  });

  test('has policies in which nothing is wrong, with the hints taken as they stand too', async () => {
    const accounts = [TELNYX, { ...TELNYX, name: 'telnyx-wholesale', api: 'organizations' as const, topRole: null }, TWILIO];
    const files = [...composeRepository({ ...BLUEPRINT, added: accounts })].filter(([file]) => file.startsWith('policies/'));
    const policies = Object.fromEntries(files.map(([file, text]) => [file.replace('policies/', ''), text]));
    expect(places(await loadAs(policies))).toEqual([]);
    const taken = Object.fromEntries(Object.entries(policies).map(([file, text]) => [file, text.replaceAll(/^# (?=\w+: )/gm, '')]));
    expect(taken['accounts/telnyx-wholesale.yaml']).toMatch(/^privileged_groups: .*\n# .*\napprovers: \{ Organization admins: /m);
    expect(places(await loadAs(taken))).toEqual([]);
  });
});

test('what doctor checks of the files is in order from the first day', async () => {
  const texts = [...FILES].filter(([file]) => file.startsWith('.github/workflows/'));
  const workflows = new Map(await Promise.all(texts.map(async ([file, text]) => [file, await readWorkflow(text)] as const)));
  const all = BLUEPRINT.accounts.flatMap(({ variables }) => variables.map(({ name }) => name)).concat(OWN_SECRETS);
  const checks = [
    ...checkWorkflowFiles({ workflows, needed: all, all }),
    checkCodeOwners({
      file: { path: '.github/CODEOWNERS', text: textOf('.github/CODEOWNERS') },
      guarded: GUARDED_PATHS,
      files: [...FILES.keys()].filter((file) => GUARDED_PATHS.some((guarded) => file.startsWith(guarded))),
      errors: { kind: 'known', value: [] },
    }),
    checkAccountNames(textOf('schemas/account-names.schema.json'), BLUEPRINT.names),
  ];
  expect(checks.map(({ name, state }) => `${name}: ${state}`)).toEqual([
    'pins: ok',
    'variables: ok',
    'triggers: ok',
    'permissions: ok',
    'code owners: ok',
    'account names: ok',
  ]);
});

describe('where a file was there before', () => {
  const advice = (file: string, kept: string) => composeAdvice(file, kept, textOf(file), BLUEPRINT);

  test('a workflow that holds keys lacks the variables that it does not name', () => {
    const kept = textOf('.github/workflows/apply.yml').replaceAll(/^.*TWILIO.*\n/gm, '');
    expect(advice('.github/workflows/apply.yml', kept)?.lines).toEqual([
      `TWILIO_MAIN_ACCOUNT_SID: \${{ secrets.TWILIO_MAIN_ACCOUNT_SID }}`,
      `TWILIO_MAIN_AUTH_TOKEN: \${{ secrets.TWILIO_MAIN_AUTH_TOKEN }}`,
      `TWILIO_MAIN_CLIENT_ID: \${{ secrets.TWILIO_MAIN_CLIENT_ID }}`,
      `TWILIO_MAIN_CLIENT_SECRET: \${{ secrets.TWILIO_MAIN_CLIENT_SECRET }}`,
    ]);
  });

  test('CODEOWNERS lacks the guarded paths that no line of it is about', () => {
    expect(advice('.github/CODEOWNERS', '* @acme/everybody\npolicies @acme/people\n.github/ @acme/platform\n')).toBe(null);
    expect(advice('.github/CODEOWNERS', '* @acme/everybody\n/.github/ @acme/platform\n')?.lines.map((line) => line.split(/\s+/))).toEqual([
      ['/policies/accounts/', '@acme/security'],
      ['/policies/approvals/', '@acme/security'],
      ['/policies/rosters/', '@acme/security'],
    ]);
  });

  test('the settings of an editor lack the globs of schemas that they do not name, whatever comments they have', () => {
    const kept = '{\n  // ours\n  "yaml.schemas": { "schemas/account.schema.json": "policies/accounts/*.yaml" },\n}\n';
    expect(advice('.vscode/settings.json', kept)?.lines.map((line) => line.split(':')[0])).toEqual([
      '"./schemas/people.schema.json"',
      '"./schemas/team.schema.json"',
      '"./schemas/approval.schema.json"',
      '"./schemas/roster.schema.json"',
    ]);
  });

  test('the names of accounts lack the new one', () => {
    expect(advice('schemas/account-names.schema.json', '{ "enum": ["telnyx-production"] }')?.lines).toEqual(['"twilio-main"']);
  });

  test('what hides keys from Git lacks its lines', () => {
    expect(advice('.gitignore', 'node_modules/\n.rollcall/\n/key\n')?.lines).toEqual(['/live.json', '/plan.json']);
  });

  test('a workflow of that name that does something else has to give way', () => {
    expect(advice('.github/workflows/plan.yml', 'name: plan\non: push\n')).toEqual({
      what: 'It does not run `plan` of rollcall, which has to run here: give it another name, and init writes ours.',
      lines: [],
    });
  });

  test.each(['README.md', 'schemas/team.schema.json', '.github/rollcall.pub'])('%s lacks nothing: it is for people to decide', (file) => {
    expect(advice(file, 'something else')).toBe(null);
  });

  test.each([...FILES.keys()])('%s lacks nothing where it is as it would be written', (file) => {
    expect(advice(file, textOf(file))).toBe(null);
  });
});
