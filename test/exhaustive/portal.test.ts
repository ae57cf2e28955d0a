import { expect, test } from 'vitest';
import { MAIN } from '../scenarios/kinds/support/kinds-company.ts';
import { openStage } from './open-stage.ts';
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
