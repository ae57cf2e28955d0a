import type { ServerResponse } from 'node:http';
import type { Clock } from '../ports.ts';
import type { Delivery } from './deliver-with-fault.ts';
import type { EmulatedReply } from './vendor-error.ts';

/** Puts a delivery on the wire, faults included. `signal` ends waits when the emulator stops or the client leaves. */
export async function sendDelivery(
  delivery: Delivery,
  response: ServerResponse,
  clock: Clock,
  latencyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const waitMs = latencyMs + (delivery.kind === 'whole' ? delivery.delayMs : 0);
  if (waitMs > 0) await clock.sleep(waitMs, signal);
  if (signal.aborted || delivery.kind === 'silence') return;
  if (delivery.kind === 'refused' || delivery.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const body = Buffer.from(delivery.reply.body, 'utf8');
  writeHead(response, delivery.reply, body.length);
  if (delivery.kind === 'whole') response.end(body);
  else if (delivery.kind === 'cut') response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  else await drip(response, body, delivery.msPerByte, clock, signal);
}

function writeHead(response: ServerResponse, reply: EmulatedReply, bytes: number): void {
  response.writeHead(reply.status, reply.status === 204 ? reply.headers : { ...reply.headers, 'content-length': String(bytes) });
}

async function drip(response: ServerResponse, body: Buffer, msPerByte: number, clock: Clock, signal: AbortSignal): Promise<void> {
  for (const byte of body) {
    await clock.sleep(msPerByte, signal);
    if (signal.aborted) return;
    response.write(Uint8Array.of(byte));
  }
  response.end();
}
