import { describe, expect, test } from 'vitest';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { listParts } from '../../src/plan/list-parts.ts';
import type { LedgerStorage } from '../../src/ports.ts';
import { applyChanges, decisionOf, inviteOf, openMemoryLedger } from '../support/ledger-world.ts';
import { PARTS, refusal } from '../support/parts-vendor.ts';
import { openPartsWorld, type PartsRun } from '../support/parts-world.ts';

const outcomesOf = ({ results }: PartsRun) => results.map((one) => `${one.change.principal.split('@')[0]} ${one.outcome}`);
const messagesOf = ({ results }: PartsRun) => results.map((one) => one.message);

const OTHERS = { yan: ['administrator'], zoe: ['administrator'] };

/** `ada` is there with these roles and is to have those; two admins beside her are not what it is about. */
async function adaFrom(before: readonly string[], after: readonly string[], more: Parameters<typeof openPartsWorld>[1] = {}) {
  const world = await openPartsWorld({ ...OTHERS, ...(before.length > 0 ? { ada: before } : {}) }, more);
  world.want({ ...OTHERS, ...(after.length > 0 ? { ada: after } : {}) });
  const plan = await world.plan();
  return { ...world, approved: plan, again: () => world.run(plan), made: await world.story() };
}

describe('a change of several requests', () => {
  test.each([
    {
      what: 'an invitation makes the login and then gives role after role',
      from: [],
      to: ['developer', 'support'],
      sent: ['invite ada', 'assign developer to ada', 'assign support to ada'],
      story: ['intent of 3', 'invite accepted', 'assign developer accepted', 'assign support accepted', 'invite applied'],
      live: 'ada developer+support',
    },
    {
      what: 'a role for an equal one is given before the old one is taken',
      from: ['developer'],
      to: ['support'],
      sent: ['assign support to ada', 'unassign developer from ada'],
      story: ['intent of 2', 'assign support accepted', 'unassign developer accepted', 'patch applied'],
      live: 'ada support',
    },
    {
      what: 'a lowered administrator loses that first',
      from: ['administrator'],
      to: ['developer'],
      sent: ['unassign administrator from ada', 'assign developer to ada'],
      story: ['intent of 2', 'unassign administrator accepted', 'assign developer accepted', 'patch applied'],
      live: 'ada developer',
    },
    {
      what: 'one role more is one request, and tells of no parts',
      from: ['developer'],
      to: ['developer', 'support'],
      sent: ['assign support to ada'],
      story: ['intent of 1', 'patch applied'],
      live: 'ada developer+support',
    },
    {
      what: 'a delete takes the roles and then ends the login',
      from: ['developer', 'support'],
      to: [],
      sent: ['unassign developer from ada', 'unassign support from ada', 'deactivate ada'],
      story: ['intent of 3', 'unassign developer accepted', 'unassign support accepted', 'delete accepted', 'delete applied'],
      live: null,
    },
  ])('$what', async ({ from, to, sent, story, live }) => {
    const world = await adaFrom(from, to);
    await world.again();
    expect(world.vendor.sent).toEqual(sent);
    expect((await world.story()).slice(world.made.length)).toEqual(story);
    expect(world.vendor.live().filter((one) => one.startsWith('ada'))).toEqual(live === null ? [] : [live]);
    expect((await world.plan()).verdict).toBe('empty');
  });

  test('a login that another account needs stays, and the delete is whole without its end', async () => {
    const world = await adaFrom(['developer'], []);
    world.vendor.of('ada').elsewhere = true;
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(world.vendor.live()).toContain('ada nothing');
    expect((await world.plan()).verdict).toBe('empty');
  });

  test('somebody inactive loses what policy does not give, is activated, and is given the rest', async () => {
    const world = await adaFrom(['support'], ['developer']);
    world.vendor.of('ada').active = false;
    expect(outcomesOf(await world.run(await world.plan()))).toEqual(['ada applied']);
    expect(world.vendor.sent).toEqual(['unassign support from ada', 'patch active of ada', 'assign developer to ada']);
    expect(world.vendor.live()).toContain('ada developer');
  });

  test('a look just before anything is taken sees somebody inactive as what they were read as', async () => {
    for (const [active, outcome] of [
      [false, 'applied'],
      [true, 'withheld'],
    ] as const) {
      const world = await adaFrom(['administrator'], ['support']);
      world.vendor.of('ada').active = false;
      const [change = inviteOf('nobody@acme.example')] = (await world.plan()).changes;
      world.vendor.of('ada').active = active;
      const { ledger } = await openMemoryLedger(world.clock);
      const decision = decisionOf(change, { takesAway: true, parts: listParts(change, PARTS) });
      const applied = await applyChanges([decision], { provider: world.vendor.provider(), ledger, clock: world.clock });
      expect(applied.results.map((one) => one.outcome)).toEqual([outcome]);
    }
  });

  test('roles that are right are not enough while the person is inactive', async () => {
    const world = await adaFrom(['support'], ['developer']);
    world.vendor.of('ada').active = false;
    world.vendor.meet('patch active of ada', 'ignored');
    expect(outcomesOf(await world.run(await world.plan()))).toEqual(['ada undecided']);
  });

  test('a role that somebody gave meanwhile is taken as given, and the rest is made', async () => {
    const world = await adaFrom(['developer'], ['support']);
    world.vendor.meet('assign support to ada', () => {
      world.vendor.of('ada').roles.push('support');
      return { kind: 'duplicate', message: 'exists' };
    });
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(world.vendor.live()).toContain('ada support');
  });
});

