import { expect, test, vi } from 'vitest';
import { type RunningTelnyx, startTelnyx } from '../../src/emulator/start-telnyx.ts';
import type { Change, Provider } from '../../src/model.ts';
import type { Http, HttpRequest } from '../../src/ports.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { createTelnyxProvider } from '../../src/provider/telnyx/telnyx-provider.ts';
import { createVendorClient, MAX_BODY_BYTES } from '../../src/provider/vendor-client.ts';
import { invite, raise, removal } from '../support/ledger-apply.ts';
import { applyChanges, openMemoryLedger, settleByReading } from '../support/ledger-world.ts';
import { truthOf } from '../support/provider-answers.ts';
import {
  ACCOUNT,
  createJumpingClock,
  createSeededRandom,
  type JumpingClock,
  KEY,
  manyUsers,
  RUN_MS,
  uuidOf,
} from '../support/provider-world.ts';
import { startToxicProxy, type ToxicProxy } from './start-toxic-proxy.ts';
import { TROUBLES, type Trouble } from './toxics.ts';

/** What a request is given that nobody answers; the real deadline is 20 seconds. A write's is long enough to have arrived. */
const SILENT_MS = { read: 100, write: 500 } as const;
const READ_TRIES: number = 3;
const PAGES = 3;

interface Wire {
  readonly provider: Provider;
  /** Requests that left the client, whatever became of them. */
  readonly sent: readonly HttpRequest[];
  /** Lets this trouble strike so many requests, once so many have gone well. */
  strike(trouble: Trouble, times: number, after?: number): void;
}

/** The real HTTP client, a proxy that spoils what it passes, and the emulated vendor behind it. */
async function withWire(
  play: (wire: Wire & { readonly clock: JumpingClock; readonly vendor: RunningTelnyx['world'] }) => Promise<void>,
): Promise<void> {
  const clock = createJumpingClock();
  const account = { name: ACCOUNT, key: KEY, owner: 'root@acme.example', users: manyUsers(5) };
  const seed = { accounts: [account], switches: { max_page_size: 2 } };
  const running = await startTelnyx({ clock, random: createSeededRandom(), seed });
  const proxy = await startToxicProxy(Number(new URL(running.origin).port));
  const real = createHttpClient(MAX_BODY_BYTES);
  try {
    await play({ ...openWire(clock, proxy, real), clock, vendor: running.world });
  } finally {
    await real.close();
    await proxy.stop();
    await running.stop();
  }
}

function openWire(clock: JumpingClock, proxy: ToxicProxy, real: Http): Wire {
  const sent: HttpRequest[] = [];
  let isStruck = (_number: number) => false;
  const http: Http = {
    send: (request) => {
      sent.push(request);
      const short = { timeoutMs: SILENT_MS[request.method === 'GET' ? 'read' : 'write'] };
      return real.send({ ...request, ...(isStruck(sent.length) ? short : {}) });
    },
    close: () => real.close(),
  };
  const never = new AbortController().signal;
  const client = createVendorClient({
    http,
    clock,
    random: createSeededRandom(),
    origin: proxy.origin,
    bearer: KEY,
    deadlineAt: clock.now() + RUN_MS,
    interrupted: never,
    graceOver: never,
  });
  return {
    provider: createTelnyxProvider(ACCOUNT, client, clock),
    sent,
    strike: ({ toxic, stream, isSilent = false }, times, after = 0) => {
      const first = sent.length + after + 1;
      isStruck = (number) => isSilent && number >= first && number < first + times;
      proxy.arm({ toxic, stream, times, after });
    },
  };
}

test.concurrent.each(TROUBLES)('%s, for every page of a list: read whole, or not at all after three tries', async (_, trouble) => {
  await withWire(async ({ vendor, provider, sent, strike }) => {
    strike(trouble, Number.POSITIVE_INFINITY);
    const reading = await provider.reader.read(null, null);
    if (trouble.answered === true) {
      expect(reading).toMatchObject({ kind: 'complete', observation: { principals: truthOf({ vendor }) } });
      expectSent(sent.length, PAGES, trouble);
    } else {
      expect(reading).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
      expect(reading).not.toHaveProperty('observation');
      expect(sent).toHaveLength(READ_TRIES);
    }
  });
});

test.concurrent.each(TROUBLES)('%s, twice while a list is read: the third try is read, and the list is whole', async (_, trouble) => {
  await withWire(async ({ vendor, provider, sent, strike }) => {
    strike(trouble, READ_TRIES - 1);
    expect(await provider.reader.read(null, null)).toMatchObject({ kind: 'complete', observation: { principals: truthOf({ vendor }) } });
    expectSent(sent.length, PAGES + (trouble.answered === true ? 0 : READ_TRIES - 1), trouble);
  });
});

test.concurrent.each(TROUBLES)(
  '%s, when one person is read: read whole, or unreadable after three tries, never absent',
  async (_, trouble) => {
    await withWire(async ({ provider, sent, strike }) => {
      strike(trouble, Number.POSITIVE_INFINITY);
      const one = await provider.reader.readOne(uuidOf(2));
      expect(one.kind).toBe(trouble.answered === true ? 'present' : 'unreadable');
      expect(sent).toHaveLength(trouble.answered === true ? 1 : READ_TRIES);
      const before = sent.length;
      strike(trouble, READ_TRIES - 1);
      expect(await provider.reader.readOne(uuidOf(2))).toMatchObject({ kind: 'present', live: { principal_id: uuidOf(2) } });
      expectSent(sent.length - before, trouble.answered === true ? 1 : READ_TRIES, trouble);
    });
  },
);

