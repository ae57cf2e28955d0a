import type fc from 'fast-check';
import { openFileStorage } from '../../src/apply/open-file-storage.ts';
import { parseLedger } from '../../src/apply/open-ledger.ts';
import { openStateBranch } from '../../src/github/open-state-branch.ts';
import { readSegments } from '../../src/github/state-segments.ts';
import type { LedgerStorage } from '../../src/ports.ts';
import { openMemoryRemote } from '../github/state-memory-remote.ts';
import { company } from '../scenarios/support/company.ts';
import { openMemoryDisk } from '../simulation/memory-disk.ts';
import { openStorage } from './make-real-ledger.ts';
import { type Ended, type Errand, LEDGER, type Office, openOffice } from './open-office.ts';

const ACCOUNT = 'telnyx-production';

/** One of the two who race: what it does, and the step at which it is killed. */
export interface Racer {
  readonly errand: Errand;
  readonly diesAt: number | null;
  /** How many steps it waits before its first. */
  readonly lateBy: number;
}

/** Where two reconcilers race for one ledger, every step of theirs in the order that a scheduler draws. */
export interface Race {
  readonly office: Office;
  /** Runs both to their ends or their deaths; null is a death. */
  race(racers: readonly Racer[], scheduler: fc.Scheduler): Promise<readonly (Ended | null)[]>;
  /** One healthy run when all of that is over. */
  apply(): Promise<Ended>;
  ledger(): string;
  /** Who wrote the intents, in the order in which they stand; one after the other of the same run as one. */
  turns(): readonly number[];
  /** Of every request for a change: who asked, and whose name was on the lock; null where nobody has to hold one. */
  readonly asked: readonly { readonly by: number; readonly holder: number | null }[];
}

export type Place = 'file' | 'branch';

/** Cleo is to go, Bob to rise and New to join; in the portal somebody let Mallory in and made Dee an admin. */
export async function openRace(place: Place): Promise<Race> {
  const disk = openMemoryDisk();
  disk.put('/repository/README.md', '');
  const remote = openMemoryRemote();
  const start = company({ [ACCOUNT]: { admin: ['ada'], member: ['bob', 'cleo', 'dee'] } });
  const office = openOffice(start, { [ACCOUNT]: ['ada admin', 'bob member', 'cleo member', 'dee member'] });
  const plain = (): LedgerStorage => (place === 'file' ? openStorage(disk) : openStateBranch({ remote }).storage);
  await office.run('apply', { storage: plain() });
  office.minutes(60);
  office.setPolicies(company({ [ACCOUNT]: { admin: ['ada', 'bob'], member: ['dee', 'new'] } }));
  const portal = office.world.portal(ACCOUNT);
  portal.setRole('dee@acme.example', 'admin');
  portal.inviteByPortal('mallory@elsewhere.example', 'member', 'Mallory');
  const alive = new Set<number>();
  const asked: Race['asked'][number][] = [];
  const writers = new Map<number, number>();
  const ledger = () => (place === 'file' ? (disk.text(LEDGER) ?? '') : readSegments('rollcall-state', remote.filesNow()).text);

  const run = async ({ errand, diesAt, lateBy }: Racer, pid: number, scheduler: fc.Scheduler): Promise<Ended | null> => {
    let steps = 0;
    let die: () => void = () => undefined;
    const died = new Promise<null>((resolve) => {
      die = () => resolve(null);
    });
    const step = async (what: string): Promise<void> => {
      steps += 1;
      if (diesAt !== null && steps >= diesAt) {
        alive.delete(pid);
        die();
        return new Promise(() => undefined);
      }
      await scheduler.schedule(Promise.resolve(), `${pid} ${what}`);
      // No two of them do anything in the same instant.
      office.milliseconds(1);
    };
    const after = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
      await step(what);
      return act();
    };
    const onDisk = disk.share(async (operation, _file, effect) => {
      await step(operation);
      effect();
    });
    const storage = (): LedgerStorage =>
      place === 'file'
        ? openFileStorage(LEDGER, { pid, host: 'here', isAlive: (other) => alive.has(other), newId: () => `id${pid}x${steps}` }, onDisk)
        : {
            ...openStateBranch({
              remote: {
                head: () => after('head', remote.head),
                files: (commit) => after('files', () => remote.files(commit)),
                commit: (...push) => after('push', () => remote.commit(...push)),
              },
            }).storage,
            // As if every change were the last one of its batch: twenty at a time would leave nothing to race for.
            intentsPerAppend: 1,
          };
    const noted = (inner: LedgerStorage): LedgerStorage => ({
      ...inner,
      append: async (lines, version) => {
        const answer = await inner.append(lines, version);
        if (answer.kind === 'stored')
          for (const line of lines.trim().split('\n')) writers.set((JSON.parse(line) as { seq: number }).seq, pid);
        return answer;
      },
    });
    const around = async (request: { readonly method: string }, send: () => Promise<unknown>) => {
      await step(request.method);
      if (request.method !== 'GET') asked.push({ by: pid, holder: place === 'file' ? holderOf(disk.text(`${LEDGER}.lock`)) : null });
      const answer = await send();
      await step('answer');
      return answer;
    };
    for (let waits = 0; waits < lateBy; waits += 1) await scheduler.schedule(Promise.resolve(), `${pid} waits`);
    const ended = await Promise.race([died, office.run(errand, { storage: noted(storage()), around })]);
    alive.delete(pid);
    return ended;
  };

  return {
    office,
    asked,
    ledger,
    turns: () => {
      const by = parseLedger('ledger', ledger()).records.flatMap(({ kind, seq }) => (kind === 'intent' ? (writers.get(seq) ?? []) : []));
      return by.filter((pid, index) => pid !== by[index - 1]);
    },
    race: (racers, scheduler) => {
      for (const [index] of racers.entries()) alive.add(index + 1);
      return scheduler.waitFor(Promise.all(racers.map((racer, index) => run(racer, index + 1, scheduler))));
    },
    apply: () => office.run('apply', { storage: plain() }),
  };
}

export function recordsOf(race: Race) {
  return parseLedger('ledger', race.ledger()).records;
}

function holderOf(lock: string | null): number | null {
  return lock === null ? null : (JSON.parse(lock) as { pid: number }).pid;
}
