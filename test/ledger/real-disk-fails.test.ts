import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFileStorage } from '../../src/apply/open-file-storage.ts';
import { openLedger } from '../../src/apply/open-ledger.ts';
import { createRealDisk } from '../../src/real-disk.ts';
import { createJumpingClock } from '../support/provider-world.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-ledger-'));
  file = path.join(folder, 'ledger.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (at = file) =>
  openFileStorage(at, { pid: process.pid, host: 'here', isAlive: () => true, newId: () => 'id1' }, createRealDisk());

test('a disk that is full is told by the append, and nothing is taken for written', async () => {
  await symlink('/dev/full', file);
  const storage = open();
  await storage.acquire();
  await expect(storage.append('1\n', '0')).rejects.toThrow('ledger.jsonl could not be written: ENOSPC');
  await storage.release();
});

test('where no folder can be made, the run ends before it begins and says what the disk said', async () => {
  await expect(openLedger('l', open('/proc/rollcall/ledger.jsonl'), createJumpingClock())).rejects.toThrow(/could not be written: E[A-Z]+/);
});