/** A read that finds its connection closed is sent once more. */
function expectSent(sent: number, needed: number, { endsAfter = false }: Trouble): void {
  expect(sent).toBeGreaterThanOrEqual(needed);
  expect(sent).toBeLessThanOrEqual(endsAfter ? needed * READ_TRIES : needed);
}

const WRITES = [
  ['POST', invite],
  ['PATCH', raise],
  ['DELETE', removal],
] as const;
const WRITTEN = TROUBLES.flatMap(([name, trouble]) => WRITES.map(([method, change]) => [name, method, change, trouble] as const));

test.concurrent.each(WRITTEN)('%s, of a %s: sent once, and what became of it is what a read says', async (_, method, change, trouble) => {
  await withWire(async (wire) => {
    const { clock, provider, sent, vendor } = wire;
    const { ledger, history } = await openMemoryLedger(clock);
    strikeTheWrite(wire, change, trouble);
    const { results } = await applyChanges([change], { provider, ledger, clock });
    const writes = () => vendor.requests.filter((one) => one.mutating);
    const isAnswered = trouble.answered === true || (trouble.answered === 'without a body' && method === 'DELETE');
    // What was accepted, and what has a person to look for, is read back at once; an invitation without an answer has no name yet.
    const isSeen = isAnswered || (trouble.arrives && method !== 'POST');
    expect(results.map(({ outcome }) => outcome)).toEqual([isSeen ? 'applied' : 'undecided']);
    // The client may have given it up before the vendor has come to it.
    await vi.waitFor(() => expect(writes()).toHaveLength(trouble.arrives ? 1 : 0));
    const settled = await settleByReading(provider, ledger);
    // A delete that did not happen is noted as such, so that it does not count against the next ones.
    const unmade = method === 'DELETE' ? ['undecided'] : [];
    expect(settled.results.map(({ outcome }) => outcome)).toEqual(isSeen ? [] : trouble.arrives ? ['applied'] : unmade);
    expect(history().openIntents).toHaveLength(trouble.arrives ? 0 : 1);
    expect(sent.filter((one) => one.method === method)).toHaveLength(1);
    expect(writes()).toHaveLength(trouble.arrives ? 1 : 0);
  });
});

/** Before a PATCH or a DELETE comes a look at the person, which goes well. */
function strikeTheWrite({ strike }: Wire, change: Change, trouble: Trouble): void {
  strike(trouble, 1, change.action === 'invite' ? 0 : 1);
}

test.each(WRITES)(
  'a connection that ends behind the look before a %s: the write goes out on one of its own, and is made',
  async (method, change) => {
    await withWire(async ({ clock, provider, sent, strike }) => {
      const { ledger } = await openMemoryLedger(clock);
      const ends: Trouble = {
        stream: 'downstream',
        toxic: { kind: 'limit_data', pass: (bytes) => bytes.length },
        arrives: true,
        answered: true,
      };
      strike(ends, Number.POSITIVE_INFINITY);
      await provider.reader.readOne(uuidOf(2));
      const { results } = await applyChanges([change], { provider, ledger, clock });
      expect(results.map(({ outcome }) => outcome)).toEqual(['applied']);
      expect(sent.filter((one) => one.method === method)).toHaveLength(1);
    });
  },
);

test('nobody listens: a read is tried three times and is unreadable, a write is tried three times, since it cannot have arrived', async () => {
  const real = createHttpClient(MAX_BODY_BYTES);
  const gone = await startToxicProxy(1);
  await gone.stop();
  const { provider, sent } = openWire(createJumpingClock(), gone, real);
  expect(await provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
  expect(await provider.reader.readOne(uuidOf(2))).toMatchObject({ kind: 'unreadable' });
  expect(await provider.writer.invite('new@acme.example', 'New', { roles: ['member'], groups: [] })).toMatchObject({ kind: 'unsent' });
  expect(await provider.writer.patch(uuidOf(2), { name: 'New' })).toMatchObject({ kind: 'unsent' });
  expect(await provider.writer.delete(uuidOf(3))).toMatchObject({ kind: 'unsent' });
  expect(sent.map(({ method }) => method)).toEqual([
    ...['GET', 'GET', 'GET', 'GET', 'GET', 'GET'],
    ...['POST', 'POST', 'POST', 'PATCH', 'PATCH', 'PATCH', 'DELETE', 'DELETE', 'DELETE'],
  ]);
  await real.close();
});

test('the troubles are seven kinds, both ways, forty settings, each with five verbs', () => {
  const kinds = new Set(TROUBLES.map(([, { toxic }]) => toxic.kind));
  expect([...kinds].toSorted()).toEqual(['bandwidth', 'latency', 'limit_data', 'reset_peer', 'slicer', 'slow_close', 'timeout']);
  expect(TROUBLES).toHaveLength(40);
});
