import { expect } from 'vitest';
import { parse } from 'yaml';
import type { TelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { Clock, HttpRequest } from '../../../src/ports.ts';
import type { Policies } from './company.ts';

/** One request that changes something, as the vendor met it. */
export interface Write {
  readonly at: number;
  readonly account: string;
  readonly method: string;
  readonly email: string;
  readonly words: string;
}

/** An eye on the vendor's side that knows the rules and nothing of rollcall's own code. */
export interface Checker {
  readonly writes: readonly Write[];
  /** Judges a request before the vendor answers; throws when it breaks a rule. */
  before(request: HttpRequest): void;
}

const HOUR_MS = 3_600_000;

export function createChecker(world: TelnyxWorld, policies: () => Policies, clock: Clock): Checker {
  const writes: Write[] = [];
  return {
    writes,
    before: (request) => {
      const account = accountOf(world, request);
      if (request.method !== 'GET' && account !== null) {
        const write = describe(world, account, request, clock.now());
        const earlier = [...writes];
        writes.push(write);
        judge(world, write, earlier, desiredRole(policies(), account, write.email, clock.now()));
      }
    },
  };
}

function accountOf(world: TelnyxWorld, request: HttpRequest): string | null {
  return world.accounts.find((name) => (request.headers['authorization'] ?? '').includes(`-${name}-`)) ?? null;
}

function describe(world: TelnyxWorld, account: string, request: HttpRequest, at: number): Write {
  const body = JSON.parse(request.body ?? '{}') as { email?: string; role?: string; name?: string };
  const id = new URL(request.url).pathname.split('/').at(-1);
  const email = (body.email ?? world.state(account).users.find((user) => user.id === id)?.email ?? 'nobody').toLowerCase();
  const short = email.replace(/@acme\.example$/, '');
  const what = request.method === 'PATCH' ? [body.role, body.name === undefined ? undefined : `name=${body.name}`] : [body.role];
  return {
    at,
    account,
    method: request.method,
    email,
    words: [request.method, short, ...what].filter((word) => word !== undefined).join(' '),
  };
}

function judge(world: TelnyxWorld, write: Write, earlier: readonly Write[], wanted: string | null): void {
  const { users, owner, invitations } = world.state(write.account);
  const there = users.find((user) => user.email.toLowerCase() === write.email);
  expect(write.email, `${write.words}: the owner is never touched`).not.toBe(owner.email);
  if (write.method === 'DELETE') expect(wanted, `${write.words}: policy grants this person access`).toBeNull();
  if (write.method === 'PATCH' && write.words.endsWith(' member') && there?.role === 'admin') {
    expect(wanted, `${write.words}: policy makes this person an admin`).not.toBe('admin');
  }
  if (write.method !== 'POST') return;
  expect(there, `${write.words}: invited although there`).toBeUndefined();
  expect(invitations.open, `${write.words}: invited while 10 invitations are open`).toBeLessThan(10);
  const recent = earlier.filter((one) => one.account === write.account && one.method === 'POST' && write.at - one.at < HOUR_MS);
  expect(recent.length, `${write.words}: more than 10 invitations in an hour`).toBeLessThan(10);
}

interface Team {
  readonly members?: readonly (string | { readonly email: string; readonly until?: string })[];
  readonly grants?: readonly { readonly account: string; readonly role?: string; readonly until?: string }[];
}

/** A second reading of the policies, short enough to be right: the strongest role that has not ended. */
function desiredRole(policies: Policies, account: string, email: string, nowMs: number): string | null {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const roles = Object.entries(policies)
    .filter(([path]) => path.startsWith('teams/'))
    .flatMap(([, text]) => {
      const { members = [], grants = [] } = parse(text) as Team;
      const ends = members.flatMap((member) => {
        const { email: one, until = '9999-12-31' } = typeof member === 'string' ? { email: member } : member;
        return one.toLowerCase() === email ? [String(until)] : [];
      });
      if (!ends.some((until) => until >= today)) return [];
      return grants.filter((grant) => grant.account === account && String(grant.until ?? '9999-12-31') >= today).map((grant) => grant.role);
    });
  return roles.includes('admin') ? 'admin' : roles.includes('member') ? 'member' : null;
}
