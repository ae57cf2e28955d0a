import type { Ledger } from '../../apply/open-ledger.ts';
import { RollcallError } from '../../errors.ts';
import type { Pull } from '../../pull.ts';
import type { ProposalFrame, ProposalText } from '../../report/proposal/compose-proposal.ts';
import type { Barred } from '../../report/proposal/describe-barred.ts';
import { encodeSentence } from '../../text/encode-sentence.ts';
import type { Ci } from './open-ci.ts';

/** So often the same may be proposed again after it was merged. */
const MOST_BRANCHES = 20;

/** A pull request to be. */
export interface ProposalDraft {
  readonly barred: Barred;
  /** Says what it is about, so that the same thing has the same branch. */
  readonly branch: string;
  /** Whole texts by path inside the folder of policies. */
  readonly files: ReadonlyMap<string, string>;
  readonly text: ProposalText;
  /** Whether one that people closed or merged may be opened again. */
  readonly again: boolean;
}

/** What came of it; a `why` is a whole sentence. */
export type Proposed =
  | { readonly kind: 'opened' | 'open'; readonly number: number }
  /** People have closed or merged it. */
  | { readonly kind: 'over'; readonly number: number }
  | { readonly kind: 'not'; readonly why: string };

/**
 * Opens a pull request of rollcall's own, once. Who asked for it and whom it is about stands in the signed ledger before there is a branch
 * that anybody could open it from. A run that died in between is gone on with; a branch that is not ours is left alone.
 */
export async function openProposal(ci: Ci, ledger: Ledger, draft: ProposalDraft): Promise<Proposed> {
  try {
    return await open(ci, ledger, draft);
  } catch (error) {
    // The night's work is done by now, and nothing of it depends on a pull request.
    if (!(error instanceof RollcallError) || !error.code.startsWith('github')) throw error;
    return { kind: 'not', why: error.message };
  }
}

async function open(ci: Ci, ledger: Ledger, given: ProposalDraft): Promise<Proposed> {
  const { github, defaultBranch } = ci;
  const { branch, earlier } = await findBranch(ci, ledger, given);
  const draft = { ...given, branch };
  const known = earlier.find((pull) => pull.open) ?? (draft.again ? undefined : earlier[0]);
  if (known !== undefined) {
    // Whoever asks for an adoption as well, or turns out to be whom it is about, is barred like the others.
    const commit = ledger.history().proposals.get(branch)?.commits.at(-1);
    if (draft.again && commit !== undefined) await recordProposal(ledger, { branch, commit, ...draft.barred });
    return found(known);
  }
  const why = await prepareBranch(ci, ledger, draft);
  if (why !== null) {
    // Another run may have made it in this very moment.
    const ours = ledger.history().proposals.get(branch)?.commits ?? [];
    const other = (await github.pulls.ofBranch(branch)).find((pull) => pull.open && ours.includes(pull.head));
    return other === undefined ? { kind: 'not', why } : found(other);
  }
  const { title, body } = draft.text;
  const opened = await github.pulls.propose({ head: branch, base: defaultBranch, title, body });
  if (typeof opened === 'number') return { kind: 'opened', number: opened };
  const link = `${github.url}/compare/${defaultBranch}...${branch}?expand=1`;
  return { kind: 'not', why: `GitHub did not let this run open it (${encodeSentence(opened)}); somebody may at ${link}.` };
}

/** The branch, and the pull requests from it. What is proposed again after it was merged needs another one: that one has nothing new. */
async function findBranch(
  { github }: Ci,
  ledger: Ledger,
  { branch, again }: ProposalDraft,
): Promise<{ branch: string; earlier: readonly Pull[] }> {
  for (let tries = 1; ; tries += 1) {
    const name = tries === 1 ? branch : `${branch}-${tries}`;
    // What somebody opened from a branch of that name is theirs, and says nothing of ours.
    const earlier = ledger.history().proposals.has(name) ? await github.pulls.ofBranch(name) : [];
    const isUsed = again && earlier.some(({ mergedAt }) => mergedAt !== null);
    if (!isUsed || tries >= MOST_BRANCHES) return { branch: name, earlier };
  }
}

function found({ number, open: isOpen }: Pull): Proposed {
  return { kind: isOpen ? 'open' : 'over', number };
}

/** Null when the branch is there and ours. */
async function prepareBranch(ci: Ci, ledger: Ledger, draft: ProposalDraft): Promise<string | null> {
  const { branches } = ci.github;
  const { branch, barred, text } = draft;
  const taken = `There is a branch ${branch} that this run did not make, so nothing was proposed from it. Delete it, or open a pull request from it.`;
  const tip = await branches.tip(branch);
  if (tip !== null) {
    const isOurs = ledger.history().proposals.get(branch)?.commits.includes(tip) === true;
    if (isOurs) await recordProposal(ledger, { branch, commit: tip, ...barred });
    return isOurs ? null : taken;
  }
  const files = new Map([...draft.files].map(([path, content]) => [`${ci.folder}/${path}`, content]));
  // A commit that an earlier run made and never came to use is as good as a new one, and needs no new record.
  const commit = ledger.history().proposals.get(branch)?.commits.at(-1) ?? (await branches.draft(ci.tip, text.message, files));
  await recordProposal(ledger, { branch, commit, ...barred });
  return (await branches.begin(branch, commit)) === 'made' ? null : taken;
}

/** What the words of a proposal need beside what is proposed. */
export function frameOf({ repositoryId, runUrl, run }: Ci, branch: string, barred: Barred): ProposalFrame {
  return { marker: `<!-- rollcall:${repositoryId}:${branch} -->`, barred, runUrl, at: new Date(run.clock.now()).toISOString() };
}

interface Made extends Barred {
  readonly branch: string;
  readonly commit: string;
}

/** Durable when this returns, unless the ledger has all of it already. */
export async function recordProposal(ledger: Ledger, { branch, commit, logins, principals }: Made): Promise<void> {
  const known = ledger.history().proposals.get(branch);
  const has = (all: readonly string[] | undefined, these: readonly string[]) => these.every((one) => all?.includes(one) === true);
  if (has(known?.commits, [commit]) && has(known?.logins, logins) && has(known?.principals, principals)) return;
  await ledger.append([{ kind: 'proposed', branch, commit, logins, principals }]);
  await ledger.flush();
}
