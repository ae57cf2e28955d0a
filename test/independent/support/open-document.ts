import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parse } from 'yaml';

const require = createRequire(import.meta.url);
const PUBLISHED = path.join(require.resolve('@twilio/cli-core/package.json'), '../src/services/twilio-api');
const OWN = path.join(import.meta.dirname, '../contracts');

/** Parsed JSON of any shape. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Some paths of an OpenAPI document as Twilio publishes it in the npm package of its command line, every reference replaced by what it means. */
export function openPublished(name: string, start: string): JsonObject {
  const document: JsonObject = JSON.parse(readFileSync(path.join(PUBLISHED, `${name}.json`), 'utf8'));
  const paths = Object.entries(objectAt(document, 'paths')).filter(([template]) => template.startsWith(start));
  return dereferenced({ ...document, paths: Object.fromEntries(paths) });
}

/** A contract of our own, where the vendor publishes none. */
export function openOwn(name: string): JsonObject {
  return dereferenced(parse(readFileSync(path.join(OWN, `${name}.yaml`), 'utf8')));
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(from: JsonObject, ...keys: readonly string[]): JsonObject {
  let at: JsonObject = from;
  for (const key of keys) {
    const next = at[key];
    if (!isObject(next)) return {};
    at = next;
  }
  return at;
}

/** None of the documents used here refers to itself in a circle. */
function dereferenced(document: JsonObject): JsonObject {
  const replace = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(replace);
    if (!isObject(value)) return value;
    const pointer = value['$ref'];
    if (typeof pointer === 'string') return replace(objectAt(document, ...pointer.replace('#/', '').split('/')));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]));
  };
  const replaced = replace({ servers: document['servers'] ?? [], paths: document['paths'] ?? {} });
  return isObject(replaced) ? replaced : {};
}
