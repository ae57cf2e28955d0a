import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import type { ApprovedSet, Change, DesiredState, LastGood, Plan } from '../model.ts';
import { readPlanDocument } from '../plan/read-plan-document.ts';
import { outcomesToJson, outcomesToMarkdown, renderOutcomes } from '../report/render-outcomes.ts';
import { renderPlan } from '../report/render-plan.ts';
import { visible } from '../text/encode.ts';
import { driftRules } from './drift-rules.ts';
import { reconcile } from './reconcile.ts';
import type { Reconciled } from './reconciled.ts';
import type { Run } from './run-context.ts';

const MAX_PLAN_BYTES = 256 * 1024 * 1024;

export interface ApplyFlags {
  readonly plan: string | null;
  readonly yes: boolean;
}

/** Re-reads, re-plans and applies what is both approved and still needed. */
export async function apply(run: Run, flags: ApplyFlags): Promise<ExitCode> {
  const approval = await openApproval(run, flags);
  const reconciled = await reconcile({ run, mode: 'change', planned: approval.lastGood, approve: approval.approve, asks: approval.asks });
  if (reconciled === null) {
    run.print('Not approved. Nothing was done.');
    return EXIT.ok;
  }
  await deliverReport(run, reconciled);
  return reconciled.exit;
}

/** What a run that wrote came to, in the format asked for. */
export async function deliverReport(run: Run, { report, desired }: Reconciled): Promise<void> {
  if (run.flags.format === 'json') return run.deliver(outcomesToJson(report));
  if (run.flags.format === 'markdown') return run.deliver(outcomesToMarkdown(report));
  const remaining =
    report.remaining === null
      ? ''
      : `\n${run.style.bold('What remains')}\n\n${renderPlan(report.remaining, run.style, driftRules(desired))}`;
  return run.deliver(`${renderOutcomes(report, run.style)}${remaining}`);
}

interface Approvals {
  readonly asks: boolean;
  readonly lastGood: ReadonlyMap<string, LastGood>;
  readonly approve: (plan: Plan, desired: DesiredState) => Promise<ApprovedSet | null>;
}

async function openApproval(run: Run, flags: ApplyFlags): Promise<Approvals> {
  if (flags.plan !== null) return readPlanFile(run, flags.plan);
  const { ask } = run.world;
  if (flags.yes) return { asks: false, lastGood: new Map(), approve: async (plan) => approvedBy('yes', plan.changes) };
  if (ask === null) throw new RollcallError('approvalNeeded');
  return {
    asks: true,
    lastGood: new Map(),
    approve: async (plan, desired) => {
      // With --format json the result alone belongs on stdout.
      const shown = renderPlan(plan, run.style, driftRules(desired));
      if (run.flags.format === 'text') run.print(shown);
      else run.world.stderr.write(shown);
      if (plan.changes.length === 0) return approvedBy('terminal', []);
      return (await ask('Apply these changes? Only "yes" applies them: ')) ? approvedBy('terminal', plan.changes) : null;
    },
  };
}

/** A plan file stands for what its reviewers saw, so it is held to its own ids; a blocked or incomplete account in it approves nothing. */
async function readPlanFile(run: Run, file: string): Promise<Approvals> {
  const text = await run.world.files.readText(file, MAX_PLAN_BYTES);
  const name = visible(file);
  if (text === null) throw new RollcallError('planUnreadable', name, 'there is no such file');
  const document = readPlanDocument(text);
  if (document.kind === 'unreadable') throw new RollcallError('planUnreadable', name, document.why);
  if (document.kind === 'version') throw new RollcallError('planVersion', name, document.version);
  if (document.kind === 'edited') throw new RollcallError('planEdited', name, document.what);
  if (document.mode === 'drift')
    throw new RollcallError('planUnreadable', name, 'it shows drift, which `rollcall drift --revert` takes back');
  const named = (verdict: Plan['verdict']) => document.accounts.filter((one) => one.verdict === verdict).map((one) => one.account);
  const open = new Set(named('applicable'));
  const blocked = named('blocked');
  // Where nothing else is left to do, the reason is the plan itself, not that live or policy has changed.
  if (blocked.length > 0 && open.size === 0) throw new RollcallError('planBlocked', name, blocked.map((one) => visible(one)).join(', '));
  const approved = approvedBy(
    'plan',
    document.changes.filter((change) => open.has(change.account)),
  );
  return { asks: false, lastGood: document.lastGood, approve: async () => approved };
}

/** Drift is not approved by applying: it is left to `drift`. */
function approvedBy(by: ApprovedSet['by'], changes: readonly Change[]): ApprovedSet {
  return { by, changes: new Map(changes.filter((change) => change.origin !== 'drift').map((change) => [change.id, change])) };
}
