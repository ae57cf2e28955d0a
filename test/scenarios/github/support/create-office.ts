import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { makeKeyPair } from '../../../../src/apply/signatures.ts';
import type { TelnyxWorld } from '../../../../src/emulator/create-telnyx-world.ts';
import type { People } from '../../../../src/emulator/github/open-people.ts';
import type { GithubSeed } from '../../../../src/emulator/github/parse-github-seed.ts';
import { type RunningGithub, startGithub } from '../../../../src/emulator/github/start-github.ts';
import type { TelnyxSeedAccount } from '../../../../src/emulator/parse-telnyx-seed.ts';
import type { TwilioWorld } from '../../../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeed } from '../../../../src/emulator/twilio/parse-twilio-seed.ts';
import type { Http, HttpRequest, World } from '../../../../src/ports.ts';
import { createHttpClient } from '../../../../src/provider/http-client.ts';
import { createRealWorld } from '../../../../src/real-world.ts';
import { runCli } from '../../../../src/run-cli.ts';
import { createRandom } from '../../../../src/text/create-random.ts';
import { createKindsChecker, type KindsChecker } from '../../kinds/support/create-kinds-checker.ts';
import { address, nameOf, OWNER, type Policies } from '../../support/company.ts';
import { type Checker, createChecker } from '../../support/create-checker.ts';
import { keyOf, START } from '../../support/create-scenario.ts';
import { openVendors } from './open-vendors.ts';

const HOUR_MS = 3_600_000;
const TOKEN = 'ghs_CANARY-actions-of-acme';
const FORK_TOKEN = 'ghs_CANARY-read-only-of-a-fork';
const ADA_TOKEN = 'ghp_CANARY-of-ada';
const MEMBERS_TOKEN = 'ghs_CANARY-reads-members';
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const never = new AbortController().signal;
const real = createRealWorld(process, never, never);

export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface OfficeOptions {
  readonly policies: Policies;
  /** By account: `ada admin`, `bob member invited`. */
  readonly live?: Readonly<Record<string, readonly string[]>>;
  /** Accounts of other kinds, beside or instead of those. */
  readonly telnyx?: readonly TelnyxSeedAccount[];
  readonly twilio?: TwilioSeed;
  /** Team members by `acme/security`. */
  readonly teams?: Readonly<Record<string, readonly string[]>>;
  readonly isPrivate?: boolean;
  /** Whether nothing was pushed to the repository yet, and there is no public key in it. */
  readonly isEmpty?: boolean;
  /** Whether the jobs have a token that may read who is in a team. */
  readonly readsMembers?: boolean;
}

export interface PlanOptions {
  readonly event?: 'pull_request' | 'workflow_dispatch' | 'schedule';
  /** As a pull request from a fork gets it: read only. */
  readonly forkToken?: boolean;
  readonly flags?: readonly string[];
}

export interface Issue {
  readonly number: number;
  readonly state: string;
  readonly labels: readonly string[];
  readonly body: string;
  readonly comments: readonly string[];
}

export interface ApplyOptions {
  readonly event?: 'push' | 'workflow_dispatch' | 'schedule';
  readonly sha?: string;
  readonly ref?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told of every vendor write, before it goes out. */
  readonly onWrite?: (nth: number) => void;
  readonly http?: (inner: Http) => Http;
}

/** Somebody's own machine: relative paths begin in its folder. */
export interface DeskOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What they answer on a terminal that asks; null ends the input. */
  readonly answer?: (question: string) => string | null;
}

