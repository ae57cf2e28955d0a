import { compareText } from '../text/digest.ts';
import { composeAccount, type KeyedAccount, type NewAccount } from './compose-account.ts';
import { composeCodeowners } from './compose-codeowners.ts';
import { composeReadme } from './compose-readme.ts';
import { composeSchemas } from './compose-schemas.ts';
import { type ActionPin, composeWorkflows } from './compose-workflows.ts';
import { ENVIRONMENT, PUBLIC_KEYS } from './repository-facts.ts';

/** What a repository of policies is to be. */
export interface Blueprint {
  /** The accounts whose files are to be written. */
  readonly added: readonly NewAccount[];
  /** Those and the ones that are there already. */
  readonly accounts: readonly KeyedAccount[];
  /** Every account's name, also of one whose file does not say enough to know its variables. */
  readonly names: readonly string[];
  /** The GitHub user or team that has to approve what guards the others, with its at sign. */
  readonly security: string;
  /** Null where every workflow is there already, and runs rollcall in another way. */
  readonly action: ActionPin | null;
  readonly branch: string;
  /** Where the way to set all this up is to stand: the README, unless there is one about something else. */
  readonly readme: string;
  /** Where CODEOWNERS is to be, or is. */
  readonly codeowners: string;
}

/** Every file of the repository, path to text, in the order of the paths. */
export function composeRepository(blueprint: Blueprint): ReadonlyMap<string, string> {
  const { added, action, branch, security, codeowners, names } = blueprint;
  const files = [
    ...added.map((account): [string, string] => [`policies/accounts/${account.name}.yaml`, composeAccount(account, security)]),
    ...composeSchemas(names),
    ...(action === null ? [] : composeWorkflows({ action, branch, variables: variablesOf(blueprint) })),
    [codeowners, composeCodeowners(security)] as const,
    [PUBLIC_KEYS, PUBLIC_KEYS_TEXT] as const,
    ['.gitignore', `${GITIGNORE_HEAD}\n${IGNORED.join('\n')}\n`] as const,
    [blueprint.readme, composeReadme(blueprint)] as const,
  ];
  return new Map(files.toSorted(([a], [b]) => compareText(a, b)));
}

/** What all accounts read from the environment, sorted. */
export function variablesOf({ accounts }: Pick<Blueprint, 'accounts'>): string[] {
  return accounts.flatMap(({ variables }) => variables.map(({ name }) => name)).toSorted(compareText);
}

/** What one machine keeps, and what names people or opens something: none of it belongs into Git. */
export const IGNORED = ['.rollcall/', '/key', '/live.json', '/plan.json'] as const;
const GITIGNORE_HEAD = '# What rollcall keeps on one machine, the signing key on its way, and what names people beside the policies.';

const PUBLIC_KEYS_TEXT = `# Public keys of the ledger on the rollcall-state branch, one a line: KEYID BASE64. A record signed by no key that stands here
# proves nothing. \`rollcall keygen\` prints the line to add; the private key goes into the secret ROLLCALL_SIGNING_KEY of the
# environment ${ENVIRONMENT} and nowhere else. To replace a key, add the new line first and keep the old one: it proves the past.
`;
