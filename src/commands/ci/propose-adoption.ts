import type { Ledger } from '../../apply/open-ledger.ts';
import { NOTHING } from '../../holding.ts';
import type { Change, Digest } from '../../model.ts';
import { gains } from '../../plan/privilege.ts';
import { type Adoption, adoptDrift } from '../../policy/edit/adopt-drift.ts';
import { capabilitiesOf } from '../../provider/capabilities.ts';
import { countWords } from '../../report/count-words.ts';
import { composeAdoption } from '../../report/proposal/compose-adoption.ts';
import { digestOf } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import { encodePrincipal, encodeSentence } from '../../text/encode-sentence.ts';
import type { Attribution } from '../../watch.ts';
import { today } from '../load-desired.ts';
import type { Watched } from './load-watched.ts';
import type { Ci } from './open-ci.ts';
import { frameOf, openProposal, recordProposal } from './open-proposal.ts';
import { readTexts } from './read-texts.ts';

const ADOPTIONS = 'rollcall/adopt-';

export interface AdoptionInput {
  readonly watched: Watched;
  /** The differences that are left once the night has done its work. */
  readonly drift: readonly Change[];
  readonly likely: ReadonlyMap<Digest, Attribution>;
  /** Who asked for it. */
  readonly logins: readonly string[];
}

/** Proposes that policy comes to what is live, as one pull request; what it says to whoever asked is in whole sentences. */
export async function proposeAdoption(ci: Ci, ledger: Ledger, { watched, drift, likely, logins }: AdoptionInput): Promise<string[]> {
  if (watched.commit !== ci.tip) return ['Nothing was adopted, because the policies of the default branch are invalid.'];
  if (drift.length === 0) return ['No drift is left, so there is nothing to adopt.'];
  const adoption = await adoptDrift({
    texts: await readTexts(ci, watched.commit),
    folder: ci.folder,
    today: today(ci.run),
    capabilitiesOf,
    drift: drift.map((change) => ({ change, likely: likely.get(change.id) ?? null })),
  });
  const refused = adoption.refused.map(
    ({ change, why }) => `Not adopted: ${visible(change.account)} ${encodePrincipal(change.principal)}: ${encodeSentence(why)}.`,
  );
  if (adoption.adopted.length === 0) return refused;
  // The same edit has the same branch, so that asking twice makes one pull request.
  const branch = `${ADOPTIONS}${digestOf([...adoption.files]).slice(7, 19)}`;
  const barred = { logins, principals: concernedBy(adoption, likely, watched) };
  const text = composeAdoption({ ...frameOf(ci, branch, barred), adoption, likely });
  const proposed = await openProposal(ci, ledger, { branch, files: adoption.files, text, again: true, barred });
  const what = countWords(adoption.adopted.length, 'difference');
  switch (proposed.kind) {
    case 'opened':
      return [`Pull request ${proposed.number} proposes to adopt ${what}.`, ...refused];
    case 'open':
    case 'over':
      return [`Pull request ${proposed.number} proposes to adopt ${what} already.`, ...refused];
    case 'not':
      return [`The adoption of ${what} was not proposed: ${proposed.why}`, ...refused];
    default:
      return proposed satisfies never;
  }
}

/** Who likely made what is adopted, and who has more by it. */
function concernedBy({ adopted }: Adoption, likely: ReadonlyMap<Digest, Attribution>, { desired }: Watched): string[] {
  const actors = adopted.flatMap((change) => likely.get(change.id)?.actor ?? []);
  const gaining = adopted.filter((change) => {
    const policy = desired.accounts.get(change.account)?.policy;
    const capabilities = policy === undefined ? null : capabilitiesOf(policy);
    // Of a difference, `before` is live and `after` is what policy says until now.
    return capabilities === null || gains(change.after ?? NOTHING, change.before ?? NOTHING, capabilities);
  });
  return [...new Set([...actors, ...gaining.map(({ principal }) => principal)])];
}

/** A log may be late: whoever it names by now may not approve an adoption that stands open either. */
export async function barLater(ci: Ci, ledger: Ledger, likely: ReadonlyMap<Digest, Attribution>): Promise<void> {
  const principals = [...new Set([...likely.values()].map(({ actor }) => actor))];
  const adoptions = [...ledger.history().proposals].filter(([branch]) => branch.startsWith(ADOPTIONS));
  if (principals.length === 0 || adoptions.length === 0) return;
  const open = new Set((await ci.github.pulls.open(ci.defaultBranch)).filter(({ fork }) => !fork).map(({ headBranch }) => headBranch));
  for (const [branch, { commits }] of adoptions) {
    const commit = commits.at(-1);
    if (open.has(branch) && commit !== undefined) await recordProposal(ledger, { branch, commit, logins: [], principals });
  }
}
