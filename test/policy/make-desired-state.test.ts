import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DesiredPrincipal, DesiredState } from '../../src/model.ts';
import { credentialVariables } from '../../src/policy/credential-variables.ts';
import { OF_GROUPS, OF_SETS } from '../plan/other-providers.ts';
import { but, CAPABILITIES, type Content, GOOD, load } from './memory-source.ts';

async function desiredOf(changes: Record<string, Content | null>, capabilities = CAPABILITIES): Promise<DesiredState> {
  const { desired, findings } = await load(but(changes), { capabilities });
  if (desired === null) throw new Error(JSON.stringify(findings));
  return desired;
}

async function accessOf(
  principal: string,
  changes: Record<string, Content | null>,
  capabilities = CAPABILITIES,
): Promise<DesiredPrincipal | undefined> {
  return (await desiredOf(changes, capabilities)).accounts.get('telnyx-production')?.principals.get(principal);
}

const team = (members: string, ...grants: string[]) =>
  `members: ${members}\ngrants:\n${grants.map((grant) => `  - { account: telnyx-production, ${grant} }\n`).join('')}`;

test('settings that are not written have the documented defaults', async () => {
  const policy = (await desiredOf({})).accounts.get('telnyx-production')?.policy;
  expect(policy).toMatchObject({
    owner: 'root@acme.example',
    unmanaged: 'report',
    drift: { gained: 'revert', lost: 'report' },
    guards: { maxDeletes: 3, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [] },
    invites: { perHour: 10, open: 10 },
    approvers: {},
    names: 'invite',
  });
});

test('one setting of a group leaves the others at their defaults, and addresses are compared in lower case', async () => {
  const policy = (
    await desiredOf({
      'accounts/telnyx-production.yaml':
        'provider: telnyx\napi: sub-users\nowner: Root@Acme.example\ndrift: { gained: report }\nguards: { min_admins: 1, never_delete: [Pager@acme.example] }\n',
    })
  ).accounts.get('telnyx-production')?.policy;
  expect(policy).toMatchObject({
    owner: 'root@acme.example',
    drift: { gained: 'report', lost: 'report' },
    guards: { maxDeletes: 3, minAdmins: 1, neverDelete: ['pager@acme.example'] },
  });
});

test('a person holds what their team grants, until the earlier of both ends', async () => {
  expect(await accessOf('grace@acme.example', {})).toMatchObject({
    name: 'Grace Hopper',
    holding: { roles: ['member'], groups: [] },
    grants: [{ team: 'voice', role: 'member', reason: 'Builds the IVR (OPS-1432)', until: '2027-01-31' }],
    previously: ['grace.murray@acme.example'],
    source: { file: 'policies/teams/voice.yaml', line: 5, column: 5 },
  });
});

test('of several roles the strongest counts, and its grant is the source', async () => {
  const changes = { 'teams/edge.yaml': team('[ada@acme.example]', 'role: admin, reason: On call, until: 2027-06-30') };
  const access = await accessOf('ada@acme.example', changes);
  expect(access?.holding.roles).toEqual(['admin']);
  expect(access?.source.file).toBe('policies/teams/edge.yaml');
});

test('an end is inclusive: the grant holds on its last day', async () => {
  const changes = { 'teams/voice.yaml': team('[ada@acme.example]', 'role: member, reason: x, until: 2026-11-22') };
  expect((await accessOf('ada@acme.example', changes))?.holding.roles).toEqual(['member']);
});

test('a person whose grants have all ended stays, with nothing, and what they held is known', async () => {
  const changes = {
    'teams/voice.yaml': team(
      '[{ email: ada@acme.example, until: 2026-11-01 }]',
      'role: member, reason: x',
      'role: admin, reason: x, until: 2026-10-01',
    ),
  };
  expect(await accessOf('ada@acme.example', changes)).toMatchObject({
    holding: { roles: [], groups: [] },
    holdingWithoutEnds: { roles: ['admin'], groups: [] },
    source: { line: 3 },
  });
});

test('access held through another grant stays when one ends', async () => {
  const changes = { 'teams/edge.yaml': team('[ada@acme.example]', 'role: admin, reason: x, until: 2026-11-21') };
  const access = await accessOf('ada@acme.example', changes);
  expect(access).toMatchObject({ holding: { roles: ['member'] }, holdingWithoutEnds: { roles: ['admin'] } });
  expect(access?.source.file).toBe('policies/teams/voice.yaml');
});