describe('a part that is not taken ends the change, and the next run goes on from there', () => {
  test('refused: it is parked, and says how much of it was made', async () => {
    const world = await adaFrom([], ['developer', 'support']);
    world.vendor.meet('assign support to ada', refusal('Role not available'));
    const run = await world.again();
    expect(outcomesOf(run)).toEqual(['ada failed']);
    expect(messagesOf(run)).toEqual(['2 of 3 parts were made: Role not available']);
    expect((await world.history()).parked.get('ada@acme.example')).toMatchObject({ failures: 1 });
    expect(outcomesOf(await world.again())).toEqual(['ada deferred']);
    world.clock.advance(7 * 3_600_000);
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(world.vendor.done).toEqual(['invite ada', 'assign developer to ada', 'assign support to ada']);
  });

  test('put off by the vendor: it is owed, not parked, nothing else is sent, and the rest is made when it is time', async () => {
    const world = await adaFrom(['administrator'], ['developer']);
    world.want({ ...OTHERS, ada: ['developer'], new: ['developer'] });
    const plan = await world.plan();
    const notBefore = new Date(world.clock.now() + 60_000).toISOString();
    world.vendor.meet('assign developer to ada', { kind: 'postponed', message: 'too many requests', notBefore });
    const run = await world.run(plan);
    expect(outcomesOf(run)).toEqual(['ada deferred', 'new deferred']);
    expect(run.results[0]).toMatchObject({ message: '1 of 2 parts were made: too many requests', not_before: notBefore });
    expect(world.vendor.sent).toEqual(['unassign administrator from ada', 'assign developer to ada']);
    expect((await world.history()).parked.size).toBe(0);
    world.clock.advance(60_000);
    expect(outcomesOf(await world.run(plan))).toEqual(expect.arrayContaining(['ada applied', 'new applied']));
    expect((await world.plan()).verdict).toBe('empty');
    expect(world.vendor.done).toHaveLength(4);
  });

  test('changed since it was read: withheld, not parked, not tried again', async () => {
    const world = await adaFrom(['developer'], ['support']);
    world.vendor.meet('assign support to ada', { kind: 'stale', message: '409' });
    const run = await world.again();
    expect(outcomesOf(run)).toEqual(['ada withheld']);
    expect(messagesOf(run)).toEqual(['changed since it was read; plan again (409)']);
    expect(world.vendor.sent).toEqual(['assign support to ada']);
    expect((await world.history()).parked.size).toBe(0);
  });

  test.each(['lost before', 'lost after'] as const)('%s: nobody claims to know, and a read decides', async (fate) => {
    const world = await adaFrom(['developer', 'support'], []);
    world.vendor.meet('unassign support from ada', fate);
    const run = await world.again();
    expect(outcomesOf(run)).toEqual(['ada undecided']);
    expect(messagesOf(run)[0]).toMatch(/^1 of 3 parts were made: no answer; /);
    expect(world.vendor.sent).toEqual(['unassign developer from ada', 'unassign support from ada']);
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(world.vendor.done).toEqual(['unassign developer from ada', 'unassign support from ada', 'deactivate ada']);
    expect((await world.history()).spentDeletes).toHaveLength(1);
  });

  test('lost at the last part and shown by the read back: applied', async () => {
    const world = await adaFrom(['developer'], []);
    world.vendor.meet('deactivate ada', 'lost after');
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
  });

  test('a credential that is refused in the middle ends the account, and what was made is said', async () => {
    const world = await adaFrom(['developer'], []);
    world.vendor.meet('deactivate ada', { kind: 'credentials', message: 'the token is refused' });
    const run = await world.again();
    expect(run).toMatchObject({ stopped: 'credentials' });
    expect(messagesOf(run)).toEqual(['1 of 2 parts were made: the token is refused']);
    // The rest of the delete stays in the plan and is counted there.
    expect((await world.history()).spentDeletes).toEqual([]);
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(world.vendor.done).toEqual(['unassign developer from ada', 'deactivate ada']);
  });
});

