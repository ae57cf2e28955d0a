import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Command } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRealWorld } from '../../src/real-world.ts';
import { buildProgram, runCli } from '../../src/run-cli.ts';
import { COMPANY } from '../policy/four-kinds.ts';
import { createOffice } from '../scenarios/github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, team } from '../scenarios/support/company.ts';
import { createScenario, type Scenario } from '../scenarios/support/create-scenario.ts';
import { startConverged, withPeople } from '../scenarios/support/start-converged.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const JSON_FORMAT = ['--format', 'json'];

/** What is for people or for a shell alone, and why nobody wants it as a document. */
const ONLY_TEXT: Readonly<Record<string, string>> = {
  demo: 'a story that people watch',
  completion: 'a script for a shell',
};

interface Printed {
  readonly stdout: string;
  readonly exit: number;
}

/** Every way a command prints JSON, with the schema of what it prints and the code it ends with. */
const COMMANDS: readonly (readonly [command: string, schema: string, exit: number, run: () => Promise<Printed>])[] = [
  ['validate', 'output/validate', 3, async () => (await withBrokenTeam()).run('validate', ...JSON_FORMAT)],
  ['plan', 'plan', 0, async () => (await startWork()).run('plan', ...JSON_FORMAT)],
  ['drift', 'plan', 2, async () => (await startWork()).run('drift', ...JSON_FORMAT)],
  ['drift --revert', 'output/apply', 2, async () => (await startWork()).run('drift', '--revert', ...JSON_FORMAT)],
  ['drift --adopt', 'output/drift-adopt', 0, async () => (await startDrift()).run('drift', '--adopt', ...JSON_FORMAT)],
  ['apply', 'output/apply', 0, async () => (await startWork()).run('apply', '--yes', ...JSON_FORMAT)],
  ['observe', 'output/observe', 0, async () => (await startWork()).run('observe', '--out', 'live.json', ...JSON_FORMAT)],
  ['observe of nobody', 'output/observe', 9, async () => (await withoutKeys()).run('observe', '--out', 'live.json', ...JSON_FORMAT)],
  ['explain', 'output/explain', 0, async () => explain('bob@acme.example')],
  ['explain who can', 'output/explain', 0, async () => explain('--account', PRODUCTION, '--role', 'admin')],
  ['roster', 'output/roster', 0, runRoster],
  ['init', 'output/init', 0, runInit],
  ['import', 'output/import', 0, async () => (await startWork()).run('import', ...JSON_FORMAT)],
  ['import of nobody', 'output/import', 9, async () => (await withoutKeys()).run('import', ...JSON_FORMAT)],
  ['doctor', 'output/doctor', 0, async () => (await startWork()).run('doctor', ...JSON_FORMAT)],
  ['doctor without keys', 'output/doctor', 9, async () => (await withoutKeys()).run('doctor', ...JSON_FORMAT)],
  ['ledger verify', 'output/ledger-verify', 0, async () => (await startWork()).run('ledger', 'verify', ...JSON_FORMAT)],
  ['ledger show', 'output/ledger-show', 0, async () => (await startWork()).run('ledger', 'show', ...JSON_FORMAT)],
  ['keygen', 'output/keygen', 0, async () => (await startWork()).run('keygen', ...JSON_FORMAT)],
  ['keygen --out', 'output/keygen', 0, async () => (await startWork()).run('keygen', '--out', 'key', ...JSON_FORMAT)],
  ['emulate telnyx', 'output/emulate', 130, () => serve('telnyx')],
  ['emulate twilio', 'output/emulate', 130, () => serve('twilio')],
  ['emulate github', 'output/emulate', 130, () => serve('github')],
  ['emulate all', 'output/emulate', 130, () => serve('all')],
  ['ci plan', 'output/ci-plan', 0, async () => (await inAnOffice()).planned],
  ['ci plan of invalid policies', 'output/ci-plan', 3, async () => (await inAnOffice()).broken],
  ['ci apply', 'output/apply', 0, async () => (await inAnOffice()).applied],
  ['ci drift', 'output/apply', 0, async () => (await inAnOffice()).watched],
];

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
addFormats.default(ajv);

