import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Http, TextSink } from '../src/ports.ts';
import { createRealWorld } from '../src/real-world.ts';
import { runCli } from '../src/run-cli.ts';

/** The demo in this process, on the example policies of this repository. */
async function tell(...argv: string[]): Promise<Told> {
  return tellOn(100, ...argv);
}

interface Told {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The hosts that were asked, and every file that was written. */
  readonly hosts: ReadonlySet<string>;
  readonly written: readonly string[];
}

async function tellOn(columns: number, ...argv: string[]): Promise<Told> {
  const never = new AbortController().signal;
  const out = { stdout: '', stderr: '' };
  const collect = (stream: keyof typeof out): TextSink => ({
    write: (text) => {
      out[stream] += text;
    },
    isTerminal: false,
    columns,
  });
  const real = createRealWorld(process, never, never);
  const hosts = new Set<string>();
  const written: string[] = [];
  const exit = await runCli(['demo', ...argv], {
    ...real,
    env: {},
    openHttp: async () => {
      const http = await real.openHttp();
      const send: Http['send'] = (request) => {
        hosts.add(new URL(request.url).hostname);
        return http.send(request);
      };
      return { ...http, send };
    },
    files: {
      ...real.files,
      writeText: (file, text) => {
        written.push(file);
        return real.files.writeText(file, text);
      },
    },
    stdout: collect('stdout'),
    stderr: collect('stderr'),
  });
  return { exit, ...out, hosts, written };
}

const POLICIES = path.resolve(import.meta.dirname, '../policies');

let told: Told;
beforeAll(async () => {
  told = await tell('--policies', POLICIES);
});

const atHome = new Map<number, Promise<Told>>();

/** Told in the folder of the repository, once for each width. */
function tellAtHome(columns: number): Promise<Told> {
  const telling = atHome.get(columns) ?? tellOn(columns, '--policies', 'policies');
  atHome.set(columns, telling);
  return telling;
}

/** Every part stands in the story, one after the other. */
function expectInOrder(story: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = story.indexOf(part, from);
    expect(at, `the story has no "${part.trim()}" where it belongs`).toBeGreaterThanOrEqual(from);
    from = at + part.length;
  }
}

test('the demo tells the whole story on few pages and ends with 0', () => {
  const { exit, stdout, stderr } = told;
  expect(stderr).toBe('');
  expect(exit).toBe(0);
  expectInOrder(stdout, [
    'ACT ONE',
    '$ rollcall ci apply',
    'Observed, signed and kept on rollcall-state',
    '$ rollcall ci plan',
    'mina.park@acme.example becomes admin in telnyx-production',
    'One of @acme/security has to approve',
    '$ rollcall ci apply',
    'Approved by grace; admin in telnyx-production by grace.',
    'ACT TWO',
    'ACT THREE',
    '$ rollcall validate',
    '$ rollcall plan\n',
    'blocked',
    'exit 5',
    'deletes:',
    '$ rollcall plan --out plan.json',
    'covered by an',
    '$ rollcall apply --plan plan.json',
    'exit 10',
    '$ rollcall apply --plan plan.json',
    'applied    delete grace.murray@acme.example',
    'No changes.',
    '$ rollcall ledger verify',
    'Verified.',
    'ACT FOUR',
    'YOUR OWN ACCOUNTS',
    '$ npx rollcall init ../access\n',
    '$ npx rollcall doctor --policies ../access/policies\n',
    '$ npx rollcall import --policies ../access/policies\n',
  ]);
  const story = stdout.slice(0, stdout.indexOf('YOUR OWN ACCOUNTS'));
  const [before, fourth] = story.split('ACT FOUR').map((part) => part.split('\n').length);
  expect(before).toBeLessThan(275);
  expect(fourth).toBeLessThan(170);
});

