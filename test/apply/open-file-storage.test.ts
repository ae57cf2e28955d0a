import { mkdtemp, open as openFile, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openFileStorage } from '../../src/apply/open-file-storage.ts';
import { openLedger } from '../../src/apply/open-ledger.ts';
import type { Processes } from '../../src/apply/take-lock.ts';
import { createRealDisk } from '../../src/real-disk.ts';
import { createJumpingClock } from '../support/provider-world.ts';

let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-ledger-'));
  file = path.join(folder, 'a', 'b', 'ledger.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

let ids = 0;
const processes = (pid: number, ...alive: number[]): Processes => ({
  host: 'here',
  pid,
  isAlive: (other) => other === pid || alive.includes(other),
  newId: () => `id${++ids}`,
});
const open = (own: Processes = processes(100)) => openFileStorage(file, own, createRealDisk());
const lockText = () => readFile(`${file}.lock`, 'utf8');

describe('a ledger in a file', () => {
  test('is made with its folders, grows by appends and is read as it was written', async () => {
    const storage = open();
    expect(await storage.acquire()).toEqual({ kind: 'acquired', note: null });
    expect(await storage.read()).toEqual({ text: '', version: '0' });
    expect(await storage.append('é1\n', '0')).toEqual({ kind: 'stored', version: '4' });
    expect(await storage.append('2\n', '4')).toEqual({ kind: 'stored', version: '6' });
    expect(await storage.read()).toEqual({ text: 'é1\n2\n', version: '6' });
    await storage.release();
    expect(await readdir(path.dirname(file))).toEqual(['ledger.jsonl']);
  });

  test('is on disk before an append says so, and so is the name of a new one and of its folders', async () => {
    const probe = await openFile(folder, 'r');
    const synced = vi.spyOn(Object.getPrototypeOf(probe), 'sync');
    await probe.close();
    const storage = open();
    await storage.acquire();
    // The folders, and the lock's own text: an empty lock after a power cut would name nobody.
    const folders = path.dirname(file).split('/').length - 1;
    expect(synced).toHaveBeenCalledTimes(folders + 1);
    await storage.append('1\n', '0');
    expect(synced).toHaveBeenCalledTimes(folders + 3);
    await storage.append('2\n', '2');
    expect(synced).toHaveBeenCalledTimes(folders + 4);
    synced.mockRejectedValueOnce(Object.assign(new Error('disk'), { code: 'EIO' }));
    await expect(storage.append('3\n', '4')).rejects.toMatchObject({ code: 'fileUnwritable' });
    // What may or may not be there is never taken for written: the next append finds another length.
    expect(await storage.append('4\n', '4')).toEqual({ kind: 'lost' });
    synced.mockRestore();
    await storage.release();
  });

  test('that somebody else made longer or shorter is lost, and left as it is', async () => {
    const storage = open();
    await storage.acquire();
    await storage.append('1\n', '0');
    for (const text of ['1\n2\n', '']) {
      await writeFile(file, text);
      expect(await storage.append('mine\n', '2')).toEqual({ kind: 'lost' });
      expect(await readFile(file, 'utf8')).toBe(text);
    }
  });

  test('cut in the middle of a letter is opened, cut back and goes on', async () => {
    const storage = open();
    const clock = createJumpingClock();
    const ledger = await openLedger(file, storage, clock);
    await ledger.append([
      { kind: 'note', text: 'Zoë' },
      { kind: 'note', text: '李' },
    ]);
    await ledger.close();
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.indexOf(Buffer.from('李')) + 1));
    const again = await openLedger(file, open(), clock);
    await again.append([{ kind: 'note', text: 'on' }]);
    expect(again.records.map((record) => (record.kind === 'note' ? record.text.slice(0, 11) : ''))).toEqual(['Zoë', 'a torn last', 'on']);
    await again.close();
    const third = await openLedger(file, open(), clock);
    expect(third.records).toHaveLength(3);
    await third.close();
  });

  test.each(['folder is a file', 'ledger is a folder'])('where nothing can be written (%s) there is one clear error', async (what) => {
    if (what === 'folder is a file') await writeFile(path.join(folder, 'a'), '');
    else {
      const storage = openFileStorage(path.join(file, 'inside'), processes(1), createRealDisk());
      await storage.acquire();
      await storage.release();
    }
    const error: unknown = await openLedger(file, open(), createJumpingClock())
      .then((ledger) => ledger.append([{ kind: 'note', text: 'x' }]))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'RollcallError', message: expect.stringMatching(/ledger\.jsonl.*(ENOTDIR|EISDIR|EEXIST)/) });
  });
});

