import { fileOfSubaccount } from '../../plan/fan-out.ts';
import { readLedgerPlace } from '../../report/issue/read-ledger-place.ts';
import { titleIssue } from '../../report/issue/render-issue.ts';
import { issueMarker } from './keep-watch.ts';
import type { Ci } from './open-ci.ts';

const LIVE = /^live\/([a-z0-9-]+)\.json$/;

/**
 * The newest place in the ledger that an issue of ours remembers: a ledger that does not reach it is an older one put back. Policy has no
 * names for subaccounts, so which of them have issues is for the state to say that may be forged; it loses none that policy names.
 */
export async function findSeen(ci: Ci, accounts: Iterable<string>): Promise<{ readonly seq: number; readonly hash: string } | null> {
  let newest: { readonly seq: number; readonly hash: string } | null = null;
  for (const account of new Set([...accounts, ...(await subaccountsOf(ci))])) {
    const issue = await ci.github.issues.find(issueMarker(ci, account), titleIssue({ account }));
    const place = issue === null ? null : readLedgerPlace(issue.body);
    if (place !== null && place.seq > (newest?.seq ?? 0)) newest = place;
  }
  return newest;
}

async function subaccountsOf({ objects, stateTip }: Ci): Promise<string[]> {
  if (stateTip === null) return [];
  const names = [...(await objects.files(stateTip)).keys()].flatMap((path) => LIVE.exec(path)?.[1] ?? []);
  return names.filter((name) => fileOfSubaccount(name) !== null);
}