test('an invitation whose login was made counts towards the hour, whatever ends it', async () => {
  const world = await adaFrom([], ['developer']);
  world.vendor.meet('assign developer to ada', { kind: 'credentials', message: 'the token is refused' });
  expect(outcomesOf(await world.again())).toEqual(['ada deferred']);
  expect((await world.history()).invitePosts).toHaveLength(1);
});

describe('what was taken for a role that the vendor then refuses', () => {
  const ada = (live: readonly string[]) => live.filter((one) => one.startsWith('ada'));

  test('is given back, and the change has failed', async () => {
    const world = await adaFrom(['administrator'], ['developer']);
    world.vendor.meet('assign developer to ada', refusal('Role not available'));
    const run = await world.again();
    expect(outcomesOf(run)).toEqual(['ada failed']);
    expect(messagesOf(run)).toEqual(['1 of 2 parts were made: Role not available; what was taken before (administrator) was given back']);
    expect((await world.story()).slice(world.made.length)).toEqual([
      'intent of 2',
      'unassign administrator accepted',
      'assign developer refused',
      'assign administrator accepted back',
      'patch failed',
    ]);
    expect(ada(world.vendor.live())).toEqual(['ada administrator']);
    const history = await world.history();
    expect(history.parked.size).toBe(1);
    expect(history.spentDeletes).toEqual([]);
    world.clock.advance(7 * 3_600_000);
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
  });

  test('and cannot be given back either: it is said who lacks what, and the next run goes on from there', async () => {
    const world = await adaFrom(['administrator'], ['developer']);
    world.vendor.meet('assign developer to ada', refusal('Role not available'));
    world.vendor.meet('assign administrator to ada', refusal('Not allowed'));
    expect(messagesOf(await world.again())).toEqual([
      '1 of 2 parts were made: Role not available; what was taken before (administrator) could not be given back (Not allowed): ada@acme.example lacks it until a person gives it or a later run makes the rest',
    ]);
    expect(ada(world.vendor.live())).toEqual(['ada nothing']);
    expect((await world.history()).spentDeletes).toMatchObject([{ principal: 'ada@acme.example', budget: 'policy' }]);
    world.clock.advance(7 * 3_600_000);
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(ada(world.vendor.live())).toEqual(['ada developer']);
  });

  test('is given back beside what was given before the refusal, and the approved change still holds from there', async () => {
    const world = await adaFrom(['administrator', 'support'], ['billing_manager', 'developer']);
    world.vendor.meet('assign developer to ada', refusal('Role not available'));
    expect(messagesOf(await world.again())).toEqual([
      '3 of 4 parts were made: Role not available; what was taken before (administrator, support) was given back',
    ]);
    expect(ada(world.vendor.live())).toEqual(['ada administrator+billing_manager+support']);
    world.clock.advance(7 * 3_600_000);
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(ada(world.vendor.live())).toEqual(['ada billing_manager+developer']);
  });

  test('is not given back where it was drift', async () => {
    const world = await adaFrom(['developer'], ['developer']);
    world.vendor.of('ada').roles = ['administrator'];
    world.vendor.meet('assign developer to ada', refusal('Role not available'));
    expect(outcomesOf(await world.run(await world.plan('drift'), { mode: 'drift' }))).toEqual(['ada failed']);
    expect(ada(world.vendor.live())).toEqual(['ada nothing']);
  });

  test('is not given back where it has ended', async () => {
    const world = await adaFrom(['administrator'], ['administrator']);
    world.want({ ...OTHERS, ada: ['developer'] }, { ada: ['administrator'] });
    world.vendor.meet('assign developer to ada', refusal('Role not available'));
    expect(outcomesOf(await world.run(await world.plan()))).toEqual(['ada failed']);
    expect(ada(world.vendor.live())).toEqual(['ada nothing']);
  });

  test('is not given back to somebody who was inactive and could not use it', async () => {
    const world = await adaFrom(['support'], ['developer']);
    world.vendor.of('ada').active = false;
    world.vendor.meet('assign developer to ada', refusal('Role not available'));
    expect(outcomesOf(await world.run(await world.plan()))).toEqual(['ada failed']);
    expect(ada(world.vendor.live())).toEqual(['ada nothing']);
  });

  test('is nothing where the new role comes first', async () => {
    const world = await adaFrom(['developer'], ['support']);
    world.vendor.meet('assign support to ada', refusal('Role not available'));
    expect(messagesOf(await world.again())).toEqual(['Role not available']);
    expect(world.vendor.sent).toEqual(['assign support to ada']);
    expect(ada(world.vendor.live())).toEqual(['ada developer']);
  });
});

