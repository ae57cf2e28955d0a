import { afterEach, describe, expect, test } from 'vitest';
import { type RunningTelnyx, startTelnyx } from '../../src/emulator/start-telnyx.ts';
import { createJumpingClock, createTestRandom, KEY, type Page, SEED, START } from './world-for-tests.ts';

let running: RunningTelnyx[] = [];

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
});

async function start(more: Partial<Parameters<typeof startTelnyx>[0]> = {}): Promise<RunningTelnyx> {
  const telnyx = await startTelnyx({ clock: createJumpingClock(), random: createTestRandom(), seed: SEED, ...more });
  running.push(telnyx);
  return telnyx;
}

const headers = { authorization: `Bearer ${KEY}` };
const list = ({ origin }: RunningTelnyx, more: RequestInit = {}) => fetch(`${origin}/v2/sub_users`, { headers, ...more });

async function control(
  { controlOrigin }: RunningTelnyx,
  path: string,
  body?: unknown,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${controlOrigin}${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

const account = 'telnyx-production';

describe('the emulator on the wire', () => {
  test('listens on 127.0.0.1 and answers like the vendor, with links to itself', async () => {
    const telnyx = await start({ seed: { ...SEED, switches: { default_page_size: 1 } } });
    expect(telnyx.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await list(telnyx);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const page = (await response.json()) as Page;
    expect(page.meta['next_page_url']).toBe(`${telnyx.origin}/v2/sub_users?page[number]=2&page[size]=1`);
    const next = await fetch(String(page.meta['next_page_url']), { headers });
    expect(((await next.json()) as Page).data[0]?.email).toBe('Grace@acme.example');
  });

  test('an invitation, a change and a deletion go through', async () => {
    const telnyx = await start();
    const body = JSON.stringify({ email: 'new@acme.example', name: 'Zoë', role: 'member' });
    const invited = await fetch(`${telnyx.origin}/v2/sub_users`, { method: 'POST', headers, body });
    const { data } = (await invited.json()) as { data: { id: string; name: string } };
    expect([invited.status, data.name]).toEqual([201, 'Zoë']);
    const url = `${telnyx.origin}/v2/sub_users/${data.id}`;
    expect((await fetch(url, { method: 'PATCH', headers, body: '{"role":"admin"}' })).status).toBe(200);
    const deleted = await fetch(url, { method: 'DELETE', headers });
    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    expect((await fetch(url, { headers })).status).toBe(404);
  });

  test('a body of more than 1 MiB is refused', async () => {
    const telnyx = await start();
    const send = (bytes: number) => fetch(`${telnyx.origin}/v2/sub_users`, { method: 'POST', headers, body: 'x'.repeat(bytes) });
    expect((await send(1_048_576)).status).toBe(400);
    expect((await send(1_048_577)).status).toBe(413);
    expect((await fetch(`${telnyx.controlOrigin}/faults`, { method: 'POST', body: 'x'.repeat(1_048_577) })).status).toBe(413);
  });

  test('latency passes on the clock that was handed in', async () => {
    const clock = createJumpingClock();
    const telnyx = await start({ clock, latencyMs: 250 });
    await list(telnyx);
    expect(clock.now()).toBe(START + 250);
  });

  test('a port that is taken, or is none, is said with the way out', async () => {
    const telnyx = await start();
    const port = Number(new URL(telnyx.origin).port);
    await expect(start({ port })).rejects.toThrow(
      `port ${port} cannot be used on the loopback address: another program listens there. Give another with --port.`,
    );
    await expect(start({ controlPort: port })).rejects.toMatchObject({ code: 'portTaken' });
    await expect(start({ port: 70_000 })).rejects.toMatchObject({ code: 'portTaken' });
  });

  test('resets, cuts and refusals reach a real client as a broken connection', async () => {
    const telnyx = await start();
    for (const kind of ['refused', 'reset_before', 'reset_after'] as const) {
      telnyx.world.faults.add({ kind });
      await expect(list(telnyx)).rejects.toThrow('fetch failed');
    }
    telnyx.world.faults.add({ kind: 'cut_body' });
    await expect(list(telnyx).then((response) => response.text())).rejects.toThrow();
    expect((await list(telnyx)).status).toBe(200);
  });

  test('a dripping, a late and an oversized body arrive whole at a client that waits', async () => {
    const telnyx = await start();
    const plain = await (await list(telnyx)).text();
    telnyx.world.faults.add({ kind: 'drip', ms: 10 });
    expect(await (await list(telnyx)).text()).toBe(plain);
    telnyx.world.faults.add({ kind: 'delay', ms: 10 });
    expect(await (await list(telnyx)).text()).toBe(plain);
    telnyx.world.faults.add({ kind: 'oversized', bytes: 200_000 });
    expect(await (await list(telnyx)).text()).toHaveLength(200_000);
  });

  test('a request that gets no answer ends when the client gives up', async () => {
    const telnyx = await start();
    telnyx.world.faults.add({ kind: 'timeout' });
    const client = new AbortController();
    const request = list(telnyx, { signal: client.signal });
    const outcome = expect(request).rejects.toThrow('abort');
    while (telnyx.world.requests.length === 0) await control(telnyx, '/requests');
    client.abort();
    await outcome;
    expect(telnyx.world.requests[0]).toMatchObject({ fault: 'timeout', status: null });
  });

  test('stopping ends every connection at once', async () => {
    const telnyx = await start();
    telnyx.world.faults.add({ kind: 'timeout' });
    const outcome = expect(list(telnyx)).rejects.toThrow('fetch failed');
    while (telnyx.world.requests.length === 0) await control(telnyx, '/requests');
    await telnyx.stop();
    await outcome;
    await expect(list(telnyx)).rejects.toThrow('fetch failed');
    running = [];
  });

  test('200 pages of 250 come from 50,000 people', async () => {
    const users = Array.from({ length: 50_000 }, (_, n) => ({ email: `p${n}@acme.example`, name: `P ${n}`, role: 'member' }));
    const telnyx = await start({ seed: { accounts: [{ name: account, key: KEY, owner: 'root@acme.example', users }] } });
    const read = async (page: number) =>
      (await (await fetch(`${telnyx.origin}/v2/sub_users?page[size]=250&page[number]=${page}`, { headers })).json()) as Page;
    let rows = 0;
    for (let page = 1; page <= 200; page += 1) rows += (await read(page)).data.length;
    expect(rows).toBe(50_000);
    expect(telnyx.world.highWater().requests).toBe(1);
  });
});

describe('the control endpoint', () => {
  test('plays the people around the account', async () => {
    const telnyx = await start();
    const people = async (path: string, more: object) =>
      (await control(telnyx, path, { account, email: 'new@acme.example', ...more })).status;
    const user = () => telnyx.world.state(account).users.find((row) => row.email === 'new@acme.example');
    expect(await people('/invite', { role: 'member', name: 'New' })).toBe(200);
    expect(await people('/expire', {})).toBe(200);
    expect(user()).toBeUndefined();
    expect(await people('/invite', { role: 'member', name: 'New' })).toBe(200);
    expect(await people('/revoke', {})).toBe(200);
    expect(await people('/invite', { role: 'member', name: 'New' })).toBe(200);
    expect(await people('/accept', {})).toBe(200);
    expect(await people('/role', { role: 'admin' })).toBe(200);
    expect(await people('/rename', { name: 'Newer' })).toBe(200);
    expect(await people('/suspend', {})).toBe(200);
    expect(user()).toMatchObject({ status: 'suspended', role: 'admin', name: 'Newer' });
    expect(await people('/resume', {})).toBe(200);
    expect(await people('/delete', {})).toBe(200);
    expect(await people('/delete', {})).toBe(409);
    expect(await people('/sign-up', {})).toBe(200);
    expect(await people('/invite', { role: 'member', name: 'New' })).toBe(409);
    expect(await people('/close-own-account', {})).toBe(200);
    expect(await people('/owner', {})).toBe(200);
    expect(telnyx.world.state(account).owner.email).toBe('new@acme.example');
  });

  test('shows the state and the requests, and no key', async () => {
    const telnyx = await start();
    await list(telnyx);
    const state = await control(telnyx, '/state');
    expect(state.answer).toMatchObject({
      now: START,
      accounts: [{ name: account, users: [{}, {}] }, {}],
      switches: { open: 10 },
      faults: [],
    });
    const requests = await control(telnyx, '/requests');
    expect(requests.answer).toMatchObject({
      requests: [{ method: 'GET', path: '/v2/sub_users', status: 200 }],
      high_water: { requests: 1, writes: 0 },
    });
    expect(JSON.stringify([state, requests])).not.toContain('KEY-');
  });

  test('sets faults, switches and time', async () => {
    const telnyx = await start();
    expect((await control(telnyx, '/faults', { kind: 'status', status: 503, times: 'always' })).status).toBe(200);
    expect((await list(telnyx)).status).toBe(503);
    expect((await fetch(`${telnyx.controlOrigin}/faults`, { method: 'DELETE' })).status).toBe(200);
    expect((await list(telnyx)).status).toBe(200);
    expect((await control(telnyx, '/switches', { open: 3 })).answer).toMatchObject({ open: 3, per_hour: 10 });
    expect((await control(telnyx, '/advance', { ms: 60_000 })).answer).toEqual({ now: START + 60_000 });
  });

  test('says what is wrong with a request', async () => {
    const telnyx = await start();
    expect(await control(telnyx, '/accept', { email: 'ada@acme.example' })).toEqual({
      status: 422,
      answer: { error: 'say which account: telnyx-production, telnyx-support' },
    });
    expect(await control(telnyx, '/accept', { account: 'x', email: 'ada@acme.example' })).toMatchObject({ status: 422 });
    expect(await control(telnyx, '/accept', { account })).toEqual({ status: 422, answer: { error: 'email is not an e-mail address' } });
    expect(await control(telnyx, '/accept', { account, email: 'ada@acme.example' })).toEqual({
      status: 409,
      answer: { error: 'no open invitation has this address' },
    });
    expect(await control(telnyx, '/role', { account, email: 'ada@acme.example' })).toMatchObject({ status: 422 });
    expect(await control(telnyx, '/faults', { kind: 'nap' })).toMatchObject({ status: 422 });
    expect(await control(telnyx, '/switches', { opne: 3 })).toMatchObject({ status: 422 });
    expect(await control(telnyx, '/advance', { ms: -1 })).toMatchObject({ status: 422 });
    expect(await control(telnyx, '/faults', [])).toEqual({ status: 422, answer: { error: 'the body is not a JSON object' } });
    expect((await control(telnyx, '/nothing', {})).status).toBe(404);
    expect((await control(telnyx, '/accept')).status).toBe(404);
  });

  test('cannot move a clock that is not made for it', async () => {
    const { now, sleep } = createJumpingClock();
    const telnyx = await start({ clock: { now, sleep } });
    expect(await control(telnyx, '/advance', { ms: 1 })).toMatchObject({
      status: 409,
      answer: { error: 'this emulator runs on a clock that cannot be moved' },
    });
  });
});
