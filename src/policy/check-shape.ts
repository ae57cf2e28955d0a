import type { Finding } from '../model.ts';
import { finding } from './findings.ts';
import {
  type SchemaError,
  type Validator,
  validateAccount,
  validateApproval,
  validatePeople,
  validateTeam,
} from './generated/validators.js';
import { didYouMean, showWord } from './nearest-word.ts';
import { entryOf, LIMITS, type Marked, type PolicyDocument, type PolicyKind } from './policy-tree.ts';

const VALIDATORS = {
  account: validateAccount,
  people: validatePeople,
  team: validateTeam,
  approval: validateApproval,
} as const satisfies Record<PolicyKind, Validator>;

/** The keys of each map by where it stands: what an unknown key is compared with. List positions are `*`. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  account: ['provider', 'api', 'owner', 'unmanaged', 'drift', 'guards', 'invites', 'approvers', 'names'],
  'account/drift': ['gained', 'lost'],
  'account/guards': ['max_deletes', 'max_deletes_percent', 'min_admins', 'never_delete'],
  'account/invites': ['per_hour', 'open'],
  'people/*': ['email', 'name', 'previously', 'github'],
  team: ['members', 'grants'],
  'team/members/*': ['email', 'until'],
  'team/grants/*': ['account', 'role', 'group', 'reason', 'until'],
  approval: ['account', 'deletes', 'reason', 'expires'],
};
const WHERE: Readonly<Record<string, string>> = {
  account: 'an account',
  people: 'a file of people',
  'people/*': 'a person',
  team: 'a team',
  'team/members/*': 'a member',
  'team/grants/*': 'a grant',
  approval: 'an approval',
};
const EMAILS = new Set([
  'people/*/email',
  'people/*/previously/*',
  'team/members/*',
  'team/members/*/email',
  'account/owner',
  'account/guards/never_delete/*',
]);

/** What the schema of a file's kind says about it, at the places it says it of. */
export function checkShape(document: PolicyDocument, value: unknown): Finding[] {
  const validate: Validator = VALIDATORS[document.origin.kind];
  if (validate(value)) return [];
  const errors = telling(validate.errors ?? [], document.root);
  const findings = errors.slice(0, LIMITS.findings).map((error) => toFinding(error, document));
  if (errors.length > LIMITS.findings) {
    findings.push(finding('more-findings', document.origin.placeOf(document.root.at), String(errors.length - LIMITS.findings)));
  }
  return findings;
}

/** Both branches of a member, and of role or group, report; only what the reader can use is kept. */
function telling(errors: readonly SchemaError[], root: Marked): SchemaError[] {
  const unions = new Set(errors.filter((error) => error.keyword === 'anyOf').map((error) => error.instancePath));
  return errors.filter((error) => {
    if (error.schemaPath.includes('/oneOf/')) return false;
    if (!unions.has(error.instancePath)) return true;
    const { node } = locate(root, error.instancePath);
    const isMember = node.kind === 'map' || (node.kind === 'scalar' && typeof node.value === 'string');
    if (error.keyword === 'anyOf') return !isMember;
    return error.keyword !== 'type';
  });
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
      return finding('missing-key', place, String(error.params['missingProperty']), named);
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
  const at = entryOf(node, key)?.keyAt ?? node.at;
  const near = didYouMean(key, KEYS[where] ?? []);
  return finding('unknown-key', document.origin.placeOf(at), showWord(key) ?? 'This', named, near);
}

function unknownValue(error: SchemaError, node: Marked, document: PolicyDocument, named: string): Finding {
  const allowed = error.params['allowedValues'];
  const known = Array.isArray(allowed) ? allowed.map(String) : [];
  const near = node.kind === 'scalar' && typeof node.value === 'string' ? didYouMean(node.value, known) : '';
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
  if (where.endsWith('/github')) return 'a GitHub login without an @ before it, such as ada or ada_acme,';
  if (where.endsWith('/name')) return 'a name in one line, without spaces around it,';
  return 'a text that is not empty';
}

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
