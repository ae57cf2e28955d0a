import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

export const SCIM_TOKEN = 'canary-scim-token-0123456789';

/** What the server keeps of a user: whatever it was sent, with an id and a version. */
export interface KeptUser {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly version: number;
  readonly [attribute: string]: unknown;
}

export interface ScimServer {
  readonly origin: string;
  readonly users: ReadonlyMap<string, KeptUser>;
  /** Requests, as `PATCH /scim/v2/Users/US…`. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/**
 * SCIMMY, a SCIM 2.0 server that nobody here wrote, on loopback. The protocol is its own: paths, bodies, filters, PATCH, errors. What it
 * is told beside it is what Twilio says of its users: SIDs as ids, versions that If-Match has to name, and a DELETE that deactivates.
 */
export async function startScimServer(addresses: readonly string[]): Promise<ScimServer> {
  const users = new Map<string, KeptUser>();
  const asked: string[] = [];
  const put = (user: Omit<KeptUser, 'id' | 'version'>, id: string): Record<string, unknown> => {
    users.set(id, { ...users.get(id), ...user, id, version: (users.get(id)?.version ?? 0) + 1 } as KeptUser);
    return shown(id);
  };
  const shown = (id: string): Record<string, unknown> => {
    const user = users.get(id);
    if (user === undefined) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`);
    const { version, ...attributes } = user;
    return { ...attributes, meta: { resourceType: 'User', created: '2026-10-01T09:00:00.000Z', version: `W/${version}` } };
  };
  const newId = () => `US${(users.size + 1).toString(16).padStart(32, '0')}`;
  for (const address of addresses) put({ userName: address, active: true, emails: [{ primary: true, value: address }] }, newId());

  SCIMMY.Config.set({ patch: true, filter: true });
  SCIMMY.Resources.declare(SCIMMY.Resources.User)
    .ingress(async (resource, instance, ifMatch) => {
      const { id } = resource;
      const sent = JSON.parse(JSON.stringify(instance));
      const isTaken = [...users.values()].some((user) => user.id !== id && user.userName === sent.userName);
      if (isTaken) throw new SCIMMY.Types.Error(409, 'uniqueness', 'userName is taken');
      if (id !== undefined && ifMatch !== `W/${users.get(id)?.version}`) throw new SCIMMY.Types.Error(409, '', 'Version conflict');
      return put(sent, id ?? newId()) as never;
    })
    .egress(async (resource) => (resource.id === undefined ? [...users.keys()].map(shown) : shown(resource.id)) as never)
    .degress(async (resource) => void put({ ...users.get(resource.id ?? ''), active: false } as KeptUser, resource.id ?? ''));

  const app = express();
  app.use((request, _, next) => {
    asked.push(`${request.method} ${request.path}`);
    next();
  });
  const handler = (request: express.Request): string => {
    if (request.header('authorization') !== `Bearer ${SCIM_TOKEN}`) throw new Error('the token is wrong');
    return 'rollcall';
  };
  app.use('/scim/v2', new SCIMMYRouters({ type: 'bearer', handler, context: (request) => request.header('if-match') }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
