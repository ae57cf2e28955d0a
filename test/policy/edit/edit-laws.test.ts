import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTHING } from '../../../src/holding.ts';
import type { DesiredState, Holding, Place } from '../../../src/model.ts';
import { addDays } from '../../../src/policy/calendar.ts';
import { editYaml } from '../../../src/policy/edit/edit-yaml.ts';
import { renewGrants } from '../../../src/policy/edit/renew-grants.ts';
import { findEnding } from '../../../src/policy/find-ending.ts';
import {
  adoptAfter,
  companyWith,
  desiredBy,
  type Files,
  inputOf,
  loadFiles,
  PRODUCTION,
  planDrift,
  SUPPORT,
  TODAY,
} from './drift-for-tests.ts';
import { type Member, style, type TeamGrant, writeInStyle } from './team-styles.ts';

const PEOPLE = ['ada', 'bob', 'cleo', 'dan', 'zoe'].map((name) => `${name}@acme.example`);
const STRANGERS = ['eve@elsewhere.example', 'mallory@elsewhere.example'];
const ACCOUNTS = [PRODUCTION, SUPPORT, 'telnyx-lab'];
const until = fc.option(fc.constantFrom('2026-11-22', TODAY, '2026-11-30', '2027-01-31'), { freq: 2 });
const grant: fc.Arbitrary<TeamGrant> = fc.record({
  account: fc.constantFrom(...ACCOUNTS),
  role: fc.constantFrom('member', 'admin'),
  until,
});
const team = fc.record({
  members: fc
    .uniqueArray(fc.record({ email: fc.constantFrom(...PEOPLE), until }), { selector: (member) => member.email, maxLength: 5 })
    .map((members): Member[] => members),
  grants: fc.uniqueArray(grant, { selector: ({ account, role }) => `${account} ${role}`, maxLength: 4 }),
  style,
});
const company = fc.array(team, { minLength: 1, maxLength: 4 }).map((teams) =>
  companyWith({
    'accounts/telnyx-lab.yaml': 'provider: telnyx\napi: sub-users\nowner: zoe@acme.example\nnames: enforce\n',
    ...Object.fromEntries(teams.map(({ members, grants, style }, nth) => [`teams/t${nth}.yaml`, writeInStyle(members, grants, style)])),
  }),
);
const fate = fc.constantFrom(null, null, 'member', 'member', 'admin');
const meddling = fc.dictionary(
  fc.constantFrom(...ACCOUNTS),
  fc.dictionary(fc.constantFrom(...PEOPLE, ...STRANGERS), fc.oneof(fate, fc.constant({ name: 'Other Name' })), { maxKeys: 4 }),
  { maxKeys: 3 },
);
/** The days on which access may become another. */
const DAYS = [TODAY, addDays(TODAY, 1), '2026-12-01', addDays(TODAY, 31), '2027-02-01'];

function holdingIn(state: DesiredState | undefined, account: string, principal: string): Holding {
  return state?.accounts.get(account)?.principals.get(principal)?.holding ?? NOTHING;
}

async function onEveryDay(files: Files): Promise<Map<string, DesiredState>> {
  return new Map(await Promise.all(DAYS.map(async (day) => [day, await desiredBy(files, day)] as const)));
}

const WHERE = ACCOUNTS.flatMap((account) =>
  [...PEOPLE, ...STRANGERS].flatMap((principal) => DAYS.map((day) => ({ account, principal, day }))),
);

test('what is adopted is what is live; everybody else keeps what they have on every day, and nobody gains a privileged role', async () => {
  let adoptions = 0;
  await fc.assert(
    fc.asyncProperty(company, meddling, async (files, meddled) => {
      const { adoption, files: after } = await adoptAfter(files, meddled);
      adoptions += adoption.adopted.length;
      const [then, now] = [await onEveryDay(files), await onEveryDay(after)];
      const live = new Map(adoption.adopted.map((change) => [`${change.account} ${change.principal}`, change.before ?? NOTHING]));
      for (const where of WHERE) {
        const { account, principal, day } = where;
        const [old, fresh] = [holdingIn(then.get(day), account, principal), holdingIn(now.get(day), account, principal)];
        expectLawful(where, old, fresh, live.get(`${account} ${principal}`));
      }
      const left = (await planDrift(files, meddled, after)).changes.filter((change) => change.origin === 'drift');
      expect(left.map((change) => change.id)).toEqual(adoption.refused.map(({ change }) => change.id));
    }),
    { numRuns: 80 },
  );
  expect(adoptions).toBeGreaterThan(50);
});

/**
 * What was lost is no more than is live, on any day, and otherwise as it was; what came in is there today and ends by itself.
 */
function expectLawful(where: { readonly day: string }, old: Holding, fresh: Holding, live: Holding | undefined): void {
  const found = { ...where, roles: fresh.roles };
  expect(rankOf(fresh) < 2 || rankOf(old) === 2, JSON.stringify(found)).toBe(true);
  if (live === undefined) expect(found).toEqual({ ...where, roles: old.roles });
  else if (where.day === TODAY) expect(found).toEqual({ ...where, roles: live.roles });
  else expect(rankOf(fresh), JSON.stringify(found)).toBeLessThanOrEqual(rankOf(live));
  if (live !== undefined) expect(rankOf(fresh), JSON.stringify(found)).toBeGreaterThanOrEqual(Math.min(rankOf(old), rankOf(live)));
}

