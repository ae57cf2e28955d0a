import type { Instant } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import type { AccountEvent, EventsReading } from '../../watch.ts';
import type { TwilioClient } from './create-twilio-client.ts';
import { type Page, type PageOptions, readTwilioPage, twilioInstant, whyNoList } from './read-twilio-pages.ts';

/** `GET /v1/Events` at monitor.twilio.com: dates and at most one other filter, 1000 is the largest page (docs/usage/monitor-events). */
const PAGE_SIZE = 1000;
const MAX_PAGES = 20;
/** Nothing is decided by these events, so a run does not wait longer for them. */
const READING_LASTS_MS = 10_000;
/** Sessions and passwords change nobody's access, and their events would be taken for the newest word on a person. */
const ABOUT_SIGNING_IN = /^user-(session|password)\./;

/**
 * What Twilio's log of one account tells since an instant, oldest first; of a log that does not fit into 20 pages or 10 seconds the newest
 * events. It keeps 30 days (13 months in some editions), and changes made
 * through the organization may not be in it. Actors: a US… SID is a person in the Console, an AC… SID is whoever holds the account's
 * credentials, none is Twilio itself.
 */
export async function readTwilioEvents(client: TwilioClient, clock: Clock, since: Instant): Promise<EventsReading> {
  const untilMs = clock.now() + READING_LASTS_MS;
  const options: PageOptions<AccountEvent> = {
    ask: (path) => client.monitor.peek(path, untilMs),
    path: `/v1/Events?StartDate=${encodeURIComponent(since)}&PageSize=${PAGE_SIZE}`,
    key: 'events',
    row: eventOf,
    numbersPages: true,
  };
  // Pages move on while events are added, so one may come twice.
  const events = new Map<string, AccountEvent>();
  for (let token: string | null = '', number = 0; token !== null && number < MAX_PAGES && clock.now() < untilMs; number += 1) {
    const page: Page<AccountEvent> = await readTwilioPage(options, token, number);
    if (page.kind !== 'page') {
      if (events.size > 0 && clock.now() >= untilMs) break;
      return { kind: 'unavailable', why: `the monitor events could not be read: ${whyNoList(page)}` };
    }
    for (const event of page.rows) events.set(event.id, event);
    token = page.next;
  }
  const told = [...events.values()].filter((event) => event.at >= since && !ABOUT_SIGNING_IN.test(event.what));
  return { kind: 'events', events: told.toReversed().toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)) };
}

function eventOf(item: Readonly<Record<string, unknown>>): AccountEvent | string {
  const id = textOf(item['sid']);
  const at = twilioInstant(item['event_date']);
  if (id === null) return 'an event has no SID';
  if (at === null) return 'an event does not say when it was';
  return {
    id,
    at,
    actorId: textOf(item['actor_sid']),
    actor: null,
    actorKind: textOf(item['actor_type']) ?? '',
    targetId: textOf(item['resource_sid']),
    what: textOf(item['event_type']) ?? '',
    // `event_data` has no documented shape, and may carry anything.
    fields: [],
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
