// Prints the section of docs/editors.md that shows what an editor says, as yaml-language-server really answers in this repository.
// `node scripts/show-editor.mjs`; a test compares it with the file.
import { fileURLToPath } from 'node:url';
import { openEditor, readSettings } from './open-editor.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const TEAM = 'members:\n  - ada@acme.example\ngrants:\n';
const ACCOUNT = 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n';

/** The section as Markdown. `|` in a file stands for the cursor. */
export async function showEditor() {
  const editor = await openEditor(ROOT, readSettings(ROOT));
  try {
    return [
      ...(await showProposals(
        editor,
        'policies/teams/new-1.yaml',
        `${TEAM}  - account: |\n`,
        'The accounts that there are, under `account:`',
      )),
      ...(await showProposals(
        editor,
        'policies/teams/new-2.yaml',
        `${TEAM}  - account: twilio-main\n    role: |\n`,
        'Roles, each with the vendor it belongs to',
      )),
      ...(await showHover(editor, 'policies/accounts/new-3.yaml', `${ACCOUNT}drift:\n  g|ained: revert\n`)),
      ...(await showMarks(editor, 'policies/teams/new-4.yaml', `${TEAM}  - { account: telnyx-support, rol: member, until: soon }\n`)),
    ].join('\n');
  } finally {
    await editor.close();
  }
}

async function showProposals(editor, path, text, title) {
  const { file, line, character } = atCursor(text);
  void editor.type(path, file);
  const proposals = await editor.complete(path, line, character);
  const rows = proposals.map(({ label, documentation }) => `| \`${label}\` | ${documentation?.value ?? documentation ?? ''} |`);
  return [`${title}:`, '', ...fenced(text.replace('|', '▮'), 'yaml'), '| proposed | in words |', '|---|---|', ...rows, ''];
}

async function showHover(editor, path, text) {
  const { file, line, character } = atCursor(text);
  void editor.type(path, file);
  const said = await editor.hover(path, line, character);
  // Where the schema lies on this machine is of no interest to a reader.
  const words = said.replace(/\s*Source: .*$/s, '').trim();
  const quoted = words.split('\n').map((row) => (row === '' ? '>' : `> ${row.replace(/^#+ (.*)$/, '**$1**')}`));
  return ['A hover over `gained`:', '', ...fenced(file, 'yaml'), ...quoted, ''];
}

async function showMarks(editor, path, text) {
  const marks = await editor.type(path, text);
  const rows = marks.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
  return ['What is wrong, underlined at its place:', '', ...fenced(text, 'yaml'), ...fenced(rows.join('\n'), 'text')];
}

function atCursor(text) {
  const [before, rest] = text.split('|');
  const lines = before.split('\n');
  return { file: before + rest, line: lines.length - 1, character: lines.at(-1).length };
}

function fenced(text, language) {
  return [`\`\`\`${language}`, text.trimEnd(), '```', ''];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await showEditor());
