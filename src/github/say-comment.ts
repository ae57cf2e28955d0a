import { RollcallError } from '../errors.ts';
import type { Identity } from './find-identity.ts';
import type { SpeechApi } from './github.ts';
import { isSameText } from './is-same-text.ts';
import { type Attempt, type Line, must } from './open-line.ts';

const NEEDS = 'pull-requests: write';

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user: { readonly id: number } | null;
  readonly performed_via_github_app?: { readonly id: number } | null;
}

type Said = Awaited<ReturnType<SpeechApi['say']>>;

/**
 * Our one comment. A marker can be written by anybody, so ours are those of our own author id and app; of several the oldest is kept.
 * A comment whose answer was lost is looked for and never sent again.
 */
export function sayComment(line: Line, url: string, identity: () => Promise<Identity>): SpeechApi['say'] {
  const { rest, at, attempt, attemptPages } = line;
  const make = (number: number, body: string) => () => rest.issues.createComment({ ...at, issue_number: number, body });
  const change = (id: number, body: string) => () => rest.issues.updateComment({ ...at, comment_id: id, body });

  const findOurs = async (number: number, marker: string): Promise<Attempt<Comment[]>> => {
    const { userId, appId } = await identity();
    const read = (page: object) => () => rest.issues.listComments({ ...at, ...page, issue_number: number });
    const found = await attemptPages<Comment>(NEEDS, read);
    if (found.kind !== 'ok') return found;
    // Some answers leave out the app; a bot's user belongs to one app alone, so its id is enough there.
    const isOurs = ({ user, performed_via_github_app: app, body = '' }: Comment) =>
      user?.id === userId && (app?.id ?? appId) === appId && body.startsWith(marker);
    return { kind: 'ok', data: found.data.filter(isOurs).toSorted((a, b) => a.id - b.id) };
  };

  /** What became of a write: after a lost answer a read says it, and not finding it is the error it was. */
  const settle = async (written: Attempt<Comment>, number: number, marker: string, body: string, said: Said): Promise<Said> => {
    if (written.kind === 'ok') return isSame(written.data, body) ? said : storedOther(number);
    if (written.kind === 'refused') return refusalOf(written);
    const ours = must(await findOurs(number, marker));
    if (ours.some((comment) => isSame(comment, body))) return said;
    throw written.error;
  };

  const replace = async (kept: Comment, number: number, marker: string, body: string): Promise<Said> => {
    if (isSame(kept, body)) return 'unchanged';
    const written = await attempt(NEEDS, change(kept.id, body));
    // Somebody deleted it since it was listed.
    if (written.kind === 'refused' && written.status === 404) {
      return settle(await attempt(NEEDS, make(number, body)), number, marker, body, 'made');
    }
    return settle(written, number, marker, body, 'changed');
  };

  return async (number, marker, text) => {
    const body = text.startsWith(marker) ? text : `${marker}\n${text}`;
    const found = await findOurs(number, marker);
    if (found.kind === 'refused') return refusalOf(found);
    const [kept, ...others] = must(found);
    if (kept === undefined) return settle(await attempt(NEEDS, make(number, body)), number, marker, body, 'made');
    const said = await replace(kept, number, marker, body);
    const pointer = `rollcall speaks in one comment, [this one](${url}/issues/${number}#issuecomment-${kept.id}).`;
    // A pointer that cannot be written is tried again by the next run; the comment that counts is up to date.
    for (const { id } of others) if (id !== kept.id) await attempt(NEEDS, change(id, pointer));
    return said;
  };
}

function refusalOf(refused: Extract<Attempt<never>, { kind: 'refused' }>): Said {
  if (refused.status === 403 || refused.status === 404 || refused.status === 410) return 'refused';
  if (refused.status === 422 && /too long/i.test(refused.says)) return 'tooLong';
  throw refused.error;
}

function storedOther(number: number): never {
  throw new RollcallError('githubStoredOther', `the comment on ${number}`);
}

function isSame(comment: Comment, body: string): boolean {
  return isSameText(comment.body ?? '', body);
}
