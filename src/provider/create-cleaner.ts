import { createRedactor } from '../text/encode.ts';

/** No document of a vendor is nested as deep. */
const MAX_DEPTH = 50;

/**
 * Takes the secrets of a client out of what it is told: a name or an address that repeats its key would be stored and shown like any other.
 * `json` is what `body` says.
 */
export function createCleaner(): (json: unknown, body: string, secrets: readonly string[]) => unknown {
  let known: readonly string[] = [];
  let redact = createRedactor(known);
  return (json, body, secrets) => {
    if (secrets.length !== known.length || secrets.some((secret, index) => secret !== known[index])) {
      known = [...secrets];
      redact = createRedactor(known);
    }
    // Only an escape hides a secret from a look at the whole.
    return !body.includes('\\') && redact(body) === body ? json : clean(json, redact, 0);
  };
}

function clean(value: unknown, redact: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((one) => clean(one, redact, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [redact(key), clean(one, redact, depth + 1)]));
}
