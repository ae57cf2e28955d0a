import { type GitHubLibrary, loadGitHubLibrary } from './load-github-library.ts';

/** `github`, `inputs`, `secrets`, `runner`, each plain data. */
export type Contexts = Readonly<Record<string, unknown>>;

export type Status = 'success' | 'failure';

let library: Promise<GitHubLibrary> | null = null;

/** A text with every `${{ }}` in it evaluated, by GitHub's own evaluator. */
export async function evaluateText(text: string, contexts: Contexts, status: Status = 'success'): Promise<string> {
  const parts: string[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)) {
    parts.push(text.slice(at, match.index), await evaluate(match[1] ?? '', contexts, status));
    at = match.index + match[0].length;
  }
  return parts.join('') + text.slice(at);
}

/** Whether a job or step with this `if` runs: without a status function only as long as all went well. */
export async function evaluateCondition(condition: string | null, contexts: Contexts, status: Status): Promise<boolean> {
  const inner = /^\$\{\{([\s\S]*)\}\}$/.exec(condition ?? '')?.[1] ?? condition ?? 'success()';
  const whole = /\b(?:success|failure|always|cancelled)\s*\(/.test(inner) ? inner : `success() && (${inner})`;
  const answer = await evaluate(whole, contexts, status);
  return answer !== '' && answer !== 'false' && answer !== '0';
}

async function evaluate(expression: string, contexts: Contexts, status: Status): Promise<string> {
  library ??= loadGitHubLibrary();
  const { Lexer, Parser, Evaluator, data } = await library;
  const truths = { success: status === 'success', failure: status === 'failure', always: true, cancelled: false };
  const functions = Object.entries(truths).map(([name, is]) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(is) }));
  const parsed = new Parser(new Lexer(expression.trim()).lex().tokens, Object.keys(contexts), functions).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed, values, new Map(functions.map((one) => [one.name, one]))).evaluate().coerceString();
}
