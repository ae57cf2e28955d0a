/**
 * What a repository of policies is made of, said once: `init` writes it, `doctor` checks it, docs/github.md explains it.
 */

/** The GitHub environment whose secrets open the accounts, bound to the default branch. */
export const ENVIRONMENT = 'rollcall-apply';

/** The checks that the default branch has to require, by the names of their jobs. */
export const REQUIRED_CHECKS = ['validate', 'plan'] as const;

/** The workflows, by file, and whether each runs in the environment that holds the vendors' keys. */
export const WORKFLOWS = [
  { file: '.github/workflows/validate.yml', command: 'validate', holdsKeys: false },
  { file: '.github/workflows/plan.yml', command: 'plan', holdsKeys: false },
  { file: '.github/workflows/apply.yml', command: 'apply', holdsKeys: true },
  { file: '.github/workflows/drift.yml', command: 'drift', holdsKeys: true },
] as const;

/** What can change who gets in, or what runs: each needs owners of its own in CODEOWNERS. Folders end in a slash. */
export const GUARDED_PATHS = ['policies/accounts/', 'policies/approvals/', 'policies/rosters/', '.github/'] as const;

/** The public keys that the ledger's signatures are checked against. */
export const PUBLIC_KEYS = '.github/rollcall.pub';
