import { parseLedger } from '../../src/apply/open-ledger.ts';
import type { Result } from '../../src/model.ts';
import type { Came } from '../simulation/run-sim-process.ts';
import { type Effects, isWrite } from './judge.ts';
import type { Met, Stage } from './open-stage.ts';

export interface RunToJudge {
  readonly stage: Stage;
  readonly came: Came;
  readonly met: readonly Met[];
  /** What a run that nothing disturbed changes. */
  readonly undisturbed: Effects;
}

interface Said {
  readonly results: readonly Result[];
  readonly accounts: readonly { readonly account: string; readonly status: string; readonly message: string }[];
}

/** Everything that one run may not do, whatever the vendors did to it. */
export function judgeRun({ stage, came, met, undisturbed }: RunToJudge): string[] {
  return [
    ...judgeEffects(met, undisturbed),
    ...judgeRepeats(met),
    ...met.flatMap(({ unintended }) => unintended.map((effect) => `no intent in the ledger: ${effect}`)),
    ...judgeDeletes(met),
    ...judgeRefusal(met),
    ...judgeWaits(met),
    ...judgeWords(stage, came, met),
    ...judgeLedger(stage),
  ];
}

/** Nothing is changed that a run without faults would not have changed; a role that was taken may be given back. */
function judgeEffects(met: readonly Met[], undisturbed: Effects): string[] {
  const changed = met.flatMap(({ effects }) => effects);
  return changed
    .filter((effect) => !undisturbed.includes(effect) && !changed.includes(effect.replace(' +', ' -')))
    .map((effect) => `unauthorised: ${effect}`);
}

/** What changes something is heard once a run; a vendor that throttles has done nothing. */
function judgeRepeats(met: readonly Met[]): string[] {
  const heard = new Set<string>();
  return met.flatMap((one) => {
    if (!isWrite(one) || !one.heard || one.status === 429 || isThrottled(one)) return [];
    const words = `${one.method} ${one.path} ${one.body}`;
    if (heard.has(words)) return [`sent twice: ${words}`];
    heard.add(words);
    return [];
  });
}

function isThrottled({ status, fault, vendor }: Met): boolean {
  return vendor === 'twilio' && fault === 'status' && status === 400;
}

/** Before somebody is deleted, or an assignment, two whole lists and a look at that one. */
function judgeDeletes(met: readonly Met[]): string[] {
  return met.flatMap((one, at) => {
    const takes = one.method === 'DELETE' || one.path.endsWith('/actions/remove') || one.body === '{"role":"member"}';
    // Whoever is inactive has nothing to lose.
    if (!takes || !one.heard || one.effects.some((effect) => effect.includes('inactive >'))) return [];
    const earlier = met.slice(0, at).filter(({ vendor }) => vendor === one.vendor);
    const lists = earlier.filter((two) => isList(two.path) && isWhole(two)).length;
    // One that was refused or throttled may be sent again.
    const look = earlier.findLast(({ path }) => path !== one.path);
    const looked = one.vendor === 'telnyx' ? isLookAt(one, earlier) : /Identity=/.test(look?.path ?? '');
    const wrong = [...(lists < 2 ? [`${lists} whole lists`] : []), ...(looked ? [] : [`a look at ${look?.path}`])];
    return wrong.map((what) => `${one.method} ${one.path} after ${what}`);
  });
}

/** At Telnyx the path of the one and the path of the delete are the same. */
function isLookAt({ path }: Met, earlier: readonly Met[]): boolean {
  const look = earlier.findLast(({ method }) => method === 'GET');
  return look?.path.split('?')[0] === path.replace('/actions/remove', '') && isWhole(look);
}

/** Whether a read is whole: a late answer is, and so is one with a link that nobody follows; an organization's rows have no role. */
function isWhole({ status, fault, path }: Met): boolean {
  const harmless = ['delay', 'foreign_next', 'repeat_page', ...(path.includes('/organizations/') ? ['unknown_role', 'total_changes'] : [])];
  return status === 200 && (fault === null || harmless.includes(fault));
}

function isList(path: string): boolean {
  return /^\/v2\/(sub_users\?|organizations\/users\/users_groups_report)/.test(path) || /RoleAssignments\?Scope=AC/.test(path);
}

/** Once a key was refused, nothing more is asked with it. Some of what Twilio has may be closed to a credential that opens the rest. */
function judgeRefusal(met: readonly Met[]): string[] {
  const at = met.findIndex(({ vendor, status }) => vendor === 'telnyx' && (status === 401 || status === 403));
  if (at < 0) return [];
  const key = met[at]?.authorization;
  return met
    .slice(at + 1)
    .filter(({ authorization }) => authorization === key)
    .map(({ method, path }) => `${method} ${path} with a key that was refused`);
}

/** A vendor is not asked the same again before the instant that it named. */
function judgeWaits(met: readonly Met[]): string[] {
  return met.flatMap((one, at) => {
    if (one.status !== 429 || one.untilMs === null) return [];
    const again = met.slice(at + 1).find(({ method, path }) => method === one.method && path === one.path);
    return again !== undefined && again.at < one.untilMs ? [`${one.path} asked again ${one.untilMs - again.at} ms too early`] : [];
  });
}

/** What is reported as done is done, and what is not done is not silently left out. */
function judgeWords(stage: Stage, { exit, stdout, stderr }: Came, met: readonly Met[]): string[] {
  if (stdout === '') return exit === 0 ? [`exit 0 without a report: ${stderr}`] : [];
  const { results, accounts } = JSON.parse(stdout) as Said;
  const truth = stage.truth();
  const wrong: string[] = [];
  for (const { change, outcome } of results) {
    if (outcome !== 'applied' && outcome !== 'already') continue;
    const who = `${change.account}: ${change.principal.replace(/@acme\.example$/, '')} `;
    const row = truth.find((one) => one.startsWith(who))?.slice(who.length) ?? 'nobody';
    const held = row.split(' ')[0] ?? '';
    const should = change.after === null ? ['nobody', 'nothing'] : [change.after.roles.join('+')];
    if (!should.includes(held)) wrong.push(`${outcome} is not true: ${change.action} ${who}is ${row}`);
  }
  for (const { account, status, message } of accounts) {
    const writes = met.filter((one) => isWrite(one) && one.heard && account.startsWith(one.vendor));
    // The read after a run may fail as well.
    if (status === 'incomplete' && writes.length > 0 && !message.startsWith('what was done stands above'))
      wrong.push(`${account} is incomplete (${message}), and ${writes.length} requests change it`);
  }
  if (exit === 0 && truth.join('\n') !== stage.story.end.toSorted().join('\n')) wrong.push(`exit 0, and the end is ${truth.join(', ')}`);
  return wrong;
}

function judgeLedger(stage: Stage): string[] {
  try {
    parseLedger('ledger', stage.ledger());
    return [];
  } catch (error) {
    return [`the ledger does not verify: ${String(error)}`];
  }
}
