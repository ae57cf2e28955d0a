import { describe, expect, it } from 'vitest';
import type { ApiKey, Offboarding, Roster } from '../../src/model.ts';
import { nextOffboardings, residualKeys } from '../../src/plan/find-residual-keys.ts';
import { losesKeys } from '../../src/plan/privilege.ts';
import { OF_SETS, roles } from './other-providers.ts';
import {
  ACCOUNT,
  AT,
  ago,
  changeFor,
  desiredOf,
  HOUR_MS,
  held,
  historyOf,
  inPeace,
  live,
  mail,
  observationOf,
  place,
  planOf,
  type World,
  wants,
} from './support.ts';

const OLD: ApiKey = { sid: 'SK01', name: 'IVR', created: ago(48 * HOUR_MS) };
const OLDER: ApiKey = { sid: 'SK02', name: 'Reports', created: ago(96 * HOUR_MS) };
const UNDATED: ApiKey = { sid: 'SK03', name: 'Legacy', created: null };
const LATER = new Date(Date.parse(AT) + HOUR_MS).toISOString();
const NEW: ApiKey = { sid: 'SK04', name: 'After', created: new Date(Date.parse(AT) + 60_000).toISOString() };

/** An administrator, a developer and a billing manager whom policy has forgotten, beside somebody who stays. */
function leaving(): World {
  const world = inPeace({});
  world.capabilities = OF_SETS;
  for (const [name, word] of Object.entries({ ada: 'administrator', bob: 'billing_manager', cleo: 'developer', dan: 'administrator' })) {
    world.live.set(name, live(name, null, roles(word)));
    world.remembered.set(name, held(name, 'member', roles(word)));
  }
  world.policy = { guards: { maxDeletes: 10, maxDeletesPercent: 100, minAdmins: 1, neverDelete: [] } };
  world.observed = { keys: { kind: 'keys', keys: [OLDER, OLD, UNDATED] } };
  return world;
}

function roster(more: Partial<Roster>): Roster {
  const attested = { account: ACCOUNT, attestedBy: mail('cleo'), attestedOn: '2026-11-22', rows: null, source: place() };
  return { ...attested, rotated: new Map(), reviewed: new Map(), ...more };
}

function keysOf(world: World, sheet: Roster | null = null) {
  const { changes } = planOf(world);
  const found = residualKeys({
    changes,
    observation: observationOf(world),
    history: historyOf(world),
    capabilities: OF_SETS,
    roster: sheet,
  });
  return Object.fromEntries(found.map(({ sid, principals }) => [sid, principals.map((one) => one.split('@')[0])]));
}

function next(world: World, sheet: Roster | null = null, seen: readonly string[] = []) {
  const [history, observation, desired] = [historyOf(world), observationOf(world), { ...desiredOf(world), roster: sheet }];
  return Object.fromEntries(nextOffboardings({ seen: new Set(seen.map(mail)), history, observation, capabilities: OF_SETS, desired }));
}

/** Whether the change of this person in the world's plan takes from them what let them read keys. */
function loses(world: World, name: string): boolean {
  return losesKeys(changeFor(planOf(world), name), OF_SETS, historyOf(world));
}

const open = (principal: string, keys: Offboarding['keys'], since = AT): Partial<World['ledger']> => ({
  offboarding: new Map([[principal, { principal, since, keys }]]),
});

describe('the keys that a plan leaves behind', () => {
  it('are all of the account, for everybody who could read them; a billing manager leaves none', () => {
    const everybody = ['ada', 'cleo', 'dan'];
    expect(keysOf(leaving())).toEqual({ SK01: everybody, SK02: everybody, SK03: everybody });
    expect(planOf(leaving()).accounts[0]?.residual_keys[0]).toEqual({ ...OLD, principals: everybody.map(mail) });
  });

  it('are none when nobody goes, and those of an earlier leaver until they are gone', () => {
    const world = leaving();
    for (const name of ['ada', 'cleo', 'dan']) world.live.delete(name);
    expect(keysOf(world)).toEqual({});
    world.ledger = open(mail('eve'), [OLD], ago(72 * HOUR_MS));
    expect(keysOf(world)).toEqual({ SK02: ['eve'], SK03: ['eve'] });
  });

  it('are without those that were replaced on that day or later', () => {
    const rotated = new Map([
      ['SK01', '2026-11-22'],
      ['SK02', '2026-11-21'],
    ]);
    expect(Object.keys(keysOf(leaving(), roster({ rotated })))).toEqual(['SK02', 'SK03']);
  });

  it('are those last seen where this read lists none', () => {
    const world = leaving();
    world.live.clear();
    world.observed = { keys: { kind: 'not_read', why: 'no token' } };
    world.ledger = open(mail('eve'), [OLD]);
    expect(keysOf(world)).toEqual({ SK01: ['eve'] });
  });
});