test('groups add up', async () => {
  const changes = {
    'teams/voice.yaml': team('[ada@acme.example]', 'group: support, reason: x', 'group: billing, reason: x', 'role: member, reason: x'),
  };
  const access = await accessOf('ada@acme.example', changes, { ...CAPABILITIES, groups: true });
  expect(access?.holding).toEqual({ roles: ['member'], groups: ['billing', 'support'] });
});

test('a group makes its people members, and membership can be had without a group', async () => {
  const changes = {
    'teams/voice.yaml': team('[ada@acme.example]', 'group: support, reason: x, until: 2026-11-01'),
    'teams/desk.yaml': team('[grace@acme.example]', 'group: support, reason: x'),
    'teams/watch.yaml': team('[ada@acme.example]', 'role: member, reason: x'),
  };
  const principals = (await desiredOf(changes, OF_GROUPS)).accounts.get('telnyx-production')?.principals;
  expect(principals?.get('grace@acme.example')?.holding).toEqual({ roles: ['member'], groups: ['support'] });
  expect(principals?.get('ada@acme.example')).toMatchObject({
    holding: { roles: ['member'], groups: [] },
    holdingWithoutEnds: { roles: ['member'], groups: ['support'] },
  });
});

test('roles that add up all count, each until its own end', async () => {
  const changes = {
    'teams/voice.yaml': team('[ada@acme.example]', 'role: support, reason: x', 'role: developer, reason: x, until: 2026-11-01'),
    'teams/books.yaml': team('[ada@acme.example]', 'role: billing_manager, reason: x', 'role: Studio Viewer, reason: x'),
  };
  expect(await accessOf('ada@acme.example', changes, OF_SETS)).toMatchObject({
    holding: { roles: ['Studio Viewer', 'billing_manager', 'support'], groups: [] },
    holdingWithoutEnds: { roles: ['Studio Viewer', 'billing_manager', 'developer', 'support'], groups: [] },
  });
});

test('a role that stands alone covers the others, which are superfluous as long as it lasts', async () => {
  const changes = {
    'teams/voice.yaml': team(
      '[ada@acme.example]',
      'role: administrator, reason: x, until: 2027-01-31',
      'role: support, reason: x, until: 2027-01-31',
      'role: developer, reason: x',
      'role: Studio Viewer, reason: x, until: 2026-12-31',
    ),
  };
  const { findings, desired } = await load(but(changes), { capabilities: OF_SETS });
  const access = desired?.accounts.get('telnyx-production')?.principals.get('ada@acme.example');
  expect(access).toMatchObject({ holding: { roles: ['administrator'] }, source: { line: 3 } });
  expect(findings.filter((one) => one.code === 'superfluous-grant').map((one) => one.line)).toEqual([4, 6]);
});

test('two roles that add up make neither superfluous, and a group makes the role superfluous that it brings', async () => {
  const both = { 'teams/voice.yaml': team('[ada@acme.example]', 'role: developer, reason: x', 'role: support, reason: x') };
  expect((await load(but(both), { capabilities: OF_SETS })).findings).toEqual([]);
  const brought = { 'teams/voice.yaml': team('[ada@acme.example]', 'role: member, reason: x', 'group: support, reason: x') };
  expect((await load(but(brought), { capabilities: OF_GROUPS })).findings).toMatchObject([{ code: 'superfluous-grant', line: 3 }]);
});

test("the owner is nobody's business", async () => {
  const changes = {
    'people/root.yaml': '- { email: root@acme.example, name: Root }\n',
    'teams/voice.yaml': team('[root@acme.example, ada@acme.example]', 'role: member, reason: x'),
  };
  const desired = await desiredOf(changes);
  expect([...(desired.accounts.get('telnyx-production')?.principals.keys() ?? [])]).toEqual(['ada@acme.example']);
  expect(desired.people.has('root@acme.example')).toBe(true);
});

test('a GitHub login is kept as it is written, and nobody needs one', async () => {
  const { people } = await desiredOf({ 'people/more.yaml': '- { email: bob@acme.example, name: Bob, github: Bob-R_acme }\n' });
  expect([...people.values()].map((one) => [one.principal, one.github])).toEqual([
    ['ada@acme.example', null],
    ['bob@acme.example', 'Bob-R_acme'],
    ['grace@acme.example', null],
  ]);
});

