import { expect } from 'vitest';
import { FAULT_KINDS, type TelnyxFault } from '../../../src/emulator/parse-telnyx-fault.ts';
import { truthOf } from '../../support/provider-answers.ts';
import { manyUsers, openProviderWorld, type ProviderWorld, type ProviderWorldOptions } from '../../support/provider-world.ts';
import { type ContractWorld, describeProviderContract } from '../contract.ts';

const LIST_ONE_PAGE = 250;
/** Answers that no reader can tell from the truth; they are tested by themselves. */
const LOOKS_TRUE: ReadonlySet<string> = new Set(['unknown_role', 'unknown_status']);

/** Every fault kind on the first, second or last page, once or on every request; and the statuses that mean different things. */
const READ_FAULTS: Record<string, TelnyxFault> = Object.fromEntries(
  (['once', 'always'] as const).flatMap((often) =>
    [1, 2, 3].flatMap((page) => {
      const aim = { match: { method: 'GET', path: `number%5D=${page}&` }, ...(often === 'always' ? { times: often } : {}) };
      const plain = FAULT_KINDS.filter((kind) => kind !== 'status' && kind !== 'delay' && !LOOKS_TRUE.has(kind)).map((kind) => [
        `${kind} on page ${page} ${often}`,
        { kind, ...aim } as TelnyxFault,
      ]);
      const statuses = [204, 206, 301, 400, 404, 408, 409, 422, 429, 500, 502, 503, 504].map((status) => [
        `status ${status} on page ${page} ${often}`,
        { kind: 'status', status, ...aim } as TelnyxFault,
      ]);
      return [...plain, ...statuses];
    }),
  ),
);

const WRITE_FAULTS: Record<string, TelnyxFault> = Object.fromEntries(
  (['before', 'after'] as const).flatMap((when) => [
    ...[500, 502, 503, 504, 408].map((status) => [`status ${status} ${when} the write`, { kind: 'status', status, when }]),
    [`a web page ${when} the write`, { kind: 'html', when }],
    [`silence ${when} the write`, { kind: 'timeout', when }],
  ]),
) as Record<string, TelnyxFault>;
for (const kind of [
  'reset_before',
  'reset_after',
  'cut_body',
  'bad_json',
  'wrong_shape',
  'not_applied',
  'redirect',
  'drip',
  'oversized',
] as const) {
  WRITE_FAULTS[`${kind} of a write`] = { kind };
}

/** Faults that strike nothing but the audit log, every time it is asked. */
const EVENT_FAULTS: Record<string, TelnyxFault> = Object.fromEntries(
  [
    ...[204, 301, 400, 401, 403, 404, 408, 422, 429, 500, 503].map((status): TelnyxFault => ({ kind: 'status', status })),
    ...(
      ['refused', 'reset_before', 'timeout', 'html', 'redirect', 'drip', 'oversized', 'cut_body', 'bad_json', 'wrong_shape'] as const
    ).map((kind): TelnyxFault => ({ kind })),
  ].map((fault) => [
    fault.kind === 'status' ? `status ${fault.status}` : fault.kind,
    { ...fault, match: { path: '/v2/audit_events' }, times: 'always' as const },
  ]),
);

function disturb(name: string | undefined): readonly TelnyxFault[] {
  if (name === undefined) return [];
  const write = WRITE_FAULTS[name];
  if (write !== undefined) return ['POST', 'PATCH', 'DELETE'].map((method) => ({ ...write, match: { method }, times: 'always' as const }));
  const refused = /^refused from (\d)$/.exec(name)?.[1];
  if (refused !== undefined) return [{ kind: 'status', status: 401, match: { nth: Number(refused) }, times: 'always' }];
  if (name === 'limited') return [{ kind: 'status', status: 429, times: 'always' }];
  const read = EVENT_FAULTS[name] ?? READ_FAULTS[name];
  if (read === undefined) throw new Error(`no disturbance ${name}`);
  return [read];
}

function contractWorld(options: ProviderWorldOptions): ContractWorld {
  const world = openProviderWorld(options);
  return {
    provider: world.provider,
    truth: () => truthOf(world),
    requests: () => world.sent.length,
    writes: () => writesOf(world),
    nowMs: () => world.clock.now(),
    advance: (ms) => world.clock.advance(ms),
    raise: (principalId) => {
      const [actor] = world.vendor.state().users;
      const email = world.vendor.state().users.find((row) => row.id === principalId)?.email ?? '';
      expect(world.vendor.portal().setRole(email, 'admin', actor?.email).done).toBe(true);
      return actor?.id ?? '';
    },
  };
}

function writesOf({ vendor }: ProviderWorld): number {
  return vendor.requests.filter((request) => request.mutating).length;
}

describeProviderContract({
  name: 'Telnyx sub-users',
  open: (people, disturbance) => contractWorld({ users: manyUsers(people), faults: disturb(disturbance) }),
  sizes: [0, 1, 249, 250, 251, 500, 1000],
  pagesOf: (people) => Math.max(1, Math.ceil(people / LIST_ONE_PAGE)),
  disturbances: Object.keys(READ_FAULTS),
  undetectable: new Set(['empty_list on page 1 once', 'empty_list on page 1 always']),
  keyRefusedFrom: (nth) => `refused from ${nth}`,
  alwaysLimited: 'limited',
  writeDisturbances: Object.keys(WRITE_FAULTS),
  eventDisturbances: Object.keys(EVENT_FAULTS),
});
