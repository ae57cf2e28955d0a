import type { Change, LastApplied, Part, Provider } from '../model.ts';
import { visible } from '../text/encode.ts';
import { type Pause, readBack } from './read-back.ts';
import { doneOf, refusalOf, type Tell } from './send-parts.ts';

export interface ToGiveBack {
  readonly change: Change;
  /** What was last true of the principal by approval, null for nothing; undefined where the ledger does not know them. */
  readonly lastApplied: LastApplied | null | undefined;
}

/** What came of giving roles back; `lost` says whether the principal has less now than before the change. */
interface GivenBack {
  readonly message: string;
  readonly lost: boolean;
  readonly stop: 'credentials' | null;
}

/**
 * Gives back what the parts of a change took, because the vendor refuses the role that was to take its place: who was to be changed is not
 * to be left with nothing. What drift or an end date takes away stays away, and so does what somebody held who could not use it, and what
 * was never true by approval. Null where there is nothing to give back.
 */
export async function giveBack(
  { change, lastApplied }: ToGiveBack,
  id: string,
  made: readonly Part[],
  provider: Provider,
  pause: Pause,
  tell: Tell,
): Promise<GivenBack | null> {
  const gone = made.flatMap((part) => (part.do === 'unassign' ? [part.role] : []));
  const taken = gone.filter((role) => isApproved(role, change, lastApplied));
  if (taken.length === 0 || change.origin === 'drift' || change.origin === 'end' || change.before?.status === 'inactive') return null;
  const missing: string[] = [];
  let why = '';
  let stop: GivenBack['stop'] = null;
  let told = true;
  for (const role of taken.toReversed()) {
    if (!told || stop !== null) {
      missing.push(role);
      continue;
    }
    const part = { do: 'assign', role } as const;
    const written = await provider.writer.assign(id, role);
    const message = 'message' in written ? written.message : '';
    told = await tell({ part, done: doneOf(part, written), message, compensates: true });
    if (refusalOf(part, written) === null) continue;
    missing.push(role);
    why = message;
    if (written.kind === 'credentials') stop = written.kind;
  }
  if (missing.length > 0) {
    const lacks = `${nameTaken(missing)} could not be given back${why === '' ? '' : ` (${why})`}`;
    return { message: `${lacks}: ${change.principal} lacks it until a person gives it or a later run makes the rest`, lost: true, stop };
  }
  const { shown } = await readBack(provider.reader, id, pause, (one) => {
    return one.kind === 'present' && taken.every((role) => one.live.roles.includes(role));
  });
  const seen = shown ? '' : ', and the read back does not show it yet';
  return { message: `${nameTaken(taken)} was given back${seen}`, lost: taken.length < gone.length, stop };
}

/** Where the ledger does not know somebody, only a change that policy alone explains tells that what they held was theirs. */
function isApproved(role: string, { origin }: Change, lastApplied: LastApplied | null | undefined): boolean {
  return lastApplied === undefined ? origin === 'git' : (lastApplied?.roles.includes(role) ?? false);
}

function nameTaken(roles: readonly string[]): string {
  return `what was taken before (${roles.map((role) => visible(role)).join(', ')})`;
}
