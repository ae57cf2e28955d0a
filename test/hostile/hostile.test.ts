import { expect, test } from 'vitest';
import { FINDING_CODES, type FindingCode } from '../../src/policy/findings.ts';
import { type LoadedPolicies, loadPolicies } from '../../src/policy/load-policies.ts';
import { capabilitiesOf } from '../../src/provider/capabilities.ts';
import { but, GOOD, memorySource } from '../policy/memory-source.ts';
import { CASES } from './cases.ts';
import { WARNED } from './cases-of-meaning.ts';
import { CANARY, type HostileCase } from './hostile-case.ts';

const PROTOTYPE = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());
const SECRET = /0a1b2c3d|aB3dE6gH|AKIAIOSF|dGhpc0lz|MIGHAgEA/i;

const load = (files: HostileCase['files']) =>
  loadPolicies({ source: memorySource(files), folder: 'policies', today: '2026-11-22', capabilitiesOf, commit: null });

/** What findings may say of a hostile file: where and which code, and nothing of it. */
function expectSaid({ findings }: LoadedPolicies, { code, line, at }: HostileCase): void {
  const file = at === '' ? 'policies' : `policies/${at}`;
  expect(findings.map((one) => `${one.file}:${one.line} ${one.code}`)).toContain(`${file}:${line} ${code}`);
  expect(findings.length).toBeLessThan(210);
  const said = JSON.stringify(findings);
  expect(said).not.toContain(CANARY);
  expect(said).not.toMatch(SECRET);
  for (const one of findings) {
    expect(FINDING_CODES).toContain(one.code);
    expect(one.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|undefined|\[object/);
    expect(one.file).not.toMatch(/[^\x20-\x7e\p{L}]/u);
  }
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())).toBe(PROTOTYPE);
}

test('the corpus has at least 150 cases, and no two of them have one name', () => {
  expect(CASES.length).toBeGreaterThan(300);
  expect(CASES.map(({ what }) => what).filter((what, at, all) => all.indexOf(what) !== at)).toEqual([]);
});

test.each(CASES)('$what is refused at its line, and nothing of it is repeated', async (one) => {
  const loaded = await load(one.files);
  expect(loaded.desired).toBeNull();
  expect(loaded.policies).toBeNull();
  expectSaid(loaded, one);
});

test.each(WARNED)('$what is said at its line, and changes nothing', async (one) => {
  const loaded = await load(one.files);
  expect(loaded.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(loaded.desired).not.toBeNull();
  expectSaid(loaded, one);
});

/** Codes that no file can earn, and why. */
const BEYOND_FILES: Partial<Record<FindingCode, string>> = {
  'policies-missing': 'a folder that is not there, which holds no file',
  'api-unsupported': 'the schema admits only the APIs that this version has',
};

test('every finding there is has a case, but for those that no file can earn', () => {
  const expected = new Set<string>([...CASES, ...WARNED].map(({ code }) => code));
  expect(FINDING_CODES.filter((code) => !expected.has(code)).toSorted()).toEqual(Object.keys(BEYOND_FILES).toSorted());
});

test('a valid team file cut short anywhere is refused, or still says what its lines say', async () => {
  const whole = GOOD['teams/voice.yaml'];
  for (let end = 0; end < whole.length; end += 1) {
    const { desired, findings } = await load(but({ 'teams/voice.yaml': whole.slice(0, end) }));
    // Only the end of the last line may be missing: everything before it is needed.
    if (end < whole.length - 1) expect(desired, `cut at ${end}`).toBeNull();
    expect(findings.length > 0).toBe(desired === null);
  }
});
