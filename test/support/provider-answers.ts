import type { LivePrincipal } from '../../src/model.ts';
import { openProviderWorld, type ProviderWorld, uuidOf } from './provider-world.ts';

/** What is really there, as the model says it, sorted by address. */
export function truthOf({ vendor }: Pick<ProviderWorld, 'vendor'>): LivePrincipal[] {
  const rows = vendor.state().users.map((row) => ({
    principal: row.email.toLowerCase(),
    principal_id: row.id,
    status: row.status as LivePrincipal['status'],
    name: row.name,
    roles: [row.role],
    groups: [],
    since: row.created_at,
  }));
  return rows.toSorted((a, b) => (a.principal < b.principal ? -1 : 1));
}

/** A user as the vendor writes it, good but for the fields given. */
export function rowOf(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const row = { id: uuidOf(1), email: 'ada@acme.example', name: 'Ada', role: 'member', status: 'active', record_type: 'sub_user' };
  return { ...row, ...fields };
}

export function reply(document: unknown) {
  const body = typeof document === 'string' ? document : JSON.stringify(document);
  return { kind: 'reply' as const, status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** A vendor that answers this body to whatever it is asked. */
export function answering(body: string): ProviderWorld {
  return openProviderWorld({ wrap: (http) => ({ ...http, send: (request) => http.send(request).then(() => reply(body)) }) });
}

/** A vendor whose list has these rows, each a good one but for the fields given. */
export function scripted(rows: readonly Readonly<Record<string, unknown>>[]): ProviderWorld {
  const data = rows.map((fields, index) => rowOf({ id: uuidOf(index + 1), ...fields }));
  return answering(JSON.stringify({ data, meta: { total_results: data.length, page_number: 1 } }));
}
