import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredPrincipal, DesiredState } from '../../src/model.ts';
import { type MergedDesired, type MergeInput, mergeDesired } from '../../src/plan/merge-desired.ts';
import { address, type Policies } from '../scenarios/support/company.ts';
import { sidesOf, stateOf } from './merge-support.ts';

const PEOPLE = ['ada', 'bob', 'cleo', 'dan'] as const;
const TEAMS = ['voice', 'fax', 'edge'] as const;
const ACCOUNTS = ['telnyx-production', 'telnyx-support'] as const;
/** Today is 2026-11-22: one has ended, one has not. */
const ENDS = ['', '2026-01-31', '2027-01-31'] as const;

/** A whole company as text: what a person is called and was, where they are a member, what a team holds, which accounts there are. */
interface Company {
  readonly people: Record<string, { name: string; before: boolean } | null>;
  readonly members: Record<string, Record<string, (typeof ENDS)[number] | null>>;
  readonly grants: Record<string, Record<string, { role: string; until: (typeof ENDS)[number] } | null>>;
  readonly accounts: Record<string, { owner: string; deletes: number } | null>;
}

const end = fc.constantFrom(...ENDS);
const person = fc.option(fc.record({ name: fc.constantFrom('One', 'Other'), before: fc.boolean() }), { nil: null, freq: 6 });
const grant = fc.option(fc.record({ role: fc.constantFrom('member', 'admin'), until: end }), { nil: null, freq: 2 });
const accountOf = fc.record({ owner: fc.constantFrom('root', 'root', 'ada'), deletes: fc.constantFrom(3, 30) });
const account = fc.option(accountOf, { nil: null, freq: 5 });
const of = <T>(names: readonly string[], one: fc.Arbitrary<T>) =>
  fc
    .tuple(...names.map(() => one))
    .map((values) => Object.fromEntries(names.map((name, index) => [name, values[index]])) as Record<string, T>);

const companies: fc.Arbitrary<Company> = fc.record({
  people: of(PEOPLE, person),
  members: of(TEAMS, of(PEOPLE, fc.option(end, { nil: null }))),
  grants: of(TEAMS, of(ACCOUNTS, grant)),
  accounts: of(ACCOUNTS, account),
});

/** One edit, as somebody on a branch makes it. */
const edit: fc.Arbitrary<(company: Company) => Company> = fc.oneof(
  fc.tuple(fc.constantFrom(...PEOPLE), person).map(([who, one]) => (c: Company) => ({ ...c, people: { ...c.people, [who]: one } })),
  fc
    .tuple(fc.constantFrom(...TEAMS), fc.constantFrom(...PEOPLE), fc.option(end, { nil: null }))
    .map(([team, who, until]) => (c: Company) => ({ ...c, members: { ...c.members, [team]: { ...c.members[team], [who]: until } } })),
  fc.tuple(fc.constantFrom(...TEAMS), fc.constantFrom(...ACCOUNTS), grant).map(([team, where, one]) => (c: Company) => ({
    ...c,
    grants: { ...c.grants, [team]: { ...c.grants[team], [where]: one } },
  })),
  fc.tuple(fc.constantFrom(...ACCOUNTS), account).map(([where, one]) => (c: Company) => ({
    ...c,
    accounts: { ...c.accounts, [where]: one },
  })),
);
const edits = fc.array(edit, { maxLength: 4 }).map((all) => (company: Company) => all.reduce((one, change) => change(one), company));

/** As policies: nobody is a member without being a person, nothing is granted where there is no account. */
function textOf({ people, members, grants, accounts }: Company): Policies {
  const policies: Policies = { 'people/root.yaml': '- email: root@acme.example\n  name: Root\n' };
  for (const [name, one] of Object.entries({ ...accounts, [ACCOUNTS[0]]: accounts[ACCOUNTS[0]] ?? { owner: 'root', deletes: 3 } })) {
    if (one === null || one === undefined) continue;
    const { owner, deletes } = one;
    policies[`accounts/${name}.yaml`] = `provider: telnyx\napi: sub-users\nowner: ${address(owner)}\nguards: { max_deletes: ${deletes} }\n`;
  }
  for (const [name, one] of Object.entries(people)) {
    if (one === null) continue;
    const before = one.before ? `  previously: [${name}.before@acme.example]\n` : '';
    policies[`people/${name}.yaml`] = `- email: ${address(name)}\n  name: ${one.name}\n${before}`;
  }
  const until = (day: string) => (day === '' ? '' : `, until: ${day}`);
  for (const team of TEAMS) {
    const rows = Object.entries(members[team] ?? {}).flatMap(([who, day]) =>
      day === null || people[who] === null ? [] : [`  - { email: ${address(who)}${until(day)} }\n`],
    );
    const held = Object.entries(grants[team] ?? {}).flatMap(([where, one]) =>
      one === null || !(`accounts/${where}.yaml` in policies)
        ? []
        : [`  - { account: ${where}, role: ${one.role}, reason: Needs it for work (OPS-1)${until(one.until)} }\n`],
    );
    if (rows.length > 0 && held.length > 0) policies[`teams/${team}.yaml`] = `members:\n${rows.join('')}grants:\n${held.join('')}`;
  }
  return policies;
}

