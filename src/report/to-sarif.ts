import type { Log } from 'sarif';
import type { Finding } from '../model.ts';

/** Findings as a SARIF 2.1.0 log, for code scanning. */
export function toSarif(findings: readonly Finding[]): Log {
  const codes = [...new Set(findings.map((finding) => finding.code))].sort();
  const indexes = new Map(codes.map((code, at) => [code, at]));
  return {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: { name: 'rollcall', rules: codes.map((code) => ({ id: code, shortDescription: { text: code.replaceAll('-', ' ') } })) },
        },
        columnKind: 'unicodeCodePoints',
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: indexes.get(finding.code) ?? -1,
          level: finding.severity,
          message: { text: plainMessage(finding.message) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: finding.file.split('/').map(encodeSegment).join('/') },
                region: { startLine: Math.max(1, finding.line), startColumn: Math.max(1, finding.column) },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** Half of a surrogate pair, which no address can hold, becomes the sign for what cannot be read. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** In a SARIF message `[text](target)` is a link, also in plain text; ours are none. */
function plainMessage(message: string): string {
  return message.replace(/[[\]\\]/g, '\\$&');
}