describe('what the ledger learns of who could read keys', () => {
  it('an administrator and a developer who go lose them, a billing manager never had them', () => {
    const world = leaving();
    expect(['ada', 'bob', 'cleo', 'dan'].filter((name) => loses(world, name))).toEqual(['ada', 'cleo', 'dan']);
  });

  it('who lost them in a change that was cut off loses them when another run makes the rest', () => {
    const world = leaving();
    world.remembered.delete('cleo');
    world.live.set('cleo', live('cleo', null, roles('-')));
    world.ledger = { halfway: new Map([[mail('cleo'), [roles('developer'), roles('-')]]]) };
    expect(keysOf(world)['SK01']).toContain('cleo');
    expect(loses(world, 'cleo')).toBe(true);
  });

  it('who was lowered in the console loses them when policy takes the rest', () => {
    const world = leaving();
    world.live.set('cleo', live('cleo', null, roles('support')));
    expect(loses(world, 'cleo')).toBe(true);
  });

  it('the keys of somebody new are those of the read before, which ends nothing, as long as there is no later one', () => {
    const world = leaving();
    world.ledger = open(mail('ada'), null, LATER);
    expect(next(world)).toEqual({ [mail('ada')]: { principal: mail('ada'), since: LATER, keys: [OLD, OLDER, UNDATED] } });
    world.ledger = open(mail('ada'), [OLD, OLDER, UNDATED], LATER);
    expect(next(world), 'the read that the run began with').toEqual({});
    world.at = new Date(Date.parse(LATER) + HOUR_MS).toISOString();
    expect(next(world), 'somebody who is still there').toEqual({ [mail('ada')]: null });
  });

  it('where nobody can list keys there is no list, and nothing but an attestation ends it', () => {
    const world = leaving();
    world.live.delete('ada');
    world.observed = {};
    world.ledger = open(mail('ada'), null, ago(HOUR_MS));
    expect(next(world)).toEqual({});
    expect(next(world, roster({ reviewed: new Map([[mail('ada'), '2026-11-22']]) }))).toEqual({ [mail('ada')]: null });
  });

  it('is over when a later list has none of the keys, and only then', () => {
    const world = leaving();
    world.live.clear();
    world.ledger = open(mail('ada'), [OLD], ago(HOUR_MS));
    expect(next(world)).toEqual({ [mail('ada')]: { principal: mail('ada'), since: ago(HOUR_MS), keys: [OLD, OLDER, UNDATED] } });
    world.observed = { keys: { kind: 'keys', keys: [NEW] } };
    expect(next(world), 'a first list without them').toEqual({ [mail('ada')]: { principal: mail('ada'), since: ago(HOUR_MS), keys: [] } });
    world.ledger = open(mail('ada'), [], ago(HOUR_MS));
    expect(next(world), 'a second one that agrees').toEqual({ [mail('ada')]: null });
    world.observed = { keys: { kind: 'keys', keys: [OLD] } };
    expect(next(world), 'a second one that does not').toMatchObject({ [mail('ada')]: { keys: [OLD] } });
    world.observed = { keys: { kind: 'not_read', why: 'no token' } };
    expect(next(world)).toEqual({});
    world.observed = { keys: { kind: 'keys', keys: [] } };
    world.ledger = open(mail('ada'), [OLD], LATER);
    expect(next(world), 'a list from before they lost it').toEqual({ [mail('ada')]: { principal: mail('ada'), since: LATER, keys: [] } });
  });

  it('is over when all are replaced, or somebody looked them through since', () => {
    const world = leaving();
    world.live.clear();
    world.observed = { keys: { kind: 'keys', keys: [OLD] } };
    world.ledger = open(mail('ada'), [OLD], ago(HOUR_MS));
    const says = (sheet: Roster) => next(world, sheet);
    expect(says(roster({ rotated: new Map([['SK01', '2026-11-22']]) }))).toEqual({ [mail('ada')]: null });
    expect(says(roster({ reviewed: new Map([[mail('ada'), '2026-11-22']]) }))).toEqual({ [mail('ada')]: null });
    expect(says(roster({ reviewed: new Map([[mail('ada'), '2026-11-21']]) }))).toEqual({});
    expect(says(roster({ reviewed: new Map([[mail('bob'), '2026-11-22']]) }))).toEqual({});
  });

  it('is over when policy lets them read keys again, and not when somebody else lets them in', () => {
    const world = leaving();
    world.ledger = open(mail('ada'), [OLD, OLDER, UNDATED], ago(HOUR_MS));
    expect(next(world)).toEqual({ [mail('ada')]: null });
    world.remembered.set('ada', null);
    expect(next(world)).toEqual({});
  });

  it('begins for whoever was seen reading keys, was not meant to, and is gone without anything of ours', () => {
    const world = leaving();
    for (const name of ['ada', 'cleo']) world.live.delete(name);
    expect(next(world, null, ['ada', 'dan'])).toEqual({
      [mail('ada')]: { principal: mail('ada'), since: AT, keys: [OLD, OLDER, UNDATED] },
    });
    world.wants.set('cleo', wants('cleo', null, { holding: roles('developer') }));
    expect(next(world, null, ['cleo']), 'policy still lets them, so that they are to come back').toEqual({});
    world.ledger = open(mail('ada'), [OLD, OLDER, UNDATED]);
    expect(next(world, null, ['ada']), 'it has begun already').toEqual({});
  });
});
