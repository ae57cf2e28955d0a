import { setTimeout } from 'node:timers/promises';
import { format } from 'node:util';
import { expect, vi } from 'vitest';

/**
 * Stands in for vitest while mutants run: the same `expect`, and a `describe` and `test` that only collect. What a test file registers is
 * kept as a tree of suites, and run by `run-in-process.mjs` as often as there are mutants.
 */
const collected = globalThis.__rollcallTests;
let suite = null;

const newSuite = (name, parent) => ({ name, parent, beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] });

/** Registers what one test file holds. */
export async function collectFile(file, load) {
  suite = { ...newSuite('', null), file };
  await load();
  suite = null;
}

export function describe(name, body) {
  const parent = suite;
  suite = { ...newSuite(name, parent), file: parent.file };
  body();
  suite = parent;
}

export function test(name, ...rest) {
  const body = rest.find((one) => typeof one === 'function');
  const path = [];
  for (let one = suite; one !== null; one = one.parent) if (one.name !== '') path.unshift(one.name);
  collected.push({ name: [...path, name].join(' '), file: suite.file, suite, body, stack: new Error().stack });
}

const each = (register) => (rows) => (name, body, timeout) => {
  rows.forEach((row, index) => {
    const values = Array.isArray(row) ? row : [row];
    const named = name.replaceAll(/\$([\w.]+)/g, (whole, path) => {
      const value = path.split('.').reduce((one, key) => one?.[key], values[0]);
      return value === undefined ? whole : String(value);
    });
    const count = (named.match(/%[sdifjoO]/g) ?? []).length;
    const title = format(named, ...values.slice(0, count)).replaceAll('%#', String(index));
    register(title, () => body(...values), timeout);
  });
};
test.each = each(test);
describe.each = each(describe);

export const it = test;
export const beforeAll = (body) => suite.beforeAll.push(body);
export const afterAll = (body) => suite.afterAll.unshift(body);
export const beforeEach = (body) => suite.beforeEach.push(body);
export const afterEach = (body) => suite.afterEach.unshift(body);

/** The one of vitest asks its own run which test is on. */
expect.poll = (ask, { interval = 50, timeout = 1_000 } = {}) =>
  new Proxy(
    {},
    {
      get:
        (_, matcher) =>
        async (...expected) => {
          for (const untilMs = performance.now() + timeout; performance.now() < untilMs; await setTimeout(interval)) {
            const value = await ask();
            try {
              return expect(value)[matcher](...expected);
            } catch {}
          }
          return expect(await ask())[matcher](...expected);
        },
    },
  );

export { expect, vi };
