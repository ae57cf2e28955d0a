import { type Config, readConfig } from '../config.ts';
import { RollcallError } from '../errors.ts';
import type { Clock, World } from '../ports.ts';
import { createStyle, decideColour, type Style } from '../report/create-style.ts';
import { visible } from '../text/encode.ts';

export type Format = 'text' | 'json' | 'markdown' | 'github' | 'sarif';

/** The flags every command understands, as the command line gave them. */
export interface GlobalFlags {
  readonly policies: string;
  readonly account: readonly string[];
  readonly format: Format;
  readonly out: string | null;
  readonly quiet: boolean;
  readonly colour: boolean;
  readonly ledger: string;
  readonly debug: boolean;
}

/** What a command works with: the world, the flags, the settings, and the two ways to say something. */
export interface Run {
  readonly world: World;
  readonly flags: GlobalFlags;
  readonly config: Config;
  readonly clock: Clock;
  readonly style: Style;
  /** A result: to stdout. */
  print(text: string): void;
  /** What a person should know beside the result: to stderr, unless --quiet. */
  log(text: string): void;
  /** One line on a terminal that the next one replaces, gone with null; silent anywhere else. */
  progress(text: string | null): void;
  /** A result that --out sends to a file instead. */
  deliver(text: string): Promise<void>;
}

export function createRun(world: World, flags: GlobalFlags): Run {
  refuseToOverwrite(world, flags);
  const config = readConfig(world.env);
  const colour = decideColour({ env: world.env, flagNoColor: !flags.colour, isTerminal: world.stdout.isTerminal });
  const print = (text: string) => world.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  const log = (text: string) => {
    if (!flags.quiet) world.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  const shows = world.stderr.isTerminal && !flags.quiet;
  const progress = (text: string | null) => {
    if (shows) world.stderr.write(`\r\u001b[K${text ?? ''}`);
  };
  return {
    world,
    flags,
    config,
    clock: config.nowMs === null ? world.clock : startClockAt(config.nowMs, world.clock),
    style: createStyle(colour && flags.format === 'text', world.stdout.columns),
    print,
    log,
    progress,
    deliver: async (text) => {
      if (flags.out === null) return print(text);
      await world.files.writeText(flags.out, text.endsWith('\n') ? text : `${text}\n`);
    },
  };
}

/** A result never replaces what rollcall stands on. */
function refuseToOverwrite({ files }: World, { out, ledger, policies }: GlobalFlags): void {
  if (out === null) return;
  const place = files.resolve(out);
  const kept = files.resolve(ledger);
  const folder = files.resolve(policies);
  if (place === kept || place === `${kept}.lock`) throw new RollcallError('outIsKept', visible(out, 200), 'it is the ledger');
  if (place === folder || place.startsWith(`${folder}/`))
    throw new RollcallError('outIsKept', visible(out, 200), 'it is among the policies');
}

/** A clock that stands where it was set and moves only by what is waited for, so that the same run gives the same bytes. */
function startClockAt(nowMs: number, real: Clock): Clock {
  let waitedMs = 0;
  return {
    now: () => nowMs + waitedMs,
    sleep: async (ms, signal) => {
      await real.sleep(ms, signal);
      waitedMs += ms;
    },
  };
}
