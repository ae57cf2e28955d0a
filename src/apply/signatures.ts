import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { RollcallError } from '../errors.ts';
import { visible } from '../text/encode.ts';

/** Signs texts (Ed25519, base64) with one private key. */
export interface Signer {
  readonly keyId: string;
  sign(text: string): string;
}

/** Knows public keys by their ids; a key it does not know verifies nothing. */
export interface Verifier {
  readonly keyIds: readonly string[];
  verify(keyId: string, text: string, signature: string): boolean;
}

const RAW_KEY_BYTES = 32;
const PEM = '-----BEGIN ';

/** Takes PKCS #8 as PEM or as base64 of its DER. What cannot be read is never echoed. */
export function createSigner(privateKey: string): Signer {
  if (privateKey.trim() === '') throw new RollcallError('signingKeyMissing');
  const key = readPrivateKey(privateKey.trim());
  if (key?.asymmetricKeyType !== 'ed25519') throw new RollcallError('signingKeyUnreadable');
  return {
    keyId: keyIdOf(rawOf(createPublicKey(key))),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64'),
  };
}

/** Reads `.github/rollcall.pub`: a key a line as `KEYID BASE64`, `#` begins a comment. `file` is its name for errors. */
export function readPublicKeys(text: string, file = '.github/rollcall.pub'): Verifier {
  const keys = new Map<string, KeyObject>();
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*/s, '').trim();
    if (words === '') continue;
    const [keyId = '', base64 = '', ...rest] = words.split(/\s+/);
    const wrong = (what: string) => new RollcallError('publicKeyUnreadable', visible(file, 200), String(index + 1), what);
    const raw = readBase64(base64);
    if (rest.length > 0 || raw?.length !== RAW_KEY_BYTES) throw wrong('it is no public key');
    if (keyIdOf(raw) !== keyId) throw wrong('the id is not the id of that key');
    keys.set(keyId, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' }));
  }
  if (keys.size === 0) throw new RollcallError('publicKeysMissing', visible(file, 200));
  return {
    keyIds: [...keys.keys()],
    verify: (keyId, signed, signature) => {
      const key = keys.get(keyId);
      const bytes = readBase64(signature);
      return key !== undefined && bytes !== null && verify(null, Buffer.from(signed, 'utf8'), key, bytes);
    },
  };
}

/** A new pair: the private key as one line of base64, the public one as its line of `.github/rollcall.pub`. */
export function makeKeyPair(): { readonly keyId: string; readonly privateKey: string; readonly publicLine: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = rawOf(publicKey);
  const keyId = keyIdOf(raw);
  return {
    keyId,
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicLine: `${keyId} ${raw.toString('base64')}`,
  };
}

function readPrivateKey(text: string): KeyObject | null {
  const der = text.startsWith(PEM) ? null : readBase64(text);
  try {
    if (text.startsWith(PEM)) return createPrivateKey(text);
    return der === null ? null : createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return null;
  }
}

/** Null unless it is written as base64 is written: of two spellings of one signature, one would be a flipped bit that nobody sees. */
function readBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function rawOf(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function keyIdOf(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}
