import { afterEach, describe, expect, test } from 'vitest';
import { type RunningTwilio, startTwilio } from '../../../src/emulator/twilio/start-twilio.ts';
import { createJumpingClock, createTestRandom } from '../world-for-tests.ts';
import { ADA, CLIENT, MAIN, MAIN_TOKEN, TWILIO_SEED } from './twilio-for-tests.ts';

let running: RunningTwilio | null = null;

afterEach(async () => {
  await running?.stop();
  running = null;
});

async function start(): Promise<RunningTwilio> {
  running = await startTwilio({ clock: createJumpingClock(), random: createTestRandom(), seed: TWILIO_SEED });
  return running;
}

async function tokenOf(origin: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret });
  const response = await fetch(`${origin}/v2/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('Twilio on the wire', () => {
  test('answers for all its hosts on one port, with links to itself', async () => {
    const { origin } = await start();
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const headers = { authorization: `Bearer ${await tokenOf(origin)}` };
    const users = (await (await fetch(`${origin}/scim/v2/Users`, { headers })).json()) as { totalResults: number };
    expect(users.totalResults).toBe(3);
    const list = await fetch(`${origin}/v2/Organizations/RoleAssignments?Scope=${MAIN}&PageSize=1`, { headers });
    const { meta } = (await list.json()) as { meta: { next_page_url: string } };
    expect(meta.next_page_url.startsWith(`${origin}/v2/Organizations/RoleAssignments?`)).toBe(true);
    const basic = { authorization: `Basic ${Buffer.from(`${MAIN}:${MAIN_TOKEN}`).toString('base64')}` };
    expect((await fetch(`${origin}/2010-04-01/Accounts.json`, { headers: basic })).status).toBe(200);
    expect((await fetch(`${origin}/v1/Events`, { headers: basic })).status).toBe(200);
  });

  test('a login is ended by DELETE, which has no body', async () => {
    const { origin, world } = await start();
    const headers = { authorization: `Bearer ${await tokenOf(origin)}` };
    const answer = await fetch(`${origin}/scim/v2/Users/${ADA}`, { method: 'DELETE', headers });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(world.state().people.find(({ sid }) => sid === ADA)?.status).toBe('inactive');
  });

  test('people act through the other port', async () => {
    const { controlOrigin, world } = await start();
    const body = JSON.stringify({ account: 'twilio-main', email: 'grace@acme.example', role: 'support' });
    expect((await fetch(`${controlOrigin}/give-role`, { method: 'POST', body })).status).toBe(200);
    expect(world.state().people.find(({ email }) => email === 'Grace@acme.example')?.roles).toEqual(['developer', 'support']);
  });

  test('a body of more than 1 MiB is refused in Twilio’s words', async () => {
    const { origin } = await start();
    const answer = await fetch(`${origin}/scim/v2/Users`, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) });
    expect(await answer.json()).toMatchObject({ status: 413, message: 'The request body is larger than 1 MiB.' });
  });
});