test("the demo ends with the three commands that do the same on accounts of one's own, each saying what it is for", () => {
  expect(told.stdout.slice(told.stdout.indexOf('YOUR OWN ACCOUNTS'))).toBe(
    `YOUR OWN ACCOUNTS

A repository: your accounts, the workflows, and what is left to set up.
$ npx rollcall init ../access

At any time: keys, rulesets, environment, workflows; what is missing, each with its fix.
$ npx rollcall doctor --policies ../access/policies

On a branch, once the first commit is on main: who is there, as policies. No account is changed.
$ npx rollcall import --policies ../access/policies
`,
  );
});

test('at night the demo takes back what somebody gained, leaves the leaver out, and says who did it in an issue', () => {
  const { stdout } = told;
  const night = stdout.split('ACT TWO')[1]?.split('Monday')[0] ?? '';
  expectInOrder(night, [
    '$ rollcall ci drift',
    'applied    delete mallory@elsewhere.example (invited admin)',
    'applied    patch dmitri.volkov@acme.example: admin → member',
    'Applied 2,',
    'exit 2: changes present\n',
    '"rollcall: telnyx-production", is open:',
    '3 differences nobody approved · 1 offboarding incomplete',
    '🔴 dmitri.volkov@acme.example · raised (drift)',
    'By whom: likely jonas.weber@acme.example, 2026-11-27 22:50 UTC',
    'What was done: reverted',
    '🔴 mallory@elsewhere.example · stray invitation (drift)',
    'By whom: likely jonas.weber@acme.example, 2026-11-27 22:50 UTC',
    'What was done: reverted',
    '🟡 bo.nilsson@acme.example · vanished (drift)',
    'By whom: likely ines.okafor@acme.example, 2026-11-27 22:40 UTC',
    'What was done: nothing was done · lost, only reported',
    'Offboarding incomplete',
    'dmitri.volkov@acme.example, who lost the access',
  ]);
  expect(night).not.toContain('<!--');
});

test('in the morning the demo takes the leaver out of the policies, attests the keys, writes nothing to the account, and closes the issue', () => {
  const { stdout } = told;
  const morning = stdout.split('Monday')[1]?.split('ACT THREE')[0] ?? '';
  expectInOrder(morning, [
    '$ rollcall ci drift',
    'Applied 0,',
    'exit 2',
    '$ rollcall ci plan',
    'Access plan: no changes · 🔴 1 setting loosened',
    '$ rollcall ci apply',
    'Applied 0,',
    'exit 0',
    '$ rollcall ci drift',
    'Applied 0,',
    'exit 0',
    '"rollcall: telnyx-production", which is closed:',
    'Everything is as the policies say.',
    'Settled',
    'bo.nilsson@acme.example, vanished (drift)',
    'offboarding incomplete: dmitri.volkov@acme.example, keys not read',
  ]);
});

