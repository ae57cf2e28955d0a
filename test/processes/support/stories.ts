import { kindsCompany, MAIN, organizationSeed, subUsersSeed } from '../../scenarios/kinds/support/kinds-company.ts';
import { type Policies, PRODUCTION } from '../../scenarios/support/company.ts';
import type { VendorSeeds, Vendors } from './start-vendors.ts';

type Grants = Readonly<Record<string, readonly string[]>>;

/** Work for one command, from a world in which everything is right and recorded. */
export interface Story {
  readonly seeds: VendorSeeds;
  readonly before: Policies;
  /** The policies that the command finds. */
  readonly after: Policies;
  /** What people do at the vendors, and in which command's hands it falls. */
  readonly people: (vendors: Vendors) => void;
  readonly argv: readonly string[];
  /** Who is there in the end, by account. */
  readonly live: Readonly<Record<string, readonly string[]>>;
  /** How many requests that change something this takes. */
  readonly writes: number;
}

const TEAM: Grants = { admin: ['ada', 'zoe', 'yan'], member: ['bob', 'cleo'] };
const CREW: Grants = { administrator: ['ada', 'zoe', 'yan'], developer: ['bob'], support: ['cleo', 'dan'] };
const NO_TWILIO = { organizations: [], consoles: [] };

function telnyx(grants: Grants): Policies {
  return kindsCompany({ [PRODUCTION]: { kind: 'sub-users', grants } });
}

function twilio(grants: Grants): Policies {
  return kindsCompany({ [MAIN]: { kind: 'organization', grants } });
}

const TELNYX_USERS = ['ada admin', 'zoe admin', 'yan admin', 'bob member', 'cleo member'];
const TWILIO_PEOPLE = { ada: ['administrator'], zoe: ['administrator'], yan: ['administrator'], bob: ['developer'] };
const IN_SUPPORT = { cleo: ['support'], dan: ['support'] };

export const STORIES = {
  'a plan file applied to Telnyx': {
    seeds: { telnyx: [subUsersSeed(PRODUCTION, TELNYX_USERS)], twilio: NO_TWILIO },
    before: telnyx(TEAM),
    after: telnyx({ admin: ['ada', 'zoe', 'bob'], member: ['yan', 'new', 'other'] }),
    people: () => undefined,
    argv: ['apply', '--plan', 'plan.json'],
    live: { [PRODUCTION]: ['ada admin', 'bob admin', 'new member invited', 'other member invited', 'yan member', 'zoe admin'] },
    writes: 5,
  },
  'policies applied to a Twilio organization': {
    seeds: { telnyx: [], twilio: organizationSeed({ people: { ...TWILIO_PEOPLE, ...IN_SUPPORT } }) },
    before: twilio(CREW),
    // Yan is lowered, Bob raised, Cleo leaves, somebody new comes with two roles.
    after: twilio({ administrator: ['ada', 'zoe', 'bob'], developer: ['yan', 'new'], support: ['dan', 'new'] }),
    people: () => undefined,
    argv: ['apply', '--yes'],
    live: {
      [MAIN]: ['ada administrator', 'bob administrator', 'dan support', 'new developer+support', 'yan developer', 'zoe administrator'],
    },
    writes: 9,
  },
  'drift taken back in both': {
    seeds: {
      telnyx: [subUsersSeed(PRODUCTION, TELNYX_USERS)],
      twilio: organizationSeed({ people: { ...TWILIO_PEOPLE, ...IN_SUPPORT } }),
    },
    before: kindsCompany({ [PRODUCTION]: { kind: 'sub-users', grants: TEAM }, [MAIN]: { kind: 'organization', grants: CREW } }),
    after: kindsCompany({ [PRODUCTION]: { kind: 'sub-users', grants: TEAM }, [MAIN]: { kind: 'organization', grants: CREW } }),
    people: ({ telnyx: first, twilio: second }) => {
      first.portal().setRole('bob@acme.example', 'admin');
      first.portal().inviteByPortal('mallory@elsewhere.example', 'admin', 'Mallory');
      second.portal().giveRole('bob@acme.example', 'administrator');
    },
    argv: ['drift', '--revert'],
    live: {
      [PRODUCTION]: ['ada admin', 'bob member', 'cleo member', 'yan admin', 'zoe admin'],
      [MAIN]: ['ada administrator', 'bob developer', 'cleo support', 'dan support', 'yan administrator', 'zoe administrator'],
    },
    writes: 3,
  },
} as const satisfies Readonly<Record<string, Story>>;
