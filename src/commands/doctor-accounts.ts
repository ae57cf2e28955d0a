import type { AccountPolicy, DesiredState, Probe } from '../model.ts';
import type { DoctorAccount } from '../report/render-doctor.ts';
import { isBlind } from '../report/render-doctor.ts';
import { checkAccount } from '../setup/check-account.ts';
import type { Check } from '../setup/check-states.ts';
import { compareText } from '../text/digest.ts';
import { listVariables, type Variable } from './find-credentials.ts';
import { openAccounts } from './read-accounts.ts';
import type { Run } from './run-context.ts';

export interface ExaminedAccounts {
  readonly accounts: readonly DoctorAccount[];
  readonly checks: readonly Check[];
  readonly policies: readonly AccountPolicy[];
  readonly probes: ReadonlyMap<string, Probe>;
}

/** What every credential is good for, asked of the vendors. */
export async function doctorAccounts(run: Run, desired: DesiredState): Promise<ExaminedAccounts> {
  const opened = await openAccounts(run, desired, run.world.interrupted);
  const { providers, unopened } = opened;
  const policies = [...desired.accounts.values()]
    .map(({ policy }) => policy)
    .filter(({ name }) => providers.has(name) || unopened.has(name))
    .toSorted((a, b) => compareText(a.name, b.name));
  const asked = [...providers].map(async ([name, provider]): Promise<[string, Probe]> => [name, await provider.reader.probe()]);
  const probes = new Map(await Promise.all(asked).finally(() => opened.close()));
  const examined = policies.map((policy) => examine(run, policy, probes.get(policy.name), unopened.get(policy.name)?.message ?? ''));
  return { policies, probes, accounts: examined.map(({ account }) => account), checks: examined.map(({ check }) => check) };
}

function examine(run: Run, policy: AccountPolicy, probe: Probe | undefined, whyNot: string): { account: DoctorAccount; check: Check } {
  const found = listVariables(run.world.env, policy);
  const account = describe(policy, found, probe, whyNot);
  const check = checkAccount({
    ...account,
    vendor: VENDORS[policy.provider],
    wasAsked: probe !== undefined,
    foreign: findForeign(policy, found),
    isOtherApi: account.otherApi !== null,
    isBlind: isBlind(account),
  });
  return { account: { ...account, fix: check.fix }, check };
}

function describe(policy: AccountPolicy, found: readonly Variable[], probe: Probe | undefined, whyNot: string): DoctorAccount {
  const { name: account, provider, api } = policy;
  const variables = found.map(({ name, value, isNeeded }) => ({ name, isSet: value !== null, isNeeded }));
  const facts = { account, provider, api, variables, fix: null };
  if (probe === undefined) {
    const isMissing = variables.some(({ isSet, isNeeded }) => isNeeded && !isSet);
    return { ...facts, credential: isMissing ? 'missing' : 'refused', words: whyNot, abilities: [], otherApi: null };
  }
  const isOptional = variables.every(({ isSet, isNeeded }) => !isSet && !isNeeded);
  const credential = isOptional && probe.credential === 'unknown' ? 'not needed' : probe.credential;
  return { ...facts, credential, words: probe.words, abilities: probe.abilities, otherApi: probe.otherApi };
}

const VENDORS = { telnyx: 'Telnyx', twilio: 'Twilio' } as const;
/** What keys of each vendor look like: Telnyx's begin with KEY, Twilio's ids are two letters and 32 hexadecimal digits, its tokens without. */
const LOOKS = { telnyx: /^KEY[0-9A-Za-z_-]{10,}$/, twilio: /^(?:AC|SK|OQ)?[0-9a-f]{32}$/i } as const;

function findForeign({ provider }: AccountPolicy, variables: readonly Variable[]): { variable: string; vendor: string } | null {
  const other = provider === 'telnyx' ? 'twilio' : 'telnyx';
  const found = variables.find(({ value }) => value !== null && LOOKS[other].test(value));
  return found === undefined ? null : { variable: found.name, vendor: VENDORS[other] };
}