/** What merging whole files gives; null where both sides changed one file, and not to the same. */
function mergeTexts(before: Policies, head: Policies, tip: Policies): Policies | null {
  const merged: Policies = {};
  for (const file of new Set([...Object.keys(before), ...Object.keys(head), ...Object.keys(tip)])) {
    const one = head[file] === before[file] ? tip[file] : head[file];
    if (head[file] !== before[file] && tip[file] !== before[file] && head[file] !== tip[file]) return null;
    if (one !== undefined) merged[file] = one;
  }
  return merged;
}

/** What a side says of somebody in an account: all that the plan goes by, and not where it stands. */
function saidOf(one: DesiredPrincipal | undefined): string {
  if (one === undefined) return 'nothing';
  const grants = one.grants.map(({ role, until }) => `${role} until ${until}`).toSorted();
  return JSON.stringify([one.holding, one.holdingWithoutEnds, [...new Set(grants)], one.name, one.previously]);
}

function accessOf(one: DesiredPrincipal | undefined): string {
  return saidOf(one === undefined ? undefined : { ...one, name: '', previously: [] });
}

function everywhere(state: DesiredState): Record<string, Record<string, string>> {
  return Object.fromEntries(
    [...state.accounts].map(([name, { principals }]) => [
      name,
      Object.fromEntries([...principals].map(([who, one]) => [who, saidOf(one)])),
    ]),
  );
}

const settingsOf = (state: DesiredState) => [...state.accounts.values()].map(({ policy }) => policy.guards.maxDeletes);
const peopleOf = (state: DesiredState) =>
  Object.fromEntries([...state.people].map(([who, { name, previously }]) => [who, name, previously]));
const at = (state: DesiredState, account: string, who: string) => state.accounts.get(account)?.principals.get(who);
const owns = (state: DesiredState, account: string, who: string) => state.accounts.get(account)?.policy.owner === who;
const allOf = ({ head, mergeBase, baseTip }: MergeInput, account: string) =>
  new Set([head, mergeBase, baseTip].flatMap((state) => [...(state.accounts.get(account)?.principals.keys() ?? [])]));

/** Three sides of one history: both branches begin where they parted. */
const histories = fc
  .tuple(companies, edits, edits)
  .map(([start, here, there]) => ({ before: textOf(start), head: textOf(here(start)), tip: textOf(there(start)) }));

async function hold(law: (sides: MergeInput, merged: MergedDesired) => void): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories, async (texts) => {
      const sides = await sidesOf(texts);
      law(sides, mergeDesired(sides));
    }),
    { numRuns: 250 },
  );
}

