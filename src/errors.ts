import { SENTENCES } from './sentences.ts';
import { GITHUB_SENTENCES } from './sentences-github.ts';

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

/** A sentence that is thrown, and the name of the code that its run ends with. */
export interface Sentence {
  readonly exit: keyof typeof EXIT;
  readonly says: (...facts: string[]) => string;
}

/**
 * Every sentence that rollcall throws. An error says what is wrong, where, what was expected, and the way out. Facts that come from
 * outside pass `visible()` before they get here; a secret never does.
 */
export const ERRORS = { ...SENTENCES, ...GITHUB_SENTENCES } as const;

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
    this.exit = EXIT[sentence.exit];
  }
}
