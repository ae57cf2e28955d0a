import type { PolicySource } from '../../ports.ts';
import { listPolicyFiles } from '../list-policy-files.ts';

/** Policy files by their path inside the folder, whole: with a BOM and line ends as they stand in the file. */
export type PolicyTexts = ReadonlyMap<string, string>;

/** The texts of a tree that loaded without errors; whatever is no policy file there is left out. */
export async function readPolicyTexts(source: PolicySource, folder: string): Promise<PolicyTexts> {
  const { files } = await listPolicyFiles(source, folder);
  const texts = new Map<string, string>();
  for (const { path } of files) texts.set(path, new TextDecoder('utf-8', { ignoreBOM: true }).decode(await source.read(path)));
  return texts;
}

/** Texts as a tree to load from. */
export function sourceOfTexts(texts: PolicyTexts): PolicySource {
  const bytesOf = (path: string) => new TextEncoder().encode(texts.get(path) ?? '');
  return {
    list: async (folder) => {
      const paths = [...texts.keys()];
      if (folder === '') {
        const folders = new Set(paths.map((path) => path.slice(0, path.indexOf('/'))));
        return [...folders].map((name) => ({ name, kind: 'folder', bytes: 0 }));
      }
      return paths
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => ({ name: path.slice(folder.length + 1), kind: 'file', bytes: bytesOf(path).length }));
    },
    read: async (path) => bytesOf(path),
  };
}

/** Where a file that findings and places name stands inside the folder. */
export function pathInside(file: string, folder: string): string {
  const base = folder.length > 1 ? folder.replace(/^(.*[^/])?\/+$/s, '$1') : folder;
  return file.slice(base.endsWith('/') ? base.length : base.length + 1);
}
