import { describe, expect, test } from 'vitest';
import type { Observation } from '../../src/model.ts';
import { checkObservations, digestOfObservations } from '../../src/provider/check-observation.ts';
import { openProviderWorld } from '../support/provider-world.ts';

async function observed(): Promise<Record<string, unknown>> {
  const reading = await openProviderWorld().provider.reader.read(null, null);
  if (reading.kind === 'incomplete') throw new Error(reading.message);
  return JSON.parse(JSON.stringify(reading.observation));
}

const textOf = (observations: unknown, format_version = '1.0') =>
  JSON.stringify({ format_version, observations, digest: Array.isArray(observations) ? sealOf(observations) : null });

function sealOf(observations: unknown[]): string {
  const whole = observations.filter((one): one is Observation => typeof one === 'object' && one !== null && 'digest' in one);
  return digestOfObservations(whole);
}

describe('an observation from a file', () => {
  test('is what was read, and says that it is from a file', async () => {
    const checked = checkObservations(textOf([await observed()]));
    expect(checked).toMatchObject({ kind: 'observations', observations: [{ source: 'file' }] });
  });

  test('counts for nothing when a row was changed', async () => {
    const text = textOf([await observed()]).replace('"roles":["member"]', '"roles":["admin"]');
    expect(checkObservations(text)).toEqual({ kind: 'edited', account: 'telnyx-production' });
  });

  test('counts for nothing when it says another time, since end dates are judged by it', async () => {
    const text = textOf([await observed()]);
    const moved = text.replace(/"at":"\d{4}/, '"at":"2020');
    expect(moved).not.toBe(text);
    expect(checkObservations(moved)).toEqual({ kind: 'edited', account: 'telnyx-production' });
  });

  test('is unreadable with a status that is none, a time that is none, or a role that is no text', async () => {
    const text = textOf([await observed()]);
    for (const [from, to] of [
      ['"status":"active"', '"status":"retired"'],
      [/"at":"[^"]+"/, '"at":"Nov 22 2099"'],
      ['"roles":["member"]', '"roles":[7]'],
    ] as const) {
      expect(checkObservations(text.replace(from, to)).kind).toBe('unreadable');
    }
  });

  test.each(['', 'null', '[]', '{}', textOf([], '2.0'), textOf({}), textOf([{}]), textOf([null])])('%s is unreadable', (text) => {
    expect(checkObservations(text).kind).toBe('unreadable');
  });
});
