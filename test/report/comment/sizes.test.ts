import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, GuardResult } from '../../../src/model.ts';
import type { CommentContent, PullView } from '../../../src/pull.ts';
import { fitsReview } from '../../../src/report/comment/fits-review.ts';
import { COMMENT_MAX_BYTES, renderComment, renderJobSummary } from '../../../src/report/comment/render-comment.ts';
import { codeSpan, encodePrincipal } from '../../../src/text/encode-sentence.ts';
import { access, account, change, guard, plan } from '../build-plan.ts';
import { bytesOf, expectWhole } from './check-markdown.ts';
import { deletesView, fullView, invalidContent, manyView, planContent, result, smallView, URL, view } from './example-views.ts';

const UNREVIEWABLE = 'does not fit into a comment (`unreviewable_plan`)';
const content = (one: PullView): CommentContent => ({ kind: 'plan', view: one });
const rowsOf = (markdown: string) => markdown.split('\n').filter((line) => /^\| (🔴|🟡|⚪) \|/.test(line));

/** A pull request whose whole comment is exactly that long, most of it in letters of four bytes. */
function viewOfBytes(bytes: number): PullView {
  const count = 50;
  const withPadding = (padding: readonly string[]) =>
    view({
      plan: smallView().plan,
      findings: padding.map((more, at) => ({
        file: 'policies/teams/voice.yaml',
        line: at + 1,
        column: 1,
        code: 'padding',
        severity: 'warning',
        message: `x${more}`,
      })),
    });
  const missing = bytes - bytesOf(renderComment(content(withPadding(Array(count).fill(''))), Number.POSITIVE_INFINITY));
  const letters = Math.floor(missing / 4 / count);
  const last = missing - letters * 4 * (count - 1);
  return withPadding([...Array(count - 1).fill('𝒜'.repeat(letters)), '𝒜'.repeat(Math.floor(last / 4)) + 'a'.repeat(last % 4)]);
}

describe('the limit is kept to the byte', () => {
  test.each([59_999, 60_000])('a comment of %i bytes is shown whole', (bytes) => {
    const text = renderComment(content(viewOfBytes(bytes)), COMMENT_MAX_BYTES);
    expect(bytesOf(text)).toBe(bytes);
    expect(text).toContain('```diff');
  });

  test('a comment of 60,001 bytes is shown in the next size', () => {
    const one = content(viewOfBytes(60_001));
    expect(bytesOf(renderComment(one, Number.POSITIVE_INFINITY))).toBe(60_001);
    const text = renderComment(one, COMMENT_MAX_BYTES);
    expect(bytesOf(text)).toBeLessThanOrEqual(60_000);
    expect(text).not.toContain('```diff');
    expect(text).toContain('Warnings about the policies: 50');
    expectWhole(text);
  });

  test('room is left for the line by which the comment is found again', () => {
    expect(bytesOf(renderComment(content(viewOfBytes(59_800))))).toBe(59_800);
    expect(bytesOf(renderComment(content(viewOfBytes(59_801))))).toBeLessThan(59_801);
  });
});

describe('5,000 invitations and two risky changes', () => {
  const many = manyView(5000);

  test('show the risky ones and the exact number of the others', () => {
    const text = renderComment(content(many));
    expect(rowsOf(text)).toHaveLength(2);
    expect(text).toContain('`eve@acme.example`');
    expect(text).toContain('`grace@acme.example`');
    expect(text).toContain('**Rows not shown here: 5,000 of low or medium risk.**');
    expect(text).toContain('5,000 to invite · 1 to patch · 1 to delete');
    expectWhole(text);
  });

  test('can be reviewed', () => {
    expect(fitsReview(many, URL)).toBe(true);
  });

  test('are in the job summary without links beyond the hundredth, and that stays below 1,000,000 bytes', () => {
    const text = renderJobSummary(content(many));
    expect(bytesOf(text)).toBeLessThanOrEqual(1_000_000);
    expect(rowsOf(text)).toHaveLength(5002);
    expect(rowsOf(text).filter((row) => row.includes('](https://'))).toHaveLength(100);
    expectWhole(text);
  });
});

describe('2,000 deletes', () => {
  const deletes = deletesView(2000);

  test('cannot be reviewed, and the comment says so with the number and the way out', () => {
    expect(fitsReview(deletes, URL)).toBe(false);
    const text = renderComment(content(deletes));
    expect(text).toContain(UNREVIEWABLE);
    expect(text).toContain('Split this pull request');
    expect(text).toContain('🔴 2,000 deletes');
    expect(text).toContain('Not shown here: 2,000 changes.');
    expect(rowsOf(text)).toEqual([]);
    expectWhole(text);
  });

  test('are all in the job summary', () => {
    expect(rowsOf(renderJobSummary(content(deletes)))).toHaveLength(2000);
  });
});

