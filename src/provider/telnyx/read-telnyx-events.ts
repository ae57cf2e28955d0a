import type { Instant } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import type { AccountEvent, EventsReading } from '../../watch.ts';
import { type Answer, isRecord, type VendorClient } from '../vendor-client.ts';
import { instantOf } from './telnyx-api.ts';

/**
 * `GET /v2/audit_events` of Telnyx's published specification (2026-07-16): "a best-effort, eventually consistent record". It states
 * neither a default nor a maximum of `page[size]`; 250 is the maximum elsewhere, and a page may come back smaller.
 */
const PATH = '/v2/audit_events';
/** Tells whether there is a log for this key. */
export const ONE_AUDIT_EVENT = `${PATH}?page%5Bnumber%5D=1&page%5Bsize%5D=1`;
const PAGE_SIZE = 250;
const MAX_PAGES = 20;
/** Nothing is decided by these events, so a run does not wait longer for them. */
const READING_LASTS_MS = 10_000;

/**
 * What Telnyx's log tells since an instant, oldest first. The newest page is asked for first: of a log that does not fit into 20 pages
 * or 10 seconds the newest events are told, since those explain what the account is like now. A page that fails before the time is up,
 * or has another shape than the specification's, makes the whole log unavailable.
 */
export async function readTelnyxEvents(client: VendorClient, clock: Clock, since: Instant): Promise<EventsReading> {
  const untilMs = clock.now() + READING_LASTS_MS;
  // Pages move on while events are added, so one may come twice.
  const events = new Map<string, AccountEvent>();
  for (let number = 1; number <= MAX_PAGES && clock.now() < untilMs; number += 1) {
    const page = pageOf(await client.peek(pathOf(since, number), untilMs), number);
    if (typeof page === 'string') {
      if (events.size > 0 && clock.now() >= untilMs) break;
      return { kind: 'unavailable', why: `the audit log could not be read: ${page}` };
    }
    for (const event of page.events) events.set(event.id, event);
    if (page.isLast) break;
  }
  const young = [...events.values()].filter((event) => event.at >= since);
  return { kind: 'events', events: young.toReversed().toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)) };
}

function pathOf(since: Instant, number: number): string {
  const filter = `filter%5Bcreated_after%5D=${encodeURIComponent(since)}`;
  return `${PATH}?page%5Bnumber%5D=${number}&page%5Bsize%5D=${PAGE_SIZE}&${filter}&sort=desc`;
}

interface EventPage {
  readonly events: readonly AccountEvent[];
  readonly isLast: boolean;
}

/** A page, or why there is none. */
function pageOf(answer: Answer, number: number): EventPage | string {
  if (answer.kind === 'absent') return 'it is not there (404)';
  if (answer.kind !== 'ok') return answer.message;
  const { json } = answer;
  if (!isRecord(json) || !Array.isArray(json['data'])) return 'a page has no list of events';
  const events: AccountEvent[] = [];
  for (const item of json['data']) {
    const event = eventOf(item);
    if (typeof event === 'string') return event;
    events.push(event);
  }
  const pages = isRecord(json['meta']) ? json['meta']['total_pages'] : undefined;
  return { events, isLast: events.length === 0 || (typeof pages === 'number' && number >= pages) };
}

/** The specification requires no member of an event; without an id and an instant it explains nothing. */
function eventOf(item: unknown): AccountEvent | string {
  if (!isRecord(item)) return 'an event is not an object';
  const { id, created_at: createdAt, changes = null } = item;
  const at = instantOf(createdAt);
  if (typeof id !== 'string' || id === '') return 'an event has no id';
  if (at === null) return 'an event does not say when it was';
  if (changes !== null && !(Array.isArray(changes) && changes.every(isRecord))) return 'the changes of an event are not a list of objects';
  return {
    id,
    at,
    actorId: textOf(item['user_id']),
    actor: null,
    actorKind: textOf(item['change_made_by']) ?? '',
    targetId: textOf(item['resource_id']),
    what: textOf(item['change_type']) ?? '',
    fields: (changes ?? []).map((change) => ({
      field: textOf(change['field']) ?? '',
      from: wordsOf(change['from']),
      to: wordsOf(change['to']),
    })),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Lists and objects are only said to be there: no attribution rests on what is inside. */
function wordsOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? '(a list or an object)' : String(value);
}
