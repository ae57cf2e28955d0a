import type { Argument, Command, Option } from 'commander';
import type { Format } from './commands/run-context.ts';
import type { CommandOutline, Taken } from './report/render-completion.ts';

/** What shells complete: every command with its flags, the flags of all among them. */
export function outlineCommands(program: Command, formatsOf: ReadonlyMap<Command, readonly Format[]>): CommandOutline[] {
  const outline = (command: Command, path: string): CommandOutline[] => {
    const formats = formatsOf.get(command) ?? ['text'];
    const flags = [...command.options, ...(command === program ? [] : program.options.filter(({ long }) => long !== '--version'))];
    const argument = command.registeredArguments[0];
    return [
      {
        path,
        commands: command.commands.map((one) => ({ name: one.name(), about: one.description() })),
        flags: [
          ...flags.map((option) => ({ flag: option.long ?? '', about: option.description, takes: takenBy(option, formats) })),
          { flag: '--help', about: 'print this help', takes: null },
        ],
        argument: argument === undefined ? null : takenAs(argument),
      },
      ...command.commands.flatMap((one) => outline(one, path === '' ? one.name() : `${path} ${one.name()}`)),
    ];
  };
  return outline(program, '');
}

function takenBy(option: Option, formats: readonly Format[]): Taken | null {
  if (!option.required && !option.optional) return null;
  if (option.long === '--format') return formats;
  if (option.long === '--account') return 'account';
  if (option.argChoices !== undefined) return option.argChoices;
  return placeOf(/<([^<>]+)>/.exec(option.flags)?.[1] ?? '');
}

function takenAs(argument: Argument): Taken {
  return argument.argChoices ?? placeOf(argument.name());
}

function placeOf(name: string): Taken {
  if (name === 'file') return 'file';
  return name === 'dir' || name.startsWith('folder') ? 'folder' : 'anything';
}
