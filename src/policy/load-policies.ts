import type { CapabilitiesOf, Day, DesiredState, Digest, Finding } from '../model.ts';
import type { PolicySource } from '../ports.ts';
import { compareText, digestOf, digestOfBytes } from '../text/digest.ts';
import { checkPolicies } from './check-policies.ts';
import { checkShape } from './check-shape.ts';
import { decodeText } from './decode-text.ts';
import { finding } from './findings.ts';
import type { Account, Approval, People, Roster, Team } from './generated/types.ts';
import { listPolicyFiles, type PolicyFile } from './list-policy-files.ts';
import { makeDesiredState } from './make-desired-state.ts';
import {
  type AccountEntry,
  type ApprovalEntry,
  type PersonEntry,
  type Policies,
  type RosterEntry,
  type TeamEntry,
  toAccount,
  toApproval,
  toPeople,
  toRoster,
  toTeam,
} from './policies.ts';
import { createLocator, LIMITS, type Marked, type Origin, type PolicyDocument, type PolicyKind, plainValue } from './policy-tree.ts';
import { readPlainYaml } from './read-plain-yaml.ts';
import { readYaml } from './read-yaml.ts';

export interface LoadedPolicies {
  /** All findings of all files, sorted by file, line, column and code. */
  readonly findings: readonly Finding[];
  /** Null when any finding is an error. */
  readonly policies: Policies | null;
  /** Null when any finding is an error. */
  readonly desired: DesiredState | null;
  /** How many policy files were looked at. */
  readonly files: number;
}

interface Gathered {
  readonly accounts: AccountEntry[];
  readonly people: PersonEntry[];
  readonly teams: TeamEntry[];
  readonly approvals: ApprovalEntry[];
  readonly rosters: RosterEntry[];
  readonly refused: Set<PolicyKind>;
  readonly digests: [path: string, digest: Digest][];
}

/** Reads a folder of policies as data: every finding of every file, and access by policy if none is an error. */
export async function loadPolicies(args: {
  readonly source: PolicySource;
  /** As the user gave it: what findings and plans name files by. */
  readonly folder: string;
  readonly today: Day;
  readonly capabilitiesOf: CapabilitiesOf;
  readonly commit: string | null;
}): Promise<LoadedPolicies> {
  const { source, folder, today, capabilitiesOf, commit } = args;
  const { files, findings: listed } = await listPolicyFiles(source, folder);
  const findings: Finding[] = [...listed];
  const gathered: Gathered = { accounts: [], people: [], teams: [], approvals: [], rosters: [], refused: new Set(), digests: [] };
  for (const file of files) {
    const found = await readFile(file, await source.read(file.path), gathered);
    if (found.length > 0) gathered.refused.add(file.kind);
    findings.push(...found);
  }
  const policies: Policies = {
    accounts: gathered.accounts,
    people: gathered.people,
    teams: gathered.teams,
    approvals: gathered.approvals,
    rosters: gathered.rosters,
    refused: listed.length > 0 ? new Set<PolicyKind>(['account', 'people', 'team', 'approval', 'roster']) : gathered.refused,
    accountNames: new Set(files.filter((file) => file.kind === 'account').map((file) => file.name)),
    unlisted: listed.length > 0,
    digest: digestOf(gathered.digests),
  };
  for (const found of await checkPolicies(policies, today, capabilitiesOf)) findings.push(found);
  const told = capPerFile(findings.sort(byPlace));
  if (told.some((found) => found.severity === 'error')) return { findings: told, policies: null, desired: null, files: files.length };
  return {
    findings: told,
    policies,
    desired: makeDesiredState({ policies, today, capabilitiesOf, commit }),
    files: files.length,
  };
}

/** One file through all stages, each of which ends the way when it finds something. */
async function readFile(file: PolicyFile, bytes: Uint8Array, gathered: Gathered): Promise<readonly Finding[]> {
  if (bytes.length > LIMITS.bytes) {
    return [finding('file-too-large', { file: file.file, line: 1, column: 1 }, String(LIMITS.bytes / 1024))];
  }
  gathered.digests.push([file.path, digestOfBytes(bytes)]);
  const namesKeys = file.kind === 'roster';
  const decoded = decodeText(file.file, bytes, namesKeys);
  if (decoded.kind === 'refused') return decoded.findings;
  const read = await readTree(file.file, decoded.text, namesKeys);
  if ('findings' in read) return read.findings;
  const origin: Origin = { kind: file.kind, name: file.name, placeOf: createLocator(file.file, decoded.text) };
  const document: PolicyDocument = { origin, root: read.root };
  const value = plainValue(document.root);
  const findings = checkShape(document, value);
  if (findings.length === 0) gather(document, value, gathered);
  return findings;
}

/** Plain files by our own reader, all others by the `yaml` package, which is loaded for the first of them. */
async function readTree(
  file: string,
  text: string,
  namesKeys: boolean,
): Promise<{ readonly root: Marked } | { readonly findings: readonly Finding[] }> {
  const root = readPlainYaml(text);
  return root === null ? readYaml(file, text, namesKeys) : { root };
}

/** The schema has proved the value's type. */
function gather(document: PolicyDocument, value: unknown, gathered: Gathered): void {
  const { kind } = document.origin;
  if (kind === 'account') gathered.accounts.push(toAccount(document, value as Account));
  else if (kind === 'team') gathered.teams.push(toTeam(document, value as Team));
  else if (kind === 'approval') gathered.approvals.push(toApproval(document, value as Approval));
  else if (kind === 'roster') gathered.rosters.push(toRoster(document, value as Roster));
  else for (const person of toPeople(document, value as People)) gathered.people.push(person);
}

/** The first findings of each file, and how many more there are. */
function capPerFile(findings: readonly Finding[]): Finding[] {
  const perFile = new Map<string, Finding[]>();
  for (const found of findings) {
    const ofFile = perFile.get(found.file);
    if (ofFile === undefined) perFile.set(found.file, [found]);
    else ofFile.push(found);
  }
  return [...perFile.values()].flatMap(cap);
}

function cap(findings: readonly Finding[]): readonly Finding[] {
  const rest = findings.slice(LIMITS.findings);
  const [next] = rest;
  if (next === undefined || rest.length === 1) return findings;
  const hasError = rest.some((found) => found.severity === 'error');
  return [...findings.slice(0, LIMITS.findings), finding(hasError ? 'more-findings' : 'more-warnings', next, String(rest.length))];
}

function byPlace(a: Finding, b: Finding): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.code, b.code);
}
