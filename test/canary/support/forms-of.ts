/** The six encodings that a secret is met in, by name. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret, 'utf8');
  return new Map([
    ['as it is', secret],
    ['base64', bytes.toString('base64')],
    ['base64 for URLs', bytes.toString('base64url')],
    ['escaped for a URL', encodeURIComponent(secret)],
    ['escaped for JSON', JSON.stringify(secret).slice(1, -1)],
    ['hex', bytes.toString('hex')],
  ]);
}

/** So much of a secret in a row is enough to tell whose it is. */
const PIECE = 10;
/** The first half of a pair for Basic authentication is an account's SID, which is no secret. */
const PAIR = /^AC[0-9a-f]{32}:/;

/**
 * Which secrets stand in a text in any form, whole or in pieces: cut off by a limit, wrapped over lines or split by a table, with the
 * special characters between escaped in whatever way.
 */
export function findSecrets(text: string, secrets: Iterable<string>): string[] {
  const owners = new Map<string, string>();
  for (const secret of secrets) for (const [piece, owner] of piecesOf(secret)) owners.set(piece, owner);
  const found = new Set<string>();
  for (const [run] of text.replace(/[\s|│·…]+/g, '').matchAll(/[A-Za-z0-9]{10,}/g)) {
    for (let start = 0; start + PIECE <= run.length; start += 1) {
      const owner = owners.get(run.slice(start, start + PIECE));
      if (owner !== undefined) found.add(owner);
    }
  }
  return [...found];
}

const known = new Map<string, readonly (readonly [string, string])[]>();

/** Runs of letters and digits, which no encoder of a sink changes, with whose they are. */
function piecesOf(secret: string): readonly (readonly [string, string])[] {
  const before = known.get(secret);
  if (before !== undefined) return before;
  const pieces = [...formsOf(secret)]
    .filter(([form]) => !PAIR.test(secret) || /base64|hex/.test(form))
    .flatMap(([form, value]) =>
      [...value.matchAll(/[A-Za-z0-9]{10,}/g)].flatMap(([run]) =>
        Array.from(
          { length: run.length - PIECE + 1 },
          (_, at) => [run.slice(at, at + PIECE), `${secret.slice(0, 6)}..., ${form}`] as const,
        ),
      ),
    );
  known.set(secret, pieces);
  return pieces;
}
