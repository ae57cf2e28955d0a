import type { RequestRecord } from '../../src/emulator/create-request-log.ts';
import { createTelnyxWorld, type TelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import type { Fault } from '../../src/emulator/parse-fault.ts';
import { createTwilioWorld, type TwilioWorld } from '../../src/emulator/twilio/create-twilio-world.ts';
import { roleWordOf } from '../../src/emulator/twilio/twilio-roles.ts';
import { extendSegments, readSegments } from '../../src/github/state-segments.ts';
import type { HttpReply, HttpRequest } from '../../src/ports.ts';
import { createRandom } from '../../src/text/create-random.ts';
import type { MemoryRemote } from '../github/state-memory-remote.ts';
import { telnyxKeyOf } from '../scenarios/kinds/support/kinds-company.ts';
import { nameOf, OWNER, type Policies } from '../scenarios/support/company.ts';
import { createDraw } from '../simulation/create-draw.ts';
import { createTimeline } from '../simulation/create-timeline.ts';
import { type MemoryDisk, openMemoryDisk } from '../simulation/memory-disk.ts';
import { type Came, type Commission, LEDGER, type Ledger, runSimProcess } from '../simulation/run-sim-process.ts';
import type { Story } from './stories.ts';

/** One request as the vendor met it. */
export interface Met {
  /** From 1, over the whole run. */
  readonly number: number;
  readonly at: number;
  readonly vendor: 'telnyx' | 'twilio';
  readonly method: string;
  /** With the query, readable. */
  readonly path: string;
  readonly body: string;
  readonly authorization: string;
  readonly fault: Fault['kind'] | null;
  readonly status: number | null;
  /** Of a 429, before when the vendor wants to hear nothing more; null where it does not say, or nothing to be believed. */
  readonly untilMs: number | null;
  /** Whether the vendor heard anything of it. */
  readonly heard: boolean;
  /** What it changed: `telnyx-production: bob member > nobody`, `twilio-main: bob -developer`. */
  readonly effects: readonly string[];
  /** Those of them of which the ledger knew nothing when it was sent. */
  readonly unintended: readonly string[];
}

export interface Orders {
  readonly errand?: Commission['errand'];
  readonly death?: Commission['death'];
  readonly interruptAt?: number;
  /** What becomes of a request, by its number; null: nothing. */
  readonly fault?: (request: HttpRequest, number: number) => Fault | null;
  /** What people do between two requests. */
  readonly between?: (number: number) => void;
  /** The nth step on the disk or the branch that fails, and how; of a disk by half or not at all. */
  readonly breaks?: (step: number) => string | null;
}

export interface Ran extends Came {
  readonly met: readonly Met[];
  readonly trace: readonly string[];
  /** How many requests the vendors had met when the run was first disturbed: interrupted, or told that the ledger could not be written. */
  readonly disturbedAt: number;
}

export interface Stage {
  readonly story: Story;
  readonly telnyx: TelnyxWorld;
  readonly twilio: TwilioWorld;
  readonly disk: MemoryDisk;
  run(orders?: Orders): Promise<Ran>;
  /** Everything that the vendors met since the beginning. */
  met(): readonly Met[];
  truth(): readonly string[];
  /** What the vendors were made to change and the ledger, as it is now, has no intent of. */
  forgotten(): readonly string[];
  minutes(count: number): void;
  ledger(): string;
}

const TELNYX = 'http://127.0.0.1:4010';
const TWILIO = 'http://127.0.0.1:4020';
const START_MS = Date.parse('2026-11-23T09:00:00.000Z');
const DAY_MS = 86_400_000;

/** The ledger that a story begins with, by its name: made once. */
const FIRST_LEDGERS = new Map<string, string>();

/** A story's world, just before the run that it is about. */
export async function openStage(story: Story, remote: MemoryRemote | null = null): Promise<Stage> {
  if (story.before !== null && !FIRST_LEDGERS.has(story.name)) FIRST_LEDGERS.set(story.name, await firstLedger(story, story.before));
  const stage = setUp(story, story.after, remote);
  stage.minutes(((story.days ?? 1) * DAY_MS) / 60_000);
  const ledger = FIRST_LEDGERS.get(story.name);
  if (ledger !== undefined && remote === null) stage.disk.put(LEDGER, ledger);
  if (ledger !== undefined && remote !== null) {
    const { path, text } = extendSegments(readSegments('the branch', new Map()), ledger);
    remote.move({ [path]: text });
  }
  story.meanwhile?.(stage);
  return stage;
}

async function firstLedger(story: Story, before: Policies): Promise<string> {
  const stage = setUp(story, before, null);
  const came = await stage.run({ errand: 'apply --yes' });
  if (came.exit !== 0 || stage.met().some(({ effects }) => effects.length > 0)) {
    throw new Error(`${story.name}: what comes before it is not at rest: ${came.stderr}${came.stdout}`);
  }
  return stage.ledger();
}

function setUp(story: Story, files: Policies, remote: MemoryRemote | null): Stage {
  const draw = createDraw(1);
  const timeline = createTimeline(START_MS, draw);
  const telnyx = createTelnyxWorld({ clock: timeline, random: createRandom(7), seed: { accounts: story.telnyx ?? [], switches: {} } });
  const twilio = createTwilioWorld({ clock: timeline, random: createRandom(11), seed: story.twilio ?? {} });
  const https = { telnyx: telnyx.http({ origin: TELNYX }), twilio: twilio.http({ origin: TWILIO }) };
  const worlds = { telnyx, twilio };
  const disk = openMemoryDisk();
  if (story.before === null) disk.put('/repository/README.md', '');
  const ledger: Ledger = remote === null ? { kind: 'file', disk } : { kind: 'branch', remote };
  const env = envOf(telnyx, twilio);
  const all: Met[] = [];
  let pid = 0;
  const ledgerText = () => (remote === null ? (disk.text(LEDGER) ?? '') : readSegments('the branch', remote.filesNow()).text);
  const truth = () => [...truthOfTelnyx(telnyx), ...truthOfTwilio(twilio)].toSorted();

  function meet(request: HttpRequest, number: number, orders: Orders, met: Met[]): Promise<HttpReply> {
    const vendor = request.url.startsWith(TELNYX) ? 'telnyx' : 'twilio';
    const world = worlds[vendor];
    const fault = orders.fault?.(request, number) ?? null;
    const writes = request.method !== 'GET' && !request.url.endsWith('/token');
    const before = writes ? truth() : [];
    const known = world.requests.length;
    if (fault !== null) world.faults.add(fault);
    // The vendor decides at once, whenever the answer comes.
    const reply = https[vendor].send(request);
    world.faults.clear();
    const record = world.requests.length > known ? world.requests.at(-1) : undefined;
    const effects = writes ? effectsOf(before, truth()) : [];
    const one: Met = {
      number,
      at: timeline.now(),
      vendor,
      method: request.method,
      path: decodeURIComponent(request.url.slice((vendor === 'telnyx' ? TELNYX : TWILIO).length)),
      body: request.body ?? '',
      authorization: request.headers['authorization'] ?? '',
      ...answerOf(record),
      untilMs: untilOf(fault, timeline.now()),
      effects,
      unintended: effects.length === 0 ? [] : unintendedIn(ledgerText(), effects),
    };
    met.push(one);
    all.push(one);
    return reply;
  }

  return {
    story,
    telnyx,
    twilio,
    disk,
    met: () => all,
    truth,
    forgotten: () =>
      unintendedIn(
        ledgerText(),
        all.flatMap(({ effects }) => effects),
      ),
    minutes: (count) => timeline.advance(count * 60_000),
    ledger: ledgerText,
    run: async (orders = {}) => {
      pid += 1;
      const met: Met[] = [];
      const trace: string[] = [];
      let number = 0;
      let broken = 0;
      let disturbedAt = Number.POSITIVE_INFINITY;
      const came = await runSimProcess(
        {
          errand: orders.errand ?? story.errand,
          policy: { number: files === story.before ? 1 : 2, grants: new Map(), approvals: new Map(), files },
          pid,
          death: orders.death ?? null,
          interruptAt: orders.interruptAt ?? null,
        },
        {
          timeline,
          draw,
          env,
          ledger,
          files: new Map(),
          send: (request) => {
            number += 1;
            orders.between?.(number);
            return meet(request, number, orders, met);
          },
          breaks: () => {
            broken += 1;
            return orders.breaks?.(broken) ?? null;
          },
          isAlive: () => false,
          trace: (line) => {
            trace.push(line);
            disturbedAt = Math.min(disturbedAt, met.length);
          },
        },
      );
      return { ...came, met, trace, disturbedAt };
    },
  };
}

/** Effects on people of whose change the ledger has no intent. */
function unintendedIn(ledger: string, effects: readonly string[]): readonly string[] {
  const intents = ledger.split('\n').filter((line) => line.includes('"kind":"intent"'));
  return effects.filter((effect) => {
    const [, who = ''] = effect.split(' ');
    return !intents.some((line) => line.includes(`"principal":"${who.includes('@') ? who : `${who}@acme.example`}"`));
  });
}

function answerOf(record: RequestRecord | undefined): Pick<Met, 'fault' | 'status' | 'heard'> {
  if (record === undefined) return { fault: null, status: null, heard: false };
  return { fault: record.fault, status: record.status, heard: record.fault !== 'refused' };
}

function untilOf(fault: Fault | null, nowMs: number): number | null {
  const headers = fault?.kind === 'status' ? (fault.headers ?? {}) : {};
  const said = headers['retry-after'] ?? headers['x-ratelimit-reset'];
  if (said === undefined) return null;
  const until = /^\d+$/.test(said) ? nowMs + Number(said) * 1_000 : Date.parse(said);
  return until - nowMs > DAY_MS || Number.isNaN(until) ? null : until;
}

function envOf(telnyx: TelnyxWorld, twilio: TwilioWorld): Record<string, string> {
  const env: Record<string, string> = { ROLLCALL_TELNYX_ORIGIN: TELNYX, ROLLCALL_TWILIO_ORIGIN: TWILIO };
  const set = (account: string, suffix: string, value: string | null): void => {
    if (value !== null) env[`${account.toUpperCase().replaceAll('-', '_')}_${suffix}`] = value;
  };
  for (const name of telnyx.accounts) set(name, 'API_KEY', telnyxKeyOf(name));
  for (const name of twilio.accounts) {
    const { clientId, clientSecret, accountSid, authToken } = twilio.credentials(name);
    set(name, 'CLIENT_ID', clientId);
    set(name, 'CLIENT_SECRET', clientSecret);
    set(name, 'ACCOUNT_SID', accountSid);
    set(name, 'AUTH_TOKEN', authToken);
  }
  return env;
}

function truthOfTelnyx(world: TelnyxWorld): string[] {
  return world.accounts.flatMap((account) =>
    world.state(account).users.map(({ email, name, role, status }) => {
      const who = short(email);
      const called = name === nameOf(who) ? [] : ['called', name];
      return [`${account}: ${who}`, role, ...(status === 'active' ? [] : [status]), ...called].join(' ');
    }),
  );
}

function truthOfTwilio(world: TwilioWorld): string[] {
  return world.accounts.flatMap((account) =>
    world.state(account).people.flatMap(({ email, roles, status }) => {
      if (email === OWNER) return [];
      const held =
        roles.length === 0
          ? 'nothing'
          : roles
              .map((role) => roleWordOf(role))
              .toSorted()
              .join('+');
      return [[`${account}: ${short(email)}`, held, ...(status === 'active' ? [] : [status])].join(' ')];
    }),
  );
}

function short(email: string): string {
  return email.replace(/@acme\.example$/, '');
}

/** Rows that one request made others. */
function effectsOf(before: readonly string[], after: readonly string[]): readonly string[] {
  const now = rowsBySubject(after);
  const then = rowsBySubject(before);
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((who) => {
    const [was, is] = [then.get(who) ?? 'nobody', now.get(who) ?? 'nobody'];
    if (was === is) return [];
    return who.startsWith('twilio') ? stepsOf(was, is).map((step) => `${who} ${step}`) : [`${who} ${was} > ${is}`];
  });
}

/** Twilio's requests change one thing each, in an order that a fault may change: a role given or taken, a login made or ended. */
function stepsOf(was: string, is: string): readonly string[] {
  if (was === 'nobody') return ['has a login'];
  const [[before = '', ended = 'active'], [after = '', ends = 'active']] = [was.split(' '), is.split(' ')];
  const [had, has] = [rolesIn(before), rolesIn(after)];
  return [
    ...had.filter((role) => !has.includes(role)).map((role) => `-${role}`),
    ...has.filter((role) => !had.includes(role)).map((role) => `+${role}`),
    ...(ended === ends ? [] : [`is ${ends}`]),
  ];
}

function rolesIn(held: string): readonly string[] {
  return held === 'nothing' ? [] : held.split('+');
}

/** `telnyx-production: bob` to what Bob holds there; two rows with one address stand together. */
function rowsBySubject(rows: readonly string[]): Map<string, string> {
  const by = new Map<string, string>();
  for (const row of rows) {
    const [account = '', who = '', ...held] = row.split(' ');
    const subject = `${account} ${who}`;
    by.set(subject, by.has(subject) ? `${by.get(subject)} and ${held.join(' ')}` : held.join(' '));
  }
  return by;
}
