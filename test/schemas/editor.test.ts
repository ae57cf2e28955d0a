import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { TWILIO_ROLES } from '../../src/emulator/twilio/twilio-roles.ts';
import { rolesOf } from '../../src/policy/check-grants.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { TELNYX_ORGANIZATIONS } from '../../src/provider/telnyx/telnyx-organizations-capabilities.ts';
import { TWILIO_CONSOLE } from '../../src/provider/twilio/twilio-console-capabilities.ts';
import { TWILIO_ORGANIZATION } from '../../src/provider/twilio/twilio-organization-capabilities.ts';
import { WHOLE_FILES } from './whole-files.ts';

/** The parts of the Language Server Protocol that the tests look at. */
interface Mark {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
}
interface Proposal {
  readonly label: string;
  readonly insertText?: string;
  readonly documentation?: string | { readonly value: string };
}
interface Editor {
  type(path: string, text: string): Promise<readonly Mark[]>;
  complete(path: string, line: number, character: number): Promise<readonly Proposal[]>;
  hover(path: string, line: number, character: number): Promise<string>;
  close(): Promise<void>;
}
interface EditorModule {
  openEditor(folder: string, settings: object): Promise<Editor>;
  readSettings(folder: string): object;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const KINDS = { account: 'accounts', people: 'people', team: 'teams', approval: 'approvals', roster: 'rosters' } as const;
type Kind = keyof typeof KINDS;
const EVERY_KIND = ['account', 'people', 'team', 'approval', 'roster'] as const satisfies readonly Kind[];
const NOBODY_KNOWS = 'nobody_knows: this\n';
const WRONG = { account: NOBODY_KNOWS, people: `- ${NOBODY_KNOWS}`, team: NOBODY_KNOWS, approval: NOBODY_KNOWS, roster: NOBODY_KNOWS };

/** One editor has only the first lines of files to go by, the other only the settings that the repository ships. */
let byFirstLine: Editor;
let bySettings: Editor;
beforeAll(async () => {
  const { openEditor, readSettings }: EditorModule = await import(`${ROOT}/scripts/open-editor.mjs`);
  [byFirstLine, bySettings] = await Promise.all([openEditor(ROOT, {}), openEditor(ROOT, readSettings(ROOT))]);
});
afterAll(() => Promise.all([byFirstLine?.close(), bySettings?.close()]));

function firstLineOf(kind: Kind): string {
  return `# yaml-language-server: $schema=../../schemas/${kind}.schema.json\n`;
}

/** A file that nobody has saved yet, another one at every call. */
let unsaved = 0;
function newFile(kind: Kind, extension = 'yaml'): string {
  unsaved += 1;
  return `policies/${KINDS[kind]}/unsaved-${unsaved}.${extension}`;
}

/** What the editor proposes where `|` stands. */
async function propose(kind: Kind, text: string): Promise<readonly Proposal[]> {
  const [before = '', rest = ''] = text.split('|');
  const path = newFile(kind);
  void bySettings.type(path, before + rest);
  const lines = before.split('\n');
  return bySettings.complete(path, lines.length - 1, lines.at(-1)?.length ?? 0);
}

async function proposed(kind: Kind, text: string): Promise<readonly string[]> {
  return (await propose(kind, text)).map(({ label }) => label);
}

/** `line 2: what is wrong`, as the editor shows it in the settings' light alone. */
async function marksIn(kind: Kind, text: string): Promise<readonly string[]> {
  return shown(await bySettings.type(newFile(kind), text));
}

function shown(marks: readonly Mark[]): readonly string[] {
  return marks.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
}

describe('an editor knows a file', () => {
  const files = EVERY_KIND.flatMap((kind) => readdirSync(`${ROOT}/policies/${KINDS[kind]}`).map((file) => [kind, file] as const));

  test('by its first line, without settings: the example files have nothing wrong', async () => {
    expect(files.length).toBeGreaterThan(15);
    const wrong = files.map(async ([kind, file]) => {
      const text = readFileSync(`${ROOT}/policies/${KINDS[kind]}/${file}`, 'utf8');
      return [file, text.startsWith(firstLineOf(kind)), shown(await byFirstLine.type(`policies/${KINDS[kind]}/${file}`, text))];
    });
    expect(await Promise.all(wrong)).toEqual(files.map(([, file]) => [file, true, []]));
  });

  test('by its first line, without settings: a wrong key is marked', async () => {
    const marks = EVERY_KIND.map(async (kind) => shown(await byFirstLine.type(newFile(kind), firstLineOf(kind) + WRONG[kind])));
    for (const found of await Promise.all(marks)) expect(found).toContain('line 2: Property nobody_knows is not allowed.');
  });

  test('by the settings of the repository, without a first line', async () => {
    const texts = files.map(async ([kind, file]) => {
      const text = readFileSync(`${ROOT}/policies/${KINDS[kind]}/${file}`, 'utf8').replace(firstLineOf(kind), '');
      return marksIn(kind, text);
    });
    expect((await Promise.all(texts)).flat()).toEqual([]);
    const marks = EVERY_KIND.flatMap((kind) =>
      ['yaml', 'yml'].map(async (extension) => shown(await bySettings.type(newFile(kind, extension), WRONG[kind]))),
    );
    for (const found of await Promise.all(marks)) expect(found).toContain('line 1: Property nobody_knows is not allowed.');
  });

  test('and leaves YAML alone that is no policy', async () => {
    expect(shown(await bySettings.type('.github/workflows/unsaved.yml', WRONG.team))).toEqual([]);
  });
});

describe('an editor marks', () => {
  test.each<[string, Kind, string, string]>([
    ['a wrong key', 'team', 'members: []\ngrants: []\nmember: []\n', 'line 3: Property member is not allowed.'],
    ['a wrong provider', 'account', 'provider: vonage\napi: console\n', 'line 1: Value is not accepted. Valid values: "telnyx", "twilio".'],
    [
      "another vendor's interface",
      'account',
      'provider: telnyx\napi: console\nowner: root@acme.example\n',
      'line 2: Value is not accepted. Valid values: "sub-users", "organizations".',
    ],
    [
      'a wrong setting of drift',
      'account',
      'provider: telnyx\napi: sub-users\nowner: root@acme.example\ndrift:\n  gained: revert\n  lost: restore\n',
      'line 6: Value is not accepted. Valid values: "revert", "report".',
    ],
    ['a missing owner', 'account', 'provider: telnyx\napi: sub-users\n', 'line 1: Missing property "owner".'],
    ['a missing scope', 'account', 'provider: twilio\napi: console\nowner: root@acme.example\n', 'line 1: Missing property "scope".'],
    [
      'a person without a name',
      'people',
      '- email: ada@acme.example\n  name: Ada\n- email: grace@acme.example\n',
      'line 3: Missing property "name".',
    ],
    ['a grant without a reason', 'team', 'members: []\ngrants:\n  - { account: a, role: member }\n', 'line 3: Missing property "reason".'],
    [
      'a role and a group at once',
      'team',
      `members: []\ngrants:\n  - { account: a, role: member, group: b, reason: c }\n`,
      'line 3: Matches multiple schemas when only one must validate.',
    ],
    [
      'a day in another order',
      'approval',
      'account: a\ndeletes: 1\nreason: b\nexpires: 30.11.2026\n',
      'line 4: String is not a RFC3339 date.',
    ],
    [
      'a number out of range',
      'approval',
      'account: a\ndeletes: 0\nreason: b\nexpires: 2026-02-20\n',
      'line 2: Value is below the minimum of 1.',
    ],
    [
      'a wrong status',
      'roster',
      'attested_by: ada@acme.example\nattested_on: 2026-11-20\nrows:\n  - { email: a@b.co, roles: [developer], status: open }\n',
      'line 4: Value is not accepted. Valid values: "active", "pending".',
    ],
  ])('%s', async (_what, kind, text, mark) => {
    expect(await marksIn(kind, text)).toContain(mark);
  });

  test('nothing in whole files of every kind, nor the name of an account that is not there yet', async () => {
    const whole = EVERY_KIND.flatMap((kind) => WHOLE_FILES[kind].map((text) => marksIn(kind, text)));
    expect((await Promise.all(whole)).flat()).toEqual([]);
    expect(await marksIn('team', 'members: []\ngrants:\n  - { account: of-tomorrow, role: member, reason: New }\n')).toEqual([]);
    expect(await marksIn('approval', 'account: of-tomorrow\ndeletes: 1\nreason: New\nexpires: 2026-11-30\n')).toEqual([]);
  });
});

describe('an editor proposes', () => {
  test.each<[string, Kind, string, readonly string[]]>([
    [
      'the keys of an account',
      'account',
      'provider: telnyx\nowner: root@acme.example\n|',
      ['api', 'unmanaged', 'drift', 'guards', 'invites', 'approvers', 'names'],
    ],
    ['an account as a whole', 'account', '|', ['Telnyx account', 'Twilio account in an organization', 'Twilio account by its Console']],
    ['vendors', 'account', 'provider: |', ['telnyx', 'twilio']],
    ['interfaces', 'account', 'provider: twilio\napi: |', ['organization', 'console']],
    ['what to do about gained access', 'account', 'provider: telnyx\ndrift:\n  gained: |', ['revert', 'report']],
    ['the sides of drift', 'account', 'provider: telnyx\ndrift:\n  |', ['gained', 'lost']],
    ['the guards', 'account', 'provider: telnyx\nguards:\n  max_deletes: 5\n  |', ['max_deletes_percent', 'min_admins', 'never_delete']],
    ['roles that need an approver', 'account', 'provider: telnyx\napprovers:\n  |', ['admin', 'administrator']],
    ['privileged roles', 'account', 'provider: twilio\nprivileged_roles:\n  - |', ['Account API Access Admin']],
    ['a person as a whole', 'people', '|', ['Person by e-mail and name']],
    ['the keys of a person', 'people', '- email: ada@acme.example\n  |', ['name', 'previously', 'github']],
    ['a team as a whole', 'team', '|', ['Team with its first grant', 'members', 'grants']],
    ['the keys of a member', 'team', 'grants: []\nmembers:\n  - email: ada@acme.example\n    |', ['until']],
    ['a grant as a whole', 'team', 'members: []\ngrants:\n  - |', ['Role in an account', 'Permission group in an account']],
    ['the keys of a grant', 'team', 'members: []\ngrants:\n  - account: telnyx-support\n    |', ['role', 'group', 'reason', 'until']],
    ['the keys of an approval', 'approval', 'account: telnyx-support\n|', ['deletes', 'reason', 'expires']],
    ['the keys of a roster', 'roster', 'attested_by: ada@acme.example\n|', ['attested_on', 'rows', 'rotated', 'reviewed']],
    ['the keys of a row', 'roster', 'rows:\n  - email: ada@acme.example\n    |', ['roles', 'status']],
    ['what a row may say', 'roster', 'rows:\n  - status: |', ['active', 'pending']],
  ])('%s', async (_what, kind, text, expected) => {
    expect(await proposed(kind, text)).toEqual(expect.arrayContaining([...expected]));
  });

  test('nothing as an object in disguise', async () => {
    const places = ['|', 'drift: |', 'guards: |', 'invites: |', 'approvers: |'];
    const inAccounts = await Promise.all(places.map((place) => proposed('account', `provider: telnyx\n${place}`)));
    const inLists = await Promise.all([
      proposed('people', '- email: ada@acme.example\n  name: Ada\n|'),
      proposed('roster', 'rows:\n  - |'),
    ]);
    expect([...inAccounts, ...inLists].flat().filter((label) => label.includes('['))).toEqual([]);
  });

  const accounts = readdirSync(`${ROOT}/policies/accounts`).map((file) => file.replace(/\.ya?ml$/, ''));
  test.each<[string, Kind, string]>([
    ['a grant', 'team', 'members: [ada@acme.example]\ngrants:\n  - account: |'],
    ['a grant half typed', 'team', 'members: [ada@acme.example]\ngrants:\n  - { account: t| }'],
    ['an approval', 'approval', 'account: |'],
  ])('the accounts that there are, and no other, in %s', async (_where, kind, text) => {
    expect((await proposed(kind, text)).toSorted()).toEqual(accounts.toSorted());
  });

  test('the roles of all four kinds of account, each with the vendor it belongs to', async () => {
    const roles = await propose('team', 'members: []\ngrants:\n  - account: telnyx-support\n    role: |');
    const known = [TELNYX_SUB_USERS, TELNYX_ORGANIZATIONS, TWILIO_ORGANIZATION, TWILIO_CONSOLE].flatMap((api) =>
      rolesOf(api).map((role) => `${role} (${api.provider})`),
    );
    const products = TWILIO_ROLES.filter(({ product_group }) => product_group !== null).map((role) => `${role.friendly_name} (twilio)`);
    const said = roles.map(({ label, documentation }) => `${label} (${wordsOf(documentation).split(/[:,]/)[0]?.toLowerCase()})`);
    expect(said.toSorted()).toEqual([...new Set([...known, ...products])].toSorted());
  });
});

describe('a hover', () => {
  test.each(EVERY_KIND)('says in a file of kind %s what each key means', async (kind) => {
    const found = WHOLE_FILES[kind].flatMap((text) => keysIn(text).map((key) => ({ ...key, text })));
    const meanings = new Map(meaningsOf(schemaOf(kind), '', schemaOf(kind)));
    expect([...new Set(found.map(({ path }) => path))].toSorted()).toEqual([...meanings.keys()].toSorted());
    const paths = WHOLE_FILES[kind].map((text) => [text, newFile(kind)] as const);
    for (const [text, path] of paths) void bySettings.type(path, text);
    const pathOf = new Map<string, string>(paths);
    const silent = found.map(async ({ path, text, line, character }) => {
      const said = unescaped(await bySettings.hover(pathOf.get(text) ?? '', line, character));
      const meaning = meanings.get(path)?.description ?? '(none)';
      // What a hover over an account's name says comes from the list of names, which has one more sentence.
      return said.includes(meaning.replace(', such as telnyx-production.', '')) ? [] : [`${path}: ${said}`];
    });
    expect((await Promise.all(silent)).flat()).toEqual([]);
  });

  test('says what each value of a choice does', async () => {
    const path = newFile('account');
    void bySettings.type(path, 'provider: twilio\napi: console\n');
    expect(unescaped(await bySettings.hover(path, 1, 7))).toContain(
      '* `console`: Twilio without an organization: people are changed by hand',
    );
  });

  test('says which value holds where none is given', () => {
    const silent = EVERY_KIND.flatMap((kind) => [...meaningsOf(schemaOf(kind), '', schemaOf(kind))])
      .filter(([, { default: value, description }]) => value !== undefined && !description?.endsWith(` Default: ${value}.`))
      .map(([path]) => path);
    expect(silent).toEqual([]);
  });
});

test('the docs show what the editor really says', async () => {
  const { showEditor }: { showEditor(): Promise<string> } = await import(`${ROOT}/scripts/show-editor.mjs`);
  const [, section] = readFileSync(`${ROOT}/docs/editors.md`, 'utf8').split('<!-- shown by scripts/show-editor.mjs -->\n');
  expect(section).toBe(await showEditor());
});

function wordsOf(documentation: Proposal['documentation']): string {
  return typeof documentation === 'string' ? documentation : (documentation?.value ?? '');
}

/** A hover is Markdown, in which the server escapes what Markdown would read. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([\\`*_{}[\]#+!])/g, '$1');
}

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

function schemaOf(kind: Kind): Schema {
  return JSON.parse(readFileSync(`${ROOT}/schemas/${kind}.schema.json`, 'utf8'));
}

/** Every key that a schema has, by where it stands; list positions and free names are `*`. */
function* meaningsOf(schema: Schema, path: string, root: Schema): Generator<[string, Schema]> {
  const target = schema.$ref?.startsWith('#/$defs/') ? root.$defs?.[schema.$ref.slice('#/$defs/'.length)] : undefined;
  if (target !== undefined) yield* meaningsOf(target, path, root);
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    yield [`${path}/${key}`, inner];
    yield* meaningsOf(inner, `${path}/${key}`, root);
  }
  for (const inner of Object.values(schema.patternProperties ?? {})) yield [`${path}/*`, inner];
  for (const inner of [schema.items ?? [], schema.anyOf ?? []].flat())
    yield* meaningsOf(inner, schema.items === inner ? `${path}/*` : path, root);
}

interface Key {
  readonly path: string;
  readonly line: number;
  readonly character: number;
}

/** Where each key of a file stands. A key of `approvers` is a free name. */
function keysIn(text: string): readonly Key[] {
  const lines = new LineCounter();
  const walk = (node: unknown, path: string): Key[] => {
    if (isSeq(node)) return node.items.flatMap((item) => walk(item, `${path}/*`));
    if (!isMap(node)) return [];
    return node.items.flatMap(({ key, value }) => {
      if (!isScalar(key)) return [];
      const here = `${path}/${path === '/approvers' ? '*' : String(key.value)}`;
      const { line, col } = lines.linePos(key.range?.[0] ?? 0);
      return [{ path: here, line: line - 1, character: col }, ...walk(value, here)];
    });
  };
  return walk(parseDocument(text, { lineCounter: lines }).contents, '');
}
