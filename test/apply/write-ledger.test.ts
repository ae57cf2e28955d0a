import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/apply/ledger-records.ts';
import { type Ledger, openLedger, parseLedger } from '../../src/apply/open-ledger.ts';
import { inviteOf, outcomeOf } from '../support/ledger-world.ts';
import { ACCOUNT, createJumpingClock } from '../support/provider-world.ts';
import { type Fate, intentOf, makeSeal, note, openSharedStorage, type SharedStorage, storyOf } from './signed-world.ts';

const seal = makeSeal();
const invite = inviteOf('new@acme.example');
const outcome = (more: Readonly<Record<string, unknown>> = {}): LedgerEntry => outcomeOf(invite, 'applied', more);

function open(storage: SharedStorage, clock = createJumpingClock()): Promise<Ledger> {
  return openLedger('rollcall-state', storage, clock, seal);
}

/** A ledger whose run has written to the vendor already. */
async function begin(storage: SharedStorage, clock = createJumpingClock()): Promise<Ledger> {
  const ledger = await open(storage, clock);
  await ledger.append([intentOf('first@acme.example')]);
  return ledger;
}

const told = (storage: SharedStorage) => {
  parseLedger('rollcall-state', storage.text(), seal);
  return storyOf(storage.text());
};

describe('a race that is lost', () => {
  test('before this run has written anywhere ends it, with nothing of it there', async () => {
    const storage = openSharedStorage();
    const ours = await open(storage);
    const theirs = await open(storage);
    await theirs.append([note('theirs')]);
    await expect(ours.append([intentOf('new@acme.example')])).rejects.toMatchObject({ code: 'ledgerLost', exit: 7 });
    expect(told(storage)).toEqual(['theirs']);
    expect(ours.records).toEqual([]);
    await expect(ours.append([note('again')])).rejects.toMatchObject({ code: 'ledgerLost' });
    expect(told(storage)).toEqual(['theirs']);
  });

  test('where nobody else should be ends it at any time', async () => {
    const storage = openSharedStorage({ whenLost: 'stop' });
    const ours = await begin(storage);
    const theirs = await open(storage);
    await theirs.append([note('theirs')]);
    await expect(ours.append([note('ours')])).rejects.toMatchObject({ code: 'ledgerLost', exit: 7 });
    expect(told(storage)).toEqual(['intent', 'theirs']);
  });

  test('after that goes behind what the others wrote, chained, dated and signed anew', async () => {
    const storage = openSharedStorage();
    const clock = createJumpingClock();
    const ours = await begin(storage, clock);
    const theirs = await open(storage, clock);
    await theirs.append([{ kind: 'commit', commit: 'theirs' }, note('theirs')]);
    expect(ours.history().commit).toBeNull();
    clock.advance(60_000);
    await ours.append([{ kind: 'superseded', account: ACCOUNT, principal: 'a@acme.example', change: invite.id }, note('ours')]);
    expect(told(storage)).toEqual(['intent', 'commit', 'theirs', 'superseded', 'ours']);
    expect(ours.history().commit).toBe('theirs');
    expect(ours.records.map(({ seq, at }) => `${seq} ${at.slice(11, 16)}`)).toEqual([
      '1 09:00',
      '2 09:00',
      '3 09:00',
      '4 09:01',
      '5 09:01',
    ]);
    await ours.append([note('on')]);
    expect(told(storage).at(-1)).toBe('on');
  });

  test('dates what goes behind the others as it is sent, so that no intent is older than its place', async () => {
    const clock = createJumpingClock();
    const storage = openSharedStorage();
    const slow: SharedStorage = {
      ...storage,
      append: (lines, version) => {
        clock.advance(60_000);
        return storage.append(lines, version);
      },
    };
    const ours = await begin(slow, clock);
    storage.fates.push('lost', 'lost');
    await ours.append([intentOf('new@acme.example')]);
    expect(ours.records.map(({ at }) => at.slice(11, 16))).toEqual(['09:00', '09:03']);
  });

  test('to nobody, because only files beside the ledger were moved, is no loss even before the first intent', async () => {
    const storage = openSharedStorage();
    const ours = await open(storage);
    storage.fates.push('lost');
    await ours.append([intentOf('new@acme.example')]);
    expect(told(storage)).toEqual(['intent']);
  });

  test('to a run that has begun leaves the field to it: what was done is still written down, nothing more is begun', async () => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    const theirs = await open(storage);
    await theirs.append([intentOf('second@acme.example')]);
    await ours.append([outcome()]);
    await expect(ours.append([intentOf('third@acme.example')])).rejects.toMatchObject({ code: 'ledgerLost' });
    await ours.append([note('ours')]);
    await expect(ours.append([note('with an intent'), intentOf('third@acme.example')])).rejects.toMatchObject({ code: 'ledgerLost' });
    await theirs.append([intentOf('fourth@acme.example')]);
    await ours.close();
    expect(told(storage)).toEqual(['intent', 'intent', 'outcome applied', 'ours', 'intent']);
  });

  test('again and again is given up after the fifth time', async () => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    storage.fates.push(...Array<Fate>(5).fill('lost'));
    await ours.append([note('sixth time lucky')]);
    expect(told(storage)).toEqual(['intent', 'sixth time lucky']);
    storage.fates.push(...Array<Fate>(6).fill('lost'));
    await expect(ours.append([note('never')])).rejects.toMatchObject({ code: 'ledgerLost' });
    expect(told(storage)).toEqual(['intent', 'sixth time lucky']);
  });

  test('to somebody who changed what was there, put back an older state or signs nothing ends it with 9', async () => {
    const storage = openSharedStorage();
    const before = openSharedStorage();
    const forged = openSharedStorage();
    const ours = await begin(storage);
    await ours.append([note('second')]);
    const kept = storage.text();
    await (await begin(before)).append([note('another second')]);
    forged.setText(kept);
    const unsigned = await openLedger('rollcall-state', forged, createJumpingClock());
    await unsigned.append([note('unsigned')]);
    const firstLine = kept.slice(0, kept.indexOf('\n') + 1);
    for (const [text, why] of [
      [firstLine, 'record 2 does not verify (it is not the one that was there before)'],
      ['', 'record 2 does not verify (it is not the one that was there before)'],
      [before.text(), 'record 2 does not verify (it is not the one that was there before)'],
      [forged.text(), 'record 3 does not verify (it is not signed)'],
    ] as const) {
      storage.setText(text);
      storage.fates.push('lost');
      await expect(ours.append([note('third')])).rejects.toMatchObject({
        code: 'ledgerDamaged',
        exit: 9,
        message: expect.stringContaining(why),
      });
      expect(storage.text()).toBe(text);
    }
    storage.setText(kept);
    await ours.append([note('third')]);
    expect(told(storage)).toEqual(['intent', 'second', 'third']);
  });

  test('by two writers that write 50 times each, at once, loses and doubles nothing', async () => {
    const storage = openSharedStorage();
    const writers = [await begin(storage), await begin(storage)];
    await Promise.all(
      writers.map(async (ledger, writer) => {
        for (let number = 0; number < 50; number += 1) await ledger.append([note(`${writer}-${number}`), note(`${writer}-${number}b`)]);
      }),
    );
    const notes = told(storage).filter((words) => words !== 'intent');
    for (const writer of [0, 1]) {
      const own = notes.filter((words) => words.startsWith(`${writer}-`));
      expect(own).toEqual(Array.from({ length: 50 }, (_, number) => [`${writer}-${number}`, `${writer}-${number}b`]).flat());
    }
    expect(notes).toHaveLength(200);
    for (const ledger of writers) await ledger.append([note('end')]);
    expect(writers[1]?.records.map((record) => record.hash)).toEqual(parseLedger('', storage.text()).records.map((record) => record.hash));
  });
});

