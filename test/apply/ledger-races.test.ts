import { describe, expect, test } from 'vitest';
import { type Ledger, openLedger } from '../../src/apply/open-ledger.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { intentOf, makeSeal, note, openSharedStorage, type SharedStorage, storyOf } from './signed-world.ts';

const seal = makeSeal();
const open = (storage: SharedStorage): Promise<Ledger> => openLedger('rollcall-state', storage, createJumpingClock(), seal);

describe('a run has begun to write to vendors', () => {
  test.each([
    ['well', 'its intent is stored beside other records'],
    ['arrives as lost', 'its intent has arrived beside other records although nobody said so'],
  ] as const)('(%s) once %s: others no longer end it', async (fate, _what) => {
    const storage = openSharedStorage();
    const ours = await open(storage);
    storage.fates.push(fate);
    await ours.append([note('before'), intentOf('first@acme.example')]);
    await (await open(storage)).append([note('theirs')]);
    await ours.append([note('ours')]);
    expect(storyOf(storage.text())).toEqual(['before', 'intent', 'theirs', 'ours']);
  });

  test.each(['well', 'arrives as lost'] as const)('not by a note that was written (%s): whoever writes meanwhile ends it', async (fate) => {
    const storage = openSharedStorage();
    const ours = await open(storage);
    storage.fates.push(fate);
    await ours.append([note('before')]);
    await (await open(storage)).append([note('theirs')]);
    await expect(ours.append([note('ours')])).rejects.toMatchObject({ code: 'ledgerLost' });
    expect(storyOf(storage.text())).toEqual(['before', 'theirs']);
  });
});

test('its own intents that arrived although nobody said so are nobody else’s: it goes on', async () => {
  const storage = openSharedStorage();
  const ours = await open(storage);
  await ours.append([intentOf('first@acme.example')]);
  storage.fates.push('arrives as lost');
  await ours.append([intentOf('second@acme.example')]);
  await ours.append([intentOf('third@acme.example')]);
  expect(storyOf(storage.text())).toEqual(['intent', 'intent', 'intent']);
});
