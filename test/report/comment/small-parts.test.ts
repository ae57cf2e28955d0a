import { describe, expect, test } from 'vitest';
import type { PeopleApproval } from '../../../src/pull.ts';
import { describeAge } from '../../../src/report/comment/describe-age.ts';
import { encodeProse } from '../../../src/report/comment/encode-prose.ts';
import { fitLines } from '../../../src/report/comment/fit-lines.ts';
import { renderComment } from '../../../src/report/comment/render-comment.ts';
import { renderPeople } from '../../../src/report/comment/render-people.ts';
import { titleOfComment } from '../../../src/report/comment/title-of-comment.ts';
import { change, guard, PASSING_GUARDS, plan } from '../build-plan.ts';
import { deletesView, fullView, people, planContent, refusedResult, result, smallView, unplannedContent, view } from './example-views.ts';

describe('a sentence as prose', () => {
  test.each([
    ['4 deletes; the limit is 3 in 24 hours.', '4 deletes; the limit is 3 in 24 hours.'],
    ['add policies/approvals/NAME.yaml, then push', 'add `policies/approvals/NAME.yaml`, then push'],
    ['Ask ada@acme.example (now).', 'Ask `ada@acme.example` (now).'],
    ['write "Please help me." twice', 'write `"Please help me."` twice'],
    ['run `rollcall plan` or max_deletes stops', 'run `rollcall plan` or `max_deletes` stops'],
    ['a stray ` and [x](y)', "a stray `'` and `[x](y`)"],
    ['a | b', 'a `\\u{7c}` b'],
    ['see https://evil.example/ and www.evil.example', 'see `https://evil.example/` and `www.evil.example`'],
    ['hello :tada: GH-12 #3 a_b *c* <d> [e](f)', 'hello `:tada`: `GH-12 #3 a_b *c* <d> [e](f`)'],
    ['', ''],
  ])('%j reads %j', (given, shown) => {
    expect(encodeProse(given)).toBe(shown);
  });
});

describe('an age is told in the unit that says enough', () => {
  const AT = '2026-11-22T09:00:00.000Z';
  test.each([
    ['2026-11-22T08:59:30.000Z', 'just now'],
    ['2026-11-22T09:05:00.000Z', 'just now'],
    ['2026-11-22T08:59:00.000Z', '1 minute ago'],
    ['2026-11-22T07:00:01.000Z', '119 minutes ago'],
    ['2026-11-22T07:00:00.000Z', '2 hours ago'],
    ['2026-11-20T09:00:01.000Z', '47 hours ago'],
    ['2026-11-20T09:00:00.000Z', '2 days ago'],
    ['yesterday', 'at an unreadable time'],
  ])('%s is %s', (instant, words) => {
    expect(describeAge(instant, AT)).toBe(words);
  });
});

describe('lines are cut whole', () => {
  const more = (hidden: number) => `and ${hidden} more`;
  test('all of them stay where they fit to the byte', () => {
    expect(fitLines(['ää', 'b'], 7, more)).toEqual(['ää', 'b']);
  });
  test('where they do not, as many as leave room for the number of the others', () => {
    expect(fitLines(['aaaa', 'bbbb', 'cccc', 'dddd'], 16, more)).toEqual(['aaaa', 'and 3 more']);
    expect(fitLines(['aaaa', 'bbbb', 'cccc', 'dddd'], 15, more)).toEqual(['and 4 more']);
  });
});

