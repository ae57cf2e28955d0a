import type { FileEntry, Git, PolicySource } from '../ports.ts';
import { LIMITS } from './policy-tree.ts';

const ENTRY = /^(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t(.*)$/s;

interface Blob {
  readonly id: string;
  readonly entry: FileEntry;
}

/** A folder of policies as one commit has it, from `git ls-tree -r -z -l`; blobs are read by id, never through a work tree. */
export function openCommitSource(listing: Uint8Array, prefix: string, git: Git): PolicySource {
  const blobs = new Map<string, Blob>();
  for (const line of new TextDecoder().decode(listing).split('\0')) {
    const match = ENTRY.exec(line);
    const path = match?.[5] ?? '';
    if (match === null || !path.startsWith(prefix)) continue;
    const inside = path.slice(prefix.length);
    // A tree made by hand may name a file twice, and nobody could tell which of them people saw.
    const isFile = match[1] !== '120000' && match[2] === 'blob' && !blobs.has(inside);
    const kind = isFile ? 'file' : match[1] === '120000' ? 'link' : 'other';
    blobs.set(inside, { id: match[3] ?? '', entry: { name: inside.split('/').at(-1) ?? '', kind, bytes: Number(match[4]) || 0 } });
  }
  let contents: Promise<ReadonlyMap<string, Uint8Array>> | null = null;
  return {
    list: async (folder) => listFolder(blobs, folder),
    read: async (path) => {
      const blob = blobs.get(path);
      if (blob === undefined) throw new Error('a file that the commit does not list was asked for');
      contents ??= readBlobs(idsOf(blobs), git);
      // Where all of them together are too much for one process, those that are asked for are not.
      const bytes = (await contents).get(blob.id) ?? (await readBlobs([blob.id], git)).get(blob.id);
      if (bytes === undefined) throw new Error('a blob that the commit lists could not be read');
      return bytes;
    },
  };
}

function idsOf(blobs: ReadonlyMap<string, Blob>): string[] {
  const small = [...blobs.values()].filter(({ entry }) => entry.kind === 'file' && entry.bytes <= LIMITS.bytes);
  return [...new Set(small.map(({ id }) => id))];
}

/** All at once: one process, whatever the number of files. None when that did not end well. */
async function readBlobs(ids: readonly string[], git: Git): Promise<ReadonlyMap<string, Uint8Array>> {
  const { code, stdout } = await git.run(['cat-file', '--batch'], `${ids.join('\n')}\n`);
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; code === 0 && at < stdout.length; ) {
    const end = stdout.indexOf(10, at);
    const [id = '', type = '', size = ''] = new TextDecoder().decode(stdout.subarray(at, end)).split(' ');
    if (type !== 'blob') throw new Error('a blob that the commit lists could not be read');
    const start = end + 1;
    contents.set(id, stdout.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return contents;
}

function listFolder(blobs: ReadonlyMap<string, Blob>, folder: string): FileEntry[] | null {
  const start = folder === '' ? '' : `${folder}/`;
  const entries = new Map<string, FileEntry>();
  for (const [path, { entry }] of blobs) {
    if (!path.startsWith(start)) continue;
    const rest = path.slice(start.length);
    const slash = rest.indexOf('/');
    if (slash === -1) entries.set(rest, entry);
    else entries.set(rest.slice(0, slash), { name: rest.slice(0, slash), kind: 'folder', bytes: 0 });
  }
  return entries.size === 0 ? null : [...entries.values()];
}
