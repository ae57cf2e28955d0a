import { RollcallError } from '../errors.ts';
import type { DesiredState, Reading } from '../model.ts';
import { fanOut } from '../plan/fan-out.ts';
import { isOf } from '../plan/is-of.ts';
import { checkObservations } from '../provider/check-observation.ts';
import { visible } from '../text/encode.ts';
import type { Run } from './run-context.ts';

const CLOCKS_DIFFER_MS = 300_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Readings for a plan without any credential, from a file that `observe` wrote. */
export async function readObservationFile(run: Run, desired: DesiredState, file: string): Promise<Map<string, Reading>> {
  const text = await run.world.files.readText(file, MAX_BYTES);
  if (text === null) throw new RollcallError('observationUnreadable', visible(file), 'there is no such file');
  const checked = checkObservations(text);
  if (checked.kind === 'unreadable') throw new RollcallError('observationUnreadable', visible(file), checked.why);
  if (checked.kind === 'edited') throw new RollcallError('observationEdited', visible(file), visible(checked.account));
  // End dates are judged at the instant of the read, so a read from the future would end what has not ended.
  const future = checked.observations.find((one) => Date.parse(one.at) > run.clock.now() + CLOCKS_DIFFER_MS);
  if (future !== undefined) throw new RollcallError('observationUnreadable', visible(file), `it was made in the future (${future.at})`);
  const readings = new Map<string, Reading>();
  const found = new Map<string, Reading>(
    checked.observations.map((observation) => [observation.account, { kind: 'complete', observation }]),
  );
  for (const { policy } of fanOut(desired, found).accounts.values()) {
    const { account } = run.flags;
    if (account.length > 0 && !account.includes(policy.name) && !account.includes(policy.file)) continue;
    const observation = checked.observations.find((one) => one.account === policy.name);
    const fits = observation !== undefined && isOf(observation, policy);
    readings.set(
      policy.name,
      fits
        ? { kind: 'complete', observation }
        : unobserved(policy.name, checked.observations[0]?.at ?? new Date(run.clock.now()).toISOString()),
    );
  }
  return readings;
}

function unobserved(account: string, at: string): Reading {
  return {
    kind: 'incomplete',
    account,
    at,
    cause: 'unreadable',
    message: 'the observation file has no read of this account (or one of another API). Observe again',
    requests: 0,
    suspect: null,
  };
}
