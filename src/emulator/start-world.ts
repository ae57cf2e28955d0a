import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../ports.ts';
import { answerControl } from './answer-control.ts';
import type { ControlledWorld } from './create-world.ts';
import { type Answer, listenOnLoopback, readBody } from './listen-on-loopback.ts';
import { sendDelivery } from './send-delivery.ts';
import { type EmulatedReply, jsonReply } from './vendor-error.ts';

export interface StartOptions {
  readonly clock: Clock;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly controlPort?: number;
  /** Before each answer, by the clock handed in. */
  readonly latencyMs?: number;
}

export interface RunningWorld<World> {
  readonly origin: string;
  readonly controlOrigin: string;
  readonly world: World;
  /** Ends both endpoints and every open connection at once. */
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Serves a world on 127.0.0.1, with its control endpoint on another port. `tooLarge` is the vendor's answer to a body over 1 MiB. */
export async function startWorld<World extends ControlledWorld>(
  world: World,
  { clock, port = 0, controlPort = 0, latencyMs = 0 }: StartOptions,
  tooLarge: EmulatedReply,
): Promise<RunningWorld<World>> {
  const vendor = await listenOnLoopback(port, answerVendor(world, clock, latencyMs, tooLarge));
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

function answerVendor(world: ControlledWorld, clock: Clock, latencyMs: number, tooLarge: EmulatedReply): Answer {
  return async (request, response) => {
    const gone = new AbortController();
    const leave = world.enter(request.method ?? '');
    // Also when the emulator stops, since that ends every connection.
    response.once('close', () => {
      gone.abort();
      leave();
    });
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === null) return send(response, tooLarge);
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

function answerPeople(world: ControlledWorld): Answer {
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
