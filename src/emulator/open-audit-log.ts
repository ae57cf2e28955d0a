import type { SubUser } from './open-telnyx-account.ts';

/** Who did something, in the words of `change_made_by`. Telnyx itself has no user. */
export interface Actor {
  readonly id: string | undefined;
  readonly kind: 'telnyx' | 'account_owner' | 'organization_member';
}

/** One entry of the audit log, as Telnyx's published specification has it. It publishes no list of change types beyond `update`. */
export interface AuditEvent {
  readonly id: string;
  readonly user_id: string | undefined;
  readonly organization_id: string;
  readonly record_type: 'audit_event';
  /** The sub-user's id. */
  readonly resource_id: string;
  readonly alternate_resource_id: null;
  readonly change_made_by: Actor['kind'];
  readonly change_type: 'create' | 'update' | 'delete';
  readonly changes: readonly { readonly field: string; readonly from: string | null; readonly to: string | null }[];
  readonly created_at: string;
}

export interface AuditLog {
  /** Oldest first; of very many the newest. */
  readonly events: readonly AuditEvent[];
  /** What became of a row: it comes without a `before` and goes without an `after`. */
  note(actor: Actor, before: SubUser | undefined, after: SubUser | undefined): void;
  /** Somebody was put into a permission group, or taken out. Nothing is published about how the log tells it. */
  noteGroup(actor: Actor, userId: string, change: { readonly from: string | null; readonly to: string | null }): void;
}

export const BY_TELNYX: Actor = { id: undefined, kind: 'telnyx' };

const FIELDS = ['email', 'name', 'role', 'status'] as const;
const MAX_EVENTS = 100_000;

/** Opens one account's audit log. Its ids are counted, so that keeping it leaves the ids of users as they were. */
export function openAuditLog(organizationId: string, now: () => number): AuditLog {
  const events: AuditEvent[] = [];
  let noted = 0;
  const add = (actor: Actor, userId: string, type: AuditEvent['change_type'], changes: AuditEvent['changes']): void => {
    noted += 1;
    if (events.length >= MAX_EVENTS) events.splice(0, MAX_EVENTS / 2);
    events.push({
      id: `a0d17000-0000-4000-8000-${String(noted).padStart(12, '0')}`,
      user_id: actor.id,
      organization_id: organizationId,
      record_type: 'audit_event',
      resource_id: userId,
      alternate_resource_id: null,
      change_made_by: actor.kind,
      change_type: type,
      changes,
      created_at: new Date(now()).toISOString(),
    });
  };
  return {
    events,
    note: (actor, before, after) => {
      const row = after ?? before;
      const fields = FIELDS.filter((field) => before?.[field] !== after?.[field]);
      if (row === undefined || fields.length === 0) return;
      const changes = fields.map((field) => ({ field, from: before?.[field] ?? null, to: after?.[field] ?? null }));
      add(actor, row.id, before === undefined ? 'create' : after === undefined ? 'delete' : 'update', changes);
    },
    noteGroup: (actor, userId, change) => add(actor, userId, 'update', [{ field: 'groups', ...change }]),
  };
}
