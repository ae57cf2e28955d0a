import { isUnexplained } from '../drift-answer.ts';
import { EXIT, type ExitCode, worstExit } from '../errors.ts';
import { NOTHING } from '../holding.ts';
import type { Change, DesiredState, Digest, History, Plan, Reading } from '../model.ts';
import { attributeDrift } from '../plan/attribute-drift.ts';
import { fanOut } from '../plan/fan-out.ts';
import { newestOf } from '../plan/make-plan.ts';
import { heldIn } from '../plan/privilege.ts';
import { type Adoption, adoptDrift } from '../policy/edit/adopt-drift.ts';
import type { EditedFile } from '../policy/edit/edit-files.ts';
import { readPolicyTexts } from '../policy/edit/read-policy-texts.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { countWords } from '../report/count-words.ts';
import { describeHolding } from '../report/describe-change.ts';
import { toJson } from '../report/to-json.ts';
import { visible } from '../text/encode.ts';
import { encodePath, encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import type { Attribution } from '../watch.ts';
import { loadDesired } from './load-desired.ts';
import { makeRunPlan, observationOf, readAncestry } from './make-run-plan.ts';
import { readHistory } from './plan.ts';
import { type Accounts, openAccounts, readAccounts } from './read-accounts.ts';
import type { Run } from './run-context.ts';

const DAY_MS = 24 * 3_600_000;
/** How far back the vendor's log is read where no earlier observation says since when. */
const LOOK_BACK_DAYS = 7;

/** Writes drift into the policies of the run's folder, for a person to review and commit. Nothing is sent to a vendor that changes it. */
export async function adopt(run: Run): Promise<ExitCode> {
  const { desired: today, head, desiredOn } = await loadDesired(run);
  const history = await readHistory(run);
  const accounts = await openAccounts(run, today, run.world.interrupted);
  try {
    const readings = await readAccounts(run, accounts, history, new Map());
    const at = newestOf(readings);
    const desired = fanOut(await desiredOn(at), readings);
    const plan = makeRunPlan(run, 'drift', desired, null, readings, history, await readAncestry(run, head, history));
    const drift = plan.changes.filter(isUnexplained);
    const likely = await findActors(drift, today, readings, history, accounts);
    const { policies: folder } = run.flags;
    const adoption = await adoptDrift({
      texts: await readPolicyTexts(run.world.files.policies(folder), folder),
      folder,
      today: at.slice(0, 10),
      capabilitiesOf,
      drift: drift.map((change) => ({ change, likely: likely.get(change.id) ?? null })),
    });
    await writeFiles(run, adoption);
    await deliverAdoption(run, adoption);
    const codes = tellUnread(run, plan);
    return worstExit([EXIT.ok, ...codes, ...(adoption.refused.length > 0 ? [EXIT.changes] : [])]);
  } finally {
    await accounts.close();
  }
}

async function findActors(
  drift: readonly Change[],
  desired: DesiredState,
  readings: ReadonlyMap<string, Reading>,
  history: History,
  accounts: Accounts,
): Promise<ReadonlyMap<Digest, Attribution>> {
  const names = [...new Set(drift.map((change) => change.account))];
  const found = names.map(async (name) => {
    const observation = observationOf(readings.get(name));
    const reader = accounts.providers.get(name)?.reader;
    if (observation === null || reader === undefined) return [];
    const earlier = new Date(Date.parse(observation.at) - LOOK_BACK_DAYS * DAY_MS).toISOString();
    const events = await reader.events(history.accounts.get(name)?.lastGood?.at ?? earlier);
    const own = drift.filter((change) => change.account === name);
    return [...attributeDrift(own, observation, events, [], desired.accounts.get(name)?.policy.owner ?? null)];
  });
  return new Map((await Promise.all(found)).flat());
}

/** New files first: a run that is killed in between leaves nobody without what they keep. */
async function writeFiles({ world, flags }: Run, { files, edited }: Adoption): Promise<void> {
  for (const { path } of [...edited].sort((a, b) => Number(b.isNew) - Number(a.isNew))) {
    const text = files.get(path);
    if (text !== undefined) await world.files.writeText(inFolder(flags.policies, path), text);
  }
}

function inFolder(folder: string, path: string): string {
  return `${folder.replace(/^(.*[^/])?\/+$/s, '$1')}/${path}`;
}

async function deliverAdoption(run: Run, { edited, adopted, refused }: Adoption): Promise<void> {
  if (run.flags.format === 'json') {
    const files = edited.map(({ path, isNew, lines }) => ({ file: inFolder(run.flags.policies, path), new: isNew, lines }));
    return run.deliver(toJson({ files, adopted, refused }));
  }
  const lines: string[] = [];
  const say = (text: string) => lines.push(run.wrap(text));
  if (adopted.length > 0) say(`Adopted ${countWords(adopted.length, 'difference')}. Review what was written and commit it.`);
  for (const change of adopted) say(`  ${whoOf(change)}: policy said ${saidOf(change)}, now says ${nowOf(change)}`);
  // What stands in a file stays as it stands there.
  for (const file of edited) lines.push('', ...showFile(file, run.flags.policies));
  if (refused.length > 0) lines.push(...(lines.length > 0 ? [''] : []), `Not adopted: ${countWords(refused.length, 'difference')}.`);
  for (const { change, why } of refused) say(`  ${whoOf(change)} (live ${nowOf(change)}): ${encodeSentence(why)}`);
  await run.deliver(lines.length > 0 ? lines.join('\n') : 'No drift, so nothing to adopt.');
}

function whoOf({ account, principal }: Change): string {
  return `${visible(account)} ${encodePrincipal(principal)}`;
}

function saidOf({ before, after }: Change): string {
  return describeHolding(after ?? NOTHING) + nameWords(after?.name, before?.name);
}

function nowOf({ before, after }: Change): string {
  return describeHolding(heldIn(before)) + nameWords(before?.name, after?.name);
}

/** A name is told where it is what differs. */
function nameWords(name: string | undefined, other: string | undefined): string {
  return name === undefined || other === undefined || name === other ? '' : `, name ${visible(name)}`;
}

function showFile({ path, isNew, lines }: EditedFile, folder: string): string[] {
  const shown = lines.flatMap(({ line, before, after }) => [
    ...(isNew ? [] : [`  line ${line}`]),
    ...before.map((text) => `  - ${encodeSentence(text)}`),
    ...after.map((text) => `  + ${encodeSentence(text)}`),
  ]);
  return [`${encodePath(inFolder(folder, path))}${isNew ? ' (new)' : ''}`, ...shown];
}

function tellUnread(run: Run, { accounts }: Plan): ExitCode[] {
  return accounts.flatMap(({ account, verdict, recorded, observation }) => {
    if (verdict !== 'incomplete') {
      if (!recorded)
        run.log(
          `${visible(account)}: nothing was applied here yet, so no difference can be told from drift. Run \`rollcall apply\` first.`,
        );
      return [];
    }
    run.log(`${visible(account)}: not read: ${encodeSentence(observation.reason ?? '')}`);
    return [observation.cause === 'credentials' ? EXIT.credentials : EXIT.incomplete];
  });
}
