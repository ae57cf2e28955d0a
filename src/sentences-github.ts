import type { Sentence } from './errors.ts';

/** What is thrown around GitHub: its API, its events, the state branch and the keys that sign it. */
export const GITHUB_SENTENCES = {
  signingKeyMissing: {
    exit: 'credentials',
    says: () =>
      'ROLLCALL_SIGNING_KEY is not set, so nothing can be written to the signed ledger. Make a key with `rollcall keygen`, commit its public line as .github/rollcall.pub, and keep the key as the secret ROLLCALL_SIGNING_KEY of the environment rollcall-apply.',
  },
  signingKeyUnreadable: {
    exit: 'credentials',
    says: () =>
      'ROLLCALL_SIGNING_KEY is no Ed25519 private key. Give it as `rollcall keygen` printed it: PKCS #8, as PEM or as one line of base64.',
  },
  signingKeyUnknown: {
    exit: 'credentials',
    says: (key) =>
      `the signing key ${key} is not among the public keys, so nobody could verify what it signs. Nothing was done. Add its line to .github/rollcall.pub, or use a key that stands there.`,
  },
  publicKeysMissing: {
    exit: 'credentials',
    says: (file) =>
      `${file} is not there or names no key, so no signature can be verified. \`rollcall keygen\` prints the line that belongs there; commit it on the default branch.`,
  },
  publicKeyUnreadable: {
    exit: 'credentials',
    says: (file, line, what) => `${file}: line ${line}: ${what}. Each line is \`KEYID BASE64\`, as \`rollcall keygen\` prints it.`,
  },
  stateForged: {
    exit: 'credentials',
    says: (file, why) =>
      `rollcall-state: ${file} does not verify (${why}). It grants nothing, and nothing is written until it is whole again. Restore the branch from a commit that verifies.`,
  },
  objectsUnreadable: {
    exit: 'unexpected',
    says: (where, why) => `${where}: ${why}. Nothing was done. Check that the token may read contents, and try again.`,
  },
  eventUnknown: {
    exit: 'usage',
    says: (name) =>
      `GITHUB_EVENT_NAME ${name} is none that rollcall ci acts on. Known: pull_request, merge_group, push, schedule, workflow_dispatch.`,
  },
  eventUnreadable: {
    exit: 'usage',
    says: (name, why) => `the event ${name} cannot be used: ${why}. Run it in GitHub Actions, or give --pull NUMBER.`,
  },
  ciVariableMissing: {
    exit: 'usage',
    says: (variable) => `${variable} is not set. GitHub Actions sets it; outside Actions set it as Actions would.`,
  },
  githubOriginUnsafe: {
    exit: 'usage',
    says: (variable) => `${variable} must be https, or http on a loopback address, so that no other host ever gets the token.`,
  },
  notTheDefaultBranch: {
    exit: 'usage',
    says: (ref, branch) => `ci apply acts for ${branch} alone, and this run is for ${ref}. Nothing was done. Dispatch it on ${branch}.`,
  },
  publicRepository: {
    exit: 'usage',
    says: (repository) =>
      `${repository} is public, and a plan names people and addresses. Nothing was written. Make it private, or say --public if everybody may read them.`,
  },
  headGone: {
    exit: 'blocked',
    says: (commit, branch) =>
      `the commit ${commit} of this run is not on ${branch} any more, so applying it could undo what was applied since. Nothing was done. Dispatch the workflow on ${branch} to apply its tip.`,
  },
  pullUnknown: {
    exit: 'usage',
    says: (number, why) => `--pull ${number}: ${why}. Give the number of a pull request against the default branch.`,
  },
  githubRepositoryUnreadable: {
    exit: 'usage',
    says: (shown) => `GITHUB_REPOSITORY is ${shown}. Give it as OWNER/NAME, such as acme/access.`,
  },
  githubElsewhere: {
    exit: 'unexpected',
    says: (request) =>
      `${request} is an address that rollcall does not ask: another host than GITHUB_API_URL names, or a path made of dots. It was not sent, so the token stayed here.`,
  },
  githubMoved: {
    exit: 'usage',
    says: (request, status) =>
      `${request}: GitHub answered ${status} and points elsewhere, and rollcall follows no redirect. If the repository was renamed or transferred, run where it is now.`,
  },
  githubRefused: {
    exit: 'credentials',
    says: (request, status, says, needs) =>
      `${request}: GitHub refused it (${status}: ${says}). The token needs the permission ${needs}. Give the job that permission, or a token that has it.`,
  },
  githubNotFound: {
    exit: 'usage',
    says: (request, status, says, needs) =>
      `${request}: GitHub has no such thing (${status}: ${says}), or hides it from this token. Check the name, and that the token has the permission ${needs}.`,
  },
  githubRejected: {
    exit: 'unexpected',
    says: (request, status, says) =>
      `${request}: GitHub did not accept it (${status}: ${says}). A rule of the repository may forbid it; mend what GitHub names and run again.`,
  },
  githubLimited: {
    exit: 'unexpected',
    says: (request, status, says) =>
      `${request}: GitHub's rate limit is used up (${status}: ${says}), for longer than rollcall waits. Run again later; what is done stays done.`,
  },
  githubUnreachable: {
    exit: 'unexpected',
    says: (request, why) => `${request}: no whole answer from GitHub (${why}). Run again; what is done stays done.`,
  },
  githubTooMany: {
    exit: 'unexpected',
    says: (request, limit) =>
      `${request}: more than ${limit} rows, which is more than rollcall reads. A part is never taken for the whole.`,
  },
  githubStoredOther: {
    exit: 'unexpected',
    says: (request) => `${request}: GitHub stored another text than was sent. Look at the comment, and run again.`,
  },
} as const satisfies Record<string, Sentence>;
