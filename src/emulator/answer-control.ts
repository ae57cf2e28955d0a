import { RollcallError } from '../errors.ts';
import type { ControlledWorld } from './create-world.ts';
import { parseFault } from './parse-fault.ts';
import { type Fail, type Fields, isFields, readCount, readFields } from './read-fields.ts';
import { type EmulatedReply, jsonReply } from './vendor-error.ts';

const refuse: Fail = (why) => {
  throw new RollcallError('usage', why);
};

/** Answers the control endpoint: how a person, a script or a test plays the people around the account, and the weather. */
export function answerControl(world: ControlledWorld, method: string, path: string, body: string): EmulatedReply {
  try {
    return route(world, method, path, body);
  } catch (error) {
    if (error instanceof RollcallError) return jsonReply(422, { error: error.message });
    throw error;
  }
}

function route(world: ControlledWorld, method: string, path: string, body: string): EmulatedReply {
  if (method === 'GET' && path === '/state') return jsonReply(200, fullState(world));
  if (method === 'GET' && path === '/requests') return jsonReply(200, { requests: world.requests, high_water: world.highWater() });
  if (method === 'DELETE' && path === '/faults') {
    world.faults.clear();
    return jsonReply(200, { faults: [] });
  }
  if (method !== 'POST') return jsonReply(404, { error: `no ${method} ${path} here` });
  switch (path) {
    case '/faults':
      world.faults.add(parseFault(readJson(body), refuse));
      return jsonReply(200, { faults: world.faults.pending() });
    case '/switches':
      world.changeSwitches(readJson(body), refuse);
      return jsonReply(200, world.switches());
    case '/advance':
      return advance(world, readJson(body));
    default:
      return people(world, path, readJson(body));
  }
}

function people(world: ControlledWorld, path: string, fields: Fields): EmulatedReply {
  const answer = world.act(path, fields, refuse);
  if (answer === null) return jsonReply(404, { error: `no POST ${path} here` });
  return answer.done ? jsonReply(200, answer) : jsonReply(409, { error: answer.why });
}

function advance(world: ControlledWorld, value: unknown): EmulatedReply {
  const { ms } = readFields(value, 'the body', ['ms'], refuse);
  const moved = world.advance(readCount(ms, 'ms', 0, refuse));
  return moved ? jsonReply(200, { now: world.now() }) : jsonReply(409, { error: 'this emulator runs on a clock that cannot be moved' });
}

function fullState(world: ControlledWorld): unknown {
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
