import type { FindingCode } from '../../src/policy/findings.ts';
import { COMPANY } from '../policy/four-kinds.ts';
import { but, type Content, GOOD } from '../policy/memory-source.ts';

/** Stands in every case where a value or an odd key can stand; no finding may repeat it. */
export const CANARY = 'hunter2-canary';

export interface HostileCase {
  readonly what: string;
  readonly files: Readonly<Record<string, Content>>;
  readonly code: FindingCode;
  readonly line: number;
  /** Path inside the policies. */
  readonly at: string;
}

export const PERSON = `- email: eve@acme.example\n  name: ${CANARY}\n`;
export const points = (...codes: number[]): string => String.fromCodePoint(...codes);

/** A people file, since that is what a pull request by anybody may touch. */
export function people(what: string, content: Content, code: FindingCode, line: number): HostileCase {
  return { what, files: but({ 'people/evil.yaml': content }), code, line, at: 'people/evil.yaml' };
}

export function team(what: string, content: Content, code: FindingCode, line: number): HostileCase {
  return { what, files: but({ 'teams/evil.yaml': content }), code, line, at: 'teams/evil.yaml' };
}

export function approval(what: string, content: Content, code: FindingCode, line: number): HostileCase {
  return { what, files: but({ 'approvals/evil.yaml': content }), code, line, at: 'approvals/evil.yaml' };
}

/** More lines in the one account file, from its fourth on. */
export function account(what: string, more: string, code: FindingCode, line: number): HostileCase {
  const path = 'accounts/telnyx-production.yaml';
  return { what, files: but({ [path]: `${GOOD[path]}${more}` }), code, line, at: path };
}

export function tree(what: string, path: string, content: Content, code: FindingCode, at = path): HostileCase {
  return { what, files: but({ [path]: content }), code, line: 1, at };
}

/** A company with an account of each kind, of which one file is another. */
export function company(what: string, at: string, content: Content, code: FindingCode, line: number): HostileCase {
  return { what, files: { ...COMPANY, [at]: content }, code, line, at };
}

export function bytes(before: string, odd: readonly number[], after: string): Uint8Array {
  const utf8 = (value: string) => new TextEncoder().encode(value);
  return Uint8Array.from([...utf8(before), ...odd, ...utf8(after)]);
}
