import type { Api } from '../model.ts';
import type { KeyedAccount } from './compose-account.ts';
import type { Blueprint } from './compose-repository.ts';
import { ENVIRONMENT, PUBLIC_KEYS, REQUIRED_CHECKS } from './repository-facts.ts';

/** The README of a new repository: what it is, the next three steps, which secret goes where, which settings hold it. */
export function composeReadme({ accounts, action, branch }: Pick<Blueprint, 'accounts' | 'action' | 'branch'>): string {
  const names = accounts.map(({ name }) => `\`${name}\``).join(', ');
  const guide = action === null ? 'docs/github.md of rollcall' : `docs/github.md in ${action.repository}`;
  return `# Who may be in our vendor accounts

The YAML under \`policies/\` says who may be in ${names} and in what role. rollcall shows on every pull request what merging
it would change, makes it true once it is approved and merged, and takes back every hour what nobody approved.

## The next three steps

1. **Keys.** Make the environment of the next section and fill it; the signing key is made here:
   \`\`\`sh
   rollcall keygen --out key >> ${PUBLIC_KEYS}
   git add . && git commit -m "Watch our vendor accounts" && git push -u origin ${branch}
   gh secret set ROLLCALL_SIGNING_KEY --env ${ENVIRONMENT} < key && rm key
   \`\`\`
2. **Who is there.** With the accounts' keys in the environment of your terminal:
   \`\`\`sh
   git switch -c import
   rollcall import                        # writes policies/people/ and policies/teams/, and changes nothing in any account
   rollcall plan                          # empty: policy now says what is live
   \`\`\`
3. **The first pull request.**
   \`\`\`sh
   git add policies && git commit -m "Take in who is there" && git push -u origin import
   gh pr create --fill && gh workflow run drift --ref ${branch}
   \`\`\`
   The drift run observes the accounts and begins the ledger, and the pull request shows its plan. Somebody else approves; merge it.

## Which secret goes where

All of them are secrets of the environment \`${ENVIRONMENT}\` (Settings → Environments), and none is one of the repository or the organization: every
branch can read those. \`gh secret set NAME --env ${ENVIRONMENT}\` asks for the value of one.

| secret | what it is |
|---|---|
| \`ROLLCALL_SIGNING_KEY\` | what \`rollcall keygen\` made; signs the ledger |
| \`ROLLCALL_MEMBERS_TOKEN\` | only where \`approvers\` names a team: a token that reads the organization's members and nothing else |
${accounts.flatMap(secretRows).join('\n')}

A new account needs its secrets on the steps in \`apply.yml\` and \`drift.yml\` before its file is merged; \`rollcall init . --add NAME=PROVIDER\`
writes the file and says which lines to add.

## What to set on GitHub

- **The repository** is private: plans name people. Issues are on: \`drift\` writes to them.
- **The environment** \`${ENVIRONMENT}\`, which the first push may have made already without any rule: deployment branches are \`${branch}\` alone, administrators may not bypass its rules, no required
  reviewers (rollcall checks the reviews of each pull request itself).
- **A ruleset for \`${branch}\`**: by pull request only; at least one approval, of code owners, dismissed by a new push; the last push approved
  by somebody else than who made it; required checks ${REQUIRED_CHECKS.map((check) => `\`${check}\``).join(' and ')}; no force push, no
  deletion, nobody bypasses it.
- **A ruleset for \`rollcall-state\`**: no force push, no deletion. The first run makes the branch.
- **Actions**: only GitHub's own actions and ${action === null ? "rollcall's" : `\`${action.repository}\``}, by whole commits; the token reads by default. "Allow
  GitHub Actions to create and approve pull requests" lets \`drift\` open its proposals.

\`rollcall doctor\` looks at each of these and says what to mend. More stands in ${guide}.
`;
}

const WHAT: Readonly<Record<string, string>> = {
  API_KEY: 'an API key of the Telnyx account',
  CLIENT_ID: 'client id of an OAuth app of the Twilio organization (Console: Organization settings, Organization API access)',
  CLIENT_SECRET: 'its client secret',
  ACCOUNT_SID: 'SID of the Twilio account, as `scope` has it',
  AUTH_TOKEN: 'its auth token',
};
const OPTIONAL: Partial<Record<Api, string>> = {
  organization: '; both of these or neither: without them keys and events are not read',
  console: '; both of these or neither: without them keys are not read',
};

function secretRows({ name, api, variables }: KeyedAccount): string[] {
  return variables.map((variable) => {
    const what = Object.entries(WHAT).find(([suffix]) => variable.name.endsWith(`_${suffix}`))?.[1] ?? '';
    return `| \`${variable.name}\` | \`${name}\`: ${what}${variable.isNeeded ? '' : (OPTIONAL[api] ?? '')} |`;
  });
}
