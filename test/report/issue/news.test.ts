import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectSet, fingerprintOf, type IssueSet } from '../../../src/report/issue/collect-set.ts';
import { composeIssue } from '../../../src/report/issue/compose-issue.ts';
import { describeNews } from '../../../src/report/issue/describe-news.ts';
import { readLedgerPlace } from '../../../src/report/issue/read-ledger-place.ts';
import { readMemory, type UnsaidNews, writeMemory } from '../../../src/report/issue/remember-set.ts';
import { renderIssue } from '../../../src/report/issue/render-issue.ts';
import type { AccountWatch } from '../../../src/watch.ts';
import { guard } from '../build-plan.ts';
import { expectIssueWhole } from './check-issue.ts';
import {
  AT,
  busyWatch,
  crowd,
  ended,
  ending,
  key,
  LEDGER,
  offboarding,
  owed,
  raised,
  stranger,
  vanished,
  watch,
} from './example-watches.ts';

const setOf = (given: Partial<AccountWatch>) => collectSet(watch(given));
const newsOf = (before: Partial<AccountWatch> | null, after: Partial<AccountWatch>, byHand = false) =>
  describeNews({ at: AT, before: before === null ? null : setOf(before), byHand }, setOf(after));
const end = '\n<sub>2026-11-22 09:07 UTC</sub>\n';

describe('the set of what people have to know', () => {
  const soon = { principal: 'olga@acme.example', until: '2026-12-01' };
  const before = { drift: [raised()], owed: [owed({ turn: 'person' })], ending: [ending(soon)] };
  const isSame = (after: Partial<AccountWatch>) => fingerprintOf(watch(before)) === fingerprintOf(watch(after));

  test('stays the same while only ages, times, reads, words and the ledger move on', () => {
    const later: Partial<AccountWatch> = {
      at: '2026-11-22T10:07:00.000Z',
      runUrl: null,
      lastGood: { at: '2026-11-22T10:07:00.000Z', principals: 215 },
      ledger: { ...LEDGER, seq: 4712 },
      drift: [raised({ since: '2026-11-22T04:07:00.000Z', likely: null, answer: 'reverted again' })],
      owed: [owed({ turn: 'person', since: '2026-11-20T09:00:00.000Z', notBefore: AT, message: 'still' })],
      ending: [
        ending({
          ...soon,
          renewal: 'https://github.com/acme/access/pull/12',
          source: { file: 'policies/teams/voice.yaml', line: 99, column: 1 },
        }),
        ending({ principal: 'pia@acme.example', until: '2026-12-01', heldOtherwise: true }),
      ],
      ended: [
        ended({ principal: 'mona@acme.example', until: '2026-11-20', isGone: true }),
        ended({ principal: 'omar@acme.example', until: '2026-11-20', heldOtherwise: true }),
      ],
      left: ['Something that happens to every run.'],
      guards: [guard({ guard: 'max_deletes', limit: 3, actual: 3 })],
    };
    expect(isSame({ ...before, ...later })).toBe(true);
  });

  test.each<[string, Partial<AccountWatch>]>([
    ['a difference is new', { drift: [raised(), vanished()] }],
    ['a difference is settled', { drift: [] }],
    ['something else became of a difference', { drift: [raised({ outcome: 'failed' })] }],
    ['another has to act', { owed: [owed({ turn: 'somebody' }, { principal: 'person@acme.example' })] }],
    ['rollcall has something to go on with', { owed: [...before.owed, owed({ turn: 'rollcall' })] }],
    ['somebody is parked', { parked: [{ principal: 'kate@acme.example', failures: 1, until: AT, message: '' }] }],
    ['an invitation lapsed', { lapsed: [{ principal: 'leo@acme.example', times: 1 }] }],
    ['the account could not be read', { unread: 'time-out' }],
    ['a guard blocks', { guards: [guard({ guard: 'min_admins', verdict: 'block' })] }],
    ['somebody is not wholly gone', { offboarding: [offboarding()] }],
    ['keys were left behind', { keysLeftBehind: ['Look at the keys.'] }],
    ['a grant more ends soon', { ending: [ending(soon), ending({ ...soon, roles: ['member'] })] }],
    ['a grant ends on another day', { ending: [ending({ ...soon, until: '2026-12-02' })] }],
    ['a grant ends no longer', { ending: [] }],
    ['another grant holds the access beyond its end', { ending: [ending({ ...soon, heldOtherwise: true })] }],
    ['a grant has ended and its access is still there', { ended: [ended({ principal: 'mona@acme.example', until: '2026-11-20' })] }],
  ])('changes when %s', (_what, more) => {
    expect(isSame({ ...before, ...more })).toBe(false);
  });

  test('does not change with each of two hundred invitations that go out hour by hour', () => {
    const waiting = (count: number) =>
      Array.from({ length: count }, (_, at) => owed({ turn: 'rollcall' }, { principal: `${at}@acme.example` }));
    expect(fingerprintOf(watch({ owed: waiting(200) }))).toBe(fingerprintOf(watch({ owed: waiting(190) })));
  });

  test('is empty when there is nothing to know', () => {
    expect(setOf({ ending: [ending({ ...soon, heldOtherwise: true })], left: ['Something.'] }).isEmpty).toBe(true);
    expect(setOf({ ended: [ended({ ...soon, isGone: true }), ended({ ...soon, heldOtherwise: true })] }).isEmpty).toBe(true);
    expect(setOf({ ending: [ending(soon)] }).isEmpty).toBe(false);
    expect(setOf({ ended: [ended(soon)] }).isEmpty).toBe(false);
    expect(setOf({ unread: 'time-out' }).isEmpty).toBe(false);
    expect(setOf({ offboarding: [offboarding({ keys: null })] }).isEmpty).toBe(false);
    // Where no key was seen nobody has to act: the next read settles it.
    expect(setOf({ offboarding: [offboarding({ keys: [] })] }).isEmpty).toBe(true);
  });
});

