import { type Fields, isFields } from '../read-fields.ts';
import type { EmulatedReply } from '../vendor-error.ts';
import { scimError } from './twilio-error.ts';
import type { TwilioUser } from './twilio-state.ts';

/** What a client may write of a user. */
export type ScimFields = Partial<
  Pick<TwilioUser, 'email' | 'givenName' | 'familyName' | 'displayName' | 'externalId' | 'locale' | 'timezone'>
> & { readonly active?: boolean };

const LENGTHS = { least: 2, most: 255 } as const;

/** Reads a whole user, as POST and PUT carry it, or the refusal. Source of the codes: twilio.com/docs/api/errors/25002 to 25014. */
export function readScimUser(body: Fields): ScimFields | EmulatedReply {
  const { schemas, userName, name, emails, externalId, active } = body as Record<string, unknown>;
  if (!Array.isArray(schemas) || !schemas.includes('urn:ietf:params:scim:schemas:core:2.0:User')) {
    return bad(25_006, 'Invalid schema: schemas must contain urn:ietf:params:scim:schemas:core:2.0:User');
  }
  if (!isSized(userName)) return bad(25_005, 'userName must have between 2 and 255 characters');
  const primary = primaryOf(emails);
  if (primary === undefined) return bad(25_010, 'A primary email is required');
  if (typeof primary !== 'string' || primary.length > 160 || !/^[^\s@]+@[^\s@]+$/.test(primary)) {
    return bad(25_011, 'The primary email is invalid');
  }
  if (primary !== userName) return bad(25_014, 'The primary email and userName must be the same');
  const { givenName, familyName } = (isFields(name) ? name : {}) as { givenName?: unknown; familyName?: unknown };
  if (!isOptional(givenName)) return bad(25_002, 'givenName must have between 2 and 255 characters');
  if (!isOptional(familyName)) return bad(25_003, 'familyName must have between 2 and 255 characters');
  if (!isOptional(externalId)) return bad(25_004, 'externalId must have between 2 and 255 characters');
  if (active !== undefined && typeof active !== 'boolean') return bad(25_006, 'active must be true or false');
  return {
    email: userName,
    givenName: givenName ?? '',
    familyName: familyName ?? null,
    displayName: textOf(body['displayName']),
    externalId: externalId ?? null,
    locale: textOf(body['locale']),
    timezone: textOf(body['timezone']),
    ...(active === undefined ? {} : { active }),
  };
}

/** Reads the operations of a PATCH. One that is wrong refuses them all; a path that nobody knows is `unknown`. */
export function readScimPatch(body: Fields): { readonly fields: ScimFields; readonly unknown: readonly string[] } | EmulatedReply {
  const { schemas, Operations: operations } = body as Record<string, unknown>;
  if (!Array.isArray(schemas) || !schemas.includes('urn:ietf:params:scim:api:messages:2.0:PatchOp')) {
    return bad(25_006, 'Invalid schema: schemas must contain urn:ietf:params:scim:api:messages:2.0:PatchOp');
  }
  if (!Array.isArray(operations) || operations.length === 0) return bad(25_015, 'Operations must be a list of at least one operation');
  let fields: ScimFields = {};
  const unknown: string[] = [];
  for (const operation of operations) {
    const read = readOperation(operation);
    if ('status' in read) return read;
    fields = { ...fields, ...read.fields };
    unknown.push(...read.unknown);
  }
  return { fields, unknown };
}

function readOperation(operation: unknown): { readonly fields: ScimFields; readonly unknown: readonly string[] } | EmulatedReply {
  const { op, path, value } = (isFields(operation) ? operation : {}) as Record<string, unknown>;
  if (typeof op !== 'string' || !['add', 'replace', 'remove'].includes(op.toLowerCase())) {
    return bad(25_015, 'op must be one of add, replace, remove');
  }
  const pairs: readonly (readonly [string, unknown])[] =
    typeof path === 'string' ? [[path, op === 'remove' ? null : value]] : isFields(value) ? Object.entries(value) : [];
  if (pairs.length === 0) return bad(25_015, 'An operation without path needs an object as value');
  let fields: ScimFields = {};
  const unknown: string[] = [];
  for (const [key, given] of pairs) {
    const set = SETTERS[key];
    if (!set) {
      unknown.push(key);
      continue;
    }
    const read = set(given);
    if (read === null) return bad(25_015, `The value of ${key} is invalid`);
    fields = { ...fields, ...read };
  }
  return { fields, unknown };
}

const asText =
  (key: 'givenName' | 'familyName' | 'displayName' | 'externalId' | 'locale' | 'timezone' | 'email') =>
  (value: unknown): ScimFields | null =>
    isSized(value) ? { [key]: value } : value === null && key !== 'email' ? { [key]: key === 'givenName' ? '' : null } : null;

/** The paths that can be written; the value of `active` may be true or the word. */
const SETTERS: Readonly<Record<string, (value: unknown) => ScimFields | null>> = {
  active: (value) =>
    value === true || value === 'true' ? { active: true } : value === false || value === 'false' ? { active: false } : null,
  'name.givenName': asText('givenName'),
  'name.familyName': asText('familyName'),
  displayName: asText('displayName'),
  externalId: asText('externalId'),
  locale: asText('locale'),
  timezone: asText('timezone'),
  userName: asText('email'),
  'emails[primary eq true].value': asText('email'),
};

function bad(code: number, detail: string): EmulatedReply {
  return scimError(400, code, detail, 'invalidValue');
}

function primaryOf(emails: unknown): unknown {
  const primary = Array.isArray(emails) ? emails.find((email) => isFields(email) && email['primary'] === true) : undefined;
  return isFields(primary) ? primary['value'] : undefined;
}

function isSized(value: unknown): value is string {
  return typeof value === 'string' && value.length >= LENGTHS.least && value.length <= LENGTHS.most;
}

function isOptional(value: unknown): value is string | undefined {
  return value === undefined || isSized(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
