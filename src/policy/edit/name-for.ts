import { forbiddenCharacters } from '../decode-text.ts';
import { findSecrets } from '../find-secrets.ts';
import { validatePeople } from '../generated/validators.js';
import type { Goal } from './draft.ts';

/** Whether people/ may hold this. */
export function isPerson(email: string, name: string): boolean {
  return validatePeople([{ email, name }]) && forbiddenCharacters(name).length === 0 && findSecrets(`${email} ${name}`, 1).length === 0;
}

/** The name a stranger gets: the vendor's, or the first part of the address where people/ cannot hold that; null when neither goes. */
export function nameFor({ principal, change, policy }: Pick<Goal, 'principal' | 'change' | 'policy'>): string | null {
  const live = change.before?.name ?? '';
  if (isPerson(principal, live)) return live;
  // Where names are enforced another name would be a difference of its own.
  if (policy.names === 'enforce') return null;
  return [live.trim(), principal.split('@')[0] ?? ''].find((name) => isPerson(principal, name)) ?? null;
}
