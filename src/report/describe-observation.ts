import type { PlanObservation } from '../model.ts';

/** How it is known who is there, before the instant: `read`, `observed`, `by its roster`. */
export function describeSource({ source }: PlanObservation): string {
  return { live: 'read', file: 'observed', roster: 'by its roster' }[source];
}

/** What an account is whose people are not known. */
export function describeUnread({ cause }: Pick<PlanObservation, 'cause'>): 'incomplete' | 'unverified' {
  return cause === 'unverified' ? 'unverified' : 'incomplete';
}
