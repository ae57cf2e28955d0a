import { type GithubSeed, parseGithubSeed } from '../emulator/github/parse-github-seed.ts';
import { parseTelnyxSeed, type TelnyxSeed } from '../emulator/parse-telnyx-seed.ts';
import { isFields } from '../emulator/read-fields.ts';
import { parseTwilioSeed, type TwilioSeed } from '../emulator/twilio/parse-twilio-seed.ts';
import { type ExitCode, RollcallError } from '../errors.ts';
import { makeTelnyxSeed, openEmulatedTelnyx } from './emulate.ts';
import { makeGithubSeed, openEmulatedGithub } from './emulate-github.ts';
import { makeTwilioSeed, openEmulatedTwilio } from './emulate-twilio.ts';
import { loadFindings } from './load-desired.ts';
import { readSeed } from './read-seed.ts';
import type { Run } from './run-context.ts';
import { createMovableClock, type Emulated, serveEmulators } from './serve-emulators.ts';

export interface EmulateAllFlags {
  /** The first of five ports: Telnyx and its people's side, Twilio and its people's side, GitHub. 0 takes free ones. */
  readonly port: number;
  readonly latencyMs: number;
  /** JSON with `telnyx`, `twilio` and `github`; what is missing is as policies say. */
  readonly seed: string | null;
}

/** Both vendors and GitHub on the loopback address, on one clock, until they are interrupted. */
export async function emulateAll(run: Run, { port, latencyMs, seed: file }: EmulateAllFlags): Promise<ExitCode> {
  const given = file === null ? NOTHING : await readSeed(run, file, readParts);
  const { desired } = await loadFindings(run);
  const clock = createMovableClock(run);
  const portOf = (place: number): number => (port === 0 ? 0 : port + place);
  const opened: Emulated[] = [];
  try {
    const telnyx = given.telnyx ?? makeTelnyxSeed(desired);
    opened.push(await openEmulatedTelnyx(run, telnyx, clock, { port: portOf(0), controlPort: portOf(1), latencyMs }));
    const twilio = given.twilio ?? makeTwilioSeed(desired);
    opened.push(await openEmulatedTwilio(run, twilio, clock, { port: portOf(2), controlPort: portOf(3), latencyMs }));
    opened.push(await openEmulatedGithub(run, given.github ?? (await makeGithubSeed(run)), portOf(4), clock));
  } catch (error) {
    // A port that is taken must not leave the others open.
    await Promise.all(opened.map((one) => one.stop()));
    throw error;
  }
  return serveEmulators(run, opened);
}

interface Parts {
  readonly telnyx: TelnyxSeed | null;
  readonly twilio: TwilioSeed | null;
  readonly github: GithubSeed | null;
}

const NOTHING: Parts = { telnyx: null, twilio: null, github: null };

function readParts(value: unknown, file: string): Parts {
  if (!isFields(value)) throw new RollcallError('seedInvalid', file, 'the seed is not an object');
  const other = Object.keys(value).find((key) => !['telnyx', 'twilio', 'github'].includes(key));
  if (other !== undefined) throw new RollcallError('seedInvalid', file, 'the seed has another key than telnyx, twilio and github');
  const { telnyx, twilio, github } = value as Record<string, unknown>;
  return {
    telnyx: telnyx === undefined ? null : parseTelnyxSeed(telnyx, file),
    twilio: twilio === undefined ? null : parseTwilioSeed(twilio, file),
    github: github === undefined ? null : parseGithubSeed(github, file),
  };
}
