import type { NewPeople, NewTeam } from './draft.ts';
import { writeScalar } from './write-scalar.ts';

export function writeTeam({ comment, members, grants }: NewTeam): string {
  const memberLines = members.map(({ email, until }) =>
    until === null ? `  - ${writeScalar(email)}\n` : `  - ${writeMap({ email, until })}\n`,
  );
  const grantLines = grants.map(
    ({ account, role, group, reason, until, notes }) =>
      `${writeComments(notes, '  ')}  - ${writeMap({ account, role, group, reason, until })}\n`,
  );
  return `${writeComments([comment], '')}members:\n${memberLines.join('')}grants:\n${grantLines.join('')}`;
}

export function writePeople({ comment, people }: NewPeople): string {
  const entries = people.map(
    ({ email, name, notes }) => `${writeComments(notes, '')}- email: ${writeScalar(email)}\n  name: ${writeScalar(name)}\n`,
  );
  return writeComments([comment], '') + entries.join('');
}

/** Each line of each comment behind a sign of its own. */
function writeComments(comments: readonly string[] = [], pad: string): string {
  return comments.flatMap((comment) => comment.split('\n').map((line) => `${pad}# ${line}\n`)).join('');
}

/** A flow map of the values that are there. */
export function writeMap(values: Readonly<Record<string, string | null>>): string {
  const entries = Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${writeScalar(value)}`]));
  return `{ ${entries.join(', ')} }`;
}
