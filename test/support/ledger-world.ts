import { type Applied, applyAccount } from '../../src/apply/apply-account.ts';
import type { LedgerEntry } from '../../src/apply/ledger-records.ts';
import { type Ledger, openLedger } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { type Resolved, resolveIntents } from '../../src/apply/resolve-intents.ts';
import type { AccountHistory, Change, Decision, IntentFacts, LivePrincipal, Observation, Provider } from '../../src/model.ts';
import { listParts } from '../../src/plan/list-parts.ts';
import type { Clock, LedgerStorage } from '../../src/ports.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { digestOf } from '../../src/text/digest.ts';
import { ACCOUNT, uuidOf } from './provider-world.ts';

export const NO_FACTS: IntentFacts = { budget: null, approvals: [], reverts: null, policyName: null };

type Holder = { readonly email: string; readonly name: string; readonly role: string; readonly number: number };

export function personOf(number: number, role = number % 10 === 1 ? 'admin' : 'member'): Holder {
  return { email: `person-${String(number).padStart(5, '0')}@acme.example`, name: `Person ${number}`, role, number };
}

function accessOf({ role, name }: { readonly role: string; readonly name: string }) {
  return { roles: [role], groups: [], status: 'active' as const, name };
}

function changeOf(fields: Pick<Change, 'action' | 'principal' | 'principal_id' | 'before' | 'after'>): Change {
  return {
    ...fields,
    id: digestOf(fields),
    account: ACCOUNT,
    patch: [],
    executor: 'api',
    origin: 'git',
    reason_code: 'granted',
    risk: 'low',
    tags: [],
    reversible: fields.action !== 'delete',
    not_before: null,
    steps: [],
    source: null,
  };
}

export function inviteOf(email: string, role = 'member', name = 'New Person'): Change {
  return changeOf({
    action: 'invite',
    principal: email,
    principal_id: null,
    before: null,
    after: { ...accessOf({ role, name }), status: 'invited' },
  });
}

export function patchOf(person: Holder, to: { readonly role?: string; readonly name?: string }): Change {
  const before = accessOf(person);
  const after = accessOf({ ...person, ...to });
  return changeOf({ action: 'patch', principal: person.email, principal_id: uuidOf(person.number), before, after });
}

export function deleteOf(person: Holder): Change {
  return changeOf({
    action: 'delete',
    principal: person.email,
    principal_id: uuidOf(person.number),
    before: accessOf(person),
    after: null,
  });
}

export function decisionOf(change: Change, more: Partial<Decision> = {}): Decision {
  const policyName = change.after?.name ?? null;
  const takesAway = change.action === 'delete' || (change.before?.roles[0] === 'admin' && change.after?.roles[0] === 'member');
  const budget = change.action === 'delete' ? ('policy' as const) : null;
  const parts = listParts(change, TELNYX_SUB_USERS);
  return { ...NO_FACTS, change, verdict: 'make', message: '', takesAway, approved: true, policyName, budget, parts, ...more };
}

export interface MemoryLedger {
  readonly ledger: Ledger;
  readonly storage: LedgerStorage;
  history(): AccountHistory;
  /** What the lines say, in order: `intent`, `outcome applied`. */
  story(): readonly string[];
  text(): Promise<string>;
}

export async function openMemoryLedger(clock: Clock, storage: LedgerStorage = openMemoryStorage()): Promise<MemoryLedger> {
  const ledger = await openLedger('ledger.jsonl', storage, clock);
  return {
    ledger,
    storage,
    history: () => {
      const history = ledger.history().accounts.get(ACCOUNT);
      if (history === undefined) throw new Error('the ledger knows nothing of the account');
      return history;
    },
    story: () => ledger.records.map((record) => (record.kind === 'outcome' ? `${record.action} ${record.outcome}` : record.kind)),
    text: async () => (await storage.read()).text,
  };
}

/** Every append is told before it is done; a run that is killed there never comes back. */
export function watchStorage(storage: LedgerStorage, onAppend: (lines: string) => void): LedgerStorage {
  return {
    ...storage,
    append: async (lines, version) => {
      onAppend(lines);
      return storage.append(lines, version);
    },
  };
}

export interface ApplyOptions {
  readonly provider: Provider;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly interrupted?: AbortSignal;
  readonly intentsPerAppend?: number;
  readonly onResult?: () => void;
}

export function applyChanges(changes: readonly (Change | Decision)[], options: ApplyOptions): Promise<Applied> {
  const { interrupted = new AbortController().signal, intentsPerAppend = 1, onResult = () => {} } = options;
  const decisions = changes.map((one) => ('verdict' in one ? one : decisionOf(one)));
  return applyAccount({ ...options, account: ACCOUNT, decisions, interrupted, intentsPerAppend, onResult });
}

/** What a run does when it begins: reads, and settles by the read what earlier runs left open. */
export async function settleByReading(provider: Provider, ledger: Ledger): Promise<Resolved> {
  const reading = await provider.reader.read(null, null);
  if (reading.kind === 'incomplete') throw new Error(reading.message);
  const history = ledger.history().accounts.get(ACCOUNT);
  const resolved = history === undefined ? { entries: [], results: [] } : resolveIntents(reading.observation, history);
  await ledger.append(resolved.entries);
  return resolved;
}

export function liveOf(person: Holder): LivePrincipal {
  const { email, name, role, number } = person;
  return { principal: email, principal_id: uuidOf(number), status: 'active', name, roles: [role], groups: [], since: null };
}

export function observationOf(at: string, principals: readonly LivePrincipal[]): Observation {
  const digest = digestOf(principals.map((one) => one.principal));
  return { account: ACCOUNT, provider: 'telnyx', api: 'sub-users', at, principals, requests: 1, digest, source: 'live' };
}

export function outcomeOf(change: Change, outcome: string, more: Readonly<Record<string, unknown>> = {}): LedgerEntry {
  return {
    kind: 'outcome',
    account: ACCOUNT,
    principal: change.principal,
    action: change.action,
    change: change.id,
    outcome,
    message: '',
    not_before: null,
    posted: true,
    held: null,
    spent: null,
    reverted: null,
    parked: null,
    address_taken: false,
    ...more,
  } as LedgerEntry;
}
