import { type RunningWorld, type StartOptions, startWorld } from '../start-world.ts';
import { createTwilioWorld, type TwilioWorld, type TwilioWorldOptions } from './create-twilio-world.ts';
import { classicError } from './twilio-error.ts';

export type StartTwilioOptions = TwilioWorldOptions & StartOptions;
export type RunningTwilio = RunningWorld<TwilioWorld>;

/** Starts an emulated Twilio on 127.0.0.1: all its hosts on one port, its control endpoint on another. */
export async function startTwilio(options: StartTwilioOptions): Promise<RunningTwilio> {
  return startWorld(createTwilioWorld(options), options, classicError(413, 20_001, 'The request body is larger than 1 MiB.'));
}
