import { Argument, type Command, Option } from 'commander';
import { type Add, type AddGroup, count, text, wholeNumber } from './cli-options.ts';
import { type ExitCode, RollcallError } from './errors.ts';
import type { World } from './ports.ts';
import { type CommandOutline, SHELLS } from './report/render-completion.ts';

interface Hands {
  readonly add: Add;
  readonly group: AddGroup;
  readonly runCli: (argv: readonly string[], world: World) => Promise<ExitCode>;
}

/** Commands around the policies: the ledger, keys, emulators, the demo, GitHub Actions. */
export function addToolCommands(program: Command, { add, group, runCli }: Hands, outline: () => readonly CommandOutline[]): void {
  const ledger = group('ledger', 'check the chain; list what happened and what is owed', [
    'rollcall ledger verify',
    'rollcall ledger show',
  ]);
  add(
    ledger,
    'verify',
    'prove the chain from the first record to the last',
    ['rollcall ledger verify', 'rollcall ledger verify --ledger backup.jsonl --format json'],
    async (run, { options }) => (await import('./commands/ledger.ts')).ledgerVerify(run, signaturesOf(options)),
    ['text', 'json'],
  )
    .option('--keys <file>', 'check signatures too, against these public keys')
    .option('--repository <id>', 'the id of the repository that every record has to name');
  add(
    ledger,
    'show',
    'what happened, oldest first, and what is owed',
    ['rollcall ledger show', 'rollcall ledger show --account telnyx-production --format json'],
    async (run, { options }) => (await import('./commands/ledger.ts')).ledgerShow(run, signaturesOf(options)),
    ['text', 'json'],
  )
    .option('--keys <file>', 'check signatures too, against these public keys')
    .option('--repository <id>', 'the id of the repository that every record has to name');
  add(
    program,
    'keygen',
    'a key pair that signs the ledger on the state branch',
    ['rollcall keygen', 'rollcall keygen --out signing-key'],
    async (run) => (await import('./commands/keygen.ts')).keygen(run),
    ['text', 'json'],
  );
  addCiCommands(add, group);
  addEmulators(add, group);
  add(
    program,
    'demo',
    'one whole story on the emulators in this process: pull request, merge, apply; then guard, drift, revert. For people, so only as text',
    ['rollcall demo', 'rollcall demo --no-color'],
    async (run) => (await import('./commands/demo.ts')).demo(run, runCli),
    ['text'],
  );
  add(
    program,
    'completion',
    'the script with which a shell completes commands, flags and account names; for the shell alone, so only as text',
    ['source <(rollcall completion bash)', 'rollcall completion fish --out ~/.config/fish/completions/rollcall.fish'],
    async (run, { args }) => {
      const shell = SHELLS.find((one) => one === args[0]) ?? 'bash';
      return (await import('./commands/completion.ts')).completion(run, shell, outline());
    },
    ['text'],
  ).addArgument(new Argument('<shell>', 'the shell').choices(SHELLS));
}

