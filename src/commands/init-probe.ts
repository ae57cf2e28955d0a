import { readCredential } from '../config.ts';
import type { Api, Probe } from '../model.ts';
import { loadPolicies } from '../policy/load-policies.ts';
import type { PolicySource } from '../ports.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { composeAccount, type NewAccount } from '../setup/compose-account.ts';
import { variablesOf } from './init-known.ts';
import { today } from './load-desired.ts';
import { openAccounts } from './read-accounts.ts';
import type { Run } from './run-context.ts';

/** What was found out about one account's credential. */
export interface InitProbe {
  readonly account: string;
  readonly api: Api;
  readonly credential: Probe['credential'] | 'not asked';
  readonly words: string;
}

export interface Probed {
  readonly added: readonly NewAccount[];
  readonly probes: readonly InitProbe[];
}

const TWILIO_SID = /^(?:AC|SK|OQ|OR)[0-9a-f]{32}$/i;
const TWILIO_TOKEN = /^[0-9a-f]{32}$/;
const TELNYX_KEY = /^KEY[0-9A-Z]{8,}/;

/**
 * Asks every account whose variables are set what its credential opens; nothing is changed. A Telnyx account gets the API that its key
 * answers to. `unsure` are the accounts whose API nobody named. A credential that looks like another vendor's is sent nowhere.
 */
export async function probeAdded(run: Run, added: readonly NewAccount[], unsure: ReadonlySet<string>): Promise<Probed> {
  const unasked = new Map(added.map((account) => [account.name, whyNotAsked(run.world.env, account, unsure.has(account.name))]));
  const asked = added.filter(({ name }) => unasked.get(name) === null);
  const probes = asked.length === 0 ? new Map<string, Probe>() : await askVendors(run, asked);
  const results = added.map((account): readonly [NewAccount, InitProbe] => {
    const { name, api } = account;
    const probe = probes.get(name);
    if (probe === undefined) return [account, { account: name, api, credential: 'not asked', words: unasked.get(name) ?? '' }];
    const found = probe.otherApi ?? api;
    const words = probe.otherApi === null ? probe.words : `this key answers to \`${found}\`, so that is what its file says`;
    return [withApi(account, found), { account: name, api: found, credential: probe.credential, words }];
  });
  return { added: results.map(([account]) => account), probes: results.map(([, probe]) => probe) };
}

function withApi(account: NewAccount, api: Api): NewAccount {
  if (api === account.api) return account;
  const { provider, name } = account;
  const topRole = capabilitiesOf({ provider, api, privilegedRoles: [], privilegedGroups: [] })?.privilegedRoles[0] ?? null;
  return { ...account, api, topRole, variables: variablesOf(name, api) };
}

/** In one sentence why nothing is asked of a vendor, or null. */
function whyNotAsked(env: Run['world']['env'], { name, provider, api, variables }: NewAccount, isUnsure: boolean): string | null {
  const strange = variables.find((variable) => looksForeign(provider, readCredential(env, variable.name)));
  if (strange !== undefined) {
    const [mine, other] = provider === 'telnyx' ? ['Telnyx', 'Twilio'] : ['Twilio', 'Telnyx'];
    return `${strange.name} holds what looks like a credential of ${other}, so it was not sent to ${mine}. Set it to the one of ${name}; if the account is ${other}'s, delete policies/accounts/${name}.yaml and add it as ${name}=${other.toLowerCase()}`;
  }
  const unset = variables.filter((variable) => variable.isNeeded && readCredential(env, variable.name) === null);
  if (unset.length > 0) {
    const guess = isUnsure && provider === 'telnyx' ? `, so \`${api}\` is a guess` : '';
    const them = unset.map((variable) => variable.name).join(' and ');
    return `${them} ${unset.length === 1 ? 'is' : 'are'} not set here${guess}; \`rollcall doctor\` asks once ${unset.length === 1 ? 'it is' : 'they are'}`;
  }
  const isSet = variables.some((variable) => readCredential(env, variable.name) !== null);
  return isSet ? null : 'no API shows who is in there; `rollcall roster` takes what somebody sees';
}

function looksForeign(provider: NewAccount['provider'], value: string | null): boolean {
  if (value === null) return false;
  return provider === 'telnyx' ? TWILIO_SID.test(value) || TWILIO_TOKEN.test(value) : TELNYX_KEY.test(value);
}

async function askVendors(run: Run, added: readonly NewAccount[]): Promise<Map<string, Probe>> {
  const { desired } = await loadPolicies({ source: sourceOf(added), folder: 'policies', today: today(run), capabilitiesOf, commit: null });
  if (desired === null) return new Map();
  run.progress(`Asking for ${added.length} accounts`);
  const whole = { ...run, flags: { ...run.flags, account: [] } };
  const accounts = await openAccounts(whole, desired, run.world.interrupted);
  try {
    const unopened = [...accounts.unopened].map(([name, { message }]): [string, Probe] => [
      name,
      { credential: 'unknown', words: message, abilities: [], otherApi: null },
    ]);
    const probes = await Promise.all(
      [...accounts.providers].map(async ([name, provider]): Promise<[string, Probe]> => [name, await provider.reader.probe()]),
    );
    return new Map([...unopened, ...probes]);
  } finally {
    run.progress(null);
    await accounts.close();
  }
}

/** The account files as they would be written, so that nothing but the files themselves says what an account is. */
function sourceOf(added: readonly NewAccount[]): PolicySource {
  const files = new Map(
    added.map((account) => [`accounts/${account.name}.yaml`, new TextEncoder().encode(composeAccount(account, '@nobody'))]),
  );
  const entries = [...files].map(([path, { length }]) => ({ name: path.slice('accounts/'.length), kind: 'file' as const, bytes: length }));
  return {
    list: async (folder) => (folder === '' ? [{ name: 'accounts', kind: 'folder', bytes: 0 }] : folder === 'accounts' ? entries : null),
    read: async (path) => files.get(path) ?? new Uint8Array(),
  };
}