describe('laws of merging', () => {
  it('a head that changed nothing gives the base branch exactly, and touches nobody', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ before, tip }) => {
        const sides = await sidesOf({ before, head: before, tip });
        const { desired, touched, conflicts } = mergeDesired(sides);
        expect(everywhere(desired)).toEqual(everywhere(sides.baseTip));
        expect(peopleOf(desired)).toEqual(peopleOf(sides.baseTip));
        expect(settingsOf(desired)).toEqual(settingsOf(sides.baseTip));
        expect([...touched.values()].map((who) => [...who])).toEqual([...desired.accounts.keys()].map(() => []));
        expect(conflicts).toEqual([]);
      }),
      { numRuns: 250 },
    );
  });

  it('a base branch that stood still gives the access of the head, by its own settings', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ before, head }) => {
        const sides = await sidesOf({ before, head, tip: before });
        const { desired, conflicts } = mergeDesired(sides);
        expect(conflicts).toEqual([]);
        expect([...desired.accounts.keys()]).toEqual([...sides.head.accounts.keys()]);
        expect(peopleOf(desired)).toEqual(peopleOf(sides.head));
        for (const [name, { policy, principals }] of desired.accounts) {
          const [tip, one] = [sides.baseTip.accounts.get(name)?.policy, sides.head.accounts.get(name)];
          expect(policy.guards).toEqual((tip ?? one?.policy)?.guards);
          if (tip !== undefined && tip.owner !== one?.policy.owner) continue;
          expect([...principals].map(([who, said]) => [who, saidOf(said)])).toEqual(
            [...(one?.principals ?? [])].map(([who, said]) => [who, saidOf(said)]),
          );
        }
      }),
      { numRuns: 250 },
    );
  });

  it('whom the head did not touch has exactly the access of the base branch', () =>
    hold((sides, { desired }) => {
      for (const name of desired.accounts.keys()) {
        for (const who of allOf(sides, name)) {
          const untouched = accessOf(at(sides.head, name, who)) === accessOf(at(sides.mergeBase, name, who));
          if (!untouched || owns(desired, name, who) || !sides.baseTip.accounts.has(name)) continue;
          expect(accessOf(at(desired, name, who))).toBe(accessOf(at(sides.baseTip, name, who)));
        }
      }
    }));

  it('nothing that the base branch changed is undone: its access stays, or the head made the same change, or a conflict says so', () =>
    hold((sides, { desired, conflicts }) => {
      for (const name of desired.accounts.keys()) {
        for (const who of allOf(sides, name)) {
          const changed = accessOf(at(sides.baseTip, name, who)) !== accessOf(at(sides.mergeBase, name, who));
          if (!changed || owns(desired, name, who) || !sides.baseTip.accounts.has(name)) continue;
          expect(accessOf(at(desired, name, who))).toBe(accessOf(at(sides.baseTip, name, who)));
          const both = accessOf(at(sides.head, name, who)) !== accessOf(at(sides.mergeBase, name, who));
          const same = accessOf(at(sides.head, name, who)) === accessOf(at(sides.baseTip, name, who));
          const says = [sides.head, sides.mergeBase].every((side) => !owns(side, name, who));
          expect(conflicts.some((one) => one.account === name && one.principal === who)).toBe(both && !same && says);
        }
      }
    }));

  it('touched names exactly who has other access, another name or other addresses than by the base branch', () =>
    hold((sides, { desired, touched }) => {
      const tip = sides.baseTip;
      const person = (state: DesiredState, who: string) => JSON.stringify([state.people.get(who)?.name, state.people.get(who)?.previously]);
      const moved = [...new Set([...desired.people.keys(), ...tip.people.keys()])].filter(
        (who) => person(desired, who) !== person(tip, who),
      );
      for (const name of desired.accounts.keys()) {
        const differ = [...allOf(sides, name)].filter(
          (who) => !owns(desired, name, who) && saidOf(at(desired, name, who)) !== saidOf(at(tip, name, who)),
        );
        const addresses = differ.flatMap((who) => [desired, tip].flatMap((state) => at(state, name, who)?.previously ?? []));
        const brought = tip.accounts.has(name) ? [] : [...desired.people.keys()];
        expect([...(touched.get(name) ?? [])].toSorted()).toEqual([...new Set([...differ, ...addresses, ...moved, ...brought])].toSorted());
      }
    }));

  it('an account leaves only when the head takes it out, and settings are never those of the head', () =>
    hold((sides, { desired }) => {
      for (const [name, { policy }] of sides.baseTip.accounts) {
        const takenOut = sides.mergeBase.accounts.has(name) && !sides.head.accounts.has(name);
        expect(desired.accounts.get(name)?.policy).toEqual(takenOut ? undefined : policy);
      }
      for (const name of desired.accounts.keys()) {
        expect(sides.baseTip.accounts.has(name) || (sides.head.accounts.has(name) && !sides.mergeBase.accounts.has(name))).toBe(true);
      }
    }));

  it('without a conflict the plan is what merging the texts gives: whom merging changes is touched, and to just that', async () => {
    let held = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (texts) => {
        const text = mergeTexts(texts.before, texts.head, texts.tip);
        const merged = text === null ? null : await stateOf(text).catch(() => null);
        if (merged === null) return;
        held += 1;
        holdToText({ ...(await sidesOf(texts)), merged }, merged);
      }),
      { numRuns: 400 },
    );
    expect(held).toBeGreaterThan(50);
  });
});

function holdToText(sides: MergeInput, text: DesiredState): void {
  const { desired, touched, conflicts } = mergeDesired(sides);
  const held = (one: DesiredPrincipal | undefined) => JSON.stringify([one?.holding.roles ?? [], one?.holdingWithoutEnds.roles ?? []]);
  for (const name of desired.accounts.keys()) {
    const settled = new Set(conflicts.filter((one) => one.account === name).map(({ principal }) => principal));
    for (const who of new Set([...allOf(sides, name), ...(text.accounts.get(name)?.principals.keys() ?? [])])) {
      if (settled.has(who) || owns(desired, name, who) || owns(text, name, who)) continue;
      expect(held(at(desired, name, who))).toBe(held(at(text, name, who)));
      const changed = held(at(text, name, who)) !== held(at(sides.baseTip, name, who));
      if (changed) expect(touched.get(name)).toContain(who);
    }
  }
}
