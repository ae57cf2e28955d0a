import { expect, test } from 'vitest';
import { MAIN } from '../scenarios/kinds/support/kinds-company.ts';
import { PRODUCTION } from '../scenarios/support/company.ts';
import { effectsOf, isWrite, judgeEnd, settle } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { openStage, type Ran, type Stage } from './open-stage.ts';
import { type Story, storyOf, TELLING_STORIES } from './stories.ts';

test.each(TELLING_STORIES)(
  'what nobody thought of goes wrong at any request, $name: nothing more is changed, no success is told, and the next run ends it',
  async (story) => {
    const calm = await openStage(story);
    const { met } = await calm.run();
    const undisturbed = effectsOf(calm.met);
    const wrong: string[] = [];
    for (let at = 1; at <= met.length; at += 1) {
      const stage = await openStage(story);
      const found = await breakAt(stage, at);
      const { runs, said } = await settle(stage, [story.errand, story.errand], [0, 11]);
      found.push(...(runs === null ? [`does not come to its end: ${said.join('\n')}`] : await judgeEnd(stage, undisturbed)));
      wrong.push(...found.map((one) => `request ${at}: ${one}`));
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(met.length).toBeGreaterThan(5);
  },
);

async function breakAt(stage: Stage, at: number): Promise<string[]> {
  let known = 0;
  const between = (number: number): void => {
    if (number !== at) return;
    known = stage.met().length;
    throw new TypeError('what cannot be');
  };
  const came = await stage.run({ between }).catch((error: unknown) => String(error));
  const later = stage.met().slice(known).filter(isWrite);
  return [
    ...later.map(({ method, path }) => `sent ${method} ${path} after it`),
    ...(came === 'TypeError: what cannot be' ? [] : [`the run came to ${JSON.stringify(came)}`]),
    ...(stage.disk.files().some((file) => file.includes('.lock')) ? ['the lock is left'] : []),
  ];
}

interface Lie {
  readonly what: string;
  readonly story: Story;
  /** Which requests are answered with it, all of them. */
  readonly to: (method: string, path: string) => boolean;
  /** The vendor's answer, which is well-formed and cannot be true; what was asked for is done all the same. */
  readonly answer: (rows: readonly Row[], sids: ReadonlyMap<string, string>) => unknown;
  /** Whether nothing may be sent at all. */
  readonly stops?: true;
}

type Row = ReturnType<Stage['telnyx']['state']>['users'][number];

const JOINER = storyOf('Twilio: somebody joins with two roles');
const PARTER = storyOf('Twilio: somebody leaves, and the login ends');
const LEAVER = storyOf('somebody leaves');
const MIXED = storyOf('one of each: a delete, a lowering, a raise, a name and two invitations');
const isList = (method: string, path: string): boolean => method === 'GET' && path.startsWith('/v2/sub_users?');
const isLook = (method: string, path: string): boolean => method === 'GET' && /^\/v2\/sub_users\/[^?]+$/.test(path);
const isLogin = (method: string, path: string): boolean => method === 'GET' && /\/scim\/v2\/Users\/US/.test(path);
const makesLogin = (method: string, path: string): boolean => method === 'POST' && path.endsWith('/scim/v2/Users');
const is = (wanted: string) => (method: string) => method === wanted;

function rowOf(rows: readonly Row[], who: string): Row {
  const row = rows.find(({ email }) => email === `${who}@acme.example`);
  if (row === undefined) throw new Error(`${who} is not there`);
  return row;
}

function listOf(data: readonly Row[]): unknown {
  return { data, meta: { total_results: data.length, page_number: 1, page_size: 250, total_pages: 1, next_page_url: null } };
}

/** Everybody, with one of them another than they are. */
function listWith(rows: readonly Row[], who: string, fields: Partial<Row>): unknown {
  return listOf(rows.map((row) => (row === rowOf(rows, who) ? { ...row, ...fields } : row)));
}

/** A login as SCIM writes it: whose id, and whose address. */
function loginOf(sids: ReadonlyMap<string, string>, whose: string, who: string): unknown {
  return { id: sids.get(whose), userName: `${who}@acme.example`, displayName: who, name: { givenName: who }, active: true };
}

const LIES: readonly Lie[] = [
  {
    what: 'the look at one person shows another',
    story: LEAVER,
    to: isLook,
    answer: (rows) => ({ data: rowOf(rows, 'ada') }),
    stops: true,
  },
  {
    what: 'the look shows another address under the id',
    story: LEAVER,
    to: isLook,
    answer: (rows) => ({ data: { ...rowOf(rows, 'bob'), email: 'eve@acme.example' } }),
    stops: true,
  },
  {
    what: 'two people have one id',
    story: LEAVER,
    to: isList,
    answer: (rows) => listWith(rows, 'bob', { id: rowOf(rows, 'ada').id }),
    stops: true,
  },
  {
    what: 'two people have one id, in other letters',
    story: LEAVER,
    to: isList,
    answer: (rows) => listWith(rows, 'bob', { id: rowOf(rows, 'ada').id.toUpperCase() }),
    stops: true,
  },
  {
    what: 'an id is a path to something else',
    story: LEAVER,
    to: isList,
    answer: (rows) => listWith(rows, 'bob', { id: '../api_keys/1' }),
    stops: true,
  },
  {
    what: 'a page says that it is another one',
    story: LEAVER,
    to: isList,
    answer: (rows) => ({ data: rows, meta: { total_results: rows.length, page_number: 2 } }),
    stops: true,
  },
  { what: 'an invitation is answered with somebody else', story: MIXED, to: is('POST'), answer: (rows) => ({ data: rowOf(rows, 'ada') }) },
  { what: 'a change is answered with somebody else', story: MIXED, to: is('PATCH'), answer: (rows) => ({ data: rowOf(rows, 'ada') }) },
  { what: 'a delete is answered with who was deleted', story: MIXED, to: is('DELETE'), answer: (rows) => ({ data: rowOf(rows, 'ada') }) },
  {
    what: 'Twilio: the look at one login shows another',
    story: PARTER,
    to: isLogin,
    answer: (_rows, sids) => loginOf(sids, 'ada', 'ada'),
    stops: true,
  },
  {
    what: 'Twilio: the look shows another address under the SID',
    story: PARTER,
    to: isLogin,
    answer: (_rows, sids) => loginOf(sids, 'bob', 'eve'),
    stops: true,
  },
  {
    what: 'Twilio: a new login is answered with somebody else',
    story: JOINER,
    to: makesLogin,
    answer: (_rows, sids) => loginOf(sids, 'ada', 'ada'),
  },
  {
    what: 'Twilio: a new login is answered with the SID of somebody else',
    story: JOINER,
    to: makesLogin,
    answer: (_rows, sids) => loginOf(sids, 'ada', 'new'),
  },
];

test.each(LIES.map((lie) => [lie.what, lie] as const))(
  '%s: nobody is changed by it, and nothing is told that is not true',
  async (_what, lie) => {
    const { story, to, answer, stops } = lie;
    const calm = await openStage(story);
    await calm.run();
    const undisturbed = effectsOf(calm.met);
    const stage = await openStage(story);
    const rows = stage.telnyx.accounts.includes(PRODUCTION) ? stage.telnyx.state(PRODUCTION).users : [];
    const people = stage.twilio.accounts.includes(MAIN) ? stage.twilio.state(MAIN).people : [];
    const sids = new Map(people.map(({ email, sid }) => [email.replace(/@.*/, ''), sid]));
    let told = 0;
    const came = await stage.run({
      fault: ({ method, url }) => {
        if (!to(method, decodeURIComponent(url.slice(new URL(url).origin.length)))) return null;
        told += 1;
        return { kind: 'status', status: 200, body: answer(rows, sids), when: 'after' };
      },
    });
    expect(told).toBeGreaterThan(0);
    expect([...judgeRun({ stage, came, met: came.met, undisturbed }), ...(stops === true ? judgeStill(came) : [])]).toEqual([]);
    const { runs, said } = await settle(stage, [story.errand, story.errand], [11, 11]);
    expect(runs === null ? said : await judgeEnd(stage, undisturbed)).toEqual([]);
  },
);

function judgeStill({ exit, met }: Ran): string[] {
  const writes = met.filter(isWrite).map(({ method, path }) => `sent ${method} ${path}`);
  return exit === 0 ? [...writes, 'exit 0'] : writes;
}
