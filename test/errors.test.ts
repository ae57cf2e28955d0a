import { expect, test } from 'vitest';
import { parseLedger } from '../src/apply/open-ledger.ts';
import { makeSeal } from './apply/signed-world.ts';

const seal = makeSeal();

test('a ledger that does not reach the record an issue names may also be an issue that somebody edited', () => {
  expect(whyNot('', { seq: 4, hash: `sha256:${'0'.repeat(64)}` })).toBe(
    'rollcall-state: record 4 does not verify (it was seen before and is there no more). Nothing was done, and nothing will be while the ledger is damaged. Restore it from a copy or a commit that verifies; `rollcall ledger verify` shows whether it is whole. An issue of rollcall names that record: if somebody edited the issue, put its body right, or empty it.',
  );
});

test('a ledger whose record does not verify is put right by restoring it alone', () => {
  expect(whyNot('{}\n', null)).toBe(
    'rollcall-state: record 1 does not verify (it is not a record). Nothing was done, and nothing will be while the ledger is damaged. Restore it from a copy or a commit that verifies; `rollcall ledger verify` shows whether it is whole.',
  );
});

function whyNot(text: string, seen: { readonly seq: number; readonly hash: string } | null): string {
  try {
    parseLedger('rollcall-state', text, { ...seal, seen });
    return 'it verifies';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
