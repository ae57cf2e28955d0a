import { describe, expect, test } from 'vitest';
import { FAULT_KINDS, parseTelnyxFault, type TelnyxFault } from '../../src/emulator/parse-telnyx-fault.ts';
import type { HttpReply, HttpRequest } from '../../src/ports.ts';
import { ADA, failPlainly, KEY, openWorld, START, type TestWorld } from './world-for-tests.ts';

const LIST = '/v2/sub_users?page[size]=250';

function sender(opened: TestWorld, ...faults: TelnyxFault[]) {
  for (const fault of faults) opened.world.faults.add(parseTelnyxFault(fault, failPlainly));
  const http = opened.world.http();
  return (method: HttpRequest['method'], path: string, more: Partial<HttpRequest> = {}): Promise<HttpReply> => {
    const headers = { Authorization: `Bearer ${KEY}` };
    return http.send({ method, url: `https://api.telnyx.com${path}`, headers, timeoutMs: 20_000, maxBodyBytes: 4_194_304, ...more });
  };
}

async function listWith(
  ...faults: TelnyxFault[]
): Promise<{ data: { id: string; role: string; status: string }[]; meta: Record<string, unknown> }> {
  const reply = await sender(openWorld(), ...faults)('GET', LIST);
  return JSON.parse(reply.kind === 'reply' ? reply.body : '');
}

describe('faults that hide what became of a write', () => {
  test.each([
    ['refused', { kind: 'refused' }, 'unsent', 2],
    ['a reset before', { kind: 'reset_before' }, 'lost', 2],
    ['a reset after', { kind: 'reset_after' }, 'lost', 1],
    ['a timeout before', { kind: 'timeout' }, 'lost', 2],
    ['a timeout after', { kind: 'timeout', when: 'after' }, 'lost', 1],
    ['500 before', { kind: 'status', status: 500 }, 'reply', 2],
    ['500 after', { kind: 'status', status: 500, when: 'after' }, 'reply', 1],
    ['a web page before', { kind: 'html' }, 'reply', 2],
    ['a web page after', { kind: 'html', when: 'after' }, 'reply', 1],
    ['a redirect', { kind: 'redirect' }, 'reply', 2],
    ['a good answer to nothing', { kind: 'not_applied' }, 'reply', 2],
  ] as const)('%s', async (_name, fault, kind, usersLeft) => {
    const opened = openWorld();
    const reply = await sender(opened, fault)('DELETE', `/v2/sub_users/${ADA}`);
    expect(reply.kind).toBe(kind);
    expect(opened.world.state().users).toHaveLength(usersLeft);
    expect(opened.world.requests).toMatchObject([{ method: 'DELETE', fault: fault.kind, applied: usersLeft === 1, mutating: true }]);
  });

  test('a cut body loses the answer and keeps the invitation', async () => {
    const opened = openWorld();
    const body = JSON.stringify({ email: 'new@acme.example', name: 'New', role: 'member' });
    expect(await sender(opened, { kind: 'cut_body' })('POST', '/v2/sub_users', { body })).toEqual({
      kind: 'lost',
      reason: 'the body was cut',
    });
    expect(opened.world.state().invitations.open).toBe(1);
  });

  test('a cut body does nothing to an answer that has none', async () => {
    expect(await sender(openWorld(), { kind: 'cut_body' })('DELETE', `/v2/sub_users/${ADA}`)).toMatchObject({ kind: 'reply', status: 204 });
  });

  test('a good answer to an invitation that was never made looks like any other', async () => {
    const opened = openWorld();
    const body = JSON.stringify({ email: 'new@acme.example', name: 'New', role: 'member' });
    expect(await sender(opened, { kind: 'not_applied' })('POST', '/v2/sub_users', { body })).toMatchObject({ kind: 'reply', status: 201 });
    expect(opened.world.state().invitations).toEqual({ open: 0, last_hour: 0 });
  });
});

