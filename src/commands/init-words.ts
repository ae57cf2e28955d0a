import account from '../../schemas/account.schema.json' with { type: 'json' };
import { RollcallError } from '../errors.ts';
import type { Api, ProviderName } from '../model.ts';
import { didYouMean, showWord } from '../policy/nearest-word.ts';
import type { ActionPin } from '../setup/compose-workflows.ts';
import { VERSION } from '../version.ts';

/** The APIs of each provider, as account files name them. */
const APIS: Readonly<Record<ProviderName, readonly Api[]>> = {
  telnyx: ['sub-users', 'organizations'],
  twilio: ['organization', 'console'],
};
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const { pattern, maxLength } = account.$defs.email;
const EMAIL = new RegExp(pattern);
const GITHUB_OWNER = /^@[A-Za-z0-9][A-Za-z0-9-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/;
const PIN = /^([A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.+@)[\w.-]{1,100})@([0-9a-f]{40})(?:\s*#\s*(v\d+\.\d+\.\d+))?$/;

/**
 * Readers of single answers. Each throws a usage error that says what was expected and never repeats what was given: it may be a key in
 * the wrong place.
 */
export function readName(text: string): string {
  if (NAME.test(text)) return text;
  throw wrong("an account's name has small letters, digits and dashes, at most 64, such as telnyx-production");
}

export function readProvider(text: string): ProviderName {
  if (text === 'telnyx' || text === 'twilio') return text;
  throw wrong('a provider is telnyx or twilio', hint(text, Object.keys(APIS)));
}

export function readApi(provider: ProviderName, text: string): Api {
  const known = APIS[provider];
  const found = known.find((api) => api === text);
  if (found !== undefined) return found;
  throw wrong(`an api of ${provider} is ${known.join(' or ')}`, hint(text, known));
}

export function readOwner(text: string): string {
  if (text.length <= maxLength && EMAIL.test(text)) return text;
  throw wrong('an owner is the e-mail address of one person or mailbox, such as root@acme.example');
}

export function readOrganization(text: string): string {
  return readSid('OR', 'an organization', text);
}

export function readScope(text: string): string {
  return readSid('AC', 'a scope', text);
}

export function readSecurity(text: string): string {
  if (text.length <= 140 && GITHUB_OWNER.test(text)) return text;
  throw wrong('who approves is one GitHub user or team with its at sign, such as @acme/security');
}

export function readPin(text: string): ActionPin {
  const [, repository, commit, version = `v${VERSION}`] = PIN.exec(text) ?? [];
  if (repository !== undefined && commit !== undefined) return { repository, commit, version };
  throw wrong("rollcall's action is OWNER/NAME@COMMIT with the 40 hexadecimal digits of a commit; a branch or a tag can be moved");
}

/** Any case is one SID; the policies have small letters. */
function readSid(prefix: 'OR' | 'AC', what: string, text: string): string {
  const sid = text.slice(0, 2).toUpperCase() + text.slice(2).toLowerCase();
  if (sid.startsWith(prefix) && /^[A-Z]{2}[0-9a-f]{32}$/.test(sid)) return sid;
  throw wrong(`${what} is a SID of Twilio's: ${prefix} and 32 hexadecimal digits`);
}

function wrong(what: string, near = ''): RollcallError {
  return new RollcallError('usage', `${what}.${near}`);
}

function hint(given: string, known: readonly string[]): string {
  return showWord(given) === null ? '' : didYouMean(given, known);
}
