import type { Fault, FaultShape } from '../../src/emulator/parse-fault.ts';
import type { Draw } from './create-draw.ts';

/** Every way in which a vendor's answer may go wrong, and how the disk may. A world has some of them: faults that come together find more. */
const SHAPES: readonly ((draw: Draw) => FaultShape)[] = [
  (draw) => ({ kind: 'status', status: draw.pick([500, 502, 503, 504]), when: draw.pick(['before', 'after']) }),
  (draw) => ({ kind: 'status', status: 429, headers: draw.pick(RETRY_AFTER) }),
  (draw) => ({ kind: 'status', status: draw.pick([401, 403]) }),
  (draw) => ({ kind: 'status', status: draw.pick([400, 404, 409, 410, 422]), when: 'before' }),
  (draw) => ({ kind: 'html', status: draw.pick([200, 502]), when: draw.pick(['before', 'after']) }),
  (draw) => ({ kind: 'timeout', when: draw.pick(['before', 'after']) }),
  (draw) => ({ kind: 'redirect', status: draw.pick([301, 302, 307, 308]) }),
  (draw) => ({ kind: 'delay', ms: draw.pick([500, 19_000, 21_000]) }),
  (draw) => ({ kind: 'drip', ms: draw.pick([1, 1_000]) }),
  () => ({ kind: 'oversized', bytes: 4 * 1024 * 1024 + 1 }),
  ...(
    [
      'refused',
      'reset_before',
      'reset_after',
      'cut_body',
      'bad_json',
      'wrong_shape',
      'unknown_role',
      'unknown_status',
      'not_applied',
      'empty_page',
      'empty_list',
      'short_page',
      'duplicate_row',
      'total_changes',
      'repeat_page',
      'foreign_next',
    ] as const
  ).map((kind) => () => ({ kind })),
];

const RETRY_AFTER: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'retry-after': '2' },
  { 'retry-after': '40' },
  { 'retry-after': '86400' },
  { 'retry-after': '-1' },
  { 'retry-after': 'Wed, 31 Dec 9999 23:59:59 GMT' },
  { 'x-ratelimit-reset': '3' },
];

export type Faults = (isWrite: boolean) => Fault | null;

/** A share of all requests is struck, by the kinds that this world has; what changes something is rarer than reads, and struck more often. */
export function drawFaults(draw: Draw): Faults {
  const share = 0.15 + draw.random() * 0.22;
  const some = draw.some(SHAPES, 0.4);
  const kinds = some.length === 0 ? SHAPES : some;
  return (isWrite) => (draw.chance(isWrite ? share * 2.5 : share) ? draw.pick(kinds)(draw) : null);
}

export const DISK_ERRORS = ['ENOSPC', 'EIO', 'EROFS'] as const;
