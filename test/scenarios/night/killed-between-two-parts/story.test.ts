import { afterEach, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../../../src/ports.ts';
import { createOffice, type Ended, type Office } from '../../github/support/create-office.ts';
import { TWILIO_ORIGIN } from '../../github/support/open-vendors.ts';
import { kindsCompany, MAIN, organizationSeed } from '../../kinds/support/kinds-company.ts';
import { address, type Policies } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

function company(administrator: readonly string[] = ['ada', 'zoe'], developer: readonly string[] = ['bob', 'cleo']): Policies {
  return kindsCompany({ [MAIN]: { kind: 'organization', grants: { administrator, developer } } });
}

async function begin(): Promise<void> {
  office = await createOffice({
    policies: company(),
    twilio: organizationSeed({ people: { ada: ['administrator'], zoe: ['administrator'], bob: ['developer'], cleo: ['developer'] } }),
  });
  const first = await office.begin();
  expect(first, first.stdout + first.stderr).toMatchObject({ exit: 0 });
}

const isWrite = ({ method, url }: HttpRequest) => method !== 'GET' && url.startsWith(TWILIO_ORIGIN) && !url.endsWith('/token');

/** Nothing answers any more after the nth write at the vendor, and nothing is tidied up: that is a machine that went away. */
async function killedAfter(nth: number, run: (http: (inner: Http) => Http) => Promise<Ended>): Promise<void> {
  let die: (word: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => {
    die = resolve;
  });
  let writes = 0;
  let dead = false;
  const http = (inner: Http): Http => ({
    send: async (request) => {
      if (dead) return new Promise(() => undefined);
      const reply = await inner.send(request);
      writes += isWrite(request) ? 1 : 0;
      if (writes < nth) return reply;
      dead = true;
      die('died');
      return new Promise(() => undefined);
    },
    close: async () => undefined,
  });
  expect(await Promise.race([run(http), died])).toBe('died');
}

/** What the ledger says of requests: `intent patch bob`, `applied patch bob`. */
async function deeds(): Promise<string[]> {
  const records = (await office.ledger()).map((line) => JSON.parse(line));
  return records.flatMap((one) => {
    if (one.kind === 'intent') return [`intent ${one.change.action} ${short(one.change.principal)}`];
    return one.kind === 'outcome' ? [`${one.outcome} ${one.action} ${short(one.principal)}`] : [];
  });
}

function short(principal: string): string {
  return principal.replace(/@acme\.example$/, '');
}

async function night(exit: number): Promise<void> {
  office.hours(1);
  const ended = await office.drift();
  expect(ended.exit, ended.stdout + ended.stderr).toBe(exit);
}

test('a night dies between taking a role and giving the one before back: the next night finishes it, and tells it once', async () => {
  await begin();
  office.hours(10);
  office.twilio.portal(MAIN).giveRole(address('bob'), 'administrator', address('zoe'));
  office.twilio.portal(MAIN).takeRole(address('bob'), 'developer', address('zoe'));
  office.hours(1);
  await killedAfter(1, (http) => office.drift({ http }));
  expect(office.writes()).toEqual(['take bob administrator']);
  expect(office.live(MAIN)).toEqual(['ada administrator', 'cleo developer', 'zoe administrator']);
  expect(office.issue(MAIN)).toBeNull();

  await night(0);
  expect(office.writes()).toEqual(['give bob developer']);
  expect(office.live(MAIN)).toEqual(['ada administrator', 'bob developer', 'cleo developer', 'zoe administrator']);
  expect((await deeds()).filter((deed) => deed.startsWith('applied'))).toEqual(['applied patch bob']);
  await expect(bodyOf(office.issue(MAIN))).toMatchFileSnapshot('finished-by-the-next-night.md');

  await night(0);
  expect(office.writes()).toEqual([]);
  expect(office.issue(MAIN)?.comments.length).toBeLessThan(2);
});

test('an apply dies between giving a role and taking the one before: the night finishes it, and the pull request is told once', async () => {
  await begin();
  const wish = company(['ada', 'bob', 'zoe'], ['cleo']);
  const paths = Object.keys(wish).filter((path) => wish[path] !== company()[path]);
  const pull = await office.propose('ada', 'Bob leads', Object.fromEntries(paths.map((path) => [path, wish[path] ?? null])));
  expect(await office.plan(pull)).toMatchObject({ exit: 0 });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  await killedAfter(1, (http) => office.apply({ http }));
  expect(office.writes()).toEqual(['give bob administrator']);
  expect(office.live(MAIN)).toContain('bob administrator+developer');

  await night(0);
  expect(office.writes()).toEqual(['take bob developer']);
  expect(office.live(MAIN)).toContain('bob administrator');
  expect(office.issue(MAIN)).toBeNull();
  const apply = await office.apply({ event: 'workflow_dispatch' });
  expect(apply, apply.stdout + apply.stderr).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('finished-by-the-night.md');
});

test('an apply dies between giving a role and taking the one before: the next apply finishes it', async () => {
  await begin();
  const wish = company(['ada', 'bob', 'zoe'], ['cleo']);
  const paths = Object.keys(wish).filter((path) => wish[path] !== company()[path]);
  const pull = await office.propose('ada', 'Bob leads', Object.fromEntries(paths.map((path) => [path, wish[path] ?? null])));
  expect(await office.plan(pull)).toMatchObject({ exit: 0 });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  await killedAfter(1, (http) => office.apply({ http }));
  office.writes();
  const apply = await office.apply({ event: 'workflow_dispatch' });
  expect(apply, apply.stdout + apply.stderr).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['take bob developer']);
  expect(office.live(MAIN)).toContain('bob administrator');
  await expect(office.comment(pull)).toMatchFileSnapshot('finished-by-the-next-apply.md');
});