function addEmulators(add: Add, group: AddGroup): void {
  const emulate = group('emulate', 'the vendors and GitHub on the loopback address', [
    'rollcall emulate telnyx',
    'rollcall emulate all --port 4000',
  ]);
  const port = (what: string) => wholeNumber('--port <n>', `${what}; 0 takes free ones`, 65_535);
  const latency = () => wholeNumber('--latency <ms>', 'milliseconds before each answer', 60_000);
  const seed = () => new Option('--seed <file>', 'who and what is there to begin with (JSON); else what the policies at hand say');
  const flagsOf = (options: Record<string, unknown>) => ({
    port: count(options['port']),
    controlPort: count(options['controlPort']),
    latencyMs: count(options['latency']),
    seed: text(options['seed']),
  });
  add(
    emulate,
    'telnyx',
    'Telnyx, sub-users and organizations, with their limits; stop with Ctrl-C',
    ['rollcall emulate telnyx --port 4010', 'rollcall emulate telnyx --seed seed.json --latency 20'],
    async (run, { options }) => (await import('./commands/emulate.ts')).emulateTelnyx(run, flagsOf(options)),
    ['text', 'json'],
  )
    .addOption(port('the port of the API'))
    .addOption(wholeNumber('--control-port <n>', "the port of the people's side; 0 takes a free one", 65_535))
    .addOption(latency())
    .addOption(seed());
  add(
    emulate,
    'twilio',
    'Twilio: organization, SCIM, keys, events and a console, all hosts on one port; stop with Ctrl-C',
    ['rollcall emulate twilio --port 4030', 'rollcall emulate twilio --seed seed.json --latency 20'],
    async (run, { options }) => (await import('./commands/emulate-twilio.ts')).emulateTwilio(run, flagsOf(options)),
    ['text', 'json'],
  )
    .addOption(port('the port of the API'))
    .addOption(wholeNumber('--control-port <n>', "the port of the people's side; 0 takes a free one", 65_535))
    .addOption(latency())
    .addOption(seed());
  add(
    emulate,
    'github',
    'GitHub with a repository of its own, its API and git over HTTP; stop with Ctrl-C',
    ['rollcall emulate github --port 4020', 'rollcall emulate github --seed seed.json'],
    async (run, { options }) =>
      (await import('./commands/emulate-github.ts')).emulateGithub(run, { port: count(options['port']), seed: text(options['seed']) }),
    ['text', 'json'],
  )
    .addOption(port('the port of API and git'))
    .addOption(seed());
  add(
    emulate,
    'all',
    'both vendors and GitHub on one clock, on five ports from --port; stop with Ctrl-C',
    ['rollcall emulate all --port 4000', 'rollcall emulate all --seed seeds.json'],
    async (run, { options }) => (await import('./commands/emulate-all.ts')).emulateAll(run, flagsOf(options)),
    ['text', 'json'],
  )
    .addOption(port('the first of five ports'))
    .addOption(latency())
    .addOption(seed());
}

/** The same inside GitHub Actions, reading the event and speaking through the GitHub API. */
function addCiCommands(add: Add, group: AddGroup): void {
  const ci = group('ci', 'plan and apply inside GitHub Actions', ['rollcall ci plan --pull 12', 'rollcall ci drift']);
  const flagsOf = (options: Record<string, unknown>) => ({
    pull: typeof options['pull'] === 'number' ? options['pull'] : null,
    isPublic: options['public'] === true,
  });
  const number = () =>
    new Option('--pull <number>', 'the number of a pull request').argParser((given) => {
      if (!/^[1-9]\d{0,8}$/.test(given)) throw new RollcallError('usage', '--pull takes the number of a pull request');
      return Number(given);
    });
  const everybody = () => new Option('--public', 'write names and addresses in a public repository');
  add(
    ci,
    'plan',
    'plan what a pull request changes and say it there; holds no vendor credential',
    ['rollcall ci plan', 'rollcall ci plan --pull 12'],
    async (run, { options }) => (await import('./commands/ci/ci-plan.ts')).ciPlan(run, flagsOf(options)),
    ['text', 'json'],
  )
    .addOption(number())
    .addOption(everybody());
  add(
    ci,
    'apply',
    'make true what merged pull requests were approved for, and say what became of it',
    ['rollcall ci apply', 'rollcall ci apply --pull 12'],
    async (run, { options }) => (await import('./commands/ci/ci-apply.ts')).ciApply(run, flagsOf(options)),
    ['text', 'json', 'markdown'],
  )
    .addOption(number())
    .addOption(everybody());
  add(
    ci,
    'drift',
    'the night watch: observe, take back what nobody approved, go on with what is owed, keep the issues',
    ['rollcall ci drift', 'rollcall ci drift --adopt'],
    async (run, { options }) =>
      (await import('./commands/ci/ci-drift.ts')).ciDrift(run, { ...flagsOf(options), adopt: options['adopt'] === true }),
    ['text', 'json', 'markdown'],
  )
    .option('--adopt', 'propose what drift is left as a pull request that writes it into the policies')
    .addOption(everybody());
}

function signaturesOf(options: Record<string, unknown>) {
  return { keys: text(options['keys']), repository: text(options['repository']) };
}