describe('what was approved before, and drift', () => {
  const owed = Array.from({ length: 800 }, (_, at) =>
    change({ action: 'delete', principal: `owed-${at}@acme.example`, tags: ['owed', 'irreversible'], reversible: false }),
  );
  const drift = Array.from({ length: 800 }, (_, at) =>
    change({
      action: 'delete',
      principal: `stranger-${at}@acme.example`,
      origin: 'drift',
      reason_code: 'stranger',
      tags: ['drift_gained'],
    }),
  );
  const small = smallView();
  const given = { own: small.own, plan: plan({ changes: [...small.plan.changes, ...owed, ...drift] }) };

  test('never make a pull request unreviewable: they are counted', () => {
    expect(fitsReview(view(given), URL)).toBe(true);
    const text = renderComment(content(view(given)));
    expect(rowsOf(text)).toHaveLength(2);
    expect(text).toContain('**Rows not shown here: 2 of low or medium risk, 800 approved before, 800 of drift.**');
    expectWhole(text);
  });

  test('of the risky ones as many are shown as there is room for all', () => {
    const text = renderComment(content(view({ ...given, plan: plan({ changes: [...manyView(2000).plan.changes, ...owed.slice(0, 9)] }) })));
    expect(text).toContain('`owed-8@acme.example`');
    expect(text).not.toContain('approved before,');
  });
});

test('a merged result of 5,000 rows says what it does not show', () => {
  const results = Array.from({ length: 5000 }, (_, at) => ({
    change: change({ action: 'invite', principal: `person-${at}@acme.example` }),
    outcome: at % 50 === 0 ? ('failed' as const) : ('applied' as const),
    message: '',
    not_before: null,
  }));
  const text = renderComment({ kind: 'result', result: result({ results }) });
  expect(text.match(/^\| 🔴 \| failed/gm)).toHaveLength(100);
  const shown = text.match(/^\| ✅ \| applied/gm)?.length ?? 0;
  expect(shown).toBeGreaterThan(100);
  expect(text).toContain(`**Rows not shown here: ${(4900 - shown).toLocaleString('en')} applied.** All of them stand in the ledger.`);
  expect(bytesOf(text)).toBeLessThanOrEqual(COMMENT_MAX_BYTES - 200);
  expectWhole(text);
});

test('of invalid policies the first 50 findings are shown, or fewer where they are long', () => {
  const { findings, ...rest } = invalidContent(300);
  const long = findings.map((finding) => ({ ...finding, message: '\u{1f600}'.repeat(900) }));
  const text = renderComment({ ...rest, findings: long });
  const shown = rowsOf(text).length;
  expect(shown).toBeGreaterThan(0);
  expect(shown).toBeLessThan(50);
  expect(text).toContain(`and ${301 - shown} more findings: \`rollcall validate\` lists all.`);
  expect(bytesOf(text)).toBeLessThanOrEqual(COMMENT_MAX_BYTES - 200);
  expectWhole(text);
});

const someText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('|', '`', '@', '<', '\n', '\r', '[', '!', '𝒜', '\u{1f600}', 'a', ' ', ':', '#'), maxLength: 60 }),
);

const someChange = fc
  .record({
    account: fc.constantFrom('telnyx-production', 'telnyx-support', 'twilio-main'),
    action: fc.constantFrom('invite' as const, 'patch' as const, 'delete' as const),
    executor: fc.constantFrom('api' as const, 'api' as const, 'manual' as const),
    origin: fc.constantFrom('git' as const, 'end' as const, 'drift' as const, 'both' as const, 'unrecorded' as const),
    risk: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
    tags: fc.subarray(['privilege_gained', 'owed', 'war', 'question_to_owner', 'waits_for_open_slot'] as const),
    who: someText,
    role: someText,
    steps: fc.array(someText, { maxLength: 2 }),
    own: fc.boolean(),
  })
  .map(({ who, role, own, ...rest }) => ({ who, own, made: { ...rest, after: rest.action === 'delete' ? null : access(role) } }));

const someView = fc
  .record({
    changes: fc.array(someChange, { maxLength: 40 }),
    times: fc.constantFrom(1, 1, 8),
    message: someText,
    blocked: fc.boolean(),
    accounts: fc.constantFrom(1, 3, 60),
    approvers: fc.array(someText, { maxLength: 8 }),
    needed: fc.integer({ min: 0, max: 60 }),
    proposal: fc.option(
      fc.record({
        commits: fc.constant([]),
        logins: fc.array(someText, { maxLength: 8 }),
        principals: fc.array(someText, { maxLength: 8 }),
      }),
    ),
    discounted: fc.array(fc.record({ login: someText, why: fc.constantFrom('asked' as const, 'concerned' as const, 'unknown' as const) }), {
      maxLength: 20,
    }),
  })
  .map(({ changes, times, message, blocked, accounts, approvers, needed, proposal, discounted }) => {
    const repeated = Array.from({ length: times }, () => changes).flat();
    const made = repeated.map(({ who, own, made: facts }, at) => ({
      own,
      one: change({ ...facts, id: `sha256:${at}`, principal: `p${at}-${who}` }),
    }));
    const all = made.map(({ one }) => one);
    const block = guard({
      guard: 'max_deletes',
      verdict: 'block',
      limit: 3,
      actual: 9,
      message,
      changes: all.slice(0, 2).map(({ id }) => id),
    });
    return view({
      plan: plan({
        changes: all,
        guards: blocked ? [block] : [],
        accounts: Array.from({ length: accounts }, (_, at) => account({ account: `account-${at}-${message}` })),
      }),
      own: new Set(made.filter(({ own }) => own).map(({ one }) => one.id)),
      people: {
        by: message,
        approved: false,
        needed: Array.from({ length: needed }, () => ({
          account: message,
          role: message,
          approvers,
          changes: ['x'],
          own: true,
          by: null,
          unknown: message,
        })),
        proposal,
        discounted,
      },
      since: { reviewer: message, commit: message, more: all, fewer: 3 },
    });
  });

