import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { LedgerRecord } from '../../src/apply/ledger-records.ts';
import { parseLedger } from '../../src/apply/open-ledger.ts';
import type { HttpRequest } from '../../src/ports.ts';
import type { DiskStep, MemoryDisk, PowerCut } from '../simulation/memory-disk.ts';
import { LEDGER } from './open-office.ts';
import { DONE, finish, liveIn, type Story, type StoryName, startStory } from './start-story.ts';

// So long only on a machine that does much else beside.
vi.setConfig({ testTimeout: 240_000 });

/** What of the unsynced is left: names up to the nth change, and of each file's unsynced bytes this share. */
const left = (names: number, share: number): PowerCut => {
  let kept = 0;
  return {
    names: () => {
      kept += 1;
      return kept <= names;
    },
    share: () => share,
  };
};
const CUTS: readonly (() => PowerCut)[] = [
  () => 'all',
  () => 'nothing',
  ...[0, 0.6, 1].flatMap((share) => [0, 1, 99].map((names) => () => left(names, share))),
];
const STORIES = Object.keys(DONE) as StoryName[];

/** A run that ends for good before its nth step on the disk has its effect, or with half of it; says which. Null when there was none. */
async function runUntil(story: Story, at: number, how: 'before' | 'half', watch: DiskStep = EFFECT): Promise<string | null> {
  let steps = 0;
  let die: (operation: string) => void = () => undefined;
  const died = new Promise<string>((resolve) => {
    die = resolve;
  });
  const step: DiskStep = async (operation, file, effect, half) => {
    steps += 1;
    if (steps < at) return watch(operation, file, effect, half);
    if (steps === at && how === 'half') half();
    die(operation);
    return new Promise(() => undefined);
  };
  return Promise.race([died, story.apply(step).then(() => null)]);
}

const EFFECT: DiskStep = async (_operation, _file, effect) => effect();

function looks(disk: MemoryDisk): string {
  return JSON.stringify(disk.files().map((file) => [file, disk.text(file)]));
}

/** The ways the power may go now that leave different things behind. */
function cutsThatDiffer(disk: MemoryDisk): readonly (() => PowerCut)[] {
  const seen = new Set<string>();
  return CUTS.filter((cut) => {
    const copy = disk.copy();
    copy.cut(cut());
    const before = seen.size;
    return seen.add(looks(copy)).size > before;
  });
}

/** Loses the power there in every way that leaves something else, and says how many those are; null where the run has no such step. */
async function loseAt(name: StoryName, at: number, how: 'before' | 'half'): Promise<number | null> {
  let story = await startStory(name);
  const last = await runUntil(story, at, how);
  if (last === null) return null;
  // Of what is no append there is no half.
  if (how === 'half' && last !== 'append') return 0;
  const cuts = cutsThatDiffer(story.disk);
  for (const [index, cut] of cuts.entries()) {
    if (index > 0) {
      story = await startStory(name);
      await runUntil(story, at, how);
    }
    story.disk.cut(cut());
    await checkEnd(story, name, `power lost ${how} step ${at}, way ${index + 1} of ${cuts.length}`);
  }
  return cuts.length;
}

async function checkEnd(story: Story, name: StoryName, where: string): Promise<void> {
  await finish(story);
  expect(liveIn(story), where).toEqual(DONE[name].live);
  expect(story.office.writes().toSorted(), where).toEqual(DONE[name].writes);
  expect(parseLedger(LEDGER, story.disk.text(LEDGER) ?? '').tornBytes, where).toBe(0);
}

describe.each(STORIES)('%s', (name) => {
  test('loses its power at any step, with any part of what was not synced: the next run makes it whole, and nothing is done twice', async () => {
    let states = 0;
    for (const how of ['before', 'half'] as const) {
      for (let at = 1; ; at += 1) {
        const tried = await loseAt(name, at, how);
        if (tried === null) break;
        states += tried;
      }
    }
    expect(states).toBeGreaterThan(100);
  });

  test('sends nothing whose intent would not outlive the power, whatever step of it a run before was killed at', async () => {
    let checked = 0;
    for (let at = 1; ; at += 1) {
      const story = await startStory(name);
      const folders = watchFolders();
      const died = await runUntil(story, at, 'before', folders.watch);
      story.office.minutes(11);
      const sentBefore = story.office.writes().length;
      const ended = await story.apply(folders.watch, async (request, send) => {
        if (request.method !== 'GET') {
          checked += 1;
          expectDurable(request, story.disk, folders.doubtful(), `after a run that was killed before step ${at}`);
        }
        return send();
      });
      expect([0, 6, 10], ended.said).toContain(ended.exit);
      expect(story.office.writes().length - sentBefore).toBeLessThanOrEqual(DONE[name].writes.length);
      if (died === null) break;
    }
    expect(checked).toBeGreaterThan(20);
  });
});

/** Folders whose own names are not on the disk yet. */
function watchFolders(): { readonly watch: DiskStep; doubtful(): readonly string[] } {
  const made = new Set<string>();
  return {
    watch: async (operation, file, effect) => {
      effect();
      if (operation === 'make folder') made.add(file);
      if (operation === 'sync names') for (const folder of made) if (path.dirname(folder) === file) made.delete(folder);
    },
    doubtful: () => [...made].filter((folder) => LEDGER.startsWith(`${folder}/`)),
  };
}

function expectDurable(request: HttpRequest, disk: MemoryDisk, doubtful: readonly string[], where: string): void {
  const copy = disk.copy();
  copy.cut('nothing');
  const records = doubtful.length > 0 ? [] : parseLedger(LEDGER, copy.text(LEDGER) ?? '').records;
  const last = records.findLast((record) => record.kind === 'intent' && isFor(record, request));
  const outcome = records.findLast((record) => record.kind === 'outcome' && last?.kind === 'intent' && record.change === last.change.id);
  if (last === undefined || (outcome?.seq ?? 0) > last.seq) throw new Error(`${request.method} without an intent on the disk, ${where}`);
}

function isFor(record: LedgerRecord & { kind: 'intent' }, { url, body = '{}' }: HttpRequest): boolean {
  const { email } = JSON.parse(body) as { email?: string };
  return record.change.principal === email || url.endsWith(`/${record.change.principal_id}`);
}
