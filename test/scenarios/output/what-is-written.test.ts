import { expect, test } from 'vitest';
import { PRODUCTION } from '../support/company.ts';
import { createScenario, type Scenario } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

const ESC = '\u001b';
const HOSTILE = [
  '::error file=x::gotcha',
  '##[error]gotcha',
  `${ESC}[31mred${ESC}[0m${ESC}]0;title\u0007`,
  '**bold** [x](javascript:alert(1)) <img src=x onerror=alert(1)> @acme/security #1',
  '\u202egnp.exe\u202c\u2066x\u2069',
  'line\r\n::set-output name=x::y\n| a | b |',
  '```\n# heading\n```',
  '=HYPERLINK("http://evil.example")',
  'x'.repeat(10_240),
  '\u0000\u0008\u200b\ufeff',
];

/** Runs a command in every format and gives every text it wrote. */
async function everyText(scenario: Scenario, ...argv: string[]): Promise<string[]> {
  const texts: string[] = [];
  const formats = argv[0] === 'explain' || argv[0] === 'ledger' ? ['text', 'json'] : ['text', 'markdown', 'json'];
  for (const format of formats) {
    const run = await scenario.run(...argv, '--format', format);
    texts.push(run.stdout, run.stderr);
  }
  return texts;
}

function expectHarmless(text: string): void {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const control = (code < 0x20 && character !== '\n') || (code >= 0x7f && code < 0xa0);
    const bidi = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0x200b || code === 0xfeff;
    if (control || bidi) throw new Error(`a control character (${code.toString(16)}) was written`);
  }
  for (const line of text.split('\n')) expect(line.trimStart().startsWith('::') || line.trimStart().startsWith('##[')).toBe(false);
  expect(text).not.toContain('<img');
  expect(text).not.toContain('](javascript');
  expect(text).not.toContain('x'.repeat(300));
}

test.each(HOSTILE.map((name, index) => [index, name]))(
  'hostile name %i from the vendor does no harm in any output',
  async (_index, name) => {
    const scenario = await startConverged({ ...TEAM, settings: 'names: enforce\n' });
    scenario.portal().rename('bob@acme.example', name);
    scenario.portal().setRole('bob@acme.example', 'admin');
    const texts = [
      ...(await everyText(scenario, 'plan')),
      ...(await everyText(scenario, 'drift')),
      ...(await everyText(scenario, 'drift', '--revert')),
      ...(await everyText(scenario, 'ledger', 'show')),
    ];
    await scenario.run('observe', '--out', 'live.json');
    texts.push(...(await everyText(scenario, 'explain', 'bob@acme.example', '--observation', 'live.json')));
    for (const text of texts) {
      if (text.startsWith('{')) expect(() => JSON.parse(text)).not.toThrow();
      else expectHarmless(text);
    }
  },
);

test.each(HOSTILE.map((words, index) => [index, words]))(
  'hostile role %i, and address, from the vendor do no harm',
  async (_index, words) => {
    const scenario = createScenario({
      policies: withPeople(TEAM),
      live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'] },
    });
    scenario.portal().setRole('bob@acme.example', words);
    scenario.portal().inviteByPortal(`${words.slice(0, 200)}@elsewhere.example`, 'member', words);
    for (const argv of [['plan'], ['apply', '--yes'], ['drift'], ['ledger', 'show']]) {
      for (const text of await everyText(scenario, ...argv)) if (!text.startsWith('{')) expectHarmless(text);
    }
  },
);

test.each(HOSTILE.map((words, index) => [index, words]))('hostile error text %i from the vendor does no harm', async (_index, words) => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  scenario.fault({
    kind: 'status',
    status: 422,
    body: { errors: [{ code: words, title: words, detail: words }] },
    times: 'always',
    match: { method: 'POST' },
  });
  const texts = await everyText(scenario, 'apply', '--yes');
  scenario.fault({
    kind: 'status',
    status: 500,
    body: { errors: [{ code: words, title: words, detail: words }] },
    times: 'always',
    match: { method: 'GET' },
  });
  texts.push(...(await everyText(scenario, 'plan')), ...(await everyText(scenario, 'ledger', 'show')));
  for (const text of texts) if (!text.startsWith('{')) expectHarmless(text);
});

