import { parseLedger } from '../apply/open-ledger.ts';
import { readPublicKeys } from '../apply/signatures.ts';
import { RollcallError } from '../errors.ts';
import { STATE_BRANCH } from '../github/open-state-branch.ts';
import type { DesiredState, Instant } from '../model.ts';
import { checkHeartbeat, checkLocalLedger, checkObservations, checkStateBranch, type LedgerFacts } from '../setup/check-ledger.ts';
import { checkSigningKey } from '../setup/check-signing-key.ts';
import type { Asked, Check } from '../setup/check-states.ts';
import { PUBLIC_KEYS } from '../setup/repository-facts.ts';
import { readState, type StateAt } from './ci/read-state.ts';
import { doctorGit } from './doctor-git.ts';
import type { PlaceAtHand } from './doctor-place.ts';
import { openLocalBranch } from './read-local-state.ts';
import type { Run } from './run-context.ts';

const MAX_KEYS_BYTES = 64 * 1024;

export interface ExaminedLedger {
  readonly checks: readonly Check[];
  /** Whether a ledger that is there does not verify. */
  readonly isBroken: boolean;
}

/** The ledgers that are at hand, of this machine and of the clone's state branch, and how old is what they saw. */
export async function doctorLedger(run: Run, desired: DesiredState, place: PlaceAtHand): Promise<ExaminedLedger> {
  const now = new Date(run.clock.now()).toISOString();
  const [local, branch, key] = await Promise.all([readLocal(run), readBranch(run, place), readKeys(run, place)]);
  const checks: Check[] = [];
  if (local.kind !== 'absent' || branch.state === null) checks.push(checkLocalLedger(run.flags.ledger, local));
  if (place.hasGithubFiles || branch.state !== null) checks.push(checkStateBranch(STATE_BRANCH, branch.facts));
  if (branch.state !== null) {
    const { observations, heartbeat } = branch.state;
    const observed = new Map(
      [...desired.accounts.keys()].filter((name) => isAsked(run, name)).map((name) => [name, observations.get(name)?.at ?? null]),
    );
    const sightings = { now, observed, heartbeat };
    checks.push(checkObservations(sightings), checkHeartbeat(sightings));
  }
  if (place.hasGithubFiles) checks.push(checkSigningKey({ now, keys: key }));
  return { checks, isBroken: local.kind === 'broken' || branch.facts.kind === 'broken' };
}

function isAsked({ flags }: Run, account: string): boolean {
  return flags.account.length === 0 || flags.account.includes(account);
}

async function readLocal({ world, flags: { ledger } }: Run): Promise<LedgerFacts> {
  const whole = await attempt(async () => (await world.openStorage(ledger).read()).text);
  if (whole.kind === 'unknown') return whole;
  if (whole.value === '') return { kind: 'absent' };
  const parsed = await attempt(async () => parseLedger(ledger, whole.value));
  if (parsed.kind === 'unknown') return { kind: 'broken', why: parsed.why };
  const { records, tornBytes } = parsed.value;
  return { kind: 'verified', records: records.length, isSigned: false, tornBytes };
}

async function readBranch(run: Run, place: PlaceAtHand): Promise<{ readonly facts: LedgerFacts; readonly state: StateAt | null }> {
  const read = await attempt(async () => {
    const branch = await openLocalBranch(run);
    if (branch === null) return null;
    const state = await readState(branch.objects, branch.commit, await branch.check());
    return { state, records: parseLedger(STATE_BRANCH, branch.ledgerText).records.length };
  });
  if (read.kind === 'unknown') return { facts: { kind: 'broken', why: read.why }, state: null };
  if (read.value === null) return { facts: place.isClone ? { kind: 'absent' } : { kind: 'unknown', why: 'this is no clone' }, state: null };
  const { state, records } = read.value;
  return { facts: { kind: 'verified', records, isSigned: true, tornBytes: 0 }, state };
}

/** The public keys of the folder at hand, each with the commit that brought it. */
async function readKeys(run: Run, { root, isClone }: PlaceAtHand): Promise<Parameters<typeof checkSigningKey>[0]['keys']> {
  const read = await attempt(async () => {
    const found = await run.world.files.readText(`${root}${PUBLIC_KEYS}`, MAX_KEYS_BYTES);
    return readPublicKeys(found ?? '').keyIds;
  });
  if (read.kind === 'unknown') return read;
  const keys = read.value.map(async (keyId) => ({ keyId, since: isClone ? await sinceWhen(run, keyId) : NO_CLONE }));
  return { kind: 'known', value: await Promise.all(keys) };
}

const NO_CLONE = { kind: 'unknown', why: 'this is no clone' } as const;

async function sinceWhen(run: Run, keyId: string): Promise<Asked<Instant | null>> {
  if ((await doctorGit(run, 'rev-parse', '--is-shallow-repository')) === 'true')
    return { kind: 'unknown', why: 'this clone is shallow: `git fetch --unshallow` brings its past' };
  const log = ['-c', 'log.showSignature=false', 'log', '--no-ext-diff', '--no-textconv', '--format=%cI', `-S${keyId}`];
  const first = (await doctorGit(run, ...log, '--', `:/${PUBLIC_KEYS}`))?.split('\n').at(-1) ?? '';
  const atMs = Date.parse(first);
  return { kind: 'known', value: Number.isNaN(atMs) ? null : new Date(atMs).toISOString() };
}

/** What came of it, or in words why nothing did. */
async function attempt<T>(work: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { kind: 'known', value: await work() };
  } catch (error) {
    if (error instanceof RollcallError)
      return {
        kind: 'unknown',
        why: error.code === 'publicKeysMissing' ? `${PUBLIC_KEYS} names no key` : error.message.replace(/\.$/, ''),
      };
    throw error;
  }
}
