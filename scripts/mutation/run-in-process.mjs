import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * A test runner for Stryker that loads product and tests once and then runs them for one mutant after the other: a mutant costs the
 * milliseconds of its tests, where a new vitest costs seconds. State that one mutant leaves behind could fail the tests of the next, so
 * a kill counts only if the test passes again without the mutant; otherwise everything is loaded anew and the mutant tried again.
 */
globalThis.__stryker__ ??= {};
const mutants = globalThis.__stryker__;
const BUNDLE = 'mutation-tests.mjs';
/** The same with its source map, which tells where a test stands and would be kept in memory by every load. */
const MAPPED = 'mutation-tests-mapped.mjs';
/** Tests that count what their laws have met, and so need them whole. */
const WHOLE_LAWS = /read-plain-yaml\.test\.ts$/;
/** Stryker's TestStatus. */
const [PASSED, FAILED] = [0, 1];

class InProcessRunner {
  static inject = ['options'];
  tests = [];
  /** How many mutants each test found, and how long it took alone: whoever finds most is asked first, then the quick ones. */
  killers = new Map();
  timesMs = new Map();
  loads = 0;
  dirty = false;

  constructor(options) {
    this.files = options.rollcall.testFiles;
    this.testTimeoutMs = options.rollcall.testTimeoutMs;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.on('unhandledRejection', (error) => this.fail?.(error));
    process.on('uncaughtException', (error) => this.fail?.(error));
    await bundle(this.files);
  }

  async dryRun() {
    mutants.activeMutant = undefined;
    process.setSourceMapsEnabled(true);
    await this.load(undefined, MAPPED);
    for (const test of this.tests) Object.assign(test, placeOf(test));
    process.setSourceMapsEnabled(false);
    const results = [];
    const run = this.startRun();
    for (const test of this.tests) {
      const startedMs = performance.now();
      const failure = await run.test(test);
      const timeSpentMs = performance.now() - startedMs;
      this.timesMs.set(test.id, timeSpentMs);
      const { id, name, fileName, startPosition } = test;
      const common = { id, name, fileName, startPosition, timeSpentMs };
      results.push(failure === null ? { ...common, status: PASSED } : { ...common, status: FAILED, failureMessage: failure });
    }
    await run.end();
    return { status: 'complete', tests: results, mutantCoverage: mutants.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    const asked = testFilter === undefined ? null : new Set(testFilter);
    // What runs while modules are loaded has to be mutated by then.
    const fresh = () => this.load(mutantActivation === 'static' ? activeMutant.id : undefined);
    if (mutantActivation === 'static' || this.dirty || this.loads === 0) await fresh();
    const result = await this.tryMutant(activeMutant.id, asked, hitLimit);
    if (mutantActivation === 'static') await this.load();
    if (result.status !== 'killed') return result;
    const without = await this.tryMutant(undefined, new Set(result.killedBy));
    if (without.status === 'survived') return result;
    await fresh();
    this.dirty = true;
    return this.tryMutant(activeMutant.id, asked, hitLimit);
  }

  async tryMutant(id, asked, hitLimit) {
    mutants.activeMutant = id;
    mutants.hitLimit = hitLimit;
    mutants.hitCount = hitLimit === undefined ? undefined : 0;
    const tests = this.tests
      .filter((test) => asked === null || asked.has(test.id))
      .toSorted((a, b) => this.foundBy(b) - this.foundBy(a) || (this.timesMs.get(a.id) ?? 0) - (this.timesMs.get(b.id) ?? 0));
    const run = this.startRun();
    let nrOfTests = 0;
    for (const test of tests) {
      nrOfTests += 1;
      const failure = await run.test(test);
      if (hitLimit !== undefined && mutants.hitCount > hitLimit) {
        this.dirty = true;
        return { status: 'timeout', reason: `reached ${mutants.hitCount} times` };
      }
      if (failure === null) continue;
      await run.end();
      if (id !== undefined) this.killers.set(test.id, (this.killers.get(test.id) ?? 0) + 1);
      return { status: 'killed', killedBy: [test.id], failureMessage: failure, nrOfTests };
    }
    const failure = await run.end();
    if (failure !== null) return { status: 'killed', killedBy: tests.slice(-1).map(({ id }) => id), failureMessage: failure, nrOfTests };
    return { status: 'survived', nrOfTests };
  }

  foundBy({ id }) {
    return this.killers.get(id) ?? 0;
  }

  /** Everything anew, with a mutant that already holds while modules are loaded. */
  async load(id, file = BUNDLE) {
    mutants.activeMutant = id;
    mutants.hitCount = undefined;
    mutants.currentTestId = undefined;
    globalThis.__rollcallTests = [];
    this.loads += 1;
    this.dirty = false;
    try {
      await import(`${pathToFileURL(resolve(file)).href}?load=${this.loads}`);
    } catch (error) {
      globalThis.__rollcallTests = this.tests.map((test) => ({ ...test, suite: null, body: () => Promise.reject(error) }));
    }
    const seen = new Map();
    this.tests = globalThis.__rollcallTests.map((test) => {
      const name = `${test.file} ${test.name}`;
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return { ...test, id: times === 1 ? name : `${name} #${times}` };
    });
  }

  /** Runs one test after the other with the hooks of its suites; a failure is told as text. */
  startRun() {
    let open = [];
    const move = async (suites) => {
      let kept = 0;
      while (kept < open.length && open[kept] === suites[kept]) kept += 1;
      for (const suite of open.slice(kept).reverse()) for (const hook of suite.afterAll) await hook();
      open = open.slice(0, kept);
      for (const suite of suites.slice(kept)) {
        open.push(suite);
        for (const hook of suite.beforeAll) await hook();
      }
    };
    const body = async (test) => {
      const suites = suitesOf(test);
      await move(suites);
      mutants.currentTestId = test.id;
      try {
        for (const suite of suites) for (const hook of suite.beforeEach) await hook();
        await test.body();
      } finally {
        for (const suite of suites.toReversed()) for (const hook of suite.afterEach) await hook();
        mutants.currentTestId = undefined;
      }
    };
    return {
      test: (test) => this.guard(() => body(test)),
      end: () => this.guard(() => move([])),
    };
  }

  /** The failure of what is done, as text, or null. What never ends is a failure too. */
  async guard(action) {
    let timer;
    const stopped = new Promise((_, reject) => {
      this.fail = reject;
      timer = setTimeout(() => reject(new Error('the test did not end')), this.testTimeoutMs);
    });
    try {
      await Promise.race([action(), stopped]);
      return null;
    } catch (error) {
      return String(error?.message ?? error).slice(0, 200);
    } finally {
      clearTimeout(timer);
      this.fail = undefined;
    }
  }
}

function suitesOf({ suite }) {
  const suites = [];
  for (let one = suite; one !== null; one = one.parent) suites.unshift(one);
  return suites;
}

function placeOf({ file, stack }) {
  const line = stack.split('\n').find((one) => one.includes(file));
  const [, row, column] = /:(\d+):(\d+)\)?$/.exec(line ?? '') ?? [];
  const startPosition = row === undefined ? undefined : { line: Number(row) - 1, column: Number(column) - 1 };
  return { fileName: resolve(file), startPosition };
}

