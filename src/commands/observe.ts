import { EXIT, type ExitCode, RollcallError, worstExit } from '../errors.ts';
import type { Observation, Unread } from '../model.ts';
import { digestOfObservations } from '../provider/check-observation.ts';
import { countWords } from '../report/count-words.ts';
import { toJson } from '../report/to-json.ts';
import { visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';
import { VERSION } from '../version.ts';
import { loadDesired } from './load-desired.ts';
import { readHistory } from './plan.ts';
import { openAccounts, readAccounts } from './read-accounts.ts';
import type { Run } from './run-context.ts';

/** A complete read of every account into one file, for plans that hold no credential. */
export async function observe(run: Run): Promise<ExitCode> {
  if (run.flags.out === null) throw new RollcallError('usage', 'observe needs --out FILE: what was read goes there');
  const { desired } = await loadDesired(run);
  const accounts = await openAccounts(run, desired, run.world.interrupted);
  const readings = await readAccounts(run, accounts, await readHistory(run), new Map()).finally(() => accounts.close());
  const sorted = [...readings].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, reading]) => reading);
  const observations = sorted.flatMap((reading) => (reading.kind === 'complete' ? [reading.observation] : []));
  const unread = sorted.flatMap((reading) => (reading.kind === 'incomplete' ? [reading] : []));
  // A read that failed everywhere must not replace an observation that is there.
  if (observations.length > 0)
    await run.world.files.writeText(
      run.flags.out,
      toJson({
        format_version: '1.0',
        tool: { name: 'rollcall', version: VERSION },
        observations,
        digest: digestOfObservations(observations),
      }),
    );
  if (run.flags.format === 'json') run.print(toJson({ format_version: '1.0', ...summaryOf(run.flags.out, observations, unread) }));
  else tell(run, observations, unread);
  return worstExit([EXIT.ok, ...unread.map((one) => (one.cause === 'credentials' ? EXIT.credentials : EXIT.incomplete))]);
}

function summaryOf(out: string, observations: readonly Observation[], unread: readonly Unread[]) {
  return {
    file: observations.length > 0 ? out : null,
    observed: observations.map(({ account, at, principals, digest }) => ({ account, at, principals: principals.length, digest })),
    unread: unread.map(({ account, at, cause, message }) => ({ account, at, cause, message })),
  };
}

function tell(run: Run, observations: readonly Observation[], unread: readonly Unread[]): void {
  for (const one of observations)
    run.print(run.wrap(`${visible(one.account)}: ${countWords(one.principals.length, 'principal')}, complete, ${one.at}`));
  for (const one of unread) run.print(run.wrap(`${visible(one.account)}: not read: ${encodeSentence(one.message)}`));
}
