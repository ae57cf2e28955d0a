import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureBundle, ROOT } from '../../cli/support/bundle.ts';

/** Puts action.yml and what it runs into a folder, as a repository that uses rollcall has them. */
export async function buildAction(folder: string): Promise<void> {
  ensureBundle();
  await mkdir(path.join(folder, 'dist'), { recursive: true });
  for (const file of ['action.yml', ...(await bundleFiles())]) await copyFile(path.join(ROOT, file), path.join(folder, file));
}

/** The same as texts by path. */
export async function readAction(): Promise<Record<string, string>> {
  ensureBundle();
  const files = ['action.yml', ...(await bundleFiles())];
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readText(path.join(ROOT, file))] as const)));
}

async function bundleFiles(): Promise<string[]> {
  return (await readdir(path.join(ROOT, 'dist'))).filter((file) => file.endsWith('.cjs')).map((file) => `dist/${file}`);
}

export async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
