import { RollcallError } from '../../errors.ts';
import type { Clock, Random } from '../../ports.ts';
import { type ControlledWorld, createWorld, type VirtualClock } from '../create-world.ts';
import { actInTwilio } from './act-in-twilio.ts';
import { answerTwilio, whose } from './answer-twilio.ts';
import { openConsoleAccount, type TwilioConsole } from './open-console-account.ts';
import { openTokenOffice } from './open-token-office.ts';
import { openTwilioPortal, type TwilioPortal } from './open-twilio-portal.ts';
import { openTwilioState } from './open-twilio-state.ts';
import type { TwilioSeed } from './parse-twilio-seed.ts';
import { TWILIO_SPOILAGE } from './twilio-spoilage.ts';
import { type ConsoleMember, type Organization, rolesIn, type TwilioAccount, type TwilioKey, type TwilioNeeds } from './twilio-state.ts';
import { TWILIO_HOSTS } from './twilio-surfaces.ts';
import { DEFAULT_TWILIO_SWITCHES, parseTwilioSwitches, type TwilioSwitches } from './twilio-switches.ts';

export interface TwilioWorldOptions {
  readonly clock: Clock | VirtualClock;
  readonly random: Random;
  readonly seed: TwilioSeed;
}

/** Everything true of one account, for tests and for a look from outside. No secret is part of it. */
export interface TwilioAccountState {
  readonly name: string;
  readonly sid: string;
  readonly organization: string | null;
  readonly parent: string | null;
  readonly owner: string;
  /** Everybody of the organization, or whom the Console shows; roles are those of this account, without those for one resource. */
  readonly people: readonly TwilioPersonState[];
  readonly keys: readonly TwilioKey[];
  readonly events: number;
}

export interface TwilioPersonState {
  readonly sid: string;
  readonly email: string;
  readonly name: string;
  readonly status: string;
  readonly roles: readonly string[];
}

/** An emulated Twilio: organizations with their accounts, and accounts that only the Console shows. */
export interface TwilioWorld extends ControlledWorld {
  /** The people's side of an account in an organization, by name or SID; of the first one when none is given. */
  portal(account?: string): TwilioPortal;
  /** The people's side of an account without an organization. */
  console(account?: string): TwilioConsole;
  state(account?: string): TwilioAccountState;
  switches(): TwilioSwitches;
  setSwitches(some: Partial<TwilioSwitches>): void;
  /** What opens an account: of its organization's app where it has one, and its own. */
  credentials(account?: string): TwilioCredentials;
  /** Ends every token of the organization that an account belongs to. */
  revokeTokens(account?: string): void;
}

export interface TwilioCredentials {
  readonly organization: string | null;
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly accountSid: string;
  readonly authToken: string;
}

/** Makes a world from a seed; the same seed, clock and random numbers give the same SIDs and answers. */
export function createTwilioWorld({ clock, random, seed }: TwilioWorldOptions): TwilioWorld {
  let switches: TwilioSwitches = { ...DEFAULT_TWILIO_SWITCHES, ...seed.switches };
  const needs: TwilioNeeds = { now: () => clock.now(), newSid: (kind) => drawSid(kind, random), switches: () => switches };
  const state = openTwilioState(seed, needs);
  const office = openTokenOffice(needs.now);
  const parts = { state, needs, office };
  const vendor = createWorld({
    clock,
    prepare: answerTwilio(parts),
    nameOf: (request) => nameOf(whose(request, parts)),
    spoilage: TWILIO_SPOILAGE,
    origins: TWILIO_HOSTS.map((host) => `https://${host}`),
    // The form has the secret in clear.
    loggable: ({ path, body }) => (path.endsWith('/token') ? '' : body),
  });
  const pick = (name?: string): TwilioAccount => pickAccount(state.accounts, name);
  const portal = (name?: string): TwilioPortal => {
    const account = name === undefined ? state.accounts.find((one) => one.organization !== null) : pick(name);
    if (!account?.organization) throw new RollcallError('usage', 'the emulator has no such account in an organization.');
    return openTwilioPortal(account, account.organization, state, needs);
  };
  const consoleOf = (name?: string): TwilioConsole => {
    const account = name === undefined ? state.accounts.find((one) => one.organization === null) : pick(name);
    if (!account || account.organization) throw new RollcallError('usage', 'the emulator has no such account without an organization.');
    return openConsoleAccount(account, needs);
  };
  const setSwitches = (some: Partial<TwilioSwitches>): void => {
    switches = { ...switches, ...some };
  };
  return {
    ...vendor,
    portal,
    console: consoleOf,
    state: (name) => stateOf(pick(name)),
    get accounts() {
      return state.accounts.map((account) => account.name);
    },
    switches: () => switches,
    setSwitches,
    changeSwitches: (value, fail) => setSwitches(parseTwilioSwitches(value, fail)),
    credentials: (name) => credentialsOf(pick(name)),
    revokeTokens: (name) => {
      const { organization } = pick(name);
      if (organization) office.revoke(organization);
    },
    act: (path, fields, fail) => actInTwilio({ accounts: state.accounts, portal, console: consoleOf }, path, fields, fail),
  };
}

function nameOf(who: Organization | TwilioAccount | null): string | null {
  if (who === null) return null;
  return 'name' in who ? who.name : who.sid;
}

function pickAccount(accounts: readonly TwilioAccount[], name: string | undefined): TwilioAccount {
  const found = accounts.find((account) => name === undefined || account.name === name || account.sid === name);
  if (!found) throw new RollcallError('usage', `the emulator has no such account. It has: ${accounts.map((one) => one.name).join(', ')}.`);
  return found;
}

function stateOf(account: TwilioAccount): TwilioAccountState {
  const { name, sid, organization, parent, ownerSid, keys, log } = account;
  const people = organization === null ? [...account.members.values()].map(shapeMember) : managedPeople(account);
  const owner = people.find((person) => person.sid === ownerSid)?.email ?? ownerSid;
  return { name, sid, organization: organization?.sid ?? null, parent, owner, people, keys: [...keys.values()], events: log.events.length };
}

function managedPeople({ organization, sid }: TwilioAccount): readonly TwilioPersonState[] {
  if (organization === null) return [];
  const managed = organization.users.all().map((user) => ({
    sid: user.sid,
    email: user.email,
    name: [user.givenName, user.familyName ?? ''].join(' ').trim(),
    status: user.status,
    roles: rolesIn(organization, user.sid, sid),
  }));
  const externals = [...organization.externals].map(([identity, email]) => ({
    sid: identity,
    email,
    name: '',
    status: 'external',
    roles: rolesIn(organization, identity, sid),
  }));
  return [...managed, ...externals];
}

function shapeMember({ sid, email, name, status, roles }: ConsoleMember): TwilioPersonState {
  return { sid, email, name, status, roles };
}

function credentialsOf({ organization, sid, authToken }: TwilioAccount): TwilioCredentials {
  return {
    organization: organization?.sid ?? null,
    clientId: organization?.clientId ?? null,
    clientSecret: organization?.clientSecret ?? null,
    accountSid: sid,
    authToken,
  };
}

/** From the world's own random numbers, so that a replay has the same SIDs. */
function drawSid(kind: string, random: Random): string {
  return kind + Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
}
