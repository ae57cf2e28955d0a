import { company } from '../scenarios/support/company.ts';
import { type DiskStep, type MemoryDisk, openMemoryDisk } from '../simulation/memory-disk.ts';
import { openStorage } from './make-real-ledger.ts';
import { type Ended, LEDGER, type Meets, type Office, openOffice } from './open-office.ts';

const ONE = 'telnyx-one';
const TWO = 'telnyx-two';

/** Where work is about to be done, in two accounts. */
export interface Story {
  readonly disk: MemoryDisk;
  readonly office: Office;
  /** Runs `apply --yes`, each of its steps on the disk as the caller has it. */
  apply(step?: DiskStep, around?: Meets['around']): Promise<Ended>;
}

/** What has to be true in the end, and every request that makes it so. */
export const DONE = {
  'the first run of all': {
    live: ['ada admin', 'bob admin', 'cleo member', 'zoe admin', 'ada admin', 'new member', 'zoe admin'],
    writes: ['PATCH bob@acme.example!', 'POST new@acme.example!'],
  },
  'a run with work': {
    live: ['ada admin', 'bob admin', 'zoe admin', 'ada admin', 'new member', 'zoe admin'],
    writes: ['DELETE cleo@acme.example!', 'PATCH bob@acme.example!', 'POST new@acme.example!'],
  },
  'a run after one that was killed': {
    live: ['ada admin', 'bob admin', 'zoe admin', 'ada admin', 'new member', 'zoe admin'],
    writes: ['DELETE cleo@acme.example!', 'PATCH bob@acme.example!', 'POST new@acme.example!'],
  },
} as const;

export type StoryName = keyof typeof DONE;

export async function startStory(name: StoryName): Promise<Story> {
  const disk = openMemoryDisk();
  disk.put('/repository/README.md', '');
  const office = openOffice(people('bob', 'cleo'), {
    [ONE]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'],
    [TWO]: ['ada admin', 'zoe admin'],
  });
  const story: Story = {
    disk,
    office,
    apply: (step, around = (_request, send) => send()) =>
      office.run('apply', { storage: openStorage(step === undefined ? disk : disk.share(step)), around }),
  };
  if (name !== 'the first run of all') await story.apply();
  if (name === 'a run after one that was killed') await killWhileWriting(story.disk);
  office.setPolicies(name === 'the first run of all' ? people(null, 'cleo', 'bob', 'new') : people(null, null, 'bob', 'new'));
  return story;
}

/** Holds the lock for good, and leaves half a line. */
async function killWhileWriting(disk: MemoryDisk): Promise<void> {
  const dead = openStorage(disk.share((operation, file, effect, half) => hangAt(operation === 'append' && file === LEDGER, effect, half)));
  await dead.acquire();
  const { version } = await dead.read();
  void dead.append('{"v":1,"seq":99,"at":"2026-11-23T', version);
  await new Promise(setImmediate);
}

async function hangAt(isHere: boolean, effect: () => void, half: () => void): Promise<void> {
  if (!isHere) return effect();
  half();
  return new Promise(() => undefined);
}

function people(bob: string | null, cleo: string | null, risen = 'ada', joins: string | null = null) {
  const member = [bob, cleo].filter((one) => one !== null);
  return company({
    [ONE]: { admin: [...new Set(['ada', 'zoe', risen])], member },
    [TWO]: { admin: ['ada', 'zoe'], member: joins === null ? [] : [joins] },
  });
}

export function liveIn({ office }: Story): readonly string[] {
  return [...office.live(ONE), ...office.live(TWO)];
}

/** Healthy runs, with time in between, until one says that nothing is left to do. */
export async function finish(story: Story): Promise<void> {
  for (let runs = 1; runs <= 4; runs += 1) {
    story.office.minutes(11);
    const { exit, said } = await story.apply();
    if (exit === 0) return;
    if (exit !== 6 && exit !== 10) throw new Error(`${exit}: ${said}`);
  }
  throw new Error('four healthy runs did not finish the work');
}
