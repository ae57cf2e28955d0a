import { describe, expect, test } from 'vitest';
import { openLedger, parseLedger } from '../../src/apply/open-ledger.ts';
import { livePath, openStateBranch, readStateFiles } from '../../src/github/open-state-branch.ts';
import { intentOf, makeSeal, note, storyOf } from '../apply/signed-world.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { type MemoryRemote, openMemoryRemote } from './state-memory-remote.ts';

const seal = makeSeal();
const clock = createJumpingClock();

async function openOn(remote: MemoryRemote) {
  const branch = openStateBranch({ remote });
  return { branch, ledger: await openLedger('rollcall-state', branch.storage, clock, seal) };
}

/** What the branch says now, with every signature verified. */
function told(remote: MemoryRemote): string[] {
  const { ledgerText } = readStateFiles(remote.filesNow());
  parseLedger('rollcall-state', ledgerText, seal);
  return ledgerText === '' ? [] : storyOf(ledgerText);
}

const segmentsOf = (remote: MemoryRemote) => [...remote.filesNow().keys()].filter((path) => path.startsWith('ledger/')).toSorted();

describe('the state branch', () => {
  test('that is not there yet is an empty ledger, and its first commit says what it is', async () => {
    const remote = openMemoryRemote();
    const { branch, ledger } = await openOn(remote);
    expect(branch.head()).toBeNull();
    expect(ledger.records).toEqual([]);
    expect((await branch.read()).size).toBe(0);
    await ledger.append([note('a')]);
    await ledger.append([note('b')]);
    expect(remote.pushes).toEqual([
      { message: 'Ledger from record 1', files: ['README.md', 'ledger/00000001.jsonl'] },
      { message: 'Ledger from record 2', files: ['ledger/00000001.jsonl'] },
    ]);
    expect(remote.filesNow().get('README.md')).toContain('Nobody edits it');
    expect(branch.head()).toBe(await remote.head());
    expect(await branch.read()).toEqual(remote.filesNow());
  });

  test('takes many intents a push, lets outcomes wait, has no lock and merges', async () => {
    const { storage } = openStateBranch({ remote: openMemoryRemote() });
    expect(storage).toMatchObject({ intentsPerAppend: 20, outcomesWait: true, whenLost: 'merge' });
    expect(await storage.acquire()).toEqual({ kind: 'acquired', note: null });
    await expect(storage.truncate(0, '')).rejects.toThrow('a commit is whole');
  });

  test('takes lines only from who has read what they follow', async () => {
    const { storage } = openStateBranch({ remote: openMemoryRemote() });
    expect(await storage.append('a\n', '')).toEqual({ kind: 'lost' });
    const { version } = await storage.read();
    const first = await storage.append('a\n', version);
    expect(first).toMatchObject({ kind: 'stored' });
    expect(await storage.append('b\n', version)).toEqual({ kind: 'lost' });
    expect(await storage.read()).toEqual({ text: 'a\n', version: first.kind === 'stored' ? first.version : '' });
  });

  test('begins a new segment after 200 records, and a push carries only the last one', async () => {
    const remote = openMemoryRemote();
    const { ledger } = await openOn(remote);
    for (let number = 1; number <= 45; number += 1) await ledger.append(Array.from({ length: 10 }, () => note(`${number}`)));
    expect(segmentsOf(remote)).toEqual(['ledger/00000001.jsonl', 'ledger/00000201.jsonl', 'ledger/00000401.jsonl']);
    expect(remote.pushes.at(-1)).toEqual({ message: 'Ledger from record 441', files: ['ledger/00000401.jsonl'] });
    expect(told(remote)).toHaveLength(450);
    const again = await openOn(remote);
    await again.ledger.append([note('on')]);
    expect(told(remote)).toHaveLength(451);
  });

  test('begins a new segment after 256 KiB, whatever the number of records', async () => {
    const remote = openMemoryRemote();
    const { ledger } = await openOn(remote);
    for (const letter of 'abc') await ledger.append([note(letter.repeat(200 * 1024))]);
    expect(segmentsOf(remote)).toEqual(['ledger/00000001.jsonl', 'ledger/00000003.jsonl']);
    expect(told(remote)).toHaveLength(3);
  });

  test.each([
    ['the first segment is gone', { 'ledger/00000001.jsonl': null }],
    ['the ledger was moved aside', { 'ledger/00000001.jsonl': null, 'ledger/00000201.jsonl': null, 'ledger/old/00000001.jsonl': 'x\n' }],
    ['a segment has another name', { 'ledger/00000201.jsonl': null, 'ledger/00000202.jsonl': 'x\n' }],
    ['something else lies there', { 'ledger/notes.txt': 'x\n' }],
    ['a segment is cut', { 'ledger/00000201.jsonl': '{"v":1' }],
    ['a segment is empty', { 'ledger/00000201.jsonl': '' }],
  ])('does not verify when %s', async (_what, files) => {
    const remote = openMemoryRemote();
    const { ledger } = await openOn(remote);
    for (let number = 1; number <= 41; number += 1) await ledger.append(Array.from({ length: 5 }, () => note(`${number}`)));
    expect(segmentsOf(remote)).toHaveLength(2);
    remote.move(files);
    await expect(openOn(remote)).rejects.toMatchObject({ code: 'ledgerDamaged', exit: 9 });
    expect(() => readStateFiles(remote.filesNow())).toThrow('rollcall-state: record');
  });

  test('without its last segment is found out by who is writing', async () => {
    const remote = openMemoryRemote();
    const { ledger } = await openOn(remote);
    await ledger.append([intentOf('new@acme.example')]);
    for (let number = 1; number <= 41; number += 1) await ledger.append(Array.from({ length: 5 }, () => note(`${number}`)));
    remote.move({ 'ledger/00000202.jsonl': null, 'ledger/00000201.jsonl': null });
    await expect(ledger.append([note('on')])).rejects.toMatchObject({ code: 'ledgerDamaged', exit: 9 });
  });
});