describe('the title says verdict and counts', () => {
  test.each([
    [{ kind: 'plan', view: smallView() } as const, 'Access plan: 4 changes on 1 account · 🔴 1 admin gained · 🔴 1 delete'],
    [planContent(), 'Access plan: no changes'],
    [{ kind: 'plan', view: deletesView(2000) } as const, 'Access plan: 2,000 changes on 1 account · 🔴 2,000 deletes'],
    [unplannedContent(), 'Access plan: none could be made'],
    [{ kind: 'result', result: result({ results: [] }) } as const, 'Access apply: 🔴 nothing was done'],
    [{ kind: 'result', result: result({ results: [], troubles: [] }) } as const, 'Access apply: nothing to do'],
    [{ kind: 'result', result: refusedResult() } as const, 'Access apply: 🔴 approval not accepted · 🔴 2 withheld'],
  ])('%#', (content, title) => {
    expect(titleOfComment(content)).toBe(title);
    expect(renderComment(content).split('\n')[0]).toBe(`### ${title}`);
  });

  test('drift is nobody’s change here', () => {
    const drift = change({ action: 'delete', principal: 'mallory@acme.example', origin: 'drift', tags: ['drift_gained'] });
    const text = renderComment(planContent({ plan: plan({ changes: [drift] }) }));
    expect(text).toMatch(/^### Access plan: no changes\n/);
    expect(text).toContain("This pull request changes nobody's access.");
    expect(text).toContain('Drift, not from this pull request: 1 difference, 🔴 1 gained');
    expect(text).not.toContain('[!CAUTION]');
  });
});

describe('what stops several accounts for one reason', () => {
  test('is said once, with all their names', () => {
    const block = (account: string) => guard({ guard: 'rollback', verdict: 'block', account, message: 'this would undo what was applied' });
    const changes = ['telnyx-a', 'telnyx-b'].map((account) => change({ action: 'invite', principal: 'ivan@acme.example', account }));
    const text = renderComment(planContent({ plan: plan({ changes, guards: [...PASSING_GUARDS, block('telnyx-a'), block('telnyx-b')] }) }));
    expect(text).toContain('> - **Blocked by rollback** in `telnyx-a`, `telnyx-b`: this would undo what was applied\n');
    expect(text).toContain('· blocked by rollback\n');
  });
});

describe('a guard that stops an account where the pull request changes nobody', () => {
  test('is said, and not held against it', () => {
    const blocked = guard({ guard: 'max_deletes', verdict: 'block', message: '6 deletes; the limit is 3' });
    const text = renderComment(planContent({ plan: plan({ guards: [...PASSING_GUARDS, blocked] }) }));
    expect(text).toMatch(/^### Access plan: no changes\n/);
    expect(text).toContain('> - `telnyx-production` is blocked by max_deletes, and not by this pull request: 6 deletes; the limit is 3\n');
  });
});

describe('who has to approve', () => {
  test('is not asked of a pull request that changes nobody', () => {
    expect(renderComment(planContent())).not.toContain('approv');
  });

  test('is said until everybody has', () => {
    expect(renderComment({ kind: 'plan', view: smallView() })).toContain(
      '#### Approvals\n\n- ✅ `heidi` approved the newest commit.\n- ⏳ One of',
    );
    const one = view({ ...smallView(), people: people({ by: 'heidi', approved: true }) });
    expect(renderComment({ kind: 'plan', view: one })).toContain('#### Approvals\n\n- ✅ `heidi` approved the newest commit.\n\n');
  });

  test('says of what only waited before that the rest does not depend on it', () => {
    expect(renderComment({ kind: 'plan', view: fullView() })).toContain(
      'Only changes that waited before need it. Without it they go on waiting, and the rest is made.',
    );
  });
});

describe('what rollcall proposed itself', () => {
  const proposal = { commits: [], logins: ['ada'], principals: ['grace@acme.example'] };
  const shown = (given: Partial<PeopleApproval>) => renderPeople(people({ proposal, ...given }), '', Number.POSITIVE_INFINITY).join('\n');

  test('says so, who asked for it, and who may not be the one to approve it', () => {
    expect(shown({})).toBe(
      [
        '#### Approvals',
        '',
        '**rollcall proposed this pull request.** Neither who asked for it (`ada`) nor who likely made the difference or gains by it (1 person: `grace@acme.example`) may be the one to approve it.',
        '',
        '- ⏳ Somebody else with write access has to approve the newest commit.',
      ].join('\n'),
    );
  });

  test('is told after what stands between an approval and its effect', () => {
    const [, , first, , second] = renderPeople(
      people({ proposal }),
      'They do not count while the plan is stale.',
      Number.POSITIVE_INFINITY,
    );
    expect([first, second]).toEqual(['They do not count while the plan is stale.', expect.stringContaining('rollcall proposed')]);
  });

  test('is counted and its first five are named where it is about many', () => {
    const principals = Array.from({ length: 5000 }, (_, at) => `person-${at}@acme.example`);
    expect(shown({ proposal: { commits: [], logins: [], principals } })).toContain(
      'Who likely made the difference or gains by it (5,000 people: `person-0@acme.example`, `person-1@acme.example`, `person-2@acme.example`, `person-3@acme.example`, `person-4@acme.example`, and 4,995 more) may not be the one to approve it.',
    );
  });

  test('is only counted where names would take the room of the approvals', () => {
    const principals = Array.from({ length: 9 }, (_, at) => `${'\u{1f600}'.repeat(200)}${at}`);
    const text = renderPeople(people({ proposal: { commits: [], logins: ['ada'], principals } }), '', 3000).join('\n');
    expect(text).toContain(
      'Neither who asked for it (1) nor who likely made the difference or gains by it (9 people) may be the one to approve it.',
    );
    expect(text).toContain('- ⏳ Somebody else with write access has to approve the newest commit.');
  });

  test.each([
    ['asked', '- 🚫 `mallory` does not count: they asked for it.'],
    ['concerned', '- 🚫 `mallory` does not count: they likely made the difference, or gain by it.'],
    [
      'unknown',
      '- 🚫 `mallory` does not count: policy does not say whose login this is, so it may be one of them. Give their entry in `people/` `github: mallory`, in another pull request.',
    ],
  ] as const)('tells whom it does not count, because %s', (why, line) => {
    const text = shown({ discounted: [{ login: 'mallory', why }] });
    expect(text).toContain(`\n${line}`);
    expect(text).toContain('⏳ Somebody else');
    expect(text).not.toMatch(/✅|mallory.*approved/);
  });

  test('names ten who do not count and how many more there are', () => {
    const discounted = Array.from({ length: 12 }, (_, at) => ({ login: `user-${at}`, why: 'unknown' as const }));
    expect(
      shown({ discounted })
        .match(/^- 🚫.*/gm)
        ?.slice(9),
    ).toEqual([expect.stringContaining('`user-9` does not count'), '- 🚫 and 2 more who do not count']);
  });

  test('is still told once it is merged, and who was not counted', () => {
    const { evidence } = result();
    const discounted = [
      { login: 'ada', why: 'asked' },
      { login: 'grace', why: 'concerned' },
      { login: 'mallory', why: 'unknown' },
    ] as const;
    const said = (given: Partial<PeopleApproval>) =>
      renderComment({ kind: 'result', result: result({ evidence: { ...evidence, people: people({ proposal, discounted, ...given }) } }) });
    const rest =
      'rollcall proposed it, asked for by `ada`. Not counted: `ada` (they asked for it), `grace` (they likely made the difference, or gain by it), `mallory` (policy does not say whose login this is).\n';
    expect(said({ by: 'heidi' })).toContain(`Approved by \`heidi\`. ${rest}`);
    expect(said({})).toContain(`Approved by nobody who may. ${rest}`);
  });
});

describe('the drift run', () => {
  test.each([
    [{ at: null, late: false, dead: false }, '- No drift run has been seen yet: drift is noticed only when somebody looks.'],
    [{ at: null, late: true, dead: false }, '- No drift run has been seen yet: drift is noticed only when somebody looks.'],
  ])('%#', (heartbeat, line) => {
    expect(renderComment(planContent({ heartbeat }))).toContain(line);
  });
});

test('without a run there is nothing to link to', () => {
  expect(renderComment(planContent({ runUrl: null }))).toContain('base `b7b7b7b7b7b7` · 2026-11-22 09:19 UTC</sub>');
});
