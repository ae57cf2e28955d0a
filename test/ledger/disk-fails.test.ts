import { describe, expect, test, vi } from 'vitest';
import { parseLedger } from '../../src/apply/open-ledger.ts';
import { type DiskStep, diskError } from '../simulation/memory-disk.ts';
import { LEDGER } from './open-office.ts';
import { DONE, finish, liveIn, type StoryName, startStory } from './start-story.ts';

// So long only on a machine that does much else beside.
vi.setConfig({ testTimeout: 240_000 });

/** How a step on the disk fails: with this code, having done this much of it, once or from then on. */
interface Failure {
  readonly code: string;
  readonly done: 'nothing' | 'half' | 'all';
  readonly lasting: boolean;
}

const fails = (code: string, done: Failure['done'] = 'nothing', lasting = false): Failure => ({ code, done, lasting });
const FAILURES: Readonly<Record<string, readonly Failure[]>> = {
  append: [fails('ENOSPC'), fails('ENOSPC', 'half', true), fails('EIO', 'all')],
  sync: [fails('EIO'), fails('EIO', 'all', true)],
  'sync names': [fails('EIO')],
  'open append': [fails('EROFS', 'nothing', true), fails('EACCES')],
  'open new': [fails('ENOSPC', 'nothing', true), fails('EACCES')],
  'open folder': [fails('EACCES')],
  read: [fails('EIO'), fails('EACCES', 'nothing', true)],
  size: [fails('EIO')],
  list: [fails('EIO')],
  'make folder': [fails('EROFS', 'nothing', true), fails('EACCES'), fails('EIO', 'all')],
  link: [fails('EROFS', 'nothing', true), fails('EIO', 'all')],
  rename: [fails('ENOSPC'), fails('EIO', 'all')],
  unlink: [fails('EROFS', 'nothing', true), fails('EIO', 'all')],
  truncate: [fails('EIO'), fails('EIO', 'all')],
};
/**
 * What the run goes on without: what only tidies up, and making sure of the names of folders further out. Where the folder that ours
 * stands in may not be read, no run can have made ours there.
 */
const NOT_NEEDED = /^(unlink|list) |^read \S+\.lock$|^(open folder|sync names) \/$/;
const NOT_READABLE = 'open folder /repository fails with EACCES';

/** Every step of a run that goes well, as `append /repository/.rollcall/ledger.jsonl`. */
async function stepsOf(name: StoryName): Promise<readonly string[]> {
  const story = await startStory(name);
  const steps: string[] = [];
  const ended = await story.apply(async (operation, file, effect) => {
    steps.push(`${operation} ${file}`);
    effect();
  });
  expect(ended.exit, ended.said).toBe(0);
  expect(liveIn(story)).toEqual(DONE[name].live);
  expect(story.office.writes()).toEqual(DONE[name].writes);
  return steps;
}

describe.each(Object.keys(DONE) as StoryName[])('%s', (name) => {
  test('whose disk fails at any step, in any way: nothing is sent from then on, the exit says so, and the next run makes it whole', async () => {
    const steps = await stepsOf(name);
    let tried = 0;
    for (const [index, step] of steps.entries()) {
      for (const failure of FAILURES[step.slice(0, step.indexOf(' /'))] ?? []) {
        tried += 1;
        await failAt(name, index, step, failure);
      }
    }
    expect(new Set(steps.map((step) => step.slice(0, step.indexOf(' /')))).size).toBeGreaterThan(8);
    expect(tried).toBeGreaterThan(80);
  });
});

async function failAt(name: StoryName, at: number, what: string, failure: Failure): Promise<void> {
  const where = `${what} (step ${at + 1}) fails with ${failure.code}, ${failure.done} of it done${failure.lasting ? ', for good' : ''}`;
  const story = await startStory(name);
  let steps = 0;
  let sentBefore = -1;
  const step: DiskStep = async (operation, file, effect, half) => {
    const isHere = steps === at;
    steps += 1;
    if (!isHere && !(failure.lasting && sentBefore !== -1 && isChange(operation))) return effect();
    if (isHere) sentBefore = story.office.writes().length;
    if (isHere && failure.done === 'half') half();
    if (isHere && failure.done === 'all')
      await Promise.resolve()
        .then(effect)
        .catch(() => undefined);
    throw diskError(failure.code, file);
  };
  const { exit, said } = await story.apply(step);
  const { live, writes } = DONE[name];
  if (exit === 0) {
    const wasThere = name !== 'the first run of all' && `${what} fails with ${failure.code}` === NOT_READABLE;
    if (!wasThere) expect(what, where).toMatch(NOT_NEEDED);
    expect(liveIn(story), where).toEqual(live);
  } else {
    expect(story.office.writes(), where).toHaveLength(sentBefore);
    expect(said, where).toContain(failure.code);
    // What was done is said, whatever became of the ledger.
    if (sentBefore > 0) expect(said, where).toContain('applied');
  }
  await finish(story);
  expect(liveIn(story), where).toEqual(live);
  expect(story.office.writes().toSorted(), where).toEqual(writes);
  expect(parseLedger(LEDGER, story.disk.text(LEDGER) ?? '').tornBytes, where).toBe(0);
  expect(
    story.disk.files().filter((file) => file.endsWith('.lock')),
    where,
  ).toEqual([]);
}

function isChange(operation: string): boolean {
  return !['read', 'size', 'list', 'open folder'].includes(operation);
}
