import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRealWorld } from '../src/real-world.ts';

let folder = '';
const at = (...names: string[]) => path.join(folder, ...names);
const never = new AbortController().signal;
const { files } = createRealWorld(process, never, never);
const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a new file', () => {
  test('is made with its folders, whole, and leaves nothing beside it', async () => {
    expect(await files.create(at('a', 'b.yaml'), 'text\n')).toBe('made');
    expect(await readFile(at('a', 'b.yaml'), 'utf8')).toBe('text\n');
    expect(await readdir(at('a'))).toEqual(['b.yaml']);
  });

  test('never takes the place of anything: a file, a folder, a link that leads nowhere', async () => {
    await writeFile(at('file'), 'mine');
    await files.create(at('folder', 'inside'), '');
    await symlink(at('nowhere'), at('link'));
    for (const name of ['file', 'folder', 'link']) expect(await files.create(at(name), 'theirs')).toBe('exists');
    expect(await readFile(at('file'), 'utf8')).toBe('mine');
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder', 'link']);
  });

  test('where no folder can be made ends instead of trying for ever', async () => {
    await expect(files.create('/proc/nothing/inside/file', '')).rejects.toMatchObject({ code: 'fileUnwritable' });
    await expect(files.writeText('/proc/nothing/file', '')).rejects.toMatchObject({ code: 'fileUnwritable' });
  });

  test('that cannot be made says so, and leaves nothing behind', async () => {
    await writeFile(at('file'), '');
    await expect(files.create(at('file', 'inside'), '')).rejects.toMatchObject({ code: 'fileUnwritable' });
    expect(await readdir(folder)).toEqual(['file']);
  });
});

describe('a text that is written', () => {
  test('is for its owner alone where it is new, and as readable as before where it takes the place of one', async () => {
    await files.writeText(at('plan.json'), '{}');
    expect(await modeOf(at('plan.json'))).toBe('600');
    await writeFile(at('policy.yaml'), 'old');
    await chmod(at('policy.yaml'), 0o644);
    await files.writeText(at('policy.yaml'), 'new');
    expect(await modeOf(at('policy.yaml'))).toBe('644');
    expect(await readFile(at('policy.yaml'), 'utf8')).toBe('new');
  });
});

describe('a question over several lines', () => {
  test('is shown once, and only its last line is drawn again while somebody types', async () => {
    const screen: string[] = [];
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 40, rows: 24 });
    stdout.on('data', (chunk: Buffer) => screen.push(chunk.toString()));
    const host = Object.assign(Object.create(process) as NodeJS.Process, {});
    Object.defineProperties(host, { stdin: { value: stdin }, stdout: { value: stdout } });
    const { prompt } = createRealWorld(host, never, never);
    const answer = prompt?.('E-mail of the owner,\nthe one login\nthat stays: ');
    await expect.poll(() => screen.join('')).toContain('that stays: ');
    stdin.write(`${'root.'.repeat(12)}x\x7fy@acme.example\x1b[D\x1b[C\r`);
    expect(await answer).toBe(`${'root.'.repeat(12)}y@acme.example`);
    const drawn = screen.join('');
    expect(drawn.startsWith('E-mail of the owner,\nthe one login\n')).toBe(true);
    expect(drawn.split('E-mail of the owner')).toHaveLength(2);
    expect(drawn.split('that stays: ').length).toBeGreaterThan(2);
  });
});
