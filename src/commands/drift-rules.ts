import type { DesiredState } from '../model.ts';
import type { DriftRules } from '../report/judge-drift.ts';

/** How each account answers drift, for whoever prints it. */
export function driftRules(desired: DesiredState): DriftRules {
  return new Map([...desired.accounts].map(([name, { policy }]) => [name, policy.drift]));
}
