import { type ExitCode, RollcallError } from '../errors.ts';
import type { Run } from './run-context.ts';

export interface ImportFlags {
  /** A file that `observe` wrote; null to read the accounts. */
  readonly observation: string | null;
}

export async function importPolicies(_run: Run, _flags: ImportFlags): Promise<ExitCode> {
  throw new RollcallError('usage', 'import is being written');
}
