import { RollcallError } from '../errors.ts';
import type { Day, DesiredState, Finding } from '../model.ts';
import { loadPolicies } from '../policy/load-policies.ts';
import type { PolicySource } from '../ports.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { countWords } from '../report/count-words.ts';
import { renderFindings } from '../report/render-findings.ts';
import { visible } from '../text/encode.ts';
import { readGitFacts } from './git-facts.ts';
import type { Run } from './run-context.ts';

export interface Loaded {
  readonly findings: readonly Finding[];
  readonly desired: DesiredState | null;
  /** How many policy files were looked at. */
  readonly files: number;
}

/** The policies of the run's folder with everything that is wrong with them. */
export function loadFindings(run: Run, commit: string | null = null): Promise<Loaded> {
  return load(run.world.files.policies(run.flags.policies), run.flags.policies, today(run), commit);
}

/** Access by policy, or an end with every finding said: nothing is sent anywhere on invalid policies. */
export async function loadDesired(run: Run): Promise<{ readonly desired: DesiredState; readonly head: string | null }> {
  const git = readGitFacts(run);
  const { commit, head } = await git;
  const { findings, desired, files } = await loadFindings(run, commit);
  if (desired === null) {
    run.world.stderr.write(renderFindings(findings.filter(isError), 'text', run.style, files));
    throw new RollcallError('policyInvalid', countWords(findings.filter(isError).length, 'error'));
  }
  const unknown = run.flags.account.find((name) => !desired.accounts.has(name));
  if (unknown !== undefined) {
    throw new RollcallError(
      'accountUnknown',
      visible(unknown),
      [...desired.accounts.keys()]
        .toSorted()
        .map((name) => visible(name))
        .join(', '),
    );
  }
  return { desired, head };
}

/** Policies from elsewhere, such as the base of a pull request, held to the same rules. */
export async function loadBase(run: Run, source: PolicySource, base: string, commit: string | null): Promise<DesiredState> {
  const { findings, desired } = await load(source, base, today(run), commit);
  if (desired === null) throw new RollcallError('baseInvalid', visible(base), countWords(findings.filter(isError).length, 'error'));
  return desired;
}

function load(source: PolicySource, folder: string, day: Day, commit: string | null): Promise<Loaded> {
  return loadPolicies({ source, folder, today: day, capabilitiesOf, commit });
}

export function today(run: Run): Day {
  return new Date(run.clock.now()).toISOString().slice(0, 10);
}

export function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}
