import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');

export interface Build {
  /** What users run. */
  readonly file: string;
  discard(): void;
}

/** Builds the command line as users get it, in a folder of its own: other tests run the one in `dist/` meanwhile. */
export function buildApart(): Build {
  const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-build-'));
  for (const name of ['src', 'node_modules', 'package.json']) symlinkSync(path.join(ROOT, name), path.join(folder, name));
  const built = spawnSync(process.execPath, [path.join(ROOT, 'scripts/build.mjs')], { cwd: folder, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the command line could not be built: ${built.stderr}`);
  return { file: path.join(folder, 'dist/rollcall.cjs'), discard: () => rmSync(folder, { recursive: true, force: true }) };
}
