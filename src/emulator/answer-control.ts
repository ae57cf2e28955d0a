import { RollcallError } from '../errors.ts';
import type { TelnyxWorld } from './create-telnyx-world.ts';
import type { PortalAnswer, TelnyxPortal } from './open-telnyx-portal.ts';
import { parseTelnyxFault } from './parse-telnyx-fault.ts';
import { type Fail, type Fields, isFields, readCount, readEmail, readFields, readText } from './read-fields.ts';
import { parseTelnyxSwitches } from './telnyx-switches.ts';
import { type EmulatedReply, jsonReply } from './vendor-error.ts';

type PortalAct = (portal: TelnyxPortal, email: string, fields: Fields) => PortalAnswer;

const refuse: Fail = (why) => {
  throw new RollcallError('usage', why);
};

/** What people do, by path: each takes an e-mail, an account's name where there are several, and the keys named here; `by` may be missing. */
const PORTAL: Readonly<Record<string, { readonly keys: readonly string[]; readonly act: PortalAct }>> = {
  '/accept': { keys: [], act: (portal, email) => portal.accept(email) },
  '/expire': { keys: [], act: (portal, email) => portal.expire(email) },
  '/revoke': { keys: ['by'], act: (portal, email, { by }) => portal.revoke(email, readBy(by)) },
  '/suspend': { keys: ['by'], act: (portal, email, { by }) => portal.suspend(email, readBy(by)) },
  '/resume': { keys: ['by'], act: (portal, email, { by }) => portal.resume(email, readBy(by)) },
  '/delete': { keys: ['by'], act: (portal, email, { by }) => portal.deleteByPortal(email, readBy(by)) },
  '/owner': { keys: [], act: (portal, email) => portal.setOwner(email) },
  '/sign-up': { keys: [], act: (portal, email) => portal.signUp(email) },
  '/close-own-account': { keys: [], act: (portal, email) => portal.closeOwnAccount(email) },
  '/role': {
    keys: ['role', 'by'],
    act: (portal, email, { role, by }) => portal.setRole(email, readText(role, 'role', refuse), readBy(by)),
  },
  '/rename': {
    keys: ['name', 'by'],
    act: (portal, email, { name, by }) => portal.rename(email, readText(name, 'name', refuse), readBy(by)),
  },
  '/invite': {
    keys: ['role', 'name', 'by'],
    act: (portal, email, { role, name, by }) =>
      portal.inviteByPortal(email, readText(role, 'role', refuse), readText(name, 'name', refuse), readBy(by)),
  },
};

/** Answers the control endpoint: how a person, a script or a test plays the people around the account, and the weather. */
export function answerControl(world: TelnyxWorld, method: string, path: string, body: string): EmulatedReply {
  try {
    return route(world, method, path, body);
  } catch (error) {
    if (error instanceof RollcallError) return jsonReply(422, { error: error.message });
    throw error;
  }
}

function route(world: TelnyxWorld, method: string, path: string, body: string): EmulatedReply {
  if (method === 'GET' && path === '/state') return jsonReply(200, fullState(world));
  if (method === 'GET' && path === '/requests') return jsonReply(200, { requests: world.requests, high_water: world.highWater() });
  if (method === 'DELETE' && path === '/faults') {
    world.faults.clear();
    return jsonReply(200, { faults: [] });
  }
  if (method !== 'POST') return jsonReply(404, { error: `no ${method} ${path} here` });
  const portal = PORTAL[path];
  if (portal) return people(world, readJson(body), portal.keys, portal.act);
  switch (path) {
    case '/faults':
      world.faults.add(parseTelnyxFault(readJson(body), refuse));
      return jsonReply(200, { faults: world.faults.pending() });
    case '/switches':
      world.setSwitches(parseTelnyxSwitches(readJson(body), refuse));
      return jsonReply(200, world.switches());
    case '/advance':
      return advance(world, readJson(body));
    default:
      return jsonReply(404, { error: `no POST ${path} here` });
  }
}

function people(world: TelnyxWorld, value: unknown, keys: readonly string[], act: PortalAct): EmulatedReply {
  const fields = readFields(value, 'the body', ['account', 'email', ...keys], refuse);
  const account = fields['account'] === undefined ? undefined : readText(fields['account'], 'account', refuse);
  if (account === undefined && world.accounts.length > 1) refuse(`say which account: ${world.accounts.join(', ')}`);
  const answer = act(world.portal(account), readEmail(fields['email'], 'email', refuse), fields);
  return answer.done ? jsonReply(200, answer) : jsonReply(409, { error: answer.why });
}

function advance(world: TelnyxWorld, value: unknown): EmulatedReply {
  const { ms } = readFields(value, 'the body', ['ms'], refuse);
  const moved = world.advance(readCount(ms, 'ms', 0, refuse));
  return moved ? jsonReply(200, { now: world.now() }) : jsonReply(409, { error: 'this emulator runs on a clock that cannot be moved' });
}

function readBy(by: unknown): string | undefined {
  return by === undefined ? undefined : readEmail(by, 'by', refuse);
}

function fullState(world: TelnyxWorld): unknown {
  return {
    now: world.now(),
    accounts: world.accounts.map((name) => world.state(name)),
    switches: world.switches(),
    faults: world.faults.pending(),
  };
}

function readJson(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    if (isFields(value)) return value;
  } catch {
    // Said below, together with JSON that is no object.
  }
  return refuse('the body is not a JSON object');
}
