import { describe, expect, test } from 'vitest';
import { openOrganization } from '../provider/telnyx/organization-world.ts';
import { openProviderWorld } from '../support/provider-world.ts';
import { type Checker, createChecker } from './support/check-exchange.ts';
import { openOwn } from './support/open-document.ts';
import { type Recorder, recordExchanges } from './support/record-exchanges.ts';

const SINCE = '2026-11-01T00:00:00.000Z';

function faultsOf({ exchanges }: Recorder, checker: Checker): string[] {
  return exchanges.flatMap((exchange) => [...checker.request(exchange.request), ...checker.answer(exchange)]);
}

describe('what rollcall says to Telnyx sub-users, and what the emulator answers, is what the pages about it say', () => {
  const documents = [openOwn('telnyx-sub-users'), openOwn('telnyx-organizations')];

  test('in a whole loop: read, invite, raise, rename, delete, refusals, the log', async () => {
    const recorder = recordExchanges();
    const { provider, vendor } = openProviderWorld({ wrap: recorder.wrap });
    const { reader, writer } = provider;
    expect(await reader.read(null, null)).toMatchObject({ kind: 'complete' });
    const invited = await writer.invite('new@acme.example', 'New Person', { roles: ['member'], groups: [] });
    const id = invited.kind === 'accepted' ? (invited.principalId ?? '') : '';
    expect(await writer.invite('new@acme.example', 'New Person', { roles: ['member'], groups: [] })).toMatchObject({ kind: 'duplicate' });
    await writer.patch(id, { roles: ['admin'] });
    await writer.patch(id, { name: 'Renamed Person' });
    expect(await reader.readOne(id)).toMatchObject({ kind: 'present', live: { roles: ['admin'], name: 'Renamed Person' } });
    await writer.delete(id);
    expect(await reader.readOne(id)).toEqual({ kind: 'absent' });
    expect(await reader.events(SINCE)).toMatchObject({ kind: 'events' });
    expect(vendor.state().users).toHaveLength(3);

    const checker = createChecker(documents);
    expect(faultsOf(recorder, checker)).toEqual([]);
    expect([...checker.used()].toSorted()).toEqual([
      'DELETE /v2/sub_users/{id}',
      'GET /v2/audit_events',
      'GET /v2/sub_users',
      'GET /v2/sub_users/{id}',
      'PATCH /v2/sub_users/{id}',
      'POST /v2/sub_users',
    ]);
  });

  test.each([
    ['a page of 500', (url: string) => url.replace('size%5D=250', 'size%5D=500'), 'must be <= 250'],
    ['a filter that nobody published', (url: string) => `${url}&filter%5Brole%5D=admin`, 'query filter[role] is not published'],
    ['another path', (url: string) => url.replace('sub_users', 'users'), 'is published nowhere'],
  ])('%s is noticed', async (_, change, fault) => {
    const recorder = recordExchanges();
    await openProviderWorld({ wrap: recorder.wrap }).provider.reader.read(null, null);
    const [read] = recorder.exchanges;
    if (read === undefined) throw new Error('nothing was sent');
    const changed = { ...read.request, url: change(read.request.url) };
    expect(createChecker(documents).request(changed).join('\n')).toContain(fault);
  });

  test('an invitation without a name, or with a word more, is noticed', async () => {
    const recorder = recordExchanges();
    await openProviderWorld({ wrap: recorder.wrap }).provider.writer.invite('new@acme.example', 'New', { roles: ['member'], groups: [] });
    const [sent] = recorder.exchanges;
    if (sent === undefined) throw new Error('nothing was sent');
    const faults = (body: object) => createChecker(documents).request({ ...sent.request, body: JSON.stringify(body) });
    expect(faults({ email: 'new@acme.example', role: 'member' }).join()).toContain("must have required property 'name'");
    expect(faults({ email: 'new@acme.example', name: 'New', role: 'member', groups: [] }).join()).toContain(
      'must NOT have additional properties',
    );
    expect(faults({ email: 'new@acme.example', name: 'New', role: 'owner' }).join()).toContain(
      'must be equal to one of the allowed values',
    );
  });
});

describe('what rollcall says to Telnyx organizations, and what the emulator answers, is what Telnyx publishes', () => {
  const documents = [openOwn('telnyx-organizations')];

  test('in a whole loop: probe, read, delete, the refusal of somebody gone, the log', async () => {
    const recorder = recordExchanges();
    const world = openOrganization({ wrap: recorder.wrap });
    const { reader, writer } = world.provider;
    expect(await reader.read(null, null)).toMatchObject({ kind: 'complete' });
    const id = world.vendor.state().users[1]?.id ?? '';
    expect(await reader.readOne(id)).toMatchObject({ kind: 'present' });
    expect(await writer.delete(id)).toMatchObject({ kind: 'accepted' });
    expect(await writer.delete(id)).toMatchObject({ kind: 'accepted' });
    expect(await reader.readOne(id)).toEqual({ kind: 'absent' });
    expect(await reader.events(SINCE)).toMatchObject({ kind: 'events' });

    const checker = createChecker(documents);
    expect(faultsOf(recorder, checker)).toEqual([]);
    expect([...checker.used()].toSorted()).toEqual([
      'GET /v2/audit_events',
      'GET /v2/organizations/users',
      'GET /v2/organizations/users/users_groups_report',
      'GET /v2/organizations/users/{id}',
      'POST /v2/organizations/users/{id}/actions/remove',
    ]);
  });

  test('an answer of another shape, a body, and a report that might come as CSV are noticed', async () => {
    const recorder = recordExchanges();
    const { provider, vendor } = openOrganization({ wrap: recorder.wrap });
    await provider.reader.read(null, null);
    await provider.writer.delete(vendor.state().users[1]?.id ?? '');
    const [report] = recorder.exchanges;
    const remove = recorder.exchanges.at(-1);
    if (report?.reply.kind !== 'reply' || remove === undefined) throw new Error('nothing was sent');
    const checker = createChecker(documents);
    const body = report.reply.body.replaceAll('enabled', 'active');
    expect(checker.answer({ ...report, reply: { ...report.reply, body } }).join()).toContain('must be equal to one of the allowed values');
    expect(checker.request({ ...report.request, headers: { ...report.request.headers, accept: '*/*' } }).join()).toContain('accept');
    expect(checker.request({ ...remove.request, body: '{}' }).join()).toContain('a body where none is published');
  });
});
