import { describe, expect, test } from 'vitest';
import type { Place } from '../../../src/model.ts';
import { renewGrants } from '../../../src/policy/edit/renew-grants.ts';
import { findEnding } from '../../../src/policy/find-ending.ts';
import { TELNYX_SUB_USERS } from '../../../src/provider/telnyx/telnyx-capabilities.ts';
import { OF_SETS } from '../../plan/other-providers.ts';
import { companyWith, desiredBy, type Files, inputOf, loadFiles, PRODUCTION, TODAY } from './drift-for-tests.ts';

const SOON = '2026-12-01';
const VOICE = `# Builds and runs calls.
members:
  - ada@acme.example
  - { email: bob@acme.example, until: '2026-12-01' } # contractor
grants:
  - account: telnyx-production
    role: member
    reason: Builds the IVR   # OPS-1
    until: 2026-12-05        # renew with the contract
  - { account: telnyx-support, role: member, reason: Reads tickets }
`;

async function ending(files: Files, days = 14, capabilities = TELNYX_SUB_USERS) {
  const { policies, desired } = await loadFiles(files, TODAY, capabilities);
  if (policies === null || desired === null) throw new Error('the policies are invalid');
  return findEnding({ policies, desired, today: TODAY, days, capabilitiesOf: () => capabilities });
}

const places = async (files: Files, days = 14) => (await ending(files, days)).flatMap((end) => end.places);

async function renew(files: Files, at: readonly Place[]) {
  const renewal = await renewGrants({ ...inputOf(files), places: at });
  return { ...renewal, written: Object.fromEntries(renewal.files) };
}

const at = (line: number, column: number, file = 'policies/teams/voice.yaml'): Place => ({ file, line, column });
const oneGrant = (role: string, until: string, member = 'ada@acme.example') =>
  companyWith({
    'teams/voice.yaml': `members: [${member}]\ngrants:\n  - { account: ${PRODUCTION}, role: ${role}, reason: Needs it, until: ${until} }\n`,
  });

describe('which grants end soon', () => {
  test('each holder once for each account, at the end that comes first', async () => {
    const found = await ending(companyWith({ 'teams/voice.yaml': VOICE }));
    expect(found.map((end) => `${end.account} ${end.principal} ${end.roles} until ${end.until} :${end.source.line}`)).toEqual([
      'telnyx-production ada@acme.example member until 2026-12-05 :9',
      'telnyx-production bob@acme.example member until 2026-12-01 :4',
      'telnyx-support bob@acme.example member until 2026-12-01 :4',
    ]);
  });

  test('of roles that add up only the same one, or one that covers it, holds the access beyond the end', async () => {
    const granted = (...roles: string[]) => {
      const lines = roles.map((one) => `  - { account: ${PRODUCTION}, role: ${one}, reason: Needs it }\n`);
      const ends = `  - { account: ${PRODUCTION}, role: support, reason: Needs it, until: 2026-12-01 }\n`;
      return companyWith({ 'teams/voice.yaml': `members: [ada@acme.example]\ngrants:\n${ends}${lines.join('')}` });
    };
    const held = async (...roles: string[]) => (await ending(granted(...roles), 14, OF_SETS)).map((end) => end.heldOtherwise);
    expect(await held('developer')).toEqual([false]);
    expect(await held('administrator')).toEqual([true]);
  });

  test('an end that has passed is found as well, one that is far is not', async () => {
    expect((await ending(oneGrant('member', '2026-11-01'))).map((end) => end.until)).toEqual(['2026-11-01']);
    expect(await ending(oneGrant('member', '2026-12-08'))).toEqual([]);
    expect(await ending(oneGrant('member', '2026-12-07'))).toHaveLength(1);
  });

  test('the owner of an account is never told to end', async () => {
    const people = '- email: ada@acme.example\n  name: Ada\n- email: root@acme.example\n  name: Root\n';
    expect(await ending({ ...oneGrant('member', SOON, 'root@acme.example'), 'people/everybody.yaml': people })).toEqual([]);
  });

  test.each([
    ['another team grants it without an end', 'member', '', true],
    ['another team grants more for longer', 'admin', ', until: 2027-01-31', true],
    ['the other grant ends on the same day', 'member', `, until: ${SOON}`, false],
    ['the other grant has ended', 'admin', ', until: 2026-11-01', false],
  ])('whether it is held otherwise: %s', async (_what, role, until, heldOtherwise) => {
    const other = `members: [ada@acme.example]\ngrants:\n  - { account: ${PRODUCTION}, role: ${role}, reason: Needs it${until} }\n`;
    const found = await ending({ ...oneGrant('member', SOON), 'teams/other.yaml': other });
    expect(found.find((end) => end.source.file.endsWith('voice.yaml'))?.heldOtherwise).toBe(heldOtherwise);
  });

  test('a weaker grant holds nothing', async () => {
    const other = `members: [ada@acme.example]\ngrants:\n  - { account: ${PRODUCTION}, role: member, reason: Needs it }\n`;
    expect((await ending({ ...oneGrant('admin', SOON), 'teams/other.yaml': other }))[0]?.heldOtherwise).toBe(false);
  });

  test('where the membership and the grant end on one day, both places are told', async () => {
    const [end] = await ending(oneGrant('member', SOON, `{ email: ada@acme.example, until: ${SOON} }`));
    expect(end?.places.map(({ line, column }) => `${line}:${column}`)).toEqual(['1:45', '3:74']);
  });
});

