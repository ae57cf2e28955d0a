import type { Issue } from '../emulator/github/github-state.ts';
import { wrapAfter } from '../report/fit-text.ts';
import { showMarkdown } from '../report/show-markdown.ts';
import type { Office } from './demo-office.ts';
import { indent } from './demo-scene.ts';

/** A table of more columns than a terminal has room for beside each other. */
const WIDE = /((?:^\|(?:[^|\n]*\|){7,}\n)+)/m;

/** The comment, as people find it on a pull request. */
export function showComment(office: Office, number: number): void {
  printSpeech(office, `The comment on pull request ${number}`, commentsOn(office, number)[0] ?? '');
}

/** The rolling issue of an account, as people find it. */
export function showIssue(office: Office, account: string): void {
  const { number, title, state, body } = findIssue(office, account);
  // Below that it says when the account was read, which the story has said.
  printSpeech(office, `Issue ${number}, "${title}", is ${state}`, body.replace(/^Last complete read:[\s\S]*/m, ''));
}

/** The newest that rollcall said on the rolling issue of an account. */
export function showNews(office: Office, account: string): void {
  const { number, title, state } = findIssue(office, account);
  printSpeech(office, `The last comment on issue ${number}, "${title}", which is ${state}`, commentsOn(office, number).at(-1) ?? '');
}

function commentsOn({ people }: Office, number: number): string[] {
  return [...people.repository.comments.values()].flatMap(({ issue, body }) => (issue === number ? [body] : []));
}

function findIssue({ people }: Office, account: string): Issue {
  const issue = [...people.repository.issues.values()].find(({ pull, title }) => pull === null && title === `rollcall: ${account}`);
  if (issue === undefined) throw new Error(`the demo expected an issue about ${account}`);
  return issue;
}

function printSpeech({ outer: { style, print } }: Office, title: string, body: string): void {
  const inner = { ...style, columns: style.columns - 4 };
  // GitHub does not show what is in a comment of HTML either; grants that ended long before the story are none of it.
  const seen = body.replaceAll(/<!--[\s\S]*?-->\n?/g, '').replace(/#### Ended\n\n(- .*\n)+\n?/, '');
  const parts = seen.split(WIDE).map((part, at) => (at % 2 === 1 ? `${listRows(part, inner.columns)}\n` : showMarkdown(part, inner)));
  print(`\n${style.dim(`${title}:`)}`);
  print(indent(parts.join('\n')));
}

/** A wide table row by row: who and what, and below it the other cells under their names. */
function listRows(table: string, columns: number): string {
  const [head = [], , ...rows] = table.trimEnd().split('\n').map(cellsOf);
  const lines = rows.flatMap(([light, who, what, ...cells]) => [
    `${light} ${who} · ${what}`,
    ...cells.flatMap((cell, at) => wrapAfter(`   ${head[at + 3]}: `, cell, columns)),
  ]);
  return lines.join('\n');
}

/** Without marks of Markdown; nobody in the story has a pipe in their name. */
function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll(/\*\*|`/g, '').trim());
}
