import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openFileStorage } from '../../src/apply/open-file-storage.ts';
import { openMemoryDisk } from '../simulation/memory-disk.ts';
import { openStorage } from './make-real-ledger.ts';
import { LEDGER } from './open-office.ts';

const LOCK = `${LEDGER}.lock`;
/** A process with this number ended long ago and left its lock. */
const LONG_DEAD = 999;

interface Coming {
  /** The step on the disk at which it is killed, if any. */
  readonly diesAt: number | null;
  readonly pid: number;
}

const coming = (pid: number): fc.Arbitrary<Coming> =>
  fc.record({ pid: fc.constant(pid), diesAt: fc.option(fc.integer({ min: 1, max: 24 }), { freq: 2 }) });

test('of three processes that come for one lock, some to be killed, never two that live hold it; and whoever comes last gets it', async () => {
  let takenOver = 0;
  let left = 0;
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.tuple(coming(1), coming(2), coming(3)), fc.boolean(), async (scheduler, processes, isDead) => {
      const disk = openMemoryDisk();
      disk.put('/repository/README.md', '');
      if (isDead) disk.put(LOCK, `{"pid":${LONG_DEAD},"host":"here","id":"old"}\n`);
      const alive = new Set(processes.map(({ pid }) => pid));
      const inside = new Set<number>();
      const live = async ({ pid, diesAt }: Coming): Promise<void> => {
        let steps = 0;
        const step = async (what: string): Promise<void> => {
          steps += 1;
          if (steps === diesAt) {
            alive.delete(pid);
            inside.delete(pid);
            died();
          }
          if (steps >= (diesAt ?? Number.POSITIVE_INFINITY)) return new Promise(() => undefined);
          await scheduler.schedule(Promise.resolve(), `${pid} ${what}`);
        };
        let died: () => void = () => undefined;
        const death = new Promise<void>((resolve) => {
          died = resolve;
        });
        const storage = openFileStorage(
          LEDGER,
          { pid, host: 'here', isAlive: (other) => alive.has(other), newId: () => `id${pid}` },
          disk.share(async (operation, _file, effect) => {
            await step(operation);
            effect();
          }),
        );
        const visit = async (): Promise<void> => {
          const taken = await storage.acquire();
          if (taken.kind === 'acquired') {
            inside.add(pid);
            if (taken.note !== null) takenOver += 1;
            expect([...inside]).toEqual([pid]);
            const { version } = await storage.read();
            expect(await storage.append(`${pid}\n`, version)).toMatchObject({ kind: 'stored' });
            expect([...inside]).toEqual([pid]);
            inside.delete(pid);
          }
          await storage.release();
        };
        await Promise.race([visit(), death]);
      };
      await scheduler.waitFor(Promise.all(processes.map(live)));
      left += disk.files().includes(LOCK) ? 1 : 0;
      expect(await openStorage(disk).acquire()).toMatchObject({ kind: 'acquired' });
    }),
    { numRuns: 2_000 },
  );
  expect(takenOver).toBeGreaterThan(100);
  expect(left).toBeGreaterThan(100);
});
