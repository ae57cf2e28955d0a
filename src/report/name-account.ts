import { visible } from '../text/encode.ts';

/** The name of an account that a file fans out to: the file's, and the subaccount's SID in lower case. */
const FANNED_OUT = /^(.+)-(ac[0-9a-f]{32})$/;

/** An account in words: `telnyx-production`, or `twilio-main, subaccount AC…` where its file stands for several. */
export function nameAccount(account: string): string {
  const { file, subaccount } = readAccountName(account);
  return subaccount === null ? visible(file) : `${visible(file)}, subaccount ${subaccount}`;
}

/** The same for a column: `twilio-main, AC0123…cdef`. */
export function shortenAccount(account: string): string {
  const { file, subaccount } = readAccountName(account);
  return subaccount === null ? visible(file, 32) : `${visible(file, 32)}, ${subaccount.slice(0, 6)}…${subaccount.slice(-4)}`;
}

/** The policy file that an account's settings stand in, and its SID where that file fans out to it. */
export function readAccountName(account: string): { readonly file: string; readonly subaccount: string | null } {
  const [, file, sid] = FANNED_OUT.exec(account) ?? [];
  return file === undefined || sid === undefined ? { file: account, subaccount: null } : { file, subaccount: `AC${sid.slice(2)}` };
}
