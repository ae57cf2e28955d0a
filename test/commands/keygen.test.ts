import { describe, expect, test } from 'vitest';
import { openLedger } from '../../src/apply/open-ledger.ts';
import { createSigner, readPublicKeys } from '../../src/apply/signatures.ts';
import { keygen } from '../../src/commands/keygen.ts';
import { ledgerShow, ledgerVerify } from '../../src/commands/ledger.ts';
import { openStateBranch } from '../../src/github/open-state-branch.ts';
import { makeSeal, note, REPOSITORY } from '../apply/signed-world.ts';
import { openMemoryRemote } from '../github/state-memory-remote.ts';
import { ACCOUNT, createJumpingClock } from '../support/provider-world.ts';
import { openCommandWorld } from './keygen-world.ts';

function provesItself(privateKey: string, publicLine: string): boolean {
  const signer = createSigner(privateKey);
  return readPublicKeys(publicLine).verify(signer.keyId, 'ada', signer.sign('ada'));
}

describe('rollcall keygen', () => {
  test('prints a pair that fits, with the places where each half belongs', async () => {
    const world = openCommandWorld();
    expect(await keygen(world.run())).toBe(0);
    const [first, privateKey = '', second, publicLine = '', ...rest] = world
      .out()
      .trimEnd()
      .split(/\n\n */);
    expect(first).toBe(
      'Private key, shown this once and kept nowhere. It belongs into the secret ROLLCALL_SIGNING_KEY of the protected environment, never a file in Git:',
    );
    expect(second).toBe('Public key, a line for .github/rollcall.pub on the default branch:');
    expect(rest).toEqual([]);
    expect(provesItself(privateKey, publicLine)).toBe(true);
    expect(world.files.size).toBe(0);
  });

  test('makes another pair every time', async () => {
    const world = openCommandWorld();
    await keygen(world.run());
    const once = world.out();
    await keygen(world.run());
    expect(world.out()).not.toBe(once);
  });

  test('gives the same as a document', async () => {
    const world = openCommandWorld();
    await keygen(world.run({ format: 'json' }));
    const { key_id, private_key, public_line, ...more } = JSON.parse(world.out());
    expect(more).toEqual({});
    expect(public_line.startsWith(`${key_id} `)).toBe(true);
    expect(provesItself(private_key, public_line)).toBe(true);
  });

  test('with --out the private key goes to the file, and stdout is the public line alone, to be added to the keys', async () => {
    const world = openCommandWorld();
    await keygen(world.run({ out: 'key' }));
    expect(world.out()).toMatch(/^[0-9a-f]{16} [A-Za-z0-9+/]{43}=\n$/);
    expect(provesItself(world.files.get('key') ?? '', world.out())).toBe(true);
    expect(world.log()).toBe(
      'The private key is in key. It belongs into the secret ROLLCALL_SIGNING_KEY of the protected environment, never a file in Git; delete the file when it is there.\nThe public key is one line for .github/rollcall.pub on the default branch:\n',
    );
  });

  test('with --out as a document the private key goes to the file and not to the terminal', async () => {
    const world = openCommandWorld();
    await keygen(world.run({ out: 'key.txt', format: 'json' }));
    const privateKey = world.files.get('key.txt') ?? '';
    expect(world.out() + world.log()).not.toContain(privateKey.trim());
    const { private_key_file, public_line } = JSON.parse(world.out());
    expect(private_key_file).toBe('key.txt');
    expect(provesItself(privateKey, public_line)).toBe(true);
  });

  test.each(['', ' '])('an empty name after --out is refused like by every command (%j)', (out) => {
    const world = openCommandWorld();
    expect(() => world.run({ out })).toThrow('--out needs the name of a file, for import of a folder; it was given an empty one');
    expect(world.files.size).toBe(0);
  });

  test('never writes over a key that is there', async () => {
    const world = openCommandWorld();
    world.files.set('key.txt', 'the only copy');
    await expect(keygen(world.run({ out: 'key.txt' }))).rejects.toMatchObject({
      exit: 64,
      message: '--out key.txt: it is there already, and would be overwritten. Give another file.',
    });
    expect(world.files.get('key.txt')).toBe('the only copy');
    expect(world.out()).toBe('');
  });
});

