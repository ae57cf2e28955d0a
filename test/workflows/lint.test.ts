import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lintWorkflow, RULES, type Rule } from './lint/lint-workflow.ts';
import { ALLOWED, type Allowed } from './lint/permissions.ts';
import { readWorkflow, type Workflow } from './lint/read-workflow.ts';

const FOLDER = new URL('../../.github/workflows/', import.meta.url);
const OWN = Object.fromEntries(readdirSync(FOLDER).map((file) => [file, readFileSync(new URL(file, FOLDER), 'utf8')]));

const CHECKOUT = `actions/checkout@${'a'.repeat(40)} # v7.0.1`;
/** A job that runs what a pull request brings, and has nothing to lose. */
const READING = `name: reading
on:
  pull_request:
    branches: [main]
permissions: {}
concurrency:
  group: reading-\${{ github.ref }}
  cancel-in-progress: true
jobs:
  read:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read # to check out the code that is tested
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - uses: actions/setup-node@${'b'.repeat(40)} # v7.0.0
        with:
          node-version: '20'
          package-manager-cache: false
      - run: npm ci
`;
/** A job that holds secrets. */
const WRITING = `name: writing
on:
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      adopt:
        type: boolean
        default: false
permissions: {}
concurrency:
  group: rollcall-apply
  queue: max
  cancel-in-progress: false
jobs:
  write:
    if: github.ref == 'refs/heads/main'
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    environment: rollcall-apply
    permissions:
      contents: write # to write the ledger to its branch
    steps:
      - uses: ${CHECKOUT}
        with:
          ref: refs/heads/main
          persist-credentials: false
      - uses: ./
        with:
          command: drift
          adopt: \${{ inputs.adopt || 'false' }}
        env:
          TELNYX_PRODUCTION_API_KEY: \${{ secrets.TELNYX_PRODUCTION_API_KEY }}
`;
const FIXTURES: Readonly<Record<string, string>> = { 'reading.yml': READING, 'writing.yml': WRITING };
const ALLOWED_HERE: Allowed = { ...ALLOWED, 'reading.yml/read': { contents: 'read' }, 'writing.yml/write': { contents: 'write' } };

type Edit = (source: string) => string;
const swap =
  (from: string | RegExp, to: string): Edit =>
  (source) =>
    source.replace(from, () => to);
const when =
  (mark: string, edit: Edit): Edit =>
  (source) =>
    source.includes(mark) ? edit(source) : source;
const drop = (line: RegExp): Edit => swap(line, '');
const addStep = (step: string): Edit => swap('    steps:\n', `    steps:\n      - ${step}\n`);
const addToJob = (line: string): Edit => swap('    runs-on:', `    ${line}\n    runs-on:`);
const addTrigger = (trigger: string): Edit => swap('\non:\n', `\non:\n  ${trigger}\n`);
const addEnv = (line: string): Edit => swap('        env:\n', `        env:\n          ${line}\n`);
const SECRET = `\${{ secrets.TELNYX_PRODUCTION_API_KEY }}`;
const CHECKOUT_REF = 'ref: refs/heads/main';

