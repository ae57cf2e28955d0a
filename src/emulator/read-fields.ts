import { visible } from '../text/encode.ts';

/** Ends the reading of foreign JSON with the reason; each caller wraps it in its own kind of error. */
export type Fail = (why: string) => never;

export type Fields = Readonly<Record<string, unknown>>;

/** An object that has no other keys than the known ones: a misspelt key would silently mean its default. */
export function readFields(value: unknown, where: string, known: readonly string[], fail: Fail): Fields {
  if (!isFields(value)) return fail(`${where} is not an object`);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) fail(`${where} has an unknown key ${visible(key)}; known are ${known.join(', ')}`);
  }
  return value;
}

export function readText(value: unknown, where: string, fail: Fail): string {
  return typeof value === 'string' && value !== '' ? value : fail(`${where} is not a text of at least one character`);
}

export function readEmail(value: unknown, where: string, fail: Fail): string {
  return isEmail(value) ? value : fail(`${where} is not an e-mail address`);
}

/** A whole number from `least` up. */
export function readCount(value: unknown, where: string, least: number, fail: Fail): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least
    ? value
    : fail(`${where} is not a whole number of at least ${least}`);
}

export function readOneOf<T extends string>(value: unknown, where: string, choices: readonly T[], fail: Fail): T {
  const found = choices.find((choice) => choice === value);
  return found ?? fail(`${where} is not one of ${choices.join(', ')}`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isEmail(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(value);
}
