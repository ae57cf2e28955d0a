import type { NewPeople, NewTeam } from './draft.ts';
import { writeScalar } from './write-scalar.ts';

export function writeTeam({ comment, members, grants }: NewTeam): string {
  const memberLines = members.map(({ email, until }) =>
    until === null ? `  - ${writeScalar(email)}\n` : `  - ${writeMap({ email, until })}\n`,
  );
  const grantLines = grants.map(({ account, role, group, reason, until }) => `  - ${writeMap({ account, role, group, reason, until })}\n`);
  return `# ${comment}\nmembers:\n${memberLines.join('')}grants:\n${grantLines.join('')}`;
}

export function writePeople({ comment, people }: NewPeople): string {
  return `# ${comment}\n${people.map(({ email, name }) => `- email: ${writeScalar(email)}\n  name: ${writeScalar(name)}\n`).join('')}`;
}

/** A flow map of the values that are there. */
function writeMap(values: Readonly<Record<string, string | null>>): string {
  const entries = Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${writeScalar(value)}`]));
  return `{ ${entries.join(', ')} }`;
}
