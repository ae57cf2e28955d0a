import { isUnexplained } from '../drift-answer.ts';
import { groupBy } from '../group-by.ts';
import type { Change, Digest, Instant, Observation } from '../model.ts';
import { compareText } from '../text/digest.ts';
import type { AccountEvent, Attribution, EventsReading } from '../watch.ts';

/** A write of rollcall's own, as the ledger knows it. */
export interface OwnWrite {
  /** The vendor's id of the principal. */
  readonly principalId: string;
  readonly at: Instant;
  /** Made by the run that asks: what it took back was made before that, and may be as young. */
  readonly isFresh?: true;
}

const THE_OWNER = 'the account owner';
/** The vendor's clock and ours differ, and a log may tell the time at which it wrote. */
const AROUND_OWN_WRITE_MS = 120_000;

/**
 * Who is likely to have made each difference, by change: the newest event about that principal that explains it and is not about one of
 * our own writes. A log may be late, lie or say nothing, so this is never more than likely, and a missing entry proves nothing.
 * `observation` names the actors; one from before the difference also gives the ids of people who have gone since. `owner` is the address
 * that policy declares: a list may leave the owner out.
 */
export function attributeDrift(
  changes: readonly Change[],
  observation: Observation,
  reading: EventsReading,
  ours: readonly OwnWrite[],
  owner: string | null = null,
): ReadonlyMap<Digest, Attribution> {
  if (reading.kind === 'unavailable') return new Map();
  const ids = new Map(observation.principals.map((live) => [live.principal, live.principal_id]));
  const names: Names = {
    listed: new Map(observation.principals.map((live) => [lower(live.principal_id), live.principal])),
    // Whom the list has under an id of their own is not the owner whom it leaves out, whatever policy says.
    owner: owner === null || ids.has(owner) ? THE_OWNER : owner,
  };
  const own = groupByName(ours, (write) => write.principalId);
  const newestFirst = reading.events.toReversed().toSorted((a, b) => compareText(b.at, a.at));
  const foreign = newestFirst.filter((event) => !isOurs(event, own, names) && actorOf(event, names) !== '');
  const byTarget = groupByName(foreign, (event) => event.targetId);
  const byLostAddress = groupByName(foreign, lostAddress);
  const found = new Map<Digest, Attribution>();
  for (const change of changes) {
    if (!isUnexplained(change)) continue;
    const about = byTarget.get(lower(change.principal_id ?? ids.get(change.principal) ?? '')) ?? [];
    const event = newest(
      about.find((one) => explains(one, change)),
      change.action === 'invite' ? byLostAddress.get(change.principal)?.[0] : undefined,
    );
    if (event !== undefined) found.set(change.id, { actor: actorOf(event, names), at: event.at });
  }
  return found;
}

/** Whether what the event tells, as far as it tells anything, leads to what the account is like now. */
function explains(event: AccountEvent, change: Change): boolean {
  const { fields } = event;
  if (fields.length === 0 && contradicts(event, change)) return false;
  if (change.origin === 'both' && change.before !== null) {
    return fields.length === 0 || fields.some((one) => isComing(one, change) || leadsTo(one, change));
  }
  switch (change.action) {
    case 'invite':
      return fields.every((one) => one.to === null);
    case 'delete':
      return fields.every((one) => one.from === null) || fields.some((one) => isComing(one, change));
    case 'patch':
      return fields.length === 0 || fields.some((one) => leadsTo(one, change));
    default:
      return change.action satisfies never;
  }
}

/** Of an event without details its name says this much: nobody is gone because they were made, or there because they were deleted. */
function contradicts({ what }: AccountEvent, { action }: Change): boolean {
  const verb = lower(what.slice(what.lastIndexOf('.') + 1));
  return verb.startsWith(action === 'invite' ? 'creat' : 'delet') && action !== 'patch';
}

type Field = AccountEvent['fields'][number];

function isComing(field: Field, { principal }: Change): boolean {
  return is(field, 'email') && field.from !== field.to && lower(field.to ?? '') === principal;
}

/** Where policy moved as well, its side of the change says nothing of what the account was like before. */
function leadsTo(field: Field, { before, after, origin }: Change): boolean {
  if (before === null || field.from === field.to) return false;
  const leads = (name: string, now: readonly string[], wanted: readonly string[] | undefined) =>
    is(field, name) &&
    (origin === 'both' || now.join() !== wanted?.join()) &&
    (field.to === null ? now.length === 0 : now.includes(field.to));
  if (leads('role', before.roles, after?.roles) || leads('group', before.groups, after?.groups)) return true;
  if (is(field, 'group') && field.to === null && field.from !== null && !before.groups.includes(field.from))
    return origin === 'both' || after?.groups.includes(field.from) === true;
  return origin !== 'both' && leads('name', [before.name], after === null ? undefined : [after.name]);
}

/** The address that an event took away. Its person is gone, so no list has the id. */
function lostAddress({ fields }: AccountEvent): string | null {
  const field = fields.find((one) => is(one, 'email') && one.from !== null && lower(one.from) !== lower(one.to ?? ''));
  return field?.from ?? null;
}

/** Vendors write nested fields with dots, and a list in the plural. */
function is({ field }: Field, name: string): boolean {
  const last = lower(field.slice(field.lastIndexOf('.') + 1));
  return last === name || last === `${name}s`;
}

interface Names {
  /** Addresses by the vendor's id, in lower case. */
  readonly listed: ReadonlyMap<string, string>;
  readonly owner: string;
}

function actorOf({ actor, actorId, actorKind }: AccountEvent, { listed, owner }: Names): string {
  return actor ?? listed.get(lower(actorId ?? '')) ?? (actorKind === 'account_owner' ? owner : (actorId ?? actorKind));
}

/** An event without details says nothing of what it led to, so of those since this run wrote only a person's are another's. */
function isOurs(
  { targetId, at, fields, actorId }: AccountEvent,
  own: ReadonlyMap<string, readonly OwnWrite[]>,
  { listed }: Names,
): boolean {
  const isPersons = fields.length > 0 || listed.has(lower(actorId ?? ''));
  return (own.get(lower(targetId ?? '')) ?? []).some((write) => {
    const laterMs = Date.parse(at) - Date.parse(write.at);
    return write.isFresh === true ? !isPersons && laterMs >= -AROUND_OWN_WRITE_MS : Math.abs(laterMs) <= AROUND_OWN_WRITE_MS;
  });
}

function newest(a: AccountEvent | undefined, b: AccountEvent | undefined): AccountEvent | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.at > a.at ? b : a;
}

/** Keys without a value belong nowhere; letter case tells no two ids or addresses apart. */
function groupByName<Item>(items: readonly Item[], nameOf: (item: Item) => string | null): ReadonlyMap<string, readonly Item[]> {
  const named = items.filter((item) => nameOf(item) !== null);
  return groupBy(named, (item) => lower(nameOf(item) ?? ''));
}

/** Only ASCII: Unicode's rules would make the Kelvin sign a k, and a stranger somebody we know. */
function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
