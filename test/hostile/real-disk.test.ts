import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LoadedPolicies, loadPolicies } from '../../src/policy/load-policies.ts';
import { capabilitiesOf } from '../../src/provider/capabilities.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { GOOD } from '../policy/memory-source.ts';
import { CANARY } from './hostile-case.ts';

const never = new AbortController().signal;
const { files } = createRealWorld(process, never, never);
let folder = '';
let socket: Server | null = null;
const at = (...names: string[]) => path.join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rollcall-hostile-'));
  for (const [name, text] of Object.entries(GOOD)) write(name, text);
  writeFileSync(path.join(folder, '..', `${path.basename(folder)}.outside`), `- email: eve@acme.example\n  name: ${CANARY}\n`);
});
afterEach(() => {
  socket?.close();
  socket = null;
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}.outside`, { force: true });
});

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(at('policies', name)), { recursive: true });
  writeFileSync(at('policies', name), content);
}

const load = (from = at('policies')): Promise<LoadedPolicies> =>
  loadPolicies({ source: files.policies(from), folder: 'policies', today: '2026-11-22', capabilitiesOf, commit: null });

const said = ({ findings }: LoadedPolicies) => findings.map((one) => `${one.file} ${one.code}`);

/** What stands at `policies/people/evil.yaml`, or elsewhere: nothing of it may be opened, followed or waited for. */
const PLACES: readonly (readonly [what: string, make: () => void | Promise<void>, expected: readonly string[]])[] = [
  ['a link to a file outside', () => symlinkSync(`${folder}.outside`, at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a link to the environment', () => symlinkSync('/proc/self/environ', at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a link to a file beside it', () => symlinkSync('engineering.yaml', at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a link that leads nowhere', () => symlinkSync('nowhere', at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a link to itself', () => symlinkSync('evil.yaml', at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a link to a folder', () => symlinkSync('/etc', at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a link to the folder above', () => symlinkSync('..', at('policies/people/evil')), ['policies/people/evil file-kind']],
  ['a link to a device without an end', () => symlinkSync('/dev/zero', at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a folder of policies that is a link', () => linkFolder('people'), ['policies/people file-kind']],
  ['an account folder that is a link', () => linkFolder('accounts'), ['policies no-account', 'policies/accounts file-kind']],
  ['a pipe that nobody writes to', () => void execFileSync('mkfifo', [at('policies/people/evil.yaml')]), ['policies/people/evil.yaml file-kind']],
  ['a pipe beside the folders', () => void execFileSync('mkfifo', [at('policies/evil')]), ['policies/evil file-kind']],
  ['a socket', () => listen(at('policies/people/evil.yaml')), ['policies/people/evil.yaml file-kind']],
  ['a folder with the name of a file', () => write('people/evil.yaml/more.yaml', 'x'), ['policies/people/evil.yaml file-kind']],
  ['a file with the name of a folder', () => write('teamz', 'x'), ['policies/teamz file-misplaced']],
  ['a file of 5 GB without contents', () => sparse(5 * 1024 ** 3), ['policies/people/evil.yaml file-too-large']],
  ['a file of 256 KiB and a byte', () => write('people/evil.yaml', `#${' '.repeat(256 * 1024)}`), ['policies/people/evil.yaml file-too-large']],
  ['an empty file', () => write('people/evil.yaml', ''), ['policies/people/evil.yaml file-empty']],
  ['names that differ in case alone', () => write('people/Engineering.yaml', GOOD['people/engineering.yaml']), ['policies/people/Engineering.yaml file-name']],
  ['folders that differ in case alone', () => write('People/more.yaml', 'x'), ['policies/People folder-unknown']],
  ['a line end in a name', () => write('people/x\n::add-mask::z.yaml', 'x'), ['policies/people/x\\u{a}\\u{3a}\\u{3a}add-mask\\u{3a}\\u{3a}z.yaml file-name']],
  ['a name of 255 characters', () => write(`people/${'x'.repeat(250)}.yaml`, 'x'), [`policies/people/${'x'.repeat(80)}...(11c599c4) file-name`]],
  ['a name that is no UTF-8', () => writeFileSync(Buffer.concat([Buffer.from(at('policies/people/')), Buffer.from([0xff, 0xfe]), Buffer.from('.yaml')]), 'x'), ['policies/people/\\u{fffd}\\u{fffd}.yaml file-kind']],
  ['a repository of its own inside', () => write('people/.git/config', CANARY), ['policies/people/.git file-kind']],
  ['10,000 files', () => fill(10_000), ['policies too-many-files']],
];

function linkFolder(name: string): void {
  rmSync(at('policies', name), { recursive: true });
  mkdirSync(at('elsewhere'));
  symlinkSync(at('elsewhere'), at('policies', name));
}

function listen(file: string): Promise<void> {
  socket = createServer();
  return new Promise((resolve) => void socket?.listen(file, resolve));
}

function sparse(bytes: number): void {
  write('people/evil.yaml', '');
  truncateSync(at('policies/people/evil.yaml'), bytes);
}

function fill(count: number): void {
  for (let index = 0; index < count; index += 1) writeFileSync(at(`policies/people/p${index}.yaml`), '');
}

describe('on a real disk', () => {
  test('the company in which everything is right has no finding', async () => {
    expect(said(await load())).toEqual([]);
  });

  test('there are 25 ways of being no policy file', () => {
    expect(PLACES).toHaveLength(25);
  });

  test.each(PLACES)('%s is said, and never opened', async (_what, make, expected) => {
    await make();
    const loaded = await load();
    expect(loaded.desired).toBeNull();
    expect(said(loaded).filter((one) => !/-unknown$/.test(one) || expected.includes(one))).toEqual(expected);
    expect(JSON.stringify(loaded)).not.toContain(CANARY);
  });

  test('a folder of devices is said to be one, and no device is opened', async () => {
    expect(said(await load('/dev'))).toContain('policies/null file-kind');
  });

  test('what is a regular file when it is listed and a link when it is opened is not followed', async () => {
    write('people/evil.yaml', 'x');
    const source = files.policies(at('policies'));
    expect((await source.list('people'))?.map(({ name, kind }) => `${name} ${kind}`)).toContain('evil.yaml file');
    rmSync(at('policies/people/evil.yaml'));
    symlinkSync(`${folder}.outside`, at('policies/people/evil.yaml'));
    await expect(source.read('people/evil.yaml')).rejects.toMatchObject({ code: 'fileUnreadable' });
  });

  test('a file of exactly 256 KiB is read', async () => {
    write('people/evil.yaml', `- email: eve@acme.example\n  name: Eve\n${`#${' '.repeat(1_022)}\n`.repeat(256)}`.slice(0, 256 * 1024));
    expect(said(await load())).toEqual([]);
  });
});
