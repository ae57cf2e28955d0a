import { describe, expect, it } from 'vitest';
import type { Accepted, DesiredAccount, DesiredState } from '../../src/model.ts';
import { nextAccepted, sameAccepted } from '../../src/plan/next-accepted.ts';
import type { SettingChange } from '../../src/pull.ts';
import { ACCOUNT, inPeace, mail, place, stateOf, type World, wants } from './support.ts';

const KNOWN: Accepted = { commit: 'first', except: new Map(), settings: 'first', pending: new Map() };

function company(change: (world: World) => void = () => undefined): World {
  const world = inPeace({ ada: 'admin', bob: 'member', cleo: 'member' });
  change(world);
  return world;
}

const raises = (name: string) => (world: World) => void world.wants.set(name, wants(name, 'admin'));
const accountOf = (world: World): DesiredAccount => stateOf(world).accounts.get(ACCOUNT) as DesiredAccount;
const touching = (now: World, ...names: readonly string[]) => ({
  touched: new Map([[ACCOUNT, new Set(names.map(mail))]]),
  settings: [],
  desired: stateOf(now),
});
const setsOnly = (one: SettingChange) => ({ touched: new Map(), settings: [one], desired: null });
const setting = (name: string, after: string): SettingChange => ({
  account: ACCOUNT,
  setting: name,
  before: null,
  after,
  loosens: true,
  source: null,
});

interface Step {
  readonly known?: Accepted;
  readonly before?: World;
  readonly now: World;
  readonly withheld?: readonly string[];
  readonly approved?: Parameters<typeof nextAccepted>[0]['approved'];
}

function next({ known = KNOWN, before = company(), now, withheld = [], approved = [] }: Step): Accepted {
  const head: DesiredState = stateOf(now);
  return nextAccepted({
    known,
    before: accountOf(before),
    now: accountOf(now),
    head,
    commit: 'second',
    withheld: new Set(withheld.map(mail)),
    approved,
  });
}

describe('what people agreed to', () => {
  it('is all of a commit that changes nobody', () => {
    expect(next({ now: company() })).toEqual({ commit: 'second', except: new Map(), settings: 'second', pending: new Map() });
  });

  it('is no roster that nobody approved, and no setting beside it', () => {
    const roster = { account: ACCOUNT, attestedBy: mail('ada'), attestedOn: '2026-11-22', rows: null, source: place() };
    const now = { ...accountOf(company()), roster: { ...roster, rotated: new Map(), reviewed: new Map([[mail('eve'), '2026-11-22']]) } };
    const facts = { known: KNOWN, before: accountOf(company()), now, head: stateOf(company()), commit: 'second' };
    const judge = (...approved: SettingChange[]) =>
      nextAccepted({ ...facts, withheld: new Set(), approved: approved.map((one) => setsOnly(one)) });
    const attested = setting('roster', `${mail('ada')} on 2026-11-22`);
    const reviewed = setting(`roster.reviewed.${mail('eve')}`, '2026-11-22');
    expect(judge()).toMatchObject({ settings: 'first', pending: new Map() });
    expect(judge(attested)).toMatchObject({ settings: 'first', pending: new Map([['roster', `${mail('ada')} on 2026-11-22`]]) });
    expect(judge(attested, reviewed)).toMatchObject({ settings: 'second', pending: new Map() });
  });

  it('is everybody but whom a push touched', () => {
    expect(next({ now: company(raises('bob')) }).except).toEqual(new Map([[mail('bob'), 'first']]));
  });

  it('is whom an approved pull request touched, beside somebody whom a push touched', () => {
    const now = company((world) => {
      raises('bob')(world);
      raises('cleo')(world);
    });
    expect(next({ now, approved: [touching(now, 'cleo')] }).except).toEqual(new Map([[mail('bob'), 'first']]));
  });

  it('is not whom a pull request was approved for, once something else was made of them', () => {
    const approved = [touching(company(), 'bob')];
    expect(next({ now: company(raises('bob')), approved }).except.has(mail('bob'))).toBe(true);
  });

  it('is not whom an approval did not fit by the time it was applied', () => {
    const now = company(raises('bob'));
    expect(next({ now, approved: [touching(now, 'bob')], withheld: ['bob'] }).except.has(mail('bob'))).toBe(true);
  });

  it('stays, for whom nobody approved, what it was at the commit where somebody last did', () => {
    const known: Accepted = { ...KNOWN, commit: 'newer', except: new Map([[mail('bob'), 'oldest']]) };
    expect(next({ known, now: company(raises('bob')) }).except).toEqual(new Map([[mail('bob'), 'oldest']]));
    const now = company(raises('bob'));
    expect(next({ known, now, approved: [touching(now, 'bob')] }).except).toEqual(new Map());
  });

  it('is a setting only as it was approved, and only together with the others', () => {
    const now = company((world) => {
      world.policy = { unmanaged: 'delete', names: 'enforce' };
    });
    expect(next({ now })).toMatchObject({ settings: 'first', pending: new Map() });
    const half = next({ now, approved: [setsOnly(setting('unmanaged', 'delete'))] });
    expect(half).toMatchObject({ settings: 'first', pending: new Map([['unmanaged', 'delete']]) });
    const other = next({ now, known: half, approved: [setsOnly(setting('names', 'invite'))] });
    expect(other).toMatchObject({ settings: 'first', pending: new Map([['unmanaged', 'delete']]) });
    const whole = next({ now, known: half, approved: [setsOnly(setting('names', 'enforce'))] });
    expect(whole).toMatchObject({ settings: 'second', pending: new Map() });
  });

  it('is the same when it is the same, in whatever order it was learned', () => {
    const one = {
      ...KNOWN,
      except: new Map([
        ['a', 'x'],
        ['b', 'x'],
      ]),
    };
    expect(
      sameAccepted(one, {
        ...KNOWN,
        except: new Map([
          ['b', 'x'],
          ['a', 'x'],
        ]),
      }),
    ).toBe(true);
    expect(sameAccepted(one, { ...KNOWN, except: new Map([['b', 'x']]) })).toBe(false);
    expect(sameAccepted(KNOWN, { ...KNOWN, settings: 'other' })).toBe(false);
  });
});