/** A company with a repository, a vendor account and two jobs: everything a story on GitHub needs. */
export interface Office {
  readonly github: RunningGithub;
  readonly people: People;
  readonly vendor: TelnyxWorld;
  readonly twilio: TwilioWorld;
  /** The first run on the default branch: it observes and writes the first state. */
  begin(): Promise<Ended>;
  /** A pull request of somebody's; paths are inside `policies/`, null deletes a file. */
  propose(author: string, title: string, changes: Policies | Readonly<Record<string, string | null>>, from?: string): Promise<number>;
  /** More commits on the branch of a pull request. */
  push(number: number, author: string, changes: Readonly<Record<string, string | null>>): Promise<string>;
  /** A commit straight to main. */
  pushToMain(author: string, changes: Readonly<Record<string, string | null>>): Promise<string>;
  approve(number: number, by: string): Promise<void>;
  merge(number: number, method?: 'squash' | 'merge' | 'rebase'): Promise<string>;
  plan(number: number, options?: PlanOptions): Promise<Ended>;
  planGroup(head: string, base: string, ref: string): Promise<Ended>;
  apply(options?: ApplyOptions): Promise<Ended>;
  /** The scheduled night watch. */
  drift(options?: ApplyOptions): Promise<Ended>;
  /** A command at somebody's desk, with the keys of every account in the environment and no token of GitHub's. */
  atDesk(folder: string, argv: readonly string[], options?: DeskOptions): Promise<Pick<Ended, 'exit' | 'stdout' | 'stderr'>>;
  /** Where Ada pushes to, with her token. */
  readonly remote: string;
  /** The rolling issue of an account; null when there is none. */
  issue(account?: string): Issue | null;
  /** Our comment on a pull request without its marker, commits by letters; null when there is none. */
  comment(number: number): string | null;
  checks(sha: string): readonly { readonly conclusion: string | null; readonly title: string | null; readonly annotations: number }[];
  tip(branch?: string): Promise<string>;
  hours(count: number): void;
  now(): string;
  live(account?: string): string[];
  /** From now on requests are judged by these policies, where others than those of main are the ones that people agreed to. */
  judgeBy(policies: Policies): void;
  writes(): string[];
  /** All lines of the ledger on the state branch. */
  ledger(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function createOffice(options: OfficeOptions): Promise<Office> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-office-'));
  let nowMs = Date.parse(START);
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      if (Number.isFinite(ms)) nowMs += ms;
    },
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
  const live = Object.entries(options.live ?? {});
  const accounts: TelnyxSeedAccount[] = [
    ...live.map(([name, users]) => ({ name, key: keyOf(name), owner: OWNER, users: users.map(seedUser) })),
    ...(options.telnyx ?? []),
  ];
  const vendors = openVendors(clock, accounts, options.twilio ?? {});
  const { telnyx: vendor, twilio } = vendors;
  const keys = makeKeyPair();
  const github = await startGithub({ clock, random: createRandom(5), git: real.git, folder, seed: seedOf(options, keys.publicLine) });
  const people = github.world.repository();
  let policies: Policies = { ...options.policies };
  let agreedTo: Policies | null = null;
  const ofKinds = options.telnyx !== undefined || options.twilio !== undefined;
  const kinds: KindsChecker | null = ofKinds ? createKindsChecker({ telnyx: vendor, twilio, policies: () => policies, clock }) : null;
  const checker: Checker = createChecker(vendor, () => policies, clock);
  const secrets = new Set(Object.entries(vendors.env).flatMap(([name, value]) => (/(TOKEN|SECRET|KEY)$/.test(name) ? [value] : [])));
  let written = 0;
  let jobs = 0;