describe('faults in time', () => {
  test('a timeout lasts until the client gives up', async () => {
    const opened = openWorld();
    expect(await sender(opened, { kind: 'timeout' })('GET', LIST)).toEqual({ kind: 'lost', reason: 'no whole answer within 20000 ms' });
    expect(opened.clock.now()).toBe(START + 20_000);
  });

  test('a delay is an answer later, or none when the client does not wait so long', async () => {
    const opened = openWorld();
    const send = sender(opened, { kind: 'delay', ms: 1500 }, { kind: 'delay', ms: 20_000 });
    expect(await send('GET', LIST)).toMatchObject({ kind: 'reply', status: 200 });
    expect(opened.clock.now()).toBe(START + 1500);
    expect(await send('DELETE', `/v2/sub_users/${ADA}`)).toMatchObject({ kind: 'lost' });
    expect(opened.world.state().users).toHaveLength(1);
  });

  test('a dripping body takes a step for each byte', async () => {
    const opened = openWorld();
    const send = sender(opened, { kind: 'drip', ms: 1 }, { kind: 'drip' });
    const reply = await send('GET', LIST);
    expect(opened.clock.now() - START).toBe(reply.kind === 'reply' ? reply.body.length : -1);
    expect(await send('GET', LIST)).toMatchObject({ kind: 'lost' });
  });

  test('latency is added to every answer, and an aborted request is unsent or lost', async () => {
    const opened = openWorld();
    const http = opened.world.http({ latencyMs: 40, origin: 'http://127.0.0.1:1' });
    const request = { method: 'GET', url: `http://127.0.0.1:1${LIST}`, headers: {}, timeoutMs: 1000, maxBodyBytes: 1000 } as const;
    expect(await http.send(request)).toMatchObject({ kind: 'reply', status: 401 });
    expect(opened.clock.now()).toBe(START + 40);
    const controller = new AbortController();
    const sent = http.send({ ...request, signal: controller.signal });
    controller.abort();
    expect(await sent).toEqual({ kind: 'lost', reason: 'aborted' });
    expect(await http.send({ ...request, signal: controller.signal })).toEqual({ kind: 'unsent', reason: 'aborted' });
    await http.close();
  });
});

