import type { Finding } from '../model.ts';
import { countWords } from '../report/count-words.ts';
import type { Style } from '../report/create-style.ts';
import { wrapAfter } from '../report/fit-text.ts';
import { renderFindings } from '../report/render-findings.ts';
import { toJson } from '../report/to-json.ts';
import type { NewAccount } from '../setup/compose-account.ts';
import { type ActionPin, usesOf } from '../setup/compose-workflows.ts';
import { ENVIRONMENT, PUBLIC_KEYS } from '../setup/repository-facts.ts';
import { encodePath, encodeSentence } from '../text/encode-sentence.ts';
import type { InitProbe } from './init-probe.ts';
import type { Written } from './init-write.ts';

/** What init did and found. */
export interface InitReport extends Written {
  readonly folder: string;
  readonly accounts: readonly string[];
  readonly branch: string;
  readonly added: readonly NewAccount[];
  readonly readme: string;
  readonly action: ActionPin | null;
  readonly isRepository: boolean;
  /** Whether policies stood in this repository before: then only the new accounts ask for something. */
  readonly isBegun: boolean;
  readonly probes: readonly InitProbe[];
  readonly findings: readonly Finding[];
  /** How many policy files were checked. */
  readonly files: number;
}

export function renderInit(report: InitReport, style: Style): string {
  const { findings, files, made, kept } = report;
  const isInvalid = findings.some(({ severity }) => severity === 'error');
  return `${[
    ...wrapAfter('', `${encodePath(report.folder)}: policies for ${report.accounts.join(', ')}`, style.columns).map(style.bold),
    '',
    ...made.map((file) => `  ${style.green('made')}  ${encodePath(file)}`),
    ...keptLines(kept, style),
    ...(made.length === 0 ? ['  Nothing was missing, so nothing was written.'] : []),
    ...pinLines(report, style),
    '',
    ...report.probes.flatMap((probe) => probeLines(probe, style)),
    ...(report.probes.length === 0 ? [] : ['']),
    renderFindings(findings, 'text', style, files),
    ...(isInvalid ? wrapAfter('', 'Mend what is listed above, and run `rollcall validate`.', style.columns) : nextLines(report, style)),
  ].join('\n')}\n`;
}

/** The same for a program. */
export function initToJson({ folder, made, kept, probes, findings }: InitReport): string {
  return toJson({
    format_version: '1.0',
    folder,
    made,
    kept: kept.map(({ file, isSame, advice }) => ({ file, same: isSame, why: advice?.what ?? null, missing: advice?.lines ?? [] })),
    probes,
    findings: findings.map(({ file, line, column, code, severity, message }) => ({ file, line, column, code, severity, message })),
  });
}

/** What will run with the accounts' keys is said, above all where nobody typed it. */
function pinLines({ made, action }: InitReport, style: Style): string[] {
  const runs = action !== null && made.some((file) => file.startsWith('.github/workflows/'));
  return runs ? wrapAfter('  ', `The workflows run ${encodeSentence(usesOf(action))}`, style.columns) : [];
}

function keptLines(kept: Written['kept'], style: Style): string[] {
  const same = kept.filter(({ isSame }) => isSame).length;
  const others = kept.filter(({ isSame }) => !isSame);
  return [
    ...(same === 0 ? [] : [`  ${style.dim('kept')}  ${countWords(same, 'file')} as this rollcall writes ${same === 1 ? 'it' : 'them'}`]),
    ...others.flatMap(({ file, advice }) => [
      `  ${style.yellow('kept')}  ${encodePath(file)}, which differs`,
      ...(advice === null
        ? []
        : [
            ...wrapAfter('        ', advice.what, style.columns),
            // Copied by hand, so a line stays one line.
            ...advice.lines.map((line) => `          ${encodeSentence(line)}`),
          ]),
    ]),
  ];
}

const MARKS: Readonly<Record<InitProbe['credential'], string>> = { works: '✓', refused: '✗', unknown: '?', 'not asked': '?' };

function probeLines({ account, credential, words }: InitProbe, style: Style): string[] {
  const paint = credential === 'works' ? style.green : credential === 'refused' ? style.red : style.yellow;
  const said = credential === 'refused' ? `refused: ${words}. Give the key of this account, and ask again with \`rollcall doctor\`` : words;
  const [first = '', ...more] = wrapAfter(`${MARKS[credential]} `, `${account}: ${encodeSentence(said)}`, style.columns);
  return [paint(first.slice(0, 1)) + first.slice(1), ...more];
}

type Steps = readonly { readonly words: string; readonly commands: readonly string[] }[];

/** Commands stay whole lines, also on a narrow terminal: they are copied. */
function nextLines(report: InitReport, style: Style): string[] {
  const steps = report.isBegun ? laterSteps(report) : firstSteps(report);
  const path = 'Next (`npm install --global .` in the clone of rollcall puts the command on your path):';
  return [
    ...(steps.length === 0 ? [] : report.isBegun ? ['Next:'] : wrapAfter('', path, style.columns)),
    ...steps.flatMap(({ words, commands }, at) => [
      ...wrapAfter(`${at + 1}. `, words, style.columns),
      ...commands.map((command) => `     ${style.bold(command)}`),
    ]),
  ];
}

function firstSteps({ added, folder, branch, isRepository, readme }: InitReport): Steps {
  return [
    {
      words: `Make a signing key, and push all of this to ${branch} of a new private repository:`,
      commands: [
        ...(folder === '.' ? [] : [`cd ${shellWord(folder)}`]),
        `rollcall keygen --out key >> ${PUBLIC_KEYS}`,
        ...(isRepository ? [] : [`git init -b ${branch}`]),
        'git add . && git commit -m "Watch our vendor accounts"',
        isRepository ? `git push -u origin ${branch}` : 'gh repo create --private --source . --push',
      ],
    },
    {
      words: `Make the environment ${ENVIRONMENT} with its secrets, and the rulesets: ${readme} says what goes where.`,
      commands: [`gh secret set ROLLCALL_SIGNING_KEY --env ${ENVIRONMENT} < key && rm key`, 'rollcall doctor'],
    },
    {
      words: "Take in who is there, with the accounts' keys in the environment of this terminal, and open the first pull request:",
      commands: ['git switch -c import', ...rosterCommands(added), 'rollcall import', 'rollcall plan'],
    },
  ];
}

/** An account more, in a repository that has policies. */
function laterSteps({ added, folder, kept }: InitReport): Steps {
  if (added.length === 0) return [];
  const names = added.map(({ name }) => name);
  const isAdvised = kept.some(({ advice }) => advice !== null);
  const variables = added.flatMap((account) => account.variables.map(({ name }) => name));
  return [
    {
      words: `${isAdvised ? 'Add the lines above by hand, on a branch' : 'Make a branch'}, and take in who is there:`,
      commands: [
        ...(folder === '.' ? [] : [`cd ${shellWord(folder)}`]),
        `git switch -c add-${names[0]}`,
        ...rosterCommands(added),
        `rollcall import ${names.map((name) => `--account ${name}`).join(' ')}`,
      ],
    },
    {
      words: 'Before the pull request is merged, give the environment the new secrets:',
      commands: variables.map((variable) => `gh secret set ${variable} --env ${ENVIRONMENT}`),
    },
  ];
}

/** Where no API shows who is there, somebody has to look first. */
function rosterCommands(added: InitReport['added']): string[] {
  return added.filter(({ api }) => api === 'console').map(({ name }) => `rollcall roster --account ${name} --from pages.txt`);
}

function shellWord(text: string): string {
  const shown = encodePath(text);
  return /^[\w./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