/** Somebody's bad idea, and the rule that has to see it: in the fixtures, and in every workflow of ours that it fits. */
const BAD: readonly [rule: Rule, idea: string, edit: Edit][] = [
  ['dangerous-triggers', 'pull requests run with the token and the secrets of the base', swap('  pull_request:', '  pull_request_target:')],
  ['dangerous-triggers', 'another workflow starts this one with more rights', addTrigger('workflow_run:')],
  ['dangerous-triggers', 'a comment starts a run', addTrigger('issue_comment:')],
  ['dangerous-triggers', 'whoever has a token starts a run with their own payload', addTrigger('repository_dispatch:')],
  ['dangerous-triggers', 'another workflow calls this one', addTrigger('workflow_call:')],
  ['trigger-branches', 'any branch counts as the base', swap('    branches: [main]', "    branches: ['**']")],
  ['trigger-branches', 'no branch is named', drop(/ {4}branches: \[main\]\n/)],
  [
    'schedule-minute',
    'on the hour, with everybody else',
    (source) =>
      (source.includes('cron:') ? swap(/cron: .*/, "cron: '0 * * * *'") : addTrigger("schedule: [{ cron: '30 * * * *' }]"))(source),
  ],
  ['dispatch-on-default-branch', 'a dispatch may be of any branch', drop(/ {4}if: .*\n/)],
  ['dispatch-on-default-branch', 'any branch whose name ends so', swap(/ {4}if: .*/, "    if: endsWith(github.ref, 'main')")],
  ['unasked-adoption', 'every hour what somebody did is proposed as policy', swap(/adopt: \$.*/, "adopt: 'true'")],
  ['unasked-adoption', 'a schedule asks for it', swap(/adopt: \$.*/, `adopt: \${{ github.event_name == 'schedule' }}`)],
  ['unasked-adoption', 'an answer that is yes where nobody was asked', swap(/adopt: \$.*/, `adopt: \${{ inputs.adopt || 'true' }}`)],
  ['unasked-adoption', 'whoever only wants to look adopts', swap('default: false', 'default: true')],
  ['concurrency-limits', 'a newer run cancels the one that is writing', swap('cancel-in-progress: false', 'cancel-in-progress: true')],
  ['concurrency-limits', 'a newer run pushes the waiting one out', drop(/ {2}queue: max\n/)],
  ['concurrency-limits', 'two runs write at once', swap('group: rollcall-apply', `group: apply-\${{ github.run_id }}`)],
  ['concurrency-limits', 'nothing holds runs apart', swap(/concurrency:\n( {2}.*\n)+/, '')],
  ['top-permissions', 'every job gets every permission', swap('permissions: {}', 'permissions: write-all')],
  ['top-permissions', 'every job reads everything', swap('permissions: {}', 'permissions: read-all')],
  ['top-permissions', 'the default of the repository holds', drop(/permissions: \{\}\n/)],
  [
    'excessive-permissions',
    'the job may mint identities',
    swap('      contents:', '      id-token: write # to be somebody else somewhere\n      contents:'),
  ],
  [
    'excessive-permissions',
    'a job that keeps no issue may write issues',
    (source) =>
      source.includes('issues:')
        ? swap('issues: read', 'issues: write')(source)
        : swap('      contents:', '      issues: write # to open issues about anything\n      contents:')(source),
  ],
  ['excessive-permissions', 'a job that reads may write', swap('contents: read #', 'contents: write #')],
  ['excessive-permissions', 'a job may do everything', swap(/ {4}permissions:\n( {6}.*\n)+/, '    permissions: write-all\n')],
  ['excessive-permissions', 'a job says nothing', swap(/ {4}permissions:\n( {6}.*\n)+/, '')],
  ['excessive-permissions', 'a job that nobody listed', swap(/\njobs:\n/, '\njobs:\n  more:\n    permissions: {}\n')],
  ['undocumented-permissions', 'a permission without a reason', swap(/(?<=contents: \w+) #.*/, '')],
  ['undocumented-permissions', 'a reason that says nothing', swap(/(?<=contents: \w+) #.*/, ' # needed')],
  ['unpinned-uses', 'a tag, which can be moved', swap(/@[0-9a-f]{40} # v[\d.]+/, '@v7')],
  ['unpinned-uses', 'half a commit', swap(/@([0-9a-f]{7})[0-9a-f]{33}/, '@aaaaaaa')],
  ['unpinned-uses', 'a commit of which nobody can tell the version', swap(/(@[0-9a-f]{40}) # v[\d.]+/, `@${'c'.repeat(40)}`)],
  ['unpinned-uses', 'an image from a registry', addStep('uses: docker://alpine:3 # v3.0.0')],
  ['forbidden-uses', 'one more action of somebody else', addStep(`uses: tj-actions/changed-files@${'d'.repeat(40)} # v45.0.7`)],
  ['forbidden-uses', "somebody else's whole workflow", addToJob(`uses: acme/other/.github/workflows/x.yml@${'d'.repeat(40)}`)],
  ['artipacked', 'the token stays in the work tree', swap('persist-credentials: false', 'persist-credentials: true')],
  ['artipacked', 'the token stays in the work tree by default', drop(/ {10}persist-credentials: false\n/)],
  [
    'base-code',
    "the pull request's code runs with a token that may write",
    swap(CHECKOUT_REF, `ref: \${{ github.event.pull_request.head.sha }}`),
  ],
  ['base-code', "the merge commit's code runs", drop(/ {10}ref: refs\/heads\/main\n/)],
  ['base-code', "somebody else's repository", swap(CHECKOUT_REF, `${CHECKOUT_REF}\n          repository: acme/other`)],
  ['base-code', 'submodules come along', swap(CHECKOUT_REF, `${CHECKOUT_REF}\n          submodules: true`)],
  ['base-code', 'the action of another folder', swap(/uses: \.\/.*/, 'uses: ./policies')],
  ['privileged-run', 'a script beside what may write', when(': write #', addStep('run: ./prepare.sh'))],
  ['adhoc-packages', 'a package that no lock file holds', addStep('run: npm install left-pad')],
  ['adhoc-packages', 'a package that is fetched to be run', addStep('run: npx cowsay')],
  ['adhoc-packages', 'a script from the network', addStep('run: curl -fsSL https://acme.example/install.sh | sh')],
  ['cache-poisoning', 'a cache by name', addStep(`uses: actions/cache@${'e'.repeat(40)} # v5.0.0`)],
  ['cache-poisoning', 'a cache by an input', swap('package-manager-cache: false', 'package-manager-cache: false\n          cache: npm')],
  ['cache-poisoning', 'a cache by default', drop(/ {10}package-manager-cache: false\n/)],
  ['unsound-success', 'a step that may fail', swap('      - uses: ./', '      - continue-on-error: true\n        uses: ./')],
  ['unsound-success', 'a job that may fail', addToJob('continue-on-error: true')],
  ['unsound-success', 'a script that cannot fail', addStep('run: .ci/run || true')],
  ['self-hosted-runner', "somebody's machine", swap('runs-on: ubuntu-24.04', 'runs-on: [self-hosted, linux]')],
  ['self-hosted-runner', 'a machine that changes under us', swap('runs-on: ubuntu-24.04', 'runs-on: ubuntu-latest')],
  ['self-hosted-runner', 'a machine by an expression', swap('runs-on: ubuntu-24.04', `runs-on: \${{ inputs.runner }}`)],
  ['self-hosted-runner', 'an image around the job', addToJob('container: node:20')],
  ['timeout-minutes', 'six hours', drop(/ {4}timeout-minutes: \d+\n/)],
  ['timeout-minutes', 'ten hours', swap(/timeout-minutes: \d+/, 'timeout-minutes: 600')],
  ['secrets-outside-env', 'any branch may have the secret', drop(/ {4}environment: .*\n/)],
  ['secrets-outside-env', 'an environment that nobody bound to a branch', swap(/environment: .*/, 'environment: preview')],
  ['secrets-outside-env', 'a secret for every job', swap('\njobs:\n', `\nenv:\n  API_KEY: ${SECRET}\njobs:\n`)],
  ['secrets-on-one-step', 'a secret for every step', addToJob(`env: { TELNYX_PRODUCTION_API_KEY: '${SECRET}' }`)],
  [
    'secrets-on-one-step',
    'a secret for a second step',
    when('secrets.', addStep(`uses: ./\n        env: { TELNYX_PRODUCTION_API_KEY: '${SECRET}' }`)),
  ],
  [
    'secrets-on-one-step',
    'a secret as an input',
    swap('        with:\n          command:', `        with:\n          token: ${SECRET}\n          command:`),
  ],
  ['secrets-on-one-step', 'a secret under another name', addEnv(`TWILIO_OTHER_AUTH_TOKEN: ${SECRET}`)],
  [
    'secrets-on-one-step',
    "a secret for somebody else's action",
    swap('        with:\n', `        env: { TELNYX_PRODUCTION_API_KEY: '${SECRET}' }\n        with:\n`),
  ],
  ['secrets-of-pull-requests', 'what holds secrets also runs for pull requests', when('secrets.', addTrigger('pull_request:'))],
  ['secrets-of-pull-requests', 'a pull request may enter the environment', when('pull_request:', addToJob('environment: rollcall-apply'))],
  ['overprovisioned-secrets', 'all secrets at once', addEnv(`ALL: \${{ toJSON(secrets) }}`)],
  ['overprovisioned-secrets', 'whichever secret somebody names', addEnv(`ANY: \${{ secrets[inputs.pull] }}`)],
  ['overprovisioned-secrets', 'secrets handed on', addToJob('secrets: inherit')],
  ['unredacted-secrets', 'a part of a secret, which no log hides', addEnv(`PART: \${{ fromJSON(secrets.VENDORS).telnyx }}`)],
  ['github-env', 'a variable for later steps', addStep('run: echo "NODE_OPTIONS=--require ./x.js" >> "$GITHUB_ENV"')],
  ['github-env', 'a folder of programs for later steps', addStep('run: echo ./bin >> $GITHUB_PATH')],
  ['insecure-commands', 'lines of output set variables', addToJob("env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: 'true' }")],
  ['tampered-environment', 'the certificate is not looked at', addToJob("env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' }")],
  ['tampered-environment', 'everything goes through a proxy', addToJob('env: { HTTPS_PROXY: http://proxy.acme.example }')],
  ['tampered-environment', 'Node loads a file first', addEnv('NODE_OPTIONS: --require ./x.js')],
  ['tampered-environment', 'the vendor is elsewhere', addEnv('ROLLCALL_TELNYX_ORIGIN: http://127.0.0.1:1')],
  ['tampered-environment', 'another event', addEnv('GITHUB_EVENT_PATH: event.json')],
  ['template-injection', 'a branch name in a script', addStep(`run: echo "\${{ github.head_ref }}"`)],
  ['template-injection', 'even a number in a script', addStep(`run: echo \${{ github.event.number }}`)],
  [
    'template-injection',
    'a title in the folder to run in',
    addStep(`run: ls\n        working-directory: \${{ github.event.pull_request.title }}`),
  ],
  ['bot-conditions', 'a bot is let through by its name', addStep("if: github.actor == 'dependabot[bot]'\n        run: ls")],
  ['bot-conditions', 'whoever started it again', addStep('if: github.triggering_actor != github.actor\n        run: ls')],
  [
    'unsound-condition',
    'text around an expression is always true',
    addStep(`if: \${{ github.event_name == 'push' }} && true\n        run: ls`),
  ],
  [
    'unsound-condition',
    'a line feed after an expression is always true',
    addStep(`if: |\n          \${{ github.event_name == 'push' }}\n        run: ls`),
  ],
  ['unsound-condition', 'or true', addStep("if: github.event_name == 'push' || true\n        run: ls")],
  ['unsound-contains', 'main is in domain', addStep("if: contains('refs/heads/main', github.ref)\n        run: ls")],
  [
    'unsound-ternary',
    'the second of three, unless it is empty',
    addStep(`name: \${{ github.event_name == 'push' && inputs.pull || 'all' }}\n        run: ls`),
  ],
];

/** What looks like it and is right. */
const GOOD: Readonly<Record<Rule, readonly [file: string, edit: Edit]>> = {
  'dangerous-triggers': ['reading.yml', addTrigger('merge_group: { branches: [main] }\n  push: { branches: [main] }')],
  'trigger-branches': ['writing.yml', swap('    branches: [main]', '    branches:\n      - main')],
  'schedule-minute': ['reading.yml', swap('\non:\n', "\non:\n  schedule:\n    - cron: '41 */2 * * *'\n")],
  'dispatch-on-default-branch': [
    'reading.yml',
    (source) =>
      addToJob("if: github.event_name != 'workflow_dispatch' || github.ref == 'refs/heads/main'")(addTrigger('workflow_dispatch:')(source)),
  ],
  'unasked-adoption': ['writing.yml', swap(" || 'false'", '')],
  'concurrency-limits': ['reading.yml', swap('cancel-in-progress: true', 'cancel-in-progress: false')],
  'top-permissions': ['reading.yml', swap('permissions: {}', 'permissions: {} # nothing')],
  'excessive-permissions': ['writing.yml', swap('contents: write', '"contents": "write"')],
  'undocumented-permissions': ['reading.yml', swap('to check out the code that is tested', 'to read the policies and nothing else')],
  'unpinned-uses': ['reading.yml', swap(/@a{40} # v7.0.1/, `@${'9'.repeat(40)} # v8.10.0`)],
  'forbidden-uses': ['reading.yml', addStep(`uses: actions/upload-artifact@${'f'.repeat(40)} # v7.0.0`)],
  artipacked: ['reading.yml', swap('persist-credentials: false', "persist-credentials: 'false'")],
  'base-code': [
    'writing.yml',
    (source) => swap('uses: ./', 'uses: ./.base')(swap(CHECKOUT_REF, `${CHECKOUT_REF}\n          path: .base`)(source)),
  ],
  'privileged-run': ['reading.yml', addStep('run: ./prepare.sh')],
  'adhoc-packages': ['reading.yml', addStep('run: npm ci --ignore-scripts')],
  'cache-poisoning': ['reading.yml', swap('package-manager-cache: false', "package-manager-cache: 'false'")],
  'unsound-success': ['reading.yml', addStep('run: test -f a || test -f b')],
  'self-hosted-runner': ['reading.yml', swap('ubuntu-24.04', 'ubuntu-26.04-arm')],
  'timeout-minutes': ['reading.yml', swap('timeout-minutes: 10', 'timeout-minutes: 60')],
  'secrets-outside-env': ['writing.yml', swap('environment: rollcall-apply', 'environment: "rollcall-apply"')],
  'secrets-on-one-step': ['writing.yml', addEnv(`ROLLCALL_SIGNING_KEY: \${{ secrets.ROLLCALL_SIGNING_KEY }}`)],
  'secrets-of-pull-requests': ['writing.yml', addTrigger("schedule: [{ cron: '7 * * * *' }]")],
  'overprovisioned-secrets': ['writing.yml', addEnv(`TWILIO_MAIN_AUTH_TOKEN: \${{ secrets.TWILIO_MAIN_AUTH_TOKEN }}`)],
  'unredacted-secrets': ['reading.yml', addStep("if: fromJSON('[true]')[0]\n        run: ls")],
  'github-env': ['reading.yml', addStep('run: echo done >> "$GITHUB_STEP_SUMMARY"')],
  'insecure-commands': ['reading.yml', addToJob("env: { CI_COLOUR: 'never' }")],
  'tampered-environment': ['reading.yml', addToJob('env: { LANG: C }')],
  'template-injection': ['reading.yml', addStep('run: echo "$GITHUB_HEAD_REF"')],
  'bot-conditions': ['reading.yml', addStep("if: github.event_name == 'push'\n        run: ls")],
  'unsound-condition': ['reading.yml', addStep(`if: \${{ !cancelled() && github.event_name == 'push' }}\n        run: ls`)],
  'unsound-contains': ['reading.yml', addStep('if: contains(fromJSON(\'["push"]\'), github.event_name)\n        run: ls')],
  'unsound-ternary': ['reading.yml', addStep(`name: \${{ inputs.pull || 'all' }}\n        run: ls`)],
};

test('our own workflows break no rule', () => {
  expect(Object.keys(OWN).sort()).toEqual(['apply.yml', 'ci.yml', 'drift.yml', 'plan.yml', 'validate.yml']);
  expect(Object.entries(OWN).flatMap(([file, source]) => lintWorkflow(file, source))).toEqual([]);
});

describe('the night watch', () => {
  const own = (file: string) => readWorkflow(file, OWN[file] ?? '');
  const all = Object.keys(OWN).map(own);
  const drift = own('drift.yml');

  test('waits in the same line as apply, in which nobody is cancelled and nobody is left out', () => {
    expect(drift.concurrency).toEqual({ group: 'rollcall-apply', queue: 'max', 'cancel-in-progress': false });
    expect(drift.concurrency).toEqual(own('apply.yml').concurrency);
  });

  test('runs every hour at an odd minute, which is the only schedule here', () => {
    const [one, ...more] = drift.triggers['schedule'] as { readonly cron: string }[];
    expect(one?.cron).toMatch(/^[1-5]?[13579] \* \* \* \*$/);
    expect(more).toEqual([]);
    expect(all.filter(({ triggers }) => 'schedule' in triggers).map(({ file }) => file)).toEqual(['drift.yml']);
  });

  test('is started by nothing but its schedule and a dispatch', () => {
    expect(Object.keys(drift.triggers).toSorted()).toEqual(['schedule', 'workflow_dispatch']);
  });

  test('is the only one that may write issues; apply may read them', () => {
    const mayDo = ({ jobs }: Workflow) =>
      jobs
        .flatMap(({ permissions }) => permissions ?? [])
        .flatMap(({ scope, level }) => (scope === 'issues' || scope === '*' ? [level] : []));
    const may = all.map((workflow) => [workflow.file, mayDo(workflow)]).filter(([, levels]) => levels?.length !== 0);
    expect(may).toEqual([
      ['apply.yml', ['read']],
      ['drift.yml', ['write']],
    ]);
  });
});

test('the fixtures break no rule before somebody changes them', () => {
  expect(Object.entries(FIXTURES).flatMap(([file, source]) => lintWorkflow(file, source, ALLOWED_HERE))).toEqual([]);
});

test('there is a bad idea for every rule', () => {
  expect([...new Set(BAD.map(([rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
});

describe('a bad idea is seen, in the fixtures and wherever it fits into our own workflows:', () => {
  test.each(BAD)('%s: %s', (rule, _, edit) => {
    const edited = Object.entries({ ...FIXTURES, ...OWN }).flatMap(([file, source]) => {
      const changed = edit(source);
      return changed === source ? [] : [{ file, rules: lintWorkflow(file, changed, ALLOWED_HERE).map((finding) => finding.split(':')[0]) }];
    });
    expect(edited.some(({ file }) => file in FIXTURES)).toBe(true);
    expect(edited.some(({ file }) => file in OWN)).toBe(true);
    expect(edited.filter(({ rules }) => !rules.includes(rule))).toEqual([]);
  });
});

describe('what only looks like it is left alone:', () => {
  test.each(Object.entries(GOOD))('%s', (_, [file, edit]) => {
    const source = FIXTURES[file] ?? '';
    const changed = edit(source);
    expect(changed).not.toBe(source);
    expect(lintWorkflow(file, changed, ALLOWED_HERE)).toEqual([]);
  });
});
