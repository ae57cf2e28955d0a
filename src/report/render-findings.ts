import type { Finding } from '../model.ts';
import { commandMessage, commandProperty, visible } from '../text/encode.ts';
import { encodePath, encodeSentence } from '../text/encode-sentence.ts';
import { countWords } from './count-words.ts';
import type { Style } from './create-style.ts';
import { textWidth, wrapAfter } from './fit-text.ts';
import { toJson } from './to-json.ts';
import { toSarif } from './to-sarif.ts';

export type FindingsFormat = 'text' | 'json' | 'github' | 'sarif';

/** Findings in the order given. `files` is how many files were looked at. */
export function renderFindings(findings: readonly Finding[], format: FindingsFormat, style: Style, files: number): string {
  switch (format) {
    case 'text':
      return `${[...findings.flatMap((finding) => textLines(finding, style)), countLine(findings, style, files)].join('\n')}\n`;
    case 'json':
      return toJson({ findings: findings.map(jsonRow) });
    case 'github':
      return findings.map((finding) => `${githubCommand(finding)}\n`).join('');
    case 'sarif':
      return toJson(toSarif(findings));
  }
}

function textLines(finding: Finding, style: Style): string[] {
  const paint = finding.severity === 'error' ? style.red : style.yellow;
  const place = `${encodePath(finding.file)}:${finding.line}:${finding.column}`;
  const message = encodeSentence(finding.message);
  const code = visible(finding.code);
  const lead = `${place} ${paint(finding.severity)} ${style.dim(code)}`;
  const width = textWidth(place) + finding.severity.length + code.length + message.length + 3;
  if (width <= style.columns) return [`${lead} ${message}`];
  const isWide = textWidth(place) + finding.severity.length + code.length + 2 > style.columns;
  const title = isWide ? [place, `  ${paint(finding.severity)} ${style.dim(code)}`] : [lead];
  return [...title, ...wrapAfter('    ', message, style.columns)];
}

function countLine(findings: readonly Finding[], style: Style, files: number): string {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const paint = errors > 0 ? style.red : warnings > 0 ? style.yellow : style.green;
  return paint(`${countWords(errors, 'error')}, ${countWords(warnings, 'warning')} in ${countWords(files, 'file')}`);
}

function jsonRow({ file, line, column, code, severity, message }: Finding): Finding {
  return { file, line, column, code, severity, message };
}

/** A workflow command: the runner makes an annotation of it. The path is what the runner looks up, so it is shown encoded only where it is odd. */
function githubCommand(finding: Finding): string {
  const file = commandProperty(encodePath(finding.file));
  const title = commandProperty(visible(finding.code));
  const message = commandMessage(encodeSentence(finding.message));
  return `::${finding.severity} file=${file},line=${finding.line},col=${finding.column},title=${title}::${message}`;
}
