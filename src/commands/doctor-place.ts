import { doctorGit } from './doctor-git.ts';
import type { Run } from './run-context.ts';

/** Where the policies lie. */
export interface PlaceAtHand {
  /** The folder that holds the policies folder, or the top of the clone; ends in a slash. */
  readonly root: string;
  /** The policies folder below it, with a slash: `policies/`. */
  readonly prefix: string;
  readonly isClone: boolean;
  /** Whether a `.github` lies there; without it this is no repository for GitHub yet. */
  readonly hasGithubFiles: boolean;
}

export async function doctorPlace(run: Run): Promise<PlaceAtHand> {
  const {
    world,
    flags: { policies },
  } = run;
  const [top, inside] = await Promise.all([doctorGit(run, 'rev-parse', '--show-toplevel'), doctorGit(run, 'rev-parse', '--show-prefix')]);
  const isClone = top?.startsWith('/') === true && inside !== null;
  const whole = world.files.resolve(policies);
  const at = whole.lastIndexOf('/') + 1;
  const root = isClone ? `${top}/` : whole.slice(0, at);
  const prefix = isClone ? inside : `${whole.slice(at)}/`;
  return { root, prefix, isClone, hasGithubFiles: await hasFolder(run, `${root}.github`) };
}

async function hasFolder({ world }: Run, folder: string): Promise<boolean> {
  const { files } = world;
  return (
    (await files
      .policies(folder)
      .list('')
      .catch(() => null)) !== null
  );
}
