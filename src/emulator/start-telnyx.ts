import { createTelnyxWorld, type TelnyxWorld, type WorldOptions } from './create-telnyx-world.ts';
import { type RunningWorld, type StartOptions, startWorld } from './start-world.ts';
import { vendorError } from './vendor-error.ts';

export type StartTelnyxOptions = WorldOptions & StartOptions;
export type RunningTelnyx = RunningWorld<TelnyxWorld>;

/** Starts an emulated Telnyx on 127.0.0.1, with its control endpoint on another port. */
export async function startTelnyx(options: StartTelnyxOptions): Promise<RunningTelnyx> {
  return startWorld(createTelnyxWorld(options), options, vendorError(413, '10015', 'The request body is larger than 1 MiB.'));
}
