import type { Api, ProviderName } from '../model.ts';

/** An account, and the environment variables that open it. */
export interface KeyedAccount {
  readonly name: string;
  readonly provider: ProviderName;
  readonly api: Api;
  readonly variables: readonly { readonly name: string; readonly isNeeded: boolean }[];
}

/** An account whose file is to be written. What it holds was checked: no value of it needs quotes in YAML. */
export interface NewAccount extends KeyedAccount {
  readonly owner: string;
  readonly organization: string | null;
  readonly scope: string | null;
  /** The role that gives everything, in the words of policy; null where only groups do. */
  readonly topRole: string | null;
}

/** `policies/accounts/NAME.yaml`: what differs from the defaults, and the next thing that somebody will want to say there. */
export function composeAccount(account: NewAccount, security: string): string {
  const { provider, api, organization, scope, owner } = account;
  return `${[
    '# yaml-language-server: $schema=../../schemas/account.schema.json',
    '# What this file leaves out has its default, which an editor shows beside each key. The owner is never changed and never deleted.',
    `provider: ${provider}`,
    `api: ${api}`,
    ...(organization === null ? [] : [`organization: ${organization}`]),
    ...(scope === null ? [] : [`scope: ${scope}`]),
    `owner: ${owner}`,
    ...HINTS[api],
    ...approversOf(account, security),
  ].join('\n')}\n`;
}

const HINTS: Readonly<Record<Api, readonly string[]>> = {
  'sub-users': [],
  organizations: [
    '# No API tells what a group may do: name the groups with Organization Management, whose holders can give themselves anything.',
    '# privileged_groups: [Organization admins]',
  ],
  organization: ['# The same policy for every managed account below this one:', '# subaccounts: all'],
  console: ['# No API shows who is in here: somebody looks, and `rollcall roster` writes what they saw to policies/rosters/.'],
};

function approversOf({ topRole }: NewAccount, security: string): string[] {
  return [
    '# One of these has to approve a grant of it. For a team, rollcall also needs the secret ROLLCALL_MEMBERS_TOKEN.',
    `# approvers: { ${topRole ?? 'Organization admins'}: ["${security}"] }`,
  ];
}
