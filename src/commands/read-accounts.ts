import { readCredential } from '../config.ts';
import type { AccountPolicy, DesiredState, History, LastGood, Provider, Reading, Unread } from '../model.ts';
import { recogniseAccount } from '../plan/recognise-account.ts';
import { credentialVariables } from '../policy/credential-variables.ts';
import type { ProviderWorld } from '../provider/create-providers.ts';
import type { Run } from './run-context.ts';

/** Nothing is waited for beyond this; what is left then is owed or incomplete. */
const RUN_DEADLINE_MS = 600_000;

/** The accounts of one run, opened: a provider where there is a credential, a reason where there is none. */
export interface Accounts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly unopened: ReadonlyMap<string, Unread>;
  close(): Promise<void>;
}

/**
 * Opens every account that the run is about; one without its variable is incomplete and the others go on. `giveUp` ends the request
 * in flight: at once for a run that only reads, after a few seconds for one that writes.
 */
export async function openAccounts(run: Run, desired: DesiredState, giveUp: AbortSignal): Promise<Accounts> {
  const { clock, world, flags } = run;
  const [http, { createProvider }] = await Promise.all([world.openHttp(), import('../provider/create-providers.ts')]);
  const at = clock.now();
  const shared: ProviderWorld = {
    http,
    clock,
    random: world.random,
    telnyxOrigin: run.config.telnyxOrigin,
    deadlineAt: at + RUN_DEADLINE_MS,
    interrupted: world.interrupted,
    graceOver: giveUp,
  };
  const providers = new Map<string, Provider>();
  const unopened = new Map<string, Unread>();
  const holders = keyHolders(run, desired);
  for (const { policy } of desired.accounts.values()) {
    if (flags.account.length > 0 && !flags.account.includes(policy.name)) continue;
    const variable = variableOf(policy.name);
    const key = readCredential(world.env, variable);
    const twin = key === null ? undefined : holders.get(key)?.find((name) => name !== policy.name);
    if (key === null) unopened.set(policy.name, withoutCredential(policy, keyMissing(variable), at));
    else if (!PRINTABLE.test(key)) unopened.set(policy.name, withoutCredential(policy, keyUnprintable(variable), at));
    else if (twin !== undefined) unopened.set(policy.name, withoutCredential(policy, sameKey(variable, variableOf(twin)), at));
    else providers.set(policy.name, createProvider(policy, key, shared));
  }
  return { providers, unopened, close: () => http.close() };
}

/** Accounts by the key they hold. */
function keyHolders(run: Run, desired: DesiredState): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const name of desired.accounts.keys()) {
    const key = readCredential(run.world.env, variableOf(name));
    if (key === null) continue;
    const others = holders.get(key);
    if (others === undefined) holders.set(key, [name]);
    else others.push(name);
  }
  return holders;
}

/** Reads every account side by side. */
export async function readAccounts(
  run: Run,
  accounts: Accounts,
  history: History,
  planned: ReadonlyMap<string, LastGood>,
): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>(accounts.unopened);
  let read = 0;
  run.progress(`Reading ${accounts.providers.size} accounts`);
  const reads = [...accounts.providers].map(async ([name, provider]) => {
    readings.set(name, await readAccount(name, provider, history, planned.get(name) ?? null));
    read += 1;
    run.progress(`Read ${read} of ${accounts.providers.size} accounts`);
  });
  await Promise.all(reads);
  run.progress(null);
  return readings;
}

/** One account, held to what the ledger (and an approved plan) knows of its size and its people. */
export async function readAccount(name: string, provider: Provider, history: History, planned: LastGood | null): Promise<Reading> {
  const known = history.accounts.get(name);
  const reading = await provider.reader.read(stricter(known?.lastGood ?? null, planned), known?.suspect ?? null);
  return recogniseAccount(reading, known, variableOf(name));
}

/** A plan file's count is covered by no digest, so it may make a read harder to believe and never easier. */
function stricter(known: LastGood | null, planned: LastGood | null): LastGood | null {
  if (known === null || planned === null) return known ?? planned;
  return planned.principals > known.principals ? planned : known;
}

function variableOf(account: string): string {
  return credentialVariables(account).apiKey;
}

const PRINTABLE = /^[\x21-\x7e]+$/;

function keyUnprintable(variable: string): string {
  return `${variable} holds a character that no key has, such as a space or a line feed. Copy the key once more`;
}

function keyMissing(variable: string): string {
  return `the environment variable ${variable} is not set, so this account cannot be read. Set it to the account's API key`;
}

/** A key opens one account, so one of the two would be taken for the other and its people for strangers. */
function sameKey(variable: string, twin: string): string {
  return `${variable} and ${twin} hold the same key, and a key opens one account only. Set each to the key of its own account`;
}

function withoutCredential(policy: AccountPolicy, message: string, atMs: number): Unread {
  return {
    kind: 'incomplete',
    account: policy.name,
    at: new Date(atMs).toISOString(),
    cause: 'credentials',
    message,
    requests: 0,
    suspect: null,
  };
}
