import { describe, expect, test } from 'vitest';
import { checkObservations } from '../../src/provider/check-observation.ts';
import { openProviderWorld } from '../support/provider-world.ts';

async function observed(): Promise<Record<string, unknown>> {
  const reading = await openProviderWorld().provider.reader.read(null, null);
  if (reading.kind === 'incomplete') throw new Error(reading.message);
  return JSON.parse(JSON.stringify(reading.observation));
}

const textOf = (observations: unknown, format_version = '1.0') => JSON.stringify({ format_version, observations });

describe('an observation from a file', () => {
  test('is what was read, and says that it is from a file', async () => {
    const checked = checkObservations(textOf([await observed()]));
    expect(checked).toMatchObject({ kind: 'observations', observations: [{ source: 'file' }] });
  });

  test('counts for nothing when a row was changed', async () => {
    const text = textOf([await observed()]).replace('"roles":["member"]', '"roles":["admin"]');
    expect(checkObservations(text)).toEqual({ kind: 'edited', account: 'telnyx-production' });
  });

  test.each(['', 'null', '[]', '{}', textOf([], '2.0'), textOf({}), textOf([{}]), textOf([null])])('%s is unreadable', (text) => {
    expect(checkObservations(text).kind).toBe('unreadable');
  });
});
