import { NOTHING, sameList } from '../holding.ts';
import type { Capabilities, Change, Part, PatchFields } from '../model.ts';
import { isPrivileged } from './privilege.ts';

/**
 * The requests that make a change, in order; none for a change that a person makes. Where people and roles are written apart, a swap to
 * an equal or higher role is made before it is broken, and a lowering takes before it gives: a run that dies in between leaves too little
 * access rather than too much, and never nobody in charge.
 */
export function listParts(change: Change, capabilities: Capabilities): readonly Part[] {
  if (change.executor === 'manual') return [];
  const fields = fieldsOf(change, capabilities);
  if (capabilities.requests === 'one') {
    return [change.action === 'patch' ? { do: 'patch', fields } : { do: change.action }];
  }
  const before = change.before?.roles ?? [];
  const after = change.after?.roles ?? [];
  const gives = after.filter((role) => !before.includes(role)).map((role): Part => ({ do: 'assign', role }));
  const takes = before.filter((role) => !after.includes(role)).map((role): Part => ({ do: 'unassign', role }));
  if (change.action === 'invite') return [{ do: 'invite' }, ...gives];
  if (change.action === 'delete') return [...takes, { do: 'delete' }];
  const rest: Part[] = Object.keys(fields).length === 0 ? [] : [{ do: 'patch', fields }];
  if (fields.active === true) return [...takes, ...rest, ...gives];
  return isSwap(change, capabilities) ? [...gives, ...takes, ...rest] : [...takes, ...gives, ...rest];
}

/** Whether as much is held after it as before, in other words. */
function isSwap({ before, after }: Change, capabilities: Capabilities): boolean {
  return isPrivileged(after ?? NOTHING, capabilities) || !isPrivileged(before ?? NOTHING, capabilities);
}

function fieldsOf({ before, after }: Change, capabilities: Capabilities): PatchFields {
  if (before === null || after === null) return {};
  const whole = capabilities.requests === 'one';
  return {
    ...(whole && !sameList(before.roles, after.roles) ? { roles: after.roles } : {}),
    ...(before.name === after.name ? {} : { name: after.name }),
    ...(before.status === 'inactive' && after.status === 'active' ? { active: true } : {}),
  };
}
