import { EXIT, type ExitCode } from '../errors.ts';
import { renderFindings } from '../report/render-findings.ts';
import { isError, loadFindings } from './load-desired.ts';
import type { Run } from './run-context.ts';

/** Everything that is wrong with the policies, in one run. It needs nothing and sends nothing. */
export async function validate(run: Run): Promise<ExitCode> {
  const { findings, files } = await loadFindings(run);
  const format = run.flags.format === 'markdown' ? 'text' : run.flags.format;
  await run.deliver(renderFindings(findings, format, run.style, files));
  return findings.some(isError) ? EXIT.policyInvalid : EXIT.ok;
}
