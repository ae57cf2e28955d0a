import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { GithubToken } from '../../../src/emulator/github/github-state.ts';
import { ROOT } from '../../cli/support/bundle.ts';
import { readText } from './build-action.ts';
import { checkOut, git } from './check-out.ts';
import { type Contexts, evaluateCondition, evaluateText, type Status } from './evaluate-text.ts';

/** What a job's token may do. */
export type Permissions = GithubToken['permissions'];

/** What GitHub knows when it starts a run. */
export interface Started {
  /** `acme/access`, and the git repository that has its commits. */
  readonly repository: string;
  readonly repositoryId: number;
  readonly origin: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly event: string;
  readonly payload: unknown;
  readonly ref: string;
  readonly sha: string;
  /** Whoever started it; and whoever started it again, where that was somebody else. */
  readonly actor: string;
  readonly triggeringActor?: string;
  /** Makes the token of a job, which may do what the job's permissions say and nothing else. */
  readonly mint: (permissions: Permissions) => string;
  /** What was typed into the form of a dispatch; what was not has its default. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Whether the workflow is the one of the repository at `sha`, as GitHub reads it; otherwise it is ours. */
  readonly hasOwnWorkflows?: boolean;
  /** Actions that have a repository of their own, by `acme/rollcall@COMMIT`: the folder with what is there at that commit. */
  readonly actions?: Readonly<Record<string, string>>;
  /** By environment, with the one ref that may enter it. */
  readonly environments?: Readonly<Record<string, { readonly ref: string; readonly secrets: Readonly<Record<string, string>> }>>;
  /** What else the machine has in its environment, such as where the emulated vendors are. */
  readonly machine?: Readonly<Record<string, string>>;
}

