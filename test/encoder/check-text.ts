import { parseRunnerCommands } from './parse-runner-commands.ts';

/** What a screen obeys or hides, but for the feed between lines of ours. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** In text every space is the one that people type; a document of JSON says others as they are, and nobody obeys them. */
const SPACES = /\p{Zs}/gu;
/** What a whole sentence may come to, and no single fact in it is longer. */
const MOST_POINTS = 1201;

interface Shape {
  readonly isJson?: boolean;
  /** How many commands for the runner the text is made of; all others have none. */
  readonly commands?: number;
}

/** What is wrong with a text that was made for a terminal, a log or a program; empty where nothing is. */
export function faultsOfText(text: string, { isJson = false, commands = 0 }: Shape = {}): string[] {
  const unseen = (text.match(UNSEEN) ?? []).filter((one) => one !== '\n');
  const spaces = isJson ? [] : (text.match(SPACES) ?? []).filter((one) => one !== ' ');
  const odd = [...new Set([...unseen, ...spaces])].map((one) => `U+${one.codePointAt(0)?.toString(16)}`);
  const found = parseRunnerCommands(text);
  return [
    ...(odd.length > 0 ? [`shows ${odd.slice(0, 5).join(' ')}`] : []),
    ...(found.length === commands ? [] : [`the runner finds ${found.length} commands: ${found[0]?.name}`]),
    ...(!isJson && text.includes('x'.repeat(MOST_POINTS)) ? ['a text of somebody else is longer than a sentence'] : []),
    ...(isJson ? faultsOfJson(text) : []),
  ];
}

function faultsOfJson(text: string): string[] {
  try {
    JSON.parse(text);
    return [];
  } catch {
    return ['it is no JSON'];
  }
}