test('JSON escapes what a terminal or a log would obey', async () => {
  const scenario = await startConverged();
  scenario.portal().rename('bob@acme.example', `${ESC}[31m\u202e`);
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['cleo'] }));
  const { stdout } = await scenario.run('plan', '--format', 'json');
  expect(stdout).not.toContain(ESC);
  expect(stdout).not.toContain('\u202e');
});

test('the same plan JSON, byte for byte, twice with ROLLCALL_NOW, and the same digest over any order of files and rows', async () => {
  const policies = withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new', 'cleo'] });
  const live = ['ada admin', 'zoe admin', 'bob member', 'old member', 'cleo member'];
  const make = (files: Record<string, string>, rows: readonly string[]) => {
    const scenario = createScenario({ policies: files, live: { [PRODUCTION]: rows } });
    scenario.env = { ...scenario.env, ROLLCALL_NOW: '2026-11-23T12:00:00Z' };
    return scenario;
  };
  const first = make(policies, live);
  const one = await first.run('plan', '--format', 'json');
  expect((await first.run('plan', '--format', 'json')).stdout).toBe(one.stdout);
  expect(JSON.parse(one.stdout).at).toBe('2026-11-23T12:00:00.000Z');
  const other = make(Object.fromEntries(Object.entries(policies).reverse()), live);
  expect((await other.run('plan', '--format', 'json')).stdout).toBe(one.stdout);
});

test('rows in another order are the same plan', async () => {
  const scenario = createScenario({
    policies: withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['cleo'] }),
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'] },
    switches: { max_page_size: 1 },
  });
  const one = await scenario.plan();
  scenario.world.setSwitches({ max_page_size: 250 });
  const other = await scenario.plan();
  expect(other.digest).toBe(one.digest);
  expect(other.accounts[0]?.observation.digest).toBe(one.accounts[0]?.observation.digest);
});

test('--out for plan writes the JSON document and prints the text; --quiet keeps stderr empty', async () => {
  const scenario = await startConverged();
  const run = await scenario.run('plan', '--out', 'plan.json', '--quiet');
  expect(run).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringContaining('No changes.') });
  expect(JSON.parse(scenario.files.get('plan.json') ?? '')).toMatchObject({ format_version: '1.0', verdict: 'empty' });
});

test('results are on stdout, progress is on stderr, and JSON stands alone on stdout', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'new'] }));
  for (const argv of [['plan'], ['drift'], ['apply', '--yes'], ['ledger', 'verify'], ['ledger', 'show'], ['explain', 'ada@acme.example']]) {
    const run = await scenario.run(...argv, '--format', 'json');
    expect(() => JSON.parse(run.stdout), argv.join(' ')).not.toThrow();
  }
});

test('no colour where nobody can see it', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'new'] }));
  for (const argv of [['plan'], ['drift'], ['apply', '--yes'], ['ledger', 'show'], ['validate'], ['explain', 'ada@acme.example']]) {
    const run = await scenario.run(...argv);
    expect(run.stdout + run.stderr, argv.join(' ')).not.toContain(ESC);
  }
});

test('without --debug there is no stack trace, whatever is wrong', async () => {
  const scenario = await startConverged();
  for (const argv of [
    ['plan', '--policies', 'x'],
    ['apply'],
    ['apply', '--plan', 'x'],
    ['plan', '--observation', 'x'],
    ['explain', 'x@acme.example'],
    ['x'],
  ]) {
    expect((await scenario.run(...argv)).stderr, argv.join(' ')).not.toMatch(/\n\s+at /);
  }
});
