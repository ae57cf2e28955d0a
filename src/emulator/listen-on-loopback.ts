import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { RollcallError } from '../errors.ts';

export interface Listener {
  readonly origin: string;
  /** Ends every connection at once, answered or not. */
  stop(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Serves on 127.0.0.1 only; port 0 takes a free one. */
export async function listenOnLoopback(port: number, answer: Answer): Promise<Listener> {
  const server = createServer((request, response) => {
    // An answer fails only when the connection is gone or the emulator has a bug; either way the client must not hang.
    answer(request, response).catch(() => response.destroy());
  });
  // A client that keeps a connection for its next request must not meet one that has just been closed.
  server.keepAliveTimeout = 60_000;
  await listen(server, port);
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  return {
    origin: `http://127.0.0.1:${taken}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RollcallError('portTaken', String(port), code === 'EADDRINUSE' ? 'another program listens there' : (code ?? 'unknown'));
  }
}

/** The body as text, or null when it is longer than allowed. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
  }
  return bytes > maxBytes ? null : Buffer.concat(parts).toString('utf8');
}
