import { type EmulatedReply, jsonReply } from '../vendor-error.ts';

/** The documents and the specification name the link differently. */
export type MoreInfoKey = 'more_info' | 'moreInfo';

/** An error of the account APIs and of Roles and RoleAssignments. */
export function classicError(status: number, code: number, message: string, key: MoreInfoKey = 'more_info'): EmulatedReply {
  return jsonReply(status, { code, message, [key]: docsOf(code), status });
}

/** An error of SCIM: `status` is a text there. Source: twilio.com/docs/iam/scim/api-reference. */
export function scimError(status: number, code: number, detail: string, scimType?: string): EmulatedReply {
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    detail,
    status: String(status),
    code,
    ...(scimType === undefined ? {} : { scimType }),
    moreInfo: docsOf(code),
  };
  return scimReply(status, body);
}

/** An error as newer services may write it, after RFC 9457. */
export function problem(status: number, code: number, detail: string, pointer?: string): EmulatedReply {
  const errors = pointer === undefined ? [] : [{ detail, pointer }];
  const reply = jsonReply(status, { type: docsOf(code), title: 'Invalid request', status, detail, instance: '/v1/Keys', code, errors });
  return { ...reply, headers: { 'content-type': 'application/problem+json' } };
}

export function scimReply(status: number, document: unknown): EmulatedReply {
  return { status, headers: { 'content-type': 'application/scim+json' }, body: JSON.stringify(document) };
}

function docsOf(code: number): string {
  return `https://www.twilio.com/docs/errors/${code}`;
}
