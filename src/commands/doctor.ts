import { EXIT, type ExitCode, worstExit } from '../errors.ts';
import type { AccountPolicy, Capabilities, DesiredState, Probe } from '../model.ts';
import { credentialVariables } from '../policy/credential-variables.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { listCapabilities } from '../report/list-capabilities.ts';
import { type DoctorAccount, type DoctorReport, doctorToJson, isBlind, renderDoctor } from '../report/render-doctor.ts';
import { checkClock } from '../setup/check-clock.ts';
import type { SecretNames } from '../setup/check-environment.ts';
import type { Check } from '../setup/check-states.ts';
import { doctorAccounts } from './doctor-accounts.ts';
import { doctorClock } from './doctor-clock.ts';
import { doctorFiles } from './doctor-files.ts';
import { doctorGithub } from './doctor-github.ts';
import { doctorLedger } from './doctor-ledger.ts';
import { doctorPlace } from './doctor-place.ts';
import { loadDesired } from './load-desired.ts';
import type { Run } from './run-context.ts';

export interface DoctorFlags {
  /** `acme/access`; null for what the surroundings say. */
  readonly repository: string | null;
}

/**
 * Everything that has to be well for rollcall to do its work, side by side and each with its fix: what every credential is good for, the
 * clock, the ledger, the repository on GitHub and its workflows. Nothing is changed anywhere.
 */
export async function doctor(run: Run, { repository: asked }: DoctorFlags): Promise<ExitCode> {
  const { desired } = await loadDesired(run);
  const { watched, sights } = doctorClock(run);
  const names = listSecrets(desired);
  const place = await doctorPlace(run);
  run.progress('Asking the vendors and GitHub');
  const github = doctorGithub(watched, asked, names);
  const [{ accounts, policies, probes, ...vendors }, ledger, { repository, checks }, files] = await Promise.all([
    doctorAccounts(watched, desired),
    doctorLedger(run, desired, place),
    github,
    github.then(({ codeowners }) => doctorFiles(run, desired, place, names, codeowners)),
  ]).finally(() => run.progress(null));
  // Where the files at hand and GitHub judge the same thing, the files are what somebody can mend here.
  const seen = checks.filter(({ group, name }) => !files.some((file) => file.group === group && file.name === name));
  const report: DoctorReport = {
    accounts,
    kinds: listKinds(policies, probes),
    repository,
    checks: inOrder([...vendors.checks, checkClock({ isSet: run.config.nowMs !== null, sights }), ...ledger.checks, ...seen, ...files]),
  };
  await run.deliver(run.flags.format === 'json' ? doctorToJson(report) : renderDoctor(report, run.style));
  return worstExit([EXIT.ok, ...(ledger.isBroken ? [EXIT.credentials] : []), ...report.accounts.map(exitOf)]);
}

const ORDER: readonly Check['group'][] = ['accounts', 'machine', 'ledger', 'repository', 'workflows'];

/** In the order of the screen: what GitHub says and what the files say stand together. */
function inOrder(checks: readonly Check[]): Check[] {
  return checks.toSorted((a, b) => ORDER.indexOf(a.group) - ORDER.indexOf(b.group));
}

/** What runs on GitHub read from secrets: the variables of every account, and what signs the ledger and looks into teams. */
function listSecrets({ accounts }: DesiredState): SecretNames {
  const policies = [...accounts.values()].map(({ policy }) => policy);
  const variables = policies.map(({ file, api }) => credentialVariables(file, api));
  const asksTeams = policies.some(({ approvers }) => Object.values(approvers).some((who) => who.some((one) => one.includes('/'))));
  const needed = [
    'ROLLCALL_SIGNING_KEY',
    ...(asksTeams ? ['ROLLCALL_MEMBERS_TOKEN'] : []),
    ...variables.flatMap(({ required }) => required),
  ];
  return { needed, all: [...new Set([...needed, 'ROLLCALL_MEMBERS_TOKEN', ...variables.flatMap(({ optional }) => optional)])] };
}

/** Each kind of account in use once, with what all its accounts said. */
function listKinds(policies: readonly AccountPolicy[], probes: ReadonlyMap<string, Probe>): DoctorReport['kinds'] {
  const kinds = new Map<string, { readonly capabilities: Capabilities; readonly probes: Probe[] }>();
  for (const policy of policies) {
    const capabilities = capabilitiesOf(policy);
    if (capabilities === null) continue;
    const key = `${policy.provider} ${policy.api}`;
    const kind = kinds.get(key) ?? { capabilities, probes: [] };
    const probe = probes.get(policy.name);
    if (probe !== undefined) kind.probes.push(probe);
    kinds.set(key, kind);
  }
  return [...kinds.values()].map(({ capabilities, probes: said }) => ({
    provider: capabilities.provider,
    api: capabilities.api,
    rows: listCapabilities(capabilities, said),
  }));
}

/** An account of another API than policy names cannot be read, although its credential works. */
function exitOf(account: DoctorAccount): ExitCode {
  const { credential, otherApi } = account;
  if (credential === 'missing' || credential === 'refused') return EXIT.credentials;
  if (credential === 'unknown' || otherApi !== null) return EXIT.incomplete;
  return isBlind(account) ? EXIT.credentials : EXIT.ok;
}
