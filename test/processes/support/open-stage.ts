import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { TelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { TwilioWorld } from '../../../src/emulator/twilio/create-twilio-world.ts';
import { createRealWorld } from '../../../src/real-world.ts';
import { runCli } from '../../../src/run-cli.ts';
import type { Policies } from '../../scenarios/support/company.ts';
import { judgeWrite } from './judge-write.ts';
import { type Process, startProcess } from './start-process.ts';
import { startVendors, type Vendors } from './start-vendors.ts';
import type { Story } from './stories.ts';

const START_MS = Date.parse('2026-11-22T09:00:00.000Z');
/** A request of which nobody knows is not repeated before. */
const SETTLE_MS = 11 * 60_000;
/** A lock is written beside and linked: whoever is killed between the two leaves this, which nobody takes for a lock. */
const HALF_A_LOCK = /^ledger\.jsonl\.lock(\.after-[a-z0-9]+\.\d+)?\.[a-z0-9]+\.new$/;
const LEDGER = '.rollcall/ledger.jsonl';

/** A story as it stands before its command: prepared once, played often. */
export interface Prepared {
  readonly story: Story;
  readonly folder: string;
  /** What the command does when nobody disturbs it. */
  readonly undisturbed: { readonly requests: number; readonly ledgerBytes: number; readonly grownBytes: number; readonly lastsMs: number };
  discard(): Promise<void>;
}

export interface Said {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run of a story: vendors of its own, and a folder of its own with a real ledger in it. */
export interface Stage {
  readonly vendors: Vendors;
  readonly folder: string;
  readonly ledger: string;
  /** The story's command, as a process. */
  start(): Process;
  /** The same in this process: the source in place of the build, on the same disk and the same sockets. */
  run(...argv: string[]): Promise<Said>;
  /** Time passes, for vendors and for rollcall. */
  settle(): void;
  /** Lets go of an answer that a `delay` holds back; until then it lasts for ever. */
  answer(): void;
  /** Runs the command until nothing is owed, and looks at everything that a disturbed run must not have spoilt. */
  expectFinished(words: string): Promise<void>;
  close(): Promise<void>;
}

/** Policies, plan and ledger of a story as they stand before its command. */
export async function prepareFolder(story: Story): Promise<Prepared> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-story-'));
  await writePolicies(folder, story.before);
  const undisturbed = { requests: 0, ledgerBytes: 0, grownBytes: 0, lastsMs: 0 };
  const prepared: Prepared = { story, folder, undisturbed, discard: () => rm(folder, { recursive: true, force: true }) };
  const stage = await openStage('', prepared);
  expect(await stage.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(stage.vendors.writes()).toEqual([]);
  await writePolicies(stage.folder, story.after);
  if (story.argv.includes('--plan')) expect(await stage.run('plan', '--out', 'plan.json')).toMatchObject({ exit: 0 });
  await prepared.discard();
  await cp(stage.folder, folder, { recursive: true });
  await stage.close();
  return prepared;
}

/** The same, with what the built command line does when nobody disturbs it. */
export async function prepareStory(file: string, story: Story): Promise<Prepared> {
  const prepared = await prepareFolder(story);
  return { ...prepared, undisturbed: await playUndisturbed(file, prepared) };
}

async function playUndisturbed(file: string, prepared: Prepared): Promise<Prepared['undisturbed']> {
  const stage = await openStage(file, prepared);
  const ledgerBytes = (await readFile(stage.ledger)).length;
  let requests = 0;
  stage.vendors.watch = (at) => {
    if (at === 'arrived') requests += 1;
  };
  const startedMs = performance.now();
  const ended = await stage.start().ended;
  const lastsMs = performance.now() - startedMs;
  expect(ended, ended.stderr + ended.stdout).toMatchObject({ exit: 0 });
  const grownBytes = (await readFile(stage.ledger)).length - ledgerBytes;
  const sent = requests;
  await stage.expectFinished('undisturbed');
  await stage.close();
  return { requests: sent, ledgerBytes, grownBytes, lastsMs };
}

export async function openStage(file: string, { story, folder: from }: Prepared): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-stage-'));
  await cp(from, folder, { recursive: true });
  let nowMs = START_MS;
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const vendors = await startVendors(story.seeds, { now: () => nowMs, sleep: () => held });
  const ledger = path.join(folder, LEDGER);
  const env = () => ({ ...vendors.env, ROLLCALL_NOW: new Date(nowMs).toISOString() });
  const wrong: string[] = [];
  vendors.judge = (request) => {
    const judged = judgeWrite(readFileSync(ledger, 'utf8'), request);
    if (judged !== null) wrong.push(judged);
  };
  // People act before the command and after the baseline, which a copied folder has behind it.
  if (await readFile(ledger).catch(() => null)) story.people(vendors);
  const stage: Stage = {
    vendors,
    folder,
    ledger,
    start: () => startProcess(file, story.argv, folder, env()),
    run: (...argv) => runHere(argv, folder, env()),
    settle: () => {
      nowMs += SETTLE_MS;
    },
    answer: () => answer(),
    expectFinished: async (words) => {
      await expectFinished(stage, story, words);
      expect(wrong, words).toEqual([]);
    },
    close: async () => {
      await vendors.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

async function expectFinished(stage: Stage, story: Story, when: string): Promise<void> {
  const { vendors } = stage;
  vendors.telnyx.faults.clear();
  await finish(stage, story, when);
  for (const [account, people] of Object.entries(story.live)) expect(liveOf(account, vendors), when).toEqual(people);
  const writes = vendors.writes();
  const words = (made: typeof writes) => made.map(({ method, path: where, body }) => `${method} ${where} ${body}`);
  expect(words(writes.filter((one) => one.applied)), when).toHaveLength(story.writes);
  // Nothing is asked for a second time unless a read said that the vendor had not done it.
  const heard = words(writes.filter((one) => one.applied || one.fault === null));
  expect(new Set(heard).size, when).toBe(heard.length);
  const again = await stage.run(...story.argv.filter((word) => !word.startsWith('--plan') && word !== 'plan.json'), ...yes(story));
  expect(again.exit, `${when}\n${again.stdout}${again.stderr}`).toBe(0);
  expect(vendors.writes(), `${when}: the next run sends nothing`).toHaveLength(writes.length);
  expect(await stage.run('ledger', 'verify'), when).toMatchObject({ exit: 0, stdout: expect.stringContaining('Verified.') });
  const left = await readdir(path.dirname(stage.ledger));
  expect(
    left.filter((name) => !HALF_A_LOCK.test(name)),
    when,
  ).toEqual(['ledger.jsonl']);
}

function yes(story: Story): readonly string[] {
  return story.argv.includes('--plan') ? ['--yes'] : [];
}

async function finish(stage: Stage, story: Story, words: string): Promise<void> {
  for (let runs = 1; runs <= 4; runs += 1) {
    const said = await stage.run(...story.argv);
    if (said.exit === 0) return;
    expect([6, 10], `${words}\n${said.stdout}${said.stderr}`).toContain(said.exit);
    stage.settle();
  }
  throw new Error(`${words}: four runs did not finish the work`);
}

async function runHere(argv: readonly string[], folder: string, env: Readonly<Record<string, string>>): Promise<Said> {
  const never = new AbortController().signal;
  const out = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[name] += text;
    },
    isTerminal: false,
    columns: 120,
  });
  const real = createRealWorld(process, never, never);
  const inside = (file: string) => path.resolve(folder, file);
  const files = {
    ...real.files,
    resolve: inside,
    readText: (file: string, maxBytes: number) => real.files.readText(inside(file), maxBytes),
    writeText: (file: string, text: string) => real.files.writeText(inside(file), text),
    policies: (file: string) => real.files.policies(inside(file)),
  };
  const world = {
    ...real,
    // Nobody waits here for time to pass.
    clock: { ...real.clock, sleep: async () => undefined },
    env,
    cwd: folder,
    files,
    git: (place: string) => real.git(inside(place)),
    openStorage: (file: string) => real.openStorage(inside(file)),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    ask: null,
    prompt: null,
  };
  const exit = await runCli(argv, world);
  return { exit, ...out };
}

export function liveOf(account: string, { telnyx, twilio }: { readonly telnyx: TelnyxWorld; readonly twilio: TwilioWorld }): string[] {
  const people = telnyx.accounts.includes(account)
    ? telnyx.state(account).users.map((user) => ({ ...user, roles: [user.role] }))
    : twilio.state(account).people.filter(({ roles }) => roles.length > 0);
  return people
    .map(({ email, roles, status }) =>
      [email.replace(/@acme\.example$/, ''), [...roles].toSorted().join('+'), ...(status === 'active' ? [] : [status])].join(' '),
    )
    .toSorted();
}

async function writePolicies(folder: string, policies: Policies): Promise<void> {
  await rm(path.join(folder, 'policies'), { recursive: true, force: true });
  for (const [name, text] of Object.entries(policies)) {
    const whole = path.join(folder, 'policies', name);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, text);
  }
}
