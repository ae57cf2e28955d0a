import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TelnyxFault } from '../../src/emulator/parse-telnyx-fault.ts';
import { createRandom } from '../../src/text/create-random.ts';
import { PRODUCTION } from '../scenarios/support/company.ts';
import { type Build, buildApart } from './support/build-apart.ts';
import { drawInstant, KINDS, lookOutFor } from './support/draw-instant.ts';
import { liveOf, openStage, type Prepared, prepareStory, type Stage } from './support/open-stage.ts';
import type { Ended, Process } from './support/start-process.ts';
import { STORIES, type Story } from './support/stories.ts';
import { howMany, tryEach } from './support/try-each.ts';

/** Of each of three stories and each of five kinds of instants: 30 interruptions, in a full run 105. */
const INTERRUPTIONS = howMany(2, 7);
const NO_HANG_MS = 600_000;
const TELNYX = STORIES['a plan file applied to Telnyx'];

let build: Build;
let prepared: Prepared;
beforeAll(async () => {
  build = buildApart();
  prepared = await prepareStory(build.file, TELNYX);
});
afterAll(async () => {
  await prepared.discard();
  build.discard();
});

test.each(Object.entries(STORIES))(
  '%s, interrupted at random instants: the change in flight finishes, the ledger is closed, and what remains is said',
  async (_, story) => {
    const ready = await prepareStory(build.file, story);
    try {
      const exits = await tryEach(INTERRUPTIONS * KINDS.length, (seed) => interruptOnce(ready, seed));
      expect(exits.filter((exit) => exit === 130).length).toBeGreaterThan(exits.length / 2);
    } finally {
      await ready.discard();
    }
  },
  NO_HANG_MS,
);

async function interruptOnce(ready: Prepared, seed: number): Promise<number | null> {
  const instant = drawInstant(KINDS[seed % KINDS.length] ?? 'waited', ready, createRandom(seed));
  const signal = seed % 2 === 0 ? 'SIGINT' : 'SIGTERM';
  const stage = await openStage(build.file, ready);
  const run = stage.start();
  const stop = lookOutFor(instant, stage, () => run.kill(signal));
  const ended = await run.ended;
  stop();
  const words = `ROLLCALL_SEED=${seed}, ${signal} at ${JSON.stringify(instant)}\n${ended.stdout}${ended.stderr}`;
  // Before its first line of ours ran, and after its last, the signal ends it as it would any program.
  expect(ended.signal === null ? [0, 130] : [signal], words).toContain(ended.signal ?? ended.exit);
  if (ended.exit === 130) await expectClosed(ended, stage, ready.story, words);
  expect(await stage.run('ledger', 'verify'), words).toMatchObject({ exit: 0, stdout: expect.not.stringContaining('torn') });
  expect(await readdir(path.dirname(stage.ledger)), words).toEqual(['ledger.jsonl']);
  await stage.expectFinished(words);
  await stage.close();
  return ended.exit;
}

/** Every request that was announced has its outcome, a decided one, and everybody who is not yet as they should be is named. */
async function expectClosed({ stdout }: Ended, stage: Stage, story: Story, words: string): Promise<void> {
  expect(stdout, words).toContain('Interrupted. The ledger is closed; the next run goes on where this one stopped.');
  const records = await recordsOf(stage);
  const settled = new Set(records.filter((one) => one.kind === 'outcome' && one.outcome !== 'undecided').map((one) => one.change));
  const begun = records.flatMap((one) => (one.kind === 'intent' && typeof one.change === 'object' ? [one.change.id] : []));
  expect(
    begun.filter((id) => !settled.has(id)),
    words,
  ).toEqual([]);
  const remains = stdout.slice(stdout.indexOf('What remains'));
  for (const person of peopleLeft(stage, story)) expect(remains, words).toContain(person);
}

interface LedgerRecord {
  readonly kind: string;
  readonly change?: string | { readonly id: string };
  readonly outcome?: string;
}

async function recordsOf({ ledger }: Stage): Promise<readonly LedgerRecord[]> {
  const text = await readFile(ledger, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LedgerRecord);
}

