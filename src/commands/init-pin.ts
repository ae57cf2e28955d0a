import type { Git } from '../ports.ts';
import type { ActionPin } from '../setup/compose-workflows.ts';
import { VERSION } from '../version.ts';

const ON_GITHUB = /^(?:[a-z+]+:\/\/)?(?:[\w.-]+@)?github\.com[:/]([A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.+$)[\w.-]{1,100}?)(?:\.git)?\/?$/;
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * rollcall's own repository on GitHub at the commit that is checked out, where rollcall runs from its clone. Null for a copy without git,
 * for one below somebody else's repository, and for a commit that GitHub does not have, which no workflow could use.
 */
export async function findOwnPin(git: Git): Promise<ActionPin | null> {
  const say = async (...args: string[]) => {
    const { code, stdout } = await git.run(args);
    return code === 0 ? new TextDecoder().decode(stdout).trim() : null;
  };
  // The bundle lies in dist/ of the clone; as a dependency it lies deeper in the repository of whoever depends on it.
  if ((await say('rev-parse', '--show-prefix')) !== 'dist/') return null;
  const [commit, remote, pushed] = await Promise.all([
    say('rev-parse', '--verify', 'HEAD:action.yml').then((found) => (found === null ? null : say('rev-parse', '--verify', 'HEAD'))),
    say('remote', 'get-url', 'origin'),
    say('for-each-ref', '--count=1', '--contains', 'HEAD', 'refs/remotes/origin'),
  ]);
  const repository = ON_GITHUB.exec(remote ?? '')?.[1];
  if (repository === undefined || commit === null || !COMMIT.test(commit) || (pushed ?? '') === '') return null;
  return { repository, commit, version: `v${VERSION}` };
}