describe('an append whose answer never came', () => {
  test.each(['arrives unanswered', 'arrives as lost'] as const)('and that %s is not written twice', async (fate) => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    await ours.append([outcome({ held: { roles: ['member'], groups: [], name: 'New', status: 'active' } })]);
    storage.fates.push(fate);
    const sent = ours.append([note('once')]);
    if (fate === 'arrives as lost') await sent;
    else await expect(sent).rejects.toThrow('the network is gone');
    await ours.append([outcome({ outcome: 'failed', posted: false })]);
    await ours.append([note('on')]);
    expect(told(storage)).toEqual(['intent', 'outcome applied', 'once', 'outcome failed', 'on']);
    expect(ours.history().accounts.get(ACCOUNT)?.invitePosts).toHaveLength(2);
  });

  test('and that never arrived is not there; its outcomes still go out with the next one', async () => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    await ours.append([outcome()]);
    storage.fates.push('fails');
    await expect(ours.append([note('gone')])).rejects.toThrow('the network is gone');
    await ours.append([outcome({ outcome: 'failed' })]);
    await ours.append([note('on')]);
    expect(told(storage)).toEqual(['intent', 'outcome applied', 'outcome failed', 'on']);
  });

  test('is found behind which somebody else wrote, and what comes next goes behind theirs', async () => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    storage.fates.push('arrives unanswered');
    await expect(ours.append([note('once')])).rejects.toThrow();
    const theirs = await open(storage);
    await theirs.append([note('theirs')]);
    await ours.append([note('on')]);
    expect(told(storage)).toEqual(['intent', 'once', 'theirs', 'on']);
  });

  test('of the first intents leaves a run that goes on only if nobody else came', async () => {
    for (const others of [true, false]) {
      const storage = openSharedStorage();
      const ours = await open(storage);
      storage.fates.push('arrives unanswered');
      await expect(ours.append([intentOf('new@acme.example')])).rejects.toThrow('the network is gone');
      if (others) await (await open(storage)).append([note('theirs')]);
      if (others) await expect(ours.append([note('on')])).rejects.toMatchObject({ code: 'ledgerLost' });
      else await ours.append([note('on')]);
      expect(told(storage)).toEqual(others ? ['intent', 'theirs'] : ['intent', 'on']);
      if (others) continue;
      await (await open(storage)).append([note('theirs')]);
      await ours.append([note('further')]);
      expect(told(storage)).toEqual(['intent', 'on', 'theirs', 'further']);
    }
  });
});

