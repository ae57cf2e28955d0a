import { isEmpty } from '../holding.ts';
import type { Access, Change, Holding } from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal } from '../text/encode-sentence.ts';

/** One change in one line, in words: `patch grace@acme.example: member → admin`. */
export function describeChange(change: Change): string {
  return (change.executor === 'manual' ? 'by hand: ' : '') + describeAction(change);
}

/** What one principal holds, in words: `admin`, `member + billing`, `no access`. */
export function describeHolding(holding: Holding): string {
  const parts = [
    ...(holding.roles.length > 0 ? [holding.roles.map((role) => visible(role)).join(', ')] : []),
    ...holding.groups.map((group) => visible(group)),
  ];
  return parts.length === 0 ? 'no access' : parts.join(' + ');
}

/** The same with the status where it is not `active`: `invited member`, `inactive`. */
export function describeAccess(access: Access): string {
  if (access.status === 'active') return describeHolding(access);
  return isEmpty(access) ? visible(access.status) : `${visible(access.status)} ${describeHolding(access)}`;
}

/** The before and the after of a change, as a row shows them: `member → admin`. */
export function describeTransition(change: Change): string {
  const { before, after } = change;
  if (change.reason_code === 'owner_transfer') return '→ owner';
  if (before === null) return after === null ? '' : `→ ${describeHolding(after)}`;
  if (after === null) return `${describeAccess(before)} → none`;
  const parts: string[] = [];
  const [from, to] = [before.status === 'inactive' ? describeAccess(before) : describeHolding(before), describeHolding(after)];
  const renamed = changesName(change);
  if (from !== to || !renamed) parts.push(`${from} → ${to}`);
  if (renamed) parts.push(`name ${nameWords(before.name)} → ${nameWords(after.name)}`);
  return parts.join(', ');
}

function changesName(change: Change): boolean {
  return change.patch.some((operation) => operation.path === '/name');
}

function describeAction(change: Change): string {
  const who = encodePrincipal(change.principal);
  const because = BECAUSE[change.reason_code as keyof typeof BECAUSE] ?? '';
  if (change.reason_code === 'owner_transfer') return `make ${who} the owner`;
  switch (change.action) {
    case 'invite':
      return `invite ${who}${change.after === null ? '' : ` as ${describeHolding(change.after)}`}${because}`;
    case 'patch':
      return `patch ${who}: ${describeTransition(change)}${because}`;
    case 'delete':
      return `delete ${who}${change.before === null ? '' : ` (${describeAccess(change.before)})`}${because}`;
  }
}

const BECAUSE = {
  email_changed: ', because the e-mail changed',
  invitation_lapsed: ' again, because the invitation lapsed',
} as const;

function nameWords(name: string): string {
  return name === '' ? '(none)' : visible(name);
}
