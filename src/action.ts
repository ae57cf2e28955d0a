import { EXIT } from './errors.ts';
import { commandMessage, visible } from './text/encode.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The commands of action.yml and what they are on the command line. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  plan: ['ci', 'plan'],
  apply: ['ci', 'apply'],
  drift: ['ci', 'drift'],
  validate: ['validate', '--format', 'github'],
};
const INPUTS = new Set(['INPUT_COMMAND', 'INPUT_PULL', 'INPUT_ADOPT', 'INPUT_PUBLIC', 'INPUT_POLICIES', 'INPUT_TOKEN']);
/** One or more plain names: no leading dash that could be read as a flag, no way up and out of the repository. */
const FOLDER = /^(?!.*(?:^|\/)\.\.?(?:\/|$))[A-Za-z0-9._][A-Za-z0-9._-]*(?:\/[A-Za-z0-9._][A-Za-z0-9._-]*)*$/;
/** What makes Node run other code, or believe other hosts, in the process that holds the vendors' keys. */
const TAMPERING = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED'];

const read = readInputs(process.env);
if (typeof read === 'string') {
  process.stdout.write(`::error title=rollcall::${commandMessage(read)}\n`);
  process.exitCode = EXIT.usage;
} else {
  process.argv.splice(2, process.argv.length, ...read.argv);
  if (read.token !== '') process.env['GITHUB_TOKEN'] = read.token;
  void import('./main.ts').then(({ main }) => main(process));
}

interface Inputs {
  readonly command: string;
  readonly pull: string;
  readonly adopt: string;
  readonly public: string;
  readonly policies: string;
}

/** The command line and the token that the inputs of action.yml ask for, or what is wrong with them. No input can add a flag. */
function readInputs(env: Env): { readonly argv: readonly string[]; readonly token: string } | string {
  const input = (name: string) => env[`INPUT_${name}`]?.trim() ?? '';
  const unknown = Object.keys(env).find((name) => name.startsWith('INPUT_') && !INPUTS.has(name));
  if (unknown !== undefined) {
    return `the input ${visible(unknown.slice(6).toLowerCase())} is not known. Known: command, pull, adopt, public, policies, token.`;
  }
  const inputs: Inputs = {
    command: input('COMMAND'),
    pull: input('PULL'),
    adopt: input('ADOPT') || 'false',
    public: input('PUBLIC') || 'false',
    policies: input('POLICIES') || 'policies',
  };
  const command = Object.hasOwn(COMMANDS, inputs.command) ? COMMANDS[inputs.command] : undefined;
  if (command === undefined)
    return `the input command is ${Object.keys(COMMANDS).join(', ')}; it was ${visible(inputs.command) || 'empty'}.`;
  const wrong = whatIsWrong(inputs) ?? tamperedWith(inputs.command, env);
  if (wrong !== null) return wrong;
  const argv = [
    '--policies',
    inputs.policies,
    ...command,
    ...(inputs.pull === '' ? [] : ['--pull', inputs.pull]),
    ...(inputs.adopt === 'true' ? ['--adopt'] : []),
    ...(inputs.public === 'true' ? ['--public'] : []),
  ];
  return { argv, token: input('TOKEN') };
}

function whatIsWrong({ command, pull, adopt, public: open, policies }: Inputs): string | null {
  if (pull !== '' && !/^[1-9]\d{0,8}$/.test(pull)) return `the input pull is the number of a pull request; it was ${visible(pull)}.`;
  if (open !== 'true' && open !== 'false') return `the input public is true or false; it was ${visible(open)}.`;
  if (adopt !== 'true' && adopt !== 'false') return `the input adopt is true or false; it was ${visible(adopt)}.`;
  if (adopt === 'true' && command !== 'drift') return `${command} does not take the input adopt; drift does.`;
  if (policies.length > 200 || !FOLDER.test(policies)) {
    return `the input policies is a folder inside the repository, such as policies; it was ${visible(policies)}.`;
  }
  return command === 'validate' && (pull !== '' || open === 'true') ? 'validate takes neither the input pull nor the input public.' : null;
}

function tamperedWith(command: string, env: Env): string | null {
  const tampering = command === 'apply' || command === 'drift' ? TAMPERING.find((variable) => (env[variable] ?? '') !== '') : undefined;
  return tampering === undefined
    ? null
    : `${tampering} is set, which can lead credentials astray, so nothing was applied. Take it out of the environment of the step.`;
}
