import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom, and who may touch the world. A room imports the ground floor and itself; only `commands/` joins rooms.
 * `*` stands for every room.
 */
const GROUND = [
  'model.ts',
  'pull.ts',
  'protection.ts',
  'watch.ts',
  'ports.ts',
  'errors.ts',
  'holding.ts',
  'drift-answer.ts',
  'own-blocks.ts',
  'place-key.ts',
  'group-by.ts',
  'text/',
];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'model.ts': ['watch.ts'],
  'watch.ts': ['model.ts'],
  'pull.ts': ['model.ts'],
  'protection.ts': ['model.ts'],
  'ports.ts': [],
  'holding.ts': ['model.ts', 'text/'],
  'drift-answer.ts': ['model.ts'],
  'own-blocks.ts': ['model.ts', 'pull.ts'],
  'place-key.ts': ['model.ts'],
  'group-by.ts': [],
  'errors.ts': ['sentences.ts', 'sentences-github.ts'],
  'sentences.ts': ['errors.ts'],
  'sentences-github.ts': ['errors.ts'],
  'version.ts': [],
  'config.ts': ['errors.ts', 'model.ts'],
  'text/': ['model.ts', 'ports.ts'],
  'policy/': GROUND,
  'provider/': GROUND,
  'plan/': GROUND,
  'apply/': GROUND,
  'report/': GROUND,
  'github/': GROUND,
  'emulator/': GROUND,
  'setup/': GROUND,
  'commands/': [
    ...GROUND,
    'config.ts',
    'version.ts',
    'policy/',
    'provider/',
    'plan/',
    'apply/',
    'report/',
    'github/',
    'emulator/',
    'setup/',
  ],
  'run-cli.ts': [
    ...GROUND,
    'commands/',
    'report/',
    'version.ts',
    'cli-options.ts',
    'add-tool-commands.ts',
    'add-setup-commands.ts',
    'outline-commands.ts',
  ],
  'cli-options.ts': [...GROUND, 'commands/'],
  'add-tool-commands.ts': [...GROUND, 'commands/', 'cli-options.ts', 'report/'],
  'outline-commands.ts': ['commands/', 'report/'],
  'add-setup-commands.ts': [...GROUND, 'commands/', 'cli-options.ts'],
  'action.ts': ['main.ts', 'errors.ts', 'text/'],
  'real-disk.ts': ['ports.ts'],
  'real-world.ts': [...GROUND, 'apply/', 'provider/', 'real-disk.ts'],
  'main.ts': ['errors.ts', 'text/', 'real-world.ts', 'run-cli.ts'],
  'cli.ts': ['main.ts', 'version.ts'],
};

/** Each package has one owner. */
const OWNER: Readonly<Record<string, string | readonly string[]>> = {
  yaml: 'policy/',
  ajv: 'policy/',
  leven: 'policy/',
  unhomoglyph: 'policy/',
  'p-limit': 'provider/',
  'fast-json-patch': 'plan/make-change.ts',
  'json-canonicalize': 'text/digest.ts',
  commander: ['run-cli.ts', 'cli-options.ts', 'outline-commands.ts', 'add-tool-commands.ts', 'add-setup-commands.ts'],
  '@octokit/rest': 'github/',
  '@octokit/plugin-retry': 'github/',
  '@octokit/plugin-throttling': 'github/',
  '@octokit/openapi-types': 'emulator/',
  picocolors: 'report/',
  sarif: 'report/to-sarif.ts',
  'string-width': 'report/',
};

/** Node's own modules that do something to the world, and who may use them. `node:crypto` and `node:path` are only arithmetic. */
const NODE: Readonly<Record<string, readonly string[]>> = {
  'node:fs': ['real-world.ts', 'real-disk.ts'],
  'node:fs/promises': ['real-world.ts', 'real-disk.ts'],
  'node:child_process': ['real-world.ts'],
  'node:timers/promises': ['real-world.ts'],
  'node:readline/promises': ['real-world.ts'],
  'node:http': ['emulator/', 'provider/http-client.ts'],
  'node:https': ['provider/http-client.ts'],
  'node:net': ['emulator/'],
  'node:crypto': ['*'],
  'node:path': ['real-world.ts', 'apply/'],
  'node:os': ['real-world.ts'],
};

