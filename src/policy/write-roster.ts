import type { Day } from '../model.ts';
import { writeScalar } from './edit/write-scalar.ts';
import type { RosterEntry } from './policies.ts';
import type { ConsoleRow } from './read-console-pages.ts';

/** The file of a roster with these rows. What the one before it says of keys stays. */
export function writeRoster(roster: {
  readonly account: string;
  readonly attestedBy: string;
  readonly attestedOn: Day;
  readonly rows: readonly ConsoleRow[];
  readonly before: RosterEntry | null;
}): string {
  const { account, attestedBy, attestedOn, rows, before } = roster;
  const written = rows.map(({ email, roles, status }) => {
    return `  - { email: ${writeScalar(email)}, roles: [${roles.map(writeScalar).join(', ')}], status: ${status} }`;
  });
  return [
    '# yaml-language-server: $schema=../../schemas/roster.schema.json',
    `# Who is in ${account}, as the users page and the invited page of its Console show it. \`rollcall roster\` writes it.`,
    `attested_by: ${writeScalar(attestedBy)}`,
    `attested_on: ${attestedOn}`,
    'rows:',
    ...written,
    ...datedList('rotated', 'key', before?.rotated ?? []),
    ...datedList('reviewed', 'after', before?.reviewed ?? []),
    '',
  ].join('\n');
}

function datedList(list: string, key: string, entries: readonly { readonly what: string; readonly on: Day }[]): string[] {
  return entries.length === 0 ? [] : [`${list}:`, ...entries.map(({ what, on }) => `  - { ${key}: ${writeScalar(what)}, on: ${on} }`)];
}