/** What the fourth act has to say, wherever its lines end. */
const VENDORS = [
  'two vendors, four kinds of account',
  '$ rollcall doctor',
  '✓ twilio-main twilio organization · the credential works: the OAuth client was given a token',
  'What each kind of account can do',
  '5 credentials work.',
  '0 are wrong, 3 could not be made. exit 0',
  '$ rollcall plan --account twilio-main',
  '- delete priya.nair@acme.example',
  '~ patch ada.lindqvist@acme.example administrator → Studio Admin, developer',
  'loses privilege',
  '~ patch mina.park@acme.example inactive developer → Studio Admin, developer',
  'active again',
  '+ invite noor.rahman@acme.example → Studio Admin, developer',
  'API keys that priya.nair@acme.example could read and that stay valid (2): SK',
  '(ivr-deploy, 2025-03-04)',
  '(porting-report, 2026-08-19)',
  'an identity outside SCIM',
  'Admins: 4 → 3.',
  '$ rollcall apply --account twilio-main --yes',
  'applied delete priya.nair@acme.example (developer)',
  'Applied 4, already 0, failed 0, undecided 0, deferred 0, manual 0, withheld 0. exit 0',
  '$ rollcall ledger show --account twilio-main',
  'patch ada.lindqvist@acme.example: administrator → Studio Admin, developer, in 3 requests: take administrator',
  'accepted: take administrator for ada.lindqvist@acme.example',
  'accepted: give Studio Admin for ada.lindqvist@acme.example',
  'accepted: give developer for ada.lindqvist@acme.example',
  'applied: patch ada.lindqvist@acme.example',
  'Not wholly gone: 1 person priya.nair@acme.example in twilio-main offboarding incomplete: 2 API keys older than 2026-11-23',
  '$ rollcall roster --account twilio-labs --attested-by ines.okafor@acme.example',
  'active ada.lindqvist@acme.example administrator',
  'pending noor.rahman@acme.example developer',
  '$ rollcall plan --account twilio-labs',
  '! patch ada.lindqvist@acme.example administrator → developer',
  'by hand',
  '3. Disable Administrator and confirm',
  '4. Tick Developer, and choose Save.',
  '0 to patch, 0 to delete, 1 by hand',
  '$ rollcall roster --account twilio-labs --attested-by ines.okafor@acme.example',
  '$ rollcall plan --account twilio-labs --detailed-exitcode',
  'No changes. Live access matches policy.',
  'exit 0',
  '$ rollcall observe --out observation.json',
  'twilio-main: 7 principals, complete',
  '$ rollcall explain ada.lindqvist@acme.example',
  'telnyx-production telnyx',
  'telnyx-support telnyx',
  'twilio-labs twilio',
  'twilio-main twilio',
];

/** Columns and fill turned into single spaces; at a narrow width a dot parts what a wide one has in columns. */
function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

test.each([80, 100, 120])(
  'with %i columns the fourth act has two vendors in it, a change in parts, keys left behind and a console that people work',
  async (columns) => {
    const story = columns === 100 ? told : await tellAtHome(columns);
    expect(story.stderr).toBe('');
    const act = story.stdout.split('ACT FOUR')[1] ?? '';
    expectInOrder(inOneLine(act), VENDORS);
    // Three sentences that stand in one line however wide that is.
    const fixed = /^(Plan: |Hold it against the Console |.*\/rosters\/twilio-labs\.yaml: 6 rows)/;
    expect(act.split('\n').filter((line) => [...line].length > columns && !fixed.test(line))).toEqual([]);
  },
);

test('nothing of the demo leaves the machine or stays on it', () => {
  expect([...told.hosts]).toEqual(['127.0.0.1']);
  expect(told.written.length).toBeGreaterThan(0);
  for (const file of told.written) expect(existsSync(file), `${file} is still there`).toBe(false);
});

test('the demo has no colour where no terminal is, no trace of a key, and nobody but invented people', () => {
  const { stdout } = told;
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toMatch(/(KEY|TOKEN|SECRET)-/);
  const addresses = stdout.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
  expect(addresses.length).toBeGreaterThan(10);
  for (const address of addresses) expect(address).toMatch(/\.example$|^support@telnyx\.com$/);
});

test('two tellings of the demo are the same but for ports and commits, which hold a key of their own', async () => {
  const plain = (text: string) =>
    text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT').replace(/(?<=(?:head|base|Applied) )[0-9a-f]{12}\b/g, 'COMMIT');
  const again = await tell('--policies', POLICIES);
  expect(plain(again.stdout)).toBe(plain(told.stdout));
});

test('the demo without its policies says where it can be run', async () => {
  const { exit, stderr } = await tell('--policies', '/nowhere');
  expect(exit).not.toBe(0);
  expect(stderr).toContain('the demo needs the example policies');
});

test('the plan in the README is the demo’s own, but for the rows that are cut', async () => {
  const { stdout } = await tellAtHome(120);
  const told = new Set(stdout.split('\n'));
  const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8');
  const shown = readme.split('$ rollcall plan\n')[1]?.split('```')[0]?.split('\n') ?? [];
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter((line) => line !== '' && !told.has(line))).toEqual([]);
});
