import { constants } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, stat, truncate, unlink } from 'node:fs/promises';
import type { Disk } from './ports.ts';

/** The disk as it is. */
export function createRealDisk(): Disk {
  return {
    read: readFile,
    size: async (path) => (await stat(path)).size,
    open: async (path, how) => {
      const handle = await open(path, FLAGS[how], 0o600);
      return { append: (text) => handle.appendFile(text, 'utf8'), sync: () => handle.sync(), close: () => handle.close() };
    },
    truncate,
    link,
    rename,
    unlink,
    list: (folder) => readdir(folder),
    makeFolder: async (folder) => {
      await mkdir(folder);
    },
  };
}

const FLAGS = {
  append: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
  new: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL,
  folder: constants.O_RDONLY,
} as const;