export interface RanStep {
  readonly name: string;
  readonly exit: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface RanJob {
  readonly conclusion: 'success' | 'failure' | 'skipped';
  readonly steps: readonly RanStep[];
  /** Uploaded files by artifact and name. */
  readonly artifacts: ReadonlyMap<string, string>;
  readonly workspace: string;
}

type Fields = Readonly<Record<string, unknown>>;

interface Machine {
  readonly workspace: string;
  readonly temp: string;
  readonly contexts: Contexts;
  readonly env: Readonly<Record<string, string>>;
  readonly started: Started;
  readonly artifacts: Map<string, string>;
}

/** Runs one job of a workflow file, step for step, as a runner does: scripts by bash, rollcall's action by Node. */
export async function executeJob(file: string, id: string, started: Started): Promise<RanJob> {
  const workflow = parse(await readWorkflow(`.github/workflows/${file}`, started));
  const job: Fields = workflow.jobs[id];
  const home = await mkdtemp(path.join(tmpdir(), 'rollcall-runner-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const facts = { permissions: permissionsOf(workflow, job), inputs: inputsOf(workflow, started), secrets: secretsOf(job, started) };
  const machine = await prepare(home, facts, started);
  const nothing = { steps: [], artifacts: machine.artifacts, workspace: machine.workspace };
  if (!(await evaluateCondition(textOf(job['if']), machine.contexts, 'success'))) return { ...nothing, conclusion: 'skipped' };
  const steps: RanStep[] = [];
  let status: Status = 'success';
  for (const step of job['steps'] as Fields[]) {
    if (!(await evaluateCondition(textOf(step['if']), machine.contexts, status))) continue;
    const ran = await executeStep(step, machine, steps.length);
    steps.push(ran);
    if (ran.exit !== 0) status = 'failure';
  }
  return { ...nothing, steps, conclusion: status };
}

async function readWorkflow(file: string, { hasOwnWorkflows = false, origin, sha }: Started): Promise<string> {
  return hasOwnWorkflows ? git(origin, 'show', `${sha}:${file}`) : readText(path.join(ROOT, file));
}

interface JobFacts {
  readonly permissions: Permissions;
  readonly inputs: Fields;
  readonly secrets: Readonly<Record<string, string>>;
}

async function prepare(home: string, { permissions, inputs, secrets }: JobFacts, started: Started): Promise<Machine> {
  const [workspace, temp, eventFile] = [path.join(home, 'work'), path.join(home, 'temp'), path.join(home, 'event.json')];
  await Promise.all([mkdir(workspace), mkdir(temp), writeFile(eventFile, JSON.stringify(started.payload))]);
  const [github, env] = describeRun(started, eventFile);
  const token = started.mint(permissions);
  const contexts = {
    github: { ...github, token, workspace },
    inputs,
    secrets,
    runner: { temp },
  };
  const whole = { PATH: process.env['PATH'] ?? '', HOME: home, CI: 'true', GITHUB_ACTIONS: 'true', ...env, ...started.machine };
  return { workspace, temp, contexts, env: { ...whole, RUNNER_TEMP: temp, GITHUB_WORKSPACE: workspace }, started, artifacts: new Map() };
}

function describeRun(started: Started, eventFile: string): [github: Fields, env: Record<string, string>] {
  const facts = {
    repository: started.repository,
    repository_id: String(started.repositoryId),
    api_url: started.apiUrl,
    server_url: started.serverUrl,
    event_name: started.event,
    ref: started.ref,
    sha: started.sha,
    run_id: '4711',
    actor: started.actor,
    triggering_actor: started.triggeringActor ?? started.actor,
  };
  const env = Object.fromEntries(Object.entries(facts).map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value]));
  return [
    { ...facts, event: started.payload },
    { ...env, GITHUB_EVENT_PATH: eventFile },
  ];
}

/** What a job says of permissions is the whole of them; only one that says nothing has those of its workflow. */
function permissionsOf(workflow: Fields, job: Fields): Permissions {
  const permissions = job['permissions'] ?? workflow['permissions'];
  if (typeof permissions !== 'object' || permissions === null) throw new Error('the permissions of this job depend on settings');
  return permissions;
}

/** The inputs that a dispatch declares, each of its type; every other event has none. */
function inputsOf(workflow: Fields, { event, inputs = {} }: Started): Fields {
  if (event !== 'workflow_dispatch') return {};
  const declared = Object.entries(
    ((workflow['on'] as Fields)['workflow_dispatch'] as Fields)['inputs'] as Readonly<Record<string, Fields>>,
  );
  const unexpected = Object.keys(inputs).filter((name) => !declared.some(([known]) => known === name));
  if (unexpected.length > 0) throw new Error(`Unexpected inputs provided: ${unexpected}`);
  return Object.fromEntries(
    declared.map(([name, { type, default: otherwise = '' }]) => {
      const given = inputs[name] ?? String(otherwise);
      return [name, type === 'boolean' ? given === 'true' : given];
    }),
  );
}

/** An environment gives its secrets to the one ref that may enter it. */
function secretsOf(job: Fields, { environments, ref }: Started): Readonly<Record<string, string>> {
  const environment = environments?.[String(job['environment'])];
  return environment?.ref === ref ? environment.secrets : {};
}

async function executeStep(step: Fields, machine: Machine, at: number): Promise<RanStep> {
  const uses = textOf(step['uses']);
  const name = textOf(step['name']) ?? uses ?? textOf(step['run']) ?? '';
  const inputs = await evaluateFields(step['with'], machine.contexts);
  const env = await evaluateFields(step['env'], machine.contexts);
  if (uses === null) return runProcess('bash', ['-e', '-c', String(step['run'])], env, machine, name, at);
  const folder = uses.startsWith('./') ? path.join(machine.workspace, uses) : machine.started.actions?.[uses];
  if (folder !== undefined) return runAction(folder, inputs, env, machine, name, at);
  const standIn = STAND_INS[uses.split('@')[0] ?? ''];
  if (standIn === undefined) throw new Error(`${uses}: nothing stands in for this action`);
  const exit = await standIn(inputs, machine).then(
    () => 0,
    () => 1,
  );
  return { name, exit, log: '', outputs: {}, summary: '' };
}

/** What the actions of others do, as far as our workflows ask for it. */
const STAND_INS: Readonly<Record<string, (inputs: Readonly<Record<string, string>>, machine: Machine) => Promise<void>>> = {
  'actions/checkout': async (inputs, { workspace, started }) => checkOut(started.origin, workspace, inputs, started.sha),
  'actions/upload-artifact': async (inputs, { artifacts }) => {
    const { dir, base } = path.parse(inputs['path'] ?? '');
    const pattern = new RegExp(`^${base.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
    const files = (await readdir(dir).catch(() => [])).filter((file) => pattern.test(file));
    if (files.length === 0 && inputs['if-no-files-found'] !== 'ignore') throw new Error(`${inputs['path']} is not there`);
    for (const file of files) artifacts.set(`${inputs['name']}/${file}`, await readText(path.join(dir, file)));
  },
};

/** Node actions get every declared input in the environment, with its default where the workflow says nothing. */
async function runAction(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  machine: Machine,
  name: string,
  at: number,
): Promise<RanStep> {
  const action = parse(await readText(path.join(folder, 'action.yml')));
  const defaults = await evaluateFields(
    Object.fromEntries(Object.entries(action.inputs as Record<string, Fields>).map(([input, { default: text = '' }]) => [input, text])),
    machine.contexts,
  );
  const given = Object.entries({ ...defaults, ...inputs }).map(([input, value]) => [
    `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ]);
  return runProcess(process.execPath, [path.join(folder, action.runs.main)], { ...env, ...Object.fromEntries(given) }, machine, name, at);
}

async function runProcess(
  program: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  machine: Machine,
  name: string,
  at: number,
): Promise<RanStep> {
  const [output, summary] = [path.join(machine.temp, `output-${at}`), path.join(machine.temp, `summary-${at}`)];
  await Promise.all([writeFile(output, ''), writeFile(summary, '')]);
  const child = spawn(program, argv, {
    cwd: machine.workspace,
    env: { ...machine.env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exit = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  const outputs = Object.fromEntries(
    [...(await readText(output)).matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
  return { name, exit, log, outputs, summary: await readText(summary) };
}

async function evaluateFields(fields: unknown, contexts: Contexts): Promise<Record<string, string>> {
  const entries = Object.entries((fields ?? {}) as Fields).map(
    async ([key, value]) => [key, await evaluateText(String(value), contexts)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
