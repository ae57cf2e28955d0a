import { RollcallError } from '../errors.ts';
import type { Clock, Random } from '../ports.ts';
import { actInTelnyxPortal } from './act-in-telnyx-portal.ts';
import { answerTelnyx } from './answer-telnyx.ts';
import { type ControlledWorld, createWorld, type VirtualClock } from './create-world.ts';
import { type AccountNeeds, openTelnyxAccount, type SubUser, type TelnyxAccount } from './open-telnyx-account.ts';
import { openTelnyxPortal, type TelnyxPortal } from './open-telnyx-portal.ts';
import type { TelnyxSeed } from './parse-telnyx-seed.ts';
import { TELNYX_SPOILAGE } from './telnyx-spoilage.ts';
import { DEFAULT_TELNYX_SWITCHES, parseTelnyxSwitches, type TelnyxSwitches } from './telnyx-switches.ts';
import type { EmulatedRequest } from './vendor-error.ts';

export type { VirtualClock } from './create-world.ts';

export interface WorldOptions {
  readonly clock: Clock | VirtualClock;
  readonly random: Random;
  readonly seed: TelnyxSeed;
}

/** Everything true of one account, for tests and for a look from outside. The key is not part of it. */
export interface AccountState {
  readonly name: string;
  readonly owner: SubUser;
  readonly users: readonly SubUser[];
  readonly elsewhere: readonly string[];
  /** Permission groups of an organization, with the addresses of who is in them. */
  readonly groups: readonly { readonly id: string; readonly name: string; readonly members: readonly string[] }[];
  readonly invitations: { readonly open: number; readonly last_hour: number };
}

/** An emulated Telnyx: several accounts, each opened by its key. */
export interface TelnyxWorld extends ControlledWorld {
  /** The people's side of an account; of the first one when no name is given. */
  portal(account?: string): TelnyxPortal;
  state(account?: string): AccountState;
  switches(): TelnyxSwitches;
  setSwitches(some: Partial<TelnyxSwitches>): void;
}

/** Makes a world from a seed; the same seed, clock and random numbers give the same ids and answers. */
export function createTelnyxWorld({ clock, random, seed }: WorldOptions): TelnyxWorld {
  let switches: TelnyxSwitches = { ...DEFAULT_TELNYX_SWITCHES, ...seed.switches };
  const needs: AccountNeeds = { now: () => clock.now(), newId: () => drawUuid(random), switches: () => switches };
  const accounts = seed.accounts.map((account) => openTelnyxAccount(account, needs));
  const byKey = new Map(seed.accounts.map((account, index) => [account.key, accounts[index]]));
  const accountOf = (request: EmulatedRequest): TelnyxAccount | null => byKey.get(bearer(request)) ?? null;
  const vendor = createWorld({
    clock,
    prepare: answerTelnyx(accountOf, needs),
    nameOf: (request) => accountOf(request)?.name ?? null,
    spoilage: TELNYX_SPOILAGE,
    origins: ['https://api.telnyx.com'],
  });
  const setSwitches = (some: Partial<TelnyxSwitches>): void => {
    switches = { ...switches, ...some };
  };
  const portal = (name?: string): TelnyxPortal => openTelnyxPortal(pick(accounts, name), needs);
  const names = accounts.map((account) => account.name);
  return {
    ...vendor,
    portal,
    state: (name) => stateOf(pick(accounts, name)),
    accounts: names,
    switches: () => switches,
    setSwitches,
    changeSwitches: (value, fail) => setSwitches(parseTelnyxSwitches(value, fail)),
    act: (path, fields, fail) => actInTelnyxPortal(portal, names, path, fields, fail),
  };
}

function pick(accounts: readonly TelnyxAccount[], name: string | undefined): TelnyxAccount {
  const found = accounts.find((account) => name === undefined || account.name === name);
  if (!found) throw new RollcallError('usage', `the emulator has no such account. It has: ${accounts.map((one) => one.name).join(', ')}.`);
  return found;
}

function stateOf(account: TelnyxAccount): AccountState {
  return {
    name: account.name,
    owner: account.owner(),
    users: account.users(),
    elsewhere: [...account.elsewhere],
    groups: account.groups().map((group) => ({ ...group, members: membersOf(account, group.id) })),
    invitations: { open: account.openInvitations(), last_hour: account.invitationTimes().length },
  };
}

function membersOf(account: TelnyxAccount, groupId: string): readonly string[] {
  return account.users().flatMap((row) => (account.member(row.id).groups.some(({ id }) => id === groupId) ? [row.email] : []));
}

function bearer(request: EmulatedRequest): string {
  return /^Bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
}

/** A version 4 UUID from the world's own random numbers, so that a replay has the same ids. */
function drawUuid(random: Random): string {
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const variant = '89ab'[Math.floor(random() * 4)] ?? '8';
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
