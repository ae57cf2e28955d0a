import type { Api } from '../model.ts';

/** The environment variables of one account: without a required one it cannot be read; an optional one lets more of it be read. */
export interface CredentialVariables {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const SUFFIXES = {
  'sub-users': { required: ['API_KEY'], optional: [] },
  organizations: { required: ['API_KEY'], optional: [] },
  organization: { required: ['CLIENT_ID', 'CLIENT_SECRET'], optional: ['ACCOUNT_SID', 'AUTH_TOKEN'] },
  console: { required: [], optional: ['ACCOUNT_SID', 'AUTH_TOKEN'] },
} as const satisfies Record<Api, CredentialVariables>;

/** Where an account's credentials come from, by convention from its name in upper snake case. No two kinds of account share an API. */
export function credentialVariables(accountName: string, api: Api): CredentialVariables {
  const name = (suffix: string) => `${accountName.toUpperCase().replaceAll('-', '_')}_${suffix}`;
  const { required, optional } = SUFFIXES[api];
  return { required: required.map(name), optional: optional.map(name) };
}
