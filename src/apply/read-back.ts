import type { OneReading, ProviderReader, Status } from '../model.ts';

/** Vendors' reads may lag a moment behind their writes, so a read-back that does not show the change yet is repeated after these waits. */
const READ_BACK_WAITS_MS = [1_000, 4_000] as const;

/** Resolves after so many milliseconds, or at once when the run was interrupted. */
export type Pause = (ms: number) => Promise<void>;

/** What the last of the reads after a write shows; `status` is that of whoever is there. */
interface Sight {
  readonly shown: boolean;
  readonly status: Status | null;
  readonly last: OneReading;
  /** Whether a read before the last one showed something else. */
  readonly wavered: boolean;
}

/** Reads one principal until a reading is as it should be, or the waits are over, or the credential is refused. */
export async function readBack(reader: ProviderReader, id: string, pause: Pause, isTrue: (one: OneReading) => boolean): Promise<Sight> {
  let last = await reader.readOne(id);
  let wavered = false;
  for (const waitMs of READ_BACK_WAITS_MS) {
    if (last.kind === 'credentials' || isTrue(last)) break;
    wavered = true;
    await pause(waitMs);
    last = await reader.readOne(id);
  }
  return { shown: isTrue(last), status: last.kind === 'present' ? last.live.status : null, last, wavered };
}

/** Why a read-back does not show what was written. */
export function sightOf(one: OneReading): string {
  switch (one.kind) {
    case 'credentials':
      return one.message;
    case 'unreadable':
      return `the read back failed: ${one.message}`;
    case 'absent':
      return 'the read back finds nobody';
    case 'present':
      return 'the read back does not show it';
    default:
      return one satisfies never;
  }
}
