import { describe, expect, it } from 'vitest';
import { blockPlan, checkConflicts } from '../../src/plan/block-plan.ts';
import type { Conflict } from '../../src/pull.ts';
import { ACCOUNT, blocking, holding, inPeace, mail, planOf, type World, wants } from './support.ts';

function cleoBecomesAdmin(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  return world;
}

const conflict = (name: string, account = ACCOUNT): Conflict => {
  const [before, head, baseTip] = [holding('member'), holding('admin'), holding(null)];
  return { account, principal: mail(name), before, head, baseTip, source: null };
};

describe('a plan that nobody can read', () => {
  it('is the same plan, blocked in every account and of another digest', () => {
    const plan = planOf(cleoBecomesAdmin());
    const blocked = blockPlan(plan, 'unreviewable_plan', 'too long for a comment');
    expect([plan.verdict, blocked.verdict]).toEqual(['applicable', 'blocked']);
    expect(blocked.accounts.map(({ verdict }) => verdict)).toEqual(['blocked']);
    expect(blocking(blocked.guards)).toEqual(['unreviewable_plan']);
    expect(blocked.guards.at(-1)?.message).toBe('too long for a comment');
    expect(blocked.changes).toEqual(plan.changes);
    expect(blocked.digest).not.toBe(plan.digest);
  });

  it('leaves an account that could not be read as it is', () => {
    const plan = planOf(cleoBecomesAdmin());
    const unread = { ...plan, accounts: plan.accounts.map((one) => ({ ...one, verdict: 'incomplete' as const })) };
    expect(blockPlan(unread, 'unreviewable_plan', 'too long').verdict).toBe('incomplete');
  });
});

describe('needs_rebase', () => {
  it('passes where nothing was changed on both sides, or only in another account', () => {
    expect(checkConflicts(ACCOUNT, [])).toMatchObject({ guard: 'needs_rebase', verdict: 'pass', limit: 0, actual: 0 });
    expect(checkConflicts(ACCOUNT, [conflict('ada', 'telnyx-support')]).message).toBe('nothing was changed on both sides');
  });

  it('names who it is about and says the way out', () => {
    expect(checkConflicts(ACCOUNT, [conflict('ada'), conflict('bob')])).toMatchObject({
      verdict: 'block',
      actual: 2,
      message:
        'ada@acme.example, bob@acme.example: this pull request and the base branch both changed what gives this access since they parted, and not to the same. Merge or rebase onto the base branch, settle it there and push',
    });
  });

  it('names ten of many, so that the way out is never cut off', () => {
    const { message, actual } = checkConflicts(
      ACCOUNT,
      Array.from({ length: 500 }, (_, at) => conflict(`p${at}`)),
    );
    expect(actual).toBe(500);
    expect(message).toContain('p9@acme.example and 490 more: this pull request');
    expect(message.length).toBeLessThan(500);
  });
});
