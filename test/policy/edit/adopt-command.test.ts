import { expect, test } from 'vitest';
import { openMemoryStorage } from '../../../src/apply/open-memory-storage.ts';
import { adopt } from '../../../src/commands/adopt.ts';
import { createRun, type GlobalFlags } from '../../../src/commands/run-context.ts';
import { createTelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { TextSink, World } from '../../../src/ports.ts';
import { runCli } from '../../../src/run-cli.ts';
import { createRandom } from '../../../src/text/create-random.ts';
import { company, PRODUCTION } from '../../scenarios/support/company.ts';
import { memorySource } from '../memory-source.ts';

const ORIGIN = 'http://127.0.0.1:4010';
const KEY = 'KEY-CANARY-0123456789abcdef';
const FLAGS: GlobalFlags = {
  policies: 'policies/',
  account: [],
  format: 'text',
  out: null,
  quiet: false,
  colour: false,
  ledger: '.rollcall/ledger.jsonl',
  debug: false,
};

/** A company whose policies were applied: admins Ada and Zoe, members Bob and Cleo. */
async function openCompany() {
  let nowMs = Date.parse('2026-11-23T09:00:00.000Z');
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      if (Number.isFinite(ms)) nowMs += ms;
    },
  };
  const users = ['ada admin', 'zoe admin', 'bob member', 'cleo member'].map((words) => {
    const [name = '', role = ''] = words.split(' ');
    return { email: `${name}@acme.example`, name: name.charAt(0).toUpperCase() + name.slice(1), role, status: 'active' };
  });
  const accounts = [{ name: PRODUCTION, key: KEY, owner: 'root@acme.example', users, elsewhere: [] }];
  const telnyx = createTelnyxWorld({ clock, random: createRandom(7), seed: { accounts, switches: {} } });
  const policies = company({ [PRODUCTION]: { admin: ['ada', 'zoe'], member: ['bob', 'cleo'] } });
  const written: string[] = [];
  let out = '';
  let log = '';
  const storage = openMemoryStorage();
  const sink = (write: (text: string) => void): TextSink => ({ write, isTerminal: false, columns: 120 });
  const world: World = {
    env: { ROLLCALL_TELNYX_ORIGIN: ORIGIN, TELNYX_PRODUCTION_API_KEY: KEY },
    cwd: '/',
    clock,
    random: createRandom(3),
    openHttp: async () => telnyx.http({ origin: ORIGIN }),
    files: {
      resolve: (path) => `/${path}`,
      readText: async () => null,
      writeText: async (path, text) => {
        written.push(path);
        policies[path.replace(/^policies\//, '')] = text;
      },
      create: () => Promise.reject(new Error('adopting replaces files')),
      temporary: () => Promise.reject(new Error('no folder is made here')),
      policies: () => memorySource(policies),
    },
    git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
    openStorage: () => storage,
    stdout: sink((text) => {
      out += text;
    }),
    stderr: sink((text) => {
      log += text;
    }),
    ask: null,
    prompt: null,
    readInput: async () => '',
    interrupted: new AbortController().signal,
    graceOver: new AbortController().signal,
  };
  const cli = async (...argv: string[]) => {
    out = '';
    log = '';
    return { exit: await runCli(argv, world), out, log };
  };
  expect((await cli('apply', '--yes')).exit).toBe(0);
  return {
    portal: telnyx.portal(),
    telnyx,
    policies,
    written,
    world,
    cli,
    adopt: async (flags: Partial<GlobalFlags> = {}) => {
      out = '';
      log = '';
      const before = telnyx.requests.length;
      const exit = await adopt(createRun(world, { ...FLAGS, ...flags }));
      expect(telnyx.requests.slice(before).filter((request) => request.mutating)).toEqual([]);
      return { exit, out, log };
    },
  };
}

test('the urgent leaver is written into the policies in place, and there is no drift any more', async () => {
  const acme = await openCompany();
  acme.portal.deleteByPortal('bob@acme.example');
  expect(await acme.adopt()).toEqual({
    exit: 0,
    out: `Adopted 1 difference. Review what was written and commit it.
  telnyx-production bob@acme.example: policy said member, now says no access

policies/teams/telnyx-production-member.yaml
  line 2
  -   - bob@acme.example
`,
    log: '',
  });
  expect(acme.policies['teams/telnyx-production-member.yaml']).toMatch(/^members:\n {2}- cleo@acme.example\ngrants:/);
  expect(await acme.cli('drift')).toMatchObject({ exit: 0 });
  expect(await acme.adopt()).toEqual({ exit: 0, out: 'No drift, so nothing to adopt.\n', log: '' });
});

test('gained privilege is left, with the reason and exit 2; what can be adopted beside it is', async () => {
  const acme = await openCompany();
  acme.portal.setRole('cleo@acme.example', 'admin');
  acme.portal.inviteByPortal('eve@elsewhere.example', 'member', 'Eve');
  const { exit, out } = await acme.adopt();
  expect(exit).toBe(2);
  expect(out).toContain('telnyx-production eve@elsewhere.example: policy said no access, now says member\n');
  expect(out).toContain('policies/teams/adopted-telnyx-production.yaml (new)\n  + # Adopted on 2026-11-23');
  expect(out).toContain(
    'Not adopted: 1 difference.\n  telnyx-production cleo@acme.example (live admin): privilege that somebody gained in the account is never adopted; it takes a pull request that people write\n',
  );
  expect(acme.written).toEqual(['policies/people/adopted-telnyx-production.yaml', 'policies/teams/adopted-telnyx-production.yaml']);
  const drift = JSON.parse((await acme.cli('drift', '--format', 'json')).out);
  expect(drift.changes.map((change: { principal: string }) => change.principal)).toEqual(['cleo@acme.example']);
});

test('new files are written before anybody leaves an old one', async () => {
  const acme = await openCompany();
  acme.portal.setRole('zoe@acme.example', 'member');
  await acme.adopt();
  expect(acme.written).toEqual(['policies/teams/telnyx-production-admin-adopted.yaml', 'policies/teams/telnyx-production-admin.yaml']);
});

test('as JSON: the files with their lines, what was adopted and what was not', async () => {
  const acme = await openCompany();
  acme.portal.deleteByPortal('bob@acme.example');
  const { out } = await acme.adopt({ format: 'json' });
  expect(JSON.parse(out)).toMatchObject({
    files: [
      {
        file: 'policies/teams/telnyx-production-member.yaml',
        new: false,
        lines: [{ line: 2, before: ['  - bob@acme.example'], after: [] }],
      },
    ],
    adopted: [{ principal: 'bob@acme.example' }],
    refused: [],
  });
});

test('an account that cannot be read is said so, with exit 9, and nothing of it is adopted', async () => {
  const acme = await openCompany();
  acme.portal.deleteByPortal('bob@acme.example');
  const env = { ...acme.world.env, TELNYX_PRODUCTION_API_KEY: undefined };
  Object.assign(acme.world, { env });
  const { exit, log } = await acme.adopt();
  expect(exit).toBe(9);
  expect(log).toContain('telnyx-production: not read: the environment variable TELNYX_PRODUCTION_API_KEY is not set');
  expect(acme.written).toEqual([]);
});