/** What an approval of the pull request agrees to and nobody may overlook. */
function mustShow({ plan: made, own }: PullView): Change[] {
  const blocked = new Set(made.guards.filter((one: GuardResult) => one.verdict === 'block').flatMap(({ changes }) => changes));
  const agreed = made.changes.filter(
    (one) => own.has(one.id) || !(one.origin === 'drift' || one.origin === 'end' || one.tags.includes('owed')),
  );
  return agreed.filter(
    (one) =>
      one.action === 'delete' ||
      one.executor === 'manual' ||
      one.risk === 'high' ||
      one.tags.includes('privilege_gained') ||
      blocked.has(one.id),
  );
}

test('whatever is planned, the comment keeps its limit, is whole, and hides no risky row', () => {
  fc.assert(
    fc.property(someView, fc.constantFrom(1500, 4000, 12_000, 59_800, 1_000_000), (one, maxBytes) => {
      const text = renderComment(content(one), maxBytes);
      expect(bytesOf(text)).toBeLessThanOrEqual(maxBytes);
      expectWhole(text);
      if (text.includes(UNREVIEWABLE)) return;
      for (const { action, principal } of mustShow(one)) expect(text).toContain(`| ${action} | ${codeSpan(encodePrincipal(principal))} |`);
    }),
    { numRuns: 150 },
  );
});

test('what can be reviewed is shown, whoever has to approve it and however old the data is', () => {
  let [fitted, refused] = [0, 0];
  fc.assert(
    fc.property(someView, fc.integer({ min: 1, max: 30 }), (one, times) => {
      const grown = Array.from({ length: times }, (_, round) =>
        one.plan.changes.map((each) => ({ ...each, id: `${each.id}-${round}`, principal: `r${round}-${each.principal}` })),
      ).flat();
      const large = view({
        ...one,
        plan: { ...one.plan, changes: grown },
        own: new Set(grown.map(({ id }) => id)),
        stale: true,
        heartbeat: { at: null, late: true, dead: false },
        since: { reviewer: 'x'.repeat(200), commit: 'ab'.repeat(20), more: grown, fewer: 9999 },
        runUrl: `${URL}/actions/runs/${'9'.repeat(300)}`,
      });
      const fits = fitsReview(large, URL);
      if (fits) fitted += 1;
      else refused += 1;
      if (fits) expect(renderComment(content(large))).not.toContain(UNREVIEWABLE);
    }),
    { numRuns: 100, seed: 7 },
  );
  expect(Math.min(fitted, refused)).toBeGreaterThan(5);
});

test('whether it can be reviewed does not depend on having been found unreviewable before', () => {
  const one = fullView();
  const block = guard({
    guard: 'unreviewable_plan',
    verdict: 'block',
    changes: one.plan.changes.map(({ id }) => id),
    message: 'x'.repeat(1000),
  });
  expect(fitsReview({ ...one, plan: { ...one.plan, guards: [...one.plan.guards, block] } }, URL)).toBe(fitsReview(one, URL));
  const many = manyView(3000);
  const after = { ...many, plan: { ...many.plan, guards: [{ ...block, changes: many.plan.changes.map(({ id }) => id) }] } };
  expect(fitsReview(after, URL)).toBe(true);
});

test('an account whose policy names nobody blocks as a whole and does not turn every row into a risky one', () => {
  const many = manyView(3000);
  const block = guard({ guard: 'empty_desired', verdict: 'block', changes: many.plan.changes.map(({ id }) => id), message: 'nobody' });
  expect(rowsOf(renderComment(planContent({ ...many, plan: { ...many.plan, guards: [block] } })))).toHaveLength(2);
});

test('however many were raised in the account, none of them is cut, or nobody can approve it', () => {
  const raised = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      account: 'telnyx-production',
      principal: `person-${at}@acme.example`,
      before: { roles: ['member'], groups: [] },
      now: { roles: ['admin'], groups: [] },
      alarming: true,
      source: null,
    }));
  const rows = (text: string) => text.split('\n').filter((line) => line.startsWith('| 🔴 | `person-')).length;
  const some = { ...view(), converged: raised(400) };
  expect(fitsReview(some, URL)).toBe(true);
  expect(rows(renderComment(content(some)))).toBe(400);
  const many = { ...view(), converged: raised(4000) };
  expect(fitsReview(many, URL)).toBe(false);
  expect(renderComment(content(many))).toContain(UNREVIEWABLE);
});
