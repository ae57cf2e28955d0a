import { describe, expect, test } from 'vitest';
import { EDGE, kindsCompany, LABS, MAIN, ORGANIZATION_SID, OTHER, roster, SCOPES } from '../scenarios/kinds/support/kinds-company.ts';
import { OWNER } from '../scenarios/support/company.ts';
import { formsOf } from './support/forms-of.ts';
import { LEAKS } from './support/leaks.ts';
import { type LeakyWorld, openLeakyWorld } from './support/open-leaky-world.ts';

const PRODUCTION = 'telnyx-production';
/** Each of its characters that some encoding changes stands between runs that none does. */
const secretOf = (what: string) => `${what}Zq7VwXk3Pm9H/t5RbLc8Wd2Nf+6TgYj2Sv4BxM="8zKvQ1nG5hJ&d3FsRp7\\`;
const HOUR_MS = 3_600_000;

const POLICIES = {
  ...kindsCompany(
    {
      [PRODUCTION]: { kind: 'sub-users', grants: { admin: ['ada', 'zoe'], member: ['bob', 'new'] }, settings: 'names: enforce\n' },
      [EDGE]: { kind: 'organizations', grants: { 'group:Voice': ['ada', 'new'] } },
      [MAIN]: { kind: 'organization', grants: { administrator: ['ada', 'zoe'], developer: ['bob', 'new'] } },
      [LABS]: { kind: 'console', grants: { administrator: ['ada'] } },
    },
    ['root'],
  ),
  [`rosters/${LABS}.yaml`]: roster({ people: { root: ['owner'], ada: ['administrator'] }, on: '2026-11-22' }),
};

const person = (name: string, role: string) => ({ email: `${name}@acme.example`, name, role });

function open(): LeakyWorld {
  return openLeakyWorld({
    policies: POLICIES,
    echoOf: (secrets, first) => {
      const forms = secrets.flatMap((secret) => [...formsOf(secret).values()]);
      return [...forms.slice(first % forms.length), ...forms.slice(0, first % forms.length)].join(' ');
    },
    telnyx: [
      {
        name: PRODUCTION,
        key: secretOf('KEY01'),
        owner: OWNER,
        users: [person('ada', 'admin'), person('zoe', 'admin'), person('bob', 'member')],
      },
      {
        name: EDGE,
        key: secretOf('KEY02'),
        api: 'organizations',
        owner: OWNER,
        groups: [{ name: 'Voice' }],
        users: [{ ...person('ada', 'member'), groups: ['Voice'] }],
      },
    ],
    twilio: {
      organizations: [
        {
          sid: ORGANIZATION_SID,
          client_id: 'OQ0123456789',
          client_secret: secretOf('OQS'),
          owner: OWNER,
          accounts: [
            {
              name: MAIN,
              sid: SCOPES[MAIN] ?? '',
              auth_token: secretOf('TM'),
              keys: [{ name: 'deploy', created_at: '2026-05-01T00:00:00Z' }],
            },
            { name: OTHER, sid: SCOPES[OTHER] ?? '', auth_token: secretOf('TO'), parent: MAIN },
          ],
          users: ['ada', 'zoe', 'bob'].map((name) => ({
            email: `${name}@acme.example`,
            name,
            roles: [{ role: name === 'bob' ? 'developer' : 'administrator', scope: MAIN }],
          })),
        },
      ],
      consoles: [{ name: LABS, sid: SCOPES[LABS] ?? '', auth_token: secretOf('TL'), owner: OWNER, members: [] }],
    },
  });
}

/** Every command that speaks to a vendor or tells what one said; the account or person that it needs is one of these. */
const COMMANDS: readonly (readonly string[])[] = [
  ['plan', '--debug'],
  ['plan', '--format', 'json', '--out', 'plan.json'],
  ['plan', '--format', 'markdown'],
  ['observe', '--out', 'observation.json'],
  ['drift'],
  ['explain', 'bob@acme.example'],
  ['explain', '--account', PRODUCTION, '--role', 'member'],
  ['doctor'],
  ['import', '--account', PRODUCTION, '--out', 'imported'],
  ['import', '--account', MAIN, '--out', 'imported'],
  ['roster', '--account', LABS],
  ['init', 'access', '--add', `telnyx-production=telnyx`, '--owner', OWNER, '--security', '@acme/security'],
  ['apply', '--yes', '--debug'],
  ['drift', '--revert'],
  ['drift', '--adopt'],
  ['plan', '--observation', 'observation.json'],
  ['ledger', 'show'],
  ['ledger', 'show', '--format', 'json'],
  ['ledger', 'verify'],
  ['plan'],
];

describe('no secret stands in any sink, whatever a vendor repeats', () => {
  test.each(Object.entries(LEAKS))('%s', async (_what, leak) => {
    const world = open();
    expect((await world.run('apply', '--yes')).found).toEqual([]);
    world.advance(HOUR_MS);
    world.vendors.telnyx.portal(PRODUCTION).inviteByPortal('eve@elsewhere.example', 'admin', 'Eve');
    world.vendors.telnyx.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
    world.leak = leak;
    let leaks = 0;
    for (const [index, argv] of COMMANDS.entries()) {
      world.first = index;
      const run = await world.run(...argv);
      expect(run.found, `${argv.join(' ')}\n${run.text}`).toEqual([]);
      expect(run.text).not.toContain('something unexpected');
      leaks += run.leaks;
      world.advance(HOUR_MS / 4);
    }
    expect(leaks).toBeGreaterThan(10);
  });
});
