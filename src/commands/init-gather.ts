import { readCredential } from '../config.ts';
import { RollcallError } from '../errors.ts';
import type { Api, ProviderName } from '../model.ts';
import type { Prompt } from '../ports.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import type { NewAccount } from '../setup/compose-account.ts';
import type { ActionPin } from '../setup/compose-workflows.ts';
import type { InitFlags } from './init.ts';
import { type Draft, readAdds } from './init-adds.ts';
import { type Known, variablesOf } from './init-known.ts';
import { readName, readOrganization, readOwner, readPin, readProvider, readScope, readSecurity } from './init-words.ts';

export interface Answers {
  /** Accounts that were named and are there already. */
  readonly there: readonly string[];
  readonly added: readonly NewAccount[];
  /** Accounts whose API nobody named. */
  readonly unsure: ReadonlySet<string>;
  readonly security: string;
  /** Null where no workflow has to be written and none says it. */
  readonly action: ActionPin | null;
}

export interface Surroundings {
  readonly known: Known;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null without a terminal, or where the output is for a program. */
  readonly prompt: Prompt;
  readonly findPin: () => Promise<ActionPin | null>;
}

const EXAMPLE =
  'Without a terminal to ask on, give for example: rollcall init access --add telnyx-production=telnyx --owner root@acme.example --security @acme/security --action OWNER/rollcall@COMMIT';

/** From the flags, from what is there, and from whoever sits at the terminal. */
export async function gatherAnswers(flags: InitFlags, surroundings: Surroundings): Promise<Answers> {
  const { known, prompt } = surroundings;
  const all = readAdds(flags.add);
  const given = all.filter(({ name }) => !known.names.includes(name));
  const flagOwner = flags.owner === null ? null : named('--owner', () => readOwner(flags.owner ?? ''));
  const flagSecurity = flags.security === null ? known.security : named('--security', () => readSecurity(flags.security ?? ''));
  const flagAction = flags.action === null ? known.action : named('--action', () => readPin(flags.action ?? ''));
  const added: NewAccount[] = [];
  const unsure = new Set<string>();
  for (const queue = [...given]; ; ) {
    const isAsked = all.length === 0 && known.names.length === 0;
    const draft = queue.shift() ?? (isAsked ? await askForAccount(prompt, added) : null);
    if (draft === null) break;
    if (draft.api === null) unsure.add(draft.name);
    added.push(await complete(draft, added.at(-1)?.owner ?? null, flagOwner, surroundings));
  }
  const security =
    flagSecurity ??
    (await need(
      prompt,
      'who approves changes of accounts and workflows, --security @ORGANIZATION/TEAM',
      'GitHub user or team that has to approve changes of accounts and workflows, such as @acme/security',
      readSecurity,
    ));
  const action = flagAction ?? (known.hasWorkflows ? null : await askForAction(surroundings));
  const there = all.filter((draft) => !given.includes(draft)).map(({ name }) => name);
  return { there, added, unsure, security, action };
}

async function askForAction({ findPin, prompt }: Surroundings): Promise<ActionPin> {
  const own = await findPin();
  if (own !== null) return own;
  return need(
    prompt,
    'the repository on GitHub that has rollcall, at a whole commit, --action OWNER/NAME@COMMIT',
    "rollcall's repository on GitHub at a whole commit, which the workflows run, OWNER/NAME@COMMIT",
    readPin,
  );
}

const USUAL: Readonly<Record<ProviderName, { readonly name: string; readonly reads: string }>> = {
  telnyx: { name: 'telnyx-production', reads: 'telnyx-production reads TELNYX_PRODUCTION_API_KEY' },
  twilio: { name: 'twilio-main', reads: 'twilio-main reads TWILIO_MAIN_CLIENT_ID and the like' },
};

