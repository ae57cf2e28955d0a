import { type Check, type Ledger, openLedger, type Seal } from '../../apply/open-ledger.ts';
import { createSigner } from '../../apply/signatures.ts';
import { openStateBranch, STATE_BRANCH, type StateBranch } from '../../github/open-state-branch.ts';
import type { Ci } from './open-ci.ts';
import { checkAppendOnly, readState, STATE_REF, type StateAt } from './read-state.ts';

/** The state branch, taken for writing. */
export interface WritableState {
  readonly branch: StateBranch;
  readonly ledger: Ledger;
  readonly seal: Seal;
  /** What the branch said when this run began; null while there was none. */
  readonly before: StateAt | null;
}

/** Works with the state branch: verified as a whole before, everything durable after. */
export async function withState<T>(ci: Ci, work: (state: WritableState) => Promise<T>, seen: Check['seen'] = null): Promise<T> {
  const branch = openBranch(ci);
  const check = ci.check();
  // What pull requests are planned on has to verify too, or it would be written over and nobody would ever look.
  if (ci.stateTip !== null) await checkAppendOnly(ci.objects, ci.stateTip);
  const before = ci.stateTip === null ? null : await readState(ci.objects, ci.stateTip, check);
  const seal = { ...check, seen: seen ?? null, repository: ci.repositoryId, signer: createSigner(ci.config.signingKey ?? '') };
  const ledger = await openLedger(STATE_BRANCH, branch.storage, ci.run.clock, seal);
  try {
    return await work({ branch, ledger, seal, before });
  } finally {
    await ledger.close();
  }
}

function openBranch({ github, objects, config, run }: Ci): StateBranch {
  // Two runs that see the same in the same instant would make the very same commit, and each would take the branch's move for its own.
  const mark = `Run ${config.runId ?? 'outside of Actions'}, ${Math.floor(run.world.random() * 2 ** 32).toString(16)}`;
  return openStateBranch({
    remote: {
      head: () => github.branches.tip(STATE_BRANCH),
      files: async (commit) => {
        await objects.bring([STATE_REF]);
        return objects.files(commit);
      },
      commit: (parent, message, files) => github.branches.commit(STATE_BRANCH, parent, `${message}\n\n${mark}\n`, files),
    },
  });
}
