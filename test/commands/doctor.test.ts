import { describe, expect, test } from 'vitest';
import { doctor } from '../../src/commands/doctor.ts';
import { doctorClock } from '../../src/commands/doctor-clock.ts';
import { createTelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import { createStyle } from '../../src/report/create-style.ts';
import { renderDoctor } from '../../src/report/render-doctor.ts';
import { createRandom } from '../../src/text/create-random.ts';
import { doctorChecks, doctorReport } from '../report/example-reports.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { openPolicyWorld, type PolicyWorld } from './open-policy-world.ts';

const ORIGIN = 'http://127.0.0.1:4010';
const KEY = 'KEY-CANARY-doctor-0123456789abcdef';
const NOW = '2026-11-23T09:00:00.000Z';

/** One account of the vendor, and the accounts of the policies, all `sub-users`. */
function open(...names: readonly string[]) {
  return openWith('sub-users', names);
}

function openWith(api: 'sub-users' | 'organizations', names: readonly string[]) {
  const users = [{ email: 'ada@acme.example', name: 'Ada', role: 'admin', status: 'active' }];
  const seed = { accounts: [{ name: 'telnyx-production', key: KEY, owner: 'root@acme.example', users, elsewhere: [], api }], switches: {} };
  const vendor = createTelnyxWorld({ clock: createJumpingClock(), random: createRandom(7), seed });
  const policies = Object.fromEntries(
    names.map((name) => [`accounts/${name}.yaml`, 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n']),
  );
  const people = { 'people/all.yaml': '- email: root@acme.example\n  name: Root\n' };
  const world = openPolicyWorld({ ...policies, ...people }, NOW, vendor.http({ origin: ORIGIN }));
  world.env = { ROLLCALL_TELNYX_ORIGIN: ORIGIN, TELNYX_PRODUCTION_API_KEY: KEY };
  return { world, vendor };
}

async function doctorOf(world: PolicyWorld, format: 'text' | 'json' = 'text') {
  const exit = await doctor(world.run({ format }), { repository: null });
  return { exit, out: world.out() };
}

describe('doctor', () => {
  test('says that every credential works and what it may do, and changes nothing', async () => {
    const { world, vendor } = open('telnyx-production');
    const { exit, out } = await doctorOf(world);
    expect(out).toContain('telnyx-production  telnyx sub-users\n  TELNYX_PRODUCTION_API_KEY set\n  ✓ the credential works');
    expect(out).toMatch(/^ {2}✓ list people: 1 by the vendor's own count$/m);
    expect(out).toMatch(/^ {2}· delete people \(not tried\): a probe changes nothing$/m);
    expect(out).toMatch(/^list people +api ✓$/m);
    expect(out).toMatch(/^resend an invitation +manual$/m);
    expect(out).toMatch(/^1 credential works\.\n\d+ checks are well, \d+ needs? attention, \d+ (is|are) wrong, \d+ could not be made\.$/m);
    expect(exit).toBe(0);
    expect(vendor.requests.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('names the variable that is missing and goes on with the other accounts', async () => {
    const { world } = open('telnyx-production', 'telnyx-support');
    const { exit, out } = await doctorOf(world);
    expect(out).toContain('✓ telnyx-production  telnyx sub-users · the credential works');
    expect(out).toContain(
      '  TELNYX_SUPPORT_API_KEY not set, and needed\n  ✗ no credential: the environment variable TELNYX_SUPPORT_API_KEY is not set',
    );
    expect(out).toContain('1 of 2 accounts cannot be read as the policies have it: telnyx-support.');
    expect(exit).toBe(9);
  });

  test("says that a credential is refused in the vendor's own words, and never prints it", async () => {
    const { world } = open('telnyx-production');
    world.env['TELNYX_PRODUCTION_API_KEY'] = 'KEY-CANARY-of-another-company';
    for (const format of ['text', 'json'] as const) {
      const { exit, out } = await doctorOf(world, format);
      expect(out).toMatch(/refused.*(401|Authentication)/s);
      expect(out).not.toContain('CANARY');
      expect(exit).toBe(9);
    }
  });

  test('says which API the credential answers to where policy names the other one', async () => {
    const { world } = openWith('organizations', ['telnyx-production']);
    const { exit, out } = await doctorOf(world);
    expect(out).toContain('this key answers to `organizations`: set `api: organizations` in policies/accounts/telnyx-production.yaml');
    expect(out).toContain('1 of 1 account cannot be read as the policies have it: telnyx-production.');
    expect(JSON.parse((await doctorOf(world, 'json')).out).accounts[0].other_api).toBe('organizations');
    expect(exit).toBe(8);
  });

  test("says which variable looks like a key of another vendor's", async () => {
    const { world } = open('telnyx-production');
    world.env['TELNYX_PRODUCTION_API_KEY'] = '0123456789abcdef0123456789abcdef';
    const { exit, out } = await doctorOf(world);
    expect(out).toContain("    → TELNYX_PRODUCTION_API_KEY looks like a key of Twilio's: set it to one of Telnyx's.");
    expect(out).not.toContain('0123456789abcdef');
    expect(exit).toBe(9);
  });

  test('gives the same as a document', async () => {
    const { world } = open('telnyx-production');
    const [account] = JSON.parse((await doctorOf(world, 'json')).out).accounts;
    expect(account).toMatchObject({
      account: 'telnyx-production',
      variables: [{ name: 'TELNYX_PRODUCTION_API_KEY', set: true, needed: true }],
      credential: 'works',
      other_api: null,
    });
    expect(account.abilities[0]).toMatchObject({ what: 'list people', answer: 'yes' });
  });

  test('looks at the accounts that are asked for, and at no other', async () => {
    const { world } = open('telnyx-production', 'telnyx-support');
    expect(await doctor(world.run({ account: ['telnyx-production'] }), { repository: null })).toBe(0);
    expect(world.out()).not.toContain('telnyx-support');
  });
});

describe('the clock of this machine', () => {
  /** What is seen of it when a host answers ten minutes behind it. */
  async function seenBy(url: string, headers: Readonly<Record<string, string>>) {
    const http = { send: async () => ({ kind: 'reply', status: 200, headers, body: '' }) as const, close: async () => undefined };
    const { watched, sights } = doctorClock(openPolicyWorld({}, NOW, http).run());
    await (await watched.world.openHttp()).send({ method: 'GET', url, headers: {}, timeoutMs: 1000, maxBodyBytes: 1000 });
    return sights;
  }
  const BEHIND = { date: 'Mon, 23 Nov 2026 08:50:00 GMT' };

  test('is held against what an answer says of the time', async () => {
    expect(await seenBy('https://api.telnyx.com/v2/x', BEHIND)).toEqual([{ host: 'api.telnyx.com', aheadMs: 600_000 }]);
  });

  test('is not held against itself, nor against an answer that names no time', async () => {
    expect(await seenBy('http://127.0.0.1:4010/v2/x', BEHIND)).toEqual([]);
    expect(await seenBy('http://[::1]:4010/v2/x', BEHIND)).toEqual([]);
    expect(await seenBy('https://api.telnyx.com/v2/x', { date: 'yesterday' })).toEqual([]);
    expect(await seenBy('https://api.telnyx.com/v2/x', {})).toEqual([]);
  });
});

test('all is well only where every check is', () => {
  const [account] = doctorReport().accounts;
  if (account === undefined) throw new Error('the example has accounts');
  const report = { ...doctorReport(), accounts: [account] };
  const well = doctorChecks().map((check) => ({ ...check, state: 'ok' as const, fix: null }));
  const style = createStyle(false, 100);
  expect(renderDoctor({ ...report, checks: well }, style)).toContain(
    'All is well: 1 credential works.\n10 checks are well, 0 need attention, 0 are wrong, 0 could not be made.\n',
  );
  expect(renderDoctor({ ...report, checks: doctorChecks() }, style)).not.toContain('All is well');
});
