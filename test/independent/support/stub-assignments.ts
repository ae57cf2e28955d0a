import type { Http, HttpReply, HttpRequest } from '../../../src/ports.ts';
import { SCIM_TOKEN } from './start-scim-server.ts';

const ROLES: Readonly<Record<string, string>> = { Administrator: '102', Developer: '103', 'Billing Manager': '104', Support: '105' };

interface Assignment {
  readonly sid: string;
  readonly role_sid: string;
  readonly scope: string;
  readonly identity: string;
}

/**
 * What SCIM does not have: the token, the four general roles, role assignments and one account. `scim` answers everything else.
 */
export function stubAssignments(organization: string, scope: string, owner: string, scim: Http): Http {
  const assignments: Assignment[] = [];
  let made = 0;
  const list = (query: URLSearchParams): HttpReply => {
    const [asked, identity] = [query.get('Scope'), query.get('Identity')];
    const rows = assignments.filter((row) => (asked ?? row.scope) === row.scope && (identity ?? row.identity) === row.identity);
    return json(200, { content: rows, meta: { key: 'content', page: 0, page_size: 100, next_page_url: null } });
  };
  const make = (body: string): HttpReply => {
    made += 1;
    const row: Assignment = { ...JSON.parse(body), sid: `IY${made.toString(16).padStart(32, '0')}` };
    assignments.push(row);
    return json(201, row);
  };
  const answer = ({ method, url, body = '' }: HttpRequest): HttpReply | null => {
    const { pathname, searchParams } = new URL(url);
    if (pathname === '/v2/token') return json(200, { access_token: SCIM_TOKEN, token_type: 'Bearer', expires_in: 3600 });
    if (pathname === '/v2/Organizations/Roles') return json(200, { roles: Object.entries(ROLES).map(shapeRole), meta: { key: 'roles' } });
    if (pathname === `/Organizations/${organization}/Accounts`) {
      return json(200, { content: [{ account_sid: scope, owner_sid: owner, status: 'active' }], meta: { key: 'content' } });
    }
    if (!pathname.startsWith('/v2/Organizations/RoleAssignments')) return null;
    if (method === 'GET') return list(searchParams);
    if (method === 'POST') return make(body);
    const at = assignments.findIndex((row) => pathname.endsWith(`/${row.sid}`));
    if (at >= 0) assignments.splice(at, 1);
    return { kind: 'reply', status: 204, headers: {}, body: '' };
  };
  return { send: async (request) => answer(request) ?? scim.send(request), close: () => scim.close() };
}

function shapeRole([name, number]: [string, string]): object {
  return { sid: `IX${number.padStart(32, '0')}`, friendly_name: name, product_group: null, lowest_level: 'SUB_ACCOUNT' };
}

function json(status: number, document: unknown): HttpReply {
  return { kind: 'reply', status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}