describe('files beside the ledger', () => {
  test('go out with the next append, in the same commit', async () => {
    const remote = openMemoryRemote();
    const { branch, ledger } = await openOn(remote);
    branch.put(livePath('telnyx-production'), 'live 1');
    branch.put('heartbeat.json', 'beat 1');
    expect(remote.pushes).toEqual([]);
    await ledger.append([note('a')]);
    expect(remote.pushes.map((push) => push.files)).toEqual([
      ['README.md', 'heartbeat.json', 'ledger/00000001.jsonl', 'live/telnyx-production.json'],
    ]);
    await ledger.append([note('b')]);
    expect(remote.pushes.at(-1)?.files).toEqual(['ledger/00000001.jsonl']);
    expect(readStateFiles(await branch.read())).toMatchObject({
      live: new Map([['telnyx-production', 'live 1']]),
      heartbeat: 'beat 1',
    });
  });

  test('go out with a flush, also without a ledger, and the ledger goes on behind it', async () => {
    const remote = openMemoryRemote();
    const { branch, ledger } = await openOn(remote);
    branch.put('heartbeat.json', 'beat 1');
    expect(await branch.flush()).toBe('stored');
    expect(await branch.flush()).toBe('stored');
    expect(remote.pushes).toEqual([{ message: 'What was seen', files: ['README.md', 'heartbeat.json'] }]);
    await ledger.append([intentOf('new@acme.example')]);
    branch.put('heartbeat.json', 'beat 2');
    expect(await branch.flush()).toBe('stored');
    await ledger.append([note('on')]);
    expect(told(remote)).toEqual(['intent', 'on']);
    expect(remote.filesNow().get('heartbeat.json')).toBe('beat 2');
    const alone = openStateBranch({ remote });
    alone.put('heartbeat.json', 'beat 3');
    expect(await alone.flush()).toBe('stored');
    expect(told(remote)).toEqual(['intent', 'on']);
  });

  test('go on top of what others pushed meanwhile, which stays as it is', async () => {
    const remote = openMemoryRemote();
    const { branch } = await openOn(remote);
    await branch.read();
    const other = await openOn(remote);
    await other.ledger.append([note('theirs')]);
    remote.move({ 'live/twilio-main.json': 'theirs' });
    remote.fates.push('comes too late', 'comes too late', 'comes too late');
    branch.put(livePath('telnyx-production'), 'ours');
    expect(await branch.flush()).toBe('stored');
    expect(told(remote)).toEqual(['theirs']);
    expect([...readStateFiles(remote.filesNow()).live.keys()].toSorted()).toEqual(['somebody-else', 'telnyx-production', 'twilio-main']);
  });

  test('are said to be lost when others are faster every time, and still wait', async () => {
    const remote = openMemoryRemote();
    const { branch, ledger } = await openOn(remote);
    branch.put('heartbeat.json', 'beat');
    remote.fates.push(...Array(5).fill('comes too late'));
    expect(await branch.flush()).toBe('lost');
    expect(remote.filesNow().has('heartbeat.json')).toBe(false);
    expect(await branch.flush()).toBe('stored');
    expect(remote.filesNow().get('heartbeat.json')).toBe('beat');
    expect(ledger.records).toEqual([]);
  });

  test('that a flush puts behind others never let an append pass over what those wrote to the ledger', async () => {
    for (const begun of [false, true]) {
      const remote = openMemoryRemote();
      const ours = await openOn(remote);
      if (begun) await ours.ledger.append([intentOf('new@acme.example')]);
      const theirs = await openOn(remote);
      await theirs.ledger.append([note('theirs')]);
      ours.branch.put('heartbeat.json', 'beat');
      expect(await ours.branch.flush()).toBe('stored');
      const append = ours.ledger.append([note('ours')]);
      if (begun) await append;
      else await expect(append).rejects.toMatchObject({ code: 'ledgerLost', exit: 7 });
      expect(told(remote)).toEqual(begun ? ['intent', 'theirs', 'ours'] : ['theirs']);
    }
  });

  test('are never lines of the ledger', () => {
    expect(() => openStateBranch({ remote: openMemoryRemote() }).put('ledger/00000001.jsonl', '')).toThrow('through its storage');
  });

  test('put while a push is under way go out with the next one', async () => {
    const remote = openMemoryRemote();
    const { branch } = await openOn(remote);
    branch.put('heartbeat.json', 'beat 1');
    const first = branch.flush();
    await Promise.resolve();
    branch.put('heartbeat.json', 'beat 2');
    await first;
    await branch.flush();
    expect(remote.filesNow().get('heartbeat.json')).toBe('beat 2');
  });
});