describe('the lock beside it', () => {
  test('keeps a second run out while the first one lives, and lets it in afterwards', async () => {
    const first = open(processes(100, 200));
    const second = open(processes(200, 100));
    await first.acquire();
    expect(await second.acquire()).toEqual({ kind: 'held', by: 'process 100' });
    await second.release();
    expect(await lockText()).toContain('100');
    await first.release();
    expect(await second.acquire()).toEqual({ kind: 'acquired', note: null });
    await second.release();
  });

  test('of a dead process is taken over, and the ledger says so', async () => {
    await open(processes(100)).acquire();
    const ledger = await openLedger(file, open(processes(200)), createJumpingClock());
    expect(ledger.records).toMatchObject([{ kind: 'note', text: 'the lock of process 100, which no longer runs, was taken over' }]);
    expect(await lockText()).toContain('200');
    await ledger.close();
    expect(await readdir(path.dirname(file))).toEqual(['ledger.jsonl']);
  });

  test('of a dead process that had our own number, as in a container where every run is number 1, is taken over', async () => {
    const made = open(processes(1));
    await made.acquire();
    await made.release();
    await writeFile(`${file}.lock`, '{"pid":1,"host":"here"}\n');
    const ledger = await openLedger(file, open(processes(1)), createJumpingClock());
    expect(ledger.records).toMatchObject([{ kind: 'note' }]);
    expect((await open(processes(1)).acquire()).kind).toBe('held');
    await ledger.close();
  });

  test.each(['{"pid":1,"host":"another machine"}', '', 'not JSON', '{"pid":"x"}', '{"pid":-1}', 'null'])(
    'that names no process (%j) is held, with the way out',
    async (text) => {
      const made = open();
      await made.acquire();
      await made.release();
      await writeFile(`${file}.lock`, text);
      expect(await open().acquire()).toEqual({ kind: 'nameless', lock: `${file}.lock` });
      await expect(openLedger(file, open(), createJumpingClock())).rejects.toThrow(
        /ledger\.jsonl\.lock names no process.*delete that file/,
      );
      expect(await lockText()).toBe(text);
    },
  );

  test('is taken by one of many that come at once, and a dead one is taken over by one of many', async () => {
    const alive = Array.from({ length: 20 }, (_, index) => index + 1);
    for (let round = 0; round < 60; round += 1) {
      const dead = round % 3 !== 0;
      if (dead) await writeFile(`${file}.lock`, '{"pid":999,"host":"here"}\n');
      // Those who died between their claim and the lock are in nobody's way.
      if (round % 3 === 2) await writeFile(`${file}.lock.after-nameless.1`, '{"pid":998,"host":"here","id":"x"}\n');
      const storages = alive.map((pid) => open(processes(pid, ...alive)));
      const taken = await Promise.all(storages.map((storage) => storage.acquire()));
      expect(taken.filter((one) => one.kind === 'acquired')).toHaveLength(1);
      const owner = taken.findIndex((one) => one.kind === 'acquired') + 1;
      expect(JSON.parse(await lockText())).toMatchObject({ pid: owner, host: 'here' });
      for (const storage of storages) await storage.release();
      expect(await readdir(path.dirname(file))).toEqual([]);
    }
  });

  test('that another run holds by now, after a person deleted ours, is left to it', async () => {
    const first = open(processes(100, 200));
    await first.acquire();
    await unlink(`${file}.lock`);
    const second = open(processes(200, 100));
    expect((await second.acquire()).kind).toBe('acquired');
    await first.release();
    expect(await lockText()).toContain('200');
    await second.release();
  });

  test('taken twice at once by one process is held by one of the two', async () => {
    const both = [open(processes(100)), open(processes(100))];
    const taken = await Promise.all(both.map((storage) => storage.acquire()));
    expect(taken.map((one) => one.kind).sort()).toEqual(['acquired', 'held']);
    for (const storage of both) await storage.release();
    expect(await readdir(path.dirname(file))).toEqual([]);
  });
});
