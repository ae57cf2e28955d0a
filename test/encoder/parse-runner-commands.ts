/** What the runner would do because of a line that was printed. */
interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/**
 * The commands that the Actions runner finds in what a step prints, by its own grammar (actions/runner: ActionCommand.cs, OutputManager.cs):
 * `::name key=value,…::data` at the start of a line, behind any white space; `##[name key=value;…]data` anywhere in it. It knows its
 * commands by name, and here every name is one, also that of a token given to `stop-commands`.
 *
 * Lines end with LF, CR or CRLF. .NET compares the marks by the rules of a culture, which skip what has no weight: so what nobody sees is
 * taken out first.
 */
export function parseRunnerCommands(printed: string): RunnerCommand[] {
  return printed
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(WEIGHTLESS, ''))
    .flatMap((line) => parseNew(line) ?? parseOld(line) ?? []);
}

const WEIGHTLESS = /\p{Default_Ignorable_Code_Point}|\p{Cf}|[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]/gu;

function parseNew(given: string): RunnerCommand | null {
  // As .NET, JavaScript trims every white space of Unicode; NEL is one there alone.
  const line = given.replace(/^[\s\u0085]+/u, '');
  const end = line.startsWith('::') ? line.indexOf('::', 2) : -1;
  if (end < 0) return null;
  const [name, rest] = splitInfo(line.slice(2, end));
  return {
    name,
    properties: readProperties(rest.trim(), ',', /%(0D|0A|3A|2C|25)/g),
    data: readEscapes(line.slice(end + 2), /%(0D|0A|25)/g),
  };
}

function parseOld(line: string): RunnerCommand | null {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return null;
  const [name, rest] = splitInfo(line.slice(start + 3, end));
  const escapes = /%(3B|0D|0A|5D|25)/g;
  return { name, properties: readProperties(rest, ';', escapes), data: readEscapes(line.slice(end + 1), escapes) };
}

function splitInfo(info: string): [string, string] {
  const space = info.indexOf(' ');
  return space < 0 ? [info, ''] : [info.slice(0, space), info.slice(space + 1)];
}

function readProperties(text: string, mark: string, escapes: RegExp): Record<string, string> {
  const pairs = text.split(mark).flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && at < pair.length - 1 ? [[pair.slice(0, at), readEscapes(pair.slice(at + 1), escapes)] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function readEscapes(text: string, escapes: RegExp): string {
  return text.replace(escapes, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