async function loadSchemas(): Promise<string[]> {
  const files = (await readdir(path.join(ROOT, 'schemas/output'))).map((file) => `output/${file}`);
  for (const file of ['plan.schema.json', ...files]) {
    const key = `https://acme.example/${file}`;
    if (ajv.getSchema(key) === undefined) ajv.addSchema(JSON.parse(await readFile(path.join(ROOT, 'schemas', file), 'utf8')), key);
  }
  return files;
}

test('every schema says something of everything in it', async () => {
  const files = await loadSchemas();
  for (const file of files) expect(ajv.getSchema(`https://acme.example/${file}`), file).toBeTypeOf('function');
  const silent = (schema: unknown, place: string): string[] => {
    if (typeof schema !== 'object' || schema === null) return [];
    const { properties = {} } = schema as { properties?: Record<string, { description?: string; $ref?: string }> };
    const own = Object.entries(properties).flatMap(([name, { description, $ref }]) =>
      description || $ref?.includes('#/$defs/') ? [] : [`${place}.${name}`],
    );
    return [...own, ...Object.entries(schema).flatMap(([key, value]) => silent(value, `${place}/${key}`))];
  };
  for (const file of files) expect(silent(JSON.parse(await readFile(path.join(ROOT, 'schemas', file), 'utf8')), file)).toEqual([]);
});

test('every command prints JSON that has a schema, or there is a reason why not', async () => {
  const paths = (command: Command, at: string): string[] =>
    command.commands.flatMap((one) => (one.commands.length > 0 ? paths(one, `${at}${one.name()} `) : [`${at}${one.name()}`]));
  const { world } = openReal(new AbortController());
  const all = paths(
    buildProgram(world, () => undefined),
    '',
  );
  const covered = new Set([...COMMANDS.map(([command]) => command), ...Object.keys(ONLY_TEXT)]);
  expect(all.filter((command) => !covered.has(command))).toEqual([]);
  const files = await loadSchemas();
  expect(files.filter((file) => !COMMANDS.some(([, schema]) => `${schema}.schema.json` === file))).toEqual([]);
});

test.each(Object.entries(ONLY_TEXT))('%s is %s, so it says that it prints text alone', async (command) => {
  const { world, text } = openReal(new AbortController());
  expect(await runCli([command, ...(command === 'completion' ? ['bash'] : []), ...JSON_FORMAT], world)).toBe(64);
  expect(text.errors).toContain('this command prints text');
  await runCli([command, '--help'], world);
  expect(text.out.replaceAll(/\s+/g, ' ')).toContain('so only as text');
});

describe.each(COMMANDS)('rollcall %s --format json', (_, schema, exit, run) => {
  test(`prints one document of schemas/${schema}.schema.json and nothing else`, async () => {
    await loadSchemas();
    const printed = await run();
    const document: unknown = JSON.parse(printed.stdout);
    const validate = ajv.getSchema(`https://acme.example/${schema}.schema.json`);
    validate?.(document);
    expect(validate?.errors ?? null).toBeNull();
    expect(printed.exit).toBe(exit);
  });
});

/** Somebody to raise, to invite and to delete, and a difference that nobody approved. */
async function startWork(): Promise<Scenario> {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new'] }));
  scenario.portal().setRole('zoe@acme.example', 'member');
  return scenario;
}

async function startDrift(): Promise<Scenario> {
  const scenario = await startConverged();
  scenario.portal().setRole('zoe@acme.example', 'member');
  return scenario;
}

async function withBrokenTeam(): Promise<Scenario> {
  const scenario = await startConverged();
  scenario.policy('teams/broken.yaml', 'members: [nobody@acme.example]\ngrants: []\n');
  return scenario;
}

