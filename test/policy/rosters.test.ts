import { describe, expect, test } from 'vitest';
import { COMPANY, KEY, loadCompany, said } from './four-kinds.ts';

const FILE = 'rosters/twilio-labs.yaml';
const LABS = COMPANY[FILE];
const AGAIN = '`rollcall roster --account twilio-labs` writes it.';
const bare = (attestedOn: string, by = 'ada@acme.example') => `attested_by: ${by}\nattested_on: ${attestedOn}\n`;
const row = (email: string, roles: string) => `  - { email: ${email}, roles: ${roles}, status: active }\n`;

test('a roster arrives with its account: who attested it, the rows, and what was done about keys', async () => {
  const { desired, findings } = await loadCompany();
  expect(findings).toEqual([]);
  expect(desired?.accounts.get('telnyx-production')?.roster).toBeNull();
  const place = (line: number) => ({ file: `policies/${FILE}`, line, column: 5 });
  expect(desired?.accounts.get('twilio-labs')?.roster).toEqual({
    account: 'twilio-labs',
    attestedBy: 'ada@acme.example',
    attestedOn: '2026-11-20',
    rows: [
      { principal: 'root@acme.example', roles: ['owner'], status: 'active', source: place(4) },
      { principal: 'ada@acme.example', roles: ['developer', 'support'], status: 'active', source: place(5) },
      { principal: 'grace@acme.example', roles: ['billing_manager'], status: 'invited', source: place(6) },
    ],
    rotated: new Map([[KEY, '2026-11-19']]),
    reviewed: new Map([['leaver@acme.example', '2026-11-18']]),
    source: { file: `policies/${FILE}`, line: 1, column: 1 },
  });
});

test('an account whose API lists people may attest keys, and a key that stands twice counts by its later day', async () => {
  const keys = `rotated:\n  - { key: ${KEY}, on: 2026-11-02 }\n  - { key: ${KEY}, on: 2026-11-01 }\n`;
  const { desired, findings } = await loadCompany({ 'rosters/telnyx-production.yaml': bare('2026-01-01') + keys });
  expect(findings).toEqual([]);
  expect(desired?.accounts.get('telnyx-production')?.roster).toMatchObject({ rows: null, rotated: new Map([[KEY, '2026-11-02']]) });
});

test.each([
  ['CRLF', LABS.replaceAll('\n', '\r\n')],
  ['a document mark', `---\n${LABS}`],
  ['a leading mark of UTF-8', `\ufeff${LABS}`],
  ['keys in block form', LABS.replace(`{ key: ${KEY}, on: 2026-11-19 }`, `key: >-\n      ${KEY}\n    on: 2026-11-19`)],
])('a roster with %s names its keys all the same', async (_what, text) => {
  const { desired, findings } = await loadCompany({ [FILE]: text });
  expect(findings).toEqual([]);
  expect(desired?.accounts.get('twilio-labs')?.roster?.rotated).toEqual(new Map([[KEY, '2026-11-19']]));
});

test('nobody in the account at all is something that can be attested', async () => {
  const { desired } = await loadCompany({ [FILE]: `${bare('2026-11-20')}rows: []\n` });
  expect(desired?.accounts.get('twilio-labs')?.roster?.rows).toEqual([]);
});

