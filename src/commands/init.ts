import { EXIT, type ExitCode } from '../errors.ts';
import type { Prompt, World } from '../ports.ts';
import { wrapProse } from '../report/fit-text.ts';
import { gatherAnswers } from './init-gather.ts';
import { policiesOf, readKnown } from './init-known.ts';
import { findOwnPin } from './init-pin.ts';
import { probeAdded } from './init-probe.ts';
import { initToJson, renderInit } from './init-render.ts';
import { writeRepository } from './init-write.ts';
import { isError, loadFindings } from './load-desired.ts';
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

/** Where the bundle lies: in a clone of rollcall that is where its commit and its place on GitHub are found. */
const OWN_FOLDER = typeof __filename === 'string' ? __filename.replace(/[^/\\]*$/, '') : '.';

/** A new repository of policies, or what one that is there still lacks. Overwrites nothing, and ends as `validate` does on what is there then. */
export async function init(run: Run, flags: InitFlags, ownFolder: string = OWN_FOLDER): Promise<ExitCode> {
  const folder = flags.folder.replace(/^(.*[^/]|\/)\/+$/s, '$1') || '.';
  const known = await readKnown(run, folder);
  const { world } = run;
  const answers = await gatherAnswers(flags, {
    known,
    env: world.env,
    prompt: run.flags.format === 'json' ? null : wrapQuestions(world),
    findPin: () => findOwnPin(world.git(ownFolder)),
  });
  const { added, probes } = await probeAdded(run, answers.added, answers.unsure);
  const names = [...known.names, ...added.map(({ name }) => name)].toSorted();
  const { made, kept } = await writeRepository(run, folder, {
    added,
    accounts: [...known.accounts, ...added],
    names,
    security: answers.security,
    action: answers.action,
    branch: known.branch,
    readme: known.readme,
    codeowners: known.codeowners ?? '.github/CODEOWNERS',
  });
  const { findings, files } = await loadFindings({ ...run, flags: { ...run.flags, policies: policiesOf(folder) } });
  const there = answers.there.map((name) => ({ file: `policies/accounts/${name}.yaml`, isSame: false, advice: null }));
  const report = {
    made,
    kept: [...there, ...kept],
    folder,
    accounts: names,
    added,
    action: answers.action,
    readme: known.readme,
    branch: known.branch,
    isRepository: known.isRepository,
    isBegun: known.isRepository && known.names.length > 0,
    probes,
    findings,
    files,
  };
  await run.deliver(run.flags.format === 'json' ? initToJson(report) : renderInit(report, run.style));
  return findings.some(isError) ? EXIT.policyInvalid : EXIT.ok;
}

/** A question is a sentence like any other, but nothing of it is wider than the terminal, and the answer is typed behind its last line. */
function wrapQuestions({ prompt, stdout }: World): Prompt {
  if (prompt === null) return null;
  const columns = Math.max(stdout.columns - 1, 20);
  const whole = new RegExp(`[^\\n]{${columns}}(?=[^\\n])`, 'g');
  return (question) => prompt(`${wrapProse(question.trimEnd(), columns).replace(whole, '$&\n')} `);
}
