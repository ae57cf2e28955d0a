import type { Came, Commission } from './run-sim-process.ts';
import {
  type AccountFacts,
  agree,
  isAdmin,
  noFacts,
  noProcess,
  notePortal,
  type ProcessFacts,
  type Reached,
  type Truths,
} from './sim-facts.ts';
import {
  DECEIVING,
  differences,
  type Fail,
  isOurs,
  isWrite,
  judgeDifference,
  judgeEnd,
  judgeLimits,
  judgeRequest,
  judgeWords,
} from './sim-laws.ts';
import { rolesOn, type SimAccount, type SimPolicy } from './sim-policy.ts';

/**
 * An eye on the vendor's side. It sees every request that reached a vendor and what became true by it, knows what people wanted and what
 * they agreed to, and nothing of rollcall's own code, plan or ledger.
 */
export interface SimChecker {
  readonly violations: readonly string[];
  /** A process begins; `agreed` is the commit whose plan people agreed to with it, null where it is told nothing new. */
  begin(commission: Commission, agreed: SimPolicy | null): void;
  reached(reached: Reached): void;
  /** A process came to its end, or died. */
  ended(commission: Commission, came: Came, now: (account: string) => Truths): void;
  /** Somebody did something in the portal. */
  portal(account: SimAccount, email: string, before: Truths, after: Truths): void;
  /** A commit changes what policy says of somebody. */
  edited(account: string, email: string): void;
  /** Everything is as policy says and a run has seen it. */
  settled(account: string, truths: Truths): void;
  /** Whether somebody's access was changed in the portal, and policy says of them what it said then. */
  wasTouched(account: string, email: string): boolean;
  fail(what: string): void;
}

export function createSimChecker(
  now: () => number,
  accounts: readonly SimAccount[],
  commits: readonly SimPolicy[],
  unmanaged: ReadonlyMap<string, AccountFacts['unmanaged']>,
  ledger: 'file' | 'branch',
): SimChecker {
  const violations: string[] = [];
  const facts = new Map(accounts.map((account) => [account.name, noFacts(unmanaged.get(account.name) ?? new Map())]));
  const processes = new Map<number, ProcessFacts>();
  const of = (account: string): AccountFacts => facts.get(account) ?? missing(account);
  const today = () => new Date(now()).toISOString().slice(0, 10);
  const wantedNow = (account: string, email: string): string => {
    const commit = commits.at(-1);
    return commit === undefined ? '' : rolesOn(commit, account, email, today()).join(' ');
  };
  const fail = (what: string): void => {
    violations.push(`${new Date(now()).toISOString()} ${what}`);
  };
  const learn = (policy: SimPolicy): void => {
    // Whoever is among its people is named in every account, also where they are to have nothing.
    for (const grants of policy.grants.values()) for (const email of grants.keys()) for (const own of facts.values()) own.named.add(email);
  };
  /** A ledger in a file is one run's alone; on a branch the second of two learns of the first by its push. */
  const judgeTurn = (pid: number, process: ProcessFacts, say: Fail): void => {
    process.wrote = true;
    const others = [...processes].filter(([other, one]) => other !== pid && one.ended === null && one.wrote);
    if (ledger === 'file' && others.length > 0) say(`${pid} writes while ${others.map(([other]) => other).join(' ')} is at it`);
  };
  return {
    violations,
    fail,
    wasTouched: (account, email) =>
      of(account).unmanaged.has(email)
        ? of(account).touched.has(email)
        : of(account).touched.get(email)?.has(wantedNow(account, email)) === true,
    begin: (commission, agreed) => {
      for (const commit of commits) learn(commit);
      const living = [...processes.values()].filter((one) => one.ended === null);
      const process = noProcess(commission);
      for (const one of living.length === 0 ? [] : [...living, process]) one.alone = false;
      processes.set(commission.pid, process);
      if (agreed !== null) for (const account of accounts) agree(of(account.name), agreed, account, today());
    },
    reached: (reached) => {
      const process = processes.get(reached.pid);
      if (process === undefined) return fail(`${reached.pid} was never begun`);
      const own = of(reached.account.name);
      process.deceived ||= reached.request.method === 'GET' && DECEIVING.has(reached.fault);
      judgeRequest(reached, process, own, now(), fail);
      if (isWrite(reached)) judgeTurn(reached.pid, process, fail);
      for (const [email, before, after] of differences(reached.before, reached.after)) {
        // Of somebody who was raised in the portal it may be the first half of putting them back.
        const isPutBack = !own.strangers.has(email) && before.some((role) => own.raised.has(`${email} ${role}`));
        const isMine = (word: string) => isOurs(own, word, process, processes);
        judgeDifference({ email, before, after, reached, process, own, today: today(), isOurs: isMine, fail });
        own.settled.delete(email);
        const isTaken = after.length === 0 || (before.some(isAdmin) && !after.some(isAdmin));
        if (isTaken && !isPutBack && !process.commission.policy.approvals.has(reached.account.name))
          own.deletes.push({ at: now(), email, stranger: own.strangers.has(email) || !own.named.has(email) });
      }
      if (!isWrite(reached)) return;
      judgeLimits(reached, process, own, now(), fail);
      process.looked.clear();
    },
    ended: (commission, came, truths) => {
      const process = processes.get(commission.pid);
      if (process !== undefined) process.ended = came.exit === 0 ? 'well' : 'badly';
      if (came.exit === 1 && !/could not be (written|read)|no whole answer from GitHub/.test(came.stderr))
        fail(`${commission.errand} ended with 1: ${came.stderr.slice(0, 200)}`);
      if (came.exit !== null && came.stdout !== '' && process?.deceived !== true)
        judgeWords(commission, came, truths, process?.touchedMeanwhile ?? new Set(), fail);
      if (commission.errand === 'apply --yes' && process?.ended === 'well' && process.alone && !process.deceived)
        for (const account of accounts) judgeEnd(commission, account, of(account.name), truths(account.name), today(), fail);
    },
    portal: (account, email, before, after) => {
      const isOther = before.get(email)?.roles.join(' ') !== after.get(email)?.roles.join(' ');
      for (const one of processes.values()) {
        if (one.ended !== null) continue;
        one.touchedMeanwhile.add(`${account.name} ${email}`);
        if (isOther) one.movedOn.set(before.get(email)?.id ?? '', false);
      }
      notePortal(of(account.name), email, before.get(email)?.roles ?? [], after.get(email)?.roles ?? []);
      of(account.name).touched.set(email, new Set(commits.map((commit) => rolesOn(commit, account.name, email, today()).join(' '))));
    },
    edited: (account, email) => {
      const own = of(account);
      own.settled.delete(email);
      for (const word of own.takenAway) if (word.startsWith(`${email} `)) own.takenAway.delete(word);
    },
    settled: (account, truths) => {
      const own = of(account);
      for (const email of own.named) if (truths.has(email)) own.settled.add(email);
    },
  };
}

function missing(account: string): never {
  throw new Error(`there is no account ${account}`);
}
