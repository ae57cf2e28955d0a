import type { Finding, Place } from '../model.ts';
import { finding } from './findings.ts';
import {
  type SchemaError,
  type Validator,
  validateAccount,
  validateApproval,
  validatePeople,
  validateRoster,
  validateTeam,
} from './generated/validators.js';
import { didYouMean, showWord } from './nearest-word.ts';
import { entryOf, LIMITS, type Marked, type PolicyDocument, type PolicyKind, plainValue } from './policy-tree.ts';

const VALIDATORS = {
  account: validateAccount,
  people: validatePeople,
  team: validateTeam,
  approval: validateApproval,
  roster: validateRoster,
} as const satisfies Record<PolicyKind, Validator>;

/** The keys of each map by where it stands: what an unknown key is compared with. List positions are `*`. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  account: [
    'provider',
    'api',
    'organization',
    'scope',
    'subaccounts',
    'owner',
    'unmanaged',
    'drift',
    'guards',
    'invites',
    'approvers',
    'names',
    'privileged_roles',
    'privileged_groups',
  ],
  'account/drift': ['gained', 'lost'],
  'account/guards': ['max_deletes', 'max_deletes_percent', 'min_admins', 'never_delete'],
  'account/invites': ['per_hour', 'open'],
  'people/*': ['email', 'name', 'previously', 'github'],
  team: ['members', 'grants'],
  'team/members/*': ['email', 'until'],
  'team/grants/*': ['account', 'role', 'group', 'reason', 'until'],
  approval: ['account', 'deletes', 'reason', 'expires'],
  roster: ['attested_by', 'attested_on', 'rows', 'rotated', 'reviewed'],
  'roster/rows/*': ['email', 'roles', 'status'],
  'roster/rotated/*': ['key', 'on'],
  'roster/reviewed/*': ['after', 'on'],
};
const WHERE: Readonly<Record<string, string>> = {
  account: 'an account',
  people: 'a file of people',
  'people/*': 'a person',
  team: 'a team',
  'team/members/*': 'a member',
  'team/grants/*': 'a grant',
  approval: 'an approval',
  roster: 'a roster',
  'roster/rows/*': 'a row',
  'roster/rotated/*': 'a rotated key',
  'roster/reviewed/*': 'a review',
};
const EMAILS = new Set([
  'people/*/email',
  'people/*/previously/*',
  'team/members/*',
  'team/members/*/email',
  'account/owner',
  'account/guards/never_delete/*',
  'roster/attested_by',
  'roster/rows/*/email',
  'roster/reviewed/*/after',
]);

/** What the schema of a file's kind says about it, at the places it says it of. */
export function checkShape(document: PolicyDocument, value: unknown): Finding[] {
  const validate: Validator = VALIDATORS[document.origin.kind];
  validate(value);
  const errors = telling(validate.errors ?? [], document.root);
  const findings = errors.slice(0, LIMITS.findings).map((error) => toFinding(error, document));
  if (errors.length > LIMITS.findings) {
    findings.push(finding('more-findings', document.origin.placeOf(document.root.at), String(errors.length - LIMITS.findings)));
  }
  return findings;
}

/**
 * Both branches of a member, and of role or group, report; only what the reader can use is kept. What an account needs beside is said
 * once it is clear which kind of account it is.
 */
function telling(errors: readonly SchemaError[], root: Marked): SchemaError[] {
  const unions = new Set(errors.filter((error) => error.keyword === 'anyOf').map((error) => error.instancePath));
  const isOpen = errors.some(({ keyword, instancePath, params }) =>
    keyword === 'enum' ? KIND_OF_ACCOUNT.has(instancePath) : KIND_OF_ACCOUNT.has(`/${String(params['missingProperty'])}`),
  );
  const narrowed = new Set(errors.filter((error) => error.keyword === 'enum' && isCondition(error)).map((error) => error.instancePath));
  return errors.filter((error) => {
    if (error.keyword === 'if' || error.schemaPath.includes('/oneOf/')) return false;
    if (error.keyword === 'enum') return isCondition(error) || !narrowed.has(error.instancePath);
    if (isOpen && isCondition(error)) return false;
    if (!unions.has(error.instancePath)) return true;
    const { node } = locate(root, error.instancePath);
    const isMember = node.kind === 'map' || typeof plainValue(node) === 'string';
    if (error.keyword === 'anyOf') return !isMember;
    return error.keyword !== 'type';
  });
}

const KIND_OF_ACCOUNT = new Set(['/provider', '/api']);

function isCondition(error: SchemaError): boolean {
  return error.schemaPath.startsWith('#/allOf/');
}

