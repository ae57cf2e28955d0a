import { expect, test } from 'vitest';
import { kindsCompany, MAIN, subUsersSeed } from '../scenarios/kinds/support/kinds-company.ts';
import { PRODUCTION } from '../scenarios/support/company.ts';
import { type Met, openStage } from './open-stage.ts';
import { type Portals, type Story, storyOf } from './stories.ts';

/** Somebody is about to lose something, and is made another one in the portal meanwhile. */
const EDITS: readonly { readonly story: Story; readonly who: string; readonly edit: (portals: Portals) => void }[] = [
  {
    story: storyOf('somebody leaves'),
    who: 'telnyx-production: bob',
    edit: ({ telnyx }) => void telnyx.portal().setRole('bob@acme.example', 'admin'),
  },
  {
    story: storyOf('one of each: a delete, a lowering, a raise, a name and two invitations'),
    who: 'telnyx-production: cleo',
    edit: ({ telnyx }) => void telnyx.portal().setRole('cleo@acme.example', 'admin'),
  },
  {
    story: storyOf('Twilio: somebody leaves, and the login ends'),
    who: 'twilio-main: bob',
    edit: ({ twilio }) => void twilio.portal(MAIN).giveRole('bob@acme.example', 'administrator'),
  },
];

test.each(EDITS)(
  'somebody edits in the portal between the plan and the look before the change, $story.name: it is not made',
  async ({ story, who, edit }) => {
    const calm = await openStage(story);
    const { met } = await calm.run();
    // From the first request of the second whole read to the one that looks at the person just before: after that a vendor without
    // conditional requests leaves no way to know.
    const list = met.find(({ method }) => method === 'GET')?.path;
    const first = met.filter(({ path }) => path === list)[1]?.number ?? 0;
    const look = met.find(({ number, path }) => number > first && /Identity=|sub_users\/[^?]+$/.test(path))?.number ?? 0;
    const wrong: string[] = [];
    let edits = 0;
    for (let at = first; at <= look; at += 1) {
      const stage = await openStage(story);
      const came = await stage.run({
        between: (number) => {
          if (number === at) edit(stage);
        },
      });
      edits += 1;
      const touched = came.met.flatMap(({ effects }) => effects).filter((effect) => effect.startsWith(`${who} `));
      if (touched.length > 0) wrong.push(`edited before request ${at}: ${touched.join(', ')}`);
      if (came.exit === 0) wrong.push(`edited before request ${at}: exit 0`);
    }
    expect(wrong).toEqual([]);
    expect(edits).toBeGreaterThan(0);
  },
);

test.each(EDITS)(
  'somebody edits in the portal while a throttled change waits, $story.name: it is not sent again',
  async ({ story, who, edit }) => {
    const calm = await openStage(story);
    const { met } = await calm.run();
    const write = met.find(({ effects }) => effects.some((effect) => effect.startsWith(`${who} `)))?.number ?? 0;
    const throttled = { kind: 'status', status: 429, headers: { 'retry-after': '540' } } as const;
    const stage = await openStage(story);
    const came = await stage.run({
      fault: (_request, number) => (number === write ? throttled : null),
      between: (number) => {
        if (number === write + 1) edit(stage);
      },
    });
    expect(came.met[write - 1]?.status).toBe(429);
    expect(came.met.flatMap(({ effects }) => effects).filter((effect) => effect.startsWith(`${who} `))).toEqual([]);
    expect(came.exit).not.toBe(0);
    expect(came.stdout).toContain('changed since it was read, so nothing was sent; plan again');
  },
);

test.each(EDITS)('a throttled change that nobody touched is made once the wait is over, $story.name', async ({ story, who }) => {
  const calm = await openStage(story);
  const { met } = await calm.run();
  const write = met.find(({ effects }) => effects.some((effect) => effect.startsWith(`${who} `)))?.number ?? 0;
  const throttled = { kind: 'status', status: 429, headers: { 'retry-after': '300' } } as const;
  const stage = await openStage(story);
  const came = await stage.run({ fault: (_request, number) => (number === write ? throttled : null) });
  expect(came.exit).toBe(0);
  expect(stage.truth()).toEqual(calm.truth());
});

test('somebody else goes in the portal between the two reads: a lowering that would leave too few admins then is not made', async () => {
  const account = (grants: Readonly<Record<string, readonly string[]>>) =>
    kindsCompany({ [PRODUCTION]: { kind: 'sub-users', grants, settings: 'guards: { min_admins: 2 }\n' } });
  const story: Story = {
    name: 'one of two admins is lowered',
    before: account({ admin: ['ada', 'zoe'], member: ['bob', 'cleo'] }),
    after: account({ admin: ['ada'], member: ['bob', 'cleo', 'zoe'] }),
    telnyx: [subUsersSeed(PRODUCTION, ['ada admin', 'zoe admin', 'bob member', 'cleo member'])],
    errand: 'apply --yes',
    end: [],
    writes: 1,
  };
  const calm = await openStage(story);
  const { met, exit } = await calm.run();
  expect(exit).toBe(0);
  const lists = met.filter(({ method, path }) => method === 'GET' && path === met[0]?.path);
  const stage = await openStage(story);
  const came = await stage.run({
    between: (number) => {
      if (number === lists[1]?.number) stage.telnyx.portal().deleteByPortal('ada@acme.example');
    },
  });
  expect(stage.truth()).toContain('telnyx-production: zoe admin');
  expect(came.met.flatMap(({ effects }) => effects)).toEqual([]);
  expect(came.exit).toBe(5);
});

/** Of a change of several requests each may have to wait; the roles that it has dealt with already are no longer those of the plan. */
const IN_PARTS = ['Twilio: somebody leaves, and the login ends', 'Twilio: roles are swapped both ways'].map(storyOf);

test.each(IN_PARTS)(
  'somebody is given a role in the portal while a throttled part waits, $name: the part is not sent again',
  async (story) => {
    const calm = await openStage(story);
    const { met } = await calm.run();
    const parts = met.filter(({ method, effects }) => method === 'DELETE' && effects.length > 0);
    expect(parts.length).toBeGreaterThan(1);
    for (const { number, effects } of parts) {
      const who = /^twilio-main: (\w+) /.exec(effects[0] ?? '')?.[1] ?? '';
      const [disturbed, quiet] = await Promise.all([openStage(story), openStage(story)]);
      const fault = (_request: unknown, at: number) => (at === number ? THROTTLED : null);
      const came = await disturbed.run({
        fault,
        between: (at) => {
          if (at === number + 1) disturbed.twilio.portal(MAIN).giveRole(`${who}@acme.example`, 'billing_manager');
        },
      });
      expect(came.met[number - 1]?.status).toBe(429);
      expect(effectsOf(came.met.slice(number), who)).toEqual([]);
      expect(disturbed.truth().join()).toMatch(new RegExp(`: ${who} \\S*billing_manager\\S*(,|$)`));
      expect(came.exit).toBe(4);
      expect(came.stdout).toContain('changed since it was read');
      // Nobody touched it: the wait alone keeps nothing from being made.
      expect((await quiet.run({ fault })).exit).toBe(0);
      expect(quiet.truth()).toEqual(calm.truth());
    }
  },
);

const THROTTLED = { kind: 'status', status: 429, headers: { 'retry-after': '540' } } as const;

function effectsOf(met: readonly Met[], who: string): string[] {
  return met.flatMap(({ effects }) => effects).filter((effect) => effect.startsWith(`twilio-main: ${who} `));
}
