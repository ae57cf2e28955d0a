import { expect, test } from 'vitest';
import { RollcallError } from '../../src/errors.ts';
import type { MemoryRemote, PushFate } from '../github/state-memory-remote.ts';
import { openMemoryRemote } from '../github/state-memory-remote.ts';
import { effectsOf, judgeEnd, settle } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { openStage } from './open-stage.ts';
import { STORIES, type Story, TELLING_STORIES } from './stories.ts';

/** What may become of a look at the branch, or of a push. */
const OF_LOOKS: readonly PushFate[] = ['fails before'];
const OF_PUSHES: readonly PushFate[] = ['lost', 'fails before', 'fails after', 'comes too late'];

interface Watched {
  readonly remote: MemoryRemote;
  /** `look` or `push`, in order. */
  readonly calls: string[];
}

/** The branch with one call that goes wrong. */
function watch(strikes: number, fate: PushFate): Watched {
  const memory = openMemoryRemote();
  const calls: string[] = [];
  const unreachable = (): never => {
    throw new RollcallError('githubUnreachable', 'the branch', 'the network is gone');
  };
  const look = async <T>(act: () => Promise<T>): Promise<T> => {
    calls.push('look');
    return calls.length === strikes ? unreachable() : act();
  };
  const remote: MemoryRemote = {
    ...memory,
    head: () => look(memory.head),
    files: (commit) => look(() => memory.files(commit)),
    commit: (parent, message, files) => {
      calls.push('push');
      if (calls.length === strikes) memory.fates.unshift(fate);
      return memory.commit(parent, message, files).catch(unreachable);
    },
  };
  return { remote, calls };
}

test.each(STORIES)(
  'the branch of the ledger fails at every call, $name: nothing is sent that it does not know, and the next run ends it',
  async (story) => {
    const calm = watch(0, 'well');
    const first = await openStage(story, calm.remote);
    const { exit } = await first.run();
    const undisturbed = effectsOf(first.met);
    expect({ exit, writes: undisturbed.length }).toEqual({ exit: 0, writes: story.writes });
    expect(await judgeEnd(first, undisturbed)).toEqual([]);
    const wrong: string[] = [];
    for (const [index, call] of calm.calls.entries()) {
      for (const fate of call === 'push' ? OF_PUSHES : OF_LOOKS) {
        wrong.push(...(await strike(story, index + 1, fate, undisturbed)).map((one) => `call ${index + 1}, ${call} ${fate}: ${one}`));
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  },
  300_000,
);

async function strike(story: Story, number: number, fate: PushFate, undisturbed: readonly string[]): Promise<string[]> {
  const stage = await openStage(story, watch(number, fate).remote);
  const came = await stage.run();
  const wrong = judgeRun({ stage, came, met: came.met, undisturbed });
  const { runs, said } = await settle(stage, [story.errand, story.errand], [11, 11]);
  return [...wrong, ...(runs === null ? [`does not come to its end: ${said.join('\n')}`] : await judgeEnd(stage, undisturbed))];
}

test.each(TELLING_STORIES)(
  'killed at every step while the ledger is a branch, $name: the end is the same, and nothing is done twice',
  async (story) => {
    const calm = await openStage(story, openMemoryRemote());
    const { steps } = await calm.run();
    const undisturbed = effectsOf(calm.met);
    const wrong: string[] = [];
    for (let at = 1; at <= steps; at += 1) {
      const stage = await openStage(story, openMemoryRemote());
      const came = await stage.run({ death: { at, how: 'after' } });
      if (came.exit !== null) break;
      const { runs, said } = await settle(stage, [story.errand, story.errand], at % 2 === 0 ? [11, 11] : [0, 11]);
      const found = runs === null ? [`does not come to its end: ${said.join('\n')}`] : await judgeEnd(stage, undisturbed);
      wrong.push(...found.map((one) => `${at} ${came.trace.at(-1)}: ${one}`));
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  },
  300_000,
);