function toFinding(error: SchemaError, document: PolicyDocument): Finding {
  const { node, path } = locate(document.root, error.instancePath);
  const where = `${document.origin.kind}${path}`;
  const place = document.origin.placeOf(node.at);
  const named = WHERE[where] ?? `\`${where.split('/').findLast((step) => step !== '*') ?? ''}\``;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(String(error.params['additionalProperty']), node, document, where, named);
    case 'required':
      return missingKey(error, document, place, named);
    case 'false schema':
      return keyElsewhere(error, document);
    case 'oneOf':
      return finding('role-or-group', place);
    case 'enum':
      return unknownValue(error, node, document, named);
    case 'anyOf':
      return finding('wrong-type', place, 'an e-mail address, or a map with `email` and `until`,', named);
    case 'type':
      return finding('wrong-type', place, EMAILS.has(where) ? 'an e-mail address' : typeWords(error.params['type']), named);
    case 'format':
      return finding('invalid-day', place, named);
    case 'pattern':
    case 'maxLength':
    case 'minLength':
      return EMAILS.has(where) ? finding('invalid-email', place, named) : finding('invalid-text', place, textWords(where, error), named);
    default:
      return finding('out-of-range', place, rangeWords(error), named);
  }
}

function unknownKey(key: string, node: Marked, document: PolicyDocument, where: string, named: string): Finding {
  const near = didYouMean(key, KEYS[where] ?? []);
  return finding('unknown-key', placeOfKey(document, node, key), showWord(key) ?? 'This', named, near);
}

function missingKey(error: SchemaError, document: PolicyDocument, place: Place, named: string): Finding {
  const key = String(error.params['missingProperty']);
  return finding('missing-key', place, key, isCondition(error) ? kindOf(document) : named, HINTS[key] ?? '');
}

/** A key that other kinds of account have. */
function keyElsewhere(error: SchemaError, document: PolicyDocument): Finding {
  const key = error.instancePath.slice(1);
  const place = placeOfKey(document, document.root, key);
  return finding('key-elsewhere', place, key, ONLY_FOR[key] ?? 'another kind of account', kindOf(document));
}

function placeOfKey({ origin }: PolicyDocument, node: Marked, key: string): Place {
  return origin.placeOf(entryOf(node, key)?.keyAt ?? node.at);
}

const HINTS: Readonly<Record<string, string>> = {
  scope: ' It is the SID of the Twilio account or subaccount (AC…), as the Console shows it.',
  organization: ' It is the SID of the Twilio organization (OR…), as the Console shows it.',
};
const ONLY_FOR: Readonly<Record<string, string>> = {
  organization: 'accounts with `api: organization`',
  subaccounts: 'accounts with `api: organization`',
  scope: 'accounts with `provider: twilio`',
  privileged_roles: 'accounts with `provider: twilio`',
  privileged_groups: 'accounts with `api: organizations`',
};

/** Which kind of account a file says it is, in words that passed the schema. */
function kindOf({ root }: PolicyDocument): string {
  const wordAt = (pointer: string) => String(plainValue(locate(root, pointer).node));
  return `an account of ${wordAt('/provider')} through ${wordAt('/api')}`;
}

function unknownValue(error: SchemaError, node: Marked, document: PolicyDocument, named: string): Finding {
  const known = [error.params['allowedValues']].flat().map(String);
  const value = plainValue(node);
  const near = typeof value === 'string' ? didYouMean(value, known) : '';
  return finding('unknown-value', document.origin.placeOf(node.at), known.map((word) => `\`${word}\``).join(', '), named, near);
}

function typeWords(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    object: 'a map of keys and values',
    array: 'a list',
    string: 'a text',
    integer: 'a whole number',
  };
  return words[String(type)] ?? 'another type of value';
}

function textWords(where: string, error: SchemaError): string {
  if (error.keyword === 'maxLength') return `a text of at most ${String(error.params['limit'])} characters`;
  if (where.endsWith('/account')) return 'the name of an account (lower-case letters, digits, hyphens)';
  if (where.startsWith('account/approvers')) return 'a GitHub user (@ada) or team (@acme/security)';
  const sid = SID_WORDS[where];
  if (sid !== undefined) return `${sid} and 32 hexadecimal digits in lower case`;
  if (where.endsWith('/role') || where.includes('/roles/')) return 'a role as the vendor writes it, such as developer or Studio Viewer,';
  if (where.endsWith('/github')) return 'a GitHub login without an @ before it, such as ada or ada_acme,';
  if (where.endsWith('/name')) return 'a name in one line, without spaces around it,';
  return 'a text that is not empty';
}

const SID_WORDS: Readonly<Record<string, string>> = {
  'account/scope': 'the SID of an account: AC',
  'account/organization': 'the SID of an organization: OR',
  'roster/rotated/*/key': 'the SID of a key: SK',
};

function rangeWords(error: SchemaError): string {
  const limit = String(error.params['limit']);
  if (error.keyword === 'minimum') return `a number of at least ${limit}`;
  if (error.keyword === 'maximum') return `a number of at most ${limit}`;
  return error.keyword.startsWith('min') ? 'at least one entry' : `at most ${limit} entries`;
}

/** The node a JSON pointer leads to, and the pointer with `*` for list positions. */
function locate(root: Marked, pointer: string): { node: Marked; path: string } {
  let node = root;
  let path = '';
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const isList: boolean = node.kind === 'list';
    const next: Marked | undefined = node.kind === 'list' ? node.items[Number(step)] : entryOf(node, step)?.value;
    if (next === undefined) break;
    node = next;
    path += isList ? '/*' : `/${step}`;
  }
  return { node, path };
}
