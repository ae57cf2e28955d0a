import { begunIn } from '../apply/begun-in.ts';
import { RollcallError } from '../errors.ts';
import type {
  AccountHistory,
  AccountPolicy,
  DesiredAccount,
  DesiredState,
  History,
  LastGood,
  Observation,
  Provider,
  Reading,
  Unread,
} from '../model.ts';
import { derivedFrom, fanOut } from '../plan/fan-out.ts';
import { recogniseAccount } from '../plan/recognise-account.ts';
import type { OpenProvider } from '../provider/create-providers.ts';
import type { Credentials } from '../provider/credentials.ts';
import { visible } from '../text/encode.ts';
import { findCredentials, listVariables } from './find-credentials.ts';
import type { Run } from './run-context.ts';
import { type ReadingWatch, watchReading } from './watch-reading.ts';

/** Nothing is waited for beyond this; what is left then is owed or incomplete. */
const RUN_DEADLINE_MS = 600_000;

/** The accounts of one run, opened: a provider where there is a credential, a reason where there is none. */
export interface Accounts {
  /** Accounts by policy, and once they were read also the subaccounts that they fan out to. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly unopened: ReadonlyMap<string, Unread>;
  /** Opens what is not open yet of the accounts of a state. */
  add(desired: DesiredState): readonly string[];
  readonly desired: DesiredState;
  readonly watch: ReadingWatch;
  close(): Promise<void>;
}

/**
 * Opens every account that the run is about; one without its variable is incomplete and the others go on. `giveUp` ends the request
 * in flight: at once for a run that only reads, after a few seconds for one that writes.
 */
export async function openAccounts(run: Run, desired: DesiredState, giveUp: AbortSignal): Promise<Accounts> {
  const { clock, world, config } = run;
  refuseSubaccounts(run, desired);
  const [http, { openProviders }] = await Promise.all([world.openHttp(), import('../provider/create-providers.ts')]);
  const watch = watchReading(run);
  const open: OpenProvider = openProviders({
    http,
    onPage: watch.page,
    clock,
    random: world.random,
    telnyxOrigin: config.telnyxOrigin,
    twilioOrigin: config.twilioOrigin,
    deadlineAt: clock.now() + RUN_DEADLINE_MS,
    interrupted: world.interrupted,
    graceOver: giveUp,
  });
  const providers = new Map<string, Provider>();
  const unopened = new Map<string, Unread>();
  const holders = keyHolders(run, desired);
  let known = desired;
  const others = () => known.accounts.values();
  const add = (more: DesiredState): string[] => {
    known = more;
    const added: string[] = [];
    for (const account of more.accounts.values()) {
      const { policy } = account;
      if (!isAsked(run, policy) || providers.has(policy.name) || unopened.has(policy.name)) continue;
      const opened = openAccount(run, account, holders, (credentials) => open(account, credentials, others));
      if (typeof opened === 'string') unopened.set(policy.name, withoutCredential(policy, opened, clock.now()));
      else providers.set(policy.name, opened);
      added.push(policy.name);
    }
    return added;
  };
  add(desired);
  return { providers, unopened, add, desired, watch, close: () => http.close() };
}

/** A subaccount is found by the one above it, so both are planned together or not at all. */
function refuseSubaccounts({ flags }: Run, desired: DesiredState): void {
  for (const name of flags.account) {
    const derived = derivedFrom(name, desired);
    if (derived !== null && !desired.accounts.has(name)) throw new RollcallError('subaccountAsked', visible(name), visible(derived.file));
  }
}

function openAccount(
  run: Run,
  account: DesiredAccount,
  holders: KeyHolders,
  open: (credentials: Credentials) => Provider,
): Provider | string {
  const { policy } = account;
  // A clock that was set is for emulators alone: nothing is judged by it in a real account.
  if (run.config.nowMs !== null && run.config.real.has(policy.provider)) throw new RollcallError('nowNeedsLoopback');
  const credentials = findCredentials(run.world.env, policy);
  if (typeof credentials === 'string') return credentials;
  const twin = holders.get(keyOf(credentials))?.find((other) => other.name !== policy.name);
  return twin === undefined ? open(credentials) : sameKey(variableOf(policy), variableOf(twin));
}

