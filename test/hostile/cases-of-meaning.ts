import { COMPANY, KEY, ORGANIZATION, SCOPE } from '../policy/four-kinds.ts';
import { but, GOOD } from '../policy/memory-source.ts';
import { account, approval, CANARY as C, company, type HostileCase, people, points as text, team } from './hostile-case.ts';

const grantOf = (what: string, until = '') => `members: [ada@acme.example]\ngrants:\n  - { ${what}, reason: ${C}${until} }\n`;
const approvalOf = (more: string) => `account: telnyx-production\ndeletes: 1\nreason: ${C}\n${more}`;
const roster = (by: string, on: string, rows: string) => `attested_by: ${by}\nattested_on: ${on}\n${rows}`;
const ROSTER = 'rosters/twilio-labs.yaml';

/** Whole words and shapes that fit, and mean what nobody may mean. */
export const MEANING: readonly HostileCase[] = [
  team('somebody whom no file names', `members: [mallory@acme.example]\ngrants: [] # ${C}\n`, 'person-unknown', 1),
  team("an account named like an object's own", grantOf('account: constructor, role: member'), 'account-unknown', 3),
  team('an account of another case', grantOf('account: Telnyx-production, role: member'), 'invalid-text', 3),
  team('an account that nobody knows', grantOf('account: telnyx-productian, role: member'), 'account-unknown', 3),
  team("a role named like an object's own", grantOf('account: telnyx-production, role: toString'), 'role-unknown', 3),
  team('a role of another vendor', grantOf('account: telnyx-production, role: administrator'), 'role-unknown', 3),
  team('a role in capitals', grantOf('account: telnyx-production, role: ADMIN'), 'role-unknown', 3),
  team('a role with a Cyrillic letter', grantOf(`account: telnyx-production, role: ${text(0x430)}dmin`), 'invalid-text', 3),
  team("the owner's role", grantOf('account: telnyx-production, role: owner'), 'owner-role', 3),
  team('a group where no API shows any', grantOf('account: telnyx-production, group: billing'), 'group-unsupported', 3),
  team('a member twice', `members: [ada@acme.example, ADA@acme.example]\ngrants: [] # ${C}\n`, 'member-twice', 1),
  team('a grant twice', `${grantOf('account: telnyx-production, role: admin', ', until: 2027-01-31')}  - { account: telnyx-production, role: admin, reason: ${C} }\n`, 'grant-twice', 4),
  company('a viewer at Twilio', 'teams/evil.yaml', grantOf('account: twilio-main, role: viewer'), 'no-viewer', 3),
  company('a viewer where only the Console is', 'teams/evil.yaml', grantOf('account: twilio-labs, role: Viewer'), 'no-viewer', 3),
  company('an admin where groups make them', 'teams/evil.yaml', grantOf('account: telnyx-support, role: admin'), 'admin-by-group', 3),
  company('a group at Twilio', 'teams/evil.yaml', grantOf('account: twilio-main, group: billing'), 'group-unsupported', 3),
  company('a role that is nearly one', 'teams/evil.yaml', grantOf('account: twilio-main, role: Administrator'), 'role-unknown', 3),
  people('an address twice, once in capitals', `- email: ADA@ACME.EXAMPLE\n  name: ${C}\n`, 'email-twice', 1),
  people('an address twice in one file', `- email: eve@acme.example\n  name: ${C}\n- email: Eve@acme.example\n  name: ${C}\n`, 'email-twice', 3),
  people('a previous address that is somebody', `- email: eve@acme.example\n  name: ${C}\n  previously: [Ada@acme.example]\n`, 'previously-in-use', 3),
  people("a previous address that is the owner's", `- email: eve@acme.example\n  name: ${C}\n  previously: [root@acme.example]\n`, 'previously-in-use', 3),
  people('a previous address that two had', `- email: eve@acme.example\n  name: ${C}\n  previously: [grace.murray@acme.example]\n`, 'previously-in-use', 3),
  people('two who were each other', `- email: eve@acme.example\n  name: ${C}\n  previously: [mallory@acme.example]\n- email: mallory@acme.example\n  name: ${C}\n  previously: [eve@acme.example]\n`, 'previously-in-use', 3),
  people('somebody who was themselves', `- email: eve@acme.example\n  name: ${C}\n  previously: [EVE@acme.example]\n`, 'previously-in-use', 3),
  people('a previous address twice', `- email: eve@acme.example\n  name: ${C}\n  previously: [old@acme.example, OLD@acme.example]\n`, 'previously-in-use', 3),
  people('a chain of previous addresses', `- email: eve@acme.example\n  name: ${C}\n  previously: [old@acme.example]\n- email: old@acme.example\n  name: ${C}\n  previously: [older@acme.example]\n`, 'previously-in-use', 3),
  approval('an approval for an account that nobody knows', approvalOf('expires: 2026-11-24\n').replace('telnyx-production', 'telnyx'), 'account-unknown', 1),
  approval('an approval for eight days', approvalOf('expires: 2026-11-30\n'), 'approval-too-long', 4),
  approval('an approval for ever', approvalOf('expires: 9999-12-31\n'), 'approval-too-long', 4),
  account('approvers of a role that there is not', `approvers: { hasOwnProperty: ["@acme/${C}"] }\n`, 'role-unknown', 4),
  account("approvers of the owner's role", `approvers: { owner: ["@acme/${C}"] }\n`, 'owner-role', 4),
  company('a role of privilege that there is not', 'accounts/twilio-main.yaml', `${COMPANY['accounts/twilio-main.yaml']}privileged_roles: [admin]\n`, 'role-unknown', 6),
  company('an organization without its SID', 'accounts/twilio-main.yaml', `provider: twilio\napi: organization\nscope: ${SCOPE}\nowner: root@acme.example\n`, 'missing-key', 1),
  company('the SID of an organization as a scope', 'accounts/twilio-main.yaml', `provider: twilio\napi: organization\norganization: ${ORGANIZATION}\nscope: ${ORGANIZATION}\nowner: root@acme.example\n`, 'invalid-text', 4),
  company('a scope that another file has', 'accounts/twilio-zzz.yaml', `provider: twilio\napi: console\nscope: ${SCOPE}\nowner: root@acme.example\n`, 'same-scope', 3),
  company('an API of the other vendor', 'accounts/twilio-main.yaml', `provider: telnyx\napi: console\nowner: root@acme.example\n`, 'unknown-value', 2),
  company('groups on an account that has none', 'accounts/telnyx-production.yaml', `${COMPANY['accounts/telnyx-production.yaml']}privileged_groups: [${C}]\n`, 'key-elsewhere', 4),
  company('a name that is kept for subaccounts', `accounts/twilio-ac${'0a'.repeat(16)}.yaml`, COMPANY['accounts/telnyx-production.yaml'], 'subaccount-name', 1),
  company('a roster of an account that nobody knows', 'rosters/nowhere.yaml', roster('ada@acme.example', '2026-11-20', ''), 'account-unknown', 1),
  company('rows of an account that lists its people itself', 'rosters/twilio-main.yaml', roster('ada@acme.example', '2026-11-20', `rows: [] # ${C}\n`), 'rows-needless', 3),
  company('somebody twice in a roster', ROSTER, roster('ada@acme.example', '2026-11-20', `rows:\n  - { email: ada@acme.example, roles: [developer], status: active }\n  - { email: Ada@acme.example, roles: [support], status: active }\n`), 'row-twice', 5),
  company('a roster that nobody vouches for', ROSTER, roster('mallory@acme.example', '2026-11-20', 'rows: []\n'), 'attester-unknown', 1),
  company('a roster of tomorrow', ROSTER, roster('ada@acme.example', '2026-11-23', 'rows: []\n'), 'future-day', 2),
  company('a key that was replaced next year', ROSTER, roster('ada@acme.example', '2026-11-20', `rows: []\nrotated:\n  - { key: ${KEY}, on: 2027-11-20 }\n`), 'future-day', 5),
  company('a key that is no SID', ROSTER, roster('ada@acme.example', '2026-11-20', `rows: []\nrotated:\n  - { key: sk-${C}, on: 2026-11-20 }\n`), 'invalid-text', 5),
  company('a role in a roster that there is not', ROSTER, roster('ada@acme.example', '2026-11-20', 'rows:\n  - { email: ada@acme.example, roles: [root], status: active }\n'), 'role-unknown', 4),
  company('somebody in a roster without any role', ROSTER, roster('ada@acme.example', '2026-11-20', 'rows:\n  - { email: ada@acme.example, roles: [], status: active }\n'), 'out-of-range', 4),
  company('a status that the Console does not have', ROSTER, roster('ada@acme.example', '2026-11-20', `rows:\n  - { email: ada@acme.example, roles: [developer], status: ${C} }\n`), 'unknown-value', 4),
];

