import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model.ts';
import { readPlanDocument } from '../../src/plan/read-plan-document.ts';
import { ago, inPeace, live, planOf, wants } from './support.ts';

const PLAN: Plan = (() => {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin', { name: 'Cleo M' }));
  world.wants.delete('dan');
  world.wants.set('fay', wants('fay', 'member'));
  world.live.set('mallory', live('mallory', 'admin'));
  return planOf(world);
})();

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];

const DOCUMENT = JSON.parse(JSON.stringify(PLAN)) as Json;

/** The document with the value at one place replaced, or taken out where `make` gives undefined. */
function edited(document: Json, path: Path, make: (old: Json) => Json | undefined): Json {
  const copy = structuredClone(document);
  let parent: Json = copy;
  for (const step of path.slice(0, -1)) parent = (parent as Record<string | number, Json>)[step] ?? null;
  const last = path.at(-1) ?? '';
  const record = parent as Record<string | number, Json>;
  const value = make(record[last] ?? null);
  if (value === undefined) delete record[last];
  else record[last] = value;
  return copy;
}

const read = (document: unknown) => readPlanDocument(JSON.stringify(document));

/** Every place that an id, the digest or a verdict stands for. */
const COVERED: Path[] = [
  ['digest'],
  ...PLAN.accounts.flatMap((_, index): Path[] => [
    ['accounts', index, 'account'],
    ['accounts', index, 'verdict'],
  ]),
  ...PLAN.changes.flatMap((change, index): Path[] => {
    const own = ['id', 'account', 'action', 'principal', 'principal_id', 'executor', 'before', 'after'].map((key) => [
      'changes',
      index,
      key,
    ]);
    const sides = (['before', 'after'] as const)
      .filter((side) => change[side] !== null)
      .flatMap((side) => ['roles', 'groups'].map((key) => ['changes', index, side, key]));
    const renames = change.before !== null && change.after !== null && change.before.name !== change.after.name;
    return [
      ...own,
      ...sides,
      ...(renames
        ? [
            ['changes', index, 'before', 'name'],
            ['changes', index, 'after', 'name'],
          ]
        : []),
    ];
  }),
];

describe('a plan file', () => {
  it('is read as it was written', () => {
    const document = read(PLAN);
    expect(document).toMatchObject({ kind: 'plan', mode: 'change' });
    expect(document.kind === 'plan' && document.changes.map((change) => change.id)).toEqual(PLAN.changes.map((change) => change.id));
    expect(document.kind === 'plan' && document.lastGood.get('telnyx-production')).toEqual({ principals: 5, at: ago(0) });
  });

  it('approves nothing once anything that its ids, digest and verdicts cover was edited', () => {
    const value = fc.oneof(
      fc.constantFrom<Json>('admin', 'member', 'owner', 'blocked', 'applicable', 'manual', 'delete', null, true, 0, ''),
      fc.string(),
      fc.array(fc.constantFrom('admin', 'member', 'owner'), { maxLength: 3 }),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.constantFrom(...COVERED), value, (path, made) => {
        const changed = edited(DOCUMENT, path, () => made);
        fc.pre(JSON.stringify(changed) !== JSON.stringify(DOCUMENT));
        expect(['edited', 'unreadable']).toContain(read(changed).kind);
      }),
      { numRuns: 400 },
    );
  });

  it('approves nothing with one change more, one less, or one twice', () => {
    const changes = PLAN.changes;
    expect(read({ ...PLAN, changes: changes.slice(1) }).kind).toBe('edited');
    expect(read({ ...PLAN, changes: [...changes, changes[0]] }).kind).toBe('edited');
    expect(read({ ...PLAN, accounts: [...PLAN.accounts, { account: 'other', verdict: 'applicable' }] }).kind).toBe('edited');
  });

  it('may be reordered, and have properties this version does not know', () => {
    const more = { ...PLAN, changes: PLAN.changes.toReversed().map((change) => ({ ...change, mood: 'calm' })), weather: ['fine'] };
    expect(read({ ...more, format_version: '1.7' }).kind).toBe('plan');
  });

  it.each(['2.0', '0.9', '10.0', '1', '1.0.0', '1.x', '', ' 1.0'])('of version %j is refused', (version) => {
    expect(read({ ...PLAN, format_version: version })).toMatchObject({ kind: 'version', version });
  });

  it.each<[string, unknown]>([
    ['no document', null],
    ['a list', []],
    ['a number', 7],
    ['no version', { ...PLAN, format_version: undefined }],
    ['a version that is a number', { ...PLAN, format_version: 1 }],
    ['no changes', { ...PLAN, changes: undefined }],
    ['changes that are a record', { ...PLAN, changes: {} }],
    ['a change that is null', { ...PLAN, changes: [null] }],
    ['no accounts', { ...PLAN, accounts: undefined }],
    ['an observation that is a list', { ...PLAN, accounts: [{ account: 'a', verdict: 'empty', observation: [] }] }],
    ['another mode', { ...PLAN, mode: 'yolo' }],
    ['an instant that is none', withObservation({ at: 'soon' })],
    ['a count below nought', withObservation({ principals: -1 })],
    ['a broken count', withObservation({ principals: 0.5 })],
  ])('with %s cannot be read', (_what, document) => {
    expect(read(document).kind).toBe('unreadable');
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (text) => readPlanDocument(text).kind !== 'plan'),
    );
  });

  it('never throws when anything in it is anything', () => {
    const anywhere = fc.constantFrom(...pathsOf(DOCUMENT));
    fc.assert(
      fc.property(anywhere, fc.jsonValue(), (path, value) => {
        read(edited(DOCUMENT, path, () => value as Json));
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on half a character in a name or an address', () => {
    const renamed = PLAN.changes.findIndex(
      (change) => change.before !== null && change.before.name !== change.after?.name && change.after !== null,
    );
    for (const path of [
      ['changes', renamed, 'principal'],
      ['changes', renamed, 'after', 'name'],
      ['accounts', 0, 'account'],
    ]) {
      expect(read(edited(DOCUMENT, path, () => '\ud800')).kind).toBe('edited');
    }
  });
});

function withObservation(more: Record<string, Json>): unknown {
  return { ...PLAN, accounts: PLAN.accounts.map((account) => ({ ...account, observation: { ...account.observation, ...more } })) };
}

function pathsOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Array.isArray(value) ? value.map((item, index): [number, Json] => [index, item]) : Object.entries(value);
  return [...(path.length > 0 ? [path] : []), ...inside.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}
