import { visible } from '../text/encode.ts';
import { type Fail, isFields } from './read-fields.ts';

/** What a switch accepts: one of some values, or a whole number from this one up. */
export type Accepted = number | readonly unknown[];

/** Reads some switches of a vendor from parsed JSON, leaving out those that are not given. */
export function parseSwitches<Switches extends object>(
  value: unknown,
  accepted: Readonly<Record<keyof Switches & string, Accepted>>,
  fail: Fail,
): Partial<Switches> {
  if (!isFields(value)) return fail('switches is not an object');
  for (const [key, setting] of Object.entries(value)) {
    if (!isKeyOf(accepted, key)) return fail(`switches has an unknown key ${visible(key)}; known are ${Object.keys(accepted).join(', ')}`);
    const choices: Accepted = accepted[key];
    if (typeof choices === 'number') {
      const fits = typeof setting === 'number' && Number.isSafeInteger(setting) && setting >= choices;
      if (!fits) fail(`switches.${key} is not a whole number of at least ${choices}`);
    } else if (!choices.includes(setting)) {
      fail(`switches.${key} is not one of ${choices.join(', ')}`);
    }
  }
  return value as Partial<Switches>;
}

function isKeyOf<Keys extends object>(of: Keys, key: string): key is keyof Keys & string {
  return Object.hasOwn(of, key);
}
