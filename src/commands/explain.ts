import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import type { DesiredState, History } from '../model.ts';
import { nearestWord } from '../policy/nearest-word.ts';
import { explanationToJson, renderExplanation, renderWhoCan, whoCanToJson } from '../report/render-explain.ts';
import { visible } from '../text/encode.ts';
import { explainKnowledge } from './explain-knowledge.ts';
import { explainPerson } from './explain-person.ts';
import { explainRole } from './explain-role.ts';
import { loadDesired, today } from './load-desired.ts';
import type { Run } from './run-context.ts';

export interface ExplainFlags {
  readonly email: string | null;
  readonly role: string | null;
  readonly observation: string | null;
}

/** What one person holds and why, or who can: from policy, ledger and the newest observation at hand, without any credential. */
export async function explain(run: Run, flags: ExplainFlags): Promise<ExitCode> {
  const { desired } = await loadDesired(run);
  const [account] = run.flags.account;
  const isWhoCan = flags.email === null;
  if (isWhoCan && (flags.role === null || account === undefined || run.flags.account.length !== 1)) {
    throw new RollcallError('usage', 'explain needs EMAIL, or --account NAME together with --role ROLE');
  }
  const input = { desired, ...(await explainKnowledge(run, desired, flags.observation)), day: today(run) };
  const isJson = run.flags.format === 'json';
  if (isWhoCan) {
    const who = explainRole(input, account ?? '', flags.role ?? '');
    await run.deliver(isJson ? whoCanToJson(who) : renderWhoCan(who, run.style));
    return EXIT.ok;
  }
  const email = (flags.email ?? '').trim().toLowerCase();
  const explanation = explainPerson(input, email);
  if (explanation === null) throw personUnknown(email, desired, input.history);
  await run.deliver(isJson ? explanationToJson(explanation) : renderExplanation(explanation, run.style));
  return EXIT.ok;
}

function personUnknown(email: string, desired: DesiredState, history: History | null): RollcallError {
  const known = new Set(desired.people.keys());
  for (const account of history?.accounts.values() ?? []) for (const principal of account.lastApplied.keys()) known.add(principal);
  const near = nearestWord(email, [...known]);
  return new RollcallError('personUnknown', visible(email), near === null ? '' : ` Did you mean ${visible(near)}?`);
}
