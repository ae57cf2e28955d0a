import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { PROTECTED, PROTECTED_ENVIRONMENT, UNPROTECTED } from '../../src/emulator/github/protection-state.ts';
import type { Http, HttpRequest } from '../../src/ports.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { runCli } from '../../src/run-cli.ts';
import { createOffice, type Office } from '../scenarios/github/support/create-office.ts';
import { company, PRODUCTION, SUPPORT } from '../scenarios/support/company.ts';
import { keyOf } from '../scenarios/support/create-scenario.ts';

const never = new AbortController().signal;
const real = createRealWorld(process, never, never);
const VENDOR = 'http://127.0.0.1:4010';
const ADMIN = 'ghp_CANARY-of-an-administrator';
const READER = 'ghp_CANARY-of-a-reader';
const PIN = `acme/rollcall@${'a1'.repeat(20)} # v1.0.0`;
const KEYS = ['ROLLCALL_SIGNING_KEY', 'TELNYX_PRODUCTION_API_KEY', 'TELNYX_SUPPORT_API_KEY'];
const FILES: Readonly<Record<string, string>> = {
  '.github/CODEOWNERS': '/policies/ @acme/people\n/policies/accounts/ @acme/security\n/.github/ @acme/security\n',
  '.github/workflows/validate.yml': workflow('validate', []),
  '.github/workflows/plan.yml': workflow('plan', []),
  '.github/workflows/apply.yml': workflow('apply', KEYS),
  '.github/workflows/drift.yml': workflow('drift', KEYS),
  'schemas/account-names.schema.json': JSON.stringify({ enum: [PRODUCTION, SUPPORT] }),
};

let office: Office;
let folder: string;
let clones = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-doctor-'));
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'] }, [SUPPORT]: { admin: ['ada'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin'], [SUPPORT]: ['ada admin'] },
  });
  await office.people.commitFiles('main', FILES, 'What runs on GitHub', 'grace');
  await office.begin();
  await office.drift();
  for (let hours = 23; hours >= 0; hours -= 1) {
    const startedAt = Date.parse(office.now()) - hours * 3_600_000;
    const run = { workflow: '.github/workflows/drift.yml', event: 'schedule', status: 'completed', conclusion: 'success' } as const;
    office.people.addRun({ ...run, startedAt, updatedAt: startedAt + 90_000 });
  }
  office.people.setPermission('ada', 'admin');
  setUpWell();
  const { addToken } = office.github.world;
  const token = { kind: 'user', userId: 101, login: 'ada', appId: null, repository: 'acme/access' } as const;
  const all = {
    contents: 'write',
    'pull-requests': 'write',
    checks: 'read',
    actions: 'read',
    secrets: 'read',
    environments: 'read',
  } as const;
  addToken({ ...token, value: ADMIN, permissions: { ...all, administration: 'write' } });
  addToken({ ...token, value: READER, permissions: { contents: 'read' } });
}, 60_000);

afterAll(async () => {
  await office.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As docs/github.md advises, with a drift run every hour for a day. */
function setUpWell(): void {
  const { people } = office;
  people.protect(PROTECTED);
  people.setEnvironments([{ ...PROTECTED_ENVIRONMENT, secrets: KEYS }]);
  people.switchIssues(true);
}

function workflow(command: string, keys: readonly string[]): string {
  const given = keys.map((name) => `          ${name}: \${{ secrets.${name} }}\n`).join('');
  return [
    `name: ${command}\non:\n  ${command === 'drift' ? "schedule: [{ cron: '23 * * * *' }]" : 'workflow_dispatch:'}\npermissions: {}\njobs:\n  ${command}:\n    runs-on: ubuntu-24.04\n`,
    keys.length > 0 ? '    environment: rollcall-apply\n' : '',
    `    steps:\n      - uses: ${PIN}\n        with:\n          command: ${command}\n`,
    given === '' ? '' : `        env:\n${given}`,
  ].join('');
}

/** A clone as anybody has it, with these files beside the policies. */
async function clone(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  clones += 1;
  const target = path.join(folder, `clone-${clones}`);
  const { stdout } = await office.people.repository.git.run(['rev-parse', '--absolute-git-dir']);
  const from = new TextDecoder().decode(stdout).trim();
  expect((await real.git(folder).run(['clone', '--quiet', '--branch', 'main', from, target])).code).toBe(0);
  const remote = `${office.github.serverUrl}/acme/access.git`;
  expect((await real.git(target).run(['remote', 'set-url', 'origin', remote])).code).toBe(0);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(target, name)), { recursive: true });
    await writeFile(path.join(target, name), text);
  }
  return target;
}

interface Desk {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly argv?: readonly string[];
}