async function withoutKeys(): Promise<Scenario> {
  const scenario = await startConverged();
  scenario.env = {};
  return scenario;
}

async function explain(...argv: string[]): Promise<Printed> {
  const scenario = await startWork();
  await scenario.run('observe', '--out', 'live.json');
  return scenario.run('explain', ...argv, '--observation', 'live.json', ...JSON_FORMAT);
}

async function runInit(): Promise<Printed> {
  const { world, text, folder } = openReal(new AbortController());
  await makeFolder(folder);
  const exit = await runCli(
    ['init', path.join(folder, 'access'), '--add', 'telnyx-production=telnyx', '--owner', 'root@acme.example']
      .concat(['--security', '@acme/security', '--action', `acme/rollcall@${'a'.repeat(40)}`])
      .concat(JSON_FORMAT),
    world,
  );
  return { exit, stdout: text.out };
}

async function runRoster(): Promise<Printed> {
  const scenario = createScenario({ policies: COMPANY, live: {}, now: '2026-11-22T09:00:00.000Z' });
  scenario.input = 'Twilio Labs\nUsers\nName\tEmail\tRole\nRoot\troot@acme.example\tOwner\nAda\tada@acme.example\tDeveloper\n';
  return scenario.run('roster', '--account', 'twilio-labs', '--attested-by', 'ada@acme.example', ...JSON_FORMAT);
}

interface Text {
  out: string;
  errors: string;
}

/** The real world without its environment; what is written is kept, and `wrote` is told of it. */
function openReal(interrupted: AbortController, wrote: () => void = () => undefined) {
  const text: Text = { out: '', errors: '' };
  const folder = path.join(tmpdir(), `rollcall-json-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const sink = (to: keyof Text) => ({
    isTerminal: false,
    columns: 120,
    write: (more: string) => {
      text[to] += more;
      wrote();
    },
  });
  const real = createRealWorld(process, interrupted.signal, interrupted.signal);
  return { world: { ...real, env: {}, ask: null, prompt: null, stdout: sink('out'), stderr: sink('errors') }, text, folder };
}

async function makeFolder(folder: string): Promise<void> {
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
}

/** Starts emulators, and stops them once they have printed a line. */
async function serve(which: string): Promise<Printed> {
  const empty = await mkdtemp(path.join(tmpdir(), 'rollcall-json-'));
  await makeFolder(empty);
  const interrupted = new AbortController();
  const { world, text } = openReal(interrupted, () => {
    if (text.out.endsWith('\n')) interrupted.abort();
  });
  const exit = await runCli(['emulate', which, '--policies', path.join(empty, 'policies'), ...JSON_FORMAT], world);
  expect(text.out.trimEnd().split('\n')).toHaveLength(1);
  return { exit, stdout: text.out };
}

let story: Promise<Record<'planned' | 'broken' | 'applied' | 'watched', Printed>> | null = null;

/** One story for all of them: a pull request, one with invalid policies, a merge, a night. */
function inAnOffice() {
  story ??= tellOffice();
  return story;
}

async function tellOffice() {
  const office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  try {
    await office.begin();
    const pull = await office.propose('ada', 'Hedy joins', {
      'people/hedy.yaml': peopleFile(['hedy']),
      [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['bob', 'hedy']),
    });
    const invalid = await office.propose('ada', 'A slip', { 'teams/slip.yaml': 'members: [nobody@acme.example]\ngrants: []\n' });
    const flags = JSON_FORMAT;
    const planned = await office.plan(pull, { flags });
    const broken = await office.plan(invalid, { flags });
    await office.approve(pull, 'grace');
    await office.merge(pull);
    const applied = await office.apply({ flags });
    const watched = await office.drift({ flags });
    return { planned, broken, applied, watched };
  } finally {
    await office.stop();
  }
}
