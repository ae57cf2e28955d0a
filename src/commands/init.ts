import { type ExitCode, RollcallError } from '../errors.ts';
import type { Run } from './run-context.ts';

export interface InitFlags {
  /** Where the repository is to be. */
  readonly folder: string;
  /** `NAME=PROVIDER[/API][,key=value]…`, one an account. */
  readonly add: readonly string[];
  readonly owner: string | null;
  readonly security: string | null;
  /** `OWNER/NAME@COMMIT`. */
  readonly action: string | null;
}

export async function init(_run: Run, _flags: InitFlags): Promise<ExitCode> {
  throw new RollcallError('usage', 'init is being written');
}
