import type { Files } from '../ports.ts';

/** The files of the story: the example policies without what is hidden, and whatever commands write, which stays in memory. */
export interface Stage {
  readonly files: Files;
  /** Paths inside the policies, or whole ones of folders beside them. */
  hide(...paths: readonly string[]): void;
  show(...paths: readonly string[]): void;
}

/** A stage over real files, none of which a command of the story changes. */
export function createStage(real: Files): Stage {
  const hidden = new Set<string>();
  const written = new Map<string, string>();
  return {
    files: {
      resolve: (path) => real.resolve(path),
      temporary: () => real.temporary(),
      readText: async (path, maxBytes) => written.get(real.resolve(path)) ?? real.readText(path, maxBytes),
      writeText: async (path, text) => {
        written.set(real.resolve(path), text);
      },
      create: async (path, text) => {
        if (written.has(real.resolve(path))) return 'exists';
        written.set(real.resolve(path), text);
        return 'made';
      },
      policies: (folder) => {
        const source = real.policies(folder);
        if (hidden.has(real.resolve(folder))) return { ...source, list: async () => null };
        return {
          list: async (inside) => (await source.list(inside))?.filter(({ name }) => !hidden.has(`${inside}/${name}`)) ?? null,
          // What is written over a policy file stands at its place; no command of the story makes one that was not there.
          read: async (path) => {
            const text = written.get(real.resolve(`${folder}/${path}`));
            return text === undefined ? source.read(path) : new TextEncoder().encode(text);
          },
        };
      },
    },
    hide: (...paths) => {
      for (const path of paths) hidden.add(path);
    },
    show: (...paths) => {
      for (const path of paths) hidden.delete(path);
    },
  };
}