describe('outcomes that may wait', () => {
  test('have the parts of their change before them, which wait as long: a read tells as much as either', async () => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    const part = { do: 'assign', role: 'developer' } as const;
    const about = { account: ACCOUNT, principal: invite.principal, change: invite.id, message: '' };
    await ours.append([{ kind: 'part', ...about, part, done: 'accepted' }]);
    await ours.append([outcome()]);
    expect(told(storage)).toEqual(['intent']);
    await ours.close();
    expect(told(storage)).toEqual(['intent', 'part', 'outcome applied']);
  });

  test('count at once and go out with the next append, before it, dated when they were made', async () => {
    const storage = openSharedStorage();
    const clock = createJumpingClock();
    const ours = await begin(storage, clock);
    clock.advance(60_000);
    await ours.append([outcome({ held: { roles: ['member'], groups: [], name: 'New', status: 'invited' } })]);
    expect(told(storage)).toEqual(['intent']);
    const before = ours.history();
    expect(before.accounts.get(ACCOUNT)?.lastApplied.get('new@acme.example')).toMatchObject({ status: 'invited' });
    expect(ours.records).toHaveLength(1);
    clock.advance(60_000);
    await ours.append([note('next')]);
    expect(told(storage)).toEqual(['intent', 'outcome applied', 'next']);
    expect(ours.records.map((record) => record.at.slice(11, 16))).toEqual(['09:00', '09:01', '09:02']);
    expect(ours.history()).toEqual(before);
    expect((await open(storage)).history()).toEqual(before);
  });

  test('go out with a flush, with the end, and not twice', async () => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    await ours.append([outcome()]);
    await ours.flush();
    await ours.flush();
    expect(told(storage)).toEqual(['intent', 'outcome applied']);
    await ours.append([outcome({ outcome: 'failed' })]);
    await ours.close();
    expect(told(storage)).toEqual(['intent', 'outcome applied', 'outcome failed']);
  });

  test('go behind what others wrote meanwhile', async () => {
    const storage = openSharedStorage();
    const ours = await begin(storage);
    await ours.append([outcome()]);
    await (await open(storage)).append([note('theirs')]);
    await ours.flush();
    expect(told(storage)).toEqual(['intent', 'theirs', 'outcome applied']);
    expect(ours.history().accounts.get(ACCOUNT)?.invitePosts).toHaveLength(2);
  });

  test('do not wait together with anything else, nor where an append is a disk', async () => {
    const storage = openSharedStorage();
    const ours = await open(storage);
    await ours.append([outcome(), note('beside it')]);
    expect(told(storage)).toEqual(['outcome applied', 'beside it']);
    const disk = openSharedStorage({ outcomesWait: false });
    await (await open(disk)).append([outcome()]);
    expect(told(disk)).toEqual(['outcome applied']);
  });

  test('that cannot be written at the end are told once, and the ledger is given back all the same', async () => {
    for (const toldBefore of [false, true]) {
      let released = 0;
      const storage = openSharedStorage({
        release: async () => {
          released += 1;
        },
      });
      const ours = await begin(storage);
      await ours.append([outcome()]);
      storage.fates.push('fails', 'fails');
      if (toldBefore) await expect(ours.flush()).rejects.toThrow('the network is gone');
      if (toldBefore) await ours.close();
      else await expect(ours.close()).rejects.toThrow('the network is gone');
      expect(released).toBe(1);
      expect(told(storage)).toEqual(['intent']);
    }
  });
});

test('appends that are made at once go out one after another', async () => {
  const storage = openSharedStorage();
  const ours = await open(storage);
  const numbers = Array.from({ length: 30 }, (_, index) => index);
  await Promise.all(numbers.map((number) => ours.append([note(String(number)), note(`${number} too`)])));
  expect(told(storage)).toEqual(numbers.flatMap((number) => [String(number), `${number} too`]));
});

test('one append that fails does not hold up the ones behind it', async () => {
  const storage = openSharedStorage();
  const ours = await open(storage);
  storage.fates.push('fails');
  const ends = await Promise.allSettled([ours.append([note('a')]), ours.append([note('b')]), ours.append([note('c')])]);
  expect(ends.map((end) => end.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(told(storage)).toEqual(['b', 'c']);
});

test('where the ledger is a file, one append that fails is the last that is tried', async () => {
  const storage = openSharedStorage({ whenLost: 'stop', outcomesWait: false });
  const ours = await open(storage);
  await ours.append([note('a')]);
  storage.fates.push('fails');
  const ends = await Promise.allSettled([ours.append([note('b')]), ours.append([note('c')]), ours.append([note('d')])]);
  expect(ends.map((end) => end.status === 'rejected' && String(end.reason))).toEqual(Array(3).fill('Error: the network is gone'));
  await ours.close();
  expect(told(storage)).toEqual(['a']);
});
