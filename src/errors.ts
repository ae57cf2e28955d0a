/**
 * Exit codes and every sentence that rollcall throws, in one place. An error says what is wrong, where, what was expected,
 * and the way out. Facts that come from outside pass `visible()` before they get here; a secret never does.
 */

export const EXIT = {
  ok: 0,
  unexpected: 1,
  changes: 2,
  policyInvalid: 3,
  withheld: 4,
  blocked: 5,
  failed: 6,
  ledgerHeld: 7,
  incomplete: 8,
  credentials: 9,
  deferred: 10,
  usage: 64,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, as `--help` and the README print it. */
export const EXIT_MEANINGS = {
  0: 'done; a plan with changes is also 0 unless --detailed-exitcode',
  1: 'unexpected error',
  2: 'changes present (plan --detailed-exitcode; drift; drift --revert and ci drift when a difference is left)',
  3: 'policy invalid; nothing was done',
  4: 'changes were withheld because no approval covers them',
  5: 'a guard blocks an account; nothing was done there',
  6: 'some changes failed or are undecided; the rest stands in the ledger and in the remaining plan',
  7: 'another run holds the ledger; nothing was done',
  8: 'an account could not be read completely; nothing was done there',
  9: 'credentials missing or refused, or approval evidence or the ledger does not verify',
  10: 'all that limits allow is done, the rest is owed, with its time',
  64: 'usage',
  130: 'interrupted; the ledger is closed',
} as const satisfies Record<ExitCode, string>;

/** Most pressing first; codes that end a run before it starts (1, 3, 7, 64) never meet others. */
const PRECEDENCE: readonly ExitCode[] = [130, 9, 4, 5, 8, 6, 10, 2, 0];

/** The code that speaks of the worst that happened. */
export function worstExit(codes: Iterable<ExitCode>): ExitCode {
  const seen = new Set(codes);
  return PRECEDENCE.find((code) => seen.has(code)) ?? [...seen][0] ?? EXIT.ok;
}

interface Sentence {
  readonly exit: ExitCode;
  readonly says: (...facts: string[]) => string;
}

/** Why a ledger does not verify that is whole and does not reach the newest record an issue names. */
const SEEN_BEFORE = 'it was seen before and is there no more';

export const ERRORS = {
  usage: { exit: EXIT.usage, says: (what) => what },
  originNotLoopback: {
    exit: EXIT.usage,
    says: (variable) =>
      `${variable} accepts a loopback address only (http://127.0.0.1:PORT), so that no other host ever gets a vendor credential. Unset it to talk to the vendor.`,
  },
  inputTooLarge: {
    exit: EXIT.usage,
    says: (kib) => `what came on standard input is larger than ${kib} KiB. Give less at a time, or a file.`,
  },
  nowNeedsLoopback: {
    exit: EXIT.usage,
    says: () =>
      'ROLLCALL_NOW sets the clock and is accepted only when every vendor origin in use is loopback. Unset it, or set ROLLCALL_TELNYX_ORIGIN and ROLLCALL_TWILIO_ORIGIN, as far as they are used, to an emulator.',
  },
  nowNotAnInstant: { exit: EXIT.usage, says: () => 'ROLLCALL_NOW is not an instant. Write it as 2026-11-22T09:00:00Z.' },
  accountUnknown: {
    exit: EXIT.usage,
    says: (name, known) => `--account ${name}: no policy names this account. Known: ${known}.`,
  },
  planUnreadable: {
    exit: EXIT.usage,
    says: (file, why) => `${file}: ${why}. Give a plan made by \`rollcall plan --out FILE\`.`,
  },
  planVersion: {
    exit: EXIT.usage,
    says: (file, version) => `${file}: format_version ${version} is not one this rollcall understands (1.x). Plan again with this version.`,
  },
  planEdited: {
    exit: EXIT.credentials,
    says: (file, what) =>
      `${file} was changed after it was made: ${what}. It approves nothing. Plan again with \`rollcall plan --out FILE\` and have that plan approved.`,
  },
  planBlocked: {
    exit: EXIT.blocked,
    says: (file, accounts) => `${file}: the plan was blocked when it was made (${accounts}), so nothing in it can be applied there.`,
  },
  observationUnreadable: {
    exit: EXIT.usage,
    says: (file, why) => `${file}: ${why}. Give an observation made by \`rollcall observe --out FILE\`.`,
  },
  observationEdited: {
    exit: EXIT.credentials,
    says: (file, account) => `${file}: the rows of ${account} do not match their digest, so they are not what was read. Observe again.`,
  },
  baseUnreadable: {
    exit: EXIT.usage,
    says: (base, why) => `--base ${base}: ${why}. Give a folder of policies, or a commit of the repository that holds them.`,
  },
  baseInvalid: {
    exit: EXIT.policyInvalid,
    says: (base, count) => `--base ${base}: the policies there are invalid (${count}). Run \`rollcall validate\` on them.`,
  },
  outIsKept: {
    exit: EXIT.usage,
    says: (file, why) => `--out ${file}: ${why}, and would be overwritten. Give another file.`,
  },
  approvalNeeded: {
    exit: EXIT.usage,
    says: () => 'apply needs an approval: --plan FILE (a plan that people reviewed), or --yes, or a terminal to ask on.',
  },
  ledgerHeld: {
    exit: EXIT.ledgerHeld,
    says: (path, by) => `${path}: another run holds the ledger (${by}). Nothing was done. Wait for it to end and try again.`,
  },
  ledgerLost: {
    exit: EXIT.ledgerHeld,
    says: (path) => `${path}: another run wrote to the ledger first. Nothing more was done. Try again.`,
  },
  ledgerLockNameless: {
    exit: EXIT.ledgerHeld,
    says: (path, lock) =>
      `${path}: the lock ${lock} names no process of this machine, so nobody can tell whether its run is over. Nothing was done. If no run is under way anywhere, delete that file.`,
  },
  ledgerDamaged: {
    exit: EXIT.credentials,
    says: (path, record, what) =>
      `${path}: record ${record} does not verify (${what}). Nothing was done, and nothing will be while the ledger is damaged. Restore it from a copy or a commit that verifies; \`rollcall ledger verify\` shows whether it is whole.${what === SEEN_BEFORE ? ' An issue of rollcall names that record: if somebody edited the issue, put its body right, or empty it.' : ''}`,
  },
  ledgerVersion: {
    exit: EXIT.credentials,
    says: (path, record, version) =>
      `${path}: record ${record} is of a version this rollcall does not understand (${version}). Use the version that wrote it.`,
  },
  signingKeyMissing: {
    exit: EXIT.credentials,
    says: () =>
      'ROLLCALL_SIGNING_KEY is not set, so nothing can be written to the signed ledger. Make a key with `rollcall keygen` and keep it as a secret of the protected environment.',
  },
  signingKeyUnreadable: {
    exit: EXIT.credentials,
    says: () =>
      'ROLLCALL_SIGNING_KEY is no Ed25519 private key. Give it as `rollcall keygen` printed it: PKCS #8, as PEM or as one line of base64.',
  },
  signingKeyUnknown: {
    exit: EXIT.credentials,
    says: (key) =>
      `the signing key ${key} is not among the public keys, so nobody could verify what it signs. Nothing was done. Add its line to .github/rollcall.pub, or use a key that stands there.`,
  },
  publicKeysMissing: {
    exit: EXIT.credentials,
    says: (file) =>
      `${file} is not there or names no key, so no signature can be verified. \`rollcall keygen\` prints the line that belongs there.`,
  },
  publicKeyUnreadable: {
    exit: EXIT.credentials,
    says: (file, line, what) => `${file}: line ${line}: ${what}. Each line is \`KEYID BASE64\`, as \`rollcall keygen\` prints it.`,
  },
  stateForged: {
    exit: EXIT.credentials,
    says: (file, why) =>
      `rollcall-state: ${file} does not verify (${why}). It grants nothing, and nothing is written until it is whole again. Restore the branch from a commit that verifies.`,
  },
  objectsUnreadable: {
    exit: EXIT.unexpected,
    says: (where, why) => `${where}: ${why}. Nothing was done. Check that the token may read contents, and try again.`,
  },
  eventUnknown: {
    exit: EXIT.usage,
    says: (name) =>
      `GITHUB_EVENT_NAME ${name} is none that rollcall ci acts on. Known: pull_request, merge_group, push, schedule, workflow_dispatch.`,
  },
  eventUnreadable: {
    exit: EXIT.usage,
    says: (name, why) => `the event ${name} cannot be used: ${why}. Run it in GitHub Actions, or give --pull NUMBER.`,
  },
  ciVariableMissing: {
    exit: EXIT.usage,
    says: (variable) => `${variable} is not set. GitHub Actions sets it; outside Actions set it as Actions would.`,
  },
  githubOriginUnsafe: {
    exit: EXIT.usage,
    says: (variable) => `${variable} must be https, or http on a loopback address, so that no other host ever gets the token.`,
  },
  notTheDefaultBranch: {
    exit: EXIT.usage,
    says: (ref, branch) => `ci apply acts for ${branch} alone, and this run is for ${ref}. Nothing was done. Dispatch it on ${branch}.`,
  },
  publicRepository: {
    exit: EXIT.usage,
    says: (repository) =>
      `${repository} is public, and a plan names people and addresses. Nothing was written. Make it private, or say --public if everybody may read them.`,
  },
  headGone: {
    exit: EXIT.blocked,
    says: (commit, branch) =>
      `the commit ${commit} of this run is not on ${branch} any more, so applying it could undo what was applied since. Nothing was done. Dispatch the workflow on ${branch} to apply its tip.`,
  },
  pullUnknown: {
    exit: EXIT.usage,
    says: (number, why) => `--pull ${number}: ${why}. Give the number of a pull request against the default branch.`,
  },
  githubRepositoryUnreadable: {
    exit: EXIT.usage,
    says: (shown) => `GITHUB_REPOSITORY is ${shown}. Give it as OWNER/NAME, such as acme/access.`,
  },
  githubElsewhere: {
    exit: EXIT.unexpected,
    says: (request) =>
      `${request} is an address that rollcall does not ask: another host than GITHUB_API_URL names, or a path made of dots. It was not sent, so the token stayed here.`,
  },
  githubMoved: {
    exit: EXIT.usage,
    says: (request, status) =>
      `${request}: GitHub answered ${status} and points elsewhere, and rollcall follows no redirect. If the repository was renamed or transferred, run where it is now.`,
  },
  githubRefused: {
    exit: EXIT.credentials,
    says: (request, status, says, needs) =>
      `${request}: GitHub refused it (${status}: ${says}). The token needs the permission ${needs}. Give the job that permission, or a token that has it.`,
  },
  githubNotFound: {
    exit: EXIT.usage,
    says: (request, status, says, needs) =>
      `${request}: GitHub has no such thing (${status}: ${says}), or hides it from this token. Check the name, and that the token has the permission ${needs}.`,
  },
  githubRejected: {
    exit: EXIT.unexpected,
    says: (request, status, says) =>
      `${request}: GitHub did not accept it (${status}: ${says}). A rule of the repository may forbid it; mend what GitHub names and run again.`,
  },
  githubLimited: {
    exit: EXIT.unexpected,
    says: (request, status, says) =>
      `${request}: GitHub's rate limit is used up (${status}: ${says}), for longer than rollcall waits. Run again later; what is done stays done.`,
  },
  githubUnreachable: {
    exit: EXIT.unexpected,
    says: (request, why) => `${request}: no whole answer from GitHub (${why}). Run again; what is done stays done.`,
  },
  githubTooMany: {
    exit: EXIT.unexpected,
    says: (request, limit) =>
      `${request}: more than ${limit} rows, which is more than rollcall reads. A part is never taken for the whole.`,
  },
  githubStoredOther: {
    exit: EXIT.unexpected,
    says: (request) => `${request}: GitHub stored another text than was sent. Look at the comment, and run again.`,
  },
  fileUnreadable: { exit: EXIT.usage, says: (file, why) => `${file}: ${why}.` },
  fileUnwritable: { exit: EXIT.unexpected, says: (file, why) => `${file} could not be written: ${why}.` },
  policyInvalid: {
    exit: EXIT.policyInvalid,
    says: (count) => `the policies are invalid (${count}). Nothing was sent anywhere. \`rollcall validate\` lists every finding.`,
  },
  rosterIncomplete: {
    exit: EXIT.policyInvalid,
    says: (count) =>
      `${count} could hide somebody, or a role of theirs, so this is no whole roster. Nothing was written. Mend what was pasted, or add the page that is missing, and try again.`,
  },
  portTaken: {
    exit: EXIT.usage,
    says: (port, why) => `port ${port} cannot be used on the loopback address: ${why}. Give another with --port.`,
  },
  seedInvalid: { exit: EXIT.usage, says: (file, why) => `${file}: not a seed for the emulator: ${why}.` },
  personUnknown: {
    exit: EXIT.usage,
    says: (email, near) => `${email}: neither policy nor ledger names this person.${near}`,
  },
  subaccountAsked: {
    exit: EXIT.usage,
    says: (name, file) => `--account ${name}: a subaccount goes together with the account it is found by. Give --account ${file}.`,
  },
  roleUnknown: { exit: EXIT.usage, says: (role, known) => `--role ${role}: this account has no such role. Known: ${known}.` },
} as const satisfies Record<string, Sentence>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a stable code, a whole sentence and an exit code. */
export class RollcallError extends Error {
  readonly code: ErrorCode;
  readonly exit: ExitCode;

  constructor(code: ErrorCode, ...facts: string[]) {
    const sentence: Sentence = ERRORS[code];
    super(sentence.says(...facts));
    this.name = 'RollcallError';
    this.code = code;
    this.exit = sentence.exit;
  }
}
