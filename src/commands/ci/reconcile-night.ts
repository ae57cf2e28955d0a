import type { ApprovedSet, DesiredAccount, DesiredState, Digest, Plan, Result } from '../../model.ts';
import { fanOut } from '../../plan/fan-out.ts';
import { holdToAccepted } from '../../plan/hold-to-accepted.ts';
import { restateEnds } from '../../plan/restate-ends.ts';
import type { Attribution, Note } from '../../watch.ts';
import { today } from '../load-desired.ts';
import { reconcile } from '../reconcile.ts';
import type { Reconciled } from '../reconciled.ts';
import { agreedOf } from './approve-pulls.ts';
import { describeUnapproved } from './describe-unapproved.ts';
import { findUntold } from './find-untold.ts';
import { inquire } from './inquire.ts';
import { loadAccepted } from './load-accepted.ts';
import type { Watched } from './load-watched.ts';
import type { Ci } from './open-ci.ts';
import type { WritableState } from './with-state.ts';

/** Nothing new is approved at night; what is owed and what has ended was approved before. */
const NOTHING_NEW: ApprovedSet = { by: 'none', changes: new Map() };

/** What one night came to, and by what it went. */
export interface Night {
  readonly reconciled: Reconciled;
  readonly likely: ReadonlyMap<Digest, Attribution>;
  /** What a night that died took back, and never told anybody. */
  readonly untold: readonly Result[];
  /** The newest record that an earlier run told people of; null before the first. */
  readonly told: number | null;
  /** The policies, with the settings that people accepted. */
  readonly watched: Watched;
  readonly accepted: (account: string) => DesiredAccount | null;
  /** What people should know of that, in whole sentences. */
  readonly notes: readonly Note[];
}

/** Reverts by each account's rules and goes on with what is owed; nothing that nobody approved has a say in how. */
export async function reconcileNight(ci: Ci, given: Watched, { ledger, before: state }: WritableState): Promise<Night> {
  const { run } = ci;
  const before = ledger.history();
  const known = [...ledger.records];
  const untold = findUntold(known, state);
  const accepted = await loadAccepted(ci, ci.tip, before, today(run));
  const { commit } = given;
  const hold = (desired: DesiredState) => holdToAccepted(desired, accepted, before.accounts.keys());
  const watched = { ...given, desired: hold(given.desired) };
  let likely: Night['likely'] = new Map();
  const reconciled = await reconcile({
    run,
    mode: 'drift',
    planned: new Map(),
    asks: false,
    approve: async () => NOTHING_NEW,
    from: {
      desired: {
        desired: watched.desired,
        head: commit,
        desiredOn: async (instant) => {
          const { desired } = await ci.policies(commit, commit, instant.slice(0, 10));
          return desired === null ? watched.desired : hold(desired);
        },
      },
      ledger,
      ancestry: { head: commit, lastApplied: before.commit, descends: null },
      stages: () => undefined,
      isAgreed: agreedOf([], accepted, watched.desired),
      // An end date that was not accepted is a change of policy, and those are none of the night's business.
      restate: (plan) => withoutGit(restateEnds(plan, accepted)),
      // Where policy and account agree on everybody as supervision begins, that policy is what was agreed to: a push after it is not.
      learn: (decided) =>
        decided
          .filter(({ account, baseline }) => baseline !== null && (before.accounts.get(account)?.accepted ?? null) === null)
          .map(({ account }) => ({ kind: 'accepted', account, commit })),
      inquire: async (done, providers) => {
        const fresh = ledger.records.slice(known.length);
        likely = await inquire(done, providers, { history: before, state, records: known, fresh, untold });
      },
    },
  });
  if (reconciled === null) throw new Error('a watch that asks nobody was refused');
  const isJudged = (account: string) => before.accounts.get(account)?.accepted?.commit === commit;
  return {
    reconciled,
    likely,
    untold,
    told: state?.told ?? null,
    watched: { ...watched, desired: fanOut(watched.desired, reconciled.readings) },
    accepted,
    notes: [
      ...given.notes.map((text) => ({ account: null, text, isPressing: true })),
      ...describeUnapproved(given.desired, accepted, isJudged),
    ],
  };
}

/** What policy newly wants waits for the run that checks who approved it. */
function withoutGit(plan: Plan): Plan {
  const changes = plan.changes.filter((change) => change.origin !== 'git' || change.tags.includes('owed'));
  return changes.length === plan.changes.length ? plan : { ...plan, changes };
}
