import { expect, test } from 'vitest';
import { openSealed, sealDocument } from '../../src/apply/seal-document.ts';
import { makeSeal } from './signed-world.ts';

const seal = makeSeal();
const body = {
  account: 'telnyx-production',
  principals: [{ principal: 'ada@acme.example', roles: ['admin'] }],
  note: 'Zoë 李 🚀',
  zero: 0,
};
const sealed = sealDocument('observation', body, seal);
const open = (text: string) => openSealed(text, 'observation', seal);
const changed = (fields: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(sealed), ...fields });

test('a sealed document opens as it was, whatever the order of its keys and the white space', () => {
  expect(Object.keys(JSON.parse(sealed))).toEqual(['kind', 'repository', 'body', 'key', 'sig']);
  expect(sealed.endsWith('}\n')).toBe(true);
  expect(open(sealed)).toEqual({ body });
  const backwards = Object.fromEntries(Object.entries(JSON.parse(sealed)).toReversed());
  expect(open(JSON.stringify(backwards))).toEqual({ body });
});

test('whatever is changed in it, it says so', () => {
  const [first] = body.principals;
  for (const other of [{}, null, { ...body, zero: 1 }, { ...body, more: true }, { ...body, principals: [first, first] }]) {
    expect(open(changed({ body: other }))).toEqual({ why: 'its signature does not verify' });
  }
  const { sig } = JSON.parse(sealed);
  for (const wrong of ['', sig.replace(/=+$/, ''), sealDocument('observation', {}, seal).slice(-96, -8)]) {
    expect(open(changed({ sig: wrong }))).toEqual({ why: 'its signature does not verify' });
  }
});

test('it passes for no other document, for no other repository and by no other key', () => {
  const elsewhere = makeSeal('42', seal.publicLine);
  const stranger = makeSeal();
  expect(openSealed(sealed, 'heartbeat', seal)).toEqual({ why: 'it is another document (observation)' });
  expect(open(changed({ kind: 'heartbeat' }))).toEqual({ why: 'it is another document (heartbeat)' });
  expect(openSealed(changed({ kind: 'heartbeat' }), 'heartbeat', seal)).toEqual({ why: 'its signature does not verify' });
  expect(openSealed(sealed, 'observation', elsewhere)).toEqual({ why: 'it belongs to another repository (4711)' });
  expect(openSealed(changed({ repository: '42' }), 'observation', elsewhere)).toEqual({ why: 'its signature does not verify' });
  expect(openSealed(sealed, 'observation', stranger)).toEqual({
    why: `it is signed by a key that is not known (${seal.signer.keyId})`,
  });
  expect(open(changed({ key: stranger.signer.keyId }))).toEqual({
    why: `it is signed by a key that is not known (${stranger.signer.keyId})`,
  });
});

test('what is no sealed document is none, and what it says is made visible', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '"x"',
    '{}',
    changed({ sig: 1 }),
    changed({ body: undefined }),
    '{"__proto__":{"kind":"observation"}}',
  ]) {
    expect(open(text)).toEqual({ why: expect.stringMatching(/^it is (not JSON|no signed document)$/) });
  }
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  expect(open(sealed.replace('"zero": 0', `"zero": ${deep}`))).toEqual({ why: 'it is not JSON' });
  expect(open(changed({ kind: '::error::\u001b[31m' }))).toEqual({
    why: 'it is another document (\\u{3a}\\u{3a}error\\u{3a}\\u{3a}\\u{1b}\\u{5b}31m)',
  });
});