describe('a renewal', () => {
  test('moves the end 90 days, and touches no byte beside it', async () => {
    const files = companyWith({ 'teams/voice.yaml': VOICE });
    const { written, renewed, refused } = await renew(files, await places(files));
    expect(written).toEqual({ 'teams/voice.yaml': VOICE.replace("'2026-12-01'", "'2027-03-01'").replace('2026-12-05', '2027-03-05') });
    expect(renewed.map(({ from, until }) => `${from} to ${until}`)).toEqual(['2026-12-05 to 2027-03-05', '2026-12-01 to 2027-03-01']);
    expect(refused).toEqual([]);
  });

  test("changes nobody's access today", async () => {
    const files = companyWith({ 'teams/voice.yaml': VOICE });
    const { written } = await renew(files, await places(files));
    const holdings = async (some: Files) =>
      [...(await desiredBy(some)).accounts.values()].map(({ principals }) => [...principals.values()].map((one) => one.holding));
    expect(await holdings({ ...files, ...written })).toEqual(await holdings(files));
    expect(await ending({ ...files, ...written })).toEqual([]);
  });

  test.each([
    ['has ended', 'member', '2026-11-22', 'it has ended; giving it back takes a pull request that people write'],
    ['is far', 'member', '2026-12-08', 'it ends in more than 14 days'],
    [
      'is of a privileged role',
      'admin',
      SOON,
      'it would let admin in telnyx-production go on for the team voice; privilege takes a pull request that people write',
    ],
  ])('is refused for an end that %s', async (_what, role, until, why) => {
    const files = oneGrant(role, until);
    const { written, refused } = await renew(files, await places(files, 365));
    expect(written).toEqual({});
    expect(refused.map((one) => one.why)).toEqual([why]);
  });

  test('is refused for a membership that gives a privileged role', async () => {
    const files = oneGrant('admin', '2027-03-31', `{ email: ada@acme.example, until: ${SOON} }`);
    const { written, refused } = await renew(files, await places(files));
    expect(written).toEqual({});
    expect(refused.map((one) => one.why)).toEqual([
      'it would let admin in telnyx-production go on for the team voice; privilege takes a pull request that people write',
    ]);
  });

  test('on the last day still goes, and goes on from the old end', async () => {
    const files = oneGrant('member', TODAY);
    const { renewed } = await renew(files, await places(files));
    expect(renewed.map(({ until }) => until)).toEqual(['2027-02-21']);
  });

  test('is refused where no end stands', async () => {
    const { written, refused } = await renew(oneGrant('member', SOON), [at(1, 1), at(3, 1, 'elsewhere/teams/voice.yaml')]);
    expect(written).toEqual({});
    expect(refused.map((one) => one.why)).toEqual(['no end stands there', 'no end stands there']);
  });

  test('keeps CRLF and a byte order mark', async () => {
    const text = `\uFEFF${VOICE.replaceAll('\n', '\r\n')}`;
    const files = companyWith({ 'teams/voice.yaml': text });
    const { written } = await renew(files, await places(files));
    expect(written['teams/voice.yaml']).toBe(text.replace("'2026-12-01'", "'2027-03-01'").replace('2026-12-05', '2027-03-05'));
  });

  test('leaves out an end in a style that cannot be edited, and renews the others', async () => {
    const odd = `members: [ada@acme.example]\ngrants:\n  - account: ${PRODUCTION}\n    role: member\n    reason: Needs it\n    until: |-\n      ${SOON}\n`;
    const files = { ...oneGrant('member', SOON), 'teams/odd.yaml': odd };
    const { written, refused } = await renew(files, await places(files));
    expect(Object.keys(written)).toEqual(['teams/voice.yaml']);
    expect(refused.map((one) => one.why)).toEqual(['teams/odd.yaml is written in a way that cannot be edited by itself; edit it by hand']);
  });
});
