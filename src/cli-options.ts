import { type Command, Option } from 'commander';
import type { Format, Run } from './commands/run-context.ts';
import { type ExitCode, RollcallError } from './errors.ts';

/** What a command does with its run. */
export type Action = (
  run: Run,
  command: { readonly args: readonly string[]; readonly options: Record<string, unknown> },
) => Promise<ExitCode>;

/** Adds one command to a group. */
export type Add = (
  parent: Command,
  usage: string,
  description: string,
  examples: readonly string[],
  action: Action,
  formats?: readonly Format[],
) => Command;

/** Adds commands that belong together, to which single ones are added then. */
export type AddGroup = (name: string, description: string, examples: readonly string[]) => Command;

/** A flag's text, or null where it was not given. */
export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** A flag that takes a whole number from 0 to `most`. */
export function wholeNumber(flags: string, description: string, most: number): Option {
  return new Option(flags, description).default(0).argParser((given) => {
    const number = /^\d{1,6}$/.test(given) ? Number(given) : Number.NaN;
    if (!(number <= most)) throw new RollcallError('usage', `${flags.split(' ')[0]} takes a whole number from 0 to ${most}`);
    return number;
  });
}
