import { EXIT, type ExitCode } from '../errors.ts';
import { type CommandOutline, renderCompletion, type Shell } from '../report/render-completion.ts';
import type { Run } from './run-context.ts';

/** The script with which a shell completes rollcall's command line. */
export async function completion(run: Run, shell: Shell, outline: readonly CommandOutline[]): Promise<ExitCode> {
  await run.deliver(renderCompletion(shell, outline));
  return EXIT.ok;
}