/** One module of all test files and what they import, each file collected under its own name. */
async function bundle(files) {
  const lines = files.map((file) => `await collectFile(${JSON.stringify(file)}, () => import(${JSON.stringify(`./${file}`)}));`);
  const entry = [`import './test/support/fixed-seeds.ts';`, `import { collectFile } from 'vitest';`, ...lines].join('\n');
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: process.cwd(), loader: 'js' },
    outdir: process.cwd(),
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'external',
    logLevel: 'error',
    plugins: [{ name: 'in-process', setup: keepPlaces }],
  });
  const [map, code] = ['.map', '.js'].map((ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text);
  writeFileSync(BUNDLE, code);
  writeFileSync(MAPPED, `${code}//# sourceMappingURL=${MAPPED}.map`);
  writeFileSync(`${MAPPED}.map`, map);
}

function keepPlaces({ onResolve, onLoad }) {
  for (const [name, file] of [
    ['vitest', 'collect-tests.mjs'],
    ['fast-check', 'shorten-laws.mjs'],
  ]) {
    const path = join(import.meta.dirname, file);
    const isReal = (importer) => importer === path || (name === 'fast-check' && WHOLE_LAWS.test(importer));
    onResolve({ filter: new RegExp(`^${name}$`) }, ({ importer }) => (isReal(importer) ? { path: name, external: true } : { path }));
  }
  onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const contents = readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
    return { contents, loader: 'ts' };
  });
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', injectableClass: InProcessRunner }];
