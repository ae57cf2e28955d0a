import type { AuditEvent } from './open-audit-log.ts';
import type { TelnyxAccount } from './open-telnyx-account.ts';
import { takePage } from './take-page.ts';
import type { TelnyxSwitches } from './telnyx-switches.ts';
import { type EmulatedReply, jsonReply, vendorError } from './vendor-error.ts';

/** Answers `GET /v2/audit_events`: one page of what was done, oldest first unless `sort=desc`, with the published `meta`. */
export function listAuditEvents(account: TelnyxAccount, query: URLSearchParams, switches: TelnyxSwitches, now: number): EmulatedReply {
  if (switches.audit_log === 'off') return vendorError(403, '10010', 'The audit log is not enabled for this account.');
  const sort = query.get('sort') ?? 'asc';
  if (sort !== 'asc' && sort !== 'desc') return vendorError(400, '10015', 'sort must be one of asc, desc.', '/sort');
  const after = instantOf(query.get('filter[created_after]'), Number.NEGATIVE_INFINITY);
  const before = instantOf(query.get('filter[created_before]'), Number.POSITIVE_INFINITY);
  if (Number.isNaN(after) || Number.isNaN(before)) return vendorError(400, '10015', 'A filter is not an ISO 8601 date.', '/filter');
  const shown = switches.audit_log === 'empty' ? [] : account.audit.events.filter((event) => isShown(event, after, before));
  const settled = shown.filter((event) => Date.parse(event.created_at) + switches.audit_lag_ms <= now);
  const rows = sort === 'desc' ? settled.toReversed() : settled;
  const page = takePage(rows, query, switches);
  if ('status' in page) return page;
  return jsonReply(200, {
    data: switches.audit_log === 'lying' ? page.data.map((event) => blameAnother(event, account)) : page.data,
    meta: { total_pages: page.pages, total_results: rows.length, page_number: page.number, page_size: page.size },
  });
}

function isShown(event: AuditEvent, after: number, before: number): boolean {
  const at = Date.parse(event.created_at);
  return at > after && at < before;
}

function instantOf(text: string | null, otherwise: number): number {
  return text === null ? otherwise : Date.parse(text);
}

/** The first other sub-user who is neither the one who did it nor the one it was done to. */
function blameAnother(event: AuditEvent, account: TelnyxAccount): AuditEvent {
  const other = account.users().find((row) => row.id !== event.user_id && row.id !== event.resource_id) ?? account.owner();
  return { ...event, user_id: other.id, change_made_by: 'organization_member' };
}
