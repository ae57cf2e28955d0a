import type { Fields } from '../read-fields.ts';
import type { TwilioUser } from './twilio-state.ts';

/** A user as SCIM writes it. */
export function shapeUser(user: TwilioUser): Fields {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: user.sid,
    ...(user.externalId === null ? {} : { externalId: user.externalId }),
    userName: user.email,
    displayName: user.displayName ?? [user.givenName, user.familyName ?? ''].join(' ').trim(),
    name: { givenName: user.givenName, ...(user.familyName === null ? {} : { familyName: user.familyName }) },
    emails: [{ primary: true, value: user.email, type: 'work' }],
    active: user.status === 'active',
    ...(user.locale === null ? {} : { locale: user.locale }),
    ...(user.timezone === null ? {} : { timezone: user.timezone }),
    meta: { resourceType: 'User', created: user.created, lastModified: user.modified, version: versionOf(user) },
  };
}

/** Without quotes, as the documents have it. */
export function versionOf({ version }: TwilioUser): string {
  return `W/${version}`;
}