/** `doctor` at somebody's desk, with the keys of both accounts in the environment; and every request it sent. */
async function doctor(inside: string, { env = { GITHUB_TOKEN: ADMIN }, columns = 120, argv = [] }: Desk = {}) {
  const out = { stdout: '', stderr: '' };
  const sent: HttpRequest[] = [];
  const outside = createHttpClient(4 * 1024 * 1024);
  const vendor = office.vendor.http({ origin: VENDOR });
  const http: Http = {
    send: async (request) => {
      sent.push(request);
      return (new URL(request.url).origin === office.github.origin ? outside : vendor).send(request);
    },
    close: async () => undefined,
  };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[name] += text;
    },
    isTerminal: false,
    columns,
  });
  const exit = await runCli(['doctor', '--policies', path.join(inside, 'policies'), ...argv], {
    ...real,
    env: {
      ROLLCALL_TELNYX_ORIGIN: VENDOR,
      TELNYX_PRODUCTION_API_KEY: keyOf(PRODUCTION),
      TELNYX_SUPPORT_API_KEY: keyOf(SUPPORT),
      GITHUB_API_URL: office.github.origin,
      GITHUB_SERVER_URL: office.github.serverUrl,
      ...env,
    },
    clock: { now: () => Date.parse(office.now()), sleep: async () => undefined },
    openHttp: async () => http,
    openStorage: () => openMemoryStorage(),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
  }).finally(() => outside.close());
  expect(out.stdout + out.stderr).not.toContain('CANARY');
  return { exit, sent, ...out, flat: out.stdout.replaceAll(/\s+/g, ' ') };
}

/** Without the id of the key, which is another in every run. */
function masked(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{16}\b/g, '0123456789abcdef');
}

