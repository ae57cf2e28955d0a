import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/emulator/parse-fault.ts';
import type { HttpRequest } from '../../../src/ports.ts';
import { ADA, ASSIGNMENTS, CLIENT, MAIN, openTwilio, type TestTwilio, USERS } from './twilio-for-tests.ts';

/** Through the in-process connection, as rollcall asks. */
async function open(fault: Fault | null) {
  const opened = openTwilio();
  const http = opened.world.http();
  const send = async (method: HttpRequest['method'], url: string, headers: Record<string, string>, body = '') =>
    http.send({ method, url, headers, body, timeoutMs: 10_000, maxBodyBytes: 4 * 1024 * 1024 });
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret });
  const token = await send(
    'POST',
    'https://oauth.twilio.com/v2/token',
    { 'content-type': 'application/x-www-form-urlencoded' },
    form.toString(),
  );
  const bearer = token.kind === 'reply' ? String((JSON.parse(token.body) as Record<string, unknown>)['access_token']) : '';
  if (fault !== null) opened.world.faults.add(fault);
  return {
    opened,
    ask: (method: HttpRequest['method'], url: string, body = '') => send(method, url, { Authorization: `Bearer ${bearer}` }, body),
  };
}

const documentOf = (reply: { readonly kind: string; readonly body?: string }) => JSON.parse(reply.body ?? '{}') as Record<string, unknown>;
const statusOf = ({ world }: TestTwilio) => world.state().people.find(({ sid }) => sid === ADA)?.status;

describe('a fault', () => {
  test('strikes one host and leaves the others alone', async () => {
    const { ask } = await open({ kind: 'status', status: 503, match: { host: 'preview-iam' } });
    expect(await ask('GET', USERS)).toMatchObject({ kind: 'reply', status: 200 });
    const preview = await ask('GET', `https://preview-iam.twilio.com/Organizations/OR${'a'.repeat(32)}/Accounts`);
    expect(preview).toMatchObject({ kind: 'reply', status: 503 });
  });

  test('speaks in the style of the resource it strikes', async () => {
    const { ask, opened } = await open({ kind: 'status', status: 409, match: { path: '/scim/' } });
    expect(documentOf(await ask('GET', USERS))).toMatchObject({ status: '409', code: 25020 });
    opened.world.faults.add({ kind: 'status', status: 429 });
    expect(documentOf(await ask('GET', `${ASSIGNMENTS}?Scope=${MAIN}`))).toMatchObject({ status: 429, code: 20429 });
  });

  test.each([
    ['short_page', 2, 3],
    ['empty_page', 0, 3],
    ['empty_list', 0, 0],
    ['total_changes', 3, 4],
    ['duplicate_row', 3, 3],
  ] as const)('of a list, %s, shows %d users of a stated %d', async (kind, rows, total) => {
    const { ask } = await open({ kind });
    const document = documentOf(await ask('GET', USERS));
    expect([(document['Resources'] as unknown[]).length, document['totalResults']]).toEqual([rows, total]);
  });

  test('of a list never strikes a single user', async () => {
    const { ask, opened } = await open({ kind: 'short_page' });
    expect(documentOf(await ask('GET', `${USERS}/${ADA}`))['id']).toBe(ADA);
    expect(opened.world.faults.pending()).toHaveLength(1);
  });

  test('gives a role that no list has, or leads to another host', async () => {
    const { ask, opened } = await open({ kind: 'unknown_role' });
    const [first] = documentOf(await ask('GET', `${ASSIGNMENTS}?Scope=${MAIN}`))['content'] as Record<string, unknown>[];
    expect(first?.['role_sid']).toBe(`IX${'9'.repeat(32)}`);
    opened.world.faults.add({ kind: 'foreign_next' });
    const { meta } = documentOf(await ask('GET', `${ASSIGNMENTS}?Scope=${MAIN}`)) as { meta: { next_page_url: string } };
    expect(meta.next_page_url).toMatch(/^https:\/\/vendor\.example\//);
  });

  test('answers well and does nothing, or does it and answers nothing', async () => {
    const kept = await open({ kind: 'not_applied', match: { method: 'DELETE' } });
    expect(await kept.ask('DELETE', `${USERS}/${ADA}`)).toMatchObject({ kind: 'reply', status: 204 });
    expect(statusOf(kept.opened)).toBe('active');
    const lost = await open({ kind: 'reset_after', match: { method: 'DELETE' } });
    expect(await lost.ask('DELETE', `${USERS}/${ADA}`)).toMatchObject({ kind: 'lost' });
    expect(statusOf(lost.opened)).toBe('inactive');
  });

  test('cuts, delays or loses the answer', async () => {
    expect(await (await open({ kind: 'cut_body' })).ask('GET', USERS)).toMatchObject({ kind: 'lost', reason: 'the body was cut' });
    expect(await (await open({ kind: 'timeout' })).ask('GET', USERS)).toMatchObject({ kind: 'lost' });
    expect(await (await open({ kind: 'refused' })).ask('GET', USERS)).toMatchObject({ kind: 'unsent' });
    expect(await (await open({ kind: 'oversized' })).ask('GET', USERS)).toMatchObject({ kind: 'lost' });
    const late = await open({ kind: 'delay', ms: 3000 });
    const before = late.opened.clock.now();
    expect(await late.ask('GET', USERS)).toMatchObject({ kind: 'reply', status: 200 });
    expect(late.opened.clock.now() - before).toBe(3000);
  });

  test('repeats the first page whatever is asked for', async () => {
    const { ask, opened } = await open(null);
    const page = documentOf(await ask('GET', `${ASSIGNMENTS}?Scope=${MAIN}&PageSize=2`)) as { meta: { next_page_url: string } };
    opened.world.faults.add({ kind: 'repeat_page' });
    const again = documentOf(await ask('GET', page.meta.next_page_url)) as { content: unknown[]; meta: { page: number } };
    expect([again.content.length, again.meta.page]).toEqual([2, 0]);
  });
});

describe('the in-process connection', () => {
  test('reaches Twilio’s hosts and no other', async () => {
    const { ask } = await open(null);
    expect(await ask('GET', 'https://example.com/scim/v2/Users')).toEqual({ kind: 'unsent', reason: 'no such host in this world' });
    expect(await ask('GET', USERS.replace('https:', 'http:'))).toMatchObject({ kind: 'unsent' });
  });

  test('notes every request, its account and what it did', async () => {
    const { ask, opened } = await open(null);
    await ask('DELETE', `${USERS}/${ADA}`);
    expect(opened.world.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      path: `/scim/v2/Users/${ADA}`,
      status: 204,
      mutating: true,
      applied: true,
    });
    expect(opened.world.requests[0]).toMatchObject({ path: '/v2/token', body: '' });
  });
});