function rankOf({ roles }: Holding): number {
  return ['', 'member', 'admin'].indexOf(roles[0] ?? '');
}

test('no style of writing a team is in the way, and no line is touched that is not about the people adopted', async () => {
  await fc.assert(
    fc.asyncProperty(company, meddling, async (files, meddled) => {
      const { adoption, written } = await adoptAfter(files, meddled);
      const why = adoption.refused.map((one) => one.why).filter((words) => /by hand|something else/.test(words));
      expect(why).toEqual([]);
      const about = new Set(adoption.adopted.map((change) => change.principal));
      for (const [path, text] of Object.entries(written)) {
        const before = files[path];
        if (before === undefined) continue;
        expect(text.startsWith('\uFEFF')).toBe(before.startsWith('\uFEFF'));
        const endings = (one: string) => ({ crlf: /\r\n/.test(one), lone: /[^\r]\n/.test(one) });
        if (text.includes('\n')) expect(endings(text)).toEqual(endings(before));
        const others = before
          .split(/\r?\n/)
          .filter((line) => line !== '' && ![...about].some((who) => line.includes(who)) && isPlain(line));
        expect(isSubsequence(others, text.split(/\r?\n/)), `${before}\n-----\n${text}`).toBe(true);
      }
    }),
    { numRuns: 120 },
  );
});

/** Keys may get an empty list, parts of people and grants go with them, a comma may stay behind. */
function isPlain(line: string): boolean {
  return !/(?:members|grants|until|account|role|reason|name):|^\s*[,\]]/.test(line);
}

function isSubsequence(lines: readonly string[], within: readonly string[]): boolean {
  let at = 0;
  for (const line of within) if (line === lines[at]) at += 1;
  return at === lines.length;
}

test('a renewal changes nothing today, takes nothing away later, and lets no privileged role go on', async () => {
  let renewals = 0;
  await fc.assert(
    fc.asyncProperty(company, async (files) => {
      const { policies, desired } = await loadFiles(files);
      if (policies === null || desired === null) throw new Error('the policies are invalid');
      const { capabilitiesOf, ...input } = inputOf(files);
      const ends = findEnding({ policies, desired, today: TODAY, days: 365, capabilitiesOf });
      const renewal = await renewGrants({ ...input, capabilitiesOf, places: ends.flatMap((end) => end.places) });
      renewals += renewal.renewed.length;
      const after = { ...files, ...Object.fromEntries(renewal.files) };
      const [then, now] = [await onEveryDay(files), await onEveryDay(after)];
      for (const { account, principal, day } of WHERE) {
        const [old, fresh] = [holdingIn(then.get(day), account, principal), holdingIn(now.get(day), account, principal)];
        if (day === TODAY || old.roles.includes('admin') || fresh.roles.includes('admin')) expect(fresh.roles).toEqual(old.roles);
        else expect(rankOf(fresh)).toBeGreaterThanOrEqual(rankOf(old));
      }
      const inOrder = renewal.renewed.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
      for (const [path, text] of renewal.files) {
        const here = inOrder.filter(({ place }) => place.file === `policies/${path}`);
        expect(text.replaceAll(/2027-0[2-4]-[0-9]{2}/g, 'DAY')).toBe(here.reduceRight(withoutDay, files[path] ?? ''));
      }
    }),
    { numRuns: 80 },
  );
  expect(renewals).toBeGreaterThan(20);
});

/** Ends that are renewed stand in one line each or in a row, so the last is taken out first. */
function withoutDay(text: string, { place, from }: { readonly place: Place; readonly from: string }): string {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const lines = text.split('\n');
  const line = lines[place.line - 1] ?? '';
  const at = line.indexOf(from, place.column - 1 + (place.line === 1 ? mark : 0));
  lines[place.line - 1] = `${line.slice(0, at)}DAY${line.slice(at + from.length)}`;
  return lines.join('\n');
}

test('dropping any entries of a list in any style leaves the others, to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(team, fc.array(fc.nat({ max: 4 }), { minLength: 1 }), async ({ members, grants, style }, chosen) => {
      const text = writeInStyle(members, grants, style);
      const indexes = new Set(chosen.filter((index) => index < members.length));
      const edited = await editYaml(text, [{ kind: 'drop', list: 'members', indexes }]);
      expect(isSubsequence(partsOf(edited?.text ?? ''), partsOf(text)), `${text}\n-----\n${edited?.text}`).toBe(true);
      const below = (whole = '') => whole.split('members')[style.grantsFirst ? 0 : 1]?.split('grants')[1];
      expect(below(edited?.text)).toBe(below(text));
      for (const [index, { email }] of members.entries()) expect(edited?.text.includes(email), text).toBe(!indexes.has(index));
    }),
    { numRuns: 800 },
  );
});

/** What stands between spaces, line ends and the marks of flow style. */
function partsOf(text: string): string[] {
  return text.split(/[\s,[\]{}]+/).filter((part) => part !== '');
}
