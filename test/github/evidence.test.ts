import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckFacts, readCheckFacts, writeCheckFacts } from '../../src/github/evidence.ts';

const FACTS: CheckFacts = {
  head: '1f'.repeat(20),
  mergeBase: 'a0'.repeat(20),
  baseTip: 'b7'.repeat(20),
  state: '5e'.repeat(20),
  digest: `sha256:${'0d'.repeat(32)}`,
  changes: [`sha256:${'c1'.repeat(32)}`, `sha256:${'c2'.repeat(32)}`],
};

/** A check run's text around this JSON. */
const fenced = (json: string) => `What this plan was made on.\n\n\`\`\`json\n${json}\n\`\`\`\n`;
const withField = (field: string, value: unknown) => fenced(JSON.stringify({ ...FACTS, [field]: value }));

describe('what a check run says of its plan', () => {
  it('is a sentence for people and one line for the next run', () => {
    const [sentence, , fence, line, end] = writeCheckFacts(FACTS).split('\n');
    expect(sentence).toBe(
      'What this plan was made on. Apply recomputes the plan from these commits; nothing written here is taken as evidence.',
    );
    expect([fence, end]).toEqual(['```json', '```']);
    expect(JSON.parse(line ?? '')).toEqual(FACTS);
  });

  it('is read as it was written', () => {
    const sha = fc.oneof(hex(40), hex(64));
    const digest = hex(64).map((digits) => `sha256:${digits}`);
    const facts = fc.record({ head: sha, mergeBase: sha, baseTip: sha, state: sha, digest, changes: fc.array(digest, { maxLength: 20 }) });
    fc.assert(
      fc.property(facts, (one) => {
        expect(readCheckFacts(writeCheckFacts(one))).toEqual(one);
      }),
    );
  });

  it('fits a check run also with very many changes, of which it keeps the first', () => {
    const changes = Array.from({ length: 10_000 }, (_, index) => `sha256:${index.toString(16).padStart(64, '0')}`);
    const text = writeCheckFacts({ ...FACTS, changes });
    expect(Buffer.byteLength(text)).toBeLessThan(65_535);
    expect(readCheckFacts(text)?.changes).toEqual(changes.slice(0, 700));
  });
});

describe('a check run that somebody else wrote', () => {
  it.each([
    ['no text', ''],
    ['only words', 'All good, approved by everybody.'],
    ['a fence without an end', '```json\n{}'],
    ['an empty fence', fenced('')],
    ['no JSON', fenced('{ head: 1 }')],
    ['null', fenced('null')],
    ['a number', fenced('12')],
    ['a list', fenced('[]')],
    ['nothing of it', fenced('{}')],
    ['two lines of JSON', fenced(JSON.stringify(FACTS, null, 2))],
    ['a line of a megabyte', fenced(JSON.stringify({ ...FACTS, more: 'x'.repeat(1_000_000) }))],
    ['many fences and no end', '```json\n'.repeat(8_000)],
    ['its facts as a prototype', fenced(`{"__proto__":${JSON.stringify(FACTS)}}`)],
    ['a constructor', fenced('{"constructor":{"prototype":{"head":"x"}}}')],
    ['depth', fenced('['.repeat(50_000))],
  ])('says nothing with %s', (_, text) => {
    expect(readCheckFacts(text)).toBeNull();
  });

  it.each(['head', 'mergeBase', 'baseTip', 'state'])('says nothing when its %s is no whole commit', (field) => {
    const wrong = [
      'main',
      '-o',
      '--upload-pack=x',
      '1f',
      '1F'.repeat(20),
      `${'1f'.repeat(20)}\n`,
      `${'1f'.repeat(20)}^1`,
      12,
      null,
      [],
      {},
    ];
    expect(wrong.map((value) => readCheckFacts(withField(field, value)))).toEqual(wrong.map(() => null));
    expect(readCheckFacts(withField(field, undefined))).toBeNull();
  });

  it('says nothing when its digest is none or its changes are no list', () => {
    for (const value of ['sha256:12', '0d'.repeat(32), `SHA256:${'0d'.repeat(32)}`, 12, null]) {
      expect(readCheckFacts(withField('digest', value))).toBeNull();
    }
    for (const value of ['sha256:12', 12, null, { length: 1 }]) expect(readCheckFacts(withField('changes', value))).toBeNull();
  });

  it('loses among its changes whatever is no digest', () => {
    const changes = [...FACTS.changes, '@everyone', 12, null, [], { toString: 'x' }];
    expect(readCheckFacts(withField('changes', changes))?.changes).toEqual(FACTS.changes);
  });

  it('brings no fields but ours along', () => {
    const text = fenced(`{"__proto__":{"polluted":true},"extra":1,${JSON.stringify(FACTS).slice(1)}`);
    expect(readCheckFacts(text)).toEqual(FACTS);
    expect({}).not.toHaveProperty('polluted');
  });

  it('is read by its first fence alone', () => {
    const other = { ...FACTS, head: '2e'.repeat(20) };
    expect(readCheckFacts(`${fenced(JSON.stringify(FACTS))}${fenced(JSON.stringify(other))}`)?.head).toBe(FACTS.head);
    expect(readCheckFacts(`${fenced('{}')}${fenced(JSON.stringify(FACTS))}`)).toBeNull();
  });

  it('never makes reading fail, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string().map(fenced), fc.json().map(fenced)), (text) => {
        expect(readCheckFacts(text)).toBeNull();
      }),
    );
  });
});

function hex(length: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
}