describe('faults in the answer', () => {
  test('a status comes with a vendor error of that kind, or with the body and headers given', async () => {
    const send = sender(
      openWorld(),
      { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      { kind: 'status', status: 403, body: { errors: [] } },
      { kind: 'status', status: 502, body: 'Bad gateway' },
      { kind: 'status', status: 204 },
    );
    expect(await send('GET', LIST)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '7' },
      body: expect.stringContaining('"10011"'),
    });
    expect(await send('GET', LIST)).toMatchObject({ status: 403, body: '{"errors":[]}' });
    expect(await send('GET', LIST)).toMatchObject({ status: 502, body: 'Bad gateway' });
    expect(await send('GET', LIST)).toMatchObject({ status: 204, body: '' });
    expect(await send('GET', LIST)).toMatchObject({ status: 200 });
  });

  test('a web page stands where JSON belongs', async () => {
    const reply = await sender(openWorld(), { kind: 'html' })('GET', LIST);
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: expect.stringMatching(/^<!doctype html>/),
    });
  });

  test('a redirect leads to another host', async () => {
    const send = sender(openWorld(), { kind: 'redirect' }, { kind: 'redirect', status: 302, location: '//evil.example/' });
    expect(await send('GET', LIST)).toMatchObject({
      status: 307,
      headers: { location: expect.stringMatching(/^https:\/\/vendor\.example\//) },
    });
    expect(await send('GET', LIST)).toMatchObject({ status: 302, headers: { location: '//evil.example/' } });
  });

  test('an oversized body is lost to a client that has a limit', async () => {
    const send = sender(openWorld(), { kind: 'oversized' }, { kind: 'oversized', bytes: 100_000 });
    expect(await send('GET', LIST)).toEqual({ kind: 'lost', reason: 'a body of more than 4194304 bytes' });
    const reply = await send('GET', LIST);
    expect(reply.kind === 'reply' && reply.body.length).toBe(100_000);
  });

  test('bad JSON cannot be parsed', async () => {
    await expect(listWith({ kind: 'bad_json' })).rejects.toThrow(SyntaxError);
  });

  test('rows may be missing, repeated, miscounted or in another shape', async () => {
    const whole = await listWith();
    const [ada, grace] = whole.data;
    expect(await listWith({ kind: 'empty_page' })).toEqual({ data: [], meta: whole.meta });
    expect(await listWith({ kind: 'empty_list' })).toEqual({ data: [], meta: { ...whole.meta, total_results: 0, total_pages: 0 } });
    expect(await listWith({ kind: 'short_page' })).toEqual({ data: [ada], meta: whole.meta });
    expect(await listWith({ kind: 'duplicate_row' })).toEqual({ data: [ada, ada], meta: whole.meta });
    expect(await listWith({ kind: 'total_changes' })).toEqual({ data: [ada, grace], meta: { ...whole.meta, total_results: 3 } });
    expect(await listWith({ kind: 'wrong_shape' })).toEqual({ data: { items: [ada, grace] }, meta: whole.meta });
    expect(await listWith({ kind: 'unknown_role' })).toEqual({ data: [{ ...ada, role: 'auditor' }, grace], meta: whole.meta });
    expect(await listWith({ kind: 'unknown_status' })).toEqual({ data: [{ ...ada, status: 'dormant' }, grace], meta: whole.meta });
    expect((await listWith({ kind: 'foreign_next' })).meta['next_page_url']).toMatch(/^https:\/\/vendor\.example\//);
  });

  test('one row repeated on a page of its own is two', async () => {
    const opened = openWorld();
    opened.world.portal().deleteByPortal('ada@acme.example');
    const reply = await sender(opened, { kind: 'duplicate_row' })('GET', LIST);
    expect(reply.kind === 'reply' && JSON.parse(reply.body).data).toHaveLength(2);
  });

  test('an empty list does not invent totals where none are stated', async () => {
    const reply = await sender(openWorld({ total_results: 'absent' }), { kind: 'empty_list' })('GET', LIST);
    expect(reply.kind === 'reply' && JSON.parse(reply.body).meta).toEqual({ page_number: 1, page_size: 250, next_page_url: null });
  });

  test('page 1 may come again whatever page is asked for', async () => {
    const reply = await sender(openWorld(), { kind: 'repeat_page' })('GET', '/v2/sub_users?page[size]=1&page[number]=2');
    expect(reply.kind === 'reply' && JSON.parse(reply.body)).toMatchObject({ data: [{ id: ADA }], meta: { page_number: 1, page_size: 1 } });
  });

  test('one sub-user may have an unknown role, or stand in another shape', async () => {
    const send = sender(openWorld(), { kind: 'unknown_role' }, { kind: 'wrong_shape' });
    expect(await send('GET', `/v2/sub_users/${ADA}`)).toMatchObject({ body: expect.stringContaining('"role":"auditor"') });
    expect(await send('GET', `/v2/sub_users/${ADA}`)).toMatchObject({ body: expect.stringMatching(/^\{"data":\[\{.*\}\]\}$/) });
  });

  test('an error stays as it is', async () => {
    const send = sender(openWorld(), { kind: 'unknown_role' });
    expect(await send('GET', '/v2/nowhere')).toMatchObject({ status: 404, body: expect.stringContaining('10005') });
  });
});

describe('which requests a fault strikes', () => {
  test('one unless told otherwise; then as many as told, or always until cleared', async () => {
    const opened = openWorld();
    const send = sender(opened, { kind: 'status', status: 500, times: 2 });
    const statuses = async (count: number) => {
      const seen: unknown[] = [];
      for (let n = 0; n < count; n += 1) seen.push(await send('GET', LIST).then((reply) => reply.kind === 'reply' && reply.status));
      return seen;
    };
    expect(await statuses(3)).toEqual([500, 500, 200]);
    opened.world.faults.add({ kind: 'status', status: 503, times: 'always' });
    expect(await statuses(3)).toEqual([503, 503, 503]);
    opened.world.faults.clear();
    expect(await statuses(1)).toEqual([200]);
  });

  test('by method, path, account and number', async () => {
    const opened = openWorld();
    const aim = { method: 'get', path: 'page[number]=2', account: 'telnyx-production', nth: 2 };
    const send = sender(opened, { kind: 'status', status: 500, match: aim });
    const status = async (method: HttpRequest['method'], path: string) =>
      send(method, path).then((reply) => reply.kind === 'reply' && reply.status);
    expect(await status('GET', '/v2/sub_users?page[number]=2')).toBe(200);
    expect(await status('GET', '/v2/sub_users?page[number]=1')).toBe(200);
    expect(await status('POST', '/v2/sub_users?page[number]=2')).toBe(400);
    expect(opened.world.deliver({ method: 'GET', path: '/v2/sub_users?page[number]=2', headers: {}, body: '' })).toMatchObject({
      reply: { status: 401 },
    });
    expect(opened.world.faults.pending()).toHaveLength(1);
    expect(await status('GET', '/v2/sub_users?page[number]=2')).toBe(500);
    expect(opened.world.faults.pending()).toHaveLength(0);
  });

  test('the oldest that is due strikes first, one a request', async () => {
    const send = sender(openWorld(), { kind: 'status', status: 500 }, { kind: 'status', status: 503 });
    expect(await send('GET', LIST)).toMatchObject({ status: 500 });
    expect(await send('GET', LIST)).toMatchObject({ status: 503 });
  });

  test('faults of lists wait for a list', async () => {
    const opened = openWorld();
    const send = sender(opened, { kind: 'short_page' });
    await send('DELETE', `/v2/sub_users/${ADA}`);
    await send('GET', `/v2/sub_users/${ADA}`);
    expect(opened.world.faults.pending()).toHaveLength(1);
    await send('GET', '/v2/sub_users');
    expect(opened.world.faults.pending()).toHaveLength(0);
  });

  test('none when the vendor is asked alone', () => {
    const { world, ask } = openWorld();
    world.faults.add({ kind: 'reset_before' });
    expect(ask('GET', LIST).status).toBe(200);
  });
});

describe('a fault from outside', () => {
  test('of every kind is understood', () => {
    for (const kind of FAULT_KINDS) {
      expect(
        parseTelnyxFault({ kind, ...(kind === 'status' ? { status: 500 } : {}), ...(kind === 'delay' ? { ms: 1 } : {}) }, failPlainly).kind,
      ).toBe(kind);
    }
  });

  test.each([
    [[], 'a fault is not an object'],
    [{ kind: 'nap' }, 'kind is not one of status, html,'],
    [{ kind: 'status' }, 'status is not a whole number of at least 200'],
    [{ kind: 'status', status: 600 }, 'status is above 599'],
    [{ kind: 'delay' }, 'ms is not a whole number of at least 0'],
    [{ kind: 'reset_before', ms: 1 }, 'the fault reset_before has an unknown key ms'],
    [{ kind: 'timeout', when: 'now' }, 'when is not one of before, after'],
    [{ kind: 'timeout', times: 0 }, 'times is not a whole number of at least 1'],
    [{ kind: 'timeout', match: { verb: 'GET' } }, 'match has an unknown key verb'],
    [{ kind: 'timeout', match: { nth: 0 } }, 'match.nth is not a whole number of at least 1'],
    [{ kind: 'timeout', match: { path: '' } }, 'match.path is not a text'],
    [{ kind: 'oversized', bytes: -1 }, 'bytes is not a whole number of at least 1'],
    [{ kind: 'redirect', location: 7 }, 'location is not a text'],
    [{ kind: 'status', status: 500, headers: [] }, 'headers is not an object'],
    [{ kind: 'status', status: 500, headers: { 'A b': 'x' } }, 'a header name has other characters'],
    [{ kind: 'status', status: 500, headers: { a: 'x\ny' } }, 'headers.a is not printable ASCII'],
  ])('that is %j is refused with the reason', (value, why) => {
    expect(() => parseTelnyxFault(value, failPlainly)).toThrow(why);
  });
});

describe('the world as Http', () => {
  test('answers its own origin only', async () => {
    const http = openWorld().world.http();
    const request = { method: 'GET', headers: {}, timeoutMs: 1000, maxBodyBytes: 1000 } as const;
    expect(await http.send({ ...request, url: 'https://vendor.example/v2/sub_users' })).toEqual({
      kind: 'unsent',
      reason: 'no such host in this world',
    });
    expect(await http.send({ ...request, url: 'nonsense' })).toMatchObject({ kind: 'unsent' });
  });

  test('counts the requests and writes that are under way at once', async () => {
    const opened = openWorld();
    const send = sender(opened, { kind: 'delay', ms: 5, times: 'always' });
    await Promise.all([send('GET', LIST), send('GET', LIST), send('DELETE', `/v2/sub_users/${ADA}`)]);
    expect(opened.world.highWater()).toEqual({ requests: 3, writes: 1 });
    await send('GET', LIST);
    expect(opened.world.highWater()).toEqual({ requests: 3, writes: 1 });
  });
});
