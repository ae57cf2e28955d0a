import { Command, CommanderError, Option } from 'commander';
import { addSetupCommands } from './add-setup-commands.ts';
import { addToolCommands } from './add-tool-commands.ts';
import { type Action, type Add, type AddGroup, text } from './cli-options.ts';
import { createRun, DEFAULT_LEDGER, type Format, type GlobalFlags } from './commands/run-context.ts';
import { EXIT, type ExitCode, RollcallError } from './errors.ts';
import { outlineCommands } from './outline-commands.ts';
import type { World } from './ports.ts';
import { wrapText } from './report/fit-text.ts';
import { renderExamples, renderExitCodes, renderHelpItem } from './report/render-help.ts';
import { createRedactor, visible } from './text/encode.ts';
import { encodeSentence } from './text/encode-sentence.ts';
import { VERSION } from './version.ts';

/** Runs one command line in a world and says with which code it ends. Every sink it writes to is the world's. */
export async function runCli(argv: readonly string[], outer: World): Promise<ExitCode> {
  const world = withoutSecrets(outer);
  let exit: ExitCode = EXIT.ok;
  const program = buildProgram(world, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    return sayError(error, world, argv.includes('--debug'));
  }
}

/** Nothing that is written holds the value of a credential, whatever put it there. */
function withoutSecrets(world: World): World {
  const secrets = Object.entries(world.env).flatMap(([name, value]) => (/_(KEY|SECRET|TOKEN)$/.test(name) && value ? [value.trim()] : []));
  if (secrets.length === 0) return world;
  const redact = createRedactor(secrets);
  const clean = (sink: World['stdout']) => ({ ...sink, write: (text: string) => sink.write(redact(text)) });
  const files = {
    ...world.files,
    writeText: (path: string, text: string) => world.files.writeText(path, redact(text)),
    create: (path: string, text: string) => world.files.create(path, redact(text)),
  };
  return { ...world, files, stdout: clean(world.stdout), stderr: clean(world.stderr) };
}

function sayError(error: unknown, world: World, debug: boolean): ExitCode {
  if (error instanceof CommanderError) {
    const asked = error.code === 'commander.helpDisplayed' || error.code === 'commander.help' || error.code === 'commander.version';
    return asked && error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof RollcallError) {
    world.stderr.write(`rollcall: ${error.message}\n`);
    if (debug) world.stderr.write(stackOf(error));
    return error.exit;
  }
  const what = error instanceof Error ? error.message : String(error);
  world.stderr.write(
    `rollcall: something unexpected happened: ${visible(what, 300)}. Run it again with --debug and report what it prints.\n`,
  );
  if (debug && error instanceof Error) world.stderr.write(stackOf(error));
  return EXIT.unexpected;
}

function stackOf(error: Error): string {
  return `${encodeLines(error.stack ?? '')}\n`;
}

/** Every line made harmless, its line feed kept: what somebody typed is foreign text too. */
function encodeLines(text: string): string {
  return text.split('\n').map(encodeSentence).join('\n');
}

/** Every command that there is. What a parsed command line comes to goes to `finish`. */
export function buildProgram(world: World, finish: (code: ExitCode) => void): Command {
  const { columns } = world.stdout;
  const program = new Command('rollcall')
    .description('A roll call for vendor consoles: YAML in Git says who may be in which account and in what role.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(encodeLines(text)),
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .exitOverride()
    .showHelpAfterError('(rollcall --help lists the commands and flags)')
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 1,
      styleUsage: (usage) => wrapText(usage, columns - 'Usage: '.length).join('\n       '),
      formatItem: (term, termWidth, about) => renderHelpItem(term, termWidth, about, columns),
    })
    .addHelpText('after', () => renderExamples(['rollcall init access', 'rollcall plan'], columns) + renderExitCodes(columns));
  addGlobalOptions(program);

  const group: AddGroup = (name, description, examples) =>
    program
      .command(name)
      .description(description)
      .helpOption('--help', 'print this help')
      .addHelpText('after', () => renderExamples(examples, columns));

  const formatsOf = new Map<Command, readonly Format[]>();
  const add = (
    parent: Command,
    usage: string,
    description: string,
    examples: readonly string[],
    action: Action,
    formats: readonly Format[] = ['text', 'json', 'markdown'],
  ): Command => {
    const command = parent
      .command(usage)
      .description(description)
      .helpOption('--help', 'print this help')
      .allowExcessArguments(false)
      .addHelpText('after', () => renderExamples(examples, columns));
    formatsOf.set(command, formats);
    command.action(async () => {
      const options = command.optsWithGlobals();
      const run = createRun(world, globalFlags(options, formats));
      const code = await action(run, { args: command.args, options }).finally(() => run.progress(null));
      // Whatever a run came to, one that was interrupted says so.
      finish(world.interrupted.aborted ? EXIT.interrupted : code);
    });
    return command;
  };
  addReadingCommands(program, add);
  addWritingCommands(program, add);
  addSetupCommands(program, add);
  addToolCommands(program, { add, group, runCli }, () => outlineCommands(program, formatsOf));
  return program;
}

