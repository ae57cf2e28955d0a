import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Delivery } from '../../src/emulator/deliver-with-fault.ts';
import { buildApart } from '../processes/support/build-apart.ts';
import { openStage, type Prepared, prepareFolder, type Stage } from '../processes/support/open-stage.ts';
import { startProcess } from '../processes/support/start-process.ts';
import { STORIES } from '../processes/support/stories.ts';
import { howMany } from '../processes/support/try-each.ts';

/** Another host of this machine: whoever comes there has been led away from the vendor. */
const ELSEWHERE = '127.0.0.2';
let port = 0;
const led: string[] = [];
const capture = createServer((socket) => {
  led.push('somebody came');
  socket.on('data', (bytes) => led.push(bytes.toString())).on('error', () => undefined);
});
let prepared: Prepared;

beforeAll(async () => {
  await new Promise<void>((resolve) => capture.listen(0, ELSEWHERE, resolve));
  const address = capture.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  prepared = await prepareFolder(STORIES['drift taken back in both']);
  await onStage(async ({ folder, run }) => {
    await run('plan', '--out', 'plan.json');
    await run('observe', '--out', 'seen.json');
    for (const name of ['plan.json', 'seen.json']) await copyFile(path.join(folder, name), path.join(prepared.folder, name));
  });
});
afterAll(async () => {
  capture.close();
  await prepared.discard();
});

/** The other host as a URL, a part of one, a path that climbs to it, a header that names it. */
const LURES = [
  'http://HOST/',
  'https://HOST/v2/sub_users?page[number]=2',
  '//HOST/v2/sub_users',
  '\\\\HOST\\v2',
  'http:HOST',
  'http://api.telnyx.com@HOST/',
  '@HOST/',
  ':80@HOST/',
  '.HOST',
  '/../../../..//HOST/',
  '..%2f..%2f@HOST',
  '#@HOST/',
  '?next=http://HOST/',
  'x\r\nHost: HOST\r\n\r\n',
  '<http://HOST/>; rel="next"',
  '0; url=http://HOST/',
  'h1="HOST"; ma=86400',
] as const;
const lure = fc.constantFrom(...LURES).map((words) => () => words.replace('HOST', `${ELSEWHERE}:${port}`));

const HEADERS = ['location', 'link', 'content-location', 'refresh', 'alt-svc', 'www-authenticate', 'proxy-authenticate', 'x-next-page'];
const KEYS = ['next_page_url', 'next', 'nextLink', 'uri', 'url', 'href', 'links', 'instance_url', 'id', 'sid', 'page_number', 'base_url'];

const spoiling = fc.record({
  lure,
  how: fc.oneof(
    fc.record({ status: fc.constantFrom(201, 300, 301, 302, 303, 305, 307, 308, 401, 407, 503), header: fc.constant('location') }),
    fc.record({ header: fc.constantFrom(...HEADERS) }),
    fc.record({ key: fc.constantFrom(...KEYS) }),
    /** Which of the texts and numbers of the document is another. */
    fc.record({ leaf: fc.nat(40) }),
  ),
  /** How many answers of the run are good before. */
  good: fc.nat(12),
});
type Spoiling = typeof spoiling extends fc.Arbitrary<infer T> ? T : never;

function spoil({ lure: words, how }: Spoiling, delivery: Delivery): Delivery {
  if (!('reply' in delivery)) return delivery;
  const { reply } = delivery;
  const headers = 'header' in how ? { ...reply.headers, [how.header]: words().replace(/[\r\n]/g, ' ') } : reply.headers;
  const isDocument = reply.body.startsWith('{') && ('key' in how || 'leaf' in how);
  const body = isDocument ? JSON.stringify(lead(JSON.parse(reply.body), words(), how)) : reply.body;
  return { ...delivery, reply: { status: 'status' in how ? how.status : reply.status, headers, body } };
}

type Where = { readonly key: string } | { readonly leaf: number };

/** The document with a key that says where to go on, or with another text in the place of one that it has. */
function lead(document: Record<string, unknown>, words: string, where: Where): unknown {
  if ('key' in where) {
    const { meta } = document;
    const more = { [where.key]: words };
    return { ...document, ...more, ...(typeof meta === 'object' ? { meta: { ...meta, ...more } } : {}) };
  }
  let seen = 0;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one)]));
    seen += 1;
    return seen - 1 === where.leaf ? words : value;
  };
  return walk(document);
}

async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage('', prepared);
  try {
    await play(stage);
  } finally {
    await stage.close();
  }
}

const COMMANDS = [['apply', '--yes'], ['drift', '--revert'], ['plan'], ['observe', '--out', 'seen.json'], ['doctor']];

const ANSWERS = howMany(80, 250);
const FILES = howMany(60, 150);
const ORIGINS = 400;
const NO_HANG_MS = 600_000;

