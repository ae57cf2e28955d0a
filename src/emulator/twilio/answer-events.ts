import { type EmulatedReply, jsonReply } from '../vendor-error.ts';
import type { MonitorEvent } from './open-event-log.ts';
import { metaOf, type PageAsk, takeTokenPage } from './take-token-page.ts';
import type { AccountAsk } from './twilio-ask.ts';
import { classicError } from './twilio-error.ts';

const FILTERS = ['ActorSid', 'EventType', 'ResourceSid', 'SourceIpAddress'] as const;
const FIELD = {
  ActorSid: 'actor_sid',
  EventType: 'event_type',
  ResourceSid: 'resource_sid',
  SourceIpAddress: 'source_ip_address',
} as const;
const SOMEBODY_ELSE = `US${'e'.repeat(32)}`;

/** Answers Monitor's `/v1/Events`, newest first. Source: twilio.com/docs/usage/monitor-events. */
export function answerEvents(ask: AccountAsk): EmulatedReply {
  const { account, query, switches, needs, origin, path } = ask;
  const refuse = (code: number, message: string): EmulatedReply => classicError(400, code, message, switches.more_info_key);
  if (switches.events === 'off') return classicError(403, 20_003, 'Authorization denied', switches.more_info_key);
  const filters = FILTERS.filter((name) => query.has(name));
  if (filters.length > 1) return refuse(20_001, `Only one of ${FILTERS.join(', ')} can be given`);
  const [from, to] = [readDate(query.get('StartDate')), readDate(query.get('EndDate'))];
  if (from === null || to === null) return refuse(20_001, 'StartDate and EndDate must be dates in ISO 8601');
  const shown = switches.events === 'empty' ? [] : account.log.events;
  const rows = shown
    .filter((event) => Date.parse(event.event_date) + switches.events_lag_ms <= needs.now())
    .filter(
      (event) => (from === undefined || Date.parse(event.event_date) >= from) && (to === undefined || Date.parse(event.event_date) <= to),
    )
    .filter((event) => filters.every((name) => event[FIELD[name]] === query.get(name)))
    .toReversed()
    .map((event) => shapeEvent(event, switches.events === 'lying', origin));
  const pages: PageAsk = { url: `${origin}${path}`, query, switches, defaultSize: 50, maxSize: 1000, key: 'events', refuse };
  const page = takeTokenPage(rows, pages);
  return 'status' in page ? page : jsonReply(200, { events: page.rows, meta: metaOf(page, pages) });
}

function shapeEvent(event: MonitorEvent, isLying: boolean, origin: string) {
  return {
    ...event,
    actor_sid: isLying ? SOMEBODY_ELSE : event.actor_sid,
    url: `${origin}/v1/Events/${event.sid}`,
    links: { actor: null, resource: null },
  };
}

/** Milliseconds since 1970; undefined when not given, null when it is no date. */
function readDate(text: string | null): number | null | undefined {
  if (text === null) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
