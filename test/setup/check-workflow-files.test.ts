import { describe, expect, test } from 'vitest';
import { readWorkflow } from '../../src/policy/read-workflow.ts';
import { checkWorkflowFiles } from '../../src/setup/check-workflow-files.ts';

const PIN = `acme/rollcall@${'a1'.repeat(20)}`;
const KEYS = ['ROLLCALL_SIGNING_KEY', 'TELNYX_PRODUCTION_API_KEY'];

function workflow(command: string, keys: readonly string[], use = `${PIN} # v1.2.3`): string {
  const environment = keys.length > 0 ? '    environment: rollcall-apply\n' : '';
  const given = keys.map((name) => `          ${name}: \${{ secrets.${name} }}\n`).join('');
  const on = command === 'drift' ? "\n  schedule:\n    - cron: '23 * * * *'" : ' push';
  return `on:${on}\npermissions: {}\njobs:\n  ${command}:\n${environment}    steps:\n      - uses: ${use}\n        with:\n          command: ${command}\n${given === '' ? '' : `        env:\n${given}`}`;
}

async function judge(change: Readonly<Record<string, string | null>> = {}) {
  const files: Record<string, string | null> = {
    'apply.yml': workflow('apply', KEYS),
    'drift.yml': workflow('drift', KEYS),
    'plan.yml': workflow('plan', []),
    'validate.yml': workflow('validate', []),
    ...change,
  };
  const there = Object.entries(files).filter((one): one is [string, string] => one[1] !== null);
  const read = there.map(async ([name, text]) => [`.github/workflows/${name}`, await readWorkflow(text)] as const);
  const checks = checkWorkflowFiles({
    workflows: new Map(await Promise.all(read)),
    needed: KEYS,
    all: [...KEYS, 'TWILIO_MAIN_AUTH_TOKEN'],
  });
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

describe('pins', () => {
  test('are well where every action is named by its whole commit, with its version beside it', async () => {
    expect((await judge())['pins']).toMatchObject({ state: 'ok', says: 'all 4 actions are named by whole commits' });
  });

  test.each([
    'actions/checkout@v4',
    'actions/checkout@main',
    `actions/checkout@${'a1'.repeat(10)}`,
    'docker://alpine:3',
    'actions/checkout',
  ])('are wrong with %s, and the line is named', async (use) => {
    const { pins } = await judge({ 'plan.yml': workflow('plan', [], use) });
    expect(pins?.state).toBe('wrong');
    expect(pins?.says).toContain('.github/workflows/plan.yml, line 6 (');
  });

  test('need attention without a version', async () => {
    expect((await judge({ 'plan.yml': workflow('plan', [], PIN) }))['pins']?.state).toBe('attention');
  });

  test("do not concern the repository's own actions", async () => {
    expect((await judge({ 'plan.yml': workflow('plan', [], './') }))['pins']).toMatchObject({
      state: 'ok',
      says: 'all 3 actions are named by whole commits',
    });
  });
});

describe('variables', () => {
  test('are well where every key stands on the step that runs rollcall', async () => {
    expect((await judge())['variables']).toMatchObject({ state: 'ok', fix: null });
  });

  test('are wrong where a workflow is missing', async () => {
    expect((await judge({ 'drift.yml': null }))['variables']).toMatchObject({
      state: 'wrong',
      says: 'there is no .github/workflows/drift.yml',
    });
  });

  test('are wrong where a new account was forgotten in one of the two workflows', async () => {
    expect((await judge({ 'drift.yml': workflow('drift', ['ROLLCALL_SIGNING_KEY']) }))['variables']).toMatchObject({
      state: 'wrong',
      says: 'missing: TELNYX_PRODUCTION_API_KEY in drift.yml',
    });
  });

  test('are wrong where a key is given from the secret of another name', async () => {
    const text = workflow('drift', KEYS).replace('secrets.TELNYX_PRODUCTION_API_KEY', 'secrets.OLD_KEY');
    expect((await judge({ 'drift.yml': text }))['variables']?.says).toBe('missing: TELNYX_PRODUCTION_API_KEY in drift.yml');
  });

  test('are wrong where the job is not in the environment', async () => {
    const text = workflow('apply', KEYS).replace('environment: rollcall-apply', 'environment: production');
    expect((await judge({ 'apply.yml': text }))['variables']?.says).toBe('missing: environment: rollcall-apply in apply.yml');
  });

  test('are wrong where a key stands where others could read it: in a plan, or beside the step', async () => {
    const plan = workflow('plan', ['TELNYX_PRODUCTION_API_KEY']);
    expect((await judge({ 'plan.yml': plan }))['variables']).toMatchObject({
      state: 'wrong',
      says: 'a key stands elsewhere than on the step that runs rollcall: TELNYX_PRODUCTION_API_KEY in plan.yml',
    });
    const beside = `env:\n  KEY: \${{ secrets['TWILIO_MAIN_AUTH_TOKEN'] }}\n${workflow('apply', KEYS)}`;
    expect((await judge({ 'apply.yml': beside }))['variables']?.says).toContain('TWILIO_MAIN_AUTH_TOKEN in apply.yml');
  });

  test('that stand in a comment are not there', async () => {
    const text = workflow('drift', KEYS).replace('          TELNYX_', '          # TELNYX_');
    expect((await judge({ 'drift.yml': text }))['variables']?.says).toBe('missing: TELNYX_PRODUCTION_API_KEY in drift.yml');
  });
});

const ours = `\${{ secrets.TELNYX_PRODUCTION_API_KEY }}`;
const job = (lines: string) => `on: push\npermissions: {}\njobs:\n  other:\n    runs-on: ubuntu-24.04\n${lines}`;
/** A job with a script, in which << and >> stand for the braces of an expression. */
const run = (script: string) =>
  job(`    steps:\n      - run: |\n          ${script.replaceAll('<<', () => `\${{`).replaceAll('>>', '}}')}\n`);
const drift = workflow('drift', KEYS);

describe('nowhere else', () => {
  test.each<[what: string, file: string, text: string, state: string, says: string]>([
    ['env of a workflow', 'other.yml', `env:\n  K: ${ours}\n${job('')}`, 'wrong', 'TELNYX_PRODUCTION_API_KEY in other.yml'],
    ['env of a job', 'other.yml', job(`    env: { K: "${ours}" }\n`), 'wrong', 'TELNYX_PRODUCTION_API_KEY in other.yml'],
    [
      'env of the job of drift',
      'drift.yml',
      drift.replace('    steps:', `    env:\n      TELNYX_PRODUCTION_API_KEY: ${ours}\n    steps:`),
      'wrong',
      'TELNYX_PRODUCTION_API_KEY in drift.yml',
    ],
    ['env of all of drift', 'drift.yml', `env: { K: "${ours}" }\n${drift}`, 'wrong', 'TELNYX_PRODUCTION_API_KEY in drift.yml'],
    [
      'another step of drift',
      'drift.yml',
      `${drift}      - run: echo \${{ secrets.ROLLCALL_SIGNING_KEY }}\n`,
      'wrong',
      'ROLLCALL_SIGNING_KEY in drift.yml',
    ],
    [
      'two steps that run drift',
      'drift.yml',
      `${drift}      - uses: evil/x@${'b2'.repeat(20)} # v1\n        with: { command: drift }\n`,
      'wrong',
      'ROLLCALL_SIGNING_KEY in drift.yml',
    ],
    ['by an index', 'other.yml', run("echo << secrets['TELNYX_PRODUCTION_API_KEY'] >>"), 'wrong', 'TELNYX_PRODUCTION_API_KEY in other.yml'],
    [
      'in small letters',
      'other.yml',
      run('echo << SECRETS.telnyx_production_api_key >>'),
      'wrong',
      'TELNYX_PRODUCTION_API_KEY in other.yml',
    ],
    ['by a computed name', 'other.yml', run("echo << secrets[format('{0}_KEY', 'X')] >>"), 'wrong', 'every secret in other.yml'],
    ['all as text', 'other.yml', run('echo << toJSON(secrets) >>'), 'wrong', 'every secret in other.yml'],
    ['all by a star', 'other.yml', run("echo << join(secrets.*, ',') >>"), 'wrong', 'every secret in other.yml'],
    [
      'behind braces in a text',
      'other.yml',
      run("echo << format('}}', secrets.ROLLCALL_SIGNING_KEY) >>"),
      'wrong',
      'ROLLCALL_SIGNING_KEY in other.yml',
    ],
    ['on two lines', 'other.yml', run('echo <<\n          secrets.ROLLCALL_SIGNING_KEY >>'), 'wrong', 'ROLLCALL_SIGNING_KEY in other.yml'],
    ['in a comment of a script', 'other.yml', run('# << secrets.ROLLCALL_SIGNING_KEY >>'), 'wrong', 'ROLLCALL_SIGNING_KEY in other.yml'],
    ['inherited', 'other.yml', job('    uses: ./.github/workflows/plan.yml\n    secrets: inherit\n'), 'wrong', 'every secret in other.yml'],
    [
      'handed on',
      'other.yml',
      job(`    uses: ./.github/workflows/plan.yml\n    secrets: { k: "${ours}" }\n`),
      'wrong',
      'TELNYX_PRODUCTION_API_KEY in other.yml',
    ],
    [
      'by an alias',
      'other.yml',
      job(`    env: &e { K: "${ours}" }\n  more:\n    env: *e\n`),
      'attention',
      'other.yml could not be understood',
    ],
    ['in what is no YAML', 'other.yml', `jobs: [\n ${ours}`, 'attention', 'other.yml could not be understood'],
    ["somebody else's secret", 'other.yml', run('echo << secrets.NPM_TOKEN >>'), 'attention', 'NPM_TOKEN in other.yml'],
    ['the token of the job', 'other.yml', run('echo << secrets.GITHUB_TOKEN >>'), 'ok', 'nowhere else'],
    ['the word alone', 'other.yml', run("echo the secrets of << inputs.secrets >> << hashFiles('secrets') >>"), 'ok', 'nowhere else'],
    ['a comment', 'other.yml', `# ${ours}\n${job('')}`, 'ok', 'nowhere else'],
  ])('a key: %s', async (_, file, text, state, says) => {
    const { variables } = await judge({ [file]: text });
    expect(variables?.state).toBe(state);
    expect(variables?.says).toContain(says);
  });
});

describe('what runs', () => {
  test.each([
    'steps: [{ uses: actions/checkout@v4 }]',
    'steps:\n      - { uses: actions/checkout@v4 }',
    'steps:\n      - "uses": actions/checkout@v4',
    'steps:\n      - uses : actions/checkout@v4',
    'steps:\n      - ? uses\n        : actions/checkout@v4',
    'steps:\n      - uses: >-\n          actions/checkout@v4',
  ])('is seen however it is written: %s', async (steps) => {
    const { pins } = await judge({ 'other.yml': job(`    ${steps}\n`) });
    expect(pins?.state).toBe('wrong');
    expect(pins?.says).toContain('(actions/checkout@v4)');
  });

  test('is seen in a job on one line, and never well behind an alias', async () => {
    const inline = 'on: push\npermissions: {}\njobs: { other: { steps: [{ uses: actions/checkout@v4 }] } }\n';
    expect((await judge({ 'other.yml': inline }))['pins']?.state).toBe('wrong');
    const alias = job('    steps: [{ uses: &u actions/checkout@v4 }, { uses: *u }]\n');
    expect((await judge({ 'other.yml': alias }))['pins']).toMatchObject({
      state: 'attention',
      says: '.github/workflows/other.yml could not be understood',
    });
  });

  test('is named in words: an image keeps its colons', async () => {
    const { pins } = await judge({ 'plan.yml': workflow('plan', [], 'docker://alpine:3') });
    expect(pins?.says).toContain('(docker://alpine:3)');
  });
});

describe('for whom, and with which rights', () => {
  test('is well in what docs/github.md shows', async () => {
    const { triggers, permissions, schedule } = await judge();
    expect([triggers?.state, permissions?.state, schedule]).toEqual(['ok', 'ok', undefined]);
  });

  test.each([
    ['on: pull_request_target\n', 'pull_request_target in other.yml'],
    ['on: [push, pull_request_target]\n', 'pull_request_target in other.yml'],
    ['"on":\n  workflow_run:\n    workflows: [plan]\n', 'workflow_run in other.yml'],
    ['on:\n  pull_request_target:\n', 'pull_request_target in other.yml'],
  ])('%s is wrong', async (on, says) => {
    const { triggers } = await judge({ 'other.yml': `${on}permissions: {}\njobs: {}\n` });
    expect(triggers?.state).toBe('wrong');
    expect(triggers?.says).toContain(says);
  });

  test('a job that may write everything is wrong, and a workflow that names no permissions needs attention', async () => {
    const all = await judge({ 'other.yml': 'on: push\npermissions: {}\njobs:\n  other:\n    permissions: write-all\n' });
    expect(all['permissions']).toMatchObject({ state: 'wrong', says: 'a job may write everything (write-all): other.yml' });
    const none = await judge({ 'other.yml': 'on: push\njobs: {}\n' });
    expect(none['permissions']).toMatchObject({
      state: 'attention',
      says: 'none on top, so that jobs have what the settings give: other.yml',
    });
  });

  test('a drift without its schedule is wrong, with the lines that bring it back', async () => {
    const { schedule } = await judge({ 'drift.yml': drift.replace(/ {2}schedule:\n.*\n/, '  workflow_dispatch:\n') });
    expect(schedule).toMatchObject({ state: 'wrong', says: 'drift.yml has no schedule: nobody watches the accounts' });
    expect(schedule?.fix).toContain("- cron: '23 * * * *'");
  });
});
