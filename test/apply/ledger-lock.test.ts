import { describe, expect, test } from 'vitest';
import { openFileStorage } from '../../src/apply/open-file-storage.ts';
import type { Processes } from '../../src/apply/take-lock.ts';
import { diskError, type MemoryDisk, openMemoryDisk } from '../simulation/memory-disk.ts';

const FILE = '/a/l/ledger.jsonl';
const LOCK = `${FILE}.lock`;
const DEAD = '{"pid":999,"host":"here","id":"dead"}\n';
const claimOf = (pid: number) => `{"pid":${pid},"host":"here","id":"claimer"}\n`;

/** A disk that fails these operations, as long as they are in the list, and remembers what was done to it. */
function openDisk(files: Readonly<Record<string, string>> = { '/a/l/there': '' }) {
  const fails: { on: string; error: unknown }[] = [];
  const done: string[] = [];
  const disk: MemoryDisk = openMemoryDisk(async (operation, file, effect) => {
    const step = `${operation} ${file}`;
    done.push(step);
    const failing = fails.find(({ on }) => step.startsWith(on));
    if (failing !== undefined) throw failing.error;
    effect();
  });
  for (const [file, text] of Object.entries(files)) disk.put(file, text);
  const failing = (on: string, error: unknown) => void fails.push({ on, error: typeof error === 'string' ? diskError(error, on) : error });
  const times = (step: string) => done.filter((one) => one.startsWith(step)).length;
  return { disk, failing, times };
}

let ids = 0;
const processes: Processes = { host: 'here', pid: 100, isAlive: (pid) => pid === 200, newId: () => `id${++ids}` };
const open = ({ disk }: { readonly disk: MemoryDisk }) => openFileStorage(FILE, processes, disk);
const filesBeside = ({ disk }: { readonly disk: MemoryDisk }) => disk.files().filter((file) => file !== LOCK && file !== '/a/l/there');

describe('a lock that cannot be made', () => {
  test.each([
    ['link', 'EPERM', 'EPERM'],
    ['sync', 'EIO', 'EIO'],
    ['link', new Error('without a code'), 'it failed'],
    ['link', { code: 'EIO' }, 'it failed'],
  ])('because %s fails (%s) is one clear error, with nothing left beside it', async (operation, error, said) => {
    const world = openDisk();
    world.failing(`${operation} ${LOCK}`, error);
    await expect(open(world).acquire()).rejects.toMatchObject({ code: 'fileUnwritable', message: expect.stringContaining(said) });
    expect([world.disk.text(LOCK), filesBeside(world)]).toEqual([null, []]);
  });

  test.each([
    ['EROFS', 'EROFS'],
    [new Error('without a code'), 'it failed'],
  ])('in place of a dead one (%s) leaves that one where it is', async (error, said) => {
    const world = openDisk({ [LOCK]: DEAD });
    world.failing(`rename ${LOCK}`, error);
    await expect(open(world).acquire()).rejects.toMatchObject({ code: 'fileUnwritable', message: expect.stringContaining(said) });
    expect(world.disk.text(LOCK)).toBe(DEAD);
    expect(world.disk.files().filter((file) => file.endsWith('.new'))).toEqual([]);
  });

  test('because the one that is there cannot be read is nobody’s to delete', async () => {
    const world = openDisk({ [LOCK]: DEAD });
    world.failing(`read ${LOCK}`, 'EACCES');
    const error = { code: 'fileUnreadable', message: expect.stringContaining('it cannot be read (EACCES)') };
    await expect(open(world).acquire()).rejects.toMatchObject(error);
    expect(world.disk.text(LOCK)).toBe(DEAD);
  });

  test('because it is there and gone by turns is tried three times', async () => {
    const world = openDisk({ [LOCK]: DEAD });
    world.failing(`read ${LOCK}`, 'ENOENT');
    expect(await open(world).acquire()).toEqual({ kind: 'held', by: 'another run took it this moment' });
    expect(world.times(`link ${LOCK}`)).toBe(3);
  });
});

