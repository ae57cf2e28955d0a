import { describe, expect, it } from 'vitest';
import { mergeDesired } from '../../src/plan/merge-desired.ts';
import { approval, company, type Policies, PRODUCTION, peopleFile, SUPPORT, team } from '../scenarios/support/company.ts';
import { accessIn, conflictsOf, sidesOf, type Texts, touchedIn } from './merge-support.ts';

const merge = async (texts: Texts) => mergeDesired(await sidesOf(texts));

/** Ada and Bob are admins, Cleo and Dan members. */
const START = company({ [PRODUCTION]: { admin: ['ada', 'bob'], member: ['cleo', 'dan'] } }, ['eve']);

const but = (changes: Readonly<Record<string, string | null>>, of: Policies = START): Policies =>
  Object.fromEntries(Object.entries({ ...of, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null));

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const PEOPLE = 'people/everybody.yaml';
const ACCOUNT = `accounts/${PRODUCTION}.yaml`;
const admins = (...names: string[]) => ({ [ADMINS]: team(PRODUCTION, 'admin', names) });
const members = (...names: string[]) => ({ [MEMBERS]: team(PRODUCTION, 'member', names) });
const owner = (name: string) => ({ [ACCOUNT]: `provider: telnyx\napi: sub-users\nowner: ${name}@acme.example\n` });

describe('a pull request that lags behind', () => {
  it('changes nothing when it changes nothing, whatever others merged', async () => {
    const merged = await merge({ before: START, head: START, tip: but({ ...admins('ada'), ...members('cleo', 'eve') }) });
    expect(accessIn(merged.desired, PRODUCTION)).toEqual({ ada: 'admin', cleo: 'member', eve: 'member' });
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
    expect(conflictsOf(merged)).toEqual([]);
  });

  it('brings its own change on top of what others merged', async () => {
    const merged = await merge({
      before: START,
      head: but(members('cleo', 'dan', 'eve')),
      tip: but(admins('ada')),
    });
    expect(accessIn(merged.desired, PRODUCTION)).toEqual({ ada: 'admin', cleo: 'member', dan: 'member', eve: 'member' });
    expect(touchedIn(merged, PRODUCTION)).toEqual(['eve']);
  });

  it('gives nobody back whom others took out, although it still names them', async () => {
    const merged = await merge({ before: START, head: but(members('cleo', 'dan', 'eve')), tip: but(members('cleo')) });
    expect(accessIn(merged.desired, PRODUCTION)).toEqual({ ada: 'admin', bob: 'admin', cleo: 'member', eve: 'member' });
  });

  it('plans on what the base branch attests, and not on what it attests itself', async () => {
    const attests = (on: string) => ({ [`rosters/${PRODUCTION}.yaml`]: `attested_by: ada@acme.example\nattested_on: ${on}\n` });
    const attestedIn = async (head: Policies, tip: Policies) =>
      (await merge({ before: START, head, tip })).desired.accounts.get(PRODUCTION)?.roster?.attestedOn;
    expect(await attestedIn(but(attests('2026-11-22')), but(attests('2026-11-20')))).toBe('2026-11-20');
    expect(await attestedIn(but(attests('2026-11-22')), START)).toBeUndefined();
  });

  it('leaves the settings and approval files of the base branch in force, its own ones never', async () => {
    const settings = but({ [ACCOUNT]: `${START[ACCOUNT]}guards: { max_deletes: 50, min_admins: 1 }\n` });
    const merged = await merge({
      before: START,
      head: but({ 'approvals/leavers.yaml': approval(PRODUCTION, 12, '2026-11-25') }, settings),
      tip: START,
    });
    const account = merged.desired.accounts.get(PRODUCTION);
    expect([account?.policy.guards.maxDeletes, account?.policy.guards.minAdmins]).toEqual([3, 2]);
    expect(account?.approvals).toEqual([]);
  });

  it('takes back no newer name when it adds an earlier address of the same person', async () => {
    const people = (ada: string) => but({ [PEOPLE]: `${ada}${peopleFile(['bob', 'cleo', 'dan', 'eve'])}` });
    const merged = await merge({
      before: people('- email: ada@acme.example\n  name: Ada\n'),
      head: people('- email: ada@acme.example\n  name: Ada\n  previously: [a.byron@acme.example]\n'),
      tip: people('- email: ada@acme.example\n  name: Ada Lovelace\n'),
    });
    const ada = merged.desired.people.get('ada@acme.example');
    expect([ada?.name, ada?.previously]).toEqual(['Ada Lovelace', ['a.byron@acme.example']]);
    expect(touchedIn(merged, PRODUCTION)).toEqual(['a.byron', 'ada']);
  });
});

describe('one change on both sides', () => {
  it('is no conflict when both came to the same', async () => {
    const merged = await merge({ before: START, head: but(members('cleo')), tip: but(members('cleo')) });
    expect(conflictsOf(merged)).toEqual([]);
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
  });

  it('is a conflict when both changed it differently: the base branch stays, the person is named', async () => {
    const merged = await merge({
      before: START,
      head: but(members('cleo')),
      tip: but({ ...admins('ada', 'bob', 'dan'), ...members('cleo') }),
    });
    expect(accessIn(merged.desired, PRODUCTION)['dan']).toBe('admin');
    expect(conflictsOf(merged)).toEqual([`dan in ${PRODUCTION}: member, here nothing, there admin`]);
    expect(merged.conflicts[0]?.source?.file).toBe(`policies/${MEMBERS}`);
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
  });

  it('is a conflict when both gave one grant another end', async () => {
    const merged = await merge({
      before: START,
      head: but(members('cleo', 'dan until 2026-12-01')),
      tip: but(members('cleo', 'dan until 2027-12-01')),
    });
    expect(conflictsOf(merged)).toEqual([`dan in ${PRODUCTION}: member, here member, there member`]);
    expect(accessIn(merged.desired, PRODUCTION)['dan']).toBe('member (member until 2027-12-01)');
  });

  it('is no conflict when one side only wrote another reason or moved the line', async () => {
    const reworded = START[MEMBERS]?.replace('Needs it for work (OPS-1)', 'Answers the phone (OPS-2)') ?? '';
    const merged = await merge({ before: START, head: but({ [MEMBERS]: `# Voice\n${reworded}` }), tip: but(members('cleo')) });
    expect(conflictsOf(merged)).toEqual([]);
    expect(accessIn(merged.desired, PRODUCTION)).toEqual({ ada: 'admin', bob: 'admin', cleo: 'member' });
    const other = await merge({ before: START, head: but(members('cleo')), tip: but({ [MEMBERS]: `# Voice\n${reworded}` }) });
    expect(conflictsOf(other)).toEqual([]);
    expect(touchedIn(other, PRODUCTION)).toEqual(['dan']);
  });
});

describe('what merging the texts would give, where it is more than both sides say', () => {
  it('is a conflict when the head moves somebody to another team and the base branch raised their old one', async () => {
    const head = but({ ...members('cleo'), 'teams/fax.yaml': team(PRODUCTION, 'member', ['dan']) });
    const tip = but({ [MEMBERS]: team(PRODUCTION, 'admin', ['cleo', 'dan']) });
    const moved = { before: START, head, tip };
    expect(conflictsOf(await merge(moved))).toEqual([]);
    const text = but({ [MEMBERS]: team(PRODUCTION, 'admin', ['cleo']), 'teams/fax.yaml': team(PRODUCTION, 'member', ['dan']) });
    const merged = await merge({ ...moved, merged: text });
    expect(conflictsOf(merged)).toEqual([`dan in ${PRODUCTION}: member, here member, there admin`]);
    expect(accessIn(merged.desired, PRODUCTION)['dan']).toBe('admin');
  });

  it('is a conflict when the head gives a team a role and the base branch gave it a member', async () => {
    const fax = (role: string, ...names: string[]) => ({ 'teams/fax.yaml': team(PRODUCTION, role, names) });
    const merged = await merge({
      before: but(fax('member', 'cleo')),
      head: but(fax('admin', 'cleo')),
      tip: but(fax('member', 'cleo', 'eve')),
      merged: but(fax('admin', 'cleo', 'eve')),
    });
    expect(conflictsOf(merged)).toEqual([`eve in ${PRODUCTION}: nothing, here nothing, there member`]);
    expect(touchedIn(merged, PRODUCTION)).toEqual(['cleo']);
  });

  it('is no conflict when the base branch only moved somebody and the texts still agree', async () => {
    const moved = { ...members('cleo'), 'teams/fax.yaml': team(PRODUCTION, 'member', ['dan']) };
    const raised = { 'teams/edge.yaml': team(PRODUCTION, 'admin', ['dan']) };
    const merged = await merge({ before: START, head: but(raised), tip: but(moved), merged: but({ ...moved, ...raised }) });
    expect(conflictsOf(merged)).toEqual([]);
    expect(accessIn(merged.desired, PRODUCTION)['dan']).toBe('admin');
  });
});

describe('what counts as touched', () => {
  it('an end that changes nothing today, because it changes what policy wants', async () => {
    const merged = await merge({ before: START, head: but(members('cleo', 'dan until 2027-12-01')), tip: START });
    expect(touchedIn(merged, PRODUCTION)).toEqual(['dan']);
    expect(accessIn(merged.desired, PRODUCTION)['dan']).toBe('member (member until 2027-12-01)');
  });

  it('nobody whose grant only has another reason or another line', async () => {
    const merged = await merge({ before: START, head: but({ [MEMBERS]: `# Voice\n${START[MEMBERS]}` }), tip: START });
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
  });

  it('a person who gets another name, or comes into people/ or leaves it, also without any grant', async () => {
    const people = (...lines: string[]) => but({ [PEOPLE]: `${peopleFile(['ada', 'bob', 'cleo', 'dan'])}${lines.join('')}` });
    const eve = (name: string) => `- email: eve@acme.example\n  name: ${name}\n`;
    const touched = async (before: Policies, head: Policies) => touchedIn(await merge({ before, head, tip: before }), PRODUCTION);
    expect(await touched(people(eve('Eve')), people(eve('Eve Moneypenny')))).toEqual(['eve']);
    expect(await touched(people(eve('Eve')), people())).toEqual(['eve']);
    expect(await touched(people(), people(eve('Eve')))).toEqual(['eve']);
  });

  it('nobody whom both sides gave the same new name', async () => {
    const renamed = but({ [PEOPLE]: START[PEOPLE]?.replace('name: Dan', 'name: Daniel') ?? '' });
    expect(touchedIn(await merge({ before: START, head: renamed, tip: renamed }), PRODUCTION)).toEqual([]);
  });

  it('the earlier address as well as the new one, when either is added or taken out', async () => {
    const renamed = but({ [PEOPLE]: START[PEOPLE]?.replace('name: Dan\n', 'name: Dan\n  previously: [daniel@acme.example]\n') ?? '' });
    expect(touchedIn(await merge({ before: START, head: renamed, tip: START }), PRODUCTION)).toEqual(['dan', 'daniel']);
    expect(touchedIn(await merge({ before: renamed, head: START, tip: renamed }), PRODUCTION)).toEqual(['dan', 'daniel']);
    const gone = but(members('cleo'), renamed);
    expect(touchedIn(await merge({ before: renamed, head: gone, tip: renamed }), PRODUCTION)).toEqual(['dan', 'daniel']);
  });
});

describe('people', () => {
  it('somebody taken out of people/ whom the base branch grants something keeps that here: the merged policies say it is a mistake', async () => {
    const before = but(members('cleo'));
    const head = but({ [PEOPLE]: peopleFile(['ada', 'bob', 'cleo', 'eve']) }, before);
    const merged = await merge({ before, head, tip: START });
    expect(accessIn(merged.desired, PRODUCTION)).toEqual({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' });
    expect(merged.desired.people.has('dan@acme.example')).toBe(false);
    expect(touchedIn(merged, PRODUCTION)).toEqual(['dan']);
  });

  it('somebody whom the base branch took out of people/ does not come back because the head gave them another name', async () => {
    const head = but({ [PEOPLE]: START[PEOPLE]?.replace('name: Eve', 'name: Evelyn') ?? '' });
    const merged = await merge({ before: START, head, tip: but({ [PEOPLE]: peopleFile(['ada', 'bob', 'cleo', 'dan']) }) });
    expect(merged.desired.people.has('eve@acme.example')).toBe(false);
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
  });

  it('a name that both sides changed is the one of the base branch', async () => {
    const named = (name: string) => but({ [PEOPLE]: START[PEOPLE]?.replace('name: Dan', `name: ${name}`) ?? '' });
    const merged = await merge({ before: START, head: named('Daniel'), tip: named('Danny') });
    expect(merged.desired.people.get('dan@acme.example')?.name).toBe('Danny');
    expect(merged.desired.accounts.get(PRODUCTION)?.principals.get('dan@acme.example')?.name).toBe('Danny');
  });
});

describe('the owner', () => {
  const ALL = { ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member' };

  it('who is made owner by the head loses nothing by that, and the old one neither', async () => {
    const merged = await merge({ before: START, head: but(owner('ada')), tip: START });
    expect(accessIn(merged.desired, PRODUCTION)).toEqual(ALL);
    expect(merged.desired.accounts.get(PRODUCTION)?.policy.owner).toBe('root@acme.example');
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
  });

  it('whom the base branch replaced keeps the grants they have there, although the head still calls them owner', async () => {
    const before = but(owner('ada'));
    const merged = await merge({ before, head: but(members('cleo'), before), tip: START });
    expect(accessIn(merged.desired, PRODUCTION)).toEqual({ ada: 'admin', bob: 'admin', cleo: 'member' });
    expect(touchedIn(merged, PRODUCTION)).toEqual(['dan']);
  });

  it('whom the base branch made owner is nobody to grant or delete, whatever the head does with their grants', async () => {
    const merged = await merge({ before: START, head: but(admins('bob')), tip: but(owner('ada')) });
    expect(accessIn(merged.desired, PRODUCTION)).toEqual({ bob: 'admin', cleo: 'member', dan: 'member' });
    expect(conflictsOf(merged)).toEqual([]);
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
  });
});

describe('accounts that come and go', () => {
  const TWO = company({ [PRODUCTION]: { admin: ['ada', 'bob'], member: ['cleo'] }, [SUPPORT]: { member: ['cleo', 'dan'] } });
  const ONE = company({ [PRODUCTION]: { admin: ['ada', 'bob'], member: ['cleo'] } }, ['dan']);

  it('one that the head takes out is planned no more', async () => {
    const merged = await merge({ before: TWO, head: ONE, tip: TWO });
    expect([...merged.desired.accounts.keys()]).toEqual([PRODUCTION]);
  });

  it('one that the base branch took out does not come back with a head that lags behind', async () => {
    const merged = await merge({ before: TWO, head: TWO, tip: ONE });
    expect([...merged.desired.accounts.keys()]).toEqual([PRODUCTION]);
  });

  it('one that the base branch brought is not taken out by a head that lags behind', async () => {
    const merged = await merge({ before: ONE, head: ONE, tip: TWO });
    expect(accessIn(merged.desired, SUPPORT)).toEqual({ cleo: 'member', dan: 'member' });
    expect(touchedIn(merged, SUPPORT)).toEqual([]);
  });

  it('one that the head brings is all its doing, also for people without a grant there, and its approval files lift nothing', async () => {
    const head = { ...TWO, 'approvals/leavers.yaml': approval(SUPPORT, 12, '2026-11-25') };
    const merged = await merge({ before: ONE, head, tip: ONE });
    expect(accessIn(merged.desired, SUPPORT)).toEqual({ cleo: 'member', dan: 'member' });
    expect(touchedIn(merged, SUPPORT)).toEqual(['ada', 'bob', 'cleo', 'dan']);
    expect(touchedIn(merged, PRODUCTION)).toEqual([]);
    expect(merged.desired.accounts.get(SUPPORT)?.approvals).toEqual([]);
  });
});