test('approvals belong to their account', async () => {
  const desired = await desiredOf({
    'approvals/leavers.yaml': 'account: telnyx-production\ndeletes: 12\nreason: x\nexpires: 2026-11-29\n',
  });
  expect(desired.accounts.get('telnyx-production')?.approvals).toMatchObject([{ name: 'leavers', deletes: 12, expires: '2026-11-29' }]);
});

test("an account's credential has its name in upper snake case", () => {
  expect(credentialVariables('telnyx-production', 'sub-users')).toEqual({ required: ['TELNYX_PRODUCTION_API_KEY'], optional: [] });
});

const EMAILS = ['ada@acme.example', 'grace@acme.example', 'bob@acme.example', 'eve+1@acme.example'];
const PEOPLE = { 'people/more.yaml': '- { email: bob@acme.example, name: Bob }\n- { email: eve+1@acme.example, name: Eve }\n' };
const day = fc.constantFrom('', ', until: 2026-10-01', ', until: 2026-11-22', ', until: 2027-05-05');
const members = fc.uniqueArray(fc.record({ email: fc.constantFrom(...EMAILS), until: day }), { selector: (one) => one.email });
const grants = fc.uniqueArray(fc.record({ role: fc.constantFrom('member', 'admin'), until: day }), { selector: (one) => one.role });
const teams = fc.array(fc.record({ members, grants }), { maxLength: 4 });

type Team = typeof teams extends fc.Arbitrary<(infer T)[]> ? T : never;
const write = (one: Team) => ({
  members: one.members.map((member) => `  - { email: ${member.email}${member.until} }\n`),
  grants: one.grants.map((grant) => `  - { account: telnyx-production, role: ${grant.role}, reason: x${grant.until} }\n`),
});
const file = (lines: string[], grantLines: string[]) =>
  `members:${lines.length > 0 ? `\n${lines.join('')}` : ' []\n'}grants:${grantLines.length > 0 ? `\n${grantLines.join('')}` : ' []\n'}`;
const holdings = (desired: DesiredState) =>
  [...(desired.accounts.get('telnyx-production')?.principals.values() ?? [])].map((one) => [
    one.principal,
    one.holding,
    one.holdingWithoutEnds,
  ]);

test('digest and desired state are the same in whatever order the files are listed', async () => {
  await fc.assert(
    fc.asyncProperty(teams, fc.infiniteStream(fc.nat()), async (all, keys) => {
      const files: Record<string, Content> = { ...GOOD, ...PEOPLE };
      all.forEach((one, index) => {
        const { members: lines, grants: grantLines } = write(one);
        files[`teams/t${index}.yaml`] = file(lines, grantLines);
      });
      const shuffled = Object.entries(files)
        .map((entry) => ({ entry, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key);
      const other = await load(Object.fromEntries(shuffled.map((one) => one.entry)));
      const { findings, desired } = await load(files);
      expect(other.findings).toEqual(findings);
      expect(other.desired).toEqual(desired);
      expect([...(other.desired?.people.keys() ?? [])]).toEqual([...(desired?.people.keys() ?? [])]);
    }),
    { numRuns: 100 },
  );
});

test('a team file split in two, by members or by grants, gives everybody the same', async () => {
  await fc.assert(
    fc.asyncProperty(members, grants, fc.nat(), fc.boolean(), async (who, what, cut, byMembers) => {
      const { members: lines, grants: grantLines } = write({ members: who, grants: what });
      const at = cut % ((byMembers ? lines : grantLines).length + 1);
      const parts = byMembers
        ? [file(lines.slice(0, at), grantLines), file(lines.slice(at), grantLines)]
        : [file(lines, grantLines.slice(0, at)), file(lines, grantLines.slice(at))];
      const whole = await desiredOf({ ...PEOPLE, 'teams/voice.yaml': file(lines, grantLines) });
      const split = await desiredOf({ ...PEOPLE, 'teams/voice.yaml': parts[0] ?? '', 'teams/voice-2.yaml': parts[1] ?? '' });
      expect(holdings(split)).toEqual(holdings(whole));
      expect(split.digest).not.toBe(whole.digest);
    }),
    { numRuns: 200 },
  );
});