/** Who is not as the story ends. */
function peopleLeft({ vendors }: Stage, { live }: Story): readonly string[] {
  return Object.entries(live).flatMap(([account, people]) => {
    const now = liveOf(account, vendors);
    const wrong = [...now.filter((one) => !people.includes(one)), ...people.filter((one) => !now.includes(one))];
    return wrong.map((one) => one.split(' ')[0] ?? '');
  });
}

/** Starts the Telnyx story with a fault and calls `then` once a request has been struck by it. */
async function struck(fault: TelnyxFault): Promise<{ readonly stage: Stage; readonly run: Process; readonly hit: Promise<void> }> {
  const stage = await openStage(build.file, prepared);
  stage.vendors.telnyx.faults.add(fault);
  const run = stage.start();
  const hit = new Promise<void>((resolve) => {
    stage.vendors.watch = (at) => {
      if (at === 'handled' && stage.vendors.telnyx.requests.at(-1)?.fault !== null) resolve();
    };
  });
  return { stage, run, hit };
}

test.each(['GET', 'DELETE', 'PATCH'] as const)(
  'interrupted while it waits five minutes to %s again, as the vendor asked: it does not wait',
  async (method) => {
    const { stage, run, hit } = await struck({ kind: 'status', status: 429, headers: { 'retry-after': '300' }, match: { method } });
    await hit;
    // Long enough for the answer to have come in most times; either way it may not wait.
    await new Promise((resolve) => setTimeout(resolve, 200));
    run.kill('SIGINT');
    const ended = await run.ended;
    expect(ended.exit, ended.stdout + ended.stderr).toBe(130);
    expect(ended.stdout).toContain('Interrupted.');
    expect(stage.vendors.telnyx.requests.filter((one) => one.method === method).at(-1)).toMatchObject({ status: 429, applied: false });
    await stage.expectFinished(`a ${method} was to wait`);
    await stage.close();
  },
);

test.each([
  ['GET', 'before'],
  ['PATCH', 'before'],
  ['PATCH', 'after'],
  ['POST', 'before'],
  ['POST', 'after'],
] as const)(
  'interrupted twice while a %s hangs that the vendor got (%s doing it): given up, recorded as undecided, and finished by the next runs',
  async (method, when) => {
    const { stage, run, hit } = await struck({ kind: 'timeout', when, match: { method } });
    await hit;
    run.kill('SIGINT');
    run.kill('SIGTERM');
    const ended = await run.ended;
    expect(ended.exit, ended.stdout + ended.stderr).toBe(130);
    expect(ended.stdout).toContain('Interrupted.');
    const written = (await recordsOf(stage)).filter((one) => one.outcome === 'undecided');
    expect(written).toHaveLength(method === 'GET' ? 0 : 1);
    await stage.expectFinished(`a ${method} hung`);
    await stage.close();
  },
);

test('a hanging request is given some seconds after the first signal, and none after the second', async () => {
  const patient = await struck({ kind: 'timeout', match: { method: 'PATCH' } });
  const hurried = await struck({ kind: 'timeout', match: { method: 'PATCH' } });
  await Promise.all([patient.hit, hurried.hit]);
  patient.run.kill('SIGINT');
  hurried.run.kill('SIGINT');
  hurried.run.kill('SIGTERM');
  const order: string[] = [];
  const [first, second] = await Promise.all([
    patient.run.ended.finally(() => order.push('patient')),
    hurried.run.ended.finally(() => order.push('hurried')),
  ]);
  expect([first.exit, second.exit]).toEqual([130, 130]);
  expect(order).toEqual(['hurried', 'patient']);
  for (const { stage } of [patient, hurried]) {
    expect(await readdir(path.dirname(stage.ledger))).toEqual(['ledger.jsonl']);
    await stage.expectFinished('a PATCH hung');
    await stage.close();
  }
});

test('a request that hangs for the first signal and is answered before the second is a change that was made', async () => {
  const { stage, run, hit } = await struck({ kind: 'delay', ms: 1, match: { method: 'PATCH' } });
  await hit;
  run.kill('SIGINT');
  stage.answer();
  const ended = await run.ended;
  expect(ended).toMatchObject({ exit: 130, stdout: expect.stringContaining('applied    patch yan@acme.example: admin → member') });
  expect(liveOf(PRODUCTION, stage.vendors)).toContain('yan member');
  await stage.expectFinished('an answer came late');
  await stage.close();
});
