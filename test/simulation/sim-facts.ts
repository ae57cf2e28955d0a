import type { Fault } from '../../src/emulator/parse-fault.ts';
import type { HttpRequest } from '../../src/ports.ts';
import type { Truth } from './open-sim-vendor.ts';
import type { Commission } from './run-sim-process.ts';
import { rolesOn, type SimAccount, type SimPolicy } from './sim-policy.ts';

/** Who holds what in an account at one instant. */
export type Truths = ReadonlyMap<string, Truth>;

/** A request as it reached the vendor, and what was true before and after it. */
export interface Reached {
  readonly pid: number;
  readonly account: SimAccount;
  readonly request: HttpRequest;
  readonly fault: Fault['kind'] | null;
  readonly status: number | null;
  readonly before: Truths;
  readonly after: Truths;
}

export interface AccountFacts {
  /** Whom any commit so far named. */
  readonly named: Set<string>;
  readonly strangers: Set<string>;
  /** `ada@acme.example admin`: people agreed that she gets it, or loses it. */
  readonly gains: Set<string>;
  readonly losses: Set<string>;
  /** What was agreed to once and never taken since: where policy says it again, it may still be given. */
  readonly owed: Set<string>;
  /** What somebody was given in the portal. */
  readonly raised: Set<string>;
  /** What somebody lost in the portal. */
  readonly lost: Set<string>;
  /** What somebody lost in the portal when they were given something else. */
  readonly swapped: Set<string>;
  /** What somebody lost in the portal when all was well and known to be: never given back by itself. */
  readonly takenAway: Set<string>;
  /** Whose access is as policy says, and a run has seen it. */
  readonly settled: Set<string>;
  /** Who was there at the beginning and in no policy, and what they held: what they lose is theirs to lose, also when policy names them later. */
  readonly unmanaged: ReadonlyMap<string, readonly string[]>;
  /** Whom the portal did something to, and what policy had given them until then: where it says that, or says it again, what they lost is drift. */
  readonly touched: Map<string, ReadonlySet<string>>;
  /** What the last processes gave and took themselves, by process. */
  readonly ours: Map<string, number>;
  readonly posts: number[];
  readonly deletes: { readonly at: number; readonly email: string; readonly stranger: boolean }[];
}

export interface ProcessFacts {
  readonly commission: Commission;
  /** By account: whole lists it was given. */
  readonly lists: Map<string, number>;
  /** The principals it has looked at since the last write, by account and id. */
  readonly looked: Set<string>;
  /** Of Twilio the principal it looked at last. */
  inHand: string;
  readonly posted: Set<string>;
  readonly refused: Set<string>;
  /** Whether a vendor told it what is not true: then what it says may not be true either. */
  deceived: boolean;
  wrote: boolean;
  /** `main ada@acme.example`: whom somebody did something to in the portal while it lived. */
  readonly touchedMeanwhile: Set<string>;
  /** Of those whom no list has shown since, by id; true once a look has. */
  readonly movedOn: Map<string, boolean>;
  /** Whether no other process lived with it. */
  alone: boolean;
  /** Null as long as it lives; otherwise whether it came to an end that it calls good. */
  ended: 'well' | 'badly' | null;
}

/** What somebody had and has, by what was done in the portal. */
export function notePortal(own: AccountFacts, email: string, had: readonly string[], has: readonly string[]): void {
  if (!own.named.has(email) && had.length === 0 && has.length > 0) own.strangers.add(email);
  const given = has.filter((role) => !had.includes(role));
  for (const role of given) own.raised.add(`${email} ${role}`);
  // Somebody who has more than they should is put back to what they had, all of it.
  if (given.length > 0) for (const word of own.lost) if (word.startsWith(`${email} `)) own.swapped.add(word);
  for (const role of had.filter((one) => !has.includes(one))) {
    own.raised.delete(`${email} ${role}`);
    own.owed.delete(`${email} ${role}`);
    own.lost.add(`${email} ${role}`);
    // What went when something else came comes back with what came.
    if (given.length > 0) own.swapped.add(`${email} ${role}`);
    else if (own.settled.has(email)) own.takenAway.add(`${email} ${role}`);
  }
  own.settled.delete(email);
}

/** People agree to what a commit says: whoever it names holds what it gives and nothing else. */
export function agree(own: AccountFacts, policy: SimPolicy, { name, kind }: SimAccount, day: string): void {
  for (const email of own.named) {
    const wanted = rolesOn(policy, name, email, day);
    for (const role of ROLES[kind]) {
      const word = `${email} ${role}`;
      (wanted.includes(role) ? own.gains : own.losses).add(word);
      if (wanted.includes(role)) own.owed.add(word);
      (wanted.includes(role) ? own.losses : own.gains).delete(word);
    }
  }
}

export const ROLES = {
  telnyx: ['member', 'admin'],
  twilio: ['support', 'billing_manager', 'developer', 'administrator'],
} as const;

export function isAdmin(role: string): boolean {
  return role === 'admin' || role === 'administrator';
}

export function noFacts(unmanaged: AccountFacts['unmanaged']): AccountFacts {
  return {
    unmanaged,
    named: new Set(),
    strangers: new Set(),
    gains: new Set(),
    losses: new Set(),
    owed: new Set(),
    raised: new Set(),
    lost: new Set(),
    swapped: new Set(),
    takenAway: new Set(),
    settled: new Set(),
    touched: new Map(),
    ours: new Map(),
    posts: [],
    deletes: [],
  };
}

export function noProcess(commission: Commission): ProcessFacts {
  return {
    commission,
    lists: new Map(),
    looked: new Set(),
    inHand: '',
    posted: new Set(),
    refused: new Set(),
    deceived: false,
    wrote: false,
    touchedMeanwhile: new Set(),
    movedOn: new Map(),
    alone: true,
    ended: null,
  };
}
