import type { Finding, Place } from '../model.ts';

interface Sentence {
  readonly severity: Finding['severity'];
  readonly says: (...facts: string[]) => string;
}

const error = (says: Sentence['says']): Sentence => ({ severity: 'error', says });
const warning = (says: Sentence['says']): Sentence => ({ severity: 'warning', says });

/** Every sentence that a policy can earn. Facts are ours or passed `visible()`; a value that failed to parse is never one. */
const SENTENCES = {
  // ------------------------------------------------------------------------------------------------------------ the tree
  'policies-missing': error(() => 'There is no such folder of policies. Give the folder with --policies.'),
  'policies-empty': error(() => 'The folder holds no policy file. An empty policy is never read as "delete everybody".'),
  'no-account': error(
    () => 'No policy names an account. Expected at least one file in accounts/; without one there is nothing to compare with.',
  ),
  'folder-unknown': error(
    (near) => `A folder of this name has no meaning here. Expected accounts, people, teams, approvals or rosters.${near}`,
  ),
  'file-misplaced': error(
    () => 'This is not in a folder of policies. The folder decides the kind: accounts, people, teams, approvals or rosters.',
  ),
  'file-name': error(
    () => 'A policy file is named in lower-case letters, digits and hyphens and ends in .yaml or .yml, such as voice.yaml.',
  ),
  'file-kind': error(() => 'Not a regular file (a link, a folder, a device or a pipe). It was not opened. Policies are regular files.'),
  'file-too-large': error((limit) => `The file is larger than ${limit} KiB. Split it: the files of a folder add up.`),
  'too-many-files': error((count, limit) => `${count} files and folders; at most ${limit} policy files are read. Nothing was read.`),
  'same-variable': error((variable, other) => `This account and ${other} read the same credential, ${variable}. Rename one of the files.`),
  'same-scope': error((other) => `${other} has the same \`scope\`. One account stands in one file; delete one of them.`),
  'same-name': error((other) => `${other} has the same name. Names are file stems and must be different; rename one of the files.`),
  'subaccount-name': error(
    () =>
      'A name that ends in -ac and 32 hexadecimal digits is what `subaccounts: all` calls an account that has no file. Give the file another name; `scope` says which account it is.',
  ),
  // ------------------------------------------------------------------------------------------------------------ the text
  'not-utf8': error(() => 'The line is not UTF-8. Save the file as UTF-8.'),
  'forbidden-character': error(
    (point) => `A character that nobody can see or that reorders text (U+${point}). Delete it; it is not allowed in comments either.`,
  ),
  'secret-in-policy': error(
    (what) =>
      `This looks like ${what} and is not repeated here. Policies hold no secrets: take it out, and revoke it, since Git does not forget.`,
  ),
  'file-empty': error(() => 'The file is empty or holds only comments. Delete the file if that is meant; it is never read as "nobody".'),
  'yaml-syntax': error((code) =>
    code === 'bad scalar start'
      ? `This is not YAML (${code}). A text that begins with @ or another sign of YAML needs quotes; a GitHub login in people/ has no @.`
      : `This is not YAML (${code}). Check the indentation, the quotes and the brackets here and above.`,
  ),
  'yaml-directive': error(
    () => 'A line starts with %, which YAML reads as a directive. Directives change the language and are not allowed.',
  ),
  'yaml-second-document': error(() => 'A second YAML document starts here. A policy file is one document; make it a file of its own.'),
  'yaml-anchor': error(() => 'Anchors (&name) are not allowed. Write the text out where it is needed.'),
  'yaml-alias': error(() => 'Aliases (*name) are not allowed. Write the text out where it is needed.'),
  'yaml-tag': error(() => 'Tags (!name) are not allowed. Quote the text if it really starts with an exclamation mark.'),
  'yaml-merge-key': error(() => 'Merge keys (<<) are not allowed. Write the keys out.'),
  'yaml-key': error(() => 'A key must be a plain word. Quote it if it is meant as text.'),
  'yaml-forbidden-key': error((key) => `\`${key}\` is not allowed as a key anywhere.`),
  'yaml-duplicate-key': error((key) => `The key${key} stands twice in this map. Keep one of them.`),
  'yaml-number': error(() => 'Numbers are written in plain decimal digits, such as 12. Put text in quotes.'),
  'yaml-too-deep': error((limit) => `Nested more than ${limit} levels deep.`),
  'yaml-too-many-nodes': error((limit) => `More than ${limit} values in one file. Split it: the files of a folder add up.`),
  'text-too-long': error((limit) => `A text of more than ${limit} characters. No policy needs one so long.`),
  // ----------------------------------------------------------------------------------------------------------- the shape
  'unknown-key': error((key, where, near) => `${key} is not a key of ${where}.${near}`),
  'missing-key': error((key, where, hint) => `\`${key}\` is missing: ${where} needs it.${hint}`),
  'key-elsewhere': error(
    (key, only, here) => `\`${key}\` is for ${only}, and this is ${here}. Delete it, or mend \`provider\` and \`api\`.`,
  ),
  'wrong-type': error((expected, where) => `Expected ${expected} for ${where}.`),
  'unknown-value': error((known, where, near) => `Not a value of ${where}. Expected one of ${known}.${near}`),
  'invalid-email': error(
    (where) => `Not an e-mail address in ${where}. Expected an ASCII address such as ada@acme.example, at most 254 characters.`,
  ),
  'invalid-day': error((where) => `Not a day of the calendar in ${where}. Expected YYYY-MM-DD, such as 2027-01-31.`),
  'invalid-text': error((expected, where) => `Expected ${expected} for ${where}.`),
  'out-of-range': error((expected, where) => `Expected ${expected} for ${where}.`),
  'role-or-group': error(() => 'A grant names exactly one of `role` and `group`.'),
  'more-findings': error((count) => `And ${count} more in this file. Mend the first ones and look again.`),
  'more-warnings': warning((count) => `And ${count} more warnings in this file.`),
  // --------------------------------------------------------------------------------------------------------- the meaning
  'person-unknown': error((email, near) => `${email} is in no file of people/. Add the person there, or mend the address.${near}`),
  'account-unknown': error((account, near) => `No file of accounts/ has the name \`${account}\`.${near}`),
  'role-unknown': error((role, account, known, near) => `${role} is not a role in ${account}. Expected one of ${known}.${near}`),
  'no-viewer': error((account, way) => `Twilio has no general Viewer, so \`viewer\` is not a role in ${account}. ${way}`),
  'admin-by-group': error(
    (account) =>
      `\`admin\` is not a role in ${account}: this API shows groups, and a group makes an admin. Grant \`group:\` with the group's name, which brings \`member\` along; \`role: member\` alone is membership without any group.`,
  ),
  'owner-role': error(
    (role, account) => `\`${role}\` in ${account} belongs to the account's declared owner alone and cannot be granted to anybody else.`,
  ),
  'group-unsupported': error(
    (account, api) => `${account} is read through ${api}, which shows no permission groups, so nobody could verify this. Grant a role.`,
  ),
  'api-unsupported': error((provider, api) => `This version cannot talk to ${provider} through ${api}.`),
  'email-twice': error((email, place) => `${email} already stands at ${place}. A person stands once in people/, in whatever case.`),
  'github-twice': error((login, place) => `The GitHub login ${login} already stands at ${place}. It is one person's, in whatever case.`),
  'previously-in-use': error((email, place) => `${email} is used at ${place}, so it cannot be somebody's previous address.`),
  'member-twice': error((email, place) => `${email} is already a member of this team at ${place}.`),
  'grant-twice': error((what, account, place) => `This team already grants ${what} in ${account} at ${place}.`),
  'approval-too-long': error((last) => `An approval expires at most 7 days ahead: ${last} at the latest.`),
  'row-twice': error((email, place) => `${email} already stands at ${place}. Everybody stands once, with all their roles.`),
  'rows-needless': error((account, api) => `${account} is read through ${api}, which lists its people itself. Delete \`rows\`.`),
  'attester-unknown': error(
    (email, near) => `${email} is neither in people/ nor the account's owner, so nobody here vouches for this.${near}`,
  ),
  'future-day': error((day) => `${day} has not come yet, so nobody can have looked on that day. Expected today or earlier, in UTC.`),
  'roster-missing': warning(
    (account) =>
      `Only the Console shows who is in ${account}, and policies/rosters/${account}.yaml is not there: its plan will be unverified. \`rollcall roster --account ${account}\` writes it.`,
  ),
  'rows-missing': warning(
    (account) =>
      `\`rows\` is missing, and only the Console shows who is in ${account}: its plan will be unverified. \`rollcall roster --account ${account}\` writes them.`,
  ),
  'roster-ageing': warning(
    (days, last) => `This was attested ${days} days ago and is believed until ${last}. Look at the Console again before that.`,
  ),
  'roster-too-old': warning(
    (days) =>
      `This was attested ${days} days ago, and a roster is believed for 30 days: the account's plan is unverified until somebody attests again.`,
  ),
  'approval-expired': warning((day) => `This approval expired on ${day} and allows nothing any more. Delete the file.`),
  'end-passed': warning((day) => `This ended on ${day}. Delete the entry, or give it a new end.`),
  'no-end-on-privilege': warning((role, account) => `\`${role}\` in ${account} is privileged and never ends. Consider an \`until\`.`),
  'superfluous-grant': warning((place) => `This adds nothing: every member holds as much for as long by another grant, such as ${place}.`),
  'look-alike': warning((what, place) => `This ${what} looks like the one at ${place} and is another. Make sure that both are meant.`),
} as const satisfies Record<string, Sentence>;

export type FindingCode = keyof typeof SENTENCES;

/** Every code there is: what documentation and tests go through. */
export const FINDING_CODES = Object.keys(SENTENCES) as readonly FindingCode[];

/** A finding with the sentence of its code. */
export function finding(code: FindingCode, place: Place, ...facts: string[]): Finding {
  const sentence: Sentence = SENTENCES[code];
  return { file: place.file, line: place.line, column: place.column, code, severity: sentence.severity, message: sentence.says(...facts) };
}