describe('a lock that names no process', () => {
  test.each(['0', '-1', '1.5', '"999"', '1e300', 'null', '[999]'])('of this machine (%s) is nobody’s to take', async (pid) => {
    const text = `{"pid":${pid},"host":"here","id":"dead"}`;
    const world = openDisk({ [LOCK]: text });
    expect(await open(world).acquire()).toEqual({ kind: 'nameless', lock: LOCK });
    expect(world.disk.text(LOCK)).toBe(text);
  });

  test.each(['{"pid":999}', '{"pid":999,"host":7}', '{"pid":999,"host":""}', '{"pid":999,"host":["here"]}'])(
    'of any machine (%s) is nobody’s to take',
    async (text) => {
      expect(await open(openDisk({ [LOCK]: text })).acquire()).toEqual({ kind: 'nameless', lock: LOCK });
    },
  );
});

describe('a dead lock', () => {
  const taken = { kind: 'acquired', note: 'the lock of process 999, which no longer runs, was taken over' };
  const held = { kind: 'held', by: 'another run took it this moment' };

  test('that a living run has claimed is left to it', async () => {
    const world = openDisk({ [LOCK]: DEAD, [`${LOCK}.after-dead.1`]: claimOf(200) });
    expect(await open(world).acquire()).toEqual(held);
    expect(world.disk.text(LOCK)).toBe(DEAD);
    expect(world.times(`link ${LOCK}.after-dead.2`)).toBe(0);
  });

  test('that somebody has claimed who cannot be named is left to them', async () => {
    for (const text of ['', 'not JSON', '{"host":"here"}', 'null']) {
      const world = openDisk({ [LOCK]: DEAD, [`${LOCK}.after-dead.1`]: text });
      expect(await open(world).acquire()).toEqual(held);
      expect(world.disk.text(LOCK)).toBe(DEAD);
    }
  });

  test('whose claim is there and gone is left to whoever is at it', async () => {
    const world = openDisk({ [LOCK]: DEAD, [`${LOCK}.after-dead.1`]: claimOf(998) });
    world.failing(`read ${LOCK}.after-dead.1`, 'ENOENT');
    expect(await open(world).acquire()).toEqual(held);
    expect(world.disk.text(LOCK)).toBe(DEAD);
  });

  test('whose claimers are all dead is taken with the next number, and every claim is cleared away', async () => {
    const claims = Array.from({ length: 11 }, (_, index) => [`${LOCK}.after-dead.${index + 1}`, claimOf(998)]);
    const world = openDisk({ [LOCK]: DEAD, ...Object.fromEntries(claims) });
    expect(await open(world).acquire()).toEqual(taken);
    expect(world.times(`link ${LOCK}.after-dead.12`)).toBe(1);
    expect(world.disk.text(LOCK)).toContain('"pid":100');
    expect(filesBeside(world)).toEqual([]);
  });

  test('is cleared of claims alone: whatever else has a name like one stays', async () => {
    const others = ['after-notes', 'after-dead.1.id7.new', 'after-A-b.1', 'after-.1', 'before-dead.1'].map((end) => `${LOCK}.${end}`);
    const world = openDisk({ [LOCK]: DEAD, ...Object.fromEntries(others.map((file) => [file, 'x'])) });
    expect(await open(world).acquire()).toEqual(taken);
    expect(filesBeside(world)).toEqual(others);
  });

  test('is taken also where its folder cannot be listed', async () => {
    const world = openDisk({ [LOCK]: DEAD });
    world.failing('list', 'EACCES');
    expect(await open(world).acquire()).toEqual(taken);
    expect(filesBeside(world)).toEqual([`${LOCK}.after-dead.1`]);
  });

  test.each(['7', '["dead"]', '"Dead"', '"../dead"', '"dead/.."', '""', `"${'a'.repeat(65)}"`, 'null'])(
    'that has no name of its own (%s) is claimed as nameless',
    async (id) => {
      const world = openDisk({ [LOCK]: `{"pid":999,"host":"here","id":${id}}` });
      expect(await open(world).acquire()).toEqual(taken);
      expect(world.times(`link ${LOCK}.after-nameless.1`)).toBe(1);
    },
  );

  test('with a name of 64 letters and digits is claimed under it', async () => {
    const id = 'a1'.repeat(32);
    const world = openDisk({ [LOCK]: `{"pid":999,"host":"here","id":"${id}"}` });
    await open(world).acquire();
    expect(world.times(`link ${LOCK}.after-${id}.1`)).toBe(1);
  });
});