describe('rollcall ledger, of a checked out state branch', () => {
  const seal = makeSeal();
  const checks = { keys: 'keys.pub', repository: REPOSITORY };

  async function checkOut() {
    const world = openCommandWorld();
    const remote = openMemoryRemote();
    const ledger = await openLedger('rollcall-state', openStateBranch({ remote }).storage, createJumpingClock(), seal);
    await ledger.append([
      {
        kind: 'taken',
        account: ACCOUNT,
        pull: 12,
        evidence: `sha256:${'1'.repeat(64)}`,
        head: 'a'.repeat(40),
        digest: null,
        by: ['ada', 'grace-h'],
      },
      { kind: 'taken', account: ACCOUNT, pull: 13, evidence: `sha256:${'2'.repeat(64)}`, head: 'b'.repeat(40), digest: null, by: [] },
      { kind: 'approval', account: ACCOUNT, by: 'pull 12', changes: [] },
    ]);
    await ledger.append(Array.from({ length: 249 }, (_, number) => note(`${number}`)));
    await ledger.append([note('last')]);
    for (const [path, text] of remote.filesNow()) world.files.set(`state/${path}`, text);
    world.files.set('keys.pub', `# ours\n${seal.publicLine}\n`);
    return { world, head: ledger.records.at(-1)?.hash };
  }

  test('is verified over all segments, with the keys and the repository that were given', async () => {
    const { world, head } = await checkOut();
    expect(world.files.has('state/ledger/00000253.jsonl')).toBe(true);
    expect(await ledgerVerify(world.run({ ledger: 'state/ledger' }), checks)).toBe(0);
    expect(world.out()).toBe(`Verified. 253 records, each bound to the one before and signed by a key of keys.pub. Head: ${head}\n`);
    await ledgerVerify(world.run({ ledger: 'state/ledger', format: 'json' }), checks);
    expect(JSON.parse(world.out())).toEqual({ records: 253, head, torn_bytes: 0, signatures: 'verified' });
  });

  test('says when signatures were there and nobody looked at them', async () => {
    const { world, head } = await checkOut();
    expect(await ledgerVerify(world.run({ ledger: 'state/ledger' }))).toBe(0);
    expect(world.out()).toBe(
      `Verified. 253 records, each bound to the one before. Head: ${head}\nIts signatures were not checked: --keys FILE checks them too.\n`,
    );
    await ledgerVerify(world.run({ ledger: 'state/ledger', format: 'json' }));
    expect(JSON.parse(world.out())).toMatchObject({ signatures: 'unchecked' });
  });

  test('is shown with who approved what, and with the word that it is signed', async () => {
    const { world } = await checkOut();
    await ledgerShow(world.run({ ledger: 'state/ledger' }), checks);
    expect(world.log()).toBe('Every record is signed by a key of keys.pub.\n');
    expect(world.out()).toContain('pull request 12 taken in (approved by ada, grace-h)\n');
    expect(world.out()).toContain('pull request 13 taken in\n');
    expect(world.out()).toContain('0 changes approved (pull request 12)');
  });

  test.each([
    ['another key', { keys: 'other.pub', repository: null }, 'record 1 does not verify (it is signed by a key that is not known'],
    ['another repository', { keys: 'keys.pub', repository: '42' }, 'record 1 does not verify (it belongs to another repository, 4711)'],
    ['keys that are not there', { keys: 'no.pub', repository: null }, 'no.pub is not there or names no key'],
  ])('does not verify by %s', async (_what, wrong, why) => {
    const { world } = await checkOut();
    world.files.set('other.pub', makeSeal().publicLine);
    for (const command of [ledgerVerify, ledgerShow]) {
      await expect(command(world.run({ ledger: 'state/ledger' }), wrong)).rejects.toMatchObject({
        exit: 9,
        message: expect.stringContaining(why),
      });
      expect(world.out()).toBe('');
    }
  });

  test('does not verify when a segment is missing or anything else lies among them', async () => {
    for (const path of ['state/ledger/notes.txt', 'state/ledger/deep/x']) {
      const { world } = await checkOut();
      world.files.set(path, 'x\n');
      await expect(ledgerVerify(world.run({ ledger: 'state/ledger' }))).rejects.toMatchObject({ code: 'ledgerDamaged', exit: 9 });
    }
    const { world } = await checkOut();
    world.files.delete('state/ledger/00000001.jsonl');
    await expect(ledgerVerify(world.run({ ledger: 'state/ledger' }))).rejects.toThrow(
      'state/ledger: record 1 does not verify (ledger/00000253.jsonl is not the file that comes next)',
    );
  });

  test('takes a repository only together with keys, since unsigned anybody can name one', async () => {
    const { world } = await checkOut();
    await expect(ledgerVerify(world.run({ ledger: 'state/ledger' }), { keys: null, repository: '4711' })).rejects.toMatchObject({
      exit: 64,
      message: '--repository needs --keys FILE: unsigned, anybody can name one',
    });
  });
});
