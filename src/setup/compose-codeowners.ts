import { GUARDED_PATHS } from './repository-facts.ts';

const WIDTH = Math.max(...GUARDED_PATHS.map((path) => path.length)) + 3;

export function composeCodeowners(security: string): string {
  return `# Who must approve a change, by path; the last match wins. It counts only where a ruleset asks for the review of code owners.
# One line, one owner: of several on a line any one would be enough.

${lineOf('*', security)}

# Who holds what: give each team the file that is theirs, such as
# ${lineOf('/policies/teams/voice.yaml', '@YOUR-ORGANIZATION/voice')}

# What guards the others: limits, permission to pass them, what stands for a read, and everything that can change what runs. Last, so
# that no line above opens it.
${GUARDED_PATHS.map((path) => guardedLine(path, security)).join('\n')}
`;
}

export function guardedLine(path: string, security: string): string {
  return lineOf(`/${path}`, security);
}

function lineOf(pattern: string, owner: string): string {
  return `${pattern.padEnd(WIDTH)} ${owner}`;
}
