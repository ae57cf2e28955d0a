import { RollcallError } from '../errors.ts';
import { visible } from '../text/encode.ts';
import type { Run } from './run-context.ts';

const MAX_SEED_BYTES = 256 * 1024 * 1024;

/** Reads a file that says who is there when an emulator starts. */
export async function readSeed<Seed>(run: Run, file: string, parse: (value: unknown, file: string) => Seed): Promise<Seed> {
  const text = await run.world.files.readText(file, MAX_SEED_BYTES);
  if (text === null) throw new RollcallError('seedInvalid', visible(file), 'there is no such file');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RollcallError('seedInvalid', visible(file), 'it is not JSON');
  }
  return parse(value, visible(file));
}
