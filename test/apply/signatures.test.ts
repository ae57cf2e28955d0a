import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSigner, makeKeyPair, readPublicKeys } from '../../src/apply/signatures.ts';
import { RollcallError } from '../../src/errors.ts';

const pair = makeKeyPair();
const other = makeKeyPair();

function errorOf(act: () => unknown): RollcallError {
  try {
    act();
  } catch (error) {
    if (error instanceof RollcallError) return error;
  }
  throw new Error('it did not throw as it should');
}

describe('a signing key', () => {
  test('signs what its public line verifies, and its id is that of the line', () => {
    const signer = createSigner(pair.privateKey);
    const keys = readPublicKeys(pair.publicLine);
    expect(pair.publicLine).toMatch(/^[0-9a-f]{16} [A-Za-z0-9+/]{43}=$/);
    expect(keys.keyIds).toEqual([signer.keyId]);
    expect(keys.verify(signer.keyId, 'ada', signer.sign('ada'))).toBe(true);
    expect(keys.verify(signer.keyId, 'bob', signer.sign('ada'))).toBe(false);
  });

  test('is read as PEM, as base64 and as base64 in lines with spaces around', () => {
    const der = Buffer.from(pair.privateKey, 'base64');
    const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }).toString();
    const forms = [pem, `\n${pem}\n`, pair.privateKey, `  ${pair.privateKey}\n`];
    expect(forms.map((form) => createSigner(form).sign('ada'))).toEqual(forms.map(() => createSigner(pair.privateKey).sign('ada')));
  });

  test('that is empty, as a secret that nobody set, is said to be missing', () => {
    for (const empty of ['', ' \n']) {
      expect(errorOf(() => createSigner(empty))).toMatchObject({ code: 'signingKeyMissing', exit: 9 });
    }
  });

  test('that cannot be read is refused and never echoed', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const publicKey = pair.publicLine.split(' ')[1] ?? '';
    for (const wrong of [
      'hunter2-hunter2',
      publicKey,
      pair.privateKey.slice(0, -4),
      `x${pair.privateKey}`,
      rsa,
      '-----BEGIN PRIVATE KEY-----',
    ]) {
      const error = errorOf(() => createSigner(wrong));
      expect(error).toMatchObject({ code: 'signingKeyUnreadable', exit: 9 });
      expect(error.message).toContain('ROLLCALL_SIGNING_KEY is no Ed25519 private key');
      expect(error.message).not.toContain(wrong.slice(0, 10).trim());
    }
  });
});

describe('a file of public keys', () => {
  test('may hold several, with comments and empty lines between', () => {
    const keys = readPublicKeys(`# since November\n${pair.publicLine}  # the first\r\n\n   ${other.publicLine}\n`);
    expect(keys.keyIds).toEqual([pair.keyId, other.keyId]);
    expect(keys.verify(other.keyId, 'ada', createSigner(other.privateKey).sign('ada'))).toBe(true);
    expect(keys.verify(pair.keyId, 'ada', createSigner(other.privateKey).sign('ada'))).toBe(false);
  });

  test('verifies nothing by a key that it does not name', () => {
    const keys = readPublicKeys(pair.publicLine);
    expect(keys.verify(other.keyId, 'ada', createSigner(other.privateKey).sign('ada'))).toBe(false);
  });

  test('without a key is refused, with the way to one', () => {
    for (const text of ['', '\n', '# none yet']) {
      expect(errorOf(() => readPublicKeys(text)).message).toBe(
        '.github/rollcall.pub is not there or names no key, so no signature can be verified. `rollcall keygen` prints the line that belongs there; commit it on the default branch.',
      );
    }
  });

  test.each([
    ['a word too many', `${pair.publicLine} more`, 'it is no public key'],
    ['a key that is cut', pair.publicLine.slice(0, -5), 'it is no public key'],
    ['another key beside the id', `${other.keyId} ${pair.publicLine.split(' ')[1]}`, 'the id is not the id of that key'],
    ['an id alone', pair.keyId, 'it is no public key'],
  ])('with %s names the line', (_what, line, why) => {
    expect(errorOf(() => readPublicKeys(`${other.publicLine}\n# ours\n${line}`, 'keys.pub'))).toMatchObject({
      exit: 9,
      message: `keys.pub: line 3: ${why}. Each line is \`KEYID BASE64\`, as \`rollcall keygen\` prints it.`,
    });
  });

  test('finds every changed letter of a signature, also where base64 itself would not', () => {
    const signer = createSigner(pair.privateKey);
    const keys = readPublicKeys(pair.publicLine);
    const signature = signer.sign('ada');
    for (let at = 0; at < signature.length; at += 1) {
      for (const letter of 'ABQgw=') {
        if (signature[at] === letter) continue;
        const changed = signature.slice(0, at) + letter + signature.slice(at + 1);
        expect(keys.verify(signer.keyId, 'ada', changed)).toBe(false);
      }
    }
    for (const changed of ['', `${signature}\n`, signature.replace(/=+$/, ''), `${signature}${signature}`]) {
      expect(keys.verify(signer.keyId, 'ada', changed)).toBe(false);
    }
  });
});
