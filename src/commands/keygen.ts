import { makeKeyPair } from '../apply/signatures.ts';
import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import { toJson } from '../report/to-json.ts';
import { PUBLIC_KEYS } from '../setup/repository-facts.ts';
import { visible } from '../text/encode.ts';
import type { Run } from './run-context.ts';

const MAX_KEY_BYTES = 1024 * 1024;
const HOME = 'the secret ROLLCALL_SIGNING_KEY of the protected environment, never a file in Git';

/**
 * A signing key pair for the ledger on the state branch. With --out the private key goes to that file,
 * and stdout is the public line alone, so that `>>` adds it to the keys of a repository.
 */
export async function keygen(run: Run): Promise<ExitCode> {
  const { out, format } = run.flags;
  const { files } = run.world;
  // Nobody else has the key that may stand there.
  if (out !== null && (await files.readText(out, MAX_KEY_BYTES)) !== null) {
    throw new RollcallError('outIsKept', visible(out, 200), 'it is there already');
  }
  const { keyId, privateKey, publicLine } = makeKeyPair();
  if (out !== null) await files.writeText(out, `${privateKey}\n`);
  if (format === 'json') {
    const place = out === null ? { private_key: privateKey } : { private_key_file: out };
    run.print(toJson({ key_id: keyId, public_line: publicLine, ...place }));
    return EXIT.ok;
  }
  if (out !== null) {
    const where = `The private key is in ${visible(out, 200)}. It belongs into ${HOME}; delete the file when it is there.`;
    run.log(`${where}\nThe public key is one line for ${PUBLIC_KEYS} on the default branch:`);
    run.print(publicLine);
    return EXIT.ok;
  }
  const secret = `Private key, shown this once and kept nowhere. It belongs into ${HOME}:\n\n  ${privateKey}`;
  run.print(`${run.wrap(secret)}\n\n${run.wrap(`Public key, a line for ${PUBLIC_KEYS} on the default branch:`)}\n\n  ${publicLine}\n`);
  return EXIT.ok;
}