describe('the comment about news', () => {
  test('is none when nothing is new', () => {
    expect(newsOf({ drift: [raised()] }, { drift: [raised({ likely: null })] })).toBeNull();
  });

  test('says what is new, what became different and what is settled', () => {
    const before = { drift: [raised({ outcome: 'failed' }), vanished()], owed: [owed({ turn: 'person' })] };
    const after = { drift: [raised()], owed: [owed({ turn: 'somebody' }, { principal: 'person@acme.example' })], unread: 'time-out' };
    expect(newsOf(before, after)).toBe(
      `**Something is different from what this issue said last.**

**New**

- the account could not be read

**Different**

- nobody approved: \`grace@acme.example, raised (drift)\`, reverted
- to do by hand: \`invite person@acme.example as member\`

**Settled**

- \`ivan@acme.example, vanished (drift)\`

Now: the account could not be read · 1 difference nobody approved · 1 to do by hand. The description above has all of it.
${end}`,
    );
  });

  test('is a last word when all is settled, and names the keys that no read can prove gone', () => {
    expect(newsOf({ drift: [raised()], keysLeftBehind: ['Review the keys of grace@acme.example.'] }, {})).toBe(
      `**Everything is as the policies say.** This issue is closed, and opened again when there is something to know.

**Settled**

- \`grace@acme.example, raised (drift)\`, reverted

**No read can prove that these are done**

- Review the keys of \`grace@acme.example\`.
${end}`,
    );
  });

  test('says once that a grant ends soon, and what became of it', () => {
    const soon = { principal: 'olga@acme.example', until: '2026-11-21' };
    const before = { ending: [ending(soon)] };
    expect(newsOf({}, before)).toContain('\n**New**\n\n- a grant ends soon: `olga@acme.example, admin, until 2026-11-21`\n');
    expect(newsOf({}, before)).toContain('\nNow: 1 grant ends soon. The description above has all of it.\n');
    expect(newsOf(before, { ...before, at: '2026-11-22T23:07:00.000Z' })).toBeNull();
    const over = newsOf(before, { ended: [ended(soon)] });
    expect(over).toContain(
      '\n**Different**\n\n- a grant has ended and its access is still there: `olga@acme.example, admin, until 2026-11-21`\n',
    );
    expect(over).toContain('\nNow: 1 ended grant still gives access. The description above has all of it.\n');
    expect(newsOf({ ended: [ended(soon)] }, { ended: [ended({ ...soon, isGone: true })] })).toContain(
      '\n**Settled**\n\n- a grant has ended and its access is still there: `olga@acme.example, admin, until 2026-11-21`\n',
    );
  });

  test('says once that somebody is not wholly gone, again when another key is gone, and last that all of them are', () => {
    const [first, second] = [key('a', 'CI deploy', null), key('b', 'old runner', '2025-01-31T10:00:00.000Z')];
    const two = { offboarding: [offboarding({ keys: [first, second] })] };
    expect(newsOf({}, two)).toContain('\n**New**\n\n- offboarding incomplete: `quinn@acme.example, 2 keys`\n');
    expect(newsOf({}, two)).toContain('\nNow: 1 offboarding incomplete. The description above has all of it.\n');
    expect(newsOf(two, two)).toBeNull();
    const one = { offboarding: [offboarding({ keys: [second] })] };
    expect(newsOf(two, one)).toContain('\n**Different**\n\n- offboarding incomplete: `quinn@acme.example, 1 key`\n');
    expect(newsOf(one, {})).toContain(
      '**Everything is as the policies say.** This issue is closed, and opened again when there is something to know.\n\n**Settled**\n\n- offboarding incomplete: `quinn@acme.example, 1 key`\n',
    );
  });

  test('does not tell of the same keys twice, and never that nobody can prove what is watched', () => {
    const steps = { keysLeftBehind: ['Review the keys of quinn@acme.example.'] };
    const open = { offboarding: [offboarding()] };
    expect(newsOf({}, { ...open, ...steps })).not.toContain('Review the keys');
    expect(newsOf({ ...open, ...steps }, open)).toBeNull();
  });

  test('says that it is back', () => {
    expect(newsOf({}, { lapsed: [{ principal: 'leo@acme.example', times: 3 }] })).toBe(
      `**There is something to know again.**

**New**

- an invitation lapsed: \`leo@acme.example\`, 3×

Now: 1 lapsed invitation. The description above has all of it.
${end}`,
    );
  });

  test('says why an issue that somebody closed or opened by hand is put right', () => {
    expect(newsOf({ drift: [raised()] }, { drift: [raised()] }, true)).toBe(
      `Somebody closed this issue while not everything in it is settled. It is open again, and closes by itself.

Now: 1 difference nobody approved. The description above has all of it.
${end}`,
    );
    expect(newsOf({}, {}, true)).toBe(`Somebody opened this issue, and there is nothing to know. It is closed again.\n${end}`);
  });

  test('says that the description had been replaced, and how it stands', () => {
    expect(newsOf(null, { drift: [vanished()] })).toBe(
      `Somebody replaced the description of this issue, so what was said last is not known. It is written anew, and this is how it stands.

Now: 1 difference nobody approved. The description above has all of it.
${end}`,
    );
  });

  test('names the admins of a crowd first', () => {
    const news = newsOf({}, { drift: crowd(300) }) ?? '';
    expect([...news.matchAll(/^- nobody approved: `([^@]+)@/gm)].slice(0, 4).map(([, who]) => who)).toEqual([
      'stranger-0050',
      'stranger-0150',
      'stranger-0250',
      'stranger-0000',
    ]);
  });

  test('names twenty and counts the rest', () => {
    const news = newsOf({}, { drift: Array.from({ length: 60 }, (_, at) => stranger(at)) }) ?? '';
    expect(news.split('\n').filter((line) => line.startsWith('- nobody approved: '))).toHaveLength(20);
    expect(news).toContain('\n- and 40 more\n');
  });

  test('of a thousand strangers, of which a body has no room to remember all, compares the counts', () => {
    const set = setOf({ drift: Array.from({ length: 1000 }, (_, at) => stranger(at)) });
    const before = readMemory(`${writeMemory({ set, unsaid: null }).join('\n')}\n`)?.set ?? null;
    expect(describeNews({ at: AT, before, byHand: false }, setOf({ drift: [raised()] }))).toBe(
      `**Something is different from what this issue said last.**

Before: 1,000 differences nobody approved.

Now: 1 difference nobody approved. The description above has all of it.
${end}`,
    );
  });
});

describe('the set of an account that could not be read', () => {
  const UNREAD = watch({ unread: 'time-out' });
  /** What the next run knows of a set: what a body had room for. */
  const recall = (set: IssueSet) => readMemory(`${writeMemory({ set, unsaid: null }).join('\n')}\n`)?.set ?? set;
  const without = (before: IssueSet, unread = UNREAD) => composeIssue(unread).resume(recall(before)).set;
  const mona = { principal: 'mona@acme.example', until: '2026-11-20' };

  test('still has what only a read can settle, and nothing of it is told as settled or, once it is read again, as new', () => {
    const before = setOf({
      drift: [raised(), vanished()],
      ended: [ended(mona)],
      guards: [guard({ guard: 'min_admins', verdict: 'block' })],
    });
    const unread = without(before);
    expect(unread.counts).toMatchObject({ unread: 1, drift: 2, ended: 1, blocked: 1 });
    expect(describeNews({ at: AT, before, byHand: false }, unread)).toBe(
      `**Something is different from what this issue said last.**

**New**

- the account could not be read

Now: the account could not be read · 2 differences nobody approved · 1 guard blocks · 1 ended grant still gives access. The description above has all of it.
${end}`,
    );
    const again = describeNews({ at: AT, before: recall(unread), byHand: false }, setOf({ drift: [vanished()] })) ?? '';
    expect(again).not.toContain('**New**');
    expect(again).toContain('**Settled**\n\n- the account could not be read\n- `grace@acme.example, raised (drift)`, reverted\n');
  });

  test('settles what the ledger and the policies know, also without a read', () => {
    const before = setOf({
      owed: [owed({ turn: 'person' })],
      lapsed: [{ principal: 'leo@acme.example', times: 1 }],
      ending: [ending({ principal: 'olga@acme.example', until: '2026-12-01' })],
      ended: [ended(mona)],
    });
    const held = watch({ unread: 'time-out', ended: [ended({ ...mona, heldOtherwise: true })] });
    expect(without(before, held).entries.map(({ kind }) => kind)).toEqual(['unread']);
  });

  test('takes a grant for ended whose last day passed meanwhile, and for gone only by a read', () => {
    const over = { ...UNREAD, ended: [ended({ ...mona, isGone: true })] };
    expect(without(setOf({ ending: [ending(mona)] }), over).counts).toMatchObject({ ended: 1, ending: 0 });
    expect(without(setOf({ ended: [ended(mona)] }), over).counts).toMatchObject({ ended: 1 });
    expect(without(setOf({}), over).counts).toMatchObject({ ended: 0 });
  });

  test.each([
    ['a few', 3],
    ['more than a body can remember', 1000],
  ])('is the same on every night without a read, with %s', (_what, count) => {
    const many = { drift: crowd(count), owed: [owed({ turn: 'person' })] };
    const unread = watch({ unread: 'time-out', owed: many.owed });
    const first = without(setOf(many), unread);
    expect(first.counts).toMatchObject({ unread: 1, drift: count, person: 1 });
    const second = without(first, unread);
    expect(second.counts).toEqual(first.counts);
    expect(second.digest).toBe(first.digest);
    expect(without(second, unread).digest).toBe(first.digest);
  });

  test('of a thousand counts those that the last body did not name', () => {
    const { set, bodyWith } = composeIssue(UNREAD).resume(recall(setOf({ drift: crowd(1000) })));
    const named = set.entries.filter(({ kind }) => kind === 'drift').length;
    expect(named).toBeGreaterThan(20);
    expect(bodyWith(null)).toContain('### The account could not be read · 1,000 differences nobody approved\n');
    expect(bodyWith(null)).toContain(`**${1000 - named} more entries, for which there is no room here.**`);
    expect(set.entries.slice(0, 10).map(({ label }) => label.split('@')[0])).toEqual(
      Array.from({ length: 10 }, (_, at) => `stranger-0${at}50`),
    );
  });
});

describe('what a body remembers', () => {
  const ANY = [watch(), busyWatch(), watch({ drift: [stranger(1), vanished()] }), watch({ unread: 'x' })].map(collectSet);
  const anySet = fc.constantFrom(...ANY);
  const anyUnsaid = fc.option(fc.record<UnsaidNews>({ at: fc.constant(AT), before: fc.option(anySet), byHand: fc.boolean() }));

  test('comes back as it was, also with the line ends of a browser made plain, and among other text', () => {
    fc.assert(
      fc.property(anySet, anyUnsaid, (set: IssueSet, unsaid) => {
        const body = ['### State', '', ...writeMemory({ set, unsaid }), ''].join('\n');
        expect(readMemory(body)).toEqual({ set, unsaid });
      }),
    );
  });

  test('tells whoever reads it later the same news as the run that noticed them', () => {
    const [before, set] = [ANY[1] ?? setOf({}), ANY[2] ?? setOf({})];
    const unsaid = { at: AT, before, byHand: false };
    const memory = readMemory(`${writeMemory({ set, unsaid }).join('\n')}\n`);
    expect(memory?.unsaid).not.toBeNull();
    expect(memory?.unsaid && describeNews(memory.unsaid, memory.set)).toBe(describeNews(unsaid, set));
  });

  test('is nothing in a body that somebody else wrote, whatever it is', () => {
    expect(readMemory('I fixed it, see #12.')).toBeNull();
    expect(readMemory('<!-- set sha256:12 -->')).toBeNull();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (body) => readMemory(body) === null));
  });

  test('is whole or nothing after somebody cut a piece out of it', () => {
    const set = collectSet(busyWatch());
    const lines = writeMemory({ set, unsaid: { at: AT, before: set, byHand: true } });
    const from = fc.nat({ max: lines.length - 1 });
    fc.assert(
      fc.property(from, from, (at, count) => {
        const memory = readMemory(lines.toSpliced(at, count).join('\n'));
        return memory === null || (memory.set.digest === set.digest && [null, set.digest].includes(memory.unsaid?.before?.digest ?? null));
      }),
    );
  });

  test('a label that somebody edited into the hidden part stays one piece of code in the comment', () => {
    const [first = '', ...rest] = writeMemory({ set: setOf({ drift: [raised()] }), unsaid: null });
    const edited = [
      first,
      ...rest.map((line) => line.replace(/grace\S*/, encodeURIComponent('`@acme/security` <b> [x](https://evil.example)'))),
    ];
    const before = readMemory(`${edited.join('\n')}\n`)?.set ?? null;
    const news = describeNews({ at: AT, before, byHand: false }, setOf({})) ?? '';
    expect(news).toContain('evil');
    expectIssueWhole(news);
  });
});

describe('the place in the ledger', () => {
  test('is read back from the body', () => {
    expect(readLedgerPlace(renderIssue(busyWatch()).body)).toEqual(LEDGER);
    expect(readLedgerPlace(renderIssue(busyWatch()).body.replaceAll('\n', '\r\n'))).toEqual(LEDGER);
  });

  test('is none where none is said, whatever the body is', () => {
    expect(readLedgerPlace(renderIssue(watch({ ledger: null })).body)).toBeNull();
    expect(readLedgerPlace('<!-- ledger 12 sha256:abc -->')).toBeNull();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (body) => readLedgerPlace(body) === null));
  });
});
