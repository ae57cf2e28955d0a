import type { Change, Decision, Part, ProviderWriter, StillSo, WriteResult } from '../model.ts';
import type { PartEntry } from './ledger-records.ts';

/** Tells the ledger what became of one part; false when the ledger cannot be written, and nothing more may be sent. */
export type Tell = (part: Pick<PartEntry, 'part' | 'done' | 'message' | 'principal_id' | 'compensates'>) => Promise<boolean>;

/** Whether the principal is still what they were before the change, but for the parts that were made of it. */
export type StillAlong = (made: readonly Part[]) => Promise<boolean>;

/** Why a part was not taken. */
export type Refusal = Exclude<WriteResult, { kind: 'accepted' }>;

interface Sent {
  /** Of an invitation what the vendor called the new principal; null where it named none. */
  readonly id: string | null;
  /** What the vendor took, in order. */
  readonly made: readonly Part[];
  /** The part at which it ended; null when all were taken. */
  readonly ended: { readonly part: Part; readonly written: Refusal } | null;
}

const LEDGER_GONE: Refusal = { kind: 'postponed', message: 'the ledger could not be written', notBefore: null };

/**
 * Sends the parts of a change in order, each told before the next is sent, up to the first that is not taken. None is sent twice. A part
 * that has to wait is looked at anew.
 */
export async function sendParts(
  { change, parts }: Pick<Decision, 'change' | 'parts'>,
  writer: ProviderWriter,
  tell: Tell,
  stillAlong: StillAlong,
): Promise<Sent> {
  if (parts.length === 0) throw new Error('a change without parts is made by a person');
  const made: Part[] = [];
  let id = change.principal_id;
  let told = true;
  for (const part of parts) {
    if (!told) return { id, made, ended: { part, written: LEDGER_GONE } };
    const written = await sendPart(part, id, change, writer, () => stillAlong(made));
    const refusal = refusalOf(part, written);
    if (written.kind === 'accepted' && part.do === 'invite') id = written.principalId;
    if (parts.length > 1) told = await tell(wordOn(part, written));
    if (refusal !== null) return { id, made, ended: { part, written: refusal } };
    made.push(part);
    if (id === null) return { id, made, ended: null };
  }
  return { id, made, ended: null };
}

function wordOn(part: Part, written: WriteResult): Parameters<Tell>[0] {
  const made = written.kind === 'accepted' && part.do === 'invite' ? written.principalId : null;
  const message = 'message' in written ? written.message : '';
  return { part, done: doneOf(part, written), message, ...(made === null ? {} : { principal_id: made }) };
}

/** Null when the vendor took it. A role that is there already needs no request; whether it is, the read back of the whole tells. */
export function refusalOf(part: Part, written: WriteResult): Refusal | null {
  return written.kind === 'accepted' || (written.kind === 'duplicate' && part.do === 'assign') ? null : written;
}

export function doneOf(part: Part, written: WriteResult): PartEntry['done'] {
  if (refusalOf(part, written) === null) return 'accepted';
  return written.kind === 'undecided' ? 'unknown' : 'refused';
}

function sendPart(part: Part, id: string | null, change: Change, writer: ProviderWriter, stillSo: StillSo): Promise<WriteResult> {
  if (part.do === 'invite') {
    if (change.after === null) throw new Error('an invitation without an after');
    return writer.invite(change.principal, change.after.name, change.after);
  }
  if (id === null) throw new Error('a part of a principal without an id');
  switch (part.do) {
    case 'patch':
      return writer.patch(id, part.fields, stillSo);
    case 'assign':
      return writer.assign(id, part.role);
    case 'unassign':
      return writer.unassign(id, part.role, stillSo);
    case 'delete':
      return writer.delete(id, stillSo);
    default:
      return part satisfies never;
  }
}
