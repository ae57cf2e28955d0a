import path from 'node:path';
import type { Disk } from '../ports.ts';

/**
 * Makes a folder and those around it; gives the outermost one that was made, or null where all were there. Node's own `recursive` never
 * returns where a file system says that there is nothing to make a folder in, as `/proc` does.
 */
export async function makeFolder(disk: Disk, folder: string): Promise<string | null> {
  const outer = path.dirname(folder);
  try {
    await disk.makeFolder(folder);
    return folder;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return null;
    if (!isCode(error, 'ENOENT') || outer === folder) throw error;
  }
  const first = await makeFolder(disk, outer);
  await disk.makeFolder(folder).catch((error: unknown) => {
    // Somebody else made it meanwhile.
    if (!isCode(error, 'EEXIST')) throw error;
  });
  return first ?? folder;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
