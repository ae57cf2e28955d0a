import type { PolicySource } from '../ports.ts';

/** The same policies with one file more, or another text in it; `path` is a folder and a name. */
export function withFile(source: PolicySource, path: string, text: string): PolicySource {
  const bytes = new TextEncoder().encode(text);
  const [folder = '', name = ''] = path.split('/');
  return {
    list: async (listed) => {
      const entries = await source.list(listed);
      if (listed === folder)
        return [...(entries ?? []).filter((entry) => entry.name !== name), { name, kind: 'file', bytes: bytes.length }];
      const isTop = listed === '' && entries?.some((entry) => entry.name === folder) === false;
      return isTop ? [...(entries ?? []), { name: folder, kind: 'folder', bytes: 0 }] : entries;
    },
    read: async (file) => (file === path ? bytes : source.read(file)),
  };
}
