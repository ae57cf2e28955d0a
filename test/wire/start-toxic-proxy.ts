import { connect, createServer, type Socket } from 'node:net';

/** The seven toxics of toxiproxy: what a network does to an exchange that two well-behaved ends have. */
export type Toxic =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** The connection ends that much after the bytes have passed. */
  | { readonly kind: 'slow_close'; readonly ms: number }
  /** No byte passes; the connection ends after that much, or never. */
  | { readonly kind: 'timeout'; readonly ms: number | null }
  /** No byte passes, and both ends are told that the other reset the connection. */
  | { readonly kind: 'reset_peer'; readonly ms: number }
  | { readonly kind: 'slicer'; readonly bytes: number; readonly ms: number }
  /** So many of the bytes pass, then the connection ends. */
  | { readonly kind: 'limit_data'; readonly pass: (bytes: Buffer) => number };

export type Stream = 'upstream' | 'downstream';

export interface Aim {
  readonly toxic: Toxic;
  /** Upstream is the request, downstream the answer. */
  readonly stream: Stream;
  /** How many exchanges go well before, and how many are struck then. */
  readonly after: number;
  readonly times: number;
}

export interface ToxicProxy {
  readonly origin: string;
  /** From the next exchange on. */
  arm(aim: Aim): void;
  stop(): Promise<void>;
}

type Sleep = (ms: number) => Promise<void>;

/** A TCP proxy on loopback in front of a port of this machine. It knows nothing of HTTP but that an answer follows a request. */
export async function startToxicProxy(port: number): Promise<ToxicProxy> {
  const sockets = new Set<Socket>();
  const wakers = new Set<() => void>();
  const sleep: Sleep = (ms) =>
    new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      wakers.add(wake);
    });
  let aim: Aim | null = null;
  let sinceArmed = 0;
  const begin = (): Aim | null => {
    sinceArmed += 1;
    return aim !== null && sinceArmed > aim.after && sinceArmed <= aim.after + aim.times ? aim : null;
  };
  const server = createServer((client) => {
    const vendor = connect(port, '127.0.0.1');
    for (const socket of [client, vendor]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      sockets.add(socket);
    }
    join(client, vendor, begin, sleep);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    arm: (next) => {
      aim = next;
      sinceArmed = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        for (const wake of wakers) wake();
        server.close(() => resolve());
      }),
  };
}

/** Passes bytes both ways, each way in order, with what strikes the exchange they belong to. */
function join(client: Socket, vendor: Socket, begin: () => Aim | null, sleep: Sleep): void {
  let current: Aim | null = null;
  let answered = true;
  const pipe = (stream: Stream, from: Socket, to: Socket) => {
    let tail = Promise.resolve();
    const take = (bytes: Buffer) => {
      const struck = current?.stream === stream ? current.toxic : null;
      tail = tail.then(() => pass(bytes, struck, { from, to, sleep }));
    };
    from.on('end', () => {
      tail = tail.then(() => void to.end());
    });
    from.on('close', () => {
      tail = tail.then(() => void to.destroy());
    });
    return take;
  };
  const up = pipe('upstream', client, vendor);
  const down = pipe('downstream', vendor, client);
  client.on('data', (bytes: Buffer) => {
    if (answered) current = begin();
    answered = false;
    up(bytes);
  });
  vendor.on('data', (bytes: Buffer) => {
    answered = true;
    down(bytes);
  });
}

interface Way {
  readonly from: Socket;
  readonly to: Socket;
  readonly sleep: Sleep;
}

async function pass(bytes: Buffer, toxic: Toxic | null, way: Way): Promise<void> {
  const { from, to, sleep } = way;
  if (to.destroyed || to.writableEnded) return;
  switch (toxic?.kind) {
    case undefined:
      to.write(bytes);
      return;
    case 'latency':
      await sleep(toxic.ms);
      to.write(bytes);
      return;
    case 'bandwidth':
      return passInPieces(bytes, Math.max(1, Math.floor(toxic.bytesPerSecond / 100)), Math.max(10, 1000 / toxic.bytesPerSecond), way);
    case 'slicer':
      return passInPieces(bytes, toxic.bytes, toxic.ms, way);
    case 'slow_close':
      to.write(bytes);
      await sleep(toxic.ms);
      to.end();
      from.end();
      return;
    case 'timeout':
      if (toxic.ms === null) return;
      await sleep(toxic.ms);
      to.destroy();
      from.destroy();
      return;
    case 'reset_peer':
      await sleep(toxic.ms);
      to.resetAndDestroy();
      from.resetAndDestroy();
      return;
    case 'limit_data':
      await new Promise<void>((resolve) => to.end(bytes.subarray(0, toxic.pass(bytes)), resolve));
      from.destroy();
      return;
    default:
      return toxic satisfies never;
  }
}

async function passInPieces(bytes: Buffer, size: number, pauseMs: number, { to, sleep }: Way): Promise<void> {
  for (let at = 0; at < bytes.length && !to.destroyed; at += size) {
    to.write(bytes.subarray(at, at + size));
    await sleep(pauseMs);
  }
}
