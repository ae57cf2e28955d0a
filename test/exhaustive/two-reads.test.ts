import { expect, test } from 'vitest';
import { MAIN } from '../scenarios/kinds/support/kinds-company.ts';
import { type Met, openStage } from './open-stage.ts';
import { type Portals, type Story, storyOf } from './stories.ts';

interface Unrest {
  readonly what: string;
  readonly story: Story;
  readonly account: string;
  /** The list of which each whole read of the account asks once. */
  readonly list: RegExp;
  /** What somebody does in the portal before the list of each read, from the second on. */
  readonly edits: readonly ((portals: Portals) => void)[];
}

const LEAVES = storyOf('somebody leaves');
const ENDS = storyOf('Twilio: somebody leaves, and the login ends');
const TELNYX_LIST = /^\/v2\/sub_users\?/;
const TWILIO_LIST = /^\/scim\/v2\/Users$/;

/** Nobody of these is whom the run is about to take from: the list as a whole is another. */
const UNRESTS: readonly Unrest[] = [
  {
    what: 'somebody is added each time',
    story: LEAVES,
    account: 'telnyx-production',
    list: TELNYX_LIST,
    edits: ['one', 'two', 'three'].map((who) => ({ telnyx }: Portals) => {
      telnyx.portal().inviteByPortal(`${who}@elsewhere.example`, 'member', who);
    }),
  },
  {
    what: 'somebody goes, is invited, and goes again',
    story: LEAVES,
    account: 'telnyx-production',
    list: TELNYX_LIST,
    edits: [
      ({ telnyx }) => void telnyx.portal().deleteByPortal('cleo@acme.example'),
      ({ telnyx }) => void telnyx.portal().inviteByPortal('cleo@acme.example', 'member', 'Cleo'),
      ({ telnyx }) => void telnyx.portal().deleteByPortal('cleo@acme.example'),
    ],
  },
  {
    what: 'a role goes to and fro',
    story: LEAVES,
    account: 'telnyx-production',
    list: TELNYX_LIST,
    edits: (['admin', 'member', 'admin'] as const).map((role) => ({ telnyx }: Portals) => {
      telnyx.portal().setRole('cleo@acme.example', role);
    }),
  },
  {
    what: 'somebody gets a role each time',
    story: ENDS,
    account: 'twilio-main',
    list: TWILIO_LIST,
    edits: ['one', 'two', 'three'].map((who) => ({ twilio }: Portals) => {
      twilio.portal(MAIN).createUser(`${who}@acme.example`, who);
      twilio.portal(MAIN).giveRole(`${who}@acme.example`, 'developer');
    }),
  },
  {
    what: 'a role goes to and fro',
    story: ENDS,
    account: 'twilio-main',
    list: TWILIO_LIST,
    edits: [
      ({ twilio }) => void twilio.portal(MAIN).takeRole('cleo@acme.example', 'support'),
      ({ twilio }) => void twilio.portal(MAIN).giveRole('cleo@acme.example', 'support'),
      ({ twilio }) => void twilio.portal(MAIN).takeRole('cleo@acme.example', 'support'),
    ],
  },
];

test.each(UNRESTS)('no two reads agree, $account, $what: nothing is taken away, and it is said', async (unrest) => {
  const { story, account, list, edits } = unrest;
  const { came, truth } = await runIn(unrest, edits);
  expect(came.met.filter(({ path }) => list.test(path)).length).toBeGreaterThan(edits.length);
  expect(effectsIn(came.met)).toEqual([]);
  expect(came.exit).toBe(8);
  const { accounts } = JSON.parse(came.stdout);
  expect(accounts).toEqual([
    {
      account,
      status: 'incomplete',
      message: 'the account kept changing between reads, so nothing was done. Try again when it is quiet',
    },
  ]);
  expect(truth.filter((row) => row.startsWith(`${account}: bob `))).toEqual(rowsOfBob(story));
});

test.each(UNRESTS)('one edit between the reads, $account, $what: it is made once two reads agree', async (unrest) => {
  const { came, truth } = await runIn(unrest, unrest.edits.slice(0, 1));
  expect(effectsIn(came.met).length).toBeGreaterThan(0);
  const firstWrite = came.met.findIndex(({ effects }) => effects.length > 0);
  expect(came.met.slice(0, firstWrite).filter(({ path }) => unrest.list.test(path)).length).toBeGreaterThanOrEqual(3);
  expect(truth.filter((row) => row.startsWith(`${unrest.account}: bob `))).toEqual(
    unrest.story.end.filter((row) => row.includes(': bob ')),
  );
});

/** Runs the story; before the list of each read but the first, the next edit is made. */
async function runIn({ story, list }: Unrest, edits: Unrest['edits']) {
  const stage = await openStage(story);
  let lists = 0;
  const came = await stage.run({
    fault: ({ method, url }) => {
      if (method !== 'GET' || !list.test(decodeURIComponent(new URL(url).pathname + new URL(url).search))) return null;
      lists += 1;
      if (lists > 1) edits[lists - 2]?.(stage);
      return null;
    },
  });
  return { came, truth: stage.truth() };
}

function effectsIn(met: readonly Met[]): string[] {
  return met.flatMap(({ effects }) => effects);
}

function rowsOfBob({ name }: Story): string[] {
  return name === ENDS.name ? ['twilio-main: bob developer+support'] : ['telnyx-production: bob member'];
}
