import { createRequire } from 'node:module';
import type { HttpReply, HttpRequest } from '../../../src/ports.ts';
import { isObject, type Json, type JsonObject, objectAt } from './open-document.ts';

interface Fault {
  readonly location?: string;
  readonly path?: string;
  readonly message: string;
}
type Verdict = { readonly errors?: readonly Fault[] } | undefined;
interface Validators {
  readonly request: new (operation: object) => { validateRequest(request: object): Verdict };
  readonly response: new (operation: object) => { validateResponse(status: string, body: Json): Verdict };
}

/** Both packages are CommonJS, whose default export a loader may or may not unwrap; and their types want documents parsed into their classes. */
const require = createRequire(import.meta.url);
const VALIDATORS: Validators = {
  request: require('openapi-request-validator').default,
  response: require('openapi-response-validator').default,
};

/** One request that left rollcall, and what came back. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly reply: HttpReply;
}

/** What is wrong with a request or an answer by the documents, in the validator's words; none when all is as published. */
export interface Checker {
  request(request: HttpRequest): readonly string[];
  answer(exchange: Exchange): readonly string[];
  /** The operations that were asked for, as `GET /v1/Keys`. */
  used(): ReadonlySet<string>;
}

interface Operation {
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  readonly document: JsonObject;
}

/**
 * Holds requests and answers against OpenAPI documents. Stricter than the documents where they leave a gap: a query parameter or a member of a
 * body that is not published is an error too.
 */
export function createChecker(documents: readonly JsonObject[]): Checker {
  const used = new Set<string>();
  const find = ({ method, url }: HttpRequest): Operation | null => {
    const { origin, pathname } = new URL(url);
    return operationsOf(documents, origin, method.toLowerCase(), pathname);
  };
  const named = (request: HttpRequest): string => `${request.method} ${new URL(request.url).pathname}`;
  return {
    request: (request) => {
      const operation = find(request);
      if (operation === null) return [`${named(request)} is published nowhere`];
      used.add(`${request.method} ${operation.template}`);
      return faultsOfRequest(request, operation).map((fault) => `${named(request)}: ${fault}`);
    },
    answer: ({ request, reply }) => {
      const operation = find(request);
      if (operation === null) return [`${named(request)} is published nowhere`];
      return faultsOfAnswer(reply, operation.document).map((fault) => `${named(request)} answered: ${fault}`);
    },
    used: () => used,
  };
}

function operationsOf(documents: readonly JsonObject[], origin: string, method: string, pathname: string): Operation | null {
  const found = documents.flatMap((document) =>
    Object.entries(objectAt(document, 'paths')).flatMap(([template, path]) => {
      if (!isObject(path) || !isObject(path[method])) return [];
      if (![path['servers'], document['servers']].some((servers) => isServedBy(servers, origin))) return [];
      const params = paramsOf(template, pathname);
      return params === null ? [] : [{ template, params, document: path[method] }];
    }),
  );
  // A path without variables goes before one with.
  return found.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)[0] ?? null;
}

function isServedBy(servers: Json | undefined, origin: string): boolean {
  return Array.isArray(servers) && servers.some((server: Json) => isObject(server) && server['url'] === origin);
}

function paramsOf(template: string, pathname: string): Record<string, string> | null {
  const names: string[] = [];
  const pattern = template.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return '([^/]+?)';
  });
  const match = new RegExp(`^${pattern}$`).exec(pathname);
  return match === null ? null : Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]));
}

function faultsOfRequest(request: HttpRequest, { document, params }: Operation): string[] {
  const parameters = (Array.isArray(document['parameters']) ? document['parameters'] : []).filter(isObject).map(withPlainFormats);
  const body = document['requestBody'];
  const validator = once(requests, document, () => {
    return new VALIDATORS.request({ parameters, ...(isObject(body) ? { requestBody: closed(body) } : {}) });
  });
  const type = request.headers['content-type'] ?? '';
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const errors =
    validator.validateRequest({
      headers: request.headers,
      params,
      query: coerced(query, parameters),
      body: bodyOf(request.body, type),
    })?.errors ?? [];
  const stray = [
    ...(!isObject(body) && request.body !== undefined ? ['a body where none is published'] : []),
    ...Object.keys(query)
      .filter((name) => !parameters.some((one) => one['in'] === 'query' && one['name'] === name))
      .map((name) => `query ${name} is not published`),
  ];
  return [...stray, ...errors.map(({ location = '', path = '', message }) => `${location} ${path} ${message}`.trim())];
}

const requests = new WeakMap<JsonObject, InstanceType<Validators['request']>>();
const answers = new WeakMap<JsonObject, InstanceType<Validators['response']>>();

/** Compiling takes longer than checking. */
function once<Value>(known: WeakMap<JsonObject, Value>, key: JsonObject, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

function withPlainFormats(parameter: JsonObject): JsonObject {
  return { ...parameter, schema: withoutUnknownFormats(parameter['schema'] ?? {}) };
}

function bodyOf(body: string | undefined, type: string): Json | undefined {
  if (body === undefined) return undefined;
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body));
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** A query is text; where a number is published, digits are one. */
function coerced(query: Record<string, string>, parameters: readonly JsonObject[]): Record<string, string | number> {
  const isNumber = (name: string) =>
    parameters.some((one) => one['in'] === 'query' && one['name'] === name && objectAt(one, 'schema')['type'] === 'integer');
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => [name, isNumber(name) && /^\d+$/.test(text) ? Number(text) : text]),
  );
}

/** Nothing that is not published may be sent. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(withoutUnknownFormats(schema)).map(([key, value]) => [key, closed(value)]));
  const isClosable = isObject(schema['properties']) && schema['type'] === 'object';
  return isClosable ? { ...inner, additionalProperties: false } : inner;
}

function faultsOfAnswer(reply: HttpReply, document: JsonObject): string[] {
  if (reply.kind !== 'reply') return [];
  const responses = objectAt(document, 'responses');
  const status = String(reply.status);
  const published = responses[status] ?? responses['default'];
  if (!isObject(published)) return [`${status} is not a published status`];
  const content = objectAt(published, 'content');
  const [type = ''] = (reply.headers['content-type'] ?? '').split(';');
  if (Object.keys(content).length === 0) return reply.body === '' ? [] : [`${status} has a body where none is published`];
  const described = content[type];
  if (!isObject(described)) return [`${status} came as ${type}, which is not published`];
  const validator = once(answers, described, () => {
    return new VALIDATORS.response({ responses: { [status]: { schema: withoutUnknownFormats(described['schema'] ?? {}) } } });
  });
  const result = validator.validateResponse(status, JSON.parse(reply.body));
  const errors = result?.errors ?? [];
  return errors.map(({ path = '', message }) => `${status} ${path} ${message}`.trim());
}

const FORMATS: ReadonlySet<string> = new Set(['date-time', 'uri', 'int32', 'int64', 'uuid', 'email']);

/** `OrganizationSid` and the like are names, not formats that anybody could check; the pattern beside them is what counts. */
function withoutUnknownFormats<Value extends Json>(schema: Value): Value {
  const clean = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(clean);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, inner]) => key !== 'format' || (typeof inner === 'string' && FORMATS.has(inner)))
        .map(([key, inner]) => [key, clean(inner)]),
    );
  };
  return clean(schema) as Value;
}
