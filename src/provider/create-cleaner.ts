import { createRedactor } from '../text/encode.ts';

/** No document of a vendor is nested as deep. */
const MAX_DEPTH = 50;

/** Takes the secrets of a client out of what it is told. */
export interface Cleaner {
  /** What is secret from now on: a token is another one every hour. */
  knows(secrets: readonly string[]): void;
  redact(text: string): string;
  /** A document; `body` is the text it was parsed from. A name or an address that repeats a key would be stored and shown like any other. */
  document(json: unknown, body: string): unknown;
}

export function createCleaner(): Cleaner {
  let known: readonly string[] = [];
  let redact = createRedactor(known);
  return {
    knows: (secrets) => {
      if (secrets.length === known.length && secrets.every((secret, index) => secret === known[index])) return;
      known = [...secrets];
      redact = createRedactor(known);
    },
    redact: (text) => redact(text),
    // Only an escape hides a secret from a look at the whole.
    document: (json, body) => (!body.includes('\\') && redact(body) === body ? json : clean(json, redact, 0)),
  };
}

function clean(value: unknown, redact: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((one) => clean(one, redact, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [redact(key), clean(one, redact, depth + 1)]));
}
