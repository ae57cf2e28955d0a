import type { TelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import type { TelnyxSeedAccount } from '../../src/emulator/parse-telnyx-seed.ts';
import type { TwilioWorld } from '../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeed } from '../../src/emulator/twilio/parse-twilio-seed.ts';
import { EDGE, edgeSeed, kindsCompany, MAIN, organizationSeed, subUsersSeed } from '../scenarios/kinds/support/kinds-company.ts';
import { type Policies, PRODUCTION } from '../scenarios/support/company.ts';
import type { Errand } from '../simulation/run-sim-process.ts';

/** What people do in the vendors' portals before the run. */
export interface Portals {
  readonly telnyx: TelnyxWorld;
  readonly twilio: TwilioWorld;
}

/** One run of rollcall with something to do, in a world in which everything else is right and recorded. */
export interface Story {
  readonly name: string;
  /** The policies that were applied before; null where nothing ever was. */
  readonly before: Policies | null;
  readonly after: Policies;
  readonly telnyx?: readonly TelnyxSeedAccount[];
  readonly twilio?: TwilioSeed;
  /** Days between the last apply and this run; 1 unless given. */
  readonly days?: number;
  readonly meanwhile?: (portals: Portals) => void;
  readonly errand: Extract<Errand, 'apply --yes' | 'drift --revert'>;
  /** Everybody at the end: `telnyx-production: bob member`, with the status where it is not active. */
  readonly end: readonly string[];
  /** How many requests change something. */
  readonly writes: number;
}

type Roles = Readonly<Record<string, readonly string[]>>;

const TEAM = { admin: ['ada', 'zoe'], member: ['bob', 'cleo'] } as const satisfies Roles;
const TEAM_LIVE = ['ada admin', 'zoe admin', 'bob member', 'cleo member'];
const CREW = { administrator: ['ada', 'zoe'], developer: ['bob'], support: ['cleo'] } as const satisfies Roles;
const CREW_LIVE = { ada: ['administrator'], zoe: ['administrator'], bob: ['developer'], cleo: ['support'] };

function telnyx(grants: Roles, settings = '', others: readonly string[] = []): Policies {
  return kindsCompany({ [PRODUCTION]: { kind: 'sub-users', grants, settings } }, others);
}

function twilio(grants: Roles, settings = '', others: readonly string[] = []): Policies {
  return kindsCompany({ [MAIN]: { kind: 'organization', grants, settings } }, others);
}

/** The rows of an account that nothing was changed of, with others in the place of some. */
function rows(account: string, people: readonly string[]): readonly string[] {
  return people.map((person) => `${account}: ${person}`);
}

const RENAMED = { 'people/everybody.yaml': ['ada', 'zoe', 'bob'].map((who) => personLine(who)).join('') };

function personLine(who: string, more = ''): string {
  return `- email: ${who}@acme.example\n  name: ${who.charAt(0).toUpperCase()}${who.slice(1)}\n${more}`;
}

export const STORIES: readonly Story[] = [
  {
    name: 'the first apply, with two invitations',
    before: null,
    after: telnyx({ admin: ['ada', 'zoe', 'yan'], member: ['bob', 'cleo', 'new'] }),
    telnyx: [subUsersSeed(PRODUCTION, TEAM_LIVE)],
    errand: 'apply --yes',
    end: rows(PRODUCTION, [...TEAM_LIVE, 'new member invited', 'yan admin invited']),
    writes: 2,
  },
  {
    name: 'somebody leaves',
    before: telnyx(TEAM),
    after: telnyx({ ...TEAM, member: ['cleo'] }),
    telnyx: [subUsersSeed(PRODUCTION, TEAM_LIVE)],
    errand: 'apply --yes',
    end: rows(PRODUCTION, ['ada admin', 'zoe admin', 'cleo member']),
    writes: 1,
  },
  {
    name: 'an admin is lowered and a member is raised',
    before: telnyx({ admin: ['ada', 'zoe', 'yan'], member: ['bob'] }),
    after: telnyx({ admin: ['ada', 'zoe', 'bob'], member: ['yan'] }),
    telnyx: [subUsersSeed(PRODUCTION, ['ada admin', 'zoe admin', 'yan admin', 'bob member'])],
    errand: 'apply --yes',
    end: rows(PRODUCTION, ['ada admin', 'zoe admin', 'yan member', 'bob admin']),
    writes: 2,
  },
  {
    name: 'an address changes, and the new one is active',
    before: telnyx({ ...TEAM, member: ['bob'] }),
    after: {
      ...telnyx({ ...TEAM, member: ['bobby'] }),
      'people/everybody.yaml': `${RENAMED['people/everybody.yaml'].replace(personLine('bob'), '')}${personLine('bobby', '  previously: [bob@acme.example]\n')}`,
    },
    telnyx: [subUsersSeed(PRODUCTION, ['ada admin', 'zoe admin', 'bob member'])],
    meanwhile: ({ telnyx: world }) => {
      world.portal().inviteByPortal('bobby@acme.example', 'member', 'Bobby');
      world.portal().accept('bobby@acme.example');
    },
    errand: 'apply --yes',
    end: rows(PRODUCTION, ['ada admin', 'zoe admin', 'bobby member']),
    writes: 1,
  },
  {
    name: 'an end date is reached',
    before: telnyx({ ...TEAM, member: ['bob', 'cleo until 2026-11-25'] }),
    after: telnyx({ ...TEAM, member: ['bob', 'cleo until 2026-11-25'] }),
    telnyx: [subUsersSeed(PRODUCTION, TEAM_LIVE)],
    days: 3,
    errand: 'drift --revert',
    end: rows(PRODUCTION, ['ada admin', 'zoe admin', 'bob member']),
    writes: 1,
  },
  {
    name: 'drift: somebody was raised and a stranger was let in',
    before: telnyx(TEAM),
    after: telnyx(TEAM),
    telnyx: [subUsersSeed(PRODUCTION, TEAM_LIVE)],
    meanwhile: ({ telnyx: world }) => {
      world.portal().setRole('bob@acme.example', 'admin');
      world.portal().inviteByPortal('mallory@elsewhere.example', 'admin', 'Mallory');
    },
    errand: 'drift --revert',
    end: rows(PRODUCTION, TEAM_LIVE),
    writes: 2,
  },
  {
    name: 'an urgent leaver was deleted in the portal, and others change with them',
    before: telnyx(TEAM),
    after: telnyx({ ...TEAM, member: ['new'] }),
    telnyx: [subUsersSeed(PRODUCTION, TEAM_LIVE)],
    meanwhile: ({ telnyx: world }) => {
      world.portal().deleteByPortal('bob@acme.example');
    },
    errand: 'apply --yes',
    end: rows(PRODUCTION, ['ada admin', 'zoe admin', 'new member invited']),
    writes: 2,
  },
  {
    name: 'one of each: a delete, a lowering, a raise, a name and two invitations',
    before: telnyx({ admin: ['ada', 'zoe', 'yan'], member: ['bob', 'cleo', 'dan'] }, 'names: enforce\n'),
    after: {
      ...telnyx({ admin: ['ada', 'zoe', 'bob'], member: ['yan', 'dan', 'new', 'other'] }, 'names: enforce\n'),
      'people/everybody.yaml': `${['ada', 'zoe', 'bob', 'yan', 'new', 'other'].map((who) => personLine(who)).join('')}- email: dan@acme.example\n  name: Daniel\n`,
    },
    telnyx: [subUsersSeed(PRODUCTION, ['ada admin', 'zoe admin', 'yan admin', 'bob member', 'cleo member', 'dan member'])],
    errand: 'apply --yes',
    end: rows(PRODUCTION, [
      'ada admin',
      'zoe admin',
      'yan member',
      'bob admin',
      'dan member called Daniel',
      'new member invited',
      'other member invited',
    ]),
    writes: 6,
  },
  {
    name: 'Twilio: somebody joins with two roles',
    before: twilio(CREW),
    after: twilio({ ...CREW, developer: ['bob', 'new'], support: ['cleo', 'new'] }),
    twilio: organizationSeed({ people: CREW_LIVE }),
    errand: 'apply --yes',
    end: rows(MAIN, ['ada administrator', 'zoe administrator', 'bob developer', 'cleo support', 'new developer+support']),
    writes: 3,
  },
  {
    name: 'Twilio: roles are swapped both ways',
    before: twilio({ ...CREW, administrator: ['ada', 'zoe', 'yan'] }),
    after: twilio({ ...CREW, administrator: ['ada', 'zoe', 'bob'], developer: ['yan'] }),
    twilio: organizationSeed({ people: { ...CREW_LIVE, yan: ['administrator'] } }),
    errand: 'apply --yes',
    end: rows(MAIN, ['ada administrator', 'zoe administrator', 'yan developer', 'bob administrator', 'cleo support']),
    writes: 4,
  },
  {
    name: 'Twilio: somebody leaves, and the login ends',
    before: twilio({ ...CREW, support: ['cleo', 'bob'] }),
    after: twilio({ ...CREW, developer: [] }),
    twilio: organizationSeed({ people: { ...CREW_LIVE, bob: ['developer', 'support'] } }),
    errand: 'apply --yes',
    end: rows(MAIN, ['ada administrator', 'zoe administrator', 'bob nothing inactive', 'cleo support']),
    writes: 3,
  },
  {
    name: 'Twilio: somebody inactive is wanted again',
    before: twilio(CREW),
    after: twilio({ ...CREW, developer: ['bob', 'eve'] }),
    twilio: organizationSeed({ people: { ...CREW_LIVE, eve: ['administrator'] }, inactive: ['eve'] }),
    errand: 'apply --yes',
    end: rows(MAIN, ['ada administrator', 'zoe administrator', 'bob developer', 'cleo support', 'eve developer']),
    writes: 3,
  },
  {
    name: 'a Telnyx organization: somebody is removed',
    before: kindsCompany({ [EDGE]: { kind: 'organizations', grants: { 'group:Voice': ['ada', 'bob'], 'group:Billing': ['cleo'] } } }),
    after: kindsCompany({ [EDGE]: { kind: 'organizations', grants: { 'group:Voice': ['ada'], 'group:Billing': ['cleo'] } } }),
    telnyx: [edgeSeed({ ada: ['Voice'], bob: ['Voice'], cleo: ['Billing'] })],
    errand: 'apply --yes',
    end: rows(EDGE, ['ada member', 'cleo member']),
    writes: 1,
  },
  {
    name: 'two accounts of two vendors at once',
    before: kindsCompany({ [PRODUCTION]: { kind: 'sub-users', grants: TEAM }, [MAIN]: { kind: 'organization', grants: CREW } }),
    after: kindsCompany({
      [PRODUCTION]: { kind: 'sub-users', grants: { ...TEAM, member: ['cleo', 'new'] } },
      [MAIN]: { kind: 'organization', grants: { ...CREW, developer: [], support: ['cleo', 'dan'] } },
    }),
    telnyx: [subUsersSeed(PRODUCTION, TEAM_LIVE)],
    twilio: organizationSeed({ people: { ...CREW_LIVE, dan: [] } }),
    errand: 'apply --yes',
    end: [
      ...rows(PRODUCTION, ['ada admin', 'zoe admin', 'cleo member', 'new member invited']),
      ...rows(MAIN, ['ada administrator', 'zoe administrator', 'bob nothing inactive', 'cleo support', 'dan support']),
    ],
    writes: 5,
  },
];

/** One story of each way in which a run writes: for what does not ask who the change is about. */
export const TELLING_STORIES: readonly Story[] = [
  'drift: somebody was raised and a stranger was let in',
  'one of each: a delete, a lowering, a raise, a name and two invitations',
  'Twilio: roles are swapped both ways',
  'Twilio: somebody leaves, and the login ends',
  'a Telnyx organization: somebody is removed',
].map(storyOf);

export function storyOf(name: string): Story {
  const story = STORIES.find((one) => one.name === name);
  if (story === undefined) throw new Error(`there is no story ${name}`);
  return story;
}