function isAsked({ flags }: Run, { name, file }: AccountPolicy): boolean {
  return flags.account.length === 0 || flags.account.some((asked) => asked === name || asked === file);
}

type KeyHolders = ReadonlyMap<string, readonly AccountPolicy[]>;

/** Accounts by the key they hold, where a key opens one account only. */
function keyHolders(run: Run, desired: DesiredState): KeyHolders {
  const holders = new Map<string, AccountPolicy[]>();
  for (const { policy } of desired.accounts.values()) {
    const credentials = findCredentials(run.world.env, policy);
    const key = typeof credentials === 'string' ? '' : keyOf(credentials);
    if (key !== '') holders.set(key, [...(holders.get(key) ?? []), policy]);
  }
  return holders;
}

/** A Twilio credential names its account or organization itself, so only Telnyx's keys have to differ. */
function keyOf(credentials: Credentials): string {
  return credentials.provider === 'telnyx' ? credentials.apiKey : '';
}

/** Reads every account side by side, and then the subaccounts that one of them fans out to. */
export async function readAccounts(
  run: Run,
  accounts: Accounts,
  history: History,
  planned: ReadonlyMap<string, LastGood>,
): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>();
  for (let names = [...accounts.providers.keys()]; names.length > 0; ) {
    await readSome(accounts, names, readings, (name, provider) => readAccount(name, provider, history, planned.get(name) ?? null));
    names = accounts.add(fanOut(accounts.desired, readings)).filter((name) => accounts.providers.has(name));
  }
  for (const [name, unread] of accounts.unopened) readings.set(name, unread);
  run.progress(null);
  return readings;
}

async function readSome(
  { providers, watch }: Accounts,
  names: readonly string[],
  readings: Map<string, Reading>,
  read: (name: string, provider: Provider) => Promise<Reading>,
): Promise<void> {
  watch.begin(names);
  await Promise.all(
    names.map(async (name) => {
      const provider = providers.get(name);
      if (provider === undefined) throw new Error('an account that was never opened was read');
      readings.set(name, await read(name, provider));
      watch.read(name);
    }),
  );
}

/** One account, held to what the ledger (and an approved plan) knows of its size and its people. */
export async function readAccount(name: string, provider: Provider, history: History, planned: LastGood | null): Promise<Reading> {
  const known = history.accounts.get(name);
  const begun = known === undefined ? [] : begunIn(known);
  const reading = await provider.reader.read(stricter(known?.lastGood ?? null, planned), known?.suspect ?? null, begun);
  const other = reading.kind === 'complete' ? ofAnotherScope(reading.observation, known) : null;
  if (other !== null) return other;
  const { provider: vendor, api } = provider.reader.capabilities;
  // Twilio's accounts are named by SID in policy, so a credential for another one is refused before anything is compared.
  return vendor === 'telnyx' ? recogniseAccount(reading, known, variableOf({ file: name, provider: vendor, api })) : reading;
}

/**
 * The ledger knows another account of the vendor's under this name: policy points elsewhere by now. What was approved, applied and
 * remembered there says nothing of this one.
 */
function ofAnotherScope({ account, at, scope, requests }: Observation, known: AccountHistory | undefined): Unread | null {
  if (known === undefined || !known.recorded || known.scope?.toLowerCase() === scope?.toLowerCase()) return null;
  const message =
    `policy points at ${scope ?? 'no pinned account'}, and all that the ledger knows under this name is about ${known.scope ?? 'an account that was not pinned'}. ` +
    'Give the account file another name, so that supervision of the other account begins anew';
  return { kind: 'incomplete', account, at, cause: 'unreadable', message, requests, suspect: null };
}

/** A plan file's count is covered by no digest, so it may make a read harder to believe and never easier. */
function stricter(known: LastGood | null, planned: LastGood | null): LastGood | null {
  if (known === null || planned === null) return known ?? planned;
  return planned.principals > known.principals ? planned : known;
}

/** The variable that says which account a credential opens. */
function variableOf(policy: Pick<AccountPolicy, 'file' | 'provider' | 'api'>): string {
  return listVariables({}, policy)[0]?.name ?? '';
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
