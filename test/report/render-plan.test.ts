import { expect, test } from 'vitest';
import { createStyle } from '../../src/report/create-style.ts';
import { describeForecast } from '../../src/report/describe-forecast.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { AT, account, change, guard, plan } from './build-plan.ts';
import { blockedPlan, driftPlan, firstPlan } from './example-plans.ts';

const STYLE = createStyle(false, 160);

test('a plan with nothing to do says so in one line', () => {
  expect(renderPlan(plan({ accounts: [] }), STYLE)).toMatch(/^No changes\. Live access matches policy\.\nDigest: [0-9a-f]{12}\n$/);
  expect(renderPlan(plan({ mode: 'drift' }), STYLE)).toContain('No drift. Live access is what was last applied.');
});

test('drift in a plan of changes stands apart and is said to be left', () => {
  const text = renderPlan(firstPlan(), STYLE);
  const [policy = '', drift = ''] = text.split('Drift, not from policy (left to `rollcall drift`)');
  expect(policy).not.toContain('oscar@acme.example');
  expect(drift).toContain('oscar@acme.example');
});

test('an account that nobody watches any more is said with its number of people', () => {
  expect(renderPlan(firstPlan(), STYLE)).toContain('telnyx-sandbox left policy: 12 people are no longer watched.');
});

test('an account that could not be read says why', () => {
  expect(renderPlan(firstPlan(), STYLE)).toContain('✗ Nothing is done here: TELNYX_SUPPORT_API_KEY is not set.');
});

test('what is left behind by many people is said once', () => {
  expect(renderPlan(blockedPlan(), STYLE).match(/API keys outlive people/g)).toHaveLength(1);
});

test('a guard that an approval file lifts says so', () => {
  const lifted = guard({
    guard: 'max_deletes',
    budget: 'policy',
    limit: 3,
    actual: 12,
    message: '12 deletes; covered by an approval with 12 left',
  });
  const text = renderPlan(plan({ changes: [change({ action: 'invite', principal: 'ada@acme.example' })], guards: [lifted] }), STYLE);
  expect(text).toContain('✓ max_deletes 12 of 3: 12 deletes; covered by an approval with 12 left');
});

test('a guard of an account that the plan does not list is shown all the same', () => {
  const text = renderPlan(
    plan({ guards: [guard({ guard: 'rollback', account: 'elsewhere', verdict: 'block', message: 'HEAD is older' })] }),
    STYLE,
  );
  expect(text).toContain('✗ rollback: HEAD is older');
});

test('a drift plan says of each row what would become of it', () => {
  const text = renderPlan(driftPlan(), STYLE);
  expect(text).toMatch(/mallory@acme\.example .*gained, would be reverted/);
  expect(text).toMatch(/eve@acme\.example .*lost, only reported/);
  expect(text).toMatch(/heidi@acme\.example .*lost, left alone · war/);
  expect(text).toContain('Drift: 1 gained, 2 lost; 1 would be reverted, 1 only reported, 1 left alone; 1 ended or owed.');
});

test("the account's own rules decide what would be reverted", () => {
  const rules = new Map([['telnyx-production', { gained: 'report', lost: 'revert' } as const]]);
  expect(renderPlan(driftPlan(), STYLE, rules)).toContain('Drift: 1 gained, 2 lost; 1 would be reverted, 1 only reported, 1 left alone;');
  expect(renderPlan(driftPlan(), STYLE, rules)).toMatch(/eve@acme\.example .*lost, would be reverted/);
});

test('gained privilege is red, a pass is dim', () => {
  const changes = [change({ action: 'patch', principal: 'ada@acme.example', tags: ['privilege_gained'] })];
  const text = renderPlan(plan({ changes, accounts: [account()], guards: [guard({ guard: 'owner' })] }), createStyle(true, 160));
  expect(text).toContain('\u001b[31mgains privilege\u001b[39m');
  expect(text).toContain('\u001b[2m  ✓ owner\u001b[22m');
});

test('the forecast says how many go now and when the others do', () => {
  const invite = (at: string | null, slot = false) =>
    change({ action: 'invite', principal: 'x@acme.example', not_before: at, tags: slot ? ['waits_for_open_slot'] : [] });
  const ten = '2026-11-22T10:00:00.000Z';
  expect(describeForecast([invite(null), invite(ten), invite(ten), invite(null, true)], AT)).toBe(
    '1 now, 2 at 10:00 UTC, the rest (1) as people accept',
  );
  expect(describeForecast([invite(null)], AT)).toBeNull();
  const hours = Array.from({ length: 6 }, (_, at) => invite(`2026-11-23T0${at}:00:00.000Z`));
  expect(describeForecast(hours, AT)).toMatch(/^1 at 2026-11-23 00:00 UTC, .*3 more until 2026-11-23 05:00 UTC$/);
});
