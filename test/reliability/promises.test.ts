import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Sabotage {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

interface Proof {
  readonly test: string;
  readonly name?: string;
  readonly sabotage?: Sabotage;
}

interface Promised {
  readonly id: string;
  readonly words: string;
  readonly proofs: readonly Proof[];
}

type Tried = Sabotage & { readonly promise: string; readonly test: string; readonly name?: string; readonly caught: boolean };

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const PROMISES = JSON.parse(read('test/reliability/promises.json')) as readonly Promised[];
const TRIED = JSON.parse(read('test/reliability/sabotage.json')) as readonly Tried[];
const PROOFS = PROMISES.flatMap(({ id, proofs }) => proofs.map((proof) => ({ id, ...proof })));

/** The letters of the design's promises, and how many each has. */
const DESIGN = { P: 14, C: 7, I: 8, A: 13 } as const;

test('every promise of the design has its row, and nobody has two', () => {
  const wanted = Object.entries(DESIGN).flatMap(([letter, count]) => Array.from({ length: count }, (_, at) => `${letter}${at + 1}`));
  const ids = PROMISES.map(({ id }) => id);
  expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});

test('every test that a row names is there', () => {
  expect(PROOFS.filter((proof) => !existsSync(path.join(ROOT, proof.test))).map((proof) => proof.test)).toEqual([]);
  // A name that a sabotage was tried with has been seen to run; many of those are put together from a table.
  const unseen = PROOFS.filter(({ name, sabotage }) => name !== undefined && sabotage === undefined);
  expect(unseen.filter((proof) => !read(proof.test).includes(proof.name ?? '')).map(({ id, name }) => `${id}: ${name}`)).toEqual([]);
});

test('every promise was broken on purpose, its test noticed, and the line that was broken is still there', () => {
  const wrong = PROMISES.flatMap(({ id, proofs }) => {
    const broken = proofs.flatMap(({ sabotage, ...proof }) => (sabotage === undefined ? [] : [{ proof, sabotage }]));
    if (broken.length === 0) return [`${id} was never broken`];
    return broken.flatMap(({ proof, sabotage: { file, find, replace } }) => {
      const times = read(file).split(find).length - 1;
      const isNoticed = TRIED.some(
        (one) =>
          one.caught &&
          [one.promise, one.test, one.name, one.file, one.find, one.replace].join('\n') ===
            [id, proof.test, proof.name, file, find, replace].join('\n'),
      );
      return [
        ...(times === 1 ? [] : [`${id}: ${file} has this ${times} times: ${find}`]),
        ...(isNoticed ? [] : [`${id}: \`npm run sabotage\` has not seen this noticed: ${file}: ${find}`]),
      ];
    });
  });
  expect(wrong).toEqual([]);
});
