import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import { type LoadedPolicies, loadPolicies } from '../policy/load-policies.ts';
import type { AccountEntry, Policies, RosterEntry } from '../policy/policies.ts';
import { type ConsolePages, readConsolePages } from '../policy/read-console-pages.ts';
import { withFile } from '../policy/with-file.ts';
import { writeRoster } from '../policy/write-roster.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { countWords } from '../report/count-words.ts';
import { renderFindings } from '../report/render-findings.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal } from '../text/encode-sentence.ts';
import { describeRemark, describeRoster, rosterToJson } from './describe-roster.ts';
import { isError, loadFindings, today } from './load-desired.ts';
import type { Run } from './run-context.ts';

const MAX_PASTED_BYTES = 256 * 1024;

export interface RosterFlags {
  /** A file that holds the pages; null for standard input. */
  readonly from: string | null;
  readonly attestedBy: string | null;
}

/** Pasted pages of the Twilio Console to policies/rosters/NAME.yaml, or nothing at all where they were not understood as a whole. */
export async function roster(run: Run, flags: RosterFlags): Promise<ExitCode> {
  const { policies } = wholePolicies(run, await loadFindings(run));
  const account = accountOf(run, policies);
  const attestedBy = await attesterOf(run, flags, policies, account);
  const pages = readConsolePages(await readPages(run, flags.from));
  refuseParts(run, pages);
  const { name } = account.policy;
  const before = policies.rosters.find((one) => one.account === name) ?? null;
  const file =
    before === null ? `${run.flags.policies.replace(/^(.*[^/])?\/+$/s, '$1')}/rosters/${name}.yaml` : before.origin.placeOf(0).file;
  const text = writeRoster({ account: name, attestedBy, attestedOn: today(run), rows: pages.rows, before });
  await refuseInvalid(run, before, name, text);
  await run.world.files.writeText(run.flags.out ?? file, text);
  const written = { file: run.flags.out ?? file, attestedBy, attestedOn: today(run) };
  run.print(
    run.flags.format === 'json' ? rosterToJson(pages, account.policy, written) : run.wrap(describeRoster(pages, account.policy, written)),
  );
  return EXIT.ok;
}

/** What stands there is kept where it is about keys, so that it has to be read. */
function wholePolicies(run: Run, loaded: LoadedPolicies): { readonly policies: Policies } {
  const { policies, findings, files } = loaded;
  if (policies !== null) return { policies };
  const errors = findings.filter(isError);
  run.world.stderr.write(renderFindings(errors, 'text', run.style, files));
  throw new RollcallError('policyInvalid', countWords(errors.length, 'error'));
}

function accountOf(run: Run, { accounts }: Policies): AccountEntry {
  const [name, second] = run.flags.account;
  if (name === undefined || second !== undefined) throw new RollcallError('usage', 'roster takes one account: --account NAME');
  const account = accounts.find(({ policy }) => policy.name === name);
  const known = accounts.map(({ policy }) => policy.name).toSorted();
  if (account === undefined) throw new RollcallError('accountUnknown', visible(name), known.join(', '));
  const { provider, api } = account.policy;
  if (api !== 'console') throw new RollcallError('usage', needless(name, `${provider} ${api}`));
  return account;
}

function needless(account: string, api: string): string {
  return `--account ${account}: it is read through ${api}, which lists its people itself. A roster is for accounts with api: console`;
}

const GIVE_ATTESTER = "Give --attested-by EMAIL: somebody of people/, or the account's owner, who looked at both pages";

/** Who vouches for it: as the flag says, or whoever commits from this folder. */
async function attesterOf(run: Run, { attestedBy }: RosterFlags, policies: Policies, { policy }: AccountEntry): Promise<string> {
  const given = attestedBy ?? (await gitEmail(run));
  const email = given?.trim().toLowerCase() ?? '';
  if (email === policy.owner || policies.people.some((person) => person.email === email)) return email;
  if (email === '') throw new RollcallError('usage', `nothing says who attests this. ${GIVE_ATTESTER}`);
  throw new RollcallError('usage', `${encodePrincipal(email)} is neither in people/ nor the account's owner. ${GIVE_ATTESTER}`);
}

async function gitEmail(run: Run): Promise<string | null> {
  const { code, stdout } = await run.world.git(run.flags.policies).run(['config', 'user.email']);
  return code === 0 ? new TextDecoder().decode(stdout) : null;
}

async function readPages(run: Run, from: string | null): Promise<string> {
  if (from === null) return run.world.readInput(MAX_PASTED_BYTES);
  const text = await run.world.files.readText(from, MAX_PASTED_BYTES);
  if (text === null) throw new RollcallError('fileUnreadable', visible(from, 200), 'there is no such file');
  return text;
}

/** A part of the pages must never pass for the whole. */
function refuseParts(run: Run, { rows, problems }: ConsolePages): void {
  if (problems.length === 0 && rows.length > 0) return;
  run.world.stderr.write(problems.map(describeRemark).join(''));
  throw new RollcallError(
    'rosterIncomplete',
    rows.length === 0 && problems.length === 0 ? 'pages without any row' : countWords(problems.length, 'line'),
  );
}

/** What is written is valid, in the policies as they would be with it. */
async function refuseInvalid(run: Run, before: RosterEntry | null, name: string, text: string): Promise<void> {
  const source = run.world.files.policies(run.flags.policies);
  const path = before === null ? `rosters/${name}.yaml` : `rosters/${before.origin.placeOf(0).file.split('/').at(-1) ?? ''}`;
  const loaded = await loadPolicies({
    source: withFile(source, path, text),
    folder: run.flags.policies,
    today: today(run),
    capabilitiesOf,
    commit: null,
  });
  wholePolicies(run, loaded);
}
