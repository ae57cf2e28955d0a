import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FINDING_CODES } from '../../src/policy/findings.ts';
import { but, GOOD, load } from '../policy/memory-source.ts';
import { CANARY, CASES } from './cases.ts';

const PROTOTYPE = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());
const SECRET = /0a1b2c3d|aB3dE6gH|AKIAIOSF|dGhpc0lz/i;

test('the corpus has at least 60 cases', () => {
  expect(CASES.length).toBeGreaterThan(60);
});

test.each(CASES)('$what is refused at its line, and nothing of it is repeated', async ({ files, code, line, at }) => {
  const { findings, desired, policies } = await load(files);
  expect(desired).toBeNull();
  expect(policies).toBeNull();
  expect(findings.map((one) => `${one.file}:${one.line} ${one.code}`)).toContain(`policies/${at}:${line} ${code}`);
  expect(findings.length).toBeLessThan(210);
  const said = JSON.stringify(findings);
  expect(said).not.toContain(CANARY);
  expect(said).not.toMatch(SECRET);
  for (const one of findings) {
    expect(FINDING_CODES).toContain(one.code);
    expect(one.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|undefined|\[object/);
  }
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())).toBe(PROTOTYPE);
});

test('whatever bytes a file holds, loading it ends with findings or with a state, and with a clean prototype', async () => {
  const paths = fc.constantFrom('people/evil.yaml', 'teams/evil.yaml', 'approvals/evil.yaml', 'accounts/telnyx-production.yaml');
  const soup = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom('- ', 'email: ', '__proto__: ', '{', '}', '[', ']', '\n', '&a ', '*a', '!!x ', '"', ': ', 'members: ', '---\n', '|\n')), { maxLength: 30 });
  const contents = fc.oneof(fc.uint8Array({ maxLength: 60 }), soup.map((parts) => parts.join('')));
  await fc.assert(
    fc.asyncProperty(paths, contents, async (path, content) => {
      const loaded = await load(but({ [path]: content }));
      expect(loaded.desired === null).toBe(loaded.findings.some((one) => one.severity === 'error'));
    }),
    { numRuns: 2_000 },
  );
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())).toBe(PROTOTYPE);
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
