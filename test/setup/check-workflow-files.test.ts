import { describe, expect, test } from 'vitest';
import { checkWorkflowFiles } from '../../src/setup/check-workflow-files.ts';

const PIN = `acme/rollcall@${'a1'.repeat(20)}`;
const KEYS = ['ROLLCALL_SIGNING_KEY', 'TELNYX_PRODUCTION_API_KEY'];

function workflow(command: string, keys: readonly string[], use = `${PIN} # v1.2.3`): string {
  const environment = keys.length > 0 ? '    environment: rollcall-apply\n' : '';
  const given = keys.map((name) => `          ${name}: \${{ secrets.${name} }}\n`).join('');
  return `jobs:\n  ${command}:\n${environment}    steps:\n      - uses: ${use}\n        with:\n          command: ${command}\n${given === '' ? '' : `        env:\n${given}`}`;
}

function judge(change: Readonly<Record<string, string | null>> = {}) {
  const files: Record<string, string | null> = {
    'apply.yml': workflow('apply', KEYS),
    'drift.yml': workflow('drift', KEYS),
    'plan.yml': workflow('plan', []),
    'validate.yml': workflow('validate', []),
    ...change,
  };
  const texts = new Map(Object.entries(files).flatMap(([name, text]) => (text === null ? [] : [[`.github/workflows/${name}`, text]])));
  const [pins, variables] = checkWorkflowFiles({
    texts: texts as Map<string, string>,
    needed: KEYS,
    all: [...KEYS, 'TWILIO_MAIN_AUTH_TOKEN'],
  });
  return { pins, variables };
}

describe('pins', () => {
  test('are well where every action is named by its whole commit, with its version beside it', () => {
    expect(judge().pins).toMatchObject({ state: 'ok', says: 'all 4 actions are named by whole commits' });
  });

  test.each([
    'actions/checkout@v4',
    'actions/checkout@main',
    `actions/checkout@${'a1'.repeat(10)}`,
    'docker://alpine:3',
    'actions/checkout',
  ])('are wrong with %s, and the line is named', (use) => {
    const { pins } = judge({ 'plan.yml': workflow('plan', [], use) });
    expect(pins?.state).toBe('wrong');
    expect(pins?.says).toContain('.github/workflows/plan.yml, line 4 (');
  });

  test('need attention without a version', () => {
    expect(judge({ 'plan.yml': workflow('plan', [], PIN) }).pins?.state).toBe('attention');
  });

  test("do not concern the repository's own actions", () => {
    expect(judge({ 'plan.yml': workflow('plan', [], './') }).pins).toMatchObject({
      state: 'ok',
      says: 'all 3 actions are named by whole commits',
    });
  });
});

describe('variables', () => {
  test('are well where every key stands on the step that runs rollcall', () => {
    expect(judge().variables).toMatchObject({ state: 'ok', fix: null });
  });

  test('are wrong where a workflow is missing', () => {
    expect(judge({ 'drift.yml': null }).variables).toMatchObject({ state: 'wrong', says: 'there is no .github/workflows/drift.yml' });
  });

  test('are wrong where a new account was forgotten in one of the two workflows', () => {
    expect(judge({ 'drift.yml': workflow('drift', ['ROLLCALL_SIGNING_KEY']) }).variables).toMatchObject({
      state: 'wrong',
      says: 'missing: TELNYX_PRODUCTION_API_KEY in drift.yml',
    });
  });

  test('are wrong where a key is given from the secret of another name', () => {
    const text = workflow('drift', KEYS).replace('secrets.TELNYX_PRODUCTION_API_KEY', 'secrets.OLD_KEY');
    expect(judge({ 'drift.yml': text }).variables?.says).toBe('missing: TELNYX_PRODUCTION_API_KEY in drift.yml');
  });

  test('are wrong where the job is not in the environment', () => {
    const text = workflow('apply', KEYS).replace('environment: rollcall-apply', 'environment: production');
    expect(judge({ 'apply.yml': text }).variables?.says).toBe('missing: environment: rollcall-apply in apply.yml');
  });

  test('are wrong where a key stands where others could read it: in a plan, or beside the step', () => {
    const plan = workflow('plan', ['TELNYX_PRODUCTION_API_KEY']);
    expect(judge({ 'plan.yml': plan }).variables).toMatchObject({
      state: 'wrong',
      says: 'a key stands elsewhere than on the step that runs rollcall: TELNYX_PRODUCTION_API_KEY in plan.yml',
    });
    const beside = `env:\n  KEY: \${{ secrets['TWILIO_MAIN_AUTH_TOKEN'] }}\n${workflow('apply', KEYS)}`;
    expect(judge({ 'apply.yml': beside }).variables?.says).toContain('TWILIO_MAIN_AUTH_TOKEN in apply.yml');
  });

  test('that stand in a comment are not there', () => {
    const text = workflow('drift', KEYS).replace('          TELNYX_', '          # TELNYX_');
    expect(judge({ 'drift.yml': text }).variables?.says).toBe('missing: TELNYX_PRODUCTION_API_KEY in drift.yml');
  });
});
