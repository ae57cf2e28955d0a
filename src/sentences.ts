import type { Sentence } from './errors.ts';

/** Why a ledger does not verify that is whole and does not reach the newest record an issue names. */
const SEEN_BEFORE = 'it was seen before and is there no more';

/** What is thrown on every machine: flags, files, policies, plans, the ledger. */
export const SENTENCES = {
  usage: { exit: 'usage', says: (what) => what },
  originNotLoopback: {
    exit: 'usage',
    says: (variable) =>
      `${variable} accepts a loopback address only (http://127.0.0.1:PORT), so that no other host ever gets a vendor credential. Unset it to talk to the vendor.`,
  },
  inputTooLarge: {
    exit: 'usage',
    says: (kib) => `what came on standard input is larger than ${kib} KiB. Give less at a time, or a file.`,
  },
  nowNeedsLoopback: {
    exit: 'usage',
    says: () =>
      'ROLLCALL_NOW sets the clock and is accepted only when every vendor origin in use is loopback. Unset it, or set ROLLCALL_TELNYX_ORIGIN and ROLLCALL_TWILIO_ORIGIN, as far as they are used, to an emulator.',
  },
  nowNotAnInstant: { exit: 'usage', says: () => 'ROLLCALL_NOW is not an instant. Write it as 2026-11-22T09:00:00Z.' },
  accountUnknown: {
    exit: 'usage',
    says: (name, known) => `--account ${name}: no policy names this account. Known: ${known}.`,
  },
  planUnreadable: {
    exit: 'usage',
    says: (file, why) => `${file}: ${why}. Give a plan made by \`rollcall plan --out FILE\`.`,
  },
  planVersion: {
    exit: 'usage',
    says: (file, version) => `${file}: format_version ${version} is not one this rollcall understands (1.x). Plan again with this version.`,
  },
  planEdited: {
    exit: 'credentials',
    says: (file, what) =>
      `${file} was changed after it was made: ${what}. It approves nothing. Plan again with \`rollcall plan --out FILE\` and have that plan approved.`,
  },
  planBlocked: {
    exit: 'blocked',
    says: (file, accounts) => `${file}: the plan was blocked when it was made (${accounts}), so nothing in it can be applied there.`,
  },
  observationUnreadable: {
    exit: 'usage',
    says: (file, why) => `${file}: ${why}. Give an observation made by \`rollcall observe --out FILE\`.`,
  },
  observationEdited: {
    exit: 'credentials',
    says: (file, account) => `${file}: the rows of ${account} do not match their digest, so they are not what was read. Observe again.`,
  },
  baseUnreadable: {
    exit: 'usage',
    says: (base, why) => `--base ${base}: ${why}. Give a folder of policies, or a commit of the repository that holds them.`,
  },
  baseInvalid: {
    exit: 'policyInvalid',
    says: (base, count) => `--base ${base}: the policies there are invalid (${count}). Run \`rollcall validate\` on them.`,
  },
  outIsKept: {
    exit: 'usage',
    says: (file, why) => `--out ${file}: ${why}, and would be overwritten. Give another file.`,
  },
  outNotEmpty: {
    exit: 'usage',
    says: (folder, what) => `--out ${folder}: ${what}, and nothing is overwritten. Give a folder that is new or empty.`,
  },
  importFault: {
    exit: 'unexpected',
    says: (why) =>
      `what was read could not be made into valid policies: ${why}. Nothing was written. \`rollcall validate\` shows whether the policies are well; \`--account NAME\` imports one account at a time.`,
  },
  approvalNeeded: {
    exit: 'usage',
    says: () => 'apply needs an approval: --plan FILE (a plan that people reviewed), or --yes, or a terminal to ask on.',
  },
  ledgerHeld: {
    exit: 'ledgerHeld',
    says: (path, by) => `${path}: another run holds the ledger (${by}). Nothing was done. Wait for it to end and try again.`,
  },
  ledgerLost: {
    exit: 'ledgerHeld',
    says: (path) => `${path}: another run wrote to the ledger first. Nothing more was done. Try again.`,
  },
  ledgerLockNameless: {
    exit: 'ledgerHeld',
    says: (path, lock) =>
      `${path}: the lock ${lock} names no process of this machine, so nobody can tell whether its run is over. Nothing was done. If no run is under way anywhere, delete that file.`,
  },
  ledgerDamaged: {
    exit: 'credentials',
    says: (path, record, what) =>
      `${path}: record ${record} does not verify (${what}). Nothing was done, and nothing will be while the ledger is damaged. Restore it from a copy or a commit that verifies; \`rollcall ledger verify\` shows whether it is whole.${what === SEEN_BEFORE ? ' An issue of rollcall names that record: if somebody edited the issue, put its body right, or empty it.' : ''}`,
  },
  ledgerVersion: {
    exit: 'credentials',
    says: (path, record, version) =>
      `${path}: record ${record} is of a version this rollcall does not understand (${version}). Use the version that wrote it.`,
  },
  fileUnreadable: { exit: 'usage', says: (file, why) => `${file}: ${why}.` },
  fileUnwritable: { exit: 'unexpected', says: (file, why) => `${file} could not be written: ${why}.` },
  policyInvalid: {
    exit: 'policyInvalid',
    says: (count) => `the policies are invalid (${count}). Nothing was sent anywhere. \`rollcall validate\` lists every finding.`,
  },
  rosterIncomplete: {
    exit: 'policyInvalid',
    says: (count) =>
      `${count} could hide somebody, or a role of theirs, so this is no whole roster. Nothing was written. Mend what was pasted, or add the page that is missing, and try again.`,
  },
  portTaken: {
    exit: 'usage',
    says: (port, why) => `port ${port} cannot be used on the loopback address: ${why}. Give another with --port.`,
  },
  seedInvalid: { exit: 'usage', says: (file, why) => `${file}: not a seed for the emulator: ${why}.` },
  personUnknown: {
    exit: 'usage',
    says: (email, near) => `${email}: neither policy nor ledger names this person.${near}`,
  },
  subaccountAsked: {
    exit: 'usage',
    says: (name, file) => `--account ${name}: a subaccount goes together with the account it is found by. Give --account ${file}.`,
  },
  roleUnknown: { exit: 'usage', says: (role, known) => `--role ${role}: this account has no such role. Known: ${known}.` },
  initNoFolder: {
    exit: 'usage',
    says: (place, why) => `${place}: ${why}. Nothing was written. Put a folder in its place.`,
  },
  initStopped: {
    exit: 'interrupted',
    says: () => 'the answers ended before everything was known. Nothing was written. Start again when you like.',
  },
} as const satisfies Record<string, Sentence>;
