import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSimChecker, type SimChecker } from './create-sim-checker.ts';
import type { Truth } from './open-sim-vendor.ts';
import type { Commission } from './run-sim-process.ts';
import { type Grants, type SimAccount, writePolicy } from './sim-policy.ts';
import { simulate } from './simulate.ts';

/** Many more are lived through by `npm run soak`. */
const WORLDS = 250;
const REGRESSIONS = readFileSync(new URL('regressions.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10));

test(`in the first ${WORLDS} worlds every promise holds, and things go wrong often enough to mean something`, async () => {
  const sum = { exposed: 0, faults: 0, deaths: 0, deathsAtWrites: 0, writes: 0, struckWrites: 0 };
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { violations, counts } = await simulate(seed);
    expect(violations, `npm run soak -- --seed ${seed}`).toEqual([]);
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
  }
  expect(sum.faults / sum.exposed).toBeGreaterThan(0.15);
  expect(sum.deaths).toBeGreaterThan(WORLDS / 2);
  expect(sum.writes).toBeGreaterThan(WORLDS);
  // What matters most happens where something is changed.
  expect(sum.deathsAtWrites).toBeGreaterThan(WORLDS / 20);
  expect(sum.struckWrites).toBeGreaterThan(WORLDS / 20);
});

test.each(REGRESSIONS)('world %i, in which something was once broken, is well', async (seed) => {
  expect((await simulate(seed)).violations).toEqual([]);
});

test('the same seed is the same world, to the last byte that was sent', async () => {
  const hashes = new Set<string>();
  for (const seed of [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]) {
    const first = await simulate(seed);
    const second = await simulate(seed);
    expect(second.traceHash()).toBe(first.traceHash());
    expect(second.trace).toEqual(first.trace);
    hashes.add(first.traceHash());
  }
  expect(hashes.size).toBe(10);
});

describe('the checker sees', () => {
  const account: SimAccount = {
    name: 'voice',
    kind: 'telnyx',
    guards: { max_deletes: 1, min_admins: 2 },
    invites: { per_hour: 1, open: 2 },
  };
  const grant = (...roles: string[]) => ({ roles, until: null });
  const GRANTS: Grants = new Map([
    ['ada@acme.example', grant('admin')],
    ['bob@acme.example', grant('member')],
  ]);
  const held = (id: string, ...roles: string[]): Truth => ({ id, status: 'active', roles });
  const LIVE: ReadonlyMap<string, Truth> = new Map([
    ['ada@acme.example', held('a', 'admin', 'member')],
    ['bob@acme.example', held('b', 'member')],
    ['cleo@acme.example', held('c', 'member')],
  ]);

  /** A checker that has seen one whole apply begin, with two whole lists and a look at everybody. */
  function watch(grants: Grants = GRANTS): {
    checker: SimChecker;
    send: (method: string, path: string, body: object, after: Iterable<readonly [string, Truth]>) => void;
    commission: Commission;
  } {
    const policy = writePolicy(1, [account], new Map([['voice', grants]]), new Map());
    const checker = createSimChecker(
      () => 0,
      [account],
      [policy],
      new Map([['voice', new Map([['cleo@acme.example', ['member']]])]]),
      'file',
    );
    const commission: Commission = { errand: 'apply --yes', policy, pid: 1, death: null, interruptAt: null };
    checker.begin(commission, policy);
    const send = (method: string, path: string, body: object, after: Iterable<readonly [string, Truth]>) => {
      const url = `https://api.telnyx.com${path}`;
      const request = { method: method as 'GET', url, headers: {}, timeoutMs: 1, maxBodyBytes: 1, body: JSON.stringify(body) };
      checker.reached({ pid: 1, account, request, fault: null, status: 200, before: LIVE, after: new Map(after) });
    };
    for (const path of ['/v2/sub_users', '/v2/sub_users', '/v2/sub_users/a', '/v2/sub_users/b', '/v2/sub_users/c'])
      send('GET', path, {}, LIVE);
    expect(checker.violations).toEqual([]);
    return { checker, send, commission };
  }
  const without = (email: string) => [...LIVE].filter(([one]) => one !== email);

  test('a delete of somebody whom policy grants access, and of somebody whom no policy ever named', () => {
    for (const [id, email] of [
      ['b', 'bob@acme.example'],
      ['c', 'cleo@acme.example'],
    ] as const) {
      const { checker, send } = watch();
      send('DELETE', `/v2/sub_users/${id}`, {}, without(email));
      expect(checker.violations).toEqual([expect.stringContaining('nobody agreed that member is lost')]);
    }
  });

  test('a delete without a look just before', () => {
    const { checker, send } = watch(
      new Map([
        ['ada@acme.example', grant('admin')],
        ['bob@acme.example', grant()],
      ]),
    );
    send('DELETE', '/v2/sub_users/b', {}, without('bob@acme.example'));
    expect(checker.violations).toEqual([]);
    send('DELETE', '/v2/sub_users/b', {}, LIVE);
    expect(checker.violations).toEqual([expect.stringContaining('without a look at that principal just before')]);
  });

  test('one admin too few, and one delete too many', () => {
    const { checker, send } = watch(
      new Map([
        ['ada@acme.example', grant('member')],
        ['bob@acme.example', grant()],
      ]),
    );
    send('PATCH', '/v2/sub_users/a', { role: 'member' }, [...without('ada@acme.example'), ['ada@acme.example', held('a', 'member')]]);
    expect(checker.violations).toEqual([expect.stringContaining('1 admins are left')]);
  });

  test('an invitation of somebody who is there, a second one in a run, and one more than the hour allows', () => {
    const { checker, send } = watch();
    send('POST', '/v2/sub_users', { email: 'bob@acme.example', role: 'member' }, LIVE);
    expect(checker.violations).toEqual([expect.stringContaining('is there already')]);
    send('POST', '/v2/sub_users', { email: 'bob@acme.example', role: 'member' }, LIVE);
    expect(checker.violations.slice(1).join()).toMatch(/a second time in one run.*were sent in the last hour/s);
  });

  test('a role that policy does not give, and a run that says what is not true', () => {
    const { checker, send, commission } = watch();
    send('PATCH', '/v2/sub_users/b', { role: 'admin' }, [
      ...without('bob@acme.example'),
      ['bob@acme.example', held('b', 'admin', 'member')],
    ]);
    expect(checker.violations).toEqual([expect.stringContaining('nobody agreed to admin')]);
    const change = { account: 'voice', principal: 'cleo@acme.example', principal_id: 'c', after: null };
    const stdout = JSON.stringify({ results: [{ outcome: 'applied', change }] });
    checker.ended(commission, { exit: 0, stdout, stderr: '', steps: 1, diedAtWrite: false }, () => LIVE);
    expect(checker.violations[1]).toContain('says that cleo@acme.example has [] by now, and has [member]');
  });

  /** What a second process finds: the first has ended as it did, or still lives. */
  function watchTwo(first: 'lives' | 0 | null) {
    const { checker, send, commission } = watch(
      new Map([
        ['ada@acme.example', grant('admin')],
        ['bob@acme.example', grant()],
      ]),
    );
    send('DELETE', '/v2/sub_users/b', {}, without('bob@acme.example'));
    const came = { exit: first === 'lives' ? 0 : first, stdout: '', stderr: '', steps: 1, diedAtWrite: false };
    if (first !== 'lives') checker.ended(commission, came, () => new Map(without('bob@acme.example')));
    checker.begin({ ...commission, pid: 2, errand: 'drift --revert' }, null);
    const url = 'https://api.telnyx.com/v2/sub_users';
    const body = JSON.stringify({ email: 'bob@acme.example', role: 'member' });
    const request = { method: 'POST' as const, url, headers: {}, timeoutMs: 1, maxBodyBytes: 1, body };
    const gone = new Map(without('bob@acme.example'));
    checker.reached({ pid: 2, account, request, fault: null, status: 201, before: gone, after: LIVE });
    return checker.violations;
  }

  test('a run that writes while another is at it', () => {
    expect(watchTwo('lives')).toContainEqual(expect.stringContaining('2 writes while 1 is at it'));
  });

  test('what one run has taken for good, given back by the next', () => {
    expect(watchTwo(0)).toEqual([expect.stringContaining('nobody agreed to member')]);
  });

  test('more admins lowered in a day than may lose something', () => {
    const admins: ReadonlyMap<string, Truth> = new Map(
      ['a', 'b', 'c', 'd', 'e'].map((id) => [`${id}@acme.example`, held(id, 'admin', 'member')]),
    );
    const grants: Grants = new Map([...admins.keys()].map((email) => [email, grant('member')]));
    const policy = writePolicy(1, [account], new Map([['voice', grants]]), new Map());
    const checker = createSimChecker(() => 0, [account], [policy], new Map(), 'file');
    checker.begin({ errand: 'apply --yes', policy, pid: 1, death: null, interruptAt: null }, policy);
    let before = admins;
    const send = (method: 'GET' | 'PATCH', path: string, after: ReadonlyMap<string, Truth>) => {
      const request = {
        method,
        url: `https://api.telnyx.com${path}`,
        headers: {},
        timeoutMs: 1,
        maxBodyBytes: 1,
        body: '{"role":"member"}',
      };
      checker.reached({ pid: 1, account, request, fault: null, status: 200, before, after });
      before = after;
    };
    for (const path of ['/v2/sub_users', '/v2/sub_users']) send('GET', path, before);
    for (const id of ['a', 'b']) {
      send('GET', `/v2/sub_users/${id}`, before);
      send('PATCH', `/v2/sub_users/${id}`, new Map(before).set(`${id}@acme.example`, held(id, 'member')));
    }
    expect(checker.violations).toEqual([expect.stringContaining('2 people deleted or lowered in voice within a day, and 1 may be')]);
  });

  test('an apply that calls its end good and leaves somebody without what policy gives', () => {
    const { checker, commission } = watch();
    checker.ended(
      commission,
      { exit: 0, stdout: '', stderr: '', steps: 1, diedAtWrite: false },
      () => new Map(without('bob@acme.example')),
    );
    expect(checker.violations).toEqual([
      expect.stringContaining('1 ended with 0: bob@acme.example has [] in voice and should have [member]'),
    ]);
  });
});
