import type { PullsApi } from './github.ts';
import type { Line } from './open-line.ts';

const NEEDS = 'pull-requests: write';
/** The setting of a repository or its organisation that keeps Actions from opening pull requests, whatever the job's token may do. */
const NOT_PERMITTED = /not permitted to create or approve pull requests/i;
const NOTHING_DIFFERS = /no commits between/i;
const IS_OPEN = /pull request already exists/i;

/**
 * Opens a pull request, once. The words are GitHub's own, made visible; it says them in no documented form.
 * Source: docs.github.com, "Create a pull request" and "Managing GitHub Actions settings for a repository".
 */
export function proposePull({ rest, at, attempt }: Line, ofBranch: PullsApi['ofBranch']): PullsApi['propose'] {
  return async (pull) => {
    const made = await attempt(NEEDS, () => rest.pulls.create({ ...at, ...pull }));
    if (made.kind === 'ok') return made.data.number;
    if (made.kind === 'lost' || IS_OPEN.test(made.says)) {
      const found = (await ofBranch(pull.head)).find(({ open, base }) => open && base === pull.base);
      if (found !== undefined) return found.number;
    } else if (NOT_PERMITTED.test(made.says) || NOTHING_DIFFERS.test(made.says)) {
      return made.says.replace(/^Validation Failed, /, '');
    }
    throw made.error;
  };
}
