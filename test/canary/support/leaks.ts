import type { HttpReply, HttpRequest } from '../../../src/ports.ts';
import type { Leak } from './open-leaky-world.ts';

type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

const JSON_TYPE = { 'content-type': 'application/json' };

/** Every place in which an answer can repeat what it was asked with. */
export const LEAKS: Readonly<Record<string, Leak>> = {
  ...Object.fromEntries(
    [400, 401, 403, 404, 409, 422, 429, 500].map((status) => [
      `a ${status} that repeats it in code, title and detail`,
      ((_reply, { url }, echo) => ({
        kind: 'reply',
        status,
        headers: { ...JSON_TYPE, 'retry-after': '1' },
        body: JSON.stringify(errorOf(url, status, echo)),
      })) satisfies Leak,
    ]),
  ),
  'headers that repeat it': (reply, _request, echo) =>
    reply.kind === 'reply'
      ? {
          ...reply,
          headers: { ...reply.headers, 'x-request': echo, 'retry-after': echo, 'x-ratelimit-reset': echo, date: echo, location: echo },
        }
      : reply,
  'a content type that repeats it': (reply, _request, echo) =>
    reply.kind === 'reply' ? { ...reply, headers: { ...reply.headers, 'content-type': echo } } : reply,
  'a web page that repeats it': (_reply, _request, echo) => ({
    kind: 'reply',
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html><title>${echo}</title><pre>${echo}</pre>`,
  }),
  'JSON keys that repeat it': (_reply, _request, echo) =>
    okay({ [echo]: 1, data: [{ [echo]: echo }], meta: { [echo]: 1 }, Resources: [{ [echo]: 1 }] }),
  'a text where a list belongs': (_reply, _request, echo) => okay({ data: echo, Resources: echo, content: echo, meta: echo, keys: echo }),
  'a text that is all there is': (_reply, _request, echo) => okay(echo),
  'an error of no known shape': (_reply, _request, echo) => ({
    kind: 'reply',
    status: 418,
    headers: JSON_TYPE,
    body: JSON.stringify({ oops: { [echo]: [echo, { deep: echo }] } }),
  }),
  'a redirect to it': (_reply, _request, echo) => ({
    kind: 'reply',
    status: 307,
    headers: { location: `https://evil.example/?key=${echo}` },
    body: '',
  }),
  'a next page with it': (reply, _request, echo) =>
    within(reply, (key, value) =>
      /^(next|next_page_url|next_page_uri|nextPageToken|nextToken)$/.test(key) ? `https://evil.example/${echo}` : value,
    ),
  'names of people, groups, roles and keys that repeat it': (reply, _request, echo) =>
    within(reply, (key, value) =>
      /^(name|displayName|givenName|familyName|friendly_name|friendlyName|formatted|title|description)$/.test(key) &&
      typeof value === 'string'
        ? `${value} ${echo}`
        : value,
    ),
  'addresses that repeat it': (reply, _request, echo) =>
    within(reply, (key, value) =>
      /^(email|user_name|userName|actor|user_email)$/.test(key) && typeof value === 'string'
        ? value.replace('@', `+${echo.split(' ')[0]}@`)
        : value,
    ),
  'roles and states that repeat it': (reply, _request, echo) =>
    within(reply, (key, value) =>
      /^(role|status|user_status|event_type|change_type|resource_type)$/.test(key) && typeof value === 'string'
        ? `${value} ${echo}`
        : value,
    ),
  'a connection that breaks with it': (_reply, _request, echo) => ({ kind: 'lost', reason: `write EPIPE ${echo}` }),
  'a connection that is refused with it': (_reply, _request, echo) => ({ kind: 'unsent', reason: `connect ECONNREFUSED ${echo}` }),
};

function okay(json: Json): HttpReply {
  return { kind: 'reply', status: 200, headers: JSON_TYPE, body: JSON.stringify(json) };
}

/** An error in the form of whoever is asked: Telnyx's, SCIM's, OAuth's or Twilio's own. */
function errorOf(url: HttpRequest['url'], status: number, echo: string): Json {
  if (url.includes('/oauth') || url.includes('/token')) return { error: echo, error_description: `Bearer ${echo}` };
  if (url.includes('/scim'))
    return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail: echo, scimType: echo };
  if (url.includes(':4020')) return { code: 20003, message: echo, more_info: `https://www.twilio.com/${echo}`, status };
  return { errors: [{ code: echo, title: echo, detail: `Authorization: Bearer ${echo}`, source: { pointer: echo }, meta: { url: echo } }] };
}

/** An answer with some values of its document changed. */
function within(reply: HttpReply, change: (key: string, value: Json) => Json): HttpReply {
  if (reply.kind !== 'reply' || reply.status !== 200 || !reply.body.startsWith('{') || reply.body.includes('"access_token"')) return reply;
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map((one: Json) => walk(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(key, walk(one))]));
  };
  const body = JSON.stringify(walk(JSON.parse(reply.body) as Json));
  return body === reply.body ? reply : { ...reply, body };
}