describe('a push that goes wrong', () => {
  test('after it arrived is found when the branch is read, and nothing is there twice', async () => {
    const remote = openMemoryRemote();
    const { branch, ledger } = await openOn(remote);
    await ledger.append([intentOf('new@acme.example')]);
    branch.put('heartbeat.json', 'beat 1');
    remote.fates.push('fails after');
    await expect(ledger.append([note('once')])).rejects.toThrow('the network is gone');
    await ledger.append([note('on')]);
    expect(told(remote)).toEqual(['intent', 'once', 'on']);
    expect(remote.filesNow().get('heartbeat.json')).toBe('beat 1');
  });

  test('before it arrived leaves the branch as it was, and what was put goes out with the next one', async () => {
    const remote = openMemoryRemote();
    const { branch, ledger } = await openOn(remote);
    branch.put('heartbeat.json', 'beat 1');
    remote.fates.push('fails before', 'fails before');
    await expect(ledger.append([note('gone')])).rejects.toThrow('the network is gone');
    await expect(branch.flush()).rejects.toThrow('the network is gone');
    expect(remote.filesNow().size).toBe(0);
    await ledger.append([note('on')]);
    expect(told(remote)).toEqual(['on']);
    expect(remote.filesNow().get('heartbeat.json')).toBe('beat 1');
  });

  test('as two runs that append 50 times each at once loses and doubles nothing', async () => {
    const remote = openMemoryRemote();
    const runs = [await openOn(remote)];
    await runs[0]?.ledger.append([intentOf('first@acme.example')]);
    runs.push(await openOn(remote));
    await runs[1]?.ledger.append([intentOf('second@acme.example')]);
    for (let number = 0; number < 50; number += 1) {
      const order = number % 2 === 0 ? [0, 1] : [1, 0];
      await Promise.all(
        order.map(async (run) => {
          const { branch, ledger } = runs[run] as Awaited<ReturnType<typeof openOn>>;
          branch.put(`live/account-${run}.json`, String(number));
          await ledger.append([note(`${run}-${number}`)]);
          if (number % 10 === 0) await branch.flush();
        }),
      );
    }
    const notes = told(remote).filter((words) => words !== 'intent');
    for (const run of [0, 1]) {
      expect(notes.filter((words) => words.startsWith(`${run}-`))).toEqual(Array.from({ length: 50 }, (_, number) => `${run}-${number}`));
    }
    expect(notes).toHaveLength(100);
    expect(readStateFiles(remote.filesNow()).live).toEqual(new Map([0, 1].map((run) => [`account-${run}`, '49'])));
  });

  test('at any point, with any fate, leaves a branch that verifies and holds what was said to be stored', async () => {
    const fates = ['lost', 'fails before', 'fails after', 'comes too late'] as const;
    for (const fate of fates) {
      for (let at = 0; at < 6; at += 1) {
        const remote = openMemoryRemote();
        const { branch, ledger } = await openOn(remote);
        remote.fates.push(...Array(at).fill('well'), fate);
        const stored: string[] = [];
        for (let number = 0; number < 6; number += 1) {
          branch.put('heartbeat.json', String(number));
          const entry = number === 0 ? intentOf('new@acme.example') : note(String(number));
          await ledger.append([entry]).then(
            () => stored.push(number === 0 ? 'intent' : String(number)),
            () => undefined,
          );
        }
        const there = told(remote);
        expect(
          there.filter((words) => stored.includes(words)),
          `${fate} at ${at}`,
        ).toEqual(stored);
        expect(new Set(there).size, `${fate} at ${at}`).toBe(there.length);
      }
    }
  });
});

test('what lies on the branch is told apart by its place; strange files are nobody’s', () => {
  const files = new Map([
    ['README.md', 'x'],
    ['live/telnyx-production.json', 'a'],
    ['live/../x.json', 'b'],
    ['live/Telnyx.json', 'c'],
    ['live/deep/telnyx.json', 'd'],
    ['other/heartbeat.json', 'e'],
  ]);
  expect(readStateFiles(files)).toEqual({ ledgerText: '', live: new Map([['telnyx-production', 'a']]), heartbeat: null });
});
