import { EXIT, type ExitCode, RollcallError, worstExit } from '../errors.ts';
import type { DesiredState, History, Reading } from '../model.ts';
import { fanOut } from '../plan/fan-out.ts';
import { EMPTY_HISTORY, newestOf } from '../plan/make-plan.ts';
import { listLeftAlone } from '../plan/settle-account.ts';
import { readPolicyTexts } from '../policy/edit/read-policy-texts.ts';
import { importAccess } from '../policy/import/import-access.ts';
import type { ImportAccount, Imported } from '../policy/import/imported.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';
import { type ImportReport, renderImport } from './import-report.ts';
import { listSinceBaseline } from './import-since-baseline.ts';
import { loadDesired } from './load-desired.ts';
import { makeRunPlan, readAncestry } from './make-run-plan.ts';
import { readHistory } from './plan.ts';
import { openAccounts, readAccounts } from './read-accounts.ts';
import { isWithoutLedger, type LocalState, readLocalState } from './read-local-state.ts';
import { readObservationFile } from './read-observation-file.ts';
import type { Run } from './run-context.ts';

export interface ImportFlags {
  /** A file that `observe` wrote; null to read the accounts. */
  readonly observation: string | null;
}

/** Writes what is live into the policies of the run's folder, or with --out all of them into a new one. Nothing is sent to a vendor that changes it. */
export async function importPolicies(run: Run, flags: ImportFlags): Promise<ExitCode> {
  const { desired: today, head } = await loadDesired(run);
  const out = await openOut(run);
  const local = (await isWithoutLedger(run)) ? await readLocalState(run, today) : null;
  if (local?.kind === 'unverified') run.log(`The ledger of this clone counts for nothing here: ${encodeSentence(local.why)}`);
  const history = local?.kind === 'found' ? local.history : await readHistory(run);
  const readings = await readFor(run, today, history, flags.observation, local);
  const { policies: folder } = run.flags;
  const texts = await readPolicyTexts(run.world.files.policies(folder), folder);
  const day = newestOf(readings).slice(0, 10);
  const accounts = accountsOf(today, readings, history);
  const imported = await importAccess({ texts, folder, today: day, capabilitiesOf, accounts });
  if (imported.kind === 'fault') throw new RollcallError('importFault', encodeSentence(imported.why));
  const plan = makeRunPlan(
    run,
    'change',
    fanOut(imported.desired, readings),
    null,
    readings,
    history,
    await readAncestry(run, head, history),
  );
  // Accounts whose read was cut off are missing, and whoever is named without them would show as a delete there.
  if (run.world.interrupted.aborted) return EXIT.interrupted;
  await writeFiles(run, imported, texts, out);
  const report: ImportReport = {
    imported,
    folder: out ?? withoutSlash(folder),
    day,
    accounts: accounts.map(({ observation }) => observation.account),
    unread: [...readings.values()].flatMap((reading) => (reading.kind === 'incomplete' ? [reading] : [])),
    sinceBaseline: listSinceBaseline(today, accounts, history),
    others: [...today.accounts.keys()].filter((name) => readings.get(name)?.kind !== 'complete'),
    plan,
  };
  const said = renderImport(report, run.flags.format);
  run.print(run.flags.format === 'json' ? said : run.wrap(said));
  return worstExit([EXIT.ok, ...report.unread.map(({ cause }) => (cause === 'credentials' ? EXIT.credentials : EXIT.incomplete))]);
}

/** The folder of --out, in which there may be nothing yet. */
async function openOut(run: Run): Promise<string | null> {
  const { world, flags } = run;
  if (flags.out === null) return null;
  const folder = withoutSlash(flags.out);
  const entries = await world.files.policies(folder).list('');
  if (entries !== null && entries.length > 0) throw new RollcallError('outNotEmpty', visible(folder, 200), 'something is there already');
  if (entries === null && (await isThere(run, folder))) throw new RollcallError('outNotEmpty', visible(folder, 200), 'it is a file');
  return folder;
}

/** Asked of the folder around it: to open what is no folder may wait for ever. */
async function isThere({ world }: Run, path: string): Promise<boolean> {
  const at = path.lastIndexOf('/');
  const around = at < 0 ? '.' : path.slice(0, at) || '/';
  const entries = await world.files.policies(around).list('');
  return entries?.some(({ name }) => name === path.slice(at + 1)) === true;
}

/** Live, or the file; where this machine has no key for an account, what the clone's own branch observed last. */
async function readFor(
  run: Run,
  desired: DesiredState,
  history: History,
  observation: string | null,
  local: LocalState | null,
): Promise<ReadonlyMap<string, Reading>> {
  if (observation !== null) return readObservationFile(run, desired, observation);
  const accounts = await openAccounts(run, desired, run.world.interrupted);
  const readings = await readAccounts(run, accounts, history, new Map()).finally(() => accounts.close());
  if (local?.kind !== 'found') return readings;
  for (const [account, reading] of local.readings) {
    const now = readings.get(account);
    if (now?.kind === 'complete' || (now !== undefined && (now.cause !== 'credentials' || now.requests > 0))) continue;
    if (now === undefined && desired.accounts.has(account)) continue;
    readings.set(account, reading);
    run.log(
      `${visible(account)}: no key here, so what was observed last counts (${reading.kind === 'complete' ? reading.observation.at : ''}).`,
    );
  }
  return readings;
}

/** What a subaccount holds is granted through the file of the account above, so it is not imported by itself: what differs there the plan shows. */
function accountsOf({ accounts }: DesiredState, readings: ReadonlyMap<string, Reading>, history: History): ImportAccount[] {
  return [...accounts].flatMap(([name, desired]) => {
    const reading = readings.get(name);
    const capabilities = capabilitiesOf(desired.policy);
    if (reading?.kind !== 'complete' || capabilities === null) return [];
    const { observation } = reading;
    const known = history.accounts.get(name) ?? EMPTY_HISTORY;
    return [{ observation, leftAlone: listLeftAlone({ desired, observation, capabilities, history: known }) }];
  });
}

/** New files first, people before teams: a run that is killed in between leaves policies that are valid and give nobody less. */
async function writeFiles(
  { world, flags }: Run,
  imported: Imported,
  texts: ReadonlyMap<string, string>,
  out: string | null,
): Promise<void> {
  if (out !== null) {
    for (const [path, text] of new Map([...texts, ...imported.files])) await create(world.files, `${out}/${path}`, text);
    return;
  }
  const folder = withoutSlash(flags.policies);
  const rank = ({ path, isNew }: Imported['edited'][number]) => (path.startsWith('people/') ? 0 : isNew ? 1 : 2);
  for (const { path, isNew } of imported.edited.toSorted((a, b) => rank(a) - rank(b))) {
    const text = imported.files.get(path) ?? '';
    if (isNew) await create(world.files, `${folder}/${path}`, text);
    else await world.files.writeText(`${folder}/${path}`, text);
  }
}

function withoutSlash(folder: string): string {
  return folder.replace(/^(.*[^/]|\/)\/+$/s, '$1');
}

async function create(files: Run['world']['files'], path: string, text: string): Promise<void> {
  const made = await files.create(path, text);
  if (made === 'exists') throw new RollcallError('fileUnwritable', visible(path, 200), 'something of this name came there meanwhile');
}
