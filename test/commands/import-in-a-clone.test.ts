import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { runCli } from '../../src/run-cli.ts';
import { createOffice, type Office } from '../scenarios/github/support/create-office.ts';
import { company, PRODUCTION } from '../scenarios/support/company.ts';

const never = new AbortController().signal;
const real = createRealWorld(process, never, never);

let office: Office;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-clone-'));
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'trent admin'] },
  });
  await office.begin();
  await office.drift();
}, 60_000);

afterAll(async () => {
  await office.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a clone without a key imports what was observed last: the files on disk get the lines of who was there, and no other byte', async () => {
  const { stdout } = await office.people.repository.git.run(['rev-parse', '--absolute-git-dir']);
  const target = path.join(folder, 'clone');
  const from = new TextDecoder().decode(stdout).trim();
  expect((await real.git(folder).run(['clone', '--quiet', '--branch', 'main', from, target])).code).toBe(0);
  const inside = path.join(target, 'policies');
  const read = (file: string) => readFile(path.join(inside, file), 'utf8');
  const before = { people: await read('people/everybody.yaml'), team: await read(`teams/${PRODUCTION}-admin.yaml`) };

  const out = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[name] += text;
    },
    isTerminal: false,
    columns: 120,
  });
  const exit = await runCli(['import', '--policies', inside], {
    ...real,
    env: {},
    clock: { now: () => Date.parse(office.now()) + 3 * 3_600_000, sleep: async () => undefined },
    openHttp: async () => ({ send: () => Promise.reject(new Error('nothing is sent')), close: async () => undefined }),
    openStorage: () => openMemoryStorage(),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
  });

  expect(out.stderr).toBe('telnyx-production: no key here, so what was observed last counts (2026-11-23T09:00:00.000Z).\n');
  expect(exit).toBe(0);
  expect(await read('people/everybody.yaml')).toBe(`${before.people}- email: trent@acme.example\n  name: Trent\n`);
  expect(await read(`teams/${PRODUCTION}-admin.yaml`)).toBe(
    before.team.replace('  - grace@acme.example\n', '  - grace@acme.example\n  - trent@acme.example\n'),
  );
  expect(out.stdout).toContain('The plan is empty now.');
});
