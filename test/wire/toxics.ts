import type { Stream, Toxic } from './start-toxic-proxy.ts';

/** Something that a network does, and what it comes to. */
export interface Trouble {
  readonly stream: Stream;
  readonly toxic: Toxic;
  /** Whether the vendor gets the whole request. */
  readonly arrives: boolean;
  /** Whether the client gets the whole answer; that to a DELETE has no body. */
  readonly answered: boolean | 'without a body';
  /** Nothing ends it but the client's own deadline. */
  readonly isSilent?: boolean;
  /** The connection ends behind a whole answer, so that the next read may find it closed. */
  readonly endsAfter?: boolean;
}

const HOUR_MS = 3_600_000;
const headOf = (bytes: Buffer) => bytes.indexOf('\r\n\r\n') + 4;

function both(words: string, toxic: Toxic): readonly (readonly [string, Trouble])[] {
  return [
    [`the request ${words}`, { stream: 'upstream', toxic, arrives: true, answered: true }],
    [`the answer ${words}`, { stream: 'downstream', toxic, arrives: true, answered: true }],
  ];
}

function lost(words: string, toxic: Toxic): readonly (readonly [string, Trouble])[] {
  return [
    [`the request ${words}`, { stream: 'upstream', toxic, arrives: false, answered: false }],
    [`the answer ${words}`, { stream: 'downstream', toxic, arrives: true, answered: false }],
  ];
}

function silent(words: string, toxic: Toxic): readonly (readonly [string, Trouble])[] {
  return lost(words, toxic).map(([name, trouble]) => [name, { ...trouble, isSilent: true }] as const);
}

function cut(words: string, pass: (bytes: Buffer) => number): readonly (readonly [string, Trouble])[] {
  return lost(`is cut after ${words}`, { kind: 'limit_data', pass });
}

export const TROUBLES: readonly (readonly [string, Trouble])[] = [
  ...both('takes 20 ms', { kind: 'latency', ms: 20 }),
  ...both('comes at 50,000 bytes a second', { kind: 'bandwidth', bytesPerSecond: 50_000 }),
  ...both('comes in pieces of 16 bytes', { kind: 'slicer', bytes: 16, ms: 0 }),
  ...both('comes in pieces of 64 bytes with pauses', { kind: 'slicer', bytes: 64, ms: 2 }),
  ...silent('takes an hour', { kind: 'latency', ms: HOUR_MS }),
  ...silent('is swallowed', { kind: 'timeout', ms: null }),
  ...silent('comes at one byte an hour', { kind: 'bandwidth', bytesPerSecond: 1 / 3600 }),
  ...silent('comes in pieces of 16 bytes, one an hour', { kind: 'slicer', bytes: 16, ms: HOUR_MS }),
  ...lost('is swallowed and the connection closed', { kind: 'timeout', ms: 0 }),
  ...lost('is swallowed and the connection closed a moment later', { kind: 'timeout', ms: 10 }),
  ...lost('is answered by a reset', { kind: 'reset_peer', ms: 0 }),
  ...lost('is answered by a reset a moment later', { kind: 'reset_peer', ms: 10 }),
  ...cut('no byte', () => 0),
  ...cut('one byte', () => 1),
  ...cut('twelve bytes', () => 12),
  ...cut('a quarter', (bytes) => bytes.length >> 2),
  ...cut('half', (bytes) => bytes.length >> 1),
  ...cut('all but the last byte', (bytes) => bytes.length - 1),
  [
    'the answer is cut after its headers',
    { stream: 'downstream', toxic: { kind: 'limit_data', pass: headOf }, arrives: true, answered: 'without a body' },
  ],
  [
    'the answer is whole and the connection ends with it',
    { stream: 'downstream', toxic: { kind: 'limit_data', pass: (bytes) => bytes.length }, arrives: true, answered: true, endsAfter: true },
  ],
  [
    'the answer is whole and the connection ends a moment later',
    { stream: 'downstream', toxic: { kind: 'slow_close', ms: 1 }, arrives: true, answered: true, endsAfter: true },
  ],
  [
    'the request is whole and the connection ends with it',
    { stream: 'upstream', toxic: { kind: 'limit_data', pass: (bytes) => bytes.length }, arrives: true, answered: false },
  ],
];
