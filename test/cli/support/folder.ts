import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Policies } from '../../scenarios/support/company.ts';

/** A real folder that is gone after the test, with these policies in it. */
export async function makeFolder(policies: Policies): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writePolicies(folder, policies);
  return folder;
}

/** Puts these policies in the place of those that are there. */
export async function writePolicies(folder: string, policies: Policies): Promise<void> {
  await rm(path.join(folder, 'policies'), { recursive: true, force: true });
  for (const [file, text] of Object.entries(policies)) {
    const whole = path.join(folder, 'policies', file);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, text);
  }
}
