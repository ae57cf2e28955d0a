import { NOTHING } from '../holding.ts';
import type { AccountHistory, Capabilities, Change, Observation } from '../model.ts';
import { visible } from '../text/encode.ts';
import type { Draft } from './make-change.ts';
import { losesKeys } from './privilege.ts';

export interface Hands {
  readonly capabilities: Capabilities;
  readonly history: AccountHistory;
  readonly observation: Observation;
}

/** Of many product roles only so many are named. */
const MOST_NAMED = 8;

/** Gives a change to a person where the API cannot make it, and says to them what they do and what stays behind. */
export function handOver(draft: Draft, hands: Hands): Draft {
  const { capabilities, history, observation } = hands;
  const missing = missingRoles(draft, capabilities, observation);
  const executor = missing.length > 0 || isStillThere(draft, hands) ? 'manual' : draft.executor;
  const steps = [
    ...(draft.steps ?? []),
    ...missing.map((role) => missingStep(role, observation)),
    ...(executor === 'manual' && missing.length === 0 ? stepsOf(draft, hands) : []),
    ...(losesKeys(draft, capabilities, history) ? capabilities.manualSteps.keysLeftBehind(draft.principal) : []),
  ];
  return { ...draft, executor, steps };
}

/** The API deleted them before, said so, and they are still there with access. */
function isStillThere({ action, principal_id: id }: Draft, { history }: Hands): boolean {
  return action === 'delete' && id !== null && history.stillThere.has(id);
}

function stepsOf(draft: Draft, hands: Hands): readonly string[] {
  const { manualSteps } = hands.capabilities;
  const { action, principal, before, after } = draft;
  if (isStillThere(draft, hands)) return manualSteps.stillThere(principal);
  switch (action) {
    case 'invite':
      return manualSteps.invite(principal, after ?? NOTHING);
    case 'patch':
      return manualSteps.patch(principal, before ?? NOTHING, after ?? NOTHING);
    case 'delete':
      return manualSteps.delete(principal, before ?? NOTHING);
    default:
      return action satisfies never;
  }
}

/** Roles to be given that the live list has no more, or never had: policy can only take their names at their word. */
function missingRoles(
  { before, after }: Pick<Change, 'before' | 'after'>,
  { roles }: Capabilities,
  { productRoles }: Observation,
): string[] {
  if (productRoles === undefined) return [];
  const held = before?.roles ?? [];
  return (after?.roles ?? []).filter((role) => !held.includes(role) && !roles.includes(role) && !productRoles.includes(role));
}

function missingStep(role: string, { productRoles = [] }: Observation): string {
  const words = role.toLowerCase().split(/\s+/);
  const near = productRoles.filter((one) => {
    const own = one.toLowerCase().split(/\s+/);
    return words.some((word) => own.includes(word));
  });
  const named = near.slice(0, MOST_NAMED).map((one) => visible(one));
  const hint = named.length === 0 ? '' : ` There are ${named.join(', ')}.`;
  return `The account has no role named ${visible(role)}, so nobody can be given it.${hint} Correct the grant in policy, or have the role made; the next read sees it.`;
}