describe('an error, at its place:', () => {
  test.each<[string, Record<string, string | null>, string[]]>([
    [
      'a roster of an account that no file names',
      { 'rosters/twilio-lab.yaml': bare('2026-11-20') },
      ['rosters/twilio-lab.yaml:1:1 account-unknown: No file of accounts/ has the name `twilio-lab`. Did you mean `twilio-labs`?'],
    ],
    [
      'rows of an account whose API lists its people',
      { 'rosters/twilio-main.yaml': `${bare('2026-11-20')}rows:\n${row('ada@acme.example', '[developer]')}` },
      [
        'rosters/twilio-main.yaml:4:3 rows-needless: twilio-main is read through twilio organization, which lists its people itself. Delete `rows`.',
      ],
    ],
    [
      'a day to come',
      { [FILE]: LABS.replace('2026-11-20', '2026-11-23').replace('2026-11-19', '2027-11-19') },
      [
        `${FILE}:2:14 future-day: 2026-11-23 has not come yet, so nobody can have looked on that day. Expected today or earlier, in UTC.`,
        `${FILE}:8:${`  - { key: ${KEY}, on: `.length + 1} future-day: 2027-11-19 has not come yet, so nobody can have looked on that day. Expected today or earlier, in UTC.`,
      ],
    ],
    [
      'somebody who stands twice, in whatever case',
      { [FILE]: LABS.replace('grace@acme.example', 'ADA@acme.example') },
      [`${FILE}:6:14 row-twice: ada@acme.example already stands at policies/${FILE}:5. Everybody stands once, with all their roles.`],
    ],
    [
      'a role that there is not',
      { [FILE]: LABS.replace('[support, developer]', '[support, develoer]') },
      [
        `${FILE}:5:49 role-unknown: \`develoer\` is not a role in twilio-labs. Expected one of \`support\`, \`billing_manager\`, \`developer\`, \`administrator\`. Did you mean \`developer\`?`,
      ],
    ],
    [
      'attested by nobody we know',
      { [FILE]: LABS.replace('attested_by: ada@', 'attested_by: adda@') },
      [
        `${FILE}:1:14 attester-unknown: adda@acme.example is neither in people/ nor the account's owner, so nobody here vouches for this. Did you mean \`ada@acme.example\`?`,
      ],
    ],
    [
      'a status that the Console does not have',
      { [FILE]: LABS.replace('status: pending', 'status: invited') },
      [`${FILE}:6:68 unknown-value: Not a value of \`status\`. Expected one of \`active\`, \`pending\`.`],
    ],
    [
      'a key that is no SID',
      { [FILE]: LABS.replace(KEY, 'SK12') },
      [`${FILE}:8:12 invalid-text: Expected the SID of a key: SK and 32 hexadecimal digits in lower case for \`key\`.`],
    ],
    [
      'an unknown key',
      { [FILE]: LABS.replace('attested_on', 'atested_on') },
      [
        `${FILE}:1:1 missing-key: \`attested_on\` is missing: a roster needs it.`,
        `${FILE}:2:1 unknown-key: \`atested_on\` is not a key of a roster. Did you mean \`attested_on\`?`,
      ],
    ],
  ])('%s', async (_what, changes, expected) => {
    expect(await said(changes)).toEqual(expected);
  });

  test('a secret, which a SID of a key is not in a roster and is anywhere else', async () => {
    const token = '0123456789abcdef'.repeat(2);
    expect(await said({ [FILE]: `${LABS}# ${token}\n` })).toEqual([expect.stringContaining(`${FILE}:11:3 secret-in-policy: `)]);
    expect(await said({ [FILE]: `${LABS}# ${KEY}${token}\n` })).toEqual([expect.stringContaining(`${FILE}:11:3 secret-in-policy: `)]);
    expect(await said({ 'teams/a.yaml': `# ${KEY}\nmembers: []\ngrants: []\n` })).toEqual([
      expect.stringContaining('teams/a.yaml:1:3 secret-in-policy: '),
    ]);
  });
});

describe('a warning, which changes nothing:', () => {
  test.each<[string, Record<string, string | null>, string[]]>([
    [
      'nobody attested an account that only the Console shows',
      { [FILE]: null },
      [
        `accounts/twilio-labs.yaml:1:1 roster-missing: Only the Console shows who is in twilio-labs, and policies/${FILE} is not there: its plan will be unverified. ${AGAIN}`,
      ],
    ],
    [
      'no rows where nothing else tells who is there',
      { [FILE]: bare('2026-11-20') },
      [
        `${FILE}:1:1 rows-missing: \`rows\` is missing, and only the Console shows who is in twilio-labs: its plan will be unverified. ${AGAIN.replace('it.', 'them.')}`,
      ],
    ],
    [
      'an attestation of 26 days ago',
      { [FILE]: LABS.replace('2026-11-20', '2026-10-27') },
      [
        `${FILE}:2:14 roster-ageing: This was attested 26 days ago and is believed until 2026-11-26. Look at the Console again before that.`,
      ],
    ],
    [
      'an attestation of 31 days ago',
      { [FILE]: LABS.replace('2026-11-20', '2026-10-22') },
      [
        `${FILE}:2:14 roster-too-old: This was attested 31 days ago, and a roster is believed for 30 days: the account's plan is unverified until somebody attests again.`,
      ],
    ],
  ])('%s', async (_what, changes, expected) => {
    expect(await said(changes)).toEqual(expected);
    expect((await loadCompany(changes)).desired).not.toBeNull();
  });
});

describe('no finding:', () => {
  test.each<[string, Record<string, string>]>([
    ['an attestation of 25 days ago', { [FILE]: LABS.replace('2026-11-20', '2026-10-28') }],
    ['attested by the owner of the account, who is nowhere in people/', { [FILE]: LABS.replace('ada@', 'root@') }],
    [
      'a role of a product that somebody holds in the Console',
      { [FILE]: LABS.replace('[support, developer]', '[support, Studio Viewer]') },
    ],
  ])('%s', async (_what, changes) => {
    expect(await said(changes)).toEqual([]);
  });

  test('a roster beside an account file that cannot be read, which is finding enough', async () => {
    const broken = await said({ 'accounts/twilio-labs.yaml': 'provider: twilio\napi: [\n' });
    expect(broken.filter((one) => !one.startsWith('accounts/twilio-labs.yaml:'))).toEqual([]);
  });
});
