/** Who did something, as Monitor says it. Sources: twilio.com/docs/usage/monitor-events. */
export interface Actor {
  /** A user's or an account's SID; Twilio's own people have none. */
  readonly sid: string | null;
  readonly type: 'user' | 'account' | 'twilio-admin';
  readonly source: 'web' | 'api' | 'twilio';
}

export interface EventFacts {
  readonly type: string;
  readonly resourceType: string;
  readonly resourceSid: string;
  readonly description: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One entry of Monitor, with the field names of its API. */
export interface MonitorEvent {
  readonly sid: string;
  readonly account_sid: string;
  readonly actor_sid: string | null;
  readonly actor_type: Actor['type'];
  readonly description: string;
  readonly event_data: unknown;
  readonly event_date: string;
  readonly event_type: string;
  readonly resource_sid: string;
  readonly resource_type: string;
  readonly source: Actor['source'];
  readonly source_ip_address: string | null;
}

export interface EventLog {
  /** Oldest first; of very many the newest. */
  readonly events: readonly MonitorEvent[];
  note(actor: Actor, facts: EventFacts): void;
}

const MAX_EVENTS = 100_000;

/** Opens one account's events. Their SIDs are counted, so that keeping them leaves the SIDs of everything else as they were. */
export function openEventLog(accountSid: string, now: () => number): EventLog {
  const events: MonitorEvent[] = [];
  let noted = 0;
  return {
    events,
    note: (actor, { type, resourceType, resourceSid, description, before, after }) => {
      noted += 1;
      if (events.length >= MAX_EVENTS) events.splice(0, MAX_EVENTS / 2);
      const changed = before === undefined && after === undefined ? {} : { roles: { previous: before ?? null, updated: after ?? null } };
      events.push({
        sid: `AE${accountSid.slice(2, 14)}${String(noted).padStart(20, '0')}`,
        account_sid: accountSid,
        actor_sid: actor.sid,
        actor_type: actor.type,
        description,
        event_data: { resource_properties: changed },
        event_date: new Date(now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
        event_type: type,
        resource_sid: resourceSid,
        resource_type: resourceType,
        source: actor.source,
        source_ip_address: actor.source === 'twilio' ? null : '192.0.2.10',
      });
    },
  };
}