function addReadingCommands(program: Command, add: Add): void {
  add(
    program,
    'validate',
    'check the policies: every finding of every file; needs nothing, sends nothing',
    ['rollcall validate', 'rollcall validate --format sarif --out findings.sarif'],
    async (run) => (await import('./commands/validate.ts')).validate(run),
    ['text', 'json', 'github', 'sarif'],
  );
  add(
    program,
    'plan',
    'read live, compare with policy, print what would change and why; cannot write',
    ['rollcall plan --out plan.json', 'rollcall plan --base origin/main --observation live.json'],
    async (run, { options }) =>
      (await import('./commands/plan.ts')).plan(run, {
        base: text(options['base']),
        observation: text(options['observation']),
        detailedExitcode: options['detailedExitcode'] === true,
      }),
  )
    .option('--base <folder|commit>', 'compare with these policies instead of the last applied state')
    .option('--observation <file>', 'plan on what `observe` wrote, without any credential')
    .option('--detailed-exitcode', 'exit 2 when there are changes');
  add(
    program,
    'observe',
    'a complete read of every account into one file (--out), for plans without credentials',
    ['rollcall observe --out live.json', 'rollcall observe --account telnyx-production --out live.json'],
    async (run) => (await import('./commands/observe.ts')).observe(run),
    ['text', 'json'],
  );
  add(
    program,
    'explain [email]',
    'what a person holds and why, or who can: from policy and ledger',
    ['rollcall explain ada@acme.example', 'rollcall explain --account telnyx-production --role admin'],
    async (run, { args, options }) =>
      (await import('./commands/explain.ts')).explain(run, {
        email: args[0] ?? null,
        role: text(options['role']),
        observation: text(options['observation']),
      }),
    ['text', 'json'],
  )
    .option('--role <role>', 'who holds this role (with --account)')
    .option('--observation <file>', 'show live access too, from what `observe` wrote');
}

function addWritingCommands(program: Command, add: Add): void {
  add(
    program,
    'roster',
    "pasted text of the Twilio Console's users and invited pages to policies/rosters/NAME.yaml (with --account)",
    [
      'rollcall roster --account twilio-labs < pages.txt',
      'rollcall roster --account twilio-labs --from pages.txt --attested-by ada@acme.example',
    ],
    async (run, { options }) =>
      (await import('./commands/roster.ts')).roster(run, { from: text(options['from']), attestedBy: text(options['attestedBy']) }),
    ['text', 'json'],
  )
    .option('--from <file>', 'the pasted pages, instead of standard input')
    .option('--attested-by <email>', "who looked at both pages; git's user.email where it is not given");
  add(
    program,
    'apply',
    'read again, plan again, make what is both approved and still needed',
    ['rollcall apply --plan plan.json', 'rollcall apply'],
    async (run, { options }) =>
      (await import('./commands/apply.ts')).apply(run, { plan: text(options['plan']), yes: options['yes'] === true }),
  )
    .addOption(new Option('--plan <file>', 'apply what this reviewed plan has').conflicts('yes'))
    .option('--yes', 'approve the plan made now, unseen');
  add(
    program,
    'drift',
    'the difference that no commit explains; exit 2 when there is one',
    ['rollcall drift', 'rollcall drift --revert', 'rollcall drift --adopt'],
    async (run, { options }) =>
      options['adopt'] === true
        ? (await import('./commands/adopt.ts')).adopt(run)
        : (await import('./commands/drift.ts')).drift(run, options['revert'] === true),
  )
    .addOption(new Option('--revert', "take it back by each account's rules, and go on with what is owed").conflicts('adopt'))
    .option('--adopt', 'write it into the policies, as the smallest edit; never privilege that was gained');
}

/** Understood before and after the command. */
function addGlobalOptions(program: Command): void {
  program
    .option('--policies <dir>', 'the folder of policies', 'policies')
    .option('--account <name>', 'only this account; may be given several times', (name: string, all: string[] | undefined) => [
      ...(all ?? []),
      name,
    ])
    .option('--format <format>', 'text, json or markdown; validate also github and sarif', 'text')
    .option('--out <file>', 'write the result to a file (for plan: the JSON document, beside the output)')
    .option('--quiet', 'no progress and no log')
    .option('--no-color', 'no colour (as NO_COLOR)')
    .option('--ledger <file>', 'the ledger', DEFAULT_LEDGER)
    .option('--debug', 'print stack traces of errors');
}

function globalFlags(options: Record<string, unknown>, formats: readonly Format[]): GlobalFlags {
  const format = formats.find((one) => one === options['format']);
  if (format === undefined) {
    throw new RollcallError('usage', `--format ${visible(String(options['format']))}: this command prints ${formats.join(', ')}`);
  }
  return {
    policies: text(options['policies']) ?? 'policies',
    account: Array.isArray(options['account']) ? options['account'].map(String) : [],
    format,
    out: text(options['out']),
    quiet: options['quiet'] === true,
    colour: options['color'] !== false,
    ledger: text(options['ledger']) ?? DEFAULT_LEDGER,
    debug: options['debug'] === true,
  };
}
