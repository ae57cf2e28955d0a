import { RollcallError } from '../errors.ts';
import type { Day, DesiredState, Finding, Instant } from '../model.ts';
import { derivedFrom } from '../plan/fan-out.ts';
import { type LoadedPolicies, loadPolicies } from '../policy/load-policies.ts';
import type { PolicySource } from '../ports.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { countWords } from '../report/count-words.ts';
import { visible } from '../text/encode.ts';
import { readGitFacts } from './git-facts.ts';
import type { Run } from './run-context.ts';

export interface Desired {
  /** Access by policy today. */
  readonly desired: DesiredState;
  readonly head: string | null;
  /** Access by policy on the day of an instant: a plan judges end dates at the instant for which it holds. */
  readonly desiredOn: (instant: Instant) => Promise<DesiredState>;
}

/** The policies of the run's folder with everything that is wrong with them. */
export function loadFindings(run: Run): Promise<LoadedPolicies> {
  return load(run.world.files.policies(run.flags.policies), run.flags.policies, today(run), null);
}

/** Access by policy, or an end with every finding said: nothing is sent anywhere on invalid policies. */
export async function loadDesired(run: Run): Promise<Desired> {
  const [{ commit, head }, { findings, desired: loaded, files }] = await Promise.all([readGitFacts(run), loadFindings(run)]);
  const desired = loaded === null ? null : { ...loaded, commit };
  if (desired === null) {
    const { renderFindings } = await import('../report/render-findings.ts');
    run.world.stderr.write(renderFindings(findings.filter(isError), 'text', run.style, files));
    throw new RollcallError('policyInvalid', countWords(findings.filter(isError).length, 'error'));
  }
  const unknown = run.flags.account.find((name) => !desired.accounts.has(name) && derivedFrom(name, desired) === null);
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
  const day = today(run);
  return { desired, head, desiredOn: async (instant) => (instant.startsWith(day) ? desired : loadOn(run, instant, commit)) };
}

/** Hardly ever needed, so the policies are read once more rather than kept: an old observation, or a read over midnight. */
async function loadOn(run: Run, instant: Instant, commit: string | null): Promise<DesiredState> {
  const { findings, desired } = await load(run.world.files.policies(run.flags.policies), run.flags.policies, instant.slice(0, 10), commit);
  if (desired === null) throw new RollcallError('policyInvalid', countWords(findings.filter(isError).length, 'error'));
  return desired;
}

/** Policies from elsewhere, such as the base of a pull request, held to the same rules. */
export async function loadBase(run: Run, source: PolicySource, base: string, commit: string | null): Promise<DesiredState> {
  const { findings, desired } = await load(source, base, today(run), commit);
  if (desired === null) throw new RollcallError('baseInvalid', visible(base), countWords(findings.filter(isError).length, 'error'));
  return desired;
}

function load(source: PolicySource, folder: string, day: Day, commit: string | null): Promise<LoadedPolicies> {
  return loadPolicies({ source, folder, today: day, capabilitiesOf, commit });
}

export function today(run: Run): Day {
  return new Date(run.clock.now()).toISOString().slice(0, 10);
}

export function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}
