import type { Run } from './run-context.ts';

/** What git says of the clone that holds the policies; null where it ends with an error, as outside a clone. */
export async function doctorGit({ world, flags: { policies } }: Run, ...args: readonly string[]): Promise<string | null> {
  const { code, stdout } = await world.git(policies).run(args);
  return code === 0 ? new TextDecoder().decode(stdout).trim() : null;
}