describe('doctor in a clone of a repository on GitHub', () => {
  test('is one screen in groups, and all is well that can be asked', async () => {
    const { exit, stdout } = await doctor(await clone(), { columns: 100 });
    expect(exit).toBe(0);
    await expect(masked(stdout)).toMatchFileSnapshot('golden/doctor-100.txt');
  });

  test('is readable on forty columns, and has a fix under each line that is not well', async () => {
    const { people } = office;
    const key = { name: 'rollcall-apply', limitsBranches: false, secrets: ['ROLLCALL_SIGNING_KEY'] };
    people.protect({
      ...UNPROTECTED,
      secrets: ['TELNYX_PRODUCTION_API_KEY'],
      workflowStates: { '.github/workflows/drift.yml': 'disabled_inactivity' },
    });
    people.setEnvironments([key]);
    people.switchIssues(false);
    const { exit, stdout } = await doctor(await clone(), { columns: 40 }).finally(setUpWell);
    // What is wrong in the repository is for people to mend: the credentials work and the ledger verifies.
    expect(exit).toBe(0);
    await expect(masked(stdout)).toMatchFileSnapshot('golden/doctor-40.txt');
  });

  test('changes nothing anywhere: every request only reads', async () => {
    const { sent } = await doctor(await clone());
    expect(sent.length).toBeGreaterThan(20);
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  test('gives the same checks as a document', async () => {
    const { stdout } = await doctor(await clone(), { argv: ['--format', 'json'] });
    const { repository, checks, counts } = JSON.parse(stdout);
    expect(repository).toBe('acme/access');
    expect(checks).toContainEqual({
      group: 'repository',
      name: 'environment',
      state: 'ok',
      says: 'rollcall-apply, for main alone',
      fix: null,
    });
    expect(Object.values<number>(counts).reduce((sum, count) => sum + count)).toBe(checks.length);
  });

  test('says what a token may not see and what it would take, and checks all the rest', async () => {
    const { exit, flat } = await doctor(await clone(), { env: { GH_TOKEN: READER } });
    expect(exit).toBe(0);
    expect(flat).toMatch(/\? secrets GitHub answers 403: [^→]*→ Set GITHUB_TOKEN to a token with actions: read\./);
    expect(flat).toContain('✓ rollcall-state');
    expect(flat).toContain('✓ pins');
  });

  test('asks GitHub nothing without a token, and says how to have it asked', async () => {
    const { exit, sent, flat } = await doctor(await clone(), { env: {} });
    expect(exit).toBe(0);
    expect(sent.filter(({ url }) => url.startsWith(office.github.origin))).toEqual([]);
    expect(flat).toContain(
      '? GitHub it was not asked about acme/access → Set GITHUB_TOKEN to a token that may read the repository and its administration.',
    );
  });

  test('sends the token to no host that a remote names, only to the GitHub of the settings', async () => {
    const elsewhere = await clone();
    expect((await real.git(elsewhere).run(['remote', 'set-url', 'origin', 'git@git.acme.example:acme/access.git'])).code).toBe(0);
    const { sent, flat } = await doctor(elsewhere);
    expect(sent.filter(({ url }) => url.startsWith(office.github.origin))).toEqual([]);
    expect(flat).toContain('? GitHub it was not asked: the remote of this clone is on git.acme.example → Give --repository OWNER/NAME.');
    expect((await doctor(elsewhere, { argv: ['--repository', 'acme/access'] })).flat).toContain(
      'Repository acme/access ✓ visibility private',
    );
  });

  test('ends with 9 where the ledger of the state branch does not verify', async () => {
    const forged = await clone();
    const git = real.git(forged);
    const as = ['-c', 'user.name=Mallory', '-c', 'user.email=mallory@acme.example'];
    expect((await git.run(['checkout', '--quiet', '-b', 'forging', 'refs/remotes/origin/rollcall-state'])).code).toBe(0);
    expect((await git.run(['mv', 'live', 'hidden'])).code).toBe(0);
    await writeFile(path.join(forged, 'ledger/000001.jsonl'), '{"seq":1}\n');
    expect((await git.run(['add', '-A'])).code).toBe(0);
    expect((await git.run([...as, 'commit', '--quiet', '-m', 'Forged'])).code).toBe(0);
    expect((await git.run(['update-ref', 'refs/remotes/origin/rollcall-state', 'HEAD'])).code).toBe(0);
    expect((await git.run(['checkout', '--quiet', 'main'])).code).toBe(0);
    const { exit, flat } = await doctor(forged);
    expect(flat).toContain('✗ rollcall-state');
    expect(flat).toContain('→ Nothing is written until it verifies: put rollcall-state back');
    expect(exit).toBe(9);
  });

  test('says in one line that nothing runs on GitHub where the policies stand alone', async () => {
    const alone = path.join(folder, 'alone');
    await mkdir(path.join(alone, 'policies/accounts'), { recursive: true });
    await writeFile(
      path.join(alone, `policies/accounts/${PRODUCTION}.yaml`),
      'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
    );
    const { flat } = await doctor(alone, { env: {} });
    expect(flat).toContain(
      '? files the policies are in no clone, so nothing runs on GitHub from here → Run `git init -b main` beside them.',
    );
    expect(flat).not.toContain('Workflows');
    expect((await real.git(alone).run(['init', '--quiet', '-b', 'main'])).code).toBe(0);
    const { exit, flat: later } = await doctor(alone, { env: {} });
    expect(later).toContain('? files there is no .github beside the policies, so nothing runs on GitHub from here → Run `rollcall init .`');
    expect(exit).toBe(0);
  });

  test('checks the files that lie beside the policies before there is a clone, the key that is not in them yet too', async () => {
    const fresh = path.join(folder, 'fresh');
    const files = {
      ...FILES,
      [`policies/accounts/${PRODUCTION}.yaml`]: 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
      '.github/rollcall.pub': '# The public keys of the ledger.\n',
      '.github/workflows/drift.yml': workflow('drift', KEYS).replace(/on:\n.*\n/, 'on: workflow_dispatch\n'),
      '.github/CODEOWNERS': `${FILES['.github/CODEOWNERS']}/.github/workflows/new*\n`,
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(fresh, name)), { recursive: true });
      await writeFile(path.join(fresh, name), text);
    }
    const { exit, flat } = await doctor(fresh, { env: {} });
    expect(exit).toBe(0);
    expect(flat).toContain(
      '? files the policies are in no clone, so nothing runs on GitHub from here → Run `git init -b main` beside them.',
    );
    expect(flat).toContain('✗ signing key .github/rollcall.pub names no key → Run `rollcall keygen');
    expect(flat).toContain('✗ code owners nobody owns /.github/workflows/new* (line 4)');
    expect(flat).toContain('! account names');
    expect(flat).toContain('✓ pins all 4 actions are named by whole commits');
    expect(flat).toContain('✗ schedule drift.yml has no schedule: nobody watches the accounts');
  });

  test('says once, and by the file, that drift has lost its schedule', async () => {
    const text = workflow('drift', KEYS).replace(/on:\n.*\n/, 'on: workflow_dispatch\n');
    const { flat } = await doctor(await clone({ ...FILES, '.github/workflows/drift.yml': text }));
    expect(flat.match(/[✓✗!?] schedule/g)).toEqual(['✗ schedule']);
    expect(flat).toContain("→ Put `schedule:` with `- cron: '23 * * * *'` under `on:` in it");
  });

  test('finds hostile text in files harmless on the screen', async () => {
    const { stdout } = await doctor(
      await clone({ ...FILES, '.github/workflows/x.yml': 'jobs:\n  - uses: a/b@\u001b]0;owned\u0007\n  - uses: ::error::x\n' }),
    );
    expect(stdout).toContain('✗ pins');
    expect(stdout).not.toMatch(/[\u001b\u0007]|::/);
  });
});