  const office: Office = {
    github,
    people,
    vendor,
    twilio,
    begin: () => office.apply({ event: 'workflow_dispatch' }),
    propose: async (author, title, changes, from) => {
      const branch = `${author}/${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
      await people.commitFiles(branch, inPolicies(changes), title, author, from === undefined ? {} : { from });
      clock.advance(60_000);
      return people.openPull({ head: branch, base: 'main', title, author });
    },
    push: (number, author, changes) => {
      const branch = people.repository.issues.get(number)?.pull?.head.branch ?? '';
      clock.advance(60_000);
      return people.commitFiles(branch, inPolicies(changes), 'More', author);
    },
    pushToMain: (author, changes) => people.commitFiles('main', inPolicies(changes), 'Straight to main', author),
    approve: async (number, by) => {
      clock.advance(60_000);
      await people.review(number, { by, state: 'approved' });
    },
    merge: async (number, method = 'squash') => {
      clock.advance(60_000);
      return people.merge(number, { method, by: 'grace' });
    },
    plan: async (number, { event = 'pull_request', forkToken = false, flags = [] } = {}) => {
      const payload = event === 'pull_request' ? { pull_request: { number } } : {};
      const extra = event === 'workflow_dispatch' ? ['--pull', String(number)] : [];
      return job(['ci', 'plan', ...extra, ...flags], {
        env: { GITHUB_EVENT_NAME: event, GITHUB_REF: `refs/pull/${number}/merge`, GITHUB_TOKEN: forkToken ? FORK_TOKEN : TOKEN },
        payload,
      });
    },
    planGroup: (head, base, ref) =>
      job(['ci', 'plan'], {
        env: { GITHUB_EVENT_NAME: 'merge_group', GITHUB_REF: ref },
        payload: { merge_group: { head_sha: head, base_sha: base } },
      }),
    drift: async (given = {}) => writingJob('drift', { event: 'schedule', ...given }),
    apply: async (given = {}) => writingJob('apply', given),
    atDesk,
    remote: `${github.serverUrl.replace('http://', `http://x-access-token:${ADA_TOKEN}@`)}/acme/access.git`,
    issue: (account) => {
      const ours = [...people.repository.issues.values()].filter(
        (one) => one.pull === null && one.author.login === 'github-actions[bot]' && one.title.endsWith(account ?? accounts[0]?.name ?? ''),
      );
      expect(ours.length).toBeLessThan(2);
      const [issue] = ours;
      if (issue === undefined) return null;
      const comments = [...people.repository.comments.values()].filter((one) => one.issue === issue.number);
      return {
        number: issue.number,
        state: issue.state,
        labels: issue.labels,
        body: readable(issue.body, github.origin),
        comments: comments.map((one) => readable(one.body, github.origin)),
      };
    },
    comment: (number) => {
      const ours = [...people.repository.comments.values()].filter(
        (one) => one.issue === number && one.author.login === 'github-actions[bot]',
      );
      expect(ours.length).toBeLessThan(2);
      return ours[0] === undefined ? null : readable(ours[0].body, github.origin);
    },
    checks: (sha) =>
      [...people.repository.checks.values()]
        .filter((one) => one.suite.sha === sha)
        .map(({ conclusion, title, annotations }) => ({ conclusion, title, annotations: annotations.length })),
    tip: async (branch = 'main') => (await people.tip(branch)) ?? '',
    hours: (count) => clock.advance(count * HOUR_MS),
    now: () => new Date(nowMs).toISOString(),
    judgeBy: (agreed) => {
      agreedTo = agreed;
    },
    live: (account) => vendors.live(account ?? accounts[0]?.name ?? ''),
    writes: () => {
      const all = kinds?.writes ?? checker.writes.map((one) => one.words);
      const fresh = all.slice(written);
      written = all.length;
      return fresh;
    },
    ledger: async () => {
      const { git } = people.repository;
      const listed = await git.run(['ls-tree', '-r', '--name-only', 'rollcall-state', '--', 'ledger/']);
      const lines: string[] = [];
      for (const file of new TextDecoder()
        .decode(listed.stdout)
        .split('\n')
        .filter((name) => name !== '')
        .toSorted()) {
        const { stdout } = await git.run(['show', `rollcall-state:${file}`]);
        lines.push(...new TextDecoder().decode(stdout).trimEnd().split('\n'));
      }
      return lines;
    },
    stop: async () => {
      await github.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function writingJob(
    command: 'apply' | 'drift',
    { event = 'push', sha, ref = 'refs/heads/main', flags = [], env = {}, onWrite, http }: ApplyOptions,
  ): Promise<Ended> {
    policies = agreedTo ?? (await readPolicies());
    const opens = { ROLLCALL_SIGNING_KEY: keys.privateKey, ...vendors.env };
    kinds?.begin();
    return job(['ci', command, ...flags], {
      env: { GITHUB_EVENT_NAME: event, GITHUB_REF: ref, GITHUB_SHA: sha ?? (await office.tip()), ...opens, ...env },
      payload: {},
      onWrite,
      http,
    });
  }

  async function atDesk(folder: string, argv: readonly string[], { env = {}, answer }: DeskOptions = {}) {
    const out = { stdout: '', stderr: '' };
    const at = (file: string) => path.resolve(folder, file);
    const exit = await runCli(argv, {
      env: { ...vendors.env, ...env },
      cwd: folder,
      clock,
      random: createRandom(3),
      openHttp: async () => vendors.http,
      files: {
        ...real.files,
        resolve: (file) => real.files.resolve(at(file)),
        readText: (file, maxBytes) => real.files.readText(at(file), maxBytes),
        writeText: (file, text) => real.files.writeText(at(file), text),
        create: (file, text) => real.files.create(at(file), text),
        policies: (inside) => real.files.policies(at(inside)),
      },
      git: (inside) => real.git(at(inside)),
      openStorage: (file) => real.openStorage(at(file)),
      stdout: collect((text) => {
        out.stdout += text;
      }),
      stderr: collect((text) => {
        out.stderr += text;
      }),
      ask: null,
      prompt:
        answer === undefined
          ? null
          : async (question) => {
              const given = answer(question);
              out.stdout += `${question}${given ?? ''}\n`;
              return given;
            },
      readInput: async () => '',
      interrupted: never,
      graceOver: never,
    });
    checkCanaries([out.stdout, out.stderr]);
    return { exit, ...out };
  }

  async function readPolicies(): Promise<Policies> {
    const { git } = people.repository;
    const listed = await git.run(['ls-tree', '-r', '--name-only', 'main', '--', 'policies/']);
    const found: Policies = {};
    for (const file of new TextDecoder()
      .decode(listed.stdout)
      .split('\n')
      .filter((name) => name !== '')) {
      const { stdout } = await git.run(['show', `main:${file}`]);
      found[file.slice('policies/'.length)] = new TextDecoder().decode(stdout);
    }
    return found;
  }

  interface Job {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly payload: unknown;
    readonly onWrite?: ((nth: number) => void) | undefined;
    readonly http?: ((inner: Http) => Http) | undefined;
  }

  /** One job on a machine of its own, as Actions gives it. */
  async function job(argv: readonly string[], { env, payload, onWrite, http: wrap }: Job): Promise<Ended> {
    jobs += 1;
    const number = jobs;
    const temp = await mkdtemp(path.join(folder, `job-${number}-`));
    const file = (name: string) => path.join(temp, name);
    await writeFile(file('event.json'), JSON.stringify(payload));
    const out = { stdout: '', stderr: '' };
    const violations: unknown[] = [];
    const outside = createHttpClient(MAX_BODY_BYTES);
    let writes = 0;
    const http: Http = {
      send: async (request) => {
        if (new URL(request.url).origin === github.origin) return outside.send(request);
        try {
          expect(argv[1], 'a plan spoke to a vendor').not.toBe('plan');
          if (kinds === null) checker.before(request);
          else kinds.before(request, isWrite(request) ? (await office.ledger()).join('\n') : '');
        } catch (error) {
          violations.push(error);
        }
        if (isWrite(request)) {
          writes += 1;
          onWrite?.(writes);
        }
        const reply = await vendors.http.send(request);
        kinds?.after(request, reply);
        return reply;
      },
      close: () => outside.close(),
    };
    const world: World = {
      env: {
        GITHUB_API_URL: github.origin,
        GITHUB_SERVER_URL: github.serverUrl,
        GITHUB_REPOSITORY: 'acme/access',
        GITHUB_TOKEN: TOKEN,
        GITHUB_RUN_ID: String(1000 + number),
        GITHUB_EVENT_PATH: file('event.json'),
        GITHUB_STEP_SUMMARY: file('summary.md'),
        GITHUB_OUTPUT: file('output.txt'),
        RUNNER_TEMP: file('temp'),
        ...(options.readsMembers === false ? {} : { ROLLCALL_MEMBERS_TOKEN: MEMBERS_TOKEN }),
        ...env,
      },
      cwd: temp,
      clock,
      random: createRandom(3),
      openHttp: async () => wrap?.(http) ?? http,
      files: real.files,
      git: real.git,
      openStorage: () => {
        throw new Error('a job in Actions has no ledger file');
      },
      stdout: collect((text) => {
        out.stdout += text;
      }),
      stderr: collect((text) => {
        out.stderr += text;
      }),
      ask: null,
      prompt: null,
      readInput: async () => '',
      interrupted: never,
      graceOver: never,
    };
    const exit = await runCli(argv, world);
    for (const violation of violations) throw violation;
    const summary = await readFile(file('summary.md'), 'utf8').catch(() => '');
    const output = await readFile(file('output.txt'), 'utf8').catch(() => '');
    const outputs = Object.fromEntries(output.split('\n').flatMap((line) => (line === '' ? [] : [line.split('=', 2) as [string, string]])));
    checkCanaries([out.stdout, out.stderr, summary, output, ...[...people.repository.comments.values()].map((one) => one.body)]);
    return { exit, ...out, summary, outputs };
  }
  return office;

  function checkCanaries(texts: Iterable<string>): void {
    for (const text of texts)
      for (const secret of ['CANARY', keys.privateKey, ...secrets]) expect(text.includes(secret), 'a secret was written').toBe(false);
  }
}

/** A text of ours as people would read it on any other day: hosts and commits are named in the order they appear. */
export function readable(body: string, origin: string): string {
  const names = new Map<string, string>();
  const nameOfCommit = (sha: string) => {
    const known = names.get(sha.slice(0, 12)) ?? `commit-${String.fromCharCode(65 + names.size)}`;
    names.set(sha.slice(0, 12), known);
    return known;
  };
  return body
    .replace(/^<!-- rollcall:\d+ -->\n/, '')
    .replaceAll(origin, 'https://github.example')
    .replaceAll(/\b[0-9a-f]{40}\b/g, nameOfCommit)
    .replaceAll(/(?<=(?:[Hh]ead|base|commit|Applied|approved|for|at) `)[0-9a-f]{12}(?=`)/g, nameOfCommit);
}

function inPolicies(changes: Readonly<Record<string, string | null>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, text]) => [name.startsWith('/') ? name.slice(1) : `policies/${name}`, text]),
  );
}

function seedOf({ policies, teams = {}, isPrivate = true, isEmpty = false }: OfficeOptions, publicLine: string): GithubSeed {
  const write = { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'write' } as const;
  const read = { contents: 'read', 'pull-requests': 'read', checks: 'read' } as const;
  const bot = { kind: 'actions', userId: 41_898_282, login: 'github-actions[bot]', appId: 15_368, repository: 'acme/access' } as const;
  return {
    users: [
      { login: 'ada', id: 101 },
      { login: 'grace', id: 102 },
      { login: 'hedy', id: 103 },
      { login: 'mallory', id: 666 },
    ],
    repositories: [
      {
        owner: 'acme',
        name: 'access',
        isPrivate,
        ...(isEmpty ? {} : { files: { ...(inPolicies(policies) as Record<string, string>), '.github/rollcall.pub': `${publicLine}\n` } }),
        author: 'grace',
        roles: { ada: 'write', grace: 'maintain', hedy: 'write' },
      },
    ],
    tokens: [
      { ...bot, value: TOKEN, permissions: write },
      { ...bot, value: FORK_TOKEN, permissions: read },
      { ...bot, value: ADA_TOKEN, kind: 'user', userId: 101, login: 'ada', appId: null, permissions: write },
      { ...bot, value: MEMBERS_TOKEN, kind: 'app', userId: 777, login: 'members[bot]', appId: 4242, permissions: { members: 'read' } },
    ],
    teams,
  };
}

function seedUser(words: string) {
  const [person = '', role = 'member', status = 'active'] = words.split(' ');
  return { email: address(person), name: nameOf(person), role, status };
}

/** A token is asked for by POST, and changes nothing. */
function isWrite({ method, url }: HttpRequest): boolean {
  return method !== 'GET' && !url.endsWith('/token');
}

function collect(write: (text: string) => void): World['stdout'] {
  return { write, isTerminal: false, columns: 120 };
}