/** What reaches around the ports, and where it may stand. */
const WORLD: readonly { readonly what: string; readonly pattern: RegExp; readonly where: readonly string[] }[] = [
  { what: 'the process', pattern: /(?<![\w.])process\./, where: ['cli.ts', 'action.ts'] },
  { what: 'the clock', pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, where: ['real-world.ts'] },
  { what: 'randomness', pattern: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/, where: ['real-world.ts'] },
  { what: 'a timer', pattern: /\bset(Timeout|Interval|Immediate)\b(?! as)/, where: ['real-world.ts'] },
  { what: 'the console', pattern: /(?<![\w.])console\.\w/, where: [] },
  { what: "Node's fetch", pattern: /(?<![\w.])fetch\(/, where: [] },
  { what: 'a way around the types', pattern: /@ts-ignore|@ts-expect-error|\bas any\b|: any\b/, where: [] },
];

interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const SRC = new URL('../src/', import.meta.url).pathname;

function readSources(): Source[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('generated/'))
    .map((file) => {
      const text = readFileSync(join(SRC, file), 'utf8');
      const imports = [...text.matchAll(/(?<![.\w-])(?:from|import)\s*\(?\s*'([^'\s,]+)'/g)].map((match) => match[1] ?? '');
      return { file, text, imports };
    });
}

function roomOf(file: string): string {
  return file.includes('/') ? `${file.split('/')[0]}/` : file;
}

function allowed(file: string, places: readonly string[]): boolean {
  return places.some((place) => place === '*' || file === place || (place.endsWith('/') && file.startsWith(place)));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}

describe('the house', () => {
  const sources = readSources();

  test('the table looks at every file there is', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap((source) => source.imports).length).toBeGreaterThan(300);
    expect([...new Set(sources.map(({ file }) => roomOf(file)))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  test('a room imports the ground floor and itself; only commands join rooms', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter((name) => name.startsWith('.') && !name.endsWith('.json'))
        .map((name) => relative(SRC, normalize(join(SRC, dirname(file), name))))
        .filter((target) => roomOf(target) !== roomOf(file) && !allowed(target, MAY_IMPORT[roomOf(file)] ?? []))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('each package has one owner', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => !allowed(file, [OWNER[name] ?? ''].flat()))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the world comes in as arguments: only the table may touch it', () => {
    const byModule = sources.flatMap(({ file, imports }) =>
      imports.filter((name) => name.startsWith('node:') && !allowed(file, NODE[name] ?? [])).map((name) => `${file} imports ${name}`),
    );
    const byName = sources.flatMap(({ file, text }) =>
      WORLD.filter(({ pattern, where }) => pattern.test(withoutComments(text)) && !allowed(file, where)).map(
        ({ what }) => `${file} touches ${what}`,
      ),
    );
    expect([...byModule, ...byName]).toEqual([]);
  });

  test('no vendor host stands anywhere but in the configuration and in the words people read', () => {
    const where = sources.filter(
      ({ file, text }) =>
        !file.startsWith('emulator/') && /https?:\/\//.test(withoutComments(text).replaceAll(/http:\/\/127\.0\.0\.1/g, '')),
    );
    expect(where.map(({ file }) => file).toSorted()).toEqual([
      'config.ts',
      'provider/telnyx/telnyx-capabilities.ts',
      'provider/twilio/twilio-organization-capabilities.ts',
      'provider/twilio/twilio-origins.ts',
      'report/to-sarif.ts',
    ]);
  });

  test('no file has outgrown its room', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 300).map(({ file }) => file);
    // The nouns belong on one page.
    expect(long).toEqual(['model.ts']);
  });
});