test(
  'answers that lead elsewhere, in a redirect, a header, a key or any text: nobody goes there',
  async () => {
    let spoilt = 0;
    const law = fc.asyncProperty(spoiling, fc.constantFrom(...COMMANDS), (how, argv) =>
      onStage(async (stage) => {
        let answers = 0;
        stage.vendors.spoil = (delivery) => {
          answers += 1;
          if (answers <= how.good) return delivery;
          spoilt += 1;
          return spoil(how, delivery);
        };
        await stage.run(...argv);
        expect(led).toEqual([]);
      }),
    );
    await fc.assert(law, { numRuns: ANSWERS });
    expect(spoilt).toBeGreaterThan(ANSWERS);
  },
  NO_HANG_MS,
);

const LINES = ['base_url', 'origin', 'host', 'api_url', 'proxy', '$ref', 'extends', 'include', 'endpoint', 'schema'];
const edit = fc.oneof(
  fc.record({ add: fc.constantFrom(...LINES) }),
  /** Which of the values of the file is another. */
  fc.record({ value: fc.nat(30) }),
);

test(
  'policies, plans, observations and ledgers that name another host: nobody goes there',
  async () => {
    const file = fc.constantFrom('policies', 'plan.json', 'seen.json', '.rollcall/ledger.jsonl');
    const law = fc.asyncProperty(file, fc.nat(), lure, edit, (where, which, words, how) =>
      onStage(async (stage) => {
        const files = where === 'policies' ? await filesIn(path.join(stage.folder, where)) : [path.join(stage.folder, where)];
        const edited = files[which % files.length] ?? '';
        await writeFile(edited, write(await readFile(edited, 'utf8'), words(), how));
        for (const argv of [['plan'], ['plan', '--observation', 'seen.json'], ['apply', '--plan', 'plan.json']]) await stage.run(...argv);
        expect(led).toEqual([]);
      }),
    );
    await fc.assert(law, { numRuns: FILES });
  },
  NO_HANG_MS,
);

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [])).toSorted();
}

/** The text with another value in the place of one, or with one more line. */
function write(text: string, words: string, how: { readonly add: string } | { readonly value: number }): string {
  const quoted = JSON.stringify(words);
  if ('add' in how) return text.startsWith('{') ? text.replace('{', `{"${how.add}":${quoted},`) : `${text}${how.add}: ${quoted}\n`;
  let seen = 0;
  return text.replace(/(?<=: ?)("[^"\n]*"|[^\s,{[\]}"]+)/g, (value) => {
    seen += 1;
    return seen - 1 === how.value ? quoted : value;
  });
}

test('origins in the environment: refused, or an address of this machine and nothing else', () => {
  const part = fc.constantFrom(
    '127.0.0.1',
    'localhost',
    '[::1]',
    'HOST',
    'api.telnyx.com',
    '127.0.0.1.acme.example',
    '0',
    '127.1',
    '2130706433',
  );
  const glue = fc.constantFrom('@', ':80@', '#', '/', '?', '\\', '.', '%2e', ':443/', '%00', '\t', ' ');
  const scheme = fc.constantFrom('http://', 'https://', '//', 'ftp://', 'http:', 'file://', '');
  const origin = fc
    .tuple(scheme, part, fc.option(fc.tuple(glue, part)))
    .map(([start, first, more]) => `${start}${first}${more?.join('') ?? ''}`);
  let refused = 0;
  const law = fc.property(origin, (value) => {
    const accepted = readOrigin(value);
    if (accepted === null) refused += 1;
    else expect(accepted).toMatch(/^https?:\/\/(127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/);
  });
  fc.assert(law, { numRuns: ORIGINS });
  expect(refused).toBeGreaterThan(ORIGINS / 2);
});

function readOrigin(value: string): string | null {
  try {
    return readConfig({ ROLLCALL_TELNYX_ORIGIN: value }).telnyxOrigin;
  } catch {
    return null;
  }
}

const VARIABLES = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'GLOBAL_AGENT_HTTP_PROXY', 'npm_config_proxy', 'npm_config_https_proxy'],
  ...['TELNYX_BASE_URL', 'TELNYX_API_BASE', 'TELNYX_PRODUCTION_BASE_URL', 'TWILIO_EDGE', 'TWILIO_REGION', 'TWILIO_MAIN_ORIGIN'],
  ...['ROLLCALL_ORIGIN', 'ROLLCALL_PROXY', 'ROLLCALL_BASE_URL', 'GITHUB_API_URL', 'GITHUB_SERVER_URL', 'OPENSSL_CONF', 'SSLKEYLOGFILE'],
];

test('a process whose environment names another host in every variable that programs take a proxy or a host from: it asks the vendors', async () => {
  const build = buildApart();
  try {
    await onStage(async ({ vendors, folder }) => {
      const elsewhere = `http://${ELSEWHERE}:${port}`;
      const env = Object.fromEntries(VARIABLES.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, elsewhere]));
      const run = startProcess(build.file, ['drift', '--revert'], folder, {
        ...env,
        NODE_USE_ENV_PROXY: '1',
        NO_PROXY: '',
        ...vendors.env,
      });
      const ended = await run.ended;
      expect(ended.exit, ended.stderr + ended.stdout).toBe(0);
      expect(vendors.writes()).toHaveLength(prepared.story.writes);
      expect(led).toEqual([]);
    });
  } finally {
    build.discard();
  }
});
