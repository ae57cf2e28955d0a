import { afterEach, expect, test } from 'vitest';
import type { LivePrincipal, Provider, Reading } from '../../src/model.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { createTwilioOrganizationProvider } from '../../src/provider/twilio/create-twilio-provider.ts';
import { openTwilioOrganization } from '../../src/provider/twilio/open-twilio-organization.ts';
import { MAX_BODY_BYTES } from '../../src/provider/vendor-client.ts';
import { createJumpingClock, createSeededRandom } from '../support/provider-world.ts';
import { CLIENT_ID, CLIENT_SECRET, ORGANIZATION, SCOPE, TWILIO_POLICY, twilioRun, userSidOf } from '../support/twilio-world.ts';
import { type ScimServer, startScimServer } from './support/start-scim-server.ts';
import { stubAssignments } from './support/stub-assignments.ts';

const NEWCOMER = 'new@acme.example';
const NOTHING = { roles: [], groups: [] };
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** rollcall's provider in front of SCIMMY: its requests to `/scim/v2` go over a socket as they are. */
async function open(addresses: readonly string[]): Promise<{ readonly server: ScimServer; readonly provider: Provider }> {
  const server = await startScimServer(addresses);
  const sockets = createHttpClient(MAX_BODY_BYTES);
  stops.push(server.stop, sockets.close);
  const scim = {
    send: (request: Parameters<typeof sockets.send>[0]) =>
      sockets.send({ ...request, url: request.url.replace('https://iam.twilio.com', server.origin) }),
    close: sockets.close,
  };
  const http = stubAssignments(ORGANIZATION, SCOPE, userSidOf(1), scim);
  // The server's answers carry the day it really is, and nothing is judged by a clock that differs.
  const world = twilioRun({ http, clock: createJumpingClock(Date.now()), random: createSeededRandom() });
  const organization = openTwilioOrganization(world, ORGANIZATION, CLIENT_ID, CLIENT_SECRET);
  const provider = createTwilioOrganizationProvider({ policy: TWILIO_POLICY, organization, accountSid: null, authToken: null, world });
  return { server, provider };
}

function peopleOf(reading: Reading): readonly LivePrincipal[] {
  if (reading.kind === 'incomplete') throw new Error(reading.message);
  return reading.observation.principals;
}

test('a SCIM server that nobody here wrote is read, and a person comes, is renamed, goes and comes back', async () => {
  const { server, provider } = await open(['root@acme.example', 'ada@acme.example']);
  const { reader, writer } = provider;
  expect(peopleOf(await reader.read(null, null))).toMatchObject([{ principal: 'root@acme.example', roles: ['owner'], status: 'active' }]);

  expect(await writer.assign(userSidOf(2), 'administrator')).toMatchObject({ kind: 'accepted' });
  expect(await writer.invite(NEWCOMER, 'New Middle Person', NOTHING)).toEqual({ kind: 'accepted', principalId: userSidOf(3) });
  expect(server.users.get(userSidOf(3))).toMatchObject({
    userName: NEWCOMER,
    active: true,
    name: { givenName: 'New Middle', familyName: 'Person' },
    emails: [{ primary: true, value: NEWCOMER }],
  });
  expect(await writer.assign(userSidOf(3), 'support')).toMatchObject({ kind: 'accepted' });
  expect(peopleOf(await reader.read(null, null))).toMatchObject([
    { principal: 'ada@acme.example', roles: ['administrator'] },
    { principal: NEWCOMER, roles: ['support'], name: 'New Middle Person', status: 'active' },
    { principal: 'root@acme.example', roles: ['owner'] },
  ]);

  expect(await writer.patch(userSidOf(3), { name: 'Renamed' })).toMatchObject({ kind: 'accepted' });
  expect(await reader.readOne(userSidOf(3))).toMatchObject({ kind: 'present', live: { name: 'Renamed', roles: ['support'] } });

  await writer.unassign(userSidOf(3), 'support');
  expect(await writer.delete(userSidOf(3))).toMatchObject({ kind: 'accepted' });
  expect(server.users.get(userSidOf(3))).toMatchObject({ active: false });
  expect(await reader.readOne(userSidOf(3))).toEqual({ kind: 'absent' });
  const without = await reader.read(null, null);
  expect(without).toMatchObject({ observation: { without: [{ principal: NEWCOMER, principal_id: userSidOf(3), status: 'inactive' }] } });

  expect(await writer.patch(userSidOf(3), { active: true, name: 'New Person' })).toMatchObject({ kind: 'accepted' });
  expect(await writer.assign(userSidOf(3), 'developer')).toMatchObject({ kind: 'accepted' });
  expect(peopleOf(await reader.read(null, null))).toContainEqual(
    expect.objectContaining({
      principal: NEWCOMER,
      principal_id: userSidOf(3),
      name: 'New Person',
      status: 'active',
      roles: ['developer'],
    }),
  );
  expect(server.users.size).toBe(3);
  expect(server.asked.filter((line) => !line.startsWith('GET'))).toEqual([
    'POST /scim/v2/Users',
    `PATCH /scim/v2/Users/${userSidOf(3)}`,
    `DELETE /scim/v2/Users/${userSidOf(3)}`,
    `PATCH /scim/v2/Users/${userSidOf(3)}`,
  ]);
});

test('somebody who has a login already is found by their address and not made a second time', async () => {
  const { server, provider } = await open(['root@acme.example', 'ada@acme.example']);
  await provider.reader.read(null, null);
  expect(await provider.writer.invite('ada@acme.example', 'Ada Lovelace', NOTHING)).toEqual({
    kind: 'accepted',
    principalId: userSidOf(2),
  });
  expect(server.asked).not.toContain('POST /scim/v2/Users');
});

test('a server that gives people out in pages, as SCIM allows and Twilio does not, is not taken for the whole', async () => {
  const { provider } = await open(Array.from({ length: 25 }, (_, index) => `person-${index}@acme.example`));
  const reading = await provider.reader.read(null, null);
  expect(reading).toMatchObject({ kind: 'incomplete', message: expect.stringContaining('20 users came where 25 were stated') });
});
