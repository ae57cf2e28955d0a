import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RequestRecord } from '../../../src/emulator/create-request-log.ts';
import type { TelnyxFault } from '../../../src/emulator/parse-telnyx-fault.ts';
import type { TelnyxSeed } from '../../../src/emulator/parse-telnyx-seed.ts';
import { start } from './bundle.ts';

export interface Emulator {
  /** What its printed `export` lines set. */
  readonly env: Readonly<Record<string, string>>;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  fault(fault: TelnyxFault): Promise<void>;
  clearFaults(): Promise<void>;
  requests(): Promise<readonly RequestRecord[]>;
  /** Resolves once so many requests, of this method where one is given, have come in. */
  seen(count: number, method?: string): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts `rollcall emulate telnyx` as another process and reads what it prints, as a user would paste it. */
export async function startEmulator(folder: string, seed: TelnyxSeed): Promise<Emulator> {
  const file = path.join(folder, 'seed.json');
  await writeFile(file, JSON.stringify(seed));
  const emulator = start(['emulate', 'telnyx', '--seed', file], { cwd: folder });
  const text = await emulator.printed(/Ctrl-C/);
  const env = Object.fromEntries([...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  const [, origin = ''] = /people act through (\S+)/.exec(text) ?? [];
  const control: Emulator['control'] = async (method, where, body) => {
    const reply = await fetch(`${origin}${where}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!reply.ok) throw new Error(`${method} ${where}: ${await reply.text()}`);
    return reply.json();
  };
  const requests = async () => ((await control('GET', '/requests')) as { requests: RequestRecord[] }).requests;
  return {
    env,
    control,
    requests,
    fault: async (fault) => {
      await control('POST', '/faults', fault);
    },
    clearFaults: async () => {
      await control('DELETE', '/faults');
    },
    seen: async (count, method) => {
      for (;;) {
        const seen = await requests();
        if (seen.filter((one) => method === undefined || one.method === method).length >= count) return;
      }
    },
    stop: async () => {
      emulator.child.kill('SIGINT');
      return (await emulator.ended).exit;
    },
  };
}
