import { readLedgerPlace } from '../../report/issue/read-ledger-place.ts';
import { titleIssue } from '../../report/issue/render-issue.ts';
import { issueMarker } from './keep-watch.ts';
import type { Ci } from './open-ci.ts';

/** The newest place in the ledger that an issue of ours remembers: a ledger that does not reach it is an older one put back. */
export async function findSeen(ci: Ci, accounts: Iterable<string>): Promise<{ readonly seq: number; readonly hash: string } | null> {
  let newest: { readonly seq: number; readonly hash: string } | null = null;
  for (const account of accounts) {
    const issue = await ci.github.issues.find(issueMarker(ci, account), titleIssue({ account }));
    const place = issue === null ? null : readLedgerPlace(issue.body);
    if (place !== null && place.seq > (newest?.seq ?? 0)) newest = place;
  }
  return newest;
}