describe('limits', () => {
  test('who is still there with access after the vendor accepted the delete is for a person, until they are gone', async () => {
    const manualSteps = { ...PARTS.manualSteps, stillThere: () => ['Ask support to block them.'] };
    const world = await adaFrom(['developer'], [], { capabilities: { manualSteps } });
    world.vendor.meet('unassign developer from ada', 'ignored');
    world.vendor.meet('deactivate ada', 'ignored');
    const run = await world.again();
    expect(outcomesOf(run)).toEqual(['ada manual']);
    expect(messagesOf(run)).toEqual(['the vendor accepted it, and the person is still there with access; a person has to see to it']);
    expect((await world.history()).stillThere).toEqual(new Set(['US-ada']));
    expect(run.results[0]?.change.steps).toEqual(['Ask support to block them.']);
    Object.assign(world.vendor.of('ada'), { roles: [], active: false });
    await world.again();
    expect(await world.history()).toMatchObject({ stillThere: new Set(), owed: new Map(), halfway: new Map() });
  });

  test('who is left without access, or whose delete nobody answered, is not for a person yet', async () => {
    const manualSteps = { ...PARTS.manualSteps, stillThere: () => ['Ask support to block them.'] };
    for (const fates of [
      { 'deactivate ada': 'ignored' },
      { 'unassign developer from ada': 'ignored', 'deactivate ada': 'lost before' },
    ] as const) {
      const world = await adaFrom(['developer'], [], { capabilities: { manualSteps } });
      for (const [write, fate] of Object.entries(fates)) world.vendor.meet(write, fate);
      expect(outcomesOf(await world.again())).toEqual(['ada undecided']);
      expect((await world.history()).stillThere.size).toBe(0);
    }
  });

  test('without anything that a person could do, it stays undecided', async () => {
    const world = await adaFrom(['developer'], []);
    world.vendor.meet('unassign developer from ada', 'ignored');
    world.vendor.meet('deactivate ada', 'ignored');
    expect(outcomesOf(await world.again())).toEqual(['ada undecided']);
  });

  test('a change that fails at its second part is one failure: three of five stop the account', async () => {
    const names = ['ann', 'ben', 'cat', 'dan', 'eva', 'fay', 'gus'];
    const world = await openPartsWorld({ ...OTHERS, ...Object.fromEntries(names.map((name) => [name, ['developer']])) });
    world.want({ ...OTHERS, ...Object.fromEntries(names.map((name) => [name, ['support']])) });
    for (const name of ['ben', 'cat', 'eva']) world.vendor.meet(`unassign developer from ${name}`, refusal('No'));
    const run = await world.run(await world.plan());
    expect(run.stopped).toBe('failing');
    expect(run.results.map((one) => one.outcome)).toEqual([
      ...['applied', 'failed', 'failed', 'applied', 'failed'],
      ...['deferred', 'deferred'],
    ]);
    expect(world.vendor.sent).toHaveLength(10);
  });

  test.each(['lost before', 'lost after'] as const)('a lowering that is cut off (%s) has spent its budget, once', async (fate) => {
    const world = await adaFrom(['administrator'], ['developer', 'support']);
    world.vendor.meet('assign developer to ada', fate);
    expect(outcomesOf(await world.again())).toEqual(['ada undecided']);
    for (const outcomes of [['ada applied'], []]) {
      expect((await world.history()).spentDeletes).toMatchObject([{ principal: 'ada@acme.example', budget: 'policy' }]);
      expect(outcomesOf(await world.again())).toEqual(outcomes);
    }
    expect((await world.history()).spentDeletes).toHaveLength(1);
  });

  test('an interruption in the middle of a change lets all its parts be made, and begins no other', async () => {
    const world = await adaFrom(['administrator'], ['developer']);
    world.want({ ...OTHERS, ada: ['developer'], new: ['developer'] });
    const interruption = new AbortController();
    world.vendor.meet('unassign administrator from ada', () => {
      interruption.abort();
      return 'well';
    });
    const run = await world.run(await world.plan(), { interrupted: interruption.signal });
    expect(outcomesOf(run)).toEqual(['ada applied', 'new deferred']);
    expect(run.stopped).toBe('interrupted');
    expect(world.vendor.sent).toEqual(['unassign administrator from ada', 'assign developer to ada']);
  });

  test('once the ledger cannot be written no further part is sent', async () => {
    const inner = openMemoryStorage();
    let full = false;
    const append: LedgerStorage['append'] = (lines, version) => {
      return full && lines.includes('"kind":"part"') ? Promise.reject(new Error('the disk is full')) : inner.append(lines, version);
    };
    const world = await adaFrom(['developer', 'support'], [], { storage: { ...inner, append } });
    full = true;
    const run = await world.again();
    full = false;
    expect(run).toMatchObject({ stopped: 'ledger', results: [{ outcome: 'deferred' }] });
    expect(messagesOf(run)).toEqual(['1 of 3 parts were made: the ledger could not be written']);
    expect(world.vendor.sent).toEqual(['unassign developer from ada']);
    expect(outcomesOf(await world.again())).toEqual(['ada applied']);
    expect(world.vendor.done).toEqual(['unassign developer from ada', 'unassign support from ada', 'deactivate ada']);
  });
});
