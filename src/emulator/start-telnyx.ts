import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../ports.ts';
import { answerControl } from './answer-control.ts';
import { createTelnyxWorld, type TelnyxWorld, type WorldOptions } from './create-telnyx-world.ts';
import { type Answer, listenOnLoopback, readBody } from './listen-on-loopback.ts';
import { sendDelivery } from './send-delivery.ts';
import { type EmulatedReply, jsonReply, vendorError } from './vendor-error.ts';

export interface StartTelnyxOptions extends WorldOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly controlPort?: number;
  /** Before each answer, by the clock handed in. */
  readonly latencyMs?: number;
}

export interface RunningTelnyx {
  readonly origin: string;
  readonly controlOrigin: string;
  readonly world: TelnyxWorld;
  /** Ends both endpoints and every open connection at once. */
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Starts an emulated Telnyx on 127.0.0.1, with its control endpoint on another port. */
export async function startTelnyx(options: StartTelnyxOptions): Promise<RunningTelnyx> {
  const { clock, port = 0, controlPort = 0, latencyMs = 0 } = options;
  const world = createTelnyxWorld(options);
  const vendor = await listenOnLoopback(port, answerVendor(world, clock, latencyMs));
  const control = await listenOnLoopback(controlPort, answerPeople(world)).catch(async (error: unknown) => {
    await vendor.stop();
    throw error;
  });
  return {
    origin: vendor.origin,
    controlOrigin: control.origin,
    world,
    stop: async () => {
      await Promise.all([vendor.stop(), control.stop()]);
    },
  };
}

function answerVendor(world: TelnyxWorld, clock: Clock, latencyMs: number): Answer {
  return async (request, response) => {
    const gone = new AbortController();
    const leave = world.enter(request.method ?? '');
    // Also when the emulator stops, since that ends every connection.
    response.once('close', () => {
      gone.abort();
      leave();
    });
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === null) return send(response, vendorError(413, '10015', 'The request body is larger than 1 MiB.'));
    const delivery = world.deliver({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: headersOf(request),
      body,
      origin: `http://127.0.0.1:${request.socket.localPort}`,
    });
    await sendDelivery(delivery, response, clock, latencyMs, gone.signal);
  };
}

function answerPeople(world: TelnyxWorld): Answer {
  return async (request, response) => {
    const body = await readBody(request, MAX_BODY_BYTES);
    const reply =
      body === null
        ? jsonReply(413, { error: 'the body is larger than 1 MiB' })
        : answerControl(world, request.method ?? '', request.url ?? '', body);
    send(response, reply);
  };
}

function send(response: ServerResponse, reply: EmulatedReply): void {
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