/** The next account, or null when somebody has nothing to add. */
async function askForAccount(prompt: Prompt, before: readonly NewAccount[]): Promise<Draft | null> {
  if (prompt === null) throw missing('an account to watch, --add NAME=PROVIDER');
  const isFirst = before.length === 0;
  const question = isFirst ? 'Account to watch, telnyx or twilio' : 'One more account, telnyx or twilio; nothing to go on';
  const provider = await askUntil<ProviderName | null>(prompt, question, (text) =>
    text === '' && !isFirst ? null : readProvider(text.toLowerCase()),
  );
  if (provider === null) return null;
  const usual = USUAL[provider].name;
  const isFree = (text: string) => before.every(({ name }) => name !== text);
  const name = await askUntil(
    prompt,
    `Its name, which says where its keys are read from: ${USUAL[provider].reads}`,
    (text) => {
      if (isFree(text)) return readName(text);
      throw new RollcallError('usage', 'another account has this name.');
    },
    isFree(usual) ? usual : null,
  );
  return { name, provider, api: null, owner: null, organization: null, scope: null };
}

/** What a draft leaves open: of a Twilio account its organization and scope, of every account its owner. */
async function complete(
  draft: Draft,
  usualOwner: string | null,
  flagOwner: string | null,
  { env, prompt }: Surroundings,
): Promise<NewAccount> {
  const { name, provider } = draft;
  const organization = await findOrganization(draft, prompt);
  const api: Api = draft.api ?? (provider === 'telnyx' ? 'sub-users' : organization === null ? 'console' : 'organization');
  const scope = provider === 'telnyx' ? null : (draft.scope ?? scopeOf(env, name, api) ?? (await askForScope(name, prompt)));
  const owner =
    draft.owner ??
    flagOwner ??
    (await need(
      prompt,
      `the one owner of ${name}, --owner EMAIL (or ,owner=EMAIL in its --add)`,
      `E-mail of the owner of ${name}, the one login that is never changed and never deleted`,
      readOwner,
      usualOwner,
    ));
  const facts = { provider, api, privilegedRoles: [], privilegedGroups: [] };
  const topRole = capabilitiesOf(facts)?.privilegedRoles[0] ?? null;
  return { name, provider, api, owner, organization, scope, topRole, variables: variablesOf(name, api) };
}

async function findOrganization({ name, provider, api, organization }: Draft, prompt: Prompt): Promise<string | null> {
  if (provider === 'telnyx' || api === 'console' || organization !== null) return organization;
  const question = `SID of the Twilio organization of ${name}, OR and 32 digits`;
  if (api === 'organization' || prompt === null) {
    const outside = api === null ? `, or ${name}=twilio/console for an account outside any organization` : '';
    return need(prompt, `organization=OR… for ${name}${outside}`, question, readOrganization);
  }
  return askUntil(prompt, `${question}; nothing if it is in none`, (text) => (text === '' ? null : readOrganization(text)));
}

/** The account's own credential names it. */
function scopeOf(env: Surroundings['env'], name: string, api: Api): string | null {
  const variable = variablesOf(name, api).find((one) => one.name.endsWith('_ACCOUNT_SID'));
  const value = variable === undefined ? null : readCredential(env, variable.name);
  return value === null ? null : named(variable?.name ?? '', () => readScope(value));
}

function askForScope(name: string, prompt: Prompt): Promise<string> {
  const flag = `scope=AC… for ${name}, the SID of the Twilio account`;
  return need(prompt, flag, `SID of the Twilio account or subaccount ${name}, AC and 32 digits`, readScope);
}

/** An answer that has to be: on a terminal it is asked for, elsewhere the flag for it is named. */
async function need<T>(
  prompt: Prompt,
  flag: string,
  question: string,
  read: (text: string) => T,
  fallback: string | null = null,
): Promise<T> {
  if (prompt === null) throw missing(flag);
  return askUntil(prompt, question, read, fallback);
}

function missing(flag: string): RollcallError {
  return new RollcallError('usage', `init still needs ${flag}. ${EXAMPLE}`);
}

/** Asks until the answer can be read; an empty line is the fallback. */
async function askUntil<T>(
  prompt: NonNullable<Prompt>,
  question: string,
  read: (text: string) => T,
  fallback: string | null = null,
): Promise<T> {
  for (let complaint = ''; ; ) {
    const answer = await prompt(`${complaint}${question}${fallback === null ? '' : ` [${fallback}]`}: `);
    if (answer === null) throw new RollcallError('initStopped');
    try {
      return read(answer.trim() || (fallback ?? ''));
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      complaint = `  That does not fit: ${error.message}\n`;
    }
  }
}

function named<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RollcallError ? new RollcallError('usage', `${flag}: ${error.message}`) : error;
  }
}
