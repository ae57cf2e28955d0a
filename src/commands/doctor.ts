import { EXIT, type ExitCode, worstExit } from '../errors.ts';
import type { AccountPolicy, Capabilities, DesiredState, Probe } from '../model.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { listCapabilities } from '../report/list-capabilities.ts';
import { type DoctorAccount, type DoctorReport, doctorToJson, isBlind, renderDoctor } from '../report/render-doctor.ts';
import { compareText } from '../text/digest.ts';
import { listVariables } from './find-credentials.ts';
import { loadDesired } from './load-desired.ts';
import { type Accounts, openAccounts } from './read-accounts.ts';
import type { Run } from './run-context.ts';

export interface DoctorFlags {
  /** `acme/access`; null for what the surroundings say. */
  readonly repository: string | null;
}

/** What every credential is good for, and what each kind of account can do: asked of the vendors, changing nothing. */
export async function doctor(run: Run, _flags: DoctorFlags): Promise<ExitCode> {
  const { desired } = await loadDesired(run);
  const accounts = await openAccounts(run, desired, run.world.interrupted);
  const report = await examine(run, desired, accounts).finally(() => accounts.close());
  await run.deliver(run.flags.format === 'json' ? doctorToJson(report) : renderDoctor(report, run.style));
  return worstExit([EXIT.ok, ...report.accounts.map(exitOf)]);
}

async function examine(run: Run, desired: DesiredState, { providers, unopened }: Accounts): Promise<DoctorReport> {
  const policies = [...desired.accounts.values()]
    .map(({ policy }) => policy)
    .filter(({ name }) => providers.has(name) || unopened.has(name))
    .toSorted((a, b) => compareText(a.name, b.name));
  run.progress(`Asking for ${policies.length} accounts`);
  const probes = new Map(
    await Promise.all([...providers].map(async ([name, provider]): Promise<[string, Probe]> => [name, await provider.reader.probe()])),
  );
  run.progress(null);
  const accounts = policies.map((policy) => examineAccount(run, policy, probes.get(policy.name), unopened.get(policy.name)?.message ?? ''));
  return { accounts, kinds: listKinds(policies, probes) };
}

function examineAccount(run: Run, policy: AccountPolicy, probe: Probe | undefined, whyNot: string): DoctorAccount {
  const { name: account, provider, api } = policy;
  const variables = listVariables(run.world.env, policy).map(({ name, value, isNeeded }) => ({ name, isSet: value !== null, isNeeded }));
  const facts = { account, provider, api, variables };
  if (probe === undefined) {
    const isMissing = variables.some(({ isSet, isNeeded }) => isNeeded && !isSet);
    return { ...facts, credential: isMissing ? 'missing' : 'refused', words: whyNot, abilities: [], otherApi: null };
  }
  const isOptional = variables.every(({ isSet, isNeeded }) => !isSet && !isNeeded);
  const credential = isOptional && probe.credential === 'unknown' ? 'not needed' : probe.credential;
  return { ...facts, credential, words: probe.words, abilities: probe.abilities, otherApi: probe.otherApi };
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