test('a lock that cannot be read any more is left where it is when its run ends', async () => {
  const world = openDisk();
  const storage = open(world);
  await storage.acquire();
  world.failing(`read ${LOCK}`, 'EACCES');
  await storage.release();
  expect(world.disk.text(LOCK)).toContain('"pid":100');
});

describe('the folders of a ledger', () => {
  const THERE = { '/a/l/there': '' };
  const HALF = { '/a/there': '' };
  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['its own may not be read around it', THERE, '/a', 'EACCES'],
    ['one further out fails', THERE, '/', 'EIO'],
    ['one further out may not be read', THERE, '/', 'EACCES'],
    ['one around those that were made fails', HALF, '/', 'EIO'],
  ])('are as durable as they can be where %s', async (_what, files, folder, code) => {
    const world = openDisk(files);
    // Only this very folder: every other name begins with it.
    if (folder === '/') failExactly(world, code);
    else world.failing(`sync names ${folder}`, code);
    expect((await open(world).acquire()).kind).toBe('acquired');
  });

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['the one around its own fails', THERE, 'sync names /a', 'EIO'],
    ['the one around its own, which was made, may not be read', HALF, 'sync names /a', 'EACCES'],
    ['one that was made may not be read', {}, 'sync names /a', 'EACCES'],
    ['the one around the outermost that was made may not be read', {}, 'open folder /', 'EACCES'],
  ])('are an error where %s', async (_what, files, step, code) => {
    const world = openDisk(files);
    world.failing(step, code);
    await expect(open(world).acquire()).rejects.toMatchObject({ code: 'fileUnwritable', message: expect.stringContaining(code) });
  });

  function failExactly(world: ReturnType<typeof openDisk>, code: string): void {
    const inner = world.disk.open.bind(world.disk);
    world.disk.open = async (file, how) => {
      if (file === '/' && how === 'folder') throw diskError(code, file);
      return inner(file, how);
    };
  }
});

describe('the file of a ledger', () => {
  test('is read as it is, a byte order mark included', async () => {
    const storage = open(openDisk({ [FILE]: '\uFEFF{}\n' }));
    expect(await storage.read()).toEqual({ text: '\uFEFF{}\n', version: '6' });
  });

  test('whose name cannot be made durable is not written', async () => {
    const world = openDisk();
    const storage = open(world);
    await storage.acquire();
    world.failing('sync names /a/l', 'EIO');
    await expect(storage.append('1\n', '0')).rejects.toMatchObject({ code: 'fileUnwritable', message: expect.stringContaining('EIO') });
  });

  test.each([
    ['read', () => open(openFailing('read')).read(), 'fileUnreadable'],
    ['size', () => open(openFailing('size')).append('1\n', '0'), 'fileUnwritable'],
    ['truncate', () => open(openFailing('truncate')).truncate(0, '0'), 'fileUnwritable'],
  ])('that fails at %s is one clear error', async (_operation, act, code) => {
    await expect(act()).rejects.toMatchObject({ code, message: expect.stringContaining('EIO') });
  });

  function openFailing(operation: string) {
    const world = openDisk({ [FILE]: '' });
    world.failing(`${operation} ${FILE}`, 'EIO');
    return world;
  }
});