/** What changes nothing and is said all the same. */
export const WARNED: readonly HostileCase[] = [
  approval('an approval that expired', approvalOf('expires: 2026-11-21\n'), 'approval-expired', 4),
  team('an end that has passed', grantOf('account: telnyx-production, role: admin', ', until: 1999-12-31'), 'end-passed', 3),
  team('a privileged grant for ever', grantOf('account: telnyx-production, role: admin'), 'no-end-on-privilege', 3),
  { ...team('a grant that adds nothing', `members: [ada@acme.example, grace@acme.example]\ngrants:\n  - { account: telnyx-production, role: member, reason: ${C} }\n`, 'superfluous-grant', 5), at: 'teams/voice.yaml' },
  people('a name with a Cyrillic letter', `- email: eve@acme.example\n  name: Ad${text(0x430)} Lovelace # ${C}\n`, 'look-alike', 2),
  people('a name in full-width letters', `- email: eve@acme.example\n  name: ${text(0xff21)}da Lovelace # ${C}\n`, 'look-alike', 2),
  people('a name with a no-break space', `- email: eve@acme.example\n  name: Ada${text(0xa0)}Lovelace # ${C}\n`, 'look-alike', 2),
  people('a name with a Kelvin sign', `- email: kim@acme.example\n  name: Kim\n- email: eve@acme.example\n  name: ${text(0x212a)}im # ${C}\n`, 'look-alike', 4),
  people('an address with a one for an l', `- email: e1@acme.example\n  name: E\n- email: el@acme.example\n  name: ${C}\n`, 'look-alike', 3),
  people('an address with a nought for an o', `- email: bob@acme.example\n  name: E\n- email: b0b@acme.example\n  name: ${C}\n`, 'look-alike', 3),
  people('an address with rn for m', `- email: mia@acme.example\n  name: E\n- email: rnia@acme.example\n  name: ${C}\n`, 'look-alike', 3),
  { what: 'a console account without a roster', files: without(ROSTER), code: 'roster-missing', line: 1, at: 'accounts/twilio-labs.yaml' },
  company('a roster without rows', ROSTER, roster('ada@acme.example', '2026-11-20', ''), 'rows-missing', 1),
  company('a roster that grows old', ROSTER, roster('ada@acme.example', '2026-10-26', 'rows: []\n'), 'roster-ageing', 2),
  company('a roster that is too old', ROSTER, roster('ada@acme.example', '2026-01-01', 'rows: []\n'), 'roster-too-old', 2),
  { what: 'more warnings than anybody reads', files: manyWarnings(), code: 'more-warnings', line: 1, at: 'teams/evil.yaml' },
];

function without(path: string): Record<string, string> {
  return Object.fromEntries(Object.entries(COMPANY).filter(([one]) => one !== path));
}

function manyWarnings(): HostileCase['files'] {
  const members = Array.from({ length: 250 }, (_, index) => `{ email: p${index}@acme.example, until: 2000-01-01 }`);
  const persons = Array.from({ length: 250 }, (_, index) => `- email: p${index}@acme.example\n  name: P ${index}\n`);
  return but({ 'teams/evil.yaml': `members: [${members.join(', ')}]\ngrants: []\n`, 'people/more.yaml': persons.join(''), 'people/engineering.yaml': GOOD['people/engineering.yaml'] });
}
