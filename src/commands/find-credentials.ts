import { readCredential } from '../config.ts';
import type { AccountPolicy } from '../model.ts';
import { credentialVariables } from '../policy/credential-variables.ts';
import type { Credentials } from '../provider/credentials.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** One variable of an account: what it holds is never part of a message. */
export interface Variable {
  readonly name: string;
  readonly value: string | null;
  readonly isNeeded: boolean;
}

const PRINTABLE = /^[\x21-\x7e]+$/;
const ACCOUNT_SID = /^AC[0-9a-f]{32}$/i;

/** The variables of an account; a subaccount that a file fans out to reads those of its file. */
export function listVariables(env: Env, policy: Pick<AccountPolicy, 'file' | 'provider' | 'api'>): readonly Variable[] {
  const { required, optional } = credentialVariables(policy.file, policy.api);
  const read = (isNeeded: boolean) => (name: string) => ({ name, value: readCredential(env, name), isNeeded });
  return [...required.map(read(true)), ...optional.map(read(false))];
}

/** The credentials of an account, or in one sentence why there are none. */
export function findCredentials(env: Env, policy: AccountPolicy): Credentials | string {
  const variables = listVariables(env, policy);
  for (const { name, value, isNeeded } of variables) {
    if (value === null && isNeeded) return missing(name);
    if (value !== null && !PRINTABLE.test(value)) return unprintable(name);
  }
  const values = variables.map(({ value }) => value);
  return policy.provider === 'telnyx' ? { provider: 'telnyx', apiKey: values[0] ?? '' } : findTwilio(policy, variables, values);
}

function findTwilio(policy: AccountPolicy, variables: readonly Variable[], values: readonly (string | null)[]): Credentials | string {
  const [sid = null, authToken = null] = values.slice(-2);
  const [sidName = '', tokenName = ''] = variables.slice(-2).map(({ name }) => name);
  if ((sid === null) !== (authToken === null)) {
    const [unset, set] = sid === null ? [sidName, tokenName] : [tokenName, sidName];
    return `${unset} is not set beside ${set}. Set both, for keys and events, or neither`;
  }
  if (sid !== null && !ACCOUNT_SID.test(sid)) return `${sidName} is no account SID (AC and 32 hexadecimal digits)`;
  // A fanned-out subaccount is asked for through the account above it, whose credentials these are.
  const isOwn = policy.name === policy.file;
  if (sid !== null && isOwn && sid.toLowerCase() !== policy.scope?.toLowerCase()) {
    return `${sidName} is of another account than the scope that policies/accounts/${policy.file}.yaml names, so nothing is asked of it. Set it to the credential of that account, or correct the scope`;
  }
  const [id = null, secret = null] = policy.api === 'organization' ? values : [];
  return {
    provider: 'twilio',
    client: id === null || secret === null ? null : { id, secret },
    account: sid === null || authToken === null ? null : { sid, authToken },
  };
}

function missing(variable: string): string {
  return `the environment variable ${variable} is not set, so this account cannot be read. Set it to the account's ${WHAT[suffixOf(variable)] ?? 'credential'}`;
}

const WHAT: Readonly<Record<string, string>> = {
  API_KEY: 'API key',
  CLIENT_ID: "organization's OAuth client id",
  CLIENT_SECRET: "organization's OAuth client secret",
};

function suffixOf(variable: string): string {
  return Object.keys(WHAT).find((suffix) => variable.endsWith(`_${suffix}`)) ?? '';
}

function unprintable(variable: string): string {
  return `${variable} holds a character that no key has, such as a space or a line feed. Copy the key once more`;
}
