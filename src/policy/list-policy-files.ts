import type { Finding } from '../model.ts';
import type { FileEntry, PolicySource } from '../ports.ts';
import { compareText } from '../text/digest.ts';
import { visible } from '../text/encode.ts';
import { finding } from './findings.ts';
import { didYouMean } from './nearest-word.ts';
import { LIMITS, type PolicyKind } from './policy-tree.ts';

/** A file that may be opened: a regular one, small enough, well named, in its place. */
export interface PolicyFile {
  readonly kind: PolicyKind;
  /** The stem: the name of the account, team or approval; of a roster, the account it is about. */
  readonly name: string;
  /** Inside the folder of policies. */
  readonly path: string;
  /** As findings name it: the folder as the user gave it, and the path inside. */
  readonly file: string;
}

const KIND_OF_FOLDER: ReadonlyMap<string, PolicyKind> = new Map([
  ['accounts', 'account'],
  ['people', 'people'],
  ['teams', 'team'],
  ['approvals', 'approval'],
  ['rosters', 'roster'],
]);
const FILE_NAME = /^([a-z0-9][a-z0-9-]{0,63})\.ya?ml$/;

/** The policy files of a tree in the order of their paths, and everything there that is no policy file. Opens none. */
export async function listPolicyFiles(
  source: PolicySource,
  folder: string,
): Promise<{ readonly files: readonly PolicyFile[]; readonly findings: readonly Finding[] }> {
  const base = folder.length > 1 ? folder.replace(/^(.*[^/])?\/+$/s, '$1') : folder;
  const top = await source.list('');
  if (top === null) return { files: [], findings: [finding('policies-missing', startOf(base))] };
  const findings: Finding[] = [];
  const files: PolicyFile[] = [];
  for (const entry of sorted(top)) {
    const kind = KIND_OF_FOLDER.get(entry.name);
    const file = join(base, visible(entry.name));
    if (entry.kind === 'folder' && kind !== undefined) {
      for (const inner of sorted((await source.list(entry.name)) ?? [])) sortOut(base, entry.name, kind, inner, files, findings);
    } else if (entry.kind === 'folder') {
      findings.push(finding('folder-unknown', startOf(file), didYouMean(entry.name, [...KIND_OF_FOLDER.keys()])));
    } else {
      findings.push(finding(entry.kind === 'file' ? 'file-misplaced' : 'file-kind', startOf(file)));
    }
  }
  return judge(base, files, findings);
}

function sortOut(base: string, folder: string, kind: PolicyKind, entry: FileEntry, files: PolicyFile[], findings: Finding[]): void {
  const path = `${folder}/${entry.name}`;
  const file = join(base, `${folder}/${visible(entry.name)}`);
  const name = FILE_NAME.exec(entry.name)?.[1];
  if (entry.kind !== 'file') findings.push(finding('file-kind', startOf(file)));
  else if (name === undefined) findings.push(finding('file-name', startOf(file)));
  else if (entry.bytes > LIMITS.bytes) findings.push(finding('file-too-large', startOf(file), String(LIMITS.bytes / 1024)));
  else files.push({ kind, name, path, file });
}

function judge(base: string, files: readonly PolicyFile[], findings: Finding[]): Awaited<ReturnType<typeof listPolicyFiles>> {
  // What is no policy file counts as well: 10,000 findings are read by nobody.
  const count = files.length + findings.length;
  if (count > LIMITS.files) {
    return { files: [], findings: [finding('too-many-files', startOf(base), String(count), String(LIMITS.files))] };
  }
  if (files.length === 0 && findings.length === 0) findings.push(finding('policies-empty', startOf(base)));
  else if (!files.some((file) => file.kind === 'account') && !findings.some((found) => found.file.startsWith(join(base, 'accounts/')))) {
    findings.push(finding('no-account', startOf(base)));
  }
  return { files, findings };
}

function sorted(entries: readonly FileEntry[]): FileEntry[] {
  return [...entries].sort((a, b) => compareText(a.name, b.name));
}

function startOf(file: string): { file: string; line: number; column: number } {
  return { file, line: 1, column: 1 };
}

function join(base: string, path: string): string {
  return base.endsWith('/') ? base + path : `${base}/${path}`;
}
