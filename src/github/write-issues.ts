import { RollcallError } from '../errors.ts';
import type { Identity } from './find-identity.ts';
import type { IssuesApi, RollingIssue } from './github.ts';
import { isSameText } from './is-same-text.ts';
import { type Line, must } from './open-line.ts';

const READ = 'issues: read';
const WRITE = 'issues: write';
/** Ours carry it, so that a repository of many issues need not be read whole. */
const LABEL = 'rollcall';
const ANY_MARKER = /^<!-- rollcall:\S+ -->/;
const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;
/** How far the clock of a runner may be from GitHub's. */
const CLOCKS_DIFFER_MS = 86_400_000;

type Listed = Pick<WireIssue, 'user' | 'performed_via_github_app'>;

/**
 * The rolling issues of this app. A second one of an account is closed with a pointer to the first. A comment is known by its first
 * line, so that one whose answer was lost, or that a run made before it died, is not made again.
 */
export function writeIssues({ rest, at, attempt, attemptPages }: Line, url: string, identity: () => Promise<Identity>): IssuesApi {
  const findAuthor = async (): Promise<(one: Listed) => boolean> => {
    const { userId, appId } = await identity();
    return ({ user, performed_via_github_app: app }) => user?.id === userId && (app?.id ?? appId) === appId;
  };

  /** Ours by marker, or by title where the body bears no marker any more; oldest first. One without its label is found while it is open. */
  const listOurs = async (marker: string, title: string): Promise<WireIssue[]> => {
    const isByUs = await findAuthor();
    const list = async (query: { readonly state: 'all' | 'open'; readonly labels?: string }) => {
      const answer = await attemptPages<WireIssue>(READ, (page) => () => rest.issues.listForRepo({ ...at, ...query, ...page }));
      // Where issues are switched off there is none.
      const rows = answer.kind === 'refused' && answer.status === 410 ? [] : must(answer);
      return rows
        .filter((one) => one.pull_request === undefined && isByUs(one) && isAbout(one, marker, title))
        .toSorted((a, b) => a.number - b.number);
    };
    const labelled = await list({ state: 'all', labels: LABEL });
    return labelled.length > 0 ? labelled : list({ state: 'open' });
  };

  const isSaid = async (number: number, body: string): Promise<boolean> => {
    const isByUs = await findAuthor();
    const key = firstLine(body);
    const noticed = Date.parse(`${INSTANT.exec(key)?.[0]}Z`);
    const since = Number.isNaN(noticed) ? {} : { since: new Date(noticed - CLOCKS_DIFFER_MS).toISOString() };
    const read = (page: object) => () => rest.issues.listComments({ ...at, ...page, ...since, issue_number: number });
    return must(await attemptPages(READ, read)).some((one) => isByUs(one) && firstLine(one.body ?? '') === key);
  };

  return {
    find: async (marker, title) => {
      const [kept, ...others] = await listOurs(marker, title);
      if (kept === undefined) return null;
      const body = `<!-- rollcall:moved -->\nrollcall speaks of an account in one issue, [this one](${url}/issues/${kept.number}).`;
      // A pointer that cannot be written is tried again by the next run; the issue that counts is the oldest all the same.
      for (const { number } of others) {
        await attempt(WRITE, () => rest.issues.update({ ...at, issue_number: number, body, state: 'closed' }));
      }
      return toIssue(kept);
    },
    open: async ({ title, body, labels }) => {
      const made = await attempt(WRITE, () => rest.issues.create({ ...at, title, body, labels: [...labels] }));
      if (made.kind !== 'lost') return must(made).number;
      const [found] = await listOurs(firstLine(body), title);
      if (found === undefined) throw made.error;
      return found.number;
    },
    update: async (number, { labels, ...fields }) => {
      const change = { ...fields, ...(labels === undefined ? {} : { labels: [...labels] }) };
      const written = await attempt(WRITE, () => rest.issues.update({ ...at, issue_number: number, ...change }));
      const stored = written.kind === 'lost' ? await attempt(READ, () => rest.issues.get({ ...at, issue_number: number })) : written;
      const now = toIssue(must(stored));
      const isStored = change.body === undefined || isSameText(now.body, change.body);
      if (written.kind === 'lost' && !(isStored && hasRest(now, change))) throw written.error;
      if (!isStored) throw new RollcallError('githubStoredOther', `the issue ${number}`);
    },
    comment: async (number, body) => {
      if (await isSaid(number, body)) return;
      const made = await attempt(WRITE, () => rest.issues.createComment({ ...at, issue_number: number, body }));
      if (made.kind === 'lost' && (await isSaid(number, body))) return;
      must(made);
    },
  };
}

interface WireIssue {
  readonly number: number;
  readonly state: string;
  readonly title: string;
  readonly body?: string | null | undefined;
  readonly user: { readonly id: number } | null;
  readonly labels: readonly (string | { readonly name?: string })[];
  readonly performed_via_github_app?: { readonly id: number } | null | undefined;
  readonly pull_request?: unknown;
}

function toIssue(wire: WireIssue): RollingIssue {
  return {
    number: wire.number,
    isOpen: wire.state === 'open',
    title: wire.title,
    body: wire.body ?? '',
    labels: wire.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
  };
}

/** An issue whose title somebody changed to that of another account is still the one its marker says. */
function isAbout({ title, body }: WireIssue, marker: string, wanted: string): boolean {
  const first = firstLine(body ?? '');
  return ANY_MARKER.test(first) ? first === marker : title === wanted;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trimEnd() ?? '';
}

/** Whether an issue has what was to be changed besides its body. */
function hasRest(now: RollingIssue, change: Parameters<IssuesApi['update']>[1]): boolean {
  const { title = now.title, state, labels = [] } = change;
  const isThere = (label: string) => now.labels.some((one) => one.toLowerCase() === label.toLowerCase());
  return now.title === title && (state === undefined || now.isOpen === (state === 'open')) && labels.every(isThere);
}
