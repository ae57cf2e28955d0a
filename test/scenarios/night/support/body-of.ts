import type { Issue } from '../../github/support/create-office.ts';

/** The issue's body without the ledger's hash, which differs from run to run because every office signs with a key of its own. */
export function bodyOf(issue: Issue | null): string {
  return (issue?.body ?? 'No issue.').replaceAll(/(?<=Ledger \d+ `)[0-9a-f]{12}(?=`)|(?<=<!-- ledger \d+ sha256:)[0-9a-f]{64}/g, 'hash');
}
